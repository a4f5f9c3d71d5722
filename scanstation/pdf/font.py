"""The font of the invisible text layer: boxes of seven widths, made afresh each time.

It carries no outlines of anybody's letters, only how wide print usually sets them, so that most
words of a line fit their print with one squeeze. The boxes are not empty because pdfium drops
one-character words whose glyph is. A code is one byte and belongs to a width for good, so the
program is the same in every document and only the meanings of the codes differ.
"""

import io
import unicodedata
from functools import cache

from fontTools.fontBuilder import FontBuilder  # type: ignore[import-untyped]  # fontTools ships no type information
from fontTools.pens.ttGlyphPen import TTGlyphPen  # type: ignore[import-untyped]  # as above
from fontTools.ttLib import newTable  # type: ignore[import-untyped]  # as above
from fontTools.ttLib.tables._c_m_a_p import CmapSubtable  # type: ignore[import-untyped]  # as above
from fontTools.ttLib.tables._g_l_y_f import Glyph  # type: ignore[import-untyped]  # as above

NAME = "ScanStationBox"
ASCENT = 800
DESCENT = -200
SPACE = 0x20
_SPECIAL = {0x00, 0x0A, 0x0D, 0x28, 0x29, 0x5C}
"""Bytes a literal string (ISO 32000-1 7.3.4.2) would have to escape."""
_SHARES = {270: 24, 340: 24, 450: 36, 500: 64, 600: 20, 720: 72, 900: 10}
"""Codes by width in thousandths of the font size: all Vietnamese letters of each fit in."""
_USUAL = 500
_LETTERS = {
    270: "ijltI.,:;/'`|!’‘ ",
    340: 'rfJ()[]{}-"*“”°',
    450: "acezs?",
    600: "ELTZFPS",
    720: "AOUYDGHKNQVXRBCwm",
    900: "MW%@&—…",
}
"""By their shape without marks, as serif faces have them; all others are as wide as most."""
_WIDTHS = {letter: width for width, letters in _LETTERS.items() for letter in letters}
_CJK = 0x2E80
"""From here on characters are as wide as they are high, and more."""
_SYMBOL = 0xF000
"""Where a symbolic font has its codes (OpenType cmap, platform 3, encoding 0)."""


@cache
def width_of(character: str) -> int:
    """How wide print usually sets it, in thousandths of the font size."""
    shape = unicodedata.normalize("NFD", character)[0].replace("Đ", "D")
    return _WIDTHS.get(shape, 900 if ord(shape) >= _CJK else _USUAL)


@cache
def codes() -> dict[int, tuple[int, ...]]:
    """The codes of each width; the space is the first of the narrowest."""
    others = (code for code in range(1, 256) if code not in {*_SPECIAL, SPACE})
    free = iter((SPACE, *others))
    return {width: tuple(next(free) for _ in range(count)) for width, count in _SHARES.items()}


@cache
def widths() -> tuple[int, ...]:
    """Width by code, 0 to 255; codes without a meaning have the width of .notdef."""
    by_code = {code: width for width, dealt in codes().items() for code in dealt}
    return tuple(by_code.get(code, _USUAL) for code in range(256))


@cache
def box_font() -> bytes:
    """A TrueType font program: glyph 0 is empty, the others boxes; the same bytes each time."""
    builder = FontBuilder(ASCENT - DESCENT, isTTF=True)
    names = {width: f"box{width}" for width in _SHARES}
    builder.setupGlyphOrder([".notdef", *names.values()])
    boxes = {name: _box(width) for width, name in names.items()}
    builder.font["cmap"] = _symbolic(
        {code: names[width] for width, dealt in codes().items() for code in dealt}
    )
    builder.setupGlyf({".notdef": Glyph(), **boxes})
    metrics = {name: (width, 0) for width, name in names.items()}
    builder.setupHorizontalMetrics({".notdef": (_USUAL, 0), **metrics})
    builder.setupHorizontalHeader(ascent=ASCENT, descent=DESCENT)
    builder.setupNameTable({"familyName": NAME, "styleName": "Regular"})
    builder.setupOS2(sTypoAscender=ASCENT, sTypoDescender=DESCENT)
    builder.setupPost(keepGlyphNames=False)
    builder.updateHead(created=0, modified=0)
    builder.font.recalcTimestamp = False
    stream = io.BytesIO()
    builder.save(stream)
    return stream.getvalue()


def _symbolic(glyphs: dict[int, str]) -> object:
    """The one subtable a symbolic font may have (ISO 19005-2 6.2.11.6)."""
    table = newTable("cmap")
    table.tableVersion = 0
    symbols = CmapSubtable.newSubtable(4)
    symbols.platformID, symbols.platEncID, symbols.language = 3, 0, 0
    symbols.cmap = {_SYMBOL + code: name for code, name in glyphs.items()}
    table.tables = [symbols]
    return table


def _box(width: int) -> Glyph:
    pen = TTGlyphPen(None)
    pen.moveTo((0, 0))
    for corner in ((0, ASCENT), (width, ASCENT), (width, 0)):
        pen.lineTo(corner)
    pen.closePath()
    return pen.glyph()
