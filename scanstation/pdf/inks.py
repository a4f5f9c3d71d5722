"""The rectangles of a page that stay pictures, cut so that each holds one ink where that can be.

A red seal beside blue print takes less in two pictures than in one (ramp.py). Where inks cross,
or lie so that no straight cut parts them, they stay together.
"""

from collections.abc import Iterator
from typing import cast

import cv2
import numpy as np

from scanstation.model.page import Box
from scanstation.pdf.light import Bits, Pixels, least, most, reduced

_LOOK_DPI = 75.0
"""Inks are told apart at this scale, where JPEG's own colours around edges are averaged out."""
_COLOURED = 40
"""Difference of channels from which on ink has a colour."""
_FEW = 10
"""Pixels at _LOOK_DPI, 1 mm², that are no ink of their own."""


def boxes(zones: Bits, page: Pixels, dpi: float) -> tuple[Box, ...]:
    """Rectangles around the zones, (height, width), of an RGB page; they never overlap."""
    inks = _inks(reduced(page, dpi, _LOOK_DPI))
    scale = inks.shape[1] / zones.shape[1]
    return tuple(part for one in _framed(zones) for part in _cut(one, zones, inks, scale))


def _inks(small: Pixels) -> Pixels:
    """(height, width): 0 for no colour, else 1, 2 or 3 for the lightest channel."""
    coloured = most(small) - least(small) > _COLOURED
    return cast(Pixels, np.where(coloured, small.argmax(axis=2) + 1, 0).astype(np.uint8))


def _framed(bits: Bits) -> tuple[Box, ...]:
    """Rectangles around what hangs together, joined until none touches another."""
    filled = bits.astype(np.uint8)
    found: list[Box] = []
    while True:
        count, _, stats, _ = cv2.connectedComponentsWithStats(filled)
        frames = [Box(*(int(side) for side in row[:4])) for row in stats[1:count]]
        if len(frames) == len(found):
            return tuple(frames)
        found = frames
        for box in frames:
            filled[box.y : box.y + box.height, box.x : box.x + box.width] = 1


def _cut(box: Box, zones: Bits, inks: Pixels, scale: float) -> Iterator[Box]:
    """The box, or two and more that have no ink in common."""
    top, bottom = round(box.y * scale), round((box.y + box.height) * scale)
    left, right = round(box.x * scale), round((box.x + box.width) * scale)
    seen = inks[top:bottom, left:right]
    if across := round(_gap(seen, 0) / scale):
        halves = (
            Box(box.x, box.y, across, box.height),
            Box(box.x + across, box.y, box.width - across, box.height),
        )
    elif down := round(_gap(seen, 1) / scale):
        halves = (
            Box(box.x, box.y, box.width, down),
            Box(box.x, box.y + down, box.width, box.height - down),
        )
    else:
        yield box
        return
    for half in halves:
        if tight := _tight(half, zones):
            yield from _cut(tight, zones, inks, scale)


def _gap(seen: Pixels, axis: int) -> float:
    """Columns (axis 0) or rows (1) before the middle between two inks; 0 where none parts them."""
    kinds = [kind for ink in (1, 2, 3) if (kind := seen == ink).sum() >= _FEW]
    places = [np.flatnonzero(kind.any(axis=axis)) for kind in kinds]
    spans = sorted((int(one[0]), int(one[-1])) for one in places)
    for place in range(1, len(spans)):
        end, start = max(span[1] for span in spans[:place]), spans[place][0]
        if end < start:
            return (end + 1 + start) / 2
    return 0


def _tight(box: Box, zones: Bits) -> Box | None:
    """The part of the box that zones fill."""
    inside = zones[box.y : box.y + box.height, box.x : box.x + box.width]
    rows, columns = np.flatnonzero(inside.any(axis=1)), np.flatnonzero(inside.any(axis=0))
    if not rows.size:
        return None
    top, left = int(rows[0]), int(columns[0])
    return Box(box.x + left, box.y + top, int(columns[-1]) - left + 1, int(rows[-1]) - top + 1)
