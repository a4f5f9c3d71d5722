"""Is the text a PDF page came with worth keeping? Judged beside the picture and our own reading.

A word-processor's text is exact where ours is nearly so; an old OCR layer, an encoding of the
1990s read as Latin or a font without meanings looks like text and is none. What is taken is joined
by what only we read, such as a picture inside the page. It refuses words that nothing is printed
under, which a reader of the paper would never see.
"""

import re
import unicodedata
from collections import Counter
from collections.abc import Iterable

import msgspec
import numpy as np
from numpy.typing import NDArray

from scanstation.model.page import Box, PageText, TextLine, Word

ENOUGH = 80.0
"""Percent of its words that our reading must have found too."""
ENOUGH_LAID_UNDER = 90.0
"""The same for text that no reader of the PDF sees."""
_UNSEEN_AT_MOST = 0.2
"""Share of words with nothing printed under them."""
_PLAUSIBLE = 0.6
"""Share of legal syllables from which on text counts where we read nothing to compare."""
_FEW = 3
_ONSET = "(?:ngh|ch|gh|gi|kh|ng|nh|ph|qu|th|tr|[bcdđghklmnpqrstvx])?"
_SYLLABLE = re.compile(f"{_ONSET}[aăâeêioôơuưy]{{1,3}}(?:ch|ng|nh|[cmnpt])?")
_TONES = re.compile("[\u0300\u0301\u0303\u0309\u0323]")


class Judged(msgspec.Struct, frozen=True, kw_only=True):
    """The text to lay under the page."""

    text: PageText
    agreement: float
    """Percent of the PDF's own words that were read too."""
    taken: bool
    """False: its own text is not used."""


def judge(
    own: PageText, read: PageText, ink: NDArray[np.bool_], scale: float, *, visible: bool
) -> Judged:
    """The better text. `ink` is True where the page carries any, at `scale` of the boxes' pixels.

    `read.engine` is empty when the page could not be read.
    """
    seen = _seen(own, ink, scale)
    agreement = _agreement(seen, read)
    taken = _is_useful(own, seen) and (
        _agrees(seen, read, agreement, visible=visible)
        if read.engine
        else visible and plausibility(seen) >= _PLAUSIBLE
    )
    if not taken:
        note = f"{read.engine}; {own.engine} was useless ({agreement:.0f} % alike)"
        return Judged(text=_said(read, note), agreement=agreement, taken=False)
    note = f"{own.engine} ({agreement:.0f} % as read by {read.engine or 'nobody'})"
    return Judged(text=_said(_joined(seen, read), note), agreement=agreement, taken=True)


def _is_useful(own: PageText, seen: PageText) -> bool:
    there, shown = len(_words(own)), len(_words(seen))
    return there > 0 and shown >= (1 - _UNSEEN_AT_MOST) * there


def _agrees(seen: PageText, read: PageText, agreement: float, *, visible: bool) -> bool:
    if visible:
        return agreement >= ENOUGH or len(_tokens(seen)) < _FEW
    return agreement >= ENOUGH_LAID_UNDER and plausibility(seen) >= plausibility(read)


def _said(text: PageText, engine: str) -> PageText:
    return msgspec.structs.replace(text, engine=engine)


def _words(text: PageText) -> list[Word]:
    return [word for line in text.lines for word in line.words]


def _seen(own: PageText, ink: NDArray[np.bool_], scale: float) -> PageText:
    """Its words without those that nothing is printed under."""
    lines = (
        TextLine(tuple(word for word in line.words if _is_printed(word.box, ink, scale)))
        for line in own.lines
    )
    return msgspec.structs.replace(own, lines=tuple(line for line in lines if line.words))


def _is_printed(box: Box, ink: NDArray[np.bool_], scale: float) -> bool:
    left, top = max(0, int(box.x * scale) - 1), max(0, int(box.y * scale) - 1)
    right, bottom = int((box.x + box.width) * scale) + 2, int((box.y + box.height) * scale) + 2
    return bool(ink[top : max(0, bottom), left : max(0, right)].any())


def _tokens(text: PageText) -> Counter[str]:
    """Its words as they can be compared: case and marks around them aside."""
    said = unicodedata.normalize("NFC", " ".join(word.text for word in _words(text))).casefold()
    return Counter(re.findall(r"\w+", said))


def _agreement(own: PageText, read: PageText) -> float:
    wanted, found = _tokens(own), _tokens(read)
    total = sum(wanted.values())
    return 100 * sum((wanted & found).values()) / total if total else 0.0


def plausibility(text: PageText) -> float:
    """Share of its words of two and more letters that could be Vietnamese syllables, 0 to 1."""
    words = [each for each in _tokens(text).elements() if len(each) > 1 and each.isalpha()]
    return sum(map(_is_syllable, words)) / len(words) if words else 0.0


def _is_syllable(word: str) -> bool:
    apart = unicodedata.normalize("NFD", word)
    toneless, tones = _TONES.subn("", apart)
    return tones <= 1 and bool(_SYLLABLE.fullmatch(unicodedata.normalize("NFC", toneless)))


def _joined(own: PageText, read: PageText) -> PageText:
    """Its own words, and what was read where it says nothing: print inside a picture."""
    taken = [word.box for word in _words(own)]
    more = (
        TextLine(tuple(word for word in line.words if not _touches(word.box, taken)))
        for line in read.lines
    )
    return msgspec.structs.replace(own, lines=(*own.lines, *(one for one in more if one.words)))


def _touches(box: Box, others: Iterable[Box]) -> bool:
    return any(
        box.x < one.x + one.width
        and one.x < box.x + box.width
        and box.y < one.y + one.height
        and one.y < box.y + box.height
        for one in others
    )
