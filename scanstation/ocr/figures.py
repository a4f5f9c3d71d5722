"""Figures that the engine was unsure of, read by themselves in several ways, and one decision.

A cell border or a leader beside it makes `5` a `b` and `12` a `12_`; alone the same figures are
clear. It changes nothing that two readings do not agree on, never a letter into another, and marks
each word whose digits it changed.
"""

import re
from collections import Counter
from collections.abc import Mapping, Sequence

import msgspec

from scanstation.model.page import Doubt, PageText, TextLine, Word

_SURE = 90.0
"""Confidence from which figures are not read again; wrong ones on drawn tables had 8 to 83."""
_AGREEING = 2
_BORDERS = "_|"
"""What the engine writes for the borders of a cell."""


def unsure(text: PageText) -> tuple[Word, ...]:
    """Words with a digit, or of a single letter, that the engine was not sure of."""
    words = (word for line in text.lines for word in line.words)
    return tuple(one for one in words if one.confidence < _SURE and _may_be_figures(one.text))


def _may_be_figures(text: str) -> bool:
    signs = [sign for sign in text if sign.isalnum()]
    return len(signs) == 1 or any(map(str.isdigit, signs))


def with_decided(text: PageText, decisions: Mapping[Word, Word]) -> PageText:
    """The text with words replaced by what was decided."""
    lines = (tuple(decisions.get(word, word) for word in line.words) for line in text.lines)
    return msgspec.structs.replace(text, lines=tuple(map(TextLine, lines)))


def decided(word: Word, others: Sequence[Sequence[Word]]) -> Word:
    """The word as most of its readings have it; its own text where no two agree.

    `others` are the words of each further reading of the same place.
    """
    readings = [word, *(found for row in others if (found := _joined(row)))]
    votes = Counter[str]()
    for reading in readings:
        votes[core(reading.text)] += 1
    agreed = [one for one in readings if votes[core(one.text)] >= _AGREEING and core(one.text)]
    if not agreed:
        return word
    best = max(agreed, key=lambda one: (votes[core(one.text)], one.confidence))
    if core(best.text) == core(word.text):
        text = word.text.strip(_BORDERS)
        return msgspec.structs.replace(word, text=text, confidence=best.confidence)
    if not any(map(str.isdigit, best.text)):
        return word
    doubt = Doubt.DIGITS if _digits(best.text) != _digits(word.text) else None
    text = best.text.strip(_BORDERS)
    return msgspec.structs.replace(word, text=text, confidence=best.confidence, doubt=doubt)


def _joined(words: Sequence[Word]) -> Word | None:
    """The words as one, without signs that stand alone; None where letters or digits lack."""
    said = [word for word in words if core(word.text)]
    if not said:
        return None
    least = min(word.confidence for word in said)
    return msgspec.structs.replace(
        said[0], text=" ".join(one.text for one in said), confidence=least
    )


def core(text: str) -> str:
    """Its letters and digits, words apart."""
    return " ".join(re.findall(r"[^\W_]+", text))


def _digits(text: str) -> str:
    return "".join(filter(str.isdigit, text))
