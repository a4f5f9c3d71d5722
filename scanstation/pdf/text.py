"""What was read on a page -> the operators of an invisible text layer that copies out right.

A line is written in runs of words that one squeeze fits; each word begins where its print begins
and covers it. Nothing is left out; spelling.py says how a word is written, printed.py where.
"""

import math
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import count

from scanstation.model.page import PageText
from scanstation.pdf import font
from scanstation.pdf.characters import CharacterSet, Coded
from scanstation.pdf.printed import Crowd, Line, below, find_crowds, printed

_POINTS = 72.0
_UNCOVERED = 0.2
"""Points of print a word may leave bare at either end: 0.07 mm."""
_APART = 1.5
"""Of the font size: words farther apart begin a run of their own."""
_ROUND = (100, 50, 20, 10, 5, 1)
"""Thousandths of the font size that words are set to, the roundest that will do."""
_SQUEEZES = (8.0, 4.0, 2.0, 1.0)
"""Percent between squeezes, the roundest that will do: equal numbers deflate to nothing."""
_GAP = font.width_of(" ") / 1000


@dataclass(frozen=True)
class TextLayer:
    """A text object (ISO 32000-1 9.4), empty without words, and the fonts it names."""

    operators: bytes
    faces: tuple[int, ...]
    """Their numbers in the character set; number 0 is the resource /F0."""


def text_layer(text: PageText, height: int, dpi: float, characters: CharacterSet) -> TextLayer:
    """The layer of a page of `height` pixels; `characters` grows by what is new on it."""
    scale = _POINTS / dpi
    found = (printed(line, height, scale, characters.spelled) for line in text.lines)
    lines = [line for line in found if line]
    find_crowds(lines)
    crowd, pen = Crowd(), _Pen()
    for line in lines:
        pen.write(line, _coded(line, crowd, characters))
    return pen.layer()


@dataclass(slots=True)
class _Placed:
    """A word where it is printed, in points, and how it is coded."""

    left: float
    right: float
    before: float
    after: float
    coded: Coded
    alone: bool
    """Something else is written where it is printed."""
    needs: float
    """The squeeze that covers its print, in points per font size."""
    bears: float
    """The squeeze from which on it reaches too far."""


def _coded(line: Line, crowd: Crowd, characters: CharacterSet) -> Iterator[_Placed]:
    words = zip(line.words, line.lefts, line.rights, line.befores, line.afters, strict=True)
    for place, (word, left, right, before, after) in enumerate(words):
        coded, alone = (
            _told_apart(line, place, crowd, characters)
            if line.crowded
            else (characters.coded(word.text, 0), False)
        )
        needs, bears = (right - left) / coded.width, (right + after - left) / coded.width
        yield _Placed(left, right, before, after, coded, alone, needs, bears)


def _told_apart(
    line: Line, place: int, crowd: Crowd, characters: CharacterSet
) -> tuple[Coded, bool]:
    """A word in the first variant of codes that none it meets is written in; whether there are."""
    mark, met = crowd.meeting(line, place)
    variants, taken = {other.variant for other in met}, {other.codes for other in met}
    for variant in count():
        if variant not in variants:
            coded = characters.coded(line.words[place].text, variant)
            if coded.codes not in taken:
                crowd.add(mark, variant, coded.codes)
                return coded, bool(met)
    raise AssertionError("there are more variants than words")


# --- runs -------------------------------------------------------------------------------------


@dataclass(slots=True)
class _Run:
    """Neighbours that one squeeze covers without reaching far over any."""

    words: list[_Placed]
    needs: float
    """The most any of them needs."""
    bears: float
    """The least any of them bears."""
    percent: float
    """The squeeze."""


def _runs(words: Iterator[_Placed], size: float) -> Iterator[_Run]:
    run: _Run | None = None
    for word in words:
        if run and _follows(word, run.words[-1], size):
            needs, bears = max(run.needs, word.needs), min(run.bears, word.bears)
            percent, most = _percent(needs, bears, size)
            if percent <= most:
                run.words.append(word)
                run.needs, run.bears, run.percent = needs, bears, percent
                continue
        if run:
            yield run
        needs = max((word.right - below(word.left)) / word.coded.width, word.needs)
        run = _Run([word], needs, word.bears, _percent(needs, word.bears, size)[0])
    if run:
        yield run


def _follows(word: _Placed, last: _Placed, size: float) -> bool:
    if last.alone or word.alone or last.coded.face != word.coded.face:
        return False
    return last.right <= word.left <= last.right + _APART * size


def _percent(needs: float, bears: float, size: float) -> tuple[float, float]:
    """The roundest squeeze in percent that covers what `needs` it, and what is borne at most."""
    least, most = 100 / size * needs, 100 / size * bears
    for grain in _SQUEEZES:
        percent = grain * math.ceil(least / grain)
        if percent <= most:
            return percent, most
    return round(0.1 * math.ceil(least / 0.1), 1), most


def _step(at: float, word: _Placed, unit: float) -> int:
    """What to put into a TJ array so that a word at `at` covers its print."""
    latest = word.left + _UNCOVERED
    earliest = max(word.left - word.before, word.right - _UNCOVERED - word.coded.width * unit)
    fewest, most = (at - latest) / unit * 1000, (at - min(earliest, latest)) / unit * 1000
    if fewest <= 0 <= most:
        return 0
    near = most if most < 0 else fewest
    for grain in _ROUND:
        step = grain * (math.floor(near / grain) if most < 0 else math.ceil(near / grain))
        if fewest <= step <= most:
            return step
    return round(near)


def _shown(words: list[_Placed], start: float, unit: float) -> bytes:
    """The words with the steps between them; `unit` is the squeezed font size in points."""
    parts: list[bytes] = []
    at = start
    for word in words:
        if parts and (step := _step(at, word, unit)):
            at -= step * unit / 1000
            parts.append(b"%d" % step)
        parts.append(b"(%b)" % word.coded.codes)
        at += (word.coded.width + _GAP) * unit
    if len(parts) == 1:
        return parts[0] + b"Tj"
    return b"[" + b"".join(parts).replace(b")(", b"") + b"]TJ"


class _Pen:
    """Writes runs at absolute places, on a grid, by moves relative to the last one."""

    def __init__(self) -> None:
        self._at = (0.0, 0.0)
        self._font: tuple[int, float] | None = None
        self._percent = 100.0
        self._faces: set[int] = set()
        self._written: list[bytes] = []

    def write(self, line: Line, words: Iterator[_Placed]) -> None:
        """The line's words, one operator line a run."""
        for run in _runs(words, line.size):
            self._run(run, line)

    def _run(self, run: _Run, line: Line) -> None:
        operators = []
        if (face := (run.words[0].coded.face, line.size)) != self._font:
            operators.append(f"/F{face[0]} {line.size:g} Tf")
            self._font = face
            self._faces.add(face[0])
        left, baseline = below(run.words[0].left), line.baseline
        if run.percent != self._percent:
            operators.append(f"{run.percent:g} Tz")
            self._percent = run.percent
        operators.append(f"{left - self._at[0]:g} {baseline - self._at[1]:g} Td")
        self._at = (left, baseline)
        shown = _shown(run.words, left, line.size * run.percent / 100)
        self._written.append(" ".join(operators).encode("ascii") + shown)

    def layer(self) -> TextLayer:
        """All that was written."""
        if not self._written:
            return TextLayer(b"", ())
        operators = b"\n".join([b"BT 3 Tr", *self._written, b"ET"])
        return TextLayer(operators, tuple(sorted(self._faces)))
