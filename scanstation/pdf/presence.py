"""Whether all ink of a captured page is on the page shown, and no other ink.

Ink is looked for at the scan's own resolution, any 12 pixels of it together count. It judges
presence, not beauty: how well a picture is coded is likeness.py's affair.
"""

from math import ceil
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
_LIGHT_DPI = 100.0
"""The paper's light is looked for at about this scale."""
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
    height, width = page.shape[:2]
    fold = max(1, int(dpi // _LIGHT_DPI))
    small, _ = paper_light(folded(page, fold), dpi / fold)
    light = cv2.resize(small, (width, height), interpolation=cv2.INTER_LINEAR)
    return least(cast(Pixels, cv2.divide(page, light, scale=255)))


def folded(page: Pixels, times: int) -> Pixels:
    """A `times`-th of the size, without the pixels over at the edges: whole areas are averaged in a
    third of the time that others take."""
    height, width = (max(1, side // times) for side in page.shape[:2])
    whole = page[: height * times, : width * times]
    return cast(Pixels, cv2.resize(whole, (width, height), interpolation=cv2.INTER_AREA))


def _sure(levels: Pixels) -> Bits:
    return levels < ceil(255 * _SURE)


def _any(levels: Pixels) -> Bits:
    return levels < ceil(255 * _ANY)


def _missing(wanted: Bits, found: Bits, smallest: int) -> tuple[Box, ...]:
    """Components that are hardly there at all, and parts of others that are far from any ink.

    Pages are labelled only where enough pixels are in question, and never measured whole: OpenCV's
    statistics cost 45 ms of a page's 55.
    """
    return (*_gone(wanted, found, smallest), *_apart(wanted & ~grown(found, _REACH), smallest))


def _gone(wanted: Bits, found: Bits, smallest: int) -> tuple[Box, ...]:
    missing = wanted & ~grown(found, 1)
    if np.count_nonzero(missing) <= (1 - _THERE) * smallest:
        return ()
    labels = _labels(wanted)
    areas = np.bincount(labels[wanted])
    near = areas - np.bincount(labels[missing], minlength=len(areas))
    return _boxes(labels, missing, (near < _THERE * areas) & (areas >= smallest))


def _apart(parts: Bits, smallest: int) -> tuple[Box, ...]:
    if np.count_nonzero(parts) < smallest:
        return ()
    labels = _labels(parts)
    return _boxes(labels, parts, np.bincount(labels[parts]) >= smallest)


def _labels(bits: Bits) -> NDArray[np.int32]:
    """(height, width): pixels that touch share a number, 0 is for none."""
    return np.asarray(cv2.connectedComponents(bits.view(np.uint8))[1], np.int32)


def _boxes(labels: NDArray[np.int32], bits: Bits, which: Bits) -> tuple[Box, ...]:
    """Around the `bits` of every label that `which` says is meant."""
    rows, columns = np.nonzero(bits)
    owners = labels[rows, columns]
    edges = []
    for places in (columns, rows):
        first, last = np.full(len(which), np.iinfo(np.intp).max), np.zeros(len(which), np.intp)
        np.minimum.at(first, owners, places)
        np.maximum.at(last, owners, places)
        edges += [first[which], last[which] + 1 - first[which]]
    lefts, widths, tops, heights = (each.tolist() for each in edges)
    return tuple(map(Box, lefts, tops, widths, heights))
