"""Several readings of one page -> one, word by word, by agreement, confidence and plausibility.

Words are matched by where they stand. It never chooses between different digits by vote: there the
most confident reading stays and the word is marked for a person. It invents no word.
"""

import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from statistics import median

import msgspec

from scanstation.model.page import Doubt, PageText, TextLine, Word
from scanstation.ocr.lines import in_order, insert, share_place
from scanstation.ocr.plausible import doubt_of, strangeness
from scanstation.ocr.signs import digits, marks

_BAND = 64
"""Pixels; words are looked for in their own band and its neighbours only."""
_TALLEST = 5.0
"""Times a word of the reading; a frame taken for letters would make half a page one place."""
_STRANGE = 1.0
"""Votes (a reading has 1 and its confidence) lost by a spelling that cannot be Vietnamese."""
_MARK = 0.1
"""Votes won by each diacritic: engines lose marks by cutting lines too low, and rarely add any."""
_CERTAIN = 85.0
"""Confidence from which a word that only one reading saw is believed."""

Core = tuple[str, ...]


class _Seen(msgspec.Struct, frozen=True):
    """A word and where it was read: number of the reading, of its line and in that line."""

    reading: int
    line: int
    place: int
    word: Word


class Spot(msgspec.Struct, frozen=True):
    """One place of the page: what each reading saw there, left to right."""

    seen: tuple[tuple[_Seen, ...], ...]
    """One entry per reading, empty where it saw nothing."""

    def core(self, reading: int) -> Core:
        """The words without punctuation."""
        return core(one.word for one in self.seen[reading])

    def confidence(self, reading: int) -> float:
        """Mean of a reading's words, 0 to 100."""
        seen = self.seen[reading]
        return sum(one.word.confidence for one in seen) / len(seen) if seen else 0.0


def core(words: Iterable[Word]) -> Core:
    """The letters and digits of words, without punctuation."""
    return tuple(re.findall(r"\w+", " ".join(word.text for word in words)))


def merged(readings: Sequence[PageText], engine: str) -> PageText:
    """The readings (same coordinates; the first gives order and lines) as one text."""
    lines: dict[int, list[Word]] = defaultdict(list)
    extra: dict[tuple[int, int], list[Word]] = defaultdict(list)
    for spot in spots(readings):
        reading, doubt = _chosen(spot)
        if spot.seen[0] and not spot.core(0) and not _is_believed(spot, reading):
            reading, doubt = 0, None
        for one in spot.seen[reading]:
            word = _marked(one.word, doubt, spot, reading)
            if spot.seen[0]:
                lines[one.line if reading == 0 else spot.seen[0][0].line].append(word)
            elif _is_believed(spot, reading):
                extra[reading, one.line].append(word)
    rows = [in_order(lines[number]) for number in sorted(lines)]
    for words in extra.values():
        insert(rows, words)
    return PageText(lines=tuple(TextLine(tuple(row)) for row in rows if row), engine=engine)


def doubtful_lines(first: PageText, second: PageText, least: float) -> tuple[int, ...]:
    """Lines of `first` where the readings differ or either is less confident than `least`."""
    found = set[int]()
    for spot in spots((first, second)):
        seen = (*spot.seen[0], *spot.seen[1])
        unsure = min(one.word.confidence for one in seen) < least and spot.core(0)
        if spot.core(0) != spot.core(1) or unsure:
            found |= {one.line for one in spot.seen[0]}
    return tuple(sorted(found))


# --- what stands where ------------------------------------------------------------------------


def spots(readings: Sequence[PageText]) -> list[Spot]:
    """Words of all readings, joined where they overlap; what is too tall for a word is alone."""
    seen = [
        _Seen(number, line, place, word)
        for number, text in enumerate(readings)
        for line, row in enumerate(text.lines)
        for place, word in enumerate(row.words)
    ]
    parents = list(range(len(seen)))
    most = [_TALLEST * _height_of_words(text) for text in readings]
    tall = {n for n, one in enumerate(seen) if one.word.box.height > most[one.reading]}
    for one, other in _neighbours(seen):
        if not {one, other} & tall and share_place(seen[one].word.box, seen[other].word.box):
            parents[_root(parents, one)] = _root(parents, other)
    groups: dict[int, list[_Seen]] = defaultdict(list)
    for number, found in enumerate(seen):
        groups[_root(parents, number)].append(found)
    return [_spot(group, len(readings)) for group in groups.values()]


