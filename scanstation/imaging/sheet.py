"""Where the paper lies on a scanner's bed that is larger than it, to crop the dark lid away.

Cropped is only what cannot be paper: all that lies around one straight rectangle of a known
paper's size is dark, in every colour, out to the capture's edges. A copier's black rim on a sheet
that fills the capture leaves no such rectangle and stays; under a white lid nothing is seen and
nothing is done. Ink at the paper's edge is safe: the paper is the hull around all that is not lid.
"""

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from scanstation.imaging.edges import PAPERS_MM
from scanstation.imaging.load import Picture, Pixels
from scanstation.imaging.turn import Turn
from scanstation.model.page import Box

_DPI = 50.0
_LID = 0.45
"""Share of the paper's light that a lid stays under in its brightest colour."""
_DARKEST = 128
"""Grey levels; no paper's edge is darker from end to end."""
_SIZE_MM = 3.0
"""By which paper may miss its nominal size; a copier's rim leaves 10 and more."""
_BED_MM = 3.0
"""Less border is not worth another generation of pixels."""
_STRAIGHT = 0.97
"""Share of its upright rectangle that the hull of a sheet fills; cut and folded corners less."""
_WHOLE = 0.90
"""Share of its hull that is lighter than the lid; the rest is dark print at the edge."""
_BARE = 0.995
"""Share of the rest that is dark: a second paper on the bed forbids cropping."""
_STEEPEST = 10.0
"""Degrees."""
_SPECK_MM = 1.0


@dataclass(frozen=True, eq=False)
class Sheet:
    """Paper on a bed."""

    outline: NDArray[np.float32]
    """(corners, 2) x and y of its hull, in pixels of the picture it was found on."""

    def box(self, turned: Turn | None, width: int, height: int) -> Box:
        """All of the paper, on the picture of that size that `turned` makes of the one before."""
        corners = self.outline
        if turned is not None:
            corners = np.asarray(cv2.transform(corners[:, None], turned.matrix)[:, 0], np.float32)
        left, top = np.maximum(np.floor(corners.min(axis=0)), 0).astype(int)
        right, bottom = np.minimum(np.ceil(corners.max(axis=0)), (width, height)).astype(int)
        return Box(int(left), int(top), int(right - left), int(bottom - top))


def find(capture: Picture) -> Sheet | None:
    """The one sheet that lies on a dark bed; None wherever there is any doubt."""
    if not _dark_side(capture.pixels):
        return None
    lid, unit = _lid(capture)
    hull, area = _largest(~lid, unit)
    if not _is_sheet(hull, area, lid.shape, unit):
        return None
    inside = cv2.fillConvexPoly(np.zeros(lid.shape, np.uint8), hull.astype(np.int32), 1)
    beside = cv2.dilate(inside, np.ones((5, 5), np.uint8)) == 0
    return _sheet(hull, capture) if lid[beside].mean() >= _BARE else None


def again(cropped: Picture) -> Sheet | None:
    """The sheet that `find` saw, on a picture that was cropped to it and turned by quarters."""
    hull, _ = _largest(~_lid(cropped)[0], _scale(cropped) * cropped.dpi / 25.4)
    return _sheet(hull, cropped) if len(hull) else None


def _sheet(hull: NDArray[np.float32], picture: Picture) -> Sheet:
    """Working pixels are whole millimetre halves: one more all round, so that no paper is lost."""
    grown = hull + 0.5 + np.sign(hull - hull.mean(axis=0))
    return Sheet(np.asarray(grown / _scale(picture), np.float32))


def _scale(picture: Picture) -> float:
    return min(1.0, _DPI / picture.dpi)


def _lid(picture: Picture) -> tuple[NDArray[np.bool_], float]:
    """What is dark and reaches the capture's edge, and its pixels per mm."""
    scale = _scale(picture)
    size = (max(1, round(picture.width * scale)), max(1, round(picture.height * scale)))
    small = cv2.resize(picture.pixels, size, interpolation=cv2.INTER_AREA)
    light = np.asarray(small if small.ndim == 2 else small.max(axis=2), np.uint8)
    return _around(light < _LID * np.percentile(light, 90)), picture.dpi * scale / 25.4


def _dark_side(pixels: Pixels) -> bool:
    """Whether one side of the capture is dark from end to end; on most pages none is."""
    sides = (pixels[0], pixels[-1], pixels[:, 0], pixels[:, -1])
    return any(
        (side.reshape(len(side), -1).max(axis=1) < _DARKEST).mean() >= _BARE for side in sides
    )


def _around(dark: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """What is dark and reaches the capture's edge."""
    labels = np.asarray(cv2.connectedComponents(dark.astype(np.uint8))[1])
    rim = np.concatenate([labels[0], labels[-1], labels[:, 0], labels[:, -1]])
    return np.asarray(np.isin(labels, np.unique(rim[rim > 0])))


def _largest(light: NDArray[np.bool_], unit: float) -> tuple[NDArray[np.float32], float]:
    """The hull of the largest light place, and that place's own area; specks do not widen it."""
    reach = round(_SPECK_MM * unit) | 1
    calm = cv2.morphologyEx(
        light.astype(np.uint8), cv2.MORPH_OPEN, np.ones((reach, reach), np.uint8)
    )
    _, labels, stats, _ = cv2.connectedComponentsWithStats(calm)
    if len(stats) < 2:
        return np.zeros((0, 2), np.float32), 0.0
    best = 1 + int(np.argmax(stats[1:, cv2.CC_STAT_AREA]))
    rows, columns = np.nonzero(labels == best)
    places = np.stack([columns, rows], axis=1).astype(np.float32)
    hull = np.asarray(cv2.convexHull(places)[:, 0], np.float32)
    return hull, float(stats[best, cv2.CC_STAT_AREA])


def _is_sheet(
    hull: NDArray[np.float32], area: float, capture: tuple[int, ...], unit: float
) -> bool:
    """Whether the hull is a straight paper of a known size, smaller than the capture."""
    if len(hull) < 4:
        return False
    _, sides, angle = cv2.minAreaRect(hull)
    short, long = sorted((side + 1) / unit for side in sides)
    known = any(max(abs(short - min(one)), abs(long - max(one))) <= _SIZE_MM for one in PAPERS_MM)
    room = max(min(capture) / unit - short, max(capture) / unit - long)
    leaning = min(angle % 90, 90 - angle % 90)
    if not known or room < _BED_MM or leaning > _STEEPEST:
        return False
    filled = float(cv2.contourArea(hull))
    return filled >= _STRAIGHT * sides[0] * sides[1] and area >= _WHOLE * filled


def cropped(picture: Picture, box: Box) -> Picture:
    """A part of a picture, its pixels as they are."""
    rows, columns = slice(box.y, box.y + box.height), slice(box.x, box.x + box.width)
    return Picture(np.ascontiguousarray(picture.pixels[rows, columns]), picture.mode, picture.dpi)
