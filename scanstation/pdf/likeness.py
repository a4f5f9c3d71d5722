"""Whether two pictures show the same page, told at thumbnail size from the place they differ most.

It finds a missing, wrong or swapped page; it does not judge coding quality, and a page with
nothing but a few faint strokes looks like a blank one to it.
"""

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
    mean_a, mean_b, var_a, var_b = a.mean(1), b.mean(1), a.var(1), b.var(1)
    held = np.maximum(var_a, var_b) > _HELD
    if not held.any():
        return 1.0
    covariance = (a * b).mean(1) - mean_a * mean_b
    structure = (2 * mean_a * mean_b + 6.5) * (2 * covariance + 58.5)
    scale = (mean_a**2 + mean_b**2 + 6.5) * (var_a + var_b + 58.5)
    return float((structure / scale)[held].mean())


def apart(one: NDArray[np.uint8], other: NDArray[np.uint8]) -> float:
    """The largest difference of any channel in levels, each window taken as a whole."""
    return float(np.abs(_windows(one).mean(1) - _windows(other).mean(1)).max(initial=0.0))


def faded(one: NDArray[np.uint8], other: NDArray[np.uint8]) -> float:
    """The largest difference in colour alone, in levels: each window as a whole, its grey apart."""
    a, b = (_windows(each).mean(1).reshape(-1, each.shape[2]) for each in (one, other))
    difference = a - b
    return float(np.abs(difference - difference.mean(1, keepdims=True)).max(initial=0.0))


def _windows(picture: NDArray[np.uint8]) -> NDArray[np.float32]:
    height, width = picture.shape[0] // 8, picture.shape[1] // 8
    cut = picture[: height * 8, : width * 8].reshape(height, 8, width, 8, picture.shape[2])
    return cut.transpose(0, 2, 4, 1, 3).reshape(-1, 64).astype(np.float32)
