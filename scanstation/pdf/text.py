"""What was read on a page -> the operators of an invisible text layer that copies out right.

A line is written in runs of words that one squeeze fits; each word begins where its print begins
and covers it. Nothing is left out: a character no PDF may map (a control, half a surrogate)
becomes U+FFFD, visibly.
"""

import math
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import cached_property
from itertools import count
from statistics import median

from scanstation.model.page import Box, PageText, TextLine, Word
from scanstation.pdf import font
from scanstation.pdf.characters import CharacterSet

_POINTS = 72.0
_SMALLEST = 1.0
"""Font size in points below which viewers stop selecting."""
_OVER = 0.35
"""Of the font size: how far a word may reach over its print where there is room."""
_BETWEEN = 0.11
"""Of the font size: what stays free between words; poppler and pdf.js glue nearer ones, at 0.05
for certain."""
_BEYOND = 0.75
"""Share of the room between two words that the first may reach into."""
_TALLER = 0.1
"""Of a line's height: how far a box may stand over most others and still be covered; more, and
lines that lie close meet, which splits them."""
_UNCOVERED = 0.2
"""Points of print a word may leave bare at either end: 0.07 mm."""
_APART = 1.5
"""Of the font size: words farther apart begin a run of their own."""
_ROUND = (100, 50, 20, 10, 5, 1)
"""Thousandths of the font size that words are set to, the roundest that will do."""
_GRID = 2
"""Steps per point for places and sizes: 0.2 mm."""
_SQUEEZES = (8.0, 4.0, 2.0, 1.0, 0.1)
"""Percent between squeezes, the roundest that will do: equal numbers deflate to nothing."""
# PDFium takes a character or word for a shadow and drops it when one shortly before it in its own
# order (along a line, not the file's) has the same codes in nearly the same place: that would lose
# letters where boxes overlap, as they do in noise. Words that meet are written in different codes.
_NEAR = 0.5
"""Share of a letter's width; PDFium was seen to drop one at 0.25."""
_BAND = 24.0
"""Height in points of the strips that words are looked up by."""
_REPLACEMENT = "\N{REPLACEMENT CHARACTER}"
_UNMAPPABLE = "\N{ZERO WIDTH NO-BREAK SPACE}"
"""ISO 19005-2 6.2.11.7.2 forbids U+0000, U+FEFF and U+FFFE as the meaning of a glyph."""


def as_written(text: str) -> str:
    """`text` as the layer carries it: NFC, one space between parts, no unmappable character."""
    composed = unicodedata.normalize("NFC", " ".join(text.split()))
    return "".join(_REPLACEMENT if _is_unmappable(each) else each for each in composed)


def _is_unmappable(character: str) -> bool:
    noncharacter = ord(character) & 0xFFFE == 0xFFFE or 0xFDD0 <= ord(character) <= 0xFDEF
    return (
        noncharacter or character == _UNMAPPABLE or unicodedata.category(character) in {"Cc", "Cs"}
    )


@dataclass(frozen=True)
class TextLayer:
    """A text object (ISO 32000-1 9.4), empty without words, and the fonts it names."""

    operators: bytes
    faces: tuple[int, ...]
    """Their numbers in the character set; number 0 is the resource /F0."""


def text_layer(text: PageText, height: int, dpi: float, characters: CharacterSet) -> TextLayer:
    """The layer of a page of `height` pixels; `characters` grows by what is new on it."""
    pen = _Pen(height, dpi, characters)
    for line in text.lines:
        pen.line(line)
    return pen.layer()


@dataclass(frozen=True)
class _Around:
    """Where a word is printed, in points, and how far it may reach over its print."""

    left: float
    right: float
    before: float
    after: float


@dataclass(frozen=True)
class _Placed:
    """A word where it is printed, in points, and how it is coded."""

    left: float
    right: float
    before: float
    """How far it may begin before its print."""
    after: float
    """How far it may reach beyond."""
    face: int
    codes: bytes
    """With a space at the end."""
    alone: bool
    """Something else is written where it is printed."""

    @cached_property
    def natural(self) -> float:
        """Width without the space, in font sizes."""
        return sum(font.widths()[code] for code in self.codes[:-1]) / 1000

    def squeeze(self, start: float) -> float:
        """What makes it cover its print from `start` on, in points per font size."""
        return (self.right - start) / self.natural

    @cached_property
    def needs(self) -> float:
        """The squeeze that covers its print, in points per font size."""
        return self.squeeze(self.left)

    @cached_property
    def bears(self) -> float:
        """The squeeze from which on it reaches too far."""
        return (self.right + self.after - self.left) / self.natural


