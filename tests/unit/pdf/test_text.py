"""The invisible text: what two unrelated readers get out of it."""

import random
import re
import subprocess
import zlib
from collections import Counter
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from PIL import Image, ImageDraw, ImageFont, ImageOps

from scanstation.model.page import Box, PageOrder, PageText, TextLine, Word
from scanstation.pagework import work_page
from scanstation.pdf import pdfium, selfcheck
from scanstation.pdf.assemble import Pdf2uWriter
from scanstation.pdf.characters import CharacterSet
from scanstation.pdf.printed import Crowd, find_crowds, printed
from scanstation.pdf.spelling import as_written, spelled
from scanstation.pdf.text import text_layer
from tests.helpers.parts import PDFJS, requires_part
from tests.unit.pdf.worked import INFO, line, picture, quiet, worked

SERIF = "/usr/share/fonts/truetype/liberation2/LiberationSerif-Regular.ttf"
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


def pdfjs(pdf: Path) -> str:
    program = Path(__file__).parents[2] / "helpers" / "pdfjs" / "words.mjs"
    done = subprocess.run(["node", program, PDFJS, pdf], capture_output=True, check=True)
    return done.stdout.decode()


@requires_part("poppler")
@requires_part("pdfjs")
def test_poppler_pdfium_and_pdfjs_read_the_same_words_in_the_same_order(tmp_path: Path) -> None:
    pdf = written(tmp_path, LINES)
    assert poppler(pdf).split() == WANTED
    assert pdfium_text(pdf).split() == WANTED
    assert pdfjs(pdf).split() == WANTED


def dense(seed: int, *, gap: int) -> tuple[TextLine, ...]:
    """62 lines of small print in all widths, set as tight as `gap` pixels of 100 dpi."""
    chance = random.Random(seed)
    syllables = ("Nguyễn", "thị", "ở", "1", "m", "trường", "Mỹ", "ý", "12/QĐ", "lllili", "WMW", ";")
    lines = []
    for row in range(62):
        left, words = 80, []
        while left < 620:
            text = chance.choice(syllables) + chance.choice(("", "", ",", "a"))
            width = round(5.5 * len(text) * chance.uniform(0.75, 1.3)) + 2
            height = chance.choice((9, 10, 11, 12))
            words.append(Word(text, Box(left, 60 + 14 * row - height, width, height), 90.0))
            left += width + gap + chance.randrange(2)
        lines.append(TextLine(tuple(words)))
    return tuple(lines)


@requires_part("poppler")
@requires_part("pdfjs")
@pytest.mark.parametrize("gap", [2, 3, 5])
def test_three_readers_agree_on_every_word_of_dense_print(tmp_path: Path, gap: int) -> None:
    lines = dense(gap, gap=gap)
    wanted = Counter(word.text for each in lines for word in each.words)
    page = worked(tmp_path, picture(1, (827, 1169)), lines, dpi=100.0)
    Pdf2uWriter().write([page], INFO, tmp_path / "out.pdf", quiet)
    for reader in (poppler, pdfium_text, pdfjs):
        assert Counter(reader(tmp_path / "out.pdf").split()) == wanted, reader.__name__


@requires_part("fonts")
def test_a_page_of_eight_hundred_words_stays_under_four_kilobytes() -> None:
    chance, letters = random.Random(1), ImageFont.truetype(SERIF, 36)
    truth = (Path(__file__).parents[3] / "fixtures/pages/dense.txt").read_text("utf-8").split()
    lines = []
    for row in range(50):
        left, words = 250, []
        for _ in range(16):
            text = chance.choice(truth)
            box = letters.getbbox(text)
            top, high = 150 + 60 * row + int(box[1]), int(box[3] - box[1])
            words.append(Word(text, Box(left, top, int(box[2]) + chance.randrange(2), high), 90.0))
            left += int(box[2]) + 11
        lines.append(TextLine(tuple(words)))
    layer = text_layer(PageText(lines=tuple(lines), engine=""), 3508, 300.0, CharacterSet())
    assert len(zlib.compress(layer.operators, 9)) < 4096


Edges = tuple[float, float, float, float]


def selected(pdf: Path) -> list[tuple[str, Edges]]:
    """Every word with what poppler would colour: left, top, right, bottom in points."""
    found = subprocess.run(
        ["pdftotext", "-bbox", pdf, "-"], capture_output=True, check=True, text=True
    ).stdout
    rows = re.findall(r"<word (.*?)>(.*?)</word>", found)
    return [(text, tuple(map(float, re.findall(r'"([^"]*)"', edges)))) for edges, text in rows]


