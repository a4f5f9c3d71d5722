"""Liberation Serif for the stamp: the letters of one text as a font program a PDF/A may embed.

It has the widths of Times New Roman, which NĐ 30/2020 asks for. Units are rescaled to 1000 per em
because veraPDF refuses the rounded widths of a 2048-unit font (ISO 19005-2, 6.2.11.5). Refuses a
font file without Vietnamese letters: fonts-liberation 1.x of Debian 12 would print boxes.
"""

import hashlib
import io
import string
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from fontTools import subset  # type: ignore[import-untyped]  # fontTools ships no type information
from fontTools.ttLib import TTFont  # type: ignore[import-untyped]  # as above
from fontTools.ttLib.scaleUpem import scale_upem  # type: ignore[import-untyped]  # as above

from scanstation import errors
from scanstation.i18n import _

PLACES = tuple(
    Path("/usr/share/fonts/truetype", folder, "LiberationSerif-Regular.ttf")
    for folder in ("liberation2", "liberation")  # Debian 12, Debian 13
)
UNITS = 1000
_ALWAYS = string.digits + "-+:T "  # every time needs them, so one clerk's stamps share one program
_PROOF = "ễ"
_KEPT = {"head", "hhea", "maxp", "hmtx", "loca", "glyf"}  # ISO 32000-1, 9.9: all a CIDFont needs


@dataclass(frozen=True)
class StampFont:
    """A TrueType program with the letters asked for; measures in thousandths of an em."""

    name: str
    """PostScript name with a subset tag made from the letters, so equal stamps give equal bytes."""
    program: bytes
    glyphs: dict[str, int]
    widths: tuple[int, ...]
    """Advance by glyph number."""
    ascent: int
    descent: int
    """Negative."""
    box: tuple[int, int, int, int]

    def measure(self, text: str) -> float:
        """Width of `text` in ems, without kerning."""
        return sum(self.widths[self.glyphs[letter]] for letter in text) / UNITS

    def codes(self, text: str) -> bytes:
        """`text` as a hexadecimal PDF string of two-byte glyph numbers."""
        return b"<%s>" % "".join(f"{self.glyphs[letter]:04x}" for letter in text).encode()


def font_for(text: str) -> StampFont:
    """The stamp's font with the letters of `text` (NFC).

    Raises MissingPart without Liberation Serif 2, SelfCheckFailed for a letter it has no shape of.
    """
    return _cut("".join(sorted({*text, *_ALWAYS})))


@lru_cache(maxsize=16)  # 35 ms to cut and rescale; a clerk's next file takes none of it
def _cut(letters: str) -> StampFont:
    font = find_font(PLACES)
    names = font.getBestCmap()
    if lacking := "".join(letter for letter in letters if ord(letter) not in names):
        problem = _("its font has no shape for «{letters}»").format(letters=lacking)
        raise errors.SelfCheckFailed(file=_("signature stamp"), problem=problem)
    options = subset.Options(hinting=False, layout_features=[], drop_tables=[])
    subsetter = subset.Subsetter(options=options)
    subsetter.populate(text=letters)
    for table in set(font.keys()) - _KEPT - {"GlyphOrder", "cmap"}:
        del font[table]
    subsetter.subset(font)
    scale_upem(font, UNITS)
    return _finished(font, {letter: font.getGlyphID(names[ord(letter)]) for letter in letters})


def find_font(places: Iterable[Path]) -> TTFont:
    """The first of `places` that has Vietnamese letters; MissingPart when none does."""
    for path in places:
        if path.exists():
            font = TTFont(path, lazy=True, recalcTimestamp=False)
            if ord(_PROOF) in font.getBestCmap():
                return font
    raise errors.MissingPart(part="Liberation Serif 2", install="apt install fonts-liberation2")


def _finished(font: TTFont, glyphs: dict[str, int]) -> StampFont:
    if "cmap" in font:
        del font["cmap"]
    head, lines = font["head"], font["hhea"]
    widths = tuple(font["hmtx"][name][0] for name in font.getGlyphOrder())
    program = io.BytesIO()
    font.save(program)
    return StampFont(
        name=f"{_tag(''.join(glyphs))}+LiberationSerif",
        program=program.getvalue(),
        glyphs=glyphs,
        widths=widths,
        ascent=lines.ascent,
        descent=lines.descent,
        box=(head.xMin, head.yMin, head.xMax, head.yMax),
    )


def _tag(letters: str) -> str:
    digest = hashlib.sha256(letters.encode()).digest()
    return "".join(string.ascii_uppercase[byte % 26] for byte in digest[:6])