_GAP = font.width_of(" ") / 1000


def _runs(words: list[_Placed], size: float) -> list[list[_Placed]]:
    """Neighbours that one squeeze covers without reaching far over any."""
    runs = [words[:1]]
    for word in words[1:]:
        longer = [*runs[-1], word]
        runs[-1:] = [longer] if _fits(longer, size) else [runs[-1], [word]]
    return runs


def _fits(run: list[_Placed], size: float) -> bool:
    one, next_ = run[-2:]
    if one.alone or next_.alone or one.face != next_.face:
        return False
    if not one.right <= next_.left <= one.right + _APART * size:
        return False
    return _percent(run, size) <= _most(run, size)


def _most(run: list[_Placed], size: float) -> float:
    """The squeeze in percent from which on a word reaches too far."""
    return 100 / size * min([word.bears for word in run])


def _percent(run: list[_Placed], size: float) -> float:
    """The roundest squeeze in percent that covers every word, and reaches over none too far."""
    least = 100 / size * max(_start_squeeze(run[0]), *[word.needs for word in run])
    most = _most(run, size)
    squeezes = [round(grain * math.ceil(least / grain), 1) for grain in _SQUEEZES]
    return next((percent for percent in squeezes if percent <= most), squeezes[-1])


def _start_squeeze(first: _Placed) -> float:
    return first.squeeze(_start(first))


def _start(first: _Placed) -> float:
    return _below(first.left, 1.0)


def _step(at: float, word: _Placed, unit: float) -> int:
    """What to put into a TJ array so that a word at `at` covers its print."""
    latest = word.left + _UNCOVERED
    earliest = max(word.left - word.before, word.right - _UNCOVERED - word.natural * unit)
    fewest, most = (at - latest) / unit * 1000, (at - min(earliest, latest)) / unit * 1000
    if fewest <= 0 <= most:
        return 0
    near = most if most < 0 else fewest
    for grain in _ROUND:
        step = grain * (math.floor(near / grain) if most < 0 else math.ceil(near / grain))
        if fewest <= step <= most:
            return step
    return round(near)


def _shown(run: list[_Placed], start: float, unit: float) -> bytes:
    """The words with the steps between them; `unit` is the squeezed font size in points."""
    parts: list[bytes] = []
    at = start
    for word in run:
        if parts and (step := _step(at, word, unit)):
            at -= step * unit / 1000
            parts.append(b"%d" % step)
        parts.append(b"(" + word.codes + b")")
        at += (word.natural + _GAP) * unit
    if len(parts) == 1:
        return parts[0] + b"Tj"
    return b"[" + b"".join(parts).replace(b")(", b"") + b"]TJ"


@dataclass(frozen=True)
class _Mark:
    """Where a word was written, for those that come to lie on it."""

    left: float
    right: float
    last: float
    """Where its last letter begins."""
    reach: float
    """How near another's letter may begin to one of its own."""
    baseline: float
    variant: int = 0
    codes: bytes = b""


def _meet(one: _Mark, other: _Mark) -> bool:
    first, second = (one, other) if one.left <= other.left else (other, one)
    return second.left < max(first.right, first.last + max(first.reach, second.reach))


def _reach(boxes: list[Box]) -> tuple[float, float]:
    """Top and bottom of a line's print; a box far taller than the others does not count."""
    top, bottom = median(box.y for box in boxes), median(box.y + box.height for box in boxes)
    slack = _TALLER * (bottom - top)
    return (
        min(max(box.y, top - slack) for box in boxes),
        max(min(box.y + box.height, bottom + slack) for box in boxes),
    )


def _above(pixels: float, scale: float) -> float:
    return math.ceil(pixels * scale * _GRID) / _GRID


def _below(pixels: float, scale: float) -> float:
    return math.floor(pixels * scale * _GRID) / _GRID


