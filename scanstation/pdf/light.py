"""The light a page's paper throws back, so that ink is judged by contrast and not by level."""

from typing import TypeAlias, cast

import cv2
import numpy as np
from numpy.typing import NDArray

Pixels: TypeAlias = NDArray[np.uint8]
Bits: TypeAlias = NDArray[np.bool_]

_INCH_MM = 25.4
_LIGHT_DPI = 37.5
"""The light is estimated at this scale, 8 pixels of a 300 dpi page to one."""
_REACH = 25
"""Pixels at _LIGHT_DPI, 17 mm: wider than any print, narrower than a shadow."""
_SHADOW = 0.90
"""Darker than this share of the page's paper is not light on paper but something on it."""


def paper_light(page: Pixels, dpi: float) -> tuple[Pixels, tuple[int, int, int]]:
    """The paper as if nothing were on it, (height, width, 3), and its one colour."""
    small = reduced(page, dpi, _LIGHT_DPI)
    closed = cv2.morphologyEx(small, cv2.MORPH_CLOSE, np.ones((_REACH, _REACH), np.uint8))
    paper = np.median(closed.reshape(-1, 3), axis=0)
    believed = np.maximum(closed, (paper * _SHADOW).astype(np.uint8))
    smooth = cv2.GaussianBlur(cv2.medianBlur(believed, 9), (0, 0), 6)
    light = cv2.resize(smooth, (page.shape[1], page.shape[0]), interpolation=cv2.INTER_LINEAR)
    red, green, blue = (int(level) for level in paper)
    return cast(Pixels, light), (red, green, blue)


def reduced(pixels: Pixels, dpi: float, wanted: float) -> Pixels:
    """The picture at `wanted` dots per inch, or its own when that is coarser; areas averaged."""
    scale = min(1.0, wanted / dpi)
    size = (max(1, round(pixels.shape[1] * scale)), max(1, round(pixels.shape[0] * scale)))
    return cast(Pixels, cv2.resize(pixels, size, interpolation=cv2.INTER_AREA))


def least(pixels: Pixels) -> Pixels:
    """(height, width), the darkest channel."""
    red, green, blue = cv2.split(pixels)
    return cast(Pixels, cv2.min(cv2.min(red, green), blue))


def most(pixels: Pixels) -> Pixels:
    """(height, width), the lightest channel."""
    red, green, blue = cv2.split(pixels)
    return cast(Pixels, cv2.max(cv2.max(red, green), blue))


def grown(bits: Bits, reach: int) -> Bits:
    """Bits with `reach` pixels more on every side."""
    square = np.ones((2 * reach + 1, 2 * reach + 1), np.uint8)
    return cast(Bits, cv2.dilate(bits.view(np.uint8), square).view(np.bool_))


def pixels_of(millimetres: float, dpi: float) -> int:
    """At least one."""
    return max(1, round(millimetres / _INCH_MM * dpi))
