"""Lossless JBIG2 for one-bit pages, as PDF embeds it (ITU-T T.88, generic region, template 0).

Written here because neither Debian nor PyPI carries an encoder. It codes each pixel as it is and
refuses symbol substitution, the lossy mode that has swapped digits in real archives.
"""

import struct
from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from scanstation.pdf.arithmetic import ArithmeticCoder

_BAND = 256
"""Rows whose contexts are held at once: 2.5 MB for a 300 dpi page instead of 35 MB."""
_ABOVE_2 = range(-2, 3)
_ABOVE_1 = range(-3, 4)
_LEFT = range(-4, 0)
_REACH = 4
"""Columns a template looks to either side, at most."""
_NOMINAL_ADAPTIVE = struct.pack(">8b", 3, -1, -3, -1, 2, -2, -2, -2)
_PAGE_INFORMATION = 48
_IMMEDIATE_GENERIC_REGION = 38


def encode(black: NDArray[np.bool_], dpi: float) -> bytes:
    """The embedded stream (no file header, no end segments) of a bitmap, True = black.

    `black` has the shape (height, width), both at least 1. 7.2.7 and 6.2 of T.88.
    """
    height, width = black.shape
    per_metre = round(dpi / 0.0254)
    page = struct.pack(">IIIIBH", width, height, per_metre, per_metre, 0, 0)
    region = struct.pack(">IIIIBB", width, height, 0, 0, 0, 0) + _NOMINAL_ADAPTIVE
    return _segment(0, _PAGE_INFORMATION, page) + _segment(
        1, _IMMEDIATE_GENERIC_REGION, region + _coded(black)
    )


def _segment(number: int, kind: int, data: bytes) -> bytes:
    return struct.pack(">IBBBI", number, kind, 0, 1, len(data)) + data


def _coded(black: NDArray[np.bool_]) -> bytes:
    coder = ArithmeticCoder(contexts=1 << 16)
    for symbols, counts in _runs(black):
        coder.encode(symbols, counts)
    return coder.finish()


def _runs(black: NDArray[np.bool_]) -> Iterator[tuple[list[int], list[int]]]:
    """Runs of equal (context, pixel) in reading order: the symbols and how often each repeats."""
    height, width = black.shape
    padded = np.zeros((height + 2, width + 2 * _REACH), np.uint32)
    padded[2:, _REACH : _REACH + width] = black
    for top in range(0, height, _BAND):
        symbols = _symbols(padded[top : min(top + _BAND, height) + 2], width).ravel()
        starts = np.flatnonzero(np.diff(symbols, prepend=~symbols[:1]))
        counts = np.diff(starts, append=symbols.size)
        yield symbols[starts].tolist(), counts.tolist()


def _symbols(padded: NDArray[np.uint32], width: int) -> NDArray[np.uint32]:
    """`context << 1 | pixel` of every pixel of a band that has two rows of history above it."""
    rows = padded.shape[0] - 2
    symbols = np.zeros((rows, width), np.uint32)
    for down, across in ((0, _ABOVE_2), (1, _ABOVE_1), (2, _LEFT), (2, range(1))):
        for step in across:
            symbols <<= 1
            symbols |= padded[down : down + rows, _REACH + step : _REACH + step + width]
    return symbols
