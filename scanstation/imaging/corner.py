"""A free place for the digitising officer's stamp in the top left corner of page 1.

TT 01/2023/TT-VPCP Đ8(1) wants it there. It refuses any place where print, coloured ink, a code or
a word that was read would lie under the stamp, and says None rather than cover something.
"""

from collections.abc import Iterator, Sequence
from typing import NamedTuple

import cv2
import numpy as np
from numpy.typing import NDArray

from scanstation.imaging import ink
from scanstation.imaging.load import Picture
from scanstation.model.page import Box

SIZES_PT = ((170.0, 30.0), (155.0, 27.0), (140.0, 24.0))
"""First the block seen in files of the official tool, then what stays legible."""
_START_MM = 8.0
_EDGE_MM = 4.0
"""No nearer to the paper's edge: heads of letters begin at 15 to 20 mm, so 4 mm of room above
decide whether the stamp fits unshrunk."""
_REACH = (0.45, 0.12)
"""Shares of the width and of the long side; beyond them it would no longer be the corner."""
_MARGIN_MM = 1.0
_STEP_MM = 1.0


class _Place(NamedTuple):
    """Millimetres from the top left corner."""

    x: float
    y: float
    width: float
    height: float


def free_place(picture: Picture, taken: Sequence[Box]) -> Box | None:
    """The free place nearest the corner in pixels of `picture`, or None.

    `taken` are boxes to leave alone whatever the ink says: codes and words.
    """
    dpmm = picture.dpi * ink.scale_of(picture) / 25.4
    occupied = _occupied(picture, taken, dpmm)
    sums = np.asarray(cv2.integral(occupied.astype(np.uint8)), np.int32)
    for place in _places(picture.width / picture.dpi * 25.4, picture.height / picture.dpi * 25.4):
        if _is_free(sums, place, dpmm):
            return _pixels(place, picture.dpi / 25.4)
    return None


def _occupied(picture: Picture, taken: Sequence[Box], dpmm: float) -> NDArray[np.bool_]:
    """Ink without dust, and the taken boxes, at the mask's scale."""
    scale = ink.scale_of(picture)
    occupied = ink.without_dust(ink.mask(picture), dpmm * 25.4)
    for box in taken:
        left, top = max(0, int(box.x * scale)), max(0, int(box.y * scale))
        right, bottom = (box.x + box.width) * scale, (box.y + box.height) * scale
        occupied[top : int(bottom) + 1, left : int(right) + 1] = True
    return occupied


def _places(width: float, height: float) -> Iterator[_Place]:
    """Places in order of preference: full size first, then nearest to where it should start."""
    reach = (width * _REACH[0], max(width, height) * _REACH[1])
    for wide, high in SIZES_PT:
        stamp = (wide / 72 * 25.4, high / 72 * 25.4)
        right = min(max(reach[0], _START_MM + stamp[0]), width - _EDGE_MM) - stamp[0]
        bottom = min(max(reach[1], _START_MM + stamp[1]), height - _EDGE_MM) - stamp[1]
        corners = [
            (float(x), float(y))
            for x in np.arange(_EDGE_MM, right + 1e-6, _STEP_MM)
            for y in np.arange(_EDGE_MM, bottom + 1e-6, _STEP_MM)
        ]
        yield from (_Place(x, y, *stamp) for x, y in sorted(corners, key=_remoteness))


def _remoteness(corner: tuple[float, float]) -> float:
    return abs(corner[0] - _START_MM) + abs(corner[1] - _START_MM)


def _is_free(sums: NDArray[np.int32], place: _Place, dpmm: float) -> bool:
    height, width = sums.shape
    left = max(0, int((place.x - _MARGIN_MM) * dpmm))
    top = max(0, int((place.y - _MARGIN_MM) * dpmm))
    right = min(width - 1, int((place.x + place.width + _MARGIN_MM) * dpmm) + 1)
    bottom = min(height - 1, int((place.y + place.height + _MARGIN_MM) * dpmm) + 1)
    inked = sums[bottom, right] - sums[top, right] - sums[bottom, left] + sums[top, left]
    return bool(inked == 0)


def _pixels(place: _Place, dpmm: float) -> Box:
    return Box(*(round(measure * dpmm) for measure in place))
