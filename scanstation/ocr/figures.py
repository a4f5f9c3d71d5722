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
from scanstation.ocr.signs import digits, marks
from scanstation.ocr.syllable import is_legal

_SURE = 90.0
"""Confidence from which figures are not read again; wrong ones on drawn tables had 8 to 83."""
_AGREEING = 2
_LEAST = 45.0
"""Confidence, dissent counted, from which a word is changed."""
_FEW = 3
_STROKES = "_|-–—.,:;'\"“”…"
"""Signs that are often nothing but a stroke or a speck."""
_BORDERS = "_|"
"""What the engine writes for the borders of a cell."""


def unsure(text: PageText) -> tuple[Word, ...]:
    """Words that may be figures and that the engine was not sure of."""
    words = (word for line in text.lines for word in line.words)
    return tuple(one for one in words if one.confidence < _SURE and _may_be_figures(one.text))


def _may_be_figures(text: str) -> bool:
    """Digits, one letter, or so few signs that they spell nothing (`DĐ` for 5, `&)` for 3)."""
    signs = _signs(text)
    odd = len(signs) <= _FEW and not is_legal(signs) and bool(text.strip(_STROKES))
    return odd or len(signs) == 1 or any(map(str.isdigit, signs))


def with_decided(text: PageText, decisions: Mapping[Word, Word]) -> PageText:
    """The text with words replaced by what was decided."""
    lines = (tuple(decisions.get(word, word) for word in line.words) for line in text.lines)
    return msgspec.structs.replace(text, lines=tuple(map(TextLine, lines)))


def decided(word: Word, others: Sequence[Sequence[Word]]) -> Word:
    """The word as most of its readings have it; its own text where no two agree.

    `others` are the words of each further reading of the same place. The confidence of a changed
    word is that of the further readings, a dissenting one counting 0: handwriting stays unsure.
    """
    again = [_joined(row) for row in others]
    readings = [word, *(one for one in again if one)]
    votes = Counter(_signs(one.text) for one in readings)
    agreed = [one for one in readings if votes[_signs(one.text)] >= _AGREEING and core(one.text)]
    if not agreed:
        return word
    best = max(agreed, key=lambda one: (votes[_signs(one.text)], one.confidence))
    alike = [one for one in again if one and _signs(one.text) == _signs(best.text)]
    sure = sum(one.confidence for one in alike) / len(others)
    text = _most_common([one.text for one in alike] or [best.text])
    if core(text.strip(_BORDERS)) == core(word.text.strip(_BORDERS)):
        text, sure, doubt = word.text, max(sure, word.confidence), word.doubt
    elif sure < _LEAST or not _may_become(word.text, text):
        return word
    else:
        doubt = Doubt.DIGITS if digits(text) != digits(word.text) else None
    text = text.strip(_BORDERS)
    return msgspec.structs.replace(word, text=text, confidence=sure, doubt=doubt)


def _most_common(texts: Sequence[str]) -> str:
    """The words, without the marks around them, that most have; of those the first."""
    cores = Counter(map(core, texts))
    return max(texts, key=lambda text: cores[core(text)])


def _may_become(before: str, after: str) -> bool:
    """Figures, or the syllable behind them; no mark is lost, no letter turns figure amid letters.

    `STC` never becomes `5TC`, nor `Số:3` `Só:24`.
    """
    syllable = len(core(after)) > 1 and core(after).isalpha() and is_legal(core(after))
    if not digits(after) and not (syllable and digits(before)):
        return False
    kept = not any(map(str.isalpha, after)) or marks(after) >= marks(before)
    return kept and _mixed(after) <= _mixed(before)


def _signs(text: str) -> str:
    return "".join(filter(str.isalnum, text))


def _mixed(text: str) -> int:
    """How many runs hold letters and digits."""
    runs = core(text).split()
    return sum(any(map(str.isdigit, run)) and any(map(str.isalpha, run)) for run in runs)


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
