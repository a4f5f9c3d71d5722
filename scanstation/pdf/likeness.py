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
