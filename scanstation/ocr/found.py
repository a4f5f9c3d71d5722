"""Words read where the first reading had none: which of them are believed, and their place.

Scrawl, seals and patterns yield signs as well. Only what is sure of itself and could be written so
is taken, and it replaces nothing but what the first reading itself did not believe.
"""

from collections.abc import Iterable, Iterator, Sequence

import msgspec

from scanstation.model.page import PageText, TextLine, Word
from scanstation.ocr.figures import core
from scanstation.ocr.lines import insert
from scanstation.ocr.plausible import strangeness
from scanstation.ocr.syllable import is_legal

_BELIEVED = 40.0
"""Confidence from which a word covers its place."""
_LEAST = 60.0
"""Confidence a found word needs in company,"""
_ALONE = 85.0
"""and where the row says nothing else."""
_COMPANY = 2
_PART = 1 / 3
"""Of a row's words that must be believable for any of them to be."""


def believed(text: PageText) -> Iterator[Word]:
    """The words that need not be looked for again."""
    return (word for line in text.lines for word in line.words if word.confidence >= _BELIEVED)


def with_rows(text: PageText, rows: Iterable[Sequence[Word]]) -> PageText:
    """The text with the believable words of rows read by themselves."""
    lines = [list(line.words) for line in text.lines]
    for row in rows:
        words = _trusted(row)
        if words:
            lines = [[word for word in line if not _gives_way(word, words)] for line in lines]
            insert(lines, words)
    return msgspec.structs.replace(
        text, lines=tuple(TextLine(tuple(line)) for line in lines if line)
    )


def _trusted(row: Sequence[Word]) -> list[Word]:
    words = [word for word in row if word.confidence >= _LEAST and core(word.text)]
    if len(words) < _COMPANY:
        return [word for word in words if word.confidence >= _ALONE and _is_plain(word)]
    lasting = [word for word in words if strangeness(core(word.text).split()) == 0]
    return lasting if len(lasting) > len(row) * _PART else []


def _is_plain(word: Word) -> bool:
    """Figures, or a syllable of three letters: a stroke of a pen reads as one or two."""
    letters = core(word.text)
    return letters.isdigit() or (len(letters) > _COMPANY and is_legal(letters))


def _gives_way(word: Word, found: Sequence[Word]) -> bool:
    """Whether an unbelieved word of the first reading stands where others were found."""
    if word.confidence >= _BELIEVED:
        return False
    box = word.box
    x, y = box.x + box.width / 2, box.y + box.height / 2
    first, last = found[0].box, found[-1].box
    return first.x <= x <= last.x + last.width and any(
        one.box.y <= y <= one.box.y + one.box.height for one in found
    )