def _height_of_words(text: PageText) -> float:
    """The median, in pixels."""
    return median([word.box.height for line in text.lines for word in line.words] or [0])


def _spot(group: list[_Seen], count: int) -> Spot:
    ordered = sorted(group, key=lambda one: (one.line, one.place))
    return Spot(tuple(tuple(one for one in ordered if one.reading == n) for n in range(count)))


def _neighbours(seen: Sequence[_Seen]) -> Iterator[tuple[int, int]]:
    """Pairs of different readings whose words lie in the same bands."""
    bands: dict[int, list[int]] = defaultdict(list)
    for number, one in enumerate(seen):
        box = one.word.box
        for band in range(box.y // _BAND, (box.y + box.height) // _BAND + 1):
            for other in bands[band]:
                if seen[other].reading != one.reading:
                    yield other, number
            bands[band].append(number)


def _root(parents: list[int], one: int) -> int:
    while parents[one] != one:
        parents[one] = parents[parents[one]]
        one = parents[one]
    return one


# --- which reading is right -------------------------------------------------------------------


def _chosen(spot: Spot) -> tuple[int, Doubt | None]:
    """The number of the reading to believe, and what stays in doubt."""
    cores = [spot.core(number) for number in range(len(spot.seen))]
    having = [number for number, found in enumerate(cores) if found]
    if not having:
        return next(number for number, seen in enumerate(spot.seen) if seen), None
    if len({cores[number] for number in having}) == 1:
        return _spokesman(spot, having), None
    if len({digits("".join(cores[number])) for number in having}) > 1:
        return max(having, key=spot.confidence), Doubt.DIGITS
    best = max((cores[number] for number in having), key=lambda one: _votes(spot, cores, one))
    supporters = [number for number in having if cores[number] == best]
    return _spokesman(spot, supporters), None if len(supporters) > 1 else Doubt.DISPUTED


def _votes(spot: Spot, cores: Sequence[Core], wanted: Core) -> float:
    voters = [number for number, found in enumerate(cores) if found == wanted]
    votes = sum(1 + spot.confidence(number) / 100 for number in voters)
    return votes - _STRANGE * strangeness(list(wanted)) + _MARK * marks("".join(wanted))


def _spokesman(spot: Spot, supporters: Sequence[int]) -> int:
    """Of readings with the same letters the one whose punctuation most of them have."""
    texts = {number: " ".join(one.word.text for one in spot.seen[number]) for number in supporters}
    common = Counter(texts.values())
    return max(supporters, key=lambda number: common[texts[number]])


def _marked(word: Word, doubt: Doubt | None, spot: Spot, reading: int) -> Word:
    """The word with its doubt: that of its spot, unless the others have this very word too.

    A doubt it came with goes only when another reading bears the word out.
    """
    wanted = set(core([word]))
    others = [set(spot.core(n)) for n in range(len(spot.seen)) if n != reading and spot.seen[n]]
    agreeing = [wanted <= other for other in others]
    safe = all(agreeing) if any(map(digits, wanted)) else any(agreeing)
    own = None if safe and agreeing else word.doubt
    return msgspec.structs.replace(word, doubt=(None if safe else doubt) or own or doubt_of(word))


def _is_believed(spot: Spot, reading: int) -> bool:
    """Whether words the first reading did not see are there: two saw them, or one is certain."""
    wanted = spot.core(reading)
    agreeing = [n for n in range(1, len(spot.seen)) if wanted and spot.core(n) == wanted]
    least = min(one.word.confidence for one in spot.seen[reading])
    plain = any(len(word) > 1 for word in wanted) and strangeness(list(wanted)) == 0
    return len(agreeing) > 1 or (plain and least >= _CERTAIN)
