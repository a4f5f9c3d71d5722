"""The font of the invisible text layer: one box, 1000 units to the em, made afresh each time.

It carries no outlines of anybody's letters. The box is not empty because pdfium drops
one-character words whose glyph is.
"""

import io
from functools import cache

from fontTools.fontBuilder import FontBuilder  # type: ignore[import-untyped]  # fontTools ships no type information
from fontTools.pens.ttGlyphPen import TTGlyphPen  # type: ignore[import-untyped]  # as above
from fontTools.ttLib.tables._g_l_y_f import Glyph  # type: ignore[import-untyped]  # as above

NAME = "ScanStationBox"
ADVANCE = 500
"""Width of every character in thousandths of the font size."""
ASCENT = 800
DESCENT = -200


@cache
def box_font() -> bytes:
    """A TrueType font program: glyph 0 is empty, glyph 1 the box; the same bytes each time."""
    builder = FontBuilder(ASCENT - DESCENT, isTTF=True)
    builder.setupGlyphOrder([".notdef", "box"])
    builder.setupCharacterMap({0x20: "box"})
    builder.setupGlyf({".notdef": Glyph(), "box": _box()})
    builder.setupHorizontalMetrics({".notdef": (ADVANCE, 0), "box": (ADVANCE, 0)})
    builder.setupHorizontalHeader(ascent=ASCENT, descent=DESCENT)
    builder.setupNameTable({"familyName": NAME, "styleName": "Regular"})
    builder.setupOS2(sTypoAscender=ASCENT, sTypoDescender=DESCENT)
    builder.setupPost()
    builder.updateHead(created=0, modified=0)
    builder.font.recalcTimestamp = False
    stream = io.BytesIO()
    builder.save(stream)
    return stream.getvalue()


def _box() -> Glyph:
    pen = TTGlyphPen(None)
    pen.moveTo((0, 0))
    for corner in ((0, ASCENT), (ADVANCE, ASCENT), (ADVANCE, 0)):
        pen.lineTo(corner)
    pen.closePath()
    return pen.glyph()
