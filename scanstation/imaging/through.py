"""How much of the other side shows through the free paper of a page.

Colourless marks paler than any ink, away from print and from the edge. 1-bit pages are not judged:
there the scanner has already decided what is black.
"""

from collections.abc import Iterator

import cv2
import numpy as np
from numpy.typing import NDArray

from scanstation.imaging import ink
from scanstation.imaging.load import Picture
from scanstation.model.page import Finding, FindingKind, Mode

_DPI = 75.0
_PALEST, _STRONGEST = 0.025, 0.18
"""Share of the paper's light swallowed: above grain and JPEG noise, below what counts as ink."""
LIMIT = 1.0
"""Percent of the free paper. 27 real pages 0.00 to 0.27 (a seal's offset), four drawn pages with
pencil 0.70, an ID card's picture 0.35; print of the other side at 7.5 % contrast 2.8 and more."""
_TINTED = 45.0
"""Percent; above, the paper itself is patterned: a guilloche has 61,
print of the other side at 15 % contrast 23."""
_COLOURLESS = 14.0
"""Levels between strongest and weakest channel, beside the paper's own."""
_EDGE_MM, _NEAR_PRINT_MM, _LIGHT_MM = 8.0, 1.0, 6.0


def shows_through(page: Picture) -> Iterator[Finding]:
    """The finding, when more of the other side is visible than a reader should have to bear."""
    if page.mode is not Mode.BITONAL:
        share = visible(page)
        if LIMIT <= share < _TINTED:
            yield Finding(FindingKind.SHOW_THROUGH, share, LIMIT)


def visible(page: Picture) -> float:
    """Percent of the free paper that carries pale colourless marks."""
    scale = min(1.0, _DPI / page.dpi)
    unit = page.dpi * scale / 25.4
    size = (max(1, int(page.width * scale)), max(1, int(page.height * scale)))
    small = cv2.resize(page.pixels, size, interpolation=cv2.INTER_AREA)
    calm = np.atleast_3d(cv2.GaussianBlur(small, (0, 0), 1.0)).astype(np.float32)
    weakest = calm.min(axis=2)
    reach = int(_LIGHT_MM * unit) | 1
    closed = cv2.morphologyEx(weakest, cv2.MORPH_CLOSE, np.ones((reach, reach), np.uint8))
    swallowed = 1 - weakest / np.maximum(cv2.blur(closed, (reach, reach)), 1)
    tint = calm.max(axis=2) - weakest
    grey = np.abs(tint - np.median(tint)) < _COLOURLESS
    free = _free(page, size, unit)
    pale = (swallowed > _PALEST) & (swallowed < _STRONGEST) & grey & free
    return float(100.0 * pale.sum() / max(1, int(free.sum())))


def _free(page: Picture, size: tuple[int, int], unit: float) -> NDArray[np.bool_]:
    """Where neither print nor the paper's edge is near."""
    marks = ink.mask(page).astype(np.uint8)
    reach = 2 * max(1, round(_NEAR_PRINT_MM / 25.4 * page.dpi * ink.scale_of(page))) + 1
    near = cv2.dilate(marks, np.ones((reach, reach), np.uint8))
    free = np.asarray(cv2.resize(near, size, interpolation=cv2.INTER_NEAREST) == 0)
    edge = max(1, int(_EDGE_MM * unit))
    inner = np.zeros_like(free)
    inner[edge:-edge, edge:-edge] = True
    return np.asarray(free & inner)
