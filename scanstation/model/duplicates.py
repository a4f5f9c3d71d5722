"""Which pages of a dossier say the same; pure, and a hint only: two copies may be wanted.

Words decide, because two people's copies of one form look alike; where the ink lies must agree
as well. A page of few words is only ever called the same as its exact copy.
"""

from collections import Counter
from collections.abc import Mapping
from itertools import combinations

from scanstation.model.page import Finding, FindingKind, WorkedPage

ROWS, COLUMNS = 96, 64
"""Of a fingerprint; a cell is 3.1 x 3.3 mm of an A4 page."""
_REACH = 2
"""Cells a page may lie aside in the second scan: 6 mm."""
LEAST_WORDS = 20
SAME_WORDS = 85.0
"""Percent. Ten pages read twice, the second time crooked, shifted and paler: 82 to 99; the drawn
pages of four seeds, which share their wording: 83 at most."""
SAME_PLACE = 70.0
"""Percent of inked cells. The same 64 pages scanned twice: 77 and more."""
_ROW = (1 << COLUMNS) - 1


def duplicates(pages: Mapping[str, WorkedPage], copies: Mapping[str, str]) -> dict[str, Finding]:
    """Finding by id of the later page; `copies` are the SHA-256 of originals by id, in order."""
    bags = {page: _words(worked) for page, worked in pages.items()}
    found: dict[str, Finding] = {}
    for first, later in combinations(copies, 2):
        if copies[first] == copies[later]:
            found[later] = Finding(FindingKind.DUPLICATE, 100.0, SAME_WORDS)
        elif later not in found and first in pages and later in pages:
            share = _shared(bags[first], bags[later])
            if share >= SAME_WORDS and alike(pages[first], pages[later]) >= SAME_PLACE:
                found[later] = Finding(FindingKind.DUPLICATE, share, SAME_WORDS)
    return found


def alike(one: WorkedPage, other: WorkedPage) -> float:
    """Percent of inked cells that both pages ink, at the shift where they agree best."""
    if not one.fingerprint or not other.fingerprint:
        return 0.0
    first, second = int(one.fingerprint, 16), int(other.fingerprint, 16)
    reach = range(-_REACH, _REACH + 1)
    return max(_overlap(first, _shifted(second, down, right)) for down in reach for right in reach)


def _words(page: WorkedPage) -> Counter[str]:
    return Counter(
        word.text.casefold()
        for line in page.text.lines
        for word in line.words
        if len(word.text) > 1
    )


def _shared(one: Counter[str], other: Counter[str]) -> float:
    """Percent of all words that both bags hold; 0 when either holds too few to tell."""
    if min(one.total(), other.total()) < LEAST_WORDS:
        return 0.0
    return 100.0 * (one & other).total() / (one | other).total()


def _overlap(one: int, other: int) -> float:
    every = (one | other).bit_count()
    return 100.0 * (one & other).bit_count() / every if every else 0.0


def _shifted(cells: int, down: int, right: int) -> int:
    """The same page lying elsewhere; what leaves the sheet is gone."""
    rows = [cells >> (COLUMNS * row) & _ROW for row in range(ROWS)]
    moved = [(row << right if right >= 0 else row >> -right) & _ROW for row in rows]
    placed = [moved[at - down] if 0 <= at - down < ROWS else 0 for at in range(ROWS)]
    return sum(row << (COLUMNS * at) for at, row in enumerate(placed))
