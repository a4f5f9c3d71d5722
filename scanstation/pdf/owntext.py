"""The text a foreign PDF's page has of its own: words with boxes in pixels of the page's picture.

It takes the file's word for what the letters are and where; whether that is of any use is judged
elsewhere, beside the picture (ocr/judge.py).
"""

import unicodedata
from collections.abc import Iterator
from ctypes import c_double, c_int, c_void_p, cast
from dataclasses import dataclass, field

import pypdfium2  # type: ignore[import-untyped]  # pypdfium2 ships no type information
from pypdfium2 import raw

from scanstation.model.page import Box, PageText, TextLine, Word
from scanstation.pdf.pdfium import LINE_END_HYPHEN, Page

ENGINE = "the PDF's own text"
_INVISIBLE = 3
_CERTAIN = 100.0
_MOST = 200_000
"""Characters of one page; a page of small print has 8,000."""


def kind(page: Page) -> bool | None:
    """Whether the page's text is visible; None when it has none. Mostly invisible is invisible."""
    text = page.get_textpage()
    try:
        count = min(text.count_chars(), _MOST)
        signs = [place for place in range(count) if chr(_code(text, place)).isalnum()]
        invisible = sum(_is_invisible(text, place) for place in signs)
    finally:
        text.close()
    return 2 * invisible < len(signs) if signs else None


def own_text(page: Page, width: int, height: int) -> PageText:
    """All words of a page shown as `width` x `height` pixels, lines in the order stored."""
    text = page.get_textpage()
    try:
        lines = tuple(_lines(page, text, width, height))
    finally:
        text.close()
    return PageText(lines=lines, engine=ENGINE)


def _code(text: pypdfium2.PdfTextPage, place: int) -> int:
    return int(raw.FPDFText_GetUnicode(text, place))


def _is_invisible(text: pypdfium2.PdfTextPage, place: int) -> bool:
    thing = raw.FPDFText_GetTextObject(text, place)
    if not cast(thing, c_void_p).value:
        return False
    return bool(raw.FPDFTextObj_GetTextRenderMode(thing) == _INVISIBLE)


@dataclass
class _Growing:
    """A word while its characters come in."""

    units: list[int] = field(default_factory=list)
    edges: list[tuple[int, int, int, int]] = field(default_factory=list)

    def word(self) -> Word | None:
        units = b"".join(unit.to_bytes(2, "little") for unit in self.units if unit < 0x10000)
        said = unicodedata.normalize("NFC", units.decode("utf-16-le", "replace"))
        said = "".join(said.split())
        if not said or not self.edges:
            return None
        lefts, tops, rights, bottoms = zip(*self.edges, strict=True)
        left, top = min(lefts), min(tops)
        box = Box(left, top, max(1, max(rights) - left), max(1, max(bottoms) - top))
        return Word(said, box, _CERTAIN)


def _lines(page: Page, text: pypdfium2.PdfTextPage, width: int, height: int) -> Iterator[TextLine]:
    words: list[Word] = []
    growing = _Growing()
    for place in range(min(text.count_chars(), _MOST)):
        code = _code(text, place)
        if code == LINE_END_HYPHEN:
            code = ord("-")
        if not chr(code).isspace():
            growing.units.append(code)
            growing.edges += _edges(page, text, place, width, height)
            continue
        words += filter(None, [growing.word()])
        growing = _Growing()
        if code in (0x0A, 0x0D) and words:
            yield TextLine(tuple(words))
            words = []
    words += filter(None, [growing.word()])
    if words:
        yield TextLine(tuple(words))


def _edges(
    page: Page, text: pypdfium2.PdfTextPage, place: int, width: int, height: int
) -> list[tuple[int, int, int, int]]:
    """Left, top, right and bottom of a character in pixels; empty for one that shows nothing."""
    left, right, bottom, top = c_double(), c_double(), c_double(), c_double()
    if not raw.FPDFText_GetCharBox(text, place, left, right, bottom, top):
        return []
    corners = [
        _pixel(page, x, y, width, height)
        for x, y in ((left.value, bottom.value), (right.value, top.value))
    ]
    across, along = zip(*corners, strict=True)
    if min(across) == max(across) and min(along) == max(along):
        return []
    return [(min(across), min(along), max(across), max(along))]


def _pixel(page: Page, x: float, y: float, width: int, height: int) -> tuple[int, int]:
    across, along = c_int(), c_int()
    raw.FPDF_PageToDevice(page, 0, 0, width, height, 0, x, y, across, along)
    return across.value, along.value
