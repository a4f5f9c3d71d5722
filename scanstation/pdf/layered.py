"""Layered keeping: plain paper, pictures only where there are pictures, print as a black stencil.

What it makes is put together again and compared with the page; it refuses (returns None) any page
that would lose something or that is a picture for the most part, and the caller keeps it whole.
"""

from collections.abc import Sequence

import cv2
import numpy as np

from scanstation.model.page import Box
from scanstation.pdf import light, likeness, pictures, presence
from scanstation.pdf.light import Bits, Pixels, grown
from scanstation.pdf.pictures import Crop
from scanstation.pdf.separate import Parts, separate

_MOST_PICTURE = 0.25
"""Share of the page in zones from which on it is a picture with some print."""
_MOST_SOFT = 0.005
"""Share of the page that may be pale and colourless. Of 24 pages: tired toner with pencil 4.7 %,
a certificate's guilloche 10 %, an ID card's photo 1.1 %, any other page at most 0.05 %."""
_SMALLEST_INCH = 1.0
"""A scrap tells too little about its paper."""
_LARGEST = 20_000_000
"""Pixels, A3 at 300 dpi or A4 at 400: taking apart needs 21 bytes for each."""
ALIKE_DPI = 100.0
"""Scale at which pages are compared by windows."""
_APART = 36.0
"""Levels; the self-check allows 44."""
_EDGE = 1
"""Pixels around print that are grey with it."""


def take_apart(page: Pixels, dpi: float) -> tuple[Parts, tuple[Crop, ...]] | None:
    """Stencil and crops of (height, width, 3) RGB; None when the page must be kept whole."""
    height, width = page.shape[:2]
    if min(height, width) < _SMALLEST_INCH * dpi or height * width > _LARGEST:
        return None
    parts = separate(page, dpi)
    if parts.soft > _MOST_SOFT or parts.zones.mean() > _MOST_PICTURE:
        return None
    crops = tuple(_crop(parts, box) for box in parts.boxes)
    return (parts, crops) if _harmless(page, put_together(parts, crops), dpi) else None


def _harmless(page: Pixels, shown: Pixels, dpi: float) -> bool:
    """The self-check's questions, asked a little more strictly before anything depends on it."""
    small, small_shown = (light.reduced(one, dpi, ALIKE_DPI) for one in (page, shown))
    if likeness.apart(small, small_shown) > _APART:
        return False
    return not presence.differences(page, shown, dpi)


def _crop(parts: Parts, box: Box) -> Crop:
    rows, columns = slice(box.y, box.y + box.height), slice(box.x, box.x + box.width)
    print_ = parts.black[rows, columns]
    picture = _without_print(parts.evened[rows, columns], print_)
    plain = ~parts.zones[rows, columns]
    picture[plain] = parts.paper
    return pictures.coded(picture, parts.paper, print_, box)


def _without_print(picture: Pixels, black: Bits) -> Pixels:
    """What would be seen if the print were not there: the mean of what is around it."""
    if not black.any():
        return picture.copy()
    covered = grown(black, _EDGE)
    weight = (~covered).astype(np.float32)
    reach = (9, 9)
    around = cv2.blur(weight, reach)
    filled = cv2.blur(picture * weight[..., None], reach) / np.maximum(around, 0.01)[..., None]
    out = picture.copy()
    known = covered & (around > 0.01)
    out[known] = filled[known].astype(np.uint8)
    deep = covered & ~known
    if deep.any():
        out[deep] = np.median(picture[~covered], axis=0) if (~covered).any() else 255
    return out


def put_together(parts: Parts, crops: Sequence[Crop]) -> Pixels:
    """The page as a viewer will show it."""
    shown = np.empty_like(parts.evened)
    shown[:] = parts.paper
    for crop in crops:
        rows = slice(crop.box.y, crop.box.y + crop.box.height)
        shown[rows, crop.box.x : crop.box.x + crop.box.width] = crop.shown
    shown[parts.black] = parts.ink
    return shown
