"""Words in a frame or in red near the head of a page: degrees of secrecy and of urgency.

NĐ 30/2020 Phụ lục I puts them there, red, in frames of 20 to 40 by 8 mm; offices also use arrows,
and black frames on 1-bit scans. Each is cut out upright and without its frame, for a reader.
"""

from collections.abc import Iterator
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from scanstation.imaging import ink
from scanstation.imaging.load import Picture, Pixels
from scanstation.model.page import Box

_HEAD = 0.45
"""Share of the page's height."""
_LONG_MM, _SHORT_MM = (12.0, 60.0), (4.5, 25.0)
_RED = 45
"""Levels by which red must outshine green and blue."""
_JOIN_MM = 2.0
_FRAMED = 0.85
"""Of its rectangle that a frame's outline encloses."""
_LINE = 0.7
"""A mark as long as this share of the cut is frame, not letter."""
_REST = 0.15
"""A flat mark as long as this share is a piece of a line."""
_HEIGHT = 96
"""Pixels of a cut: letters of 40 to 60, where the engine reads best."""
_MARGIN = 24
MOST = 6


@dataclass(frozen=True, eq=False)
class Stamp:
    """One framed or red word."""

    box: Box
    """In pixels of the page."""
    pixels: Pixels
    """(about 150, width) grey, upright, dark on white."""


def stamps(page: Picture) -> tuple[Stamp, ...]:
    """At most MOST candidates, the largest first; most pages have none."""
    red = sorted(_red(page), key=_area, reverse=True)
    others = [one for one in _frames(page) if all(_apart(one, other) for other in red)]
    places = [(place, _redness(page)) for place in red[:MOST]]
    places += [(place, page.darkest) for place in sorted(others, key=_area, reverse=True)]
    return tuple(_cut(pixels, place) for place, pixels in places[:MOST])


def _apart(one: cv2.typing.RotatedRect, other: cv2.typing.RotatedRect) -> bool:
    return bool(np.hypot(*np.subtract(one[0], other[0])) > min(one[1]) / 2)


def _redness(page: Picture) -> Pixels:
    """(height, width), dark where red outshines the rest: print under a stamp is gone."""
    red, green, blue = cv2.split(page.pixels[: int((_HEAD + 0.1) * page.height)])
    over = np.asarray(cv2.subtract(red, cv2.max(green, blue)), np.uint8)
    return np.asarray(255 - 2 * np.minimum(over, 127), np.uint8)


def _area(place: cv2.typing.RotatedRect) -> float:
    return place[1][0] * place[1][1]


def _red(page: Picture) -> Iterator[cv2.typing.RotatedRect]:
    if page.pixels.ndim == 2:
        return
    scale = ink.scale_of(page)
    head = page.pixels[: int(_HEAD * page.height)]
    small = cv2.resize(head, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA).astype(int)
    red = (small[..., 0] - small[..., 1:].max(axis=2) > _RED).astype(np.uint8)
    reach = max(1, round(_JOIN_MM / 25.4 * page.dpi * scale)) | 1
    wide = np.asarray(cv2.dilate(red, np.ones((reach, reach), np.uint8)), np.uint8)
    yield from _fitting(wide, page, reach, 0.0)


def _frames(page: Picture) -> Iterator[cv2.typing.RotatedRect]:
    marks = ink.mask(page)[: int(_HEAD * page.height * ink.scale_of(page))].astype(np.uint8)
    yield from _fitting(marks, page, 0, _FRAMED)


def _fitting(
    marks: NDArray[np.uint8], page: Picture, grown: int, filled: float
) -> Iterator[cv2.typing.RotatedRect]:
    """Rectangles of a stamp's size around marks, in pixels of the page."""
    scale = ink.scale_of(page)
    unit = page.dpi * scale / 25.4
    for outline in cv2.findContours(marks, cv2.RETR_EXTERNAL, cv2.CHAIN_APPROX_NONE)[0]:
        middle, sides, angle = cv2.minAreaRect(outline)
        wide, high = (max(1.0, side - grown) for side in sides)
        if wide < high:
            wide, high, angle = high, wide, angle - 90
        fits = _SHORT_MM[0] <= high / unit <= _SHORT_MM[1] and wide >= 1.3 * high
        if not fits or not _LONG_MM[0] <= wide / unit <= _LONG_MM[1]:
            continue
        if cv2.contourArea(outline) >= filled * wide * high:
            place = (middle[0] / scale, middle[1] / scale)
            yield place, (wide / scale, high / scale), angle if angle > -45 else angle + 180


def _cut(pixels: Pixels, place: cv2.typing.RotatedRect) -> Stamp:
    (x, y), (wide, high), angle = place
    zoom = _HEIGHT / high
    size = (int(wide * zoom), _HEIGHT)
    turn = cv2.getRotationMatrix2D((x, y), angle, zoom)
    turn[0, 2] += size[0] / 2 - x
    turn[1, 2] += size[1] / 2 - y
    cut = cv2.warpAffine(pixels, turn, size, flags=cv2.INTER_AREA, borderValue=(255.0,))
    words = _without_frame(np.asarray(cut, np.uint8))
    corners = cv2.boxPoints(place)
    left, top = np.maximum(corners.min(axis=0), 0).astype(int)
    right, bottom = corners.max(axis=0).astype(int)
    box = Box(int(left), int(top), int(right - left), int(bottom - top))
    edge = ((_MARGIN, _MARGIN), (_MARGIN, _MARGIN))
    return Stamp(box, np.pad(words, edge, constant_values=255))


def _without_frame(cut: Pixels) -> Pixels:
    """White where a frame's lines or an arrow's outline ran, letters that touch them kept."""
    height, width = cut.shape
    dark = cv2.threshold(cut, 0, 1, cv2.THRESH_BINARY_INV | cv2.THRESH_OTSU)[1]
    along = cv2.morphologyEx(dark, cv2.MORPH_OPEN, np.ones((1, int(_LINE * width / 2)), np.uint8))
    across = cv2.morphologyEx(dark, cv2.MORPH_OPEN, np.ones((int(_LINE * height), 1), np.uint8))
    lines = cv2.dilate(cv2.bitwise_or(along, across), np.ones((3, 3), np.uint8))
    rest = np.asarray((dark > 0) & (lines == 0))
    _, labels, stats, _ = cv2.connectedComponentsWithStats(rest.astype(np.uint8))
    wide, high = stats[:, cv2.CC_STAT_WIDTH], stats[:, cv2.CC_STAT_HEIGHT]
    outline = (wide >= _LINE * width) | (high >= 0.9 * height)
    piece = (wide > 4 * high) & (wide > _REST * width)
    frame = (lines > 0) | ((outline | piece)[labels] & rest)
    wiped = cv2.dilate(frame.astype(np.uint8), np.ones((5, 5), np.uint8))
    return np.where(wiped > 0, 255, cut).astype(np.uint8)
