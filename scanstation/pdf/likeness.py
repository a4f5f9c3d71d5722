"""Whether two pictures show the same page, told at thumbnail size from the place they differ most.

It finds a missing, wrong or swapped page; it does not judge coding quality, and a page with
nothing but a few faint strokes looks like a blank one to it.
"""

import cv2
import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageFilter

_WIDTH = 64
"""Columns compared: an A4 page in squares of 3.3 mm, softened by one square."""
LIMIT = 24.0
"""Grey levels of 255. On 34 real pages, drawn by pdfium 640 px wide against thumbnails of their
images: 15 at most for the same page, 35 at least for another, 41 at least for a blank one."""
DRAWN_WIDTH = 640
"""Width in pixels to draw a page at: narrower, pdfium's own reduction of one-bit images shows."""

_SIDE = 8
"""Pixels of a window."""
_HELD = 100.0
"""Variance of a window from which on it holds more than paper."""


def same_page(one: Image.Image, other: Image.Image) -> bool:
    """Whether both show one page; sizes and modes may differ, the aspect is taken from `one`."""
    return unlikeness(one, other) <= LIMIT


def unlikeness(one: Image.Image, other: Image.Image) -> float:
    """The largest local difference in grey levels, 0 to 255."""
    height = max(1, round(_WIDTH * one.height / one.width))
    return float(np.abs(_reduced(one, height) - _reduced(other, height)).max())


def _reduced(image: Image.Image, height: int) -> NDArray[np.float32]:
    small = image.convert("L").resize((_WIDTH, height), Image.Resampling.BOX)
    return np.asarray(small.filter(ImageFilter.BoxBlur(1)), np.float32)


def similarity(one: NDArray[np.uint8], other: NDArray[np.uint8]) -> float:
    """Mean structural similarity, 1 for equals (Wang 2004; windows of 8 x 8, each channel).

    Both (height, width, channels) of one size. Windows with nothing in them in either picture
    do not count: there the paper's noise would be compared.
    """
    a, b = _windows(one), _windows(other)
    if not a.size:
        return 1.0
    mean_a, mean_b = _means(a), _means(b)
    var_a, var_b = _means(a * a) - mean_a**2, _means(b * b) - mean_b**2
    held = np.maximum(var_a, var_b) > _HELD
    if not held.any():
        return 1.0
    covariance = _means(a * b) - mean_a * mean_b
    structure = (2 * mean_a * mean_b + 6.5) * (2 * covariance + 58.5)
    scale = (mean_a**2 + mean_b**2 + 6.5) * (var_a + var_b + 58.5)
    return float((structure / scale)[held].mean())


def apart(one: NDArray[np.uint8], other: NDArray[np.uint8]) -> float:
    """The largest difference of any channel in levels, each window taken as a whole."""
    return float(np.abs(_difference(one, other)).max(initial=0.0))


def faded(one: NDArray[np.uint8], other: NDArray[np.uint8]) -> float:
    """The largest difference in colour alone, in levels: each window as a whole, its grey apart."""
    difference = _difference(one, other)
    return float(np.abs(difference - difference.mean(2, keepdims=True)).max(initial=0.0))


def _difference(one: NDArray[np.uint8], other: NDArray[np.uint8]) -> NDArray[np.float32]:
    return _means(_windows(one)) - _means(_windows(other))


def _windows(picture: NDArray[np.uint8]) -> NDArray[np.float32]:
    """The picture without what is over at its right and lower edge."""
    height, width = (side // _SIDE * _SIDE for side in picture.shape[:2])
    return picture[:height, :width].astype(np.float32)


def _means(picture: NDArray[np.float32]) -> NDArray[np.float32]:
    """Of each window; OpenCV does it in a third of numpy's time."""
    height, width, channels = picture.shape
    if not picture.size:
        return np.zeros((0, 0, channels), np.float32)
    small = cv2.resize(picture, (width // _SIDE, height // _SIDE), interpolation=cv2.INTER_AREA)
    return np.asarray(small, np.float32).reshape(height // _SIDE, width // _SIDE, channels)
