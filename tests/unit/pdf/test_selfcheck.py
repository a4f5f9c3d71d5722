"""The writer's own check has teeth: each kind of wrong file is refused with its reason."""

from pathlib import Path

import msgspec
import pikepdf
import pytest
from PIL import Image

from scanstation import errors
from scanstation.model.page import Mode, PageText, WorkedPage
from scanstation.pdf import selfcheck
from scanstation.pdf.assemble import Pdf2uWriter
from tests.unit.pdf.worked import INFO, line, picture, quiet, worked


@pytest.fixture
def asked(tmp_path: Path) -> list[WorkedPage]:
    return [
        worked(tmp_path, picture(1), [line("Tờ", "khai", "1")]),
        worked(tmp_path, picture(2), [line("Giấy", "khai", "sinh")]),
    ]


@pytest.fixture
def file(tmp_path: Path, asked: list[WorkedPage]) -> Path:
    Pdf2uWriter().write(asked, INFO, tmp_path / "out.pdf", quiet)
    return tmp_path / "out.pdf"


def refusal(file: Path, pages: list[WorkedPage]) -> str:
    with pytest.raises(errors.SelfCheckFailed) as caught:
        selfcheck.check(file, pages, INFO.title, quiet)
    assert caught.value.facts["file"] == "out.pdf"
    return str(caught.value.facts["problem"])


def changed(page: WorkedPage, **changes: object) -> WorkedPage:
    return msgspec.structs.replace(page, **changes)


def altered(file: Path, change: object) -> Path:
    with pikepdf.open(file, allow_overwriting_input=True) as pdf:
        change(pdf)  # type: ignore[operator]
        pdf.save(file)
    return file


def test_the_right_file_passes(file: Path, asked: list[WorkedPage]) -> None:
    selfcheck.check(file, asked, INFO.title, quiet)


def test_a_missing_page_is_told_by_the_counts(file: Path, asked: list[WorkedPage]) -> None:
    assert refusal(file, [*asked, asked[0]]) == "2 pages instead of 3"


def test_a_wrong_word_is_named(file: Path, asked: list[WorkedPage]) -> None:
    text = PageText(lines=(line("Tờ", "khal", "1"),), engine="")
    wrong = [changed(asked[0], text=text), asked[1]]
    assert refusal(file, wrong) == "page 1: words are missing: «khal»"


def test_a_lost_one_character_word_is_named(file: Path, asked: list[WorkedPage]) -> None:
    text = PageText(lines=(line("Tờ", "khai", "1", "à"),), engine="")
    assert "«à»" in refusal(file, [changed(asked[0], text=text), asked[1]])


def test_words_nobody_asked_for_are_named(file: Path, asked: list[WorkedPage]) -> None:
    silent = changed(asked[1], text=PageText(lines=(), engine=""))
    assert refusal(file, [asked[0], silent]).startswith("page 2: words nobody asked for: «Giấy»")


def test_swapped_pages_are_found_by_their_words(file: Path, asked: list[WorkedPage]) -> None:
    assert "words are missing" in refusal(file, asked[::-1])


def test_swapped_pages_without_text_are_found_by_their_look(tmp_path: Path) -> None:
    pages = [worked(tmp_path, picture(n, mode=Mode.BITONAL), mode=Mode.BITONAL) for n in (1, 2)]
    Pdf2uWriter().write(pages, INFO, tmp_path / "out.pdf", quiet)
    assert "the ink is not the page's" in refusal(tmp_path / "out.pdf", pages[::-1])


def test_a_blank_image_is_found(tmp_path: Path, asked: list[WorkedPage]) -> None:
    blank = worked(tmp_path, Image.new("RGB", (620, 877), "white"), asked[0].text.lines)
    lost = changed(asked[0], layers=blank.layers)
    with pytest.raises(errors.SelfCheckFailed, match="page 1: the ink is not the page"):
        Pdf2uWriter().write([lost, asked[1]], INFO, tmp_path / "other.pdf", quiet)
    assert not (tmp_path / "other.pdf").exists()


def test_an_image_that_does_not_decode_is_found(tmp_path: Path, asked: list[WorkedPage]) -> None:
    layer = asked[0].layers[0]
    layer.path.write_bytes(layer.path.read_bytes()[:300])
    with pytest.raises(errors.SelfCheckFailed, match="page 1: the ink is not the page"):
        Pdf2uWriter().write(asked, INFO, tmp_path / "out.pdf", quiet)


def test_an_inverted_page_is_found(tmp_path: Path) -> None:
    page = worked(tmp_path, picture(1, mode=Mode.BITONAL), mode=Mode.BITONAL)
    with Image.open(page.clean) as clean:
        inverted = clean.convert("L").point(lambda level: 255 - level)
    inverted.save(page.clean)
    with pytest.raises(errors.SelfCheckFailed, match="not the page"):
        Pdf2uWriter().write([page], INFO, tmp_path / "out.pdf", quiet)


def test_a_page_out_of_scale_is_found(file: Path, asked: list[WorkedPage]) -> None:
    assert "true to scale" in refusal(file, [changed(asked[0], dpi=75.1), asked[1]])


def test_another_claim_is_found(file: Path, asked: list[WorkedPage]) -> None:
    def demote(pdf: pikepdf.Pdf) -> None:
        pdf.Root.Metadata.write(pdf.Root.Metadata.read_bytes().replace(b">U<", b">B<"))

    assert refusal(altered(file, demote), asked) == "it claims «PDF/A-2b» instead of PDF/A-2u"


def test_a_file_cut_short_is_found(file: Path, asked: list[WorkedPage]) -> None:
    file.write_bytes(file.read_bytes()[: file.stat().st_size // 2])
    assert refusal(file, asked)


def test_the_reason_speaks_vietnamese_and_english(file: Path, asked: list[WorkedPage]) -> None:
    with pytest.raises(errors.SelfCheckFailed) as caught:
        selfcheck.check(file, asked[:1], INFO.title, quiet)
    assert "tự kiểm tra" in caught.value.sentence("vi")
    assert "self-check" in caught.value.sentence("en")
