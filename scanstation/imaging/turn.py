"""Pages turned: by quarters without changing a pixel, by small angles with little harm.

It refuses to cut print off: when a small turn would push ink over the edge, the page grows.
"""

import math

import cv2
import msgspec
import numpy as np
from numpy.typing import NDArray

from scanstation.imaging.load import Picture, Pixels
from scanstation.model.page import Box, Mode

_QUARTERS = {
    90: cv2.ROTATE_90_CLOCKWISE,
    180: cv2.ROTATE_180,
    270: cv2.ROTATE_90_COUNTERCLOCKWISE,
}
_LOOK = 8
"""Reduction at which the strips that a turn would cut off are searched for ink."""
_INK = 60
"""Grey levels below the paper; a shadow along the edge may be cut, print may not."""


class Turn(msgspec.Struct, frozen=True):
    """A small turn about the page's centre, as a map between two images."""

    angle: float
    """Degrees anticlockwise."""
    width: int
    height: int
    """Pixels before."""
    new_width: int
    new_height: int
    """Pixels after; the centre stays the centre."""

    @property
    def matrix(self) -> NDArray[np.float64]:
        """(2, 3) affine map of pixel positions from before to after."""
        matrix = cv2.getRotationMatrix2D(_middle(self.width, self.height), self.angle, 1.0)
        matrix[:, 2] += np.subtract(
            _middle(self.new_width, self.new_height), _middle(self.width, self.height)
        )
        return np.asarray(matrix, np.float64)

    def back(self, box: Box) -> Box:
        """A word's box after the turn -> before it."""
        return _moved(np.asarray(cv2.invertAffineTransform(self.matrix), np.float64), box)

    def forth(self, box: Box) -> Box:
        """A word's box before the turn -> after it; its centre moves, its size stays."""
        return _moved(self.matrix, box)


def _middle(width: int, height: int) -> tuple[float, float]:
    return ((width - 1) / 2, (height - 1) / 2)


def _moved(matrix: NDArray[np.float64], box: Box) -> Box:
    half = np.array([box.width / 2, box.height / 2])
    centre = matrix[:, :2] @ (np.array([box.x, box.y]) + half) + matrix[:, 2]
    x, y = np.round(centre - half).astype(int)
    return Box(int(x), int(y), box.width, box.height)


def quarter(picture: Picture, clockwise: int) -> Picture:
    """Turn by 0, 90, 180 or 270 degrees; pixels are only moved."""
    if clockwise % 360 == 0:
        return picture
    pixels = cv2.rotate(picture.pixels, _QUARTERS[clockwise % 360])
    return Picture(np.asarray(pixels, np.uint8), picture.mode, picture.dpi)


def quarter_box(box: Box, clockwise: int, width: int, height: int) -> Box:
    """Where a box of a `width` x `height` page lies after `quarter`."""
    match clockwise % 360:
        case 90:
            return Box(height - box.y - box.height, box.x, box.height, box.width)
        case 180:
            right, below = width - box.x - box.width, height - box.y - box.height
            return Box(right, below, box.width, box.height)
        case 270:
            return Box(box.y, width - box.x - box.width, box.height, box.width)
        case _:
            return box


def same_size(picture: Picture, angle: float) -> Turn:
    """The turn that keeps the page's size and may push its corners out."""
    size = (picture.width, picture.height)
    return Turn(angle, *size, *size)


def whole(picture: Picture, angle: float) -> Turn:
    """The turn that grows the page so that nothing of it is cut off."""
    sine, cosine = abs(math.sin(math.radians(angle))), math.cos(math.radians(angle))
    width, height = picture.width, picture.height
    grown = (math.ceil(width * cosine + height * sine), math.ceil(height * cosine + width * sine))
    return Turn(angle, width, height, *grown)


def for_archive(picture: Picture, angle: float) -> Turn:
    """The turn that keeps the page's size, unless ink would be lost."""
    keeping = same_size(picture, angle)
    return whole(picture, angle) if _loses_ink(picture, keeping) else keeping


def _loses_ink(picture: Picture, turn: Turn) -> bool:
    size = (max(1, picture.width // _LOOK), max(1, picture.height // _LOOK))
    small = cv2.resize(picture.darkest, size, interpolation=cv2.INTER_AREA)
    ink = small < np.median(small) - _INK
    kept = Turn(turn.angle, *size, *size)
    seen = cv2.warpAffine(
        np.full(size[::-1], 255, np.uint8), cv2.invertAffineTransform(kept.matrix), size
    )
    return bool((ink & (seen == 0)).any())


def apply(picture: Picture, turn: Turn) -> Picture:
    """The turned page with a border of its paper's colour; a 1-bit page stays 1-bit."""
    bitonal = picture.mode is Mode.BITONAL
    pixels = warped(picture.pixels, turn, paper(picture), sharp=not bitonal)
    if bitonal:
        pixels = np.where(pixels < 128, 0, 255).astype(np.uint8)
    return Picture(pixels, picture.mode, picture.dpi)


def warped(pixels: Pixels, turn: Turn, border: tuple[int, ...], *, sharp: bool) -> Pixels:
    """Pixels resampled through a turn: cubic when `sharp`, else linear."""
    size = (turn.new_width, turn.new_height)
    how = cv2.INTER_CUBIC if sharp else cv2.INTER_LINEAR
    turned = cv2.warpAffine(pixels, turn.matrix, size, flags=how, borderValue=border)
    return np.asarray(turned, np.uint8)


def paper(picture: Picture) -> tuple[int, ...]:
    """The colour most of the page has, one value per channel."""
    if picture.mode is Mode.BITONAL:
        return (255,)
    sample = picture.pixels[::_LOOK, ::_LOOK]
    channels = sample.reshape(-1, 1) if sample.ndim == 2 else sample.reshape(-1, 3)
    return tuple(int(value) for value in np.median(channels, axis=0))
