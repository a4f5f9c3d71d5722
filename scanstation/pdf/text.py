"""What was read on a page -> the operators of an invisible text layer that copies out right.

One Tj per word, squeezed or stretched to the word's box, with its space at the end. Nothing is
left out: a character no PDF may map (a control, half a surrogate) becomes U+FFFD, visibly.
"""

import re
import unicodedata
from dataclasses import dataclass
from statistics import median

from scanstation.model.page import PageText, TextLine, Word
from scanstation.pdf import font

_POINTS = 72.0
_SMALLEST = 1.0
"""Font size in points below which viewers stop selecting."""
_MOST_CODES = 65_000
# PDFium takes a character or word for a shadow and drops it when one shortly before it in its own
# order (along a line, not the file's) has the same codes in nearly the same place: that would lose
# letters where boxes overlap, as they do in noise. Words that meet are written in different codes.
_NEAR = 0.25
"""Share of a letter's width; PDFium's own limit is 0.14."""
_BAND = 24.0
"""Height in points of the strips that words are looked up by."""
_REPLACEMENT = "\N{REPLACEMENT CHARACTER}"
_UNMAPPABLE = "\N{ZERO WIDTH NO-BREAK SPACE}"
"""ISO 19005-2 6.2.11.7.2 forbids U+0000, U+FEFF and U+FFFE as the meaning of a glyph."""


class CharacterSet:
    """Character codes of one document, given out in order of appearance; 0 is never used.

    Codes stand for whole characters, so those beyond the BMP need no surrogates. A character has
    a code for each variant it is written in.
    """

    def __init__(self) -> None:
        self._codes: dict[tuple[int, str], int] = {}

    def codes(self, spelled: str, variant: int) -> list[int]:
        """16-bit codes of one word; U+FFFD's for a character new after 65,000 codes."""
        return [self._code(each, variant) for each in spelled]

    def _code(self, character: str, variant: int) -> int:
        key = (variant, character)
        if key not in self._codes and len(self._codes) >= _MOST_CODES:
            key = (variant, _REPLACEMENT)
        return self._codes.setdefault(key, len(self._codes) + 1)

    def glyphs(self) -> bytes:
        """The CIDToGIDMap: every code shows the box."""
        return b"\0\0" + b"\0\1" * len(self._codes)

    def meanings(self) -> bytes:
        """The ToUnicode CMap, in blocks of at most 100 as Adobe's technote 5014 wants."""
        pairs = [f"<{code:04X}> <{_utf16(each)}>" for (_, each), code in self._codes.items()]
        blocks = [pairs[start : start + 100] for start in range(0, len(pairs), 100)]
        body = "\n".join(
            f"{len(block)} beginbfchar\n" + "\n".join(block) + "\nendbfchar" for block in blocks
        )
        return _CMAP.format(body=body).encode("ascii")


_CMAP = """\
/CIDInit /ProcSet findresource begin
12 dict begin
begincmap
/CIDSystemInfo << /Registry (Adobe) /Ordering (UCS) /Supplement 0 >> def
/CMapName /Adobe-Identity-UCS def
/CMapType 2 def
1 begincodespacerange
<0000> <FFFF>
endcodespacerange
{body}
endcmap
CMapName currentdict /CMap defineresource pop
end
end
"""


def _utf16(character: str) -> str:
    return character.encode("utf-16-be").hex().upper()


def as_written(text: str) -> str:
    """`text` as the layer carries it: NFC, one space between parts, no unmappable character."""
    composed = unicodedata.normalize("NFC", " ".join(text.split()))
    return "".join(_REPLACEMENT if _is_unmappable(each) else each for each in composed)


def _is_unmappable(character: str) -> bool:
    noncharacter = ord(character) & 0xFFFE == 0xFFFE or 0xFDD0 <= ord(character) <= 0xFDEF
    return (
        noncharacter or character == _UNMAPPABLE or unicodedata.category(character) in {"Cc", "Cs"}
    )


def text_operators(text: PageText, height: int, dpi: float, characters: CharacterSet) -> bytes:
    """A text object (ISO 32000-1 9.4) for a page of `height` pixels; empty without words.

    The resource name of the font is /F; `characters` grows by what is new on this page.
    """
    pen = _Pen(height, dpi, characters)
    for line in text.lines:
        pen.line(line)
    return pen.operators()


def _literal(codes: list[int]) -> bytes:
    """A string (ISO 32000-1 7.3.4.2) of 16-bit codes: a tenth shorter, deflated, than in hex."""
    raw = b"".join(code.to_bytes(2, "big") for code in codes)
    return re.sub(rb"([\\()])", rb"\\\1", raw).replace(b"\r", b"\\r")


@dataclass(frozen=True)
class _Place:
    """Where a word is written, in points."""

    left: float
    right: float
    baseline: float
    size: float


def _band(height: float) -> int:
    return int(height // _BAND)


class _Pen:
    """Writes words at absolute places, to a tenth of a point, by moves relative to the last one."""

    def __init__(self, height: int, dpi: float, characters: CharacterSet) -> None:
        self._height = height
        self._scale = _POINTS / dpi
        self._characters = characters
        self._at = (0.0, 0.0)
        self._size = 0.0
        self._written: list[bytes] = []
        self._bands: dict[int, list[tuple[_Place, int]]] = {}

    def line(self, line: TextLine) -> None:
        words = [(word, spelled) for word in line.words if (spelled := as_written(word.text))]
        if not words:
            return
        size = self._font_size([word for word, _ in words])
        bottom = median(word.box.y + word.box.height for word, _ in words)
        descent = size * -font.DESCENT / 1000
        baseline = (self._height - bottom) * self._scale + descent
        if size != self._size:
            self._written.append(f"/F {size:g} Tf".encode("ascii"))
            self._size = size
        for word, spelled in words:
            self._word(word, spelled, baseline)

    def _font_size(self, words: list[Word]) -> float:
        return max(_SMALLEST, round(median(w.box.height for w in words) * self._scale, 1))

    def _word(self, word: Word, spelled: str, baseline: float) -> None:
        natural = len(spelled) * self._size * font.ADVANCE / 1000
        percent = 100 * max(1, word.box.width) * self._scale / natural
        left, width = word.box.x * self._scale, natural * percent / 100
        variant = self._variant(_Place(left, left + width, baseline, self._size), len(spelled))
        right, up = self._move(left, baseline)
        codes = self._characters.codes(f"{spelled} ", variant)
        place = f"{percent:.3g} Tz {right:g} {up:g} Td".encode("ascii")
        self._written.append(place + b"(" + _literal(codes) + b")Tj")

    def _variant(self, place: _Place, letters: int) -> int:
        """The first variant that no word meeting this place is written in."""
        slack = _NEAR * (place.right - place.left) / letters
        reach = max(place.size, slack)
        taken = {
            variant
            for band in range(_band(place.baseline - reach), _band(place.baseline + reach) + 1)
            for other, variant in self._bands.get(band, [])
            if other.left < place.right + slack
            and place.left < other.right + slack
            and abs(other.baseline - place.baseline) <= reach
        }
        variant = min(set(range(len(taken) + 1)) - taken)
        self._bands.setdefault(_band(place.baseline), []).append((place, variant))
        return variant

    def _move(self, x: float, y: float) -> tuple[float, float]:
        target = (round(x, 1), round(y, 1))
        right, up = target[0] - self._at[0], target[1] - self._at[1]
        self._at = target
        return round(right, 1), round(up, 1)

    def operators(self) -> bytes:
        if not self._written:
            return b""
        return b"\n".join([b"BT 3 Tr", *self._written, b"ET"])
