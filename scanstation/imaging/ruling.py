"""Lines of tables and frames, whitened for the reader: figures that touch them are misread.

On drawn tables at 200 dpi tesseract took cell borders for letters (`|Lý`, `2_`, `1Í`) and dropped
the strokes of dates beside them. Only rules that meet others go, so underlined words keep
theirs and a page without a table does not change in one pixel.
"""

import cv2
import numpy as np
from numpy.typing import NDArray

from scanstation.imaging.load import Pixels

_WORKING_DPI = 150.0
_DARK = 0.8
"""Share of the paper's grey level under which a pixel may belong to a rule: thin ones are pale."""
_LEAST_MM = 10.0
"""Longer than the strokes of any letter of a page."""
_GAP_MM = 0.5
_THICKEST_MM = 0.8
_REACH_MM = 0.5
"""How near rules come that meet."""


def without_tables(pixels: Pixels, dpi: float) -> Pixels:
    """The grey page with the rules of its tables painted in paper grey."""
    scale = min(1.0, _WORKING_DPI / dpi)
    dpmm = dpi * scale / 25.4
    small = cv2.resize(pixels, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA)
    paper = float(np.median(small[::2, ::2]))
    dark = np.asarray(cv2.threshold(small, paper * _DARK, 1, cv2.THRESH_BINARY_INV)[1], np.uint8)
    met = _meeting(_rules(dark, dpmm, upright=False), _rules(dark, dpmm, upright=True), dpmm)
    if not met.any():
        return pixels
    rims = cv2.dilate(met, np.ones((3, 3), np.uint8))
    whole = cv2.resize(rims, pixels.shape[::-1], interpolation=cv2.INTER_NEAREST)
    return np.where(whole > 0, np.uint8(paper), pixels).astype(np.uint8)


def _rules(dark: NDArray[np.uint8], dpmm: float, *, upright: bool) -> NDArray[np.uint8]:
    """1 where long thin rules of one direction run."""
    long, gap, thick = (round(side * dpmm) for side in (_LEAST_MM, _GAP_MM, _THICKEST_MM))

    def along(length: int) -> NDArray[np.uint8]:
        return np.ones((length, 1) if upright else (1, length), np.uint8)

    def across(length: int) -> NDArray[np.uint8]:
        return np.ones((1, length) if upright else (length, 1), np.uint8)

    closed = cv2.morphologyEx(dark, cv2.MORPH_CLOSE, along(gap | 1))
    runs = cv2.morphologyEx(closed, cv2.MORPH_OPEN, along(long))
    broad = cv2.morphologyEx(runs, cv2.MORPH_OPEN, across(thick + 1))
    return np.asarray(cv2.subtract(runs, broad), np.uint8)


def _meeting(
    level: NDArray[np.uint8], upright: NDArray[np.uint8], dpmm: float
) -> NDArray[np.uint8]:
    """The rules of both directions that hang together with one of the other."""
    both = level | upright
    reach = round(_REACH_MM * dpmm) | 1
    joined = cv2.dilate(both, np.ones((reach, reach), np.uint8))
    count, labels = cv2.connectedComponents(joined)
    lies = np.bincount(labels[level > 0], minlength=count) > 0
    stands = np.bincount(labels[upright > 0], minlength=count) > 0
    crossed = lies & stands
    crossed[0] = False
    return np.asarray(both * crossed[labels], np.uint8)