def _band(height: float) -> int:
    return int(height // _BAND)


class _Pen:
    """Writes runs at absolute places, on a grid, by moves relative to the last one."""

    def __init__(self, height: int, dpi: float, characters: CharacterSet) -> None:
        self._height = height
        self._scale = _POINTS / dpi
        self._characters = characters
        self._at = (0.0, 0.0)
        self._font: tuple[int, float] | None = None
        self._percent = 100.0
        self._faces: set[int] = set()
        self._written: list[bytes] = []
        self._bands: dict[int, list[_Mark]] = {}

    def line(self, line: TextLine) -> None:
        words = [(word, spelled) for word in line.words if (spelled := as_written(word.text))]
        if not words:
            return
        top, bottom = _reach([word.box for word, _ in words])
        size = max(_SMALLEST, _above(bottom - top, self._scale))
        descent = size * -font.DESCENT / 1000
        baseline = _below(self._height - bottom, self._scale) + descent
        placed = [
            self._placed(spelled, around, baseline, size)
            for (_, spelled), around in zip(words, self._around(words, size), strict=True)
        ]
        for run in _runs(placed, size):
            self._run(run, baseline, size)

    def _around(self, words: list[tuple[Word, str]], size: float) -> Iterator[_Around]:
        """Where words are printed, and the room around them."""
        scale, free, between = self._scale, _OVER * size, _BETWEEN * size
        lefts = [word.box.x * scale for word, _ in words]
        rights = [(word.box.x + max(1, word.box.width)) * scale for word, _ in words]
        for left, right, last, next_ in zip(
            lefts, rights, [-math.inf, *rights], [*lefts[1:], math.inf], strict=False
        ):
            before, after = (max(0.0, gap - between) for gap in (left - last, next_ - right))
            end = min(right, next_ - between) if next_ > left else right
            yield _Around(
                left=left,
                right=max(end, (left + right) / 2),
                before=min(free, (1 - _BEYOND) * before),
                after=min(free, _BEYOND * after),
            )

    def _placed(self, spelled: str, here: _Around, baseline: float, size: float) -> _Placed:
        widths = [font.width_of(each) for each in spelled]
        unit = (here.right - here.left) / sum(widths)
        last, reach = here.right - widths[-1] * unit, max(_NEAR * max(widths) * unit, 1 / _GRID)
        mark = _Mark(here.left, here.right, last, reach, baseline)
        height = max(size, reach)
        met = [
            other
            for band in range(_band(baseline - height), _band(baseline + height) + 1)
            for other in self._bands.get(band, [])
            if abs(other.baseline - baseline) <= height and _meet(mark, other)
        ]
        variant, face, codes = self._variant(spelled, met)
        coded = replace(mark, variant=variant, codes=codes)
        self._bands.setdefault(_band(baseline), []).append(coded)
        return _Placed(here.left, here.right, here.before, here.after, face, codes, alone=bool(met))

    def _variant(self, spelled: str, met: list[_Mark]) -> tuple[int, int, bytes]:
        """The first variant in codes that no word meeting this one is written in."""
        variants, taken = {mark.variant for mark in met}, {mark.codes for mark in met}
        for variant in count():
            if variant not in variants:
                face, codes = self._characters.codes(f"{spelled} ", variant)
                if codes not in taken:
                    return variant, face, codes
        raise AssertionError("there are more variants than words")

    def _run(self, run: list[_Placed], baseline: float, size: float) -> None:
        operators = []
        if (face := (run[0].face, size)) != self._font:
            operators.append(f"/F{face[0]} {size:g} Tf")
            self._font = face
            self._faces.add(face[0])
        left, percent = _start(run[0]), _percent(run, size)
        if percent != self._percent:
            operators.append(f"{percent:g} Tz")
            self._percent = percent
        operators.append(f"{left - self._at[0]:g} {baseline - self._at[1]:g} Td")
        self._at = (left, baseline)
        shown = _shown(run, left, size * percent / 100)
        self._written.append(" ".join(operators).encode("ascii") + shown)

    def layer(self) -> TextLayer:
        if not self._written:
            return TextLayer(b"", ())
        operators = b"\n".join([b"BT 3 Tr", *self._written, b"ET"])
        return TextLayer(operators, tuple(sorted(self._faces)))
