"""Where the words of a page are printed, in points, and which of them lie on each other.

PDFium takes a character or word for a shadow and drops it when one shortly before it in its own
order (along a line, not the file's) has the same codes in nearly the same place: that would lose
letters where boxes overlap, as they do in noise. So words that meet are written in different codes.
Most lines meet nothing, which one look at the whole line tells.
"""

import math
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from statistics import median

from scanstation.model.page import Box, TextLine
from scanstation.pdf import font
from scanstation.pdf.spelling import Spelling

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
_NEAR = 0.5
"""Share of a letter's width; PDFium was seen to drop one at 0.25."""
_BAND = 24.0
"""Height in points of the strips that words are looked up by."""
GRID = 2
"""Steps per point for places and sizes: 0.2 mm."""


@dataclass(slots=True)
class Line:
    """A line's words, one item of each list a word; places in points from the page's left edge."""

    size: float
    """Of the font."""
    baseline: float
    """Above the page's lower edge."""
    words: list[Spelling]
    lefts: list[float]
    rights: list[float]
    befores: list[float]
    """How far each may begin before its print."""
    afters: list[float]
    """How far each may reach beyond."""
    reach: float = 0.0
    """The largest of its words' (see Mark)."""
    crowded: bool = False
    """Whether a word of it may meet another, of this line or of one near it."""


def printed(
    line: TextLine, height: int, scale: float, spelled: Callable[[str], Spelling | None]
) -> Line | None:
    """A line of a page of `height` pixels, `scale` points each; None when it says nothing."""
    said = [(word.box, spelling) for word in line.words if (spelling := spelled(word.text))]
    if not said:
        return None
    boxes = [box for box, _ in said]
    top, bottom = _tops_and_bottoms(boxes)
    size = max(_SMALLEST, math.ceil((bottom - top) * scale * GRID) / GRID)
    baseline = below((height - bottom) * scale) + size * -font.DESCENT / 1000
    words = [spelling for _, spelling in said]
    lefts = [box.x * scale for box in boxes]
    rights = [(box.x + max(1, box.width)) * scale for box in boxes]
    return _with_room(Line(size, baseline, words, lefts, rights, [], []))


def below(points: float) -> float:
    """The nearest place of the grid that is not beyond."""
    return math.floor(points * GRID) / GRID


def _tops_and_bottoms(boxes: Sequence[Box]) -> tuple[float, float]:
    """Top and bottom of a line's print; a box far taller than the others does not count."""
    tops, bottoms = [box.y for box in boxes], [box.y + box.height for box in boxes]
    top, bottom = median(tops), median(bottoms)
    slack = _TALLER * (bottom - top)
    return max(min(tops), top - slack), min(max(bottoms), bottom + slack)


def _with_room(line: Line) -> Line:
    """The room around each word, which ends where the next begins."""
    free, between = _OVER * line.size, _BETWEEN * line.size
    last, lefts, rights = -math.inf, line.lefts, line.rights
    for place, (left, right) in enumerate(zip(lefts, rights, strict=True)):
        next_ = lefts[place + 1] if place + 1 < len(lefts) else math.inf
        line.befores.append(min(free, (1 - _BEYOND) * max(0.0, left - last - between)))
        line.afters.append(min(free, _BEYOND * max(0.0, next_ - right - between)))
        end = min(right, next_ - between) if next_ > left else right
        last, rights[place] = right, max(end, (left + right) / 2)
    return line


# --- what meets -------------------------------------------------------------------------------


@dataclass(frozen=True)
class Mark:
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


def _meet(one: Mark, other: Mark) -> bool:
    first, second = (one, other) if one.left <= other.left else (other, one)
    return second.left < max(first.right, first.last + max(first.reach, second.reach))


def find_crowds(lines: Iterable[Line]) -> None:
    """Say of each line whether it may be `crowded`: lines that are not meet nothing for sure."""
    rising = sorted(lines, key=lambda line: line.baseline)
    for line in rising:
        line.crowded = _meets_itself(line)
    farthest = max((_height(line) for line in rising), default=0.0)
    for place, line in enumerate(rising):
        for other in rising[place + 1 :]:
            if other.baseline - line.baseline > farthest:
                break
            if _may_meet(line, other):
                line.crowded = other.crowded = True


def _meets_itself(line: Line) -> bool:
    """Whether words may meet or are not in order; sets the line's reach."""
    right = last = letter = -math.inf
    meets = False
    for left, end, word in zip(line.lefts, line.rights, line.words, strict=True):
        unit = (end - left) / word.width
        reach, begins = _reach(word, unit), end - word.last * unit
        meets = meets or left < max(right, letter, last + reach)
        right, last, letter = max(right, end), max(last, begins), max(letter, begins + reach)
        line.reach = max(line.reach, reach)
    return meets


def _may_meet(one: Line, other: Line) -> bool:
    if abs(one.baseline - other.baseline) > max(_height(one), _height(other)):
        return False
    reach = max(one.reach, other.reach)
    one_ends, other_begins = max(one.rights) + reach, min(other.lefts)
    return other_begins < one_ends and min(one.lefts) < max(other.rights) + reach


def _height(line: Line) -> float:
    """How far above or below its baseline others may be in its way."""
    return max(line.size, line.reach)


def _reach(word: Spelling, unit: float) -> float:
    return max(_NEAR * word.widest * unit, 1 / GRID)


def _band(height: float) -> int:
    return int(height // _BAND)


class Crowd:
    """The words written in crowded lines so far."""

    def __init__(self) -> None:
        self._bands: dict[int, list[Mark]] = {}

    def meeting(self, line: Line, place: int) -> tuple[Mark, list[Mark]]:
        """The mark of a word of `line`, and those before it that it meets."""
        word, left, right = line.words[place], line.lefts[place], line.rights[place]
        unit = (right - left) / word.width
        mark = Mark(left, right, right - word.last * unit, _reach(word, unit), line.baseline)
        height = max(line.size, mark.reach)
        near = range(_band(line.baseline - height), _band(line.baseline + height) + 1)
        met = [
            other
            for band, marks in self._bands.items()
            if band in near
            for other in marks
            if abs(other.baseline - line.baseline) <= height and _meet(mark, other)
        ]
        return mark, met

    def add(self, mark: Mark, variant: int, codes: bytes) -> None:
        """Keep a written word in mind."""
        coded = replace(mark, variant=variant, codes=codes)
        self._bands.setdefault(_band(mark.baseline), []).append(coded)
