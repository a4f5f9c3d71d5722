"""How crooked the print of a page stands, to a twentieth of a degree.

Lines of print leave the sharpest gaps when the page is sheared by exactly its own skew. This file
only measures; it says so when no direction of the page is clearly better than the others.
"""

import math
from collections.abc import Callable

import cv2
import msgspec
import numpy as np
from numpy.typing import NDArray

from scanstation.imaging.load import Picture

Profile = NDArray[np.float32]

_STEEPEST = 7.0
"""Degrees; a feeder's guides allow no more, and tables tempt at steeper angles."""
_COARSE, _FINE = 0.25, 0.05
_WORKING_DPI = 150.0
"""A quarter of the error of 75 dpi at twice its time."""
_STRIP = 16
"""Working pixels per column strip; within one, 0.5° moves ink by a seventh of a pixel."""
_BLUR = 1.5
"""Working pixels. A plain interpolation would blur every direction but 0°, which then always looks
sharpest: with Lanczos five real pages turned by ± 0.1 to 1° err by 0.004°, linear by 0.075°."""
_EDGE_MM = 5.0
"""Shadows of the paper's edge are straight too, and lie about the print."""
_SURE = 3.0
"""Sharpness ratio; empty pages reach 1.3, the least of 27 pages with print 6.7."""
_INK = 40.0
"""Grey levels below the paper that count as ink; texture and show-through stay under it."""


class Skew(msgspec.Struct, frozen=True):
    """Which way the print leans."""

    angle: float
    """Degrees anticlockwise the page must be turned by to stand straight."""
    confidence: float
    """Sharpness of the lines at `angle` over the median of all directions; 0 without ink."""

    @property
    def is_sure(self) -> bool:
        """Whether this is print that leans, and not an empty page."""
        return self.confidence >= _SURE


def measure(picture: Picture) -> Skew:
    """The skew of a page of any mode, within ± 7°."""
    strips = _strips(_ink(picture))
    if not strips.any():
        return Skew(0.0, 0.0)

    directions = np.arange(-_STEEPEST, _STEEPEST + _COARSE / 2, _COARSE)
    rough = [_sharpness(strips, float(angle), cv2.INTER_LINEAR) for angle in directions]
    best = float(directions[int(np.argmax(rough))])

    def sharpness(angle: float) -> float:
        return _sharpness(strips, angle, cv2.INTER_LANCZOS4)

    angle = _peak(sharpness, _peak(sharpness, best, _COARSE), _FINE)
    return Skew(round(angle, 3), sharpness(angle) / (float(np.median(rough)) + 1e-9))


def _ink(picture: Picture) -> Profile:
    """Ink strength at the working resolution; paper and the page's edges are 0."""
    scale = min(1.0, _WORKING_DPI / picture.dpi)
    size = (max(1, int(picture.width * scale)), max(1, int(picture.height * scale)))
    small = cv2.resize(picture.grey, size, interpolation=cv2.INTER_AREA)
    edge = max(1, round(_EDGE_MM / 25.4 * picture.dpi * scale))
    inner = small[edge:-edge, edge:-edge].astype(np.float32)
    if inner.size == 0:
        return np.zeros((1, _STRIP), np.float32)
    ink = np.float32(np.median(inner)) - inner
    return np.where(ink < _INK, np.float32(0), ink)


def _strips(ink: Profile) -> Profile:
    height, width = ink.shape
    count = width // _STRIP
    sums = ink[:, : count * _STRIP].reshape(height, count, _STRIP).sum(axis=2)
    return np.asarray(cv2.GaussianBlur(sums, (1, 11), _BLUR), np.float32).reshape(height, count)


def _sharpness(strips: Profile, angle: float, interpolation: int) -> float:
    """Energy of the row profile's steps after shearing each strip by its share of `angle`."""
    height, count = strips.shape
    slope = math.tan(math.radians(angle)) * _STRIP
    shear = np.array([[1, 0, 0], [slope, 1, -slope * (count - 1) / 2]], np.float32)
    how = interpolation | cv2.WARP_INVERSE_MAP
    rows = cv2.warpAffine(strips, shear, (count, height), flags=how).sum(axis=1)
    steps = np.diff(rows)
    return float(steps @ steps)


def _peak(score: Callable[[float], float], middle: float, step: float) -> float:
    """The best angle near `middle`, by a parabola through the best of seven and its neighbours."""
    angles = [middle + step * place for place in range(-3, 4)]
    scores = [score(angle) for angle in angles]
    best = int(np.argmax(scores))
    if best in (0, 6):
        return angles[best]
    before, top, after = scores[best - 1 : best + 2]
    bend = before - 2 * top + after
    return angles[best] + (step * (before - after) / (2 * bend) if bend else 0.0)
