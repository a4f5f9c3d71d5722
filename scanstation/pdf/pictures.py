"""The pictures of a layered page, each in as many bytes as its likeness takes.

A picture in one ink is told by one channel and a palette, any other in RGB. It refuses to spend
more than a bound by area, however unlike a hard picture stays.
"""

from collections.abc import Callable
from dataclasses import dataclass
from math import exp

import numpy as np

from scanstation.model.page import Box
from scanstation.pdf import jpeg2000, light, likeness, ramp
from scanstation.pdf.light import Bits, Pixels


@dataclass(frozen=True)
class _Price:
    """What likeness may cost, in bytes for a pixel."""

    alike: float
    """Likeness a picture is given, give or take _CLOSE, if that takes no more than `most`."""
    first: float
    """Tried first: what drawn seals, signatures or arrow stamps need."""
    most: float


_RGB = _Price(0.90, 1 / 50, 1 / 18)
"""Full red seals of real scans then reach 0.82."""
_RAMP = _Price(0.92, 1 / 72, 1 / 36)
"""The same seals then reach 0.85 to 0.87; at 1 / 28, a third more, 0.86 to 0.89. At a likeness of
0.94 handwriting would take a third more, an arrow stamp half."""
_CLOSE = 0.01
_STEEPNESS = 0.2
"""Likeness won by 2.7 times the bytes."""
_OFF, _COARSE = 8.0, 3.0
"""Levels by which no window of a picture, at a third of its size, may be off if bytes can help."""
_MORE_TRIES = 3
_PALETTE_PAYS = 5_000
"""Pixels from which on a palette, 150 bytes, is worth its place."""


@dataclass(frozen=True)
class Crop:
    """One picture, coded."""

    box: Box
    data: bytes
    palette: bytes = b""
    """RGB of each of 256 levels, when `data` has one channel."""

    @property
    def shown(self) -> Pixels:
        """(height, width, 3) RGB, as a viewer shows it."""
        pixels = jpeg2000.decoded(self.data)
        if not self.palette:
            return pixels
        return np.frombuffer(self.palette, np.uint8).reshape(-1, 3)[pixels]


def coded(picture: Pixels, paper: tuple[int, int, int], print_: Bits, box: Box) -> Crop:
    """(height, width, 3) RGB that lies in `box`, `print_` being painted over it later."""
    area = box.width * box.height
    one_ink = ramp.along(picture, paper, print_) if area >= _PALETTE_PAYS else None
    if one_ink is None:
        return _priced(picture, _RGB, lambda size: _rgb(picture, size, box))
    levels, palette = one_ink.levels, one_ink.palette.tobytes()
    return _priced(picture, _RAMP, lambda size: Crop(box, jpeg2000.coded(levels, size), palette))


def _rgb(picture: Pixels, size: float, box: Box) -> Crop:
    return Crop(box, jpeg2000.coded(picture, size))


def _priced(picture: Pixels, price: _Price, code: Callable[[float], Crop]) -> Crop:
    """What `code` makes of the size at which the picture is as like as its price allows."""
    area = picture.shape[0] * picture.shape[1]
    size, most = area * price.first, area * price.most
    crop = code(size)
    for _ in range(_MORE_TRIES):
        wanting = _wanting(picture, crop.shown, price.alike)
        if abs(wanting) <= _CLOSE or (wanting > 0 and size >= most):
            break
        size = min(most, size * exp(wanting / _STEEPNESS))
        crop = code(size)
    return crop


def _wanting(picture: Pixels, shown: Pixels, alike: float) -> float:
    """Likeness that is missing; a pale picture has no structure to tell, so levels count too."""
    missing = alike - likeness.similarity(picture, shown)
    coarse, coarse_shown = (light.reduced(one, _COARSE, 1) for one in (picture, shown))
    off = likeness.apart(coarse, coarse_shown) > _OFF
    return max(missing, _STEEPNESS) if off else missing
