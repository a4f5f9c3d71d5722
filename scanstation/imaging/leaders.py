"""Dotted lines of forms, whitened for the reader: they drown the words written on them.

On a drawn 200 dpi declaration tesseract missed 50 of 237 words with its leaders and 3 without
them. Nothing else goes: on nine real letters without leaders not one pixel changes. Full stops,
marks under letters and specks stay, because eight of them never stand in a row.
"""

import cv2
import numpy as np
from numpy.typing import NDArray

from scanstation.imaging.load import Picture, Pixels

_DARK = 0.75
"""Share of the paper's grey level under which a pixel belongs to a dot."""
_WORKING_DPI = 200.0
"""Finer pages are searched at this scale: half the time and memory of 300 dpi."""
_DOT_MM = 0.7
_GAP_MM = 1.0
_LEAST_MM = 6.0
_LEAST_DOTS = 8
_LOW_MM = 1.0
_SLOPE = 0.08
"""Height a row may have: a dot, and its rise over its own length at up to 4.5° of skew."""


def without_leaders(picture: Picture) -> Pixels:
    """The grey page with the dots of its leaders painted in paper grey."""
    grey = picture.grey
    paper = float(np.median(grey[::4, ::4]))
    scale = min(1.0, _WORKING_DPI / picture.dpi)
    size = (max(1, round(picture.width * scale)), max(1, round(picture.height * scale)))
    small = cv2.resize(grey, size, interpolation=cv2.INTER_AREA) if scale < 1 else grey
    dark = cv2.threshold(small, paper * _DARK, 1, cv2.THRESH_BINARY_INV)[1]
    rows = _rows_of_dots(np.asarray(dark, np.uint8), picture.dpi * scale / 25.4)
    if not rows.any():
        return grey
    rims = cv2.dilate(rows, np.ones((3, 3), np.uint8))
    whole = cv2.resize(rims, (picture.width, picture.height), interpolation=cv2.INTER_NEAREST)
    return np.where(whole > 0, np.uint8(paper), grey).astype(np.uint8)


def _rows_of_dots(dark: NDArray[np.uint8], dpmm: float) -> NDArray[np.uint8]:
    """The dots (1) that stand in rows long, low and dense enough to be leaders."""
    dots, columns, lines = _dots(dark, dpmm)
    joined = cv2.dilate(dots, np.ones((3, round(_GAP_MM * dpmm) | 1), np.uint8))
    _, rows, extents, _ = cv2.connectedComponentsWithStats(joined)
    counts = np.bincount(rows[lines, columns], minlength=len(extents))
    width, height = extents[:, cv2.CC_STAT_WIDTH], extents[:, cv2.CC_STAT_HEIGHT]
    long = (width >= _LEAST_MM * dpmm) & (counts >= _LEAST_DOTS)
    leading = long & (height <= _LOW_MM * dpmm + _SLOPE * width)
    leading[0] = False
    return np.asarray(dots * leading[rows], np.uint8)


def _dots(
    dark: NDArray[np.uint8], dpmm: float
) -> tuple[NDArray[np.uint8], NDArray[np.int64], NDArray[np.int64]]:
    """What is no larger than a dot (1), and the column and line of each one's middle."""
    _, labels, stats, centres = cv2.connectedComponentsWithStats(dark)
    sides = np.maximum(stats[:, cv2.CC_STAT_WIDTH], stats[:, cv2.CC_STAT_HEIGHT])
    small = sides <= _DOT_MM * dpmm
    small[0] = False
    columns, lines = np.round(centres[small]).astype(np.int64).T
    return small.astype(np.uint8)[labels], columns, lines
