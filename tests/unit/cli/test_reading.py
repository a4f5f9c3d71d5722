"""What the command line says of reading: which models there are, and how a file was read."""

from pathlib import Path

import pytest
from pikepdf import Pdf
from PIL import Image

from tests.helpers.counter import PAGES, Counter
from tests.helpers.parts import requires_part

pytestmark = requires_part("tesseract-vie", "tesseract-viet", "fonts")


def doctor(folder: Path, **environment: str) -> tuple[int, str]:
    """What it says of reading."""
    checks = Counter(folder, environment).run("doctor").data
    (found,) = [one for one in checks if one["name"] == "Vietnamese reading"]
    return found["grade"], found["found"]


def models(folder: Path, *names: str) -> str:
    """A folder of models that holds only those."""
    place = folder / "tessdata"
    place.mkdir()
    for known in Path("/usr/share").rglob("*.traineddata"):
        if known.stem in names and known.parent.name == "tessdata":
            (place / known.name).symlink_to(known)
    return str(place)


def test_doctor_is_content_with_both_models(tmp_path: Path) -> None:
    assert doctor(tmp_path) == (0, "tesseract vie")


def test_doctor_names_the_line_that_installs_the_script_model(tmp_path: Path) -> None:
    grade, found = doctor(tmp_path, TESSDATA_PREFIX=models(tmp_path, "vie"))
    assert grade == 1, "work goes on without it"
    assert "sudo apt install tesseract-ocr-script-viet" in found


def test_doctor_says_that_work_stops_without_vietnamese(tmp_path: Path) -> None:
    grade, found = doctor(tmp_path, TESSDATA_PREFIX=models(tmp_path, "osd"))
    assert grade == 2
    assert "sudo apt install tesseract-ocr tesseract-ocr-vie" in found


@pytest.mark.parametrize(
    ("reading", "level"),
    [("quick", " vie quick"), ("thorough", " vie+Vietnamese thorough"), ("none", "ScanStation")],
)
def test_a_file_says_at_which_level_it_was_read(tmp_path: Path, reading: str, level: str) -> None:
    letter = tmp_path / "letter.png"
    with Image.open(PAGES / "straight-1bit.tif") as page:
        head = page.convert("L").crop((0, 0, page.width, page.height // 4))
        head.save(letter, dpi=page.info["dpi"])
    target = tmp_path / "made.pdf"
    counter = Counter(tmp_path / "none")
    counter.must("digitise", letter, "-o", target, "--reading", reading)
    with Pdf.open(target) as made, made.open_metadata() as said:
        tool = str(said["xmp:CreatorTool"])
        assert tool == str(made.docinfo["/Creator"])
    assert tool.startswith("ScanStation")
    assert tool.endswith(level)
