"""Where words stand: whether two stand in one place, and which line new ones belong to."""

from scanstation.model.page import Box, Word

_SAME_PLACE = 0.5
"""Share of the narrower word's width that two readings have in common."""
_SLACK = 0.1
"""Of the taller word's height; upright marks and commas move a word's middle, and scrawl across
several lines must not tie them together."""
_TALLEST = 2.5
"""Of a new word's height: the tallest word its line may have."""
_APART = 4.0
"""Of a word's height: the widest gap inside one line; beyond it another column begins."""


def share_place(one: Box, other: Box) -> bool:
    """Whether two readings mean the same place."""
    wide = min(one.x + one.width, other.x + other.width) - max(one.x, other.x)
    low, tall = sorted((one.height, other.height))
    apart = abs(one.y + one.height / 2 - other.y - other.height / 2)
    return wide > _SAME_PLACE * min(one.width, other.width) and apart <= low / 2 + _SLACK * tall


def in_order(words: list[Word]) -> list[Word]:
    """The words of a line from left to right."""
    return sorted(words, key=lambda word: word.box.x)


def insert(rows: list[list[Word]], words: list[Word]) -> None:
    """Put words into the line they stand in, else as a line below the nearest one above."""
    middle = sum(map(_centre, words)) / len(words)
    for row in rows:
        high = any(word.box.y <= middle <= word.box.y + word.box.height for word in row)
        if high and _is_level(row, words) and _is_near(row, words) and not _meet(row, words):
            row[:] = in_order([*row, *words])
            return
    above = [number for number, row in enumerate(rows) if row and _centre(row[0]) < middle]
    place = max(above, key=lambda n: _centre(rows[n][0])) + 1 if above else 0
    rows.insert(place, in_order(words))


def _is_level(row: list[Word], words: list[Word]) -> bool:
    """Whether the row is of such print: a pattern down the margin crosses every line."""
    tallest = max(word.box.height for word in words)
    return max(word.box.height for word in row) <= _TALLEST * tallest


def _meet(row: list[Word], words: list[Word]) -> bool:
    return any(share_place(word.box, new.box) for word in row for new in words)


def _is_near(row: list[Word], words: list[Word]) -> bool:
    """Whether no other column lies between them."""
    one, other = _reach(row), _reach(words)
    gap = max(one[0], other[0]) - min(one[1], other[1])
    return gap <= _APART * max(word.box.height for word in (*row, *words))


def _reach(words: list[Word]) -> tuple[int, int]:
    return min(word.box.x for word in words), max(word.box.x + word.box.width for word in words)


def _centre(word: Word) -> float:
    return word.box.y + word.box.height / 2
