"""Is the whole paper there: its size, its corners, and print that runs over an edge.

Measured on the page as captured, before it is turned straight. A folded corner is seen only where
the scanner's lid is dark: under a white lid the fold is as white as the paper.
"""

from collections.abc import Iterator

import cv2
import numpy as np
from numpy.typing import NDArray

from scanstation.imaging import ink
from scanstation.imaging.load import Picture
from scanstation.model.page import Finding, FindingKind

PAPERS_MM = ((210.0, 297.0), (297.0, 420.0), (148.0, 210.0), (85.6, 54.0))
"""A4, A3, A5 and an ID card (ISO/IEC 7810 ID-1), either way round."""
_TOLERANCE_MM = 10.0
"""Feeders crop to what they see: 46 real A4 scans measure 203 to 213 by 288 to 300 mm."""
_TOUCHING = 12
"""Marks of a letter's size over one edge: 46 real pages have 5 at most (dust of a copier's rim);
a page of 30 lines cut through its print has 20 and more on the sides, 60 at the foot."""
_LETTER_MM = (1.2, 12.0)
_EDGE_MM = 0.5
_LEG_MM = 6.0
_CORNER_MM = 60.0
_DARK = 0.55
"""Share of the paper's light a dark lid stays under."""
_FULL, _EMPTY = 0.85, 0.25
"""How much of the triangle must be dark, and how much of its other half may be."""


def edges(captured: Picture, *, known_scale: bool) -> Iterator[Finding]:
    """Findings about what is missing of the paper."""
    if known_scale:
        yield from _size(captured)
    count = max(touching(captured), default=0)
    if count >= _TOUCHING:
        yield Finding(FindingKind.CUT, float(count), float(_TOUCHING))
    leg = max(_legs(captured))
    if leg >= _LEG_MM:
        yield Finding(FindingKind.CORNER, leg, _LEG_MM)


def _size(page: Picture) -> Iterator[Finding]:
    short, long = sorted((page.width / page.dpi * 25.4, page.height / page.dpi * 25.4))
    off = min(max(abs(short - min(one)), abs(long - max(one))) for one in PAPERS_MM)
    if off <= _TOLERANCE_MM:
        return
    width, length = page.width / page.dpi * 25.4, page.height / page.dpi * 25.4
    if abs(width - 210.0) <= _TOLERANCE_MM and length < 297.0:
        yield Finding(FindingKind.SHORT, length, 297.0 - _TOLERANCE_MM)
    else:
        yield Finding(FindingKind.WRONG_SIZE, off, _TOLERANCE_MM)


def touching(page: Picture) -> tuple[int, int, int, int]:
    """Marks of a letter's size that touch the left, top, right and bottom edge."""
    unit = page.dpi * ink.scale_of(page) / 25.4
    marks = ink.mask(page).astype(np.uint8)
    height, width = marks.shape
    reach = max(1, round(_EDGE_MM * unit))
    stats = cv2.connectedComponentsWithStats(marks)[2][1:]
    sides = np.maximum(stats[:, cv2.CC_STAT_WIDTH], stats[:, cv2.CC_STAT_HEIGHT]) / unit
    x, y, wide, high = (stats[sides >= _LETTER_MM[0]][:, part] for part in range(4))
    small = sides[sides >= _LETTER_MM[0]] <= _LETTER_MM[1]
    over = (x < reach, y < reach, x + wide > width - reach, y + high > height - reach)
    left, top, right, bottom = (int((small & one).sum()) for one in over)
    return left, top, right, bottom


def _legs(page: Picture) -> Iterator[float]:
    """Per corner the shorter leg of a dark triangle in mm; 0 where there is none."""
    scale = min(1.0, 50.0 / page.dpi)
    size = (max(1, int(page.width * scale)), max(1, int(page.height * scale)))
    small = cv2.resize(page.grey, size, interpolation=cv2.INTER_AREA)
    dark = np.asarray(small < _DARK * np.percentile(small, 75))
    for corner in (dark, dark[:, ::-1], dark[::-1], dark[::-1, ::-1]):
        yield _leg(corner, 25.4 / (page.dpi * scale))


def _leg(corner: NDArray[np.bool_], pixel_mm: float) -> float:
    reach = int(_CORNER_MM / pixel_mm)
    across, down = _run(corner[0, :reach]), _run(corner[:reach, 0])
    leg = min(across, down)
    if leg * pixel_mm < _LEG_MM or max(across, down) >= min(reach, *corner.shape):
        return 0.0
    rows, columns = np.mgrid[0:down, 0:across]
    inside = rows / down + columns / across < 1.0
    area = corner[:down, :across]
    triangle = area[inside].mean() >= _FULL and area[~inside].mean() <= _EMPTY
    return leg * pixel_mm if triangle else 0.0


def _run(line: NDArray[np.bool_]) -> int:
    """Dark pixels from the corner on without a gap."""
    return int(line.argmin()) if not line.all() else line.size
