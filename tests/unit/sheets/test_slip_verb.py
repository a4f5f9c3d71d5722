"""`dossier slip`: from a station's journal to the paper in the citizen's hand."""

import subprocess
from pathlib import Path

import pytest
import zxingcpp
from PIL import Image

from tests.helpers.counter import Counter, copied, set_up, signing_keys
from tests.helpers.parts import requires_part

pytestmark = [requires_part("fonts"), requires_part("poppler")]


@pytest.fixture(scope="module")
def station(tmp_path_factory: pytest.TempPathFactory) -> Counter:
    """Each test works on a copy."""
    folder = tmp_path_factory.mktemp("s")
    with signing_keys(folder / "keys") as authority:
        return set_up(folder / "station", authority)


@pytest.fixture
def counter(tmp_path: Path, station: Counter) -> Counter:
    return copied(station, tmp_path / "station")


def test_a_slip_is_printed_from_the_command_line(counter: Counter, tmp_path: Path) -> None:
    dossier, target = counter.new(), tmp_path / "slip.pdf"
    before = counter.must("dossier", "slip", dossier, "-o", target)["slip"]
    assert before["expected"] is None
    assert before["missing"]
    Image.new("L", (1240, 1754), 255).save(tmp_path / "page.png", dpi=(150, 150))
    counter.must("import", "--dossier", dossier, "--component", "1", "--", tmp_path / "page.png")
    said = counter.must("dossier", "slip", dossier[-12:], "-o", target)
    assert said["file"] == str(target)
    assert said["slip"]["missing"] == []
    assert said["slip"]["expected"] > said["slip"]["received"][:10]
    subprocess.run(["pdftoppm", "-r", "150", "-gray", target, tmp_path / "slip"], check=True)
    found = zxingcpp.read_barcodes(Image.open(tmp_path / "slip-1.pgm"))
    assert [code.text for code in found] == [f"SSD1|{dossier}|T1"]


def test_an_applicant_named_like_a_case_code_gets_no_slip(counter: Counter, tmp_path: Path) -> None:
    dossier = counter.new(applicant="H42.15.33-251021-0001")
    answer = counter.run("dossier", "slip", dossier, "-o", tmp_path / "slip.pdf")
    assert answer.code == 5
    assert "official case code" in answer.err
    assert not (tmp_path / "slip.pdf").exists()
