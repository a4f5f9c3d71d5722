"""The invisible text: what two unrelated readers get out of it."""

import subprocess
import unicodedata
from collections import Counter
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from scanstation.model.page import Box, PageText, TextLine, Word
from scanstation.pdf import pdfium, selfcheck
from scanstation.pdf.assemble import Pdf2uWriter
from scanstation.pdf.text import CharacterSet, as_written, text_operators
from tests.helpers.parts import requires_part
from tests.unit.pdf.worked import INFO, line, picture, quiet, worked

LINES = (
    line("CỘNG", "HÒA", "XÃ", "HỘI", "CHỦ", "NGHĨA", "VIỆT", "NAM", top=60),
    line("Số:", "12/QĐ-UBND", "ngày", "1", "tháng", "5", "năm", "2026", top=100),
    line("Họ", "và", "tên:", "Nguyễn", "Thị", "Ở", ";", "sinh", "à", "ý", "…", top=140),
)
WANTED = [word.text for each in LINES for word in each.words]


def written(folder: Path, lines: tuple[TextLine, ...]) -> Path:
    page = worked(folder, picture(1), lines)
    Pdf2uWriter().write([page], INFO, folder / "out.pdf", quiet)
    return folder / "out.pdf"


def poppler(pdf: Path) -> str:
    done = subprocess.run(["pdftotext", "-enc", "UTF-8", pdf, "-"], capture_output=True, check=True)
    return done.stdout.decode()


def pdfium_text(pdf: Path) -> str:
    with pdfium.opened(pdf) as document:
        page = document[0].get_textpage()
        return str(page.get_text_bounded())


@requires_part("poppler")
def test_poppler_and_pdfium_read_the_same_words_in_the_same_order(tmp_path: Path) -> None:
    pdf = written(tmp_path, LINES)
    assert poppler(pdf).split() == WANTED
    assert pdfium_text(pdf).split() == WANTED


@requires_part("poppler")
def test_text_that_came_decomposed_is_read_back_composed(tmp_path: Path) -> None:
    apart = unicodedata.normalize("NFD", "Nguyễn Thị Ở")
    pdf = written(tmp_path, (line(*apart.split()),))
    assert poppler(pdf).split() == ["Nguyễn", "Thị", "Ở"]


@requires_part("poppler")
def test_characters_beyond_the_bmp_are_read_back(tmp_path: Path) -> None:
    pdf = written(tmp_path, (line("𠀋", "chữ", "𡨸", "😀"),))
    assert poppler(pdf).split() == ["𠀋", "chữ", "𡨸", "😀"]
    assert pdfium_text(pdf).split() == ["𠀋", "chữ", "𡨸", "😀"]


@requires_part("poppler")
def test_a_word_can_be_selected_where_it_is_printed(tmp_path: Path) -> None:
    pdf = written(tmp_path, LINES)
    found = subprocess.run(
        ["pdftotext", "-bbox", pdf, "-"], capture_output=True, check=True, text=True
    ).stdout
    row = next(each for each in found.splitlines() if ">12/QĐ-UBND<" in each)
    edges = dict(part.split("=") for part in row.split(">")[0].split()[1:])
    box = LINES[1].words[1].box
    wanted = (box.x, box.y, box.x + box.width, box.y + box.height)
    for name, pixel in zip(("xMin", "yMin", "xMax", "yMax"), wanted, strict=True):
        assert float(edges[name].strip('"')) == pytest.approx(pixel * 72 / 75, abs=1.0)


def test_what_no_pdf_may_map_becomes_the_replacement_character() -> None:
    assert as_written("a\x00b\ufeffc\ufffed\ud800e\x1b") == "a�b�c�d�e�"
    assert as_written("  hai\t từ ") == "hai từ"


def test_empty_words_leave_no_operators() -> None:
    blank = PageText(lines=(line("", "  "), TextLine(())), engine="")
    assert text_operators(blank, 100, 300, CharacterSet()) == b""


def test_a_document_with_more_characters_than_codes_says_so_with_replacements() -> None:
    characters = CharacterSet()
    for start in range(0x20000, 0x34000, 4):
        codes = characters.codes("".join(map(chr, range(start, start + 4))), 0)
        assert max(codes) < 0x10000
    assert "<FFFD>" in characters.meanings().decode()


def test_words_lying_on_each_other_lose_no_letter_in_pdfium(tmp_path: Path) -> None:
    here = Box(100, 100, 3, 20)
    crowd = TextLine(tuple(Word(text, here, 9.0) for text in ["8", "88", "8", "a8", "8"] * 3))
    assert selfcheck.words_of(PageText(lines=(crowd,), engine="")) == Counter(
        {"8": 9, "88": 3, "a8": 3}
    )
    written(tmp_path, (crowd, crowd))  # the writer's own check reads it back


LETTERS = st.text(
    st.sampled_from('aăâbcdđeêghiklmnoôơpqrstuưvxyấềộữ0123456789.,-–­/:()%"…ﬁ①'),
    min_size=1,
    max_size=9,
)
BOXES = st.builds(
    Box, st.integers(0, 600), st.integers(0, 850), st.integers(1, 90), st.integers(1, 60)
)
WORDS = st.builds(Word, LETTERS, BOXES, st.just(50.0))
PAGES = st.lists(st.lists(WORDS, min_size=1, max_size=8), min_size=1, max_size=12)


@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(PAGES)
def test_no_layout_of_words_makes_the_writers_own_check_fail(
    tmp_path_factory: pytest.TempPathFactory, lines: list[list[Word]]
) -> None:
    written(tmp_path_factory.mktemp("any"), tuple(TextLine(tuple(words)) for words in lines))
