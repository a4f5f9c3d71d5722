"""Where a page carries ink, of any colour, whatever the light fell on its paper.

Only a picture for measuring comes out of here; nothing of it reaches the archive.
"""

from weakref import WeakKeyDictionary

import cv2
import numpy as np
from numpy.typing import NDArray

from scanstation.imaging.load import Picture

MASK_DPI = 100.0
_CONTRAST = 0.20
"""Share of the paper's light a mark must swallow. On the drawn fixtures the other side's print and
a certificate's guilloche stay under it, pencil notes and a pale stamp do not."""
DUST_MM = 1.2
"""A lone mark no larger than this is dust. Printed dots have other print within _NEAR_MM."""
_NEAR_MM = 2.0
_MASKS: WeakKeyDictionary[Picture, NDArray[np.bool_]] = WeakKeyDictionary()
_BACKGROUND_MM = 6.0
"""Wider than any stroke, narrower than a shadow of the fold."""


def mask(picture: Picture) -> NDArray[np.bool_]:
    """(height, width) at MASK_DPI (or the page's own scale when coarser), True where ink lies.

    Read-only, and made once per picture: seven steps look at it.
    """
    if picture not in _MASKS:
        found = _mask(picture)
        found.setflags(write=False)
        _MASKS[picture] = found
    return _MASKS[picture]


def _mask(picture: Picture) -> NDArray[np.bool_]:
    scale = scale_of(picture)
    size = (max(1, int(picture.width * scale)), max(1, int(picture.height * scale)))
    small = cv2.resize(picture.darkest, size, interpolation=cv2.INTER_AREA)
    light = _paper_light(np.asarray(small, np.uint8), picture.dpi * scale)
    return np.asarray(small.astype(np.float32) < light * (1 - _CONTRAST))


def without_dust(marks: NDArray[np.bool_], dpi: float) -> NDArray[np.bool_]:
    """The mask without lone specks; `dpi` is the mask's own."""
    reach = max(1, round(_NEAR_MM / 2 / 25.4 * dpi))
    near = cv2.dilate(marks.astype(np.uint8), np.ones((2 * reach + 1, 2 * reach + 1), np.uint8))
    _, labels, stats, _ = cv2.connectedComponentsWithStats(near)
    sides = np.maximum(stats[:, cv2.CC_STAT_WIDTH], stats[:, cv2.CC_STAT_HEIGHT]) - 2 * reach
    return np.asarray(marks & (sides > DUST_MM / 25.4 * dpi)[labels])


def scale_of(picture: Picture) -> float:
    """Pixels of the mask per pixel of the page."""
    return min(1.0, MASK_DPI / picture.dpi)


def _paper_light(small: NDArray[np.uint8], dpi: float) -> NDArray[np.float32]:
    """The paper's brightness at every place, as if nothing were printed on it.

    Large dark areas (a photo, a reversed heading) would pass for paper, so the light is not
    believed below two thirds of that of the page's brightest tenth.
    """
    reach = max(3, round(_BACKGROUND_MM / 25.4 * dpi)) | 1
    kernel = cv2.getStructuringElement(cv2.MORPH_RECT, (reach, reach))
    closed = cv2.morphologyEx(small, cv2.MORPH_CLOSE, kernel)
    smooth = cv2.blur(closed, (reach, reach)).astype(np.float32)
    return np.maximum(smooth, np.float32(np.percentile(small, 90) * 2 / 3))