@requires_part("poppler")
@pytest.mark.parametrize("lines", [LINES, dense(7, gap=4)], ids=["letter", "dense"])
def test_what_is_selected_covers_the_print_and_no_other_word(
    tmp_path: Path, lines: tuple[TextLine, ...]
) -> None:
    page = worked(tmp_path, picture(1, (827, 1169)), lines, dpi=100.0)
    Pdf2uWriter().write([page], INFO, tmp_path / "out.pdf", quiet)
    found = selected(tmp_path / "out.pdf")
    for one in lines:
        for word, next_ in zip(one.words, [*one.words[1:], None], strict=True):
            left, right = word.box.x * 0.72, (word.box.x + word.box.width) * 0.72
            middle = (word.box.y + word.box.height / 2) * 0.72
            here = [
                edges
                for text, edges in found
                if text == word.text and edges[1] < middle < edges[3] and abs(edges[0] - left) < 3
            ]
            assert here, word
            assert here[0][0] <= left + 0.3, word
            assert right - 0.3 <= here[0][2], word
            assert next_ is None or here[0][2] < next_.box.x * 0.72, word


@requires_part("poppler")
@requires_part("tesseract-vie")
@requires_part("fonts")
@pytest.mark.parametrize("turn", [0, 90, 180, 270])
def test_a_page_the_clerk_turned_is_selected_where_it_is_printed(tmp_path: Path, turn: int) -> None:
    letters = ImageFont.truetype(SERIF, 60)
    image = Image.new("RGB", (1240, 1754), "white")
    ImageDraw.Draw(image).text((300, 400), "Nghĩa trang", fill="black", font=letters)
    ink = [side * 72 / 150 for side in ImageOps.invert(image.convert("L")).getbbox()]
    image.rotate(turn, expand=True).save(tmp_path / "turned.png")
    page = work_page(
        PageOrder(
            original=tmp_path / "turned.png",
            dpi=150,
            rotation=turn,
            deskew=True,
            reading="quick",
            keeping="faithful",
            folder=tmp_path,
        )
    )
    Pdf2uWriter().write([page], INFO, tmp_path / "out.pdf", quiet)
    (first, left), (last, right) = selected(tmp_path / "out.pdf")
    assert (first, last) == ("Nghĩa", "trang")
    assert left[0] == pytest.approx(ink[0], abs=1.5) and right[2] == pytest.approx(ink[2], abs=4)
    assert left[1] <= ink[1] + 1.5 and right[3] >= ink[3] - 1.5


def test_what_no_pdf_may_map_becomes_the_replacement_character() -> None:
    assert as_written("a\x00b\ufeffc\ufffed\ud800e\x1b") == "a�b�c�d�e�"
    assert as_written("  hai\t từ ") == "hai từ"


def test_empty_words_leave_no_operators() -> None:
    blank = PageText(lines=(line("", "  "), TextLine(())), engine="")
    assert text_layer(blank, 100, 300, CharacterSet()).operators == b""


def test_a_document_may_have_any_number_of_characters() -> None:
    characters = CharacterSet()
    for start in range(0x4E00, 0x5200, 4):
        characters.coded("".join(map(chr, range(start, start + 4))), 0)
    meanings = b"".join(characters.meanings())
    assert all(b"<%04X>" % code in meanings for code in range(0x4E00, 0x5200))
    assert b"<FFFD>" not in meanings


@requires_part("poppler")
def test_a_word_of_seventy_different_wide_letters_is_read_back(tmp_path: Path) -> None:
    word = "".join(map(chr, range(0x4E00, 0x4E46)))
    pdf = written(tmp_path, (line(word, "và", word[::-1], height=6),))
    assert poppler(pdf).split() == pdfium_text(pdf).split() == [word, "và", word[::-1]]


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


@given(PAGES)
def test_a_line_that_is_not_called_crowded_meets_no_word_of_the_page(
    lines: list[list[Word]],
) -> None:
    each = (printed(TextLine(tuple(words)), 900, 0.96, spelled) for words in lines)
    found = [line for line in each if line]
    find_crowds(found)
    crowd = Crowd()
    for one in found:
        for place in range(len(one.words)):
            mark, met = crowd.meeting(one, place)
            crowd.add(mark, int(one.crowded), b"")
            assert not met or one.crowded
            assert all(other.variant for other in met), "and none that it meets"


def test_lines_of_ordinary_print_are_not_crowded() -> None:
    """Else the look at whole lines would spare nothing."""
    found = [one for each in LINES if (one := printed(each, 877, 0.96, spelled))]
    find_crowds(found)
    assert [line.crowded for line in found] == [False] * len(LINES)
