"""Specks and the other side's dots on 1-bit scans, whitened for the reader where they swarm.

What is no larger than a speck and has nothing larger beside it goes, on pages that have many such;
every other page comes back as it is. Dots and marks of letters stay: their letters are near.
"""

import cv2
import numpy as np
from numpy.typing import NDArray

from scanstation.imaging.load import Picture, Pixels
from scanstation.model.page import Mode

_COUNTED_MM, _SPECK_MM = 0.25, 0.35
_NEAR_MM = 0.3
_MANY = 2.0
"""Specks per cm²: 27 real 1-bit pages have 0.4 at most, a drawn one with dust 1.0. On such pages
whitening loses words (one real page: 18 → 21 missed), from 3.6 on it wins."""
_BANDS = 16
"""Specks are counted on every fourth of so many bands."""


def whitened(page: Picture) -> Picture:
    """A 1-bit page without swarming specks; the page itself where it needs nothing."""
    if page.mode is not Mode.BITONAL or _density(page) < _MANY:
        return page
    labels, small = _small(page.pixels, page.dpi / 25.4 * _SPECK_MM)
    larger = (~small)[labels]
    reach = 2 * max(1, round(_NEAR_MM / 25.4 * page.dpi)) + 1
    near = cv2.dilate((larger & (labels > 0)).astype(np.uint8), np.ones((reach, reach), np.uint8))
    lone = small.copy()
    lone[np.unique(labels[near > 0])] = False
    lone[0] = False
    return Picture(np.where(lone[labels], np.uint8(255), page.pixels), page.mode, page.dpi)


def _density(page: Picture) -> float:
    """Specks per cm², on a quarter of the page."""
    high = page.height // _BANDS
    if high == 0:
        return 0.0
    tops = [page.height * part // _BANDS for part in range(1, _BANDS, 4)]
    least = page.dpi / 25.4 * _COUNTED_MM
    found = sum(int(_small(page.pixels[top : top + high], least)[1].sum()) - 1 for top in tops)
    return found / (len(tops) * high * page.width / (page.dpi / 2.54) ** 2)


def _small(pixels: Pixels, most: float) -> tuple[NDArray[np.int32], NDArray[np.bool_]]:
    """Labels of the dark parts, and which of them are no larger than `most` pixels; paper is 0."""
    dark = np.asarray(pixels < 128, np.uint8)
    _, labels, stats, _ = cv2.connectedComponentsWithStats(dark)
    sides = np.maximum(stats[:, cv2.CC_STAT_WIDTH], stats[:, cv2.CC_STAT_HEIGHT])
    small = np.asarray(sides <= max(1, round(most)))
    small[0] = True
    return np.asarray(labels, np.int32), small
