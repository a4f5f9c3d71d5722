"""The 16 pixels by which JBIG2 foresees a pixel (ITU-T T.88 6.2.5.3, template 0).

Four of them are the coder's to place: further away than the standard's own places, where they
tell how long a stroke has been going on. It codes nothing itself.
"""

from collections.abc import Iterator
from itertools import pairwise
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

Bits: TypeAlias = NDArray[np.bool_]
Place: TypeAlias = tuple[int, int]
"""Columns to the right and rows down of the pixel to foresee; rows are never positive."""
Adaptive: TypeAlias = tuple[Place, Place, Place, Place]

_FIXED: tuple[Place, ...] = (
    (-1, -2), (0, -2), (1, -2),
    (-2, -1), (-1, -1), (0, -1), (1, -1), (2, -1),
    (-4, 0), (-3, 0), (-2, 0), (-1, 0),
)  # fmt: skip
NOMINAL: Adaptive = ((3, -1), (-3, -1), (2, -2), (-2, -2))
# Searched on four drawn and five real pages at 300 dpi and five at 200: the second saves 1 to 6 %
# of the nominal places' bytes at 300 dpi, the third up to 1.5 % at 200.
ADAPTIVES: tuple[Adaptive, ...] = (
    NOMINAL,
    ((5, -1), (1, -5), (-1, -4), (4, -3)),
    ((1, -4), (-1, -4), (4, -2), (-4, -1)),
)
REACH = 6
"""Rows above and columns to either side that a context may look at, at most."""
CONTEXTS = 1 << 16
_BAND = 128
"""Rows whose contexts are held at once, so that they stay in the processor's cache."""
_SAMPLED = 4
"""One band in so many is looked at to choose the places."""
_LEARNING = 0.5 / _SAMPLED
"""Bits that getting to know a context takes, by its occurrences' logarithm."""


def places(adaptive: Adaptive) -> tuple[Place, ...]:
    """All pixels of a context, the highest bit first."""
    return _FIXED + adaptive


def surrounded(black: Bits) -> NDArray[np.uint16]:
    """The bitmap in a white border of REACH on every side, 1 = black."""
    height, width = black.shape
    padded = np.zeros((height + 2 * REACH, width + 2 * REACH), np.uint16)
    padded[REACH:-REACH, REACH:-REACH] = black
    return padded


def contexts(padded: NDArray[np.uint16], rows: range, adaptive: Adaptive) -> NDArray[np.uint16]:
    """(rows, width) contexts of some rows of a bitmap that is `surrounded`."""
    width = padded.shape[1] - 2 * REACH
    found = np.zeros((len(rows), width), np.uint16)
    for across, down in places(adaptive):
        top, left = rows.start + REACH + down, REACH + across
        found <<= 1
        found |= padded[top : top + len(rows), left : left + width]
    return found


def bands(black: Bits) -> Iterator[tuple[range, bool]]:
    """The rows from top to bottom, and whether there is ink in them or where they look.

    Rows without ink are not cut; the others come in bands of at most _BAND.
    """
    inked = black.any(axis=1)
    seen = np.convolve(inked, np.ones(REACH + 1))[: inked.size] > 0
    edges = [0, *(np.flatnonzero(np.diff(seen)) + 1).tolist(), seen.size]
    for top, bottom in pairwise(edges):
        step = _BAND if seen[top] else bottom - top
        for start in range(top, bottom, step):
            yield range(start, min(start + step, bottom)), bool(seen[top])


def best(black: Bits) -> Adaptive:
    """Those of the ADAPTIVES under which a sample of the page takes the fewest bits."""
    padded = surrounded(black)
    sample = [rows for rows, seen in bands(black) if seen][::_SAMPLED]
    return min(ADAPTIVES, key=lambda adaptive: _bits(padded, sample, adaptive))


def _bits(padded: NDArray[np.uint16], sample: list[range], adaptive: Adaptive) -> float:
    counts = np.zeros(2 * CONTEXTS, np.int64)
    for rows in sample:
        counts += occurrences(symbols(padded, rows, adaptive))
    learning = np.log2(counts.reshape(-1, 2).sum(axis=1) + 1).sum()
    return float((counts * costs(counts)).sum() + _LEARNING * learning)


def symbols(padded: NDArray[np.uint16], rows: range, adaptive: Adaptive) -> NDArray[np.uint32]:
    """(rows, width): `context << 1 | pixel`."""
    found = contexts(padded, rows, adaptive).astype(np.uint32)
    found <<= 1
    found |= padded[rows.start + REACH : rows.stop + REACH, REACH:-REACH]
    return found


def occurrences(found: NDArray[np.uint32]) -> NDArray[np.int64]:
    """How often each symbol occurs."""
    return np.bincount(found.ravel(), minlength=2 * CONTEXTS)


def costs(counts: NDArray[np.int64]) -> NDArray[np.float32]:
    """Bits that each symbol takes when the symbols occur so often."""
    pairs = counts.reshape(-1, 2) + 0.4
    taken = np.log2(pairs.sum(axis=1, keepdims=True)) - np.log2(pairs)
    return np.asarray(taken, np.float32).ravel()
