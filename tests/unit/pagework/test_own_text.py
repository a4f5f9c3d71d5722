"""Text a PDF came with: word for word when it is good, read anew when it is not."""

import re
import unicodedata
from collections.abc import Callable
from pathlib import Path

import pytest
from pikepdf import Pdf
from PIL import Image

from scanstation.model.page import FindingKind, PageFile, PageOrder, WorkedPage
from scanstation.pagework import work_page
from scanstation.pdf import read
from scanstation.pdf.confined import ConfinedReader
from tests.helpers.parts import requires_part
from tests.unit.pdf import foreign
from tests.unit.pdf.typed import LETTER, TCVN3, typed

pytestmark = [requires_part("tesseract-vie"), requires_part("fonts")]
WANTED = " ".join(LETTER).split()


def taken(pdf: Pdf, folder: Path) -> PageFile:
    path = foreign.saved(pdf, folder)
    scratch = folder / "scratch"
    scratch.mkdir()
    (page,) = read.pages(path, scratch)
    return page


def work(page: PageFile, rotation: int = 0, reading: str = "quick") -> WorkedPage:
    folder = page.path.parent / "work"
    folder.mkdir()
    return work_page(
        PageOrder(
            original=page.path,
            dpi=page.dpi,
            rotation=rotation,
            deskew=True,
            reading=reading,
            keeping="faithful",
            folder=folder,
            taken=page.taken,
        )
    )


def said(page: WorkedPage) -> list[str]:
    return page.text.plain.split()


def kinds(page: WorkedPage) -> set[FindingKind]:
    return {finding.kind for finding in page.findings}


def test_a_born_digital_page_keeps_its_own_words(tmp_path: Path) -> None:
    pdf = Pdf.new()
    typed(pdf)
    page = taken(pdf, tmp_path)
    assert page.taken is not None
    assert page.taken.visible
    worked = work(page)
    assert said(worked) == WANTED
    assert worked.text.engine.startswith("the PDF's own text")
    assert FindingKind.OLD_TEXT not in kinds(worked)


def test_its_words_lie_where_they_are_printed(tmp_path: Path) -> None:
    pdf = Pdf.new()
    typed(pdf)
    page = taken(pdf, tmp_path)
    first = work(page).text.lines[0].words[0]
    picture = Image.open(page.path).convert("L").point(lambda level: 255 * (level < 128))
    box = first.box
    inside = picture.crop((box.x, box.y, box.x + box.width, box.y + box.height))
    around = picture.crop((box.x - 9, box.y - 30, box.x + box.width + 9, box.y + box.height + 30))
    assert inside.histogram()[255] >= 0.97 * around.histogram()[255] > 0


@pytest.mark.parametrize("rotate", [90, 180, 270])
def test_a_rotated_page_keeps_its_own_words_in_place(tmp_path: Path, rotate: int) -> None:
    pdf = Pdf.new()
    typed(pdf, Rotate=rotate)
    worked = work(taken(pdf, tmp_path), rotation=360 - rotate)
    assert sorted(said(worked)) == sorted(WANTED)
    words = {word.text: word.box for line in worked.text.lines for word in line.words}
    left = words["CỘNG"]
    assert left.x == pytest.approx(72 / 72 * 300, abs=12)
    assert left.y + left.height == pytest.approx((841.92 - 770) / 72 * 300, abs=30)


def mojibake(letter: str) -> str:
    return TCVN3.get(letter, letter)


def vni(letter: str) -> str:
    """Marks as letters of their own, as VNI fonts have them."""
    base, *marks = unicodedata.normalize("NFD", letter)
    return base + "".join(chr(0xC0 + ord(mark) % 60) for mark in marks)


def shifted(letter: str) -> str:
    """A subset font whose codes were taken for meanings."""
    return letter if letter == " " else chr(ord(letter) % 90 + 33)


@pytest.mark.parametrize("means", [mojibake, vni, shifted])
def test_text_in_an_old_encoding_is_read_anew_and_the_page_says_so(
    tmp_path: Path, means: Callable[[str], str]
) -> None:
    pdf = Pdf.new()
    typed(pdf, means=means)
    worked = work(taken(pdf, tmp_path))
    wanted, found = set(WANTED), set(said(worked))
    assert len(wanted & found) >= 0.85 * len(wanted)
    assert FindingKind.OLD_TEXT in kinds(worked)
    assert re.search(r"tesseract.*useless", worked.text.engine)


def test_words_nothing_is_printed_under_are_not_taken(tmp_path: Path) -> None:
    pdf = Pdf.new()
    page = typed(pdf)
    page.contents_add(b"BT /T 14 Tf 1 1 1 rg 1 0 0 1 72 400 Tm <00240025> Tj ET")
    assert said(work(taken(pdf, tmp_path))) == WANTED


def test_a_useless_layer_under_a_scan_is_read_anew(tmp_path: Path) -> None:
    clean = Pdf.new()
    typed(clean)
    picture = Image.open(taken(clean, tmp_path).path).convert("L")
    pdf = Pdf.new()
    page = typed(pdf, mode=3, means=mojibake)
    page.obj.Resources.XObject = {"/I": foreign.jpeg_stream(pdf, picture)}
    page.contents_add(b"q 595.2 0 0 841.92 0 0 cm /I Do Q")
    (tmp_path / "under").mkdir()
    scan = taken(pdf, tmp_path / "under")
    assert scan.taken is not None
    assert not scan.taken.visible
    worked = work(scan)
    assert len(set(WANTED) & set(said(worked))) >= 0.85 * len(set(WANTED))
    assert FindingKind.OLD_TEXT in kinds(worked)


def test_print_inside_a_picture_is_read_beside_the_pages_own_text(tmp_path: Path) -> None:
    clean = Pdf.new()
    typed(clean, lines=("Đã đối chiếu bản chính",))
    strip = Image.open(taken(clean, tmp_path).path).convert("L").crop((200, 200, 1400, 400))
    pdf = Pdf.new()
    page = typed(pdf)
    page.obj.Resources.XObject = {"/I": foreign.jpeg_stream(pdf, strip)}
    page.contents_add(b"q 288 0 0 48 72 300 cm /I Do Q")
    (tmp_path / "both").mkdir()
    found = said(work(taken(pdf, tmp_path / "both")))
    assert found[: len(WANTED)] == WANTED
    assert {"đối", "chiếu", "bản", "chính"} <= set(found)


def test_without_reading_no_text_is_laid_under_the_page(tmp_path: Path) -> None:
    pdf = Pdf.new()
    typed(pdf)
    assert said(work(taken(pdf, tmp_path), reading="none")) == []


def test_a_page_without_text_says_so(tmp_path: Path) -> None:
    pdf = Pdf.new()
    foreign.add_page(pdf, foreign.jpeg_stream(pdf, Image.new("L", (620, 877), 200)))
    assert taken(pdf, tmp_path).taken is None


def test_the_confined_child_reads_the_same_text(tmp_path: Path) -> None:
    pdf = Pdf.new()
    typed(pdf)
    path = foreign.saved(pdf, tmp_path)
    size = (2480, 3508)
    assert ConfinedReader().own_text(path, 1, size) == read.own_text(path, 1, size)
