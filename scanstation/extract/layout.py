"""Words of a page -> pieces that stand together, the columns of a letter's head kept apart.

Boxes decide; the one phrase known here is the State's name, which begins a column of its own.
"""

import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from typing import NamedTuple

from scanstation.model.page import Box, PageText, TextLine, Word

_GAP = 2.0
"""Letter heights of white between two words that make them parts of different columns."""


_SPECK = 0.25
"""Of the line's usual height; smaller "words" are dust: a dash is 0.4 wide, a speck 0.1."""


class Piece(NamedTuple):
    """Words of one line that stand together."""

    text: str
    box: Box
    confidence: float
    """Of the weakest word, 0 to 100."""
    words: tuple[Word, ...]

    @property
    def middle(self) -> float:
        """Pixels from the left."""
        return self.box.x + self.box.width / 2

    def weakest(self, start: int, end: int) -> float:
        """The least confidence of the words that `text[start:end]` lies in; 100 for no word."""
        return min((word.confidence for word in self.within(start, end)), default=100.0)

    def within(self, start: int, end: int) -> Iterator[Word]:
        """The words that `text[start:end]` lies in."""
        at = 0
        for word in self.words:
            if at < end and start < at + len(word.text):
                yield word
            at += len(word.text) + 1


def pieces(text: PageText) -> tuple[Piece, ...]:
    """All pieces in reading order."""
    return tuple(piece(words) for line in text.lines for words in _columns(line))


def piece(words: Sequence[Word]) -> Piece:
    """Words as one piece."""
    left, top = min(word.box.x for word in words), min(word.box.y for word in words)
    right = max(word.box.x + word.box.width for word in words)
    bottom = max(word.box.y + word.box.height for word in words)
    return Piece(
        " ".join(word.text for word in words),
        Box(left, top, right - left, bottom - top),
        max(0.0, min(word.confidence for word in words)),
        tuple(words),
    )


def unsure(words: Iterable[Word]) -> tuple[str, ...]:
    """The words that stayed in doubt, as they were read."""
    return tuple(word.text for word in words if word.doubt)


def joined(parts: Sequence[Piece]) -> Piece:
    """Pieces of several lines as one."""
    return piece([word for part in parts for word in part.words])


def bare(text: str) -> str:
    """Lower case without marks, so that a misread tone does not hide a known phrase."""
    parts = unicodedata.normalize("NFD", text.lower().replace("đ", "d").replace("ð", "d"))
    return "".join(sign for sign in parts if not unicodedata.combining(sign))


def _columns(line: TextLine) -> Iterator[Sequence[Word]]:
    """A line parted where the white is far wider than a letter, and before the State's name."""
    heights = sorted(word.box.height for word in line.words)
    usual = heights[len(heights) // 2]
    words = [one for one in line.words if max(one.box.width, one.box.height) > _SPECK * usual]
    start = 0
    for place in range(1, len(words)):
        before, after = words[place - 1].box, words[place].box
        wide = after.x - (before.x + before.width) > _GAP * usual
        if wide or _is_state(words[place : place + 2]):
            yield words[start:place]
            start = place
    yield words[start:]


def _is_state(words: Sequence[Word]) -> bool:
    """«CỘNG HÒA …» or «CỘNG HOÀ …»."""
    return " ".join(bare(word.text) for word in words) == "cong hoa"
