"""How crooked the print of a page stands, to a twentieth of a degree.

Lines of print leave the sharpest gaps when the page is sheared by exactly its own skew. Shearing
a page runs through its spectrum along a straight line (the Fourier slice theorem), so one
transform answers for every direction, and no direction is blurred by resampling. This file only
measures; it says so when no direction of the page is clearly better than the others.
"""

import math

import cv2
import msgspec
import numpy as np
from numpy.typing import NDArray

from scanstation.imaging.load import Picture, Pixels

_STEEPEST = 7.0
"""Degrees; a feeder's guides allow no more, and tables tempt at steeper angles."""
_STEPS = (0.125, 0.0625, 0.025)
"""Degrees between directions: in the look at all of them, then twice around the best."""
_WORKING_DPI = 150.0
"""Aimed at by whole numbers of pixels; a quarter of the error of 75 dpi at twice its time."""
_STRIP_MM = 2.7
"""Width of a column; within one, 0.5° moves ink by a fiftieth of a millimetre."""
_BLUR_MM = 0.25
_FINEST = 1.65
"""Waves per mm; finer ones are grain, of which the blur leaves less than a thousandth."""
_EDGE_MM = 5.0
"""Shadows of the paper's edge are straight too, and lie about the print."""
_SURE = 3.0
"""Sharpness ratio; empty pages reach 1.3, the least of 59 pages with print 4.4."""
_INK = 40
"""Grey levels below the paper that count as ink; texture and show-through stay under it."""
_AROUND = 3
"""Directions looked at on each side of the best."""


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


class _Waves(msgspec.Struct, frozen=True):
    """What runs down each column of the page, as waves."""

    strength: NDArray[np.complex64]
    """(frequency, column), weighed so that the squares add up to the energy of steps."""
    turns: NDArray[np.float64]
    """(frequency,) turns of phase from one column to the next at a slope of 1."""


def measure(picture: Picture) -> Skew:
    """The skew of a page of any mode, within ± 7°."""
    reduced = max(1, round(picture.dpi / _WORKING_DPI))
    unit = picture.dpi / reduced / 25.4
    ink = _ink(picture, reduced, unit)
    if not ink.any():
        return Skew(0.0, 0.0)
    waves = _waves(ink, unit)
    directions = np.arange(-_STEEPEST, _STEEPEST + _STEPS[0] / 2, _STEPS[0])
    rough = _everywhere(waves, directions)
    angle, sharp = float(directions[int(np.argmax(rough))]), 0.0
    for step in _STEPS[1:]:
        angle, sharp = _peak(waves, angle, step)
    return Skew(round(angle, 3), sharp / (float(np.median(rough)) + 1e-9))


def _ink(picture: Picture, reduced: int, unit: float) -> Pixels:
    """Ink strength at the working resolution; paper is 0 and the page's edges are gone."""
    width, height = picture.width // reduced, picture.height // reduced
    edge = max(1, round(_EDGE_MM * unit))
    if min(width, height) <= 2 * edge:
        return np.zeros((1, 1), np.uint8)
    whole = picture.grey[: height * reduced, : width * reduced]  # else the reduction is slow
    small = cv2.resize(whole, (width, height), interpolation=cv2.INTER_AREA)
    inner = np.asarray(small[edge:-edge, edge:-edge], np.uint8)
    paper = int(np.median(inner[::4, ::4]))
    strength = np.maximum(paper - np.arange(256), 0)
    strength[strength < _INK] = 0
    return np.asarray(cv2.LUT(inner, strength.astype(np.uint8)), np.uint8)


def _waves(ink: Pixels, unit: float) -> _Waves:
    strip = max(1, round(_STRIP_MM * unit))
    height, count = ink.shape[0], max(1, ink.shape[1] // strip)
    columns = np.ascontiguousarray(ink[:, : count * strip]).reshape(height * count, -1)
    sums = cv2.reduce(columns, 1, cv2.REDUCE_SUM, dtype=cv2.CV_32F).reshape(height, count)
    length = cv2.getOptimalDFTSize(height)
    kept = min(length // 2, int(_FINEST / unit * length)) + 1
    frequencies = np.arange(kept) / length
    steps = 2 * np.sin(np.pi * frequencies)
    blur = np.exp(-2 * (np.pi * _BLUR_MM * unit * frequencies) ** 2)
    strength = np.fft.rfft(sums, length, axis=0)[:kept] * (steps * blur)[:, np.newaxis]
    return _Waves(strength.astype(np.complex64), strip * frequencies)


def _everywhere(waves: _Waves, directions: NDArray[np.float64]) -> NDArray[np.float64]:
    """Energy of the row profile's steps in each direction, to the nearest of fine slopes."""
    slopes = 4 * cv2.getOptimalDFTSize(waves.strength.shape[1])
    power = np.abs(np.fft.fft(waves.strength, slopes, axis=1)) ** 2
    rises = np.tan(np.radians(directions))[:, np.newaxis]
    places = np.rint(-slopes * rises * waves.turns).astype(int) % slopes
    return np.asarray(power[np.arange(len(power)), places].sum(axis=1), np.float64)


def _peak(waves: _Waves, middle: float, step: float) -> tuple[float, float]:
    """The best angle near `middle` and its sharpness, by a parabola through the best and its
    neighbours."""
    angles = [middle + step * place for place in range(-_AROUND, _AROUND + 1)]
    scores = _sharpness(waves, angles)
    best = int(np.argmax(scores))
    if best in (0, len(angles) - 1):
        return angles[best], scores[best]
    before, top, after = scores[best - 1 : best + 2]
    bend = before - 2 * top + after
    return angles[best] + (step * (before - after) / (2 * bend) if bend else 0.0), top


def _sharpness(waves: _Waves, angles: list[float]) -> list[float]:
    """Energy of the row profile's steps at evenly spaced angles."""
    first, second = (_shear(waves, math.tan(math.radians(angle))) for angle in angles[:2])
    onwards = second / first
    found = []
    sheared = waves.strength * first
    for _ in angles:
        rows = sheared.sum(axis=1)
        found.append(float(np.vdot(rows, rows).real))
        sheared *= onwards
    return found


def _shear(waves: _Waves, slope: float) -> NDArray[np.complex64]:
    """(frequency, column) phases that shear the page by `slope`."""
    count = waves.strength.shape[1]
    places = np.arange(count, dtype=np.float32) - np.float32((count - 1) / 2)
    turned = np.outer((2 * np.pi * slope * waves.turns).astype(np.float32), places)
    return np.asarray(np.cos(turned) + 1j * np.sin(turned), np.complex64)
