"""Characters of one document -> codes of its text fonts, and what those codes mean.

A font has one-byte codes; what does not fit into one begins the next. Codes stand for whole
characters, so those beyond the BMP need no surrogates. A character has a code for each variant it
is written in: see text.py for why.
"""

from collections.abc import Iterator
from functools import lru_cache
from typing import NamedTuple

from scanstation.pdf import font
from scanstation.pdf.spelling import spelled

_Key = tuple[int, str]
_REMEMBERED = 4096
"""Words, at half a kilobyte each."""


class _Face:
    """One font's codes, given out in order of appearance."""

    def __init__(self) -> None:
        self._codes: dict[_Key, int] = {(0, " "): font.SPACE}
        dealt = font.codes().items()
        self._free = {
            width: [code for code in codes if code != font.SPACE] for width, codes in dealt
        }

    def holds(self, keys: set[_Key]) -> bool:
        """Whether every key has a code here or can still get one."""
        new = keys - self._codes.keys()
        return not new or len(new) <= sum(map(len, self._free.values()))

    def code(self, key: _Key) -> int:
        """The key's code, a new one if need be; a space's when none is left."""
        if key not in self._codes:
            wanted = font.width_of(key[1])
            free = [width for width, codes in self._free.items() if codes]
            if not free:
                return font.SPACE
            nearest = min(free, key=lambda width: abs(width - wanted))
            self._codes[key] = self._free[nearest].pop(0)
        return self._codes[key]

    def meanings(self) -> bytes:
        """The ToUnicode CMap; ranges, because runs of codes cost nothing in them."""
        meant = {code: _utf16(character) for (_, character), code in self._codes.items()}
        starts = [code for code in sorted(meant) if code - 1 not in meant]
        ranges = [_range(start, meant) for start in starts]
        body = f"{len(ranges)} beginbfrange\n" + "\n".join(ranges) + "\nendbfrange"
        return _CMAP.format(body=body).encode("ascii")


def _range(start: int, meant: dict[int, str]) -> str:
    """One line of a bfrange for the codes from `start` on without a gap."""
    end = start
    while end + 1 in meant:
        end += 1
    said = "".join(f"<{meant[code]}>" for code in range(start, end + 1))
    return f"<{start:02X}><{end:02X}>[{said}]"


class Coded(NamedTuple):
    """A word in codes of a font."""

    face: int
    """The font's number."""
    codes: bytes
    """One a character, and a space's at the end."""
    width: float
    """Without the space, in font sizes."""


class CharacterSet:
    """All fonts a document's text layers need; the first holds everything in most documents."""

    def __init__(self) -> None:
        self._faces: list[_Face] = []
        # Words come again and again; those of one document only, so that nobody's name stays.
        self.spelled = lru_cache(_REMEMBERED)(spelled)
        self.coded = lru_cache(_REMEMBERED)(self._coded)

    def _coded(self, text: str, variant: int) -> Coded:
        """A word as it is coded in a variant.

        A word of more different letters than a font has codes is cut: nobody reads such a word.
        """
        keys = [(variant, each) for each in f"{text} "]
        place = self._place(set(keys))
        codes = bytes(self._faces[place].code(key) for key in keys)
        return Coded(place, codes, sum(map(font.widths().__getitem__, codes[:-1])) / 1000)

    def _place(self, keys: set[_Key]) -> int:
        for place, face in enumerate(self._faces):
            if face.holds(keys):
                return place
        self._faces.append(_Face())
        return len(self._faces) - 1

    def meanings(self) -> Iterator[bytes]:
        """The ToUnicode CMap of each font."""
        return (face.meanings() for face in self._faces)


_CMAP = """\
/CIDInit /ProcSet findresource begin
12 dict begin
begincmap
/CIDSystemInfo << /Registry (Adobe) /Ordering (UCS) /Supplement 0 >> def
/CMapName /Adobe-Identity-UCS def
/CMapType 2 def
1 begincodespacerange
<00> <FF>
endcodespacerange
{body}
endcmap
CMapName currentdict /CMap defineresource pop
end
end
"""


def _utf16(character: str) -> str:
    return character.encode("utf-16-be").hex().upper()
