"""A read word -> the characters the text layer spells it with, and the room they ask for.

Nothing is left out: a character no PDF may map (a control, half a surrogate) becomes U+FFFD,
visibly.
"""

import re
import unicodedata
from typing import NamedTuple

from scanstation.pdf import font

_REPLACEMENT = "\N{REPLACEMENT CHARACTER}"
_UNMAPPABLE = re.compile(
    "[\x00-\x1f\x7f-\x9f\ud800-\udfff\ufdd0-\ufdef\ufeff"
    + "".join(chr(plane << 16 | last) for plane in range(17) for last in (0xFFFE, 0xFFFF))
    + "]"
)
"""Controls, halves of surrogates and noncharacters, and what ISO 19005-2 6.2.11.7.2 forbids as the
meaning of a glyph: U+0000, U+FEFF and U+FFFE."""


class Spelling(NamedTuple):
    """A word of at least one character; widths in thousandths of the font size."""

    text: str
    width: int
    widest: int
    """Of its widest letter."""
    last: int
    """Of its last letter."""


def as_written(text: str) -> str:
    """`text` as the layer carries it: NFC, one space between parts, no unmappable character."""
    composed = unicodedata.normalize("NFC", " ".join(text.split()))
    return _UNMAPPABLE.sub(_REPLACEMENT, composed)


def spelled(text: str) -> Spelling | None:
    """How a read word is written; None for one that has nothing to say."""
    written = as_written(text)
    widths = [font.width_of(each) for each in written]
    return Spelling(written, sum(widths), max(widths), widths[-1]) if widths else None
