"""Whether all ink of a captured page is on the page shown, and no other ink.

Ink is looked for at the scan's own resolution, any 12 pixels of it together count. It judges
presence, not beauty: how well a picture is coded is likeness.py's affair.
"""

from dataclasses import dataclass
from typing import cast

import cv2
import numpy as np
from numpy.typing import NDArray

from scanstation.model.page import Box
from scanstation.pdf.light import Bits, Pixels, grown, least, paper_light

LEAST = 12
"""Pixels of ink, touching each other, that may not be missing."""
_SURE, _ANY = 0.75, 0.90
"""Shares of the paper's light: darker than the first is ink, lighter than the second is none."""
_REACH = 2
"""Pixels that ink may shrink by: half a pixel by drawing, one and a half by its own soft edge."""
_THERE = 0.5
"""Share of a component that has ink within one pixel; the next letter's ink may not stand in."""


def differences(
    captured: Pixels, shown: Pixels, dpi: float, smallest: int = LEAST
) -> tuple[Box, ...]:
    """Places where ink of `captured` is not in `shown`, or the other way round.

    Both (height, width, 3) RGB of one size; `smallest` pixels together count.
    """
    there, here = _levels(captured, dpi), _levels(shown, dpi)
    lost = _missing(_sure(there), _any(here), smallest)
    return (*lost, *_missing(_sure(here), _any(there), smallest))


def _levels(page: Pixels, dpi: float) -> Pixels:
    """(height, width) darkness against the paper, 255 = paper."""
    light, _ = paper_light(page, dpi)
    return least(cast(Pixels, cv2.divide(page, light, scale=255)))


def _sure(levels: Pixels) -> Bits:
    return levels < 255 * _SURE


def _any(levels: Pixels) -> Bits:
    return levels < 255 * _ANY


def _missing(wanted: Bits, found: Bits, smallest: int) -> tuple[Box, ...]:
    """Components that are hardly there at all, and parts of others that are far from any ink."""
    whole = _components(wanted)
    parts = _components(wanted & ~grown(found, _REACH))
    near = np.bincount(whole.labels[wanted & grown(found, 1)], minlength=len(whole.areas))
    gone = near < _THERE * whole.areas
    return (
        *_boxes(whole, gone & (whole.areas >= smallest)),
        *_boxes(parts, parts.areas >= smallest),
    )


@dataclass(frozen=True)
class _Components:
    labels: NDArray[np.int32]
    """(height, width), 0 where there is nothing."""
    areas: NDArray[np.int32]
    """Pixels by label."""
    boxes: NDArray[np.int32]
    """(labels, 4): left, top, width, height."""


def _components(bits: Bits) -> _Components:
    _, labels, stats, _ = cv2.connectedComponentsWithStats(bits.view(np.uint8))
    figures = np.asarray(stats, np.int32)
    return _Components(
        np.asarray(labels, np.int32), figures[:, cv2.CC_STAT_AREA], figures[:, : cv2.CC_STAT_AREA]
    )


def _boxes(found: _Components, which: Bits) -> tuple[Box, ...]:
    which[0] = False
    return tuple(Box(*map(int, row)) for row in found.boxes[which])
