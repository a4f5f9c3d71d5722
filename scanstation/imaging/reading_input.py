"""The image the OCR engine reads: grey, a little askew, print freed from seals and dotted lines.

It is thrown away after reading: nothing photometric ever reaches the archived page.

Askew on purpose. On nine real office pages (3,280 words) tesseract 5.3 missed this many words when
the print leaned by so many degrees: 0.0: 169, 0.3: 114, 0.4: 126, 0.5: 122, 0.7: 155, 1: 192; as
scanned 137. The words lost on a straight page are those whose upper marks are lost (đổi read as
đôi): the engine cuts lines out by upright boxes, and a leaning line has a taller one.
"""

from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray
from PIL import Image

from scanstation import durable
from scanstation.imaging import shade, specks, turn
from scanstation.imaging.leaders import without_leaders
from scanstation.imaging.load import Picture, Pixels
from scanstation.imaging.skew import Skew
from scanstation.model.page import Box, Mode

_LEAN = 0.35
"""Degrees clockwise; the middle of the flat valley from 0.3 to 0.5."""
_FINEST_DPI = 400.0
"""Finer scans are read at half their scale: ten real pages at 400 dpi read worse than at 300."""
_WHITE = (255,)
_PAPER_BESIDE = 0.6
_SLACK_BESIDE = 0.1
"""Of a word's height, at its sides; three times as much above and below, for marks."""

_SEAL_DPI = 50.0
_SEAL_MM = (9.0, 70.0)
"""Every seal is larger than the first both ways, while a red title is low; a red frame round the
page is larger than the second."""
_REDNESS = 25
_SEAL_GAP_MM = 4.5
"""Gaps between the ring and the star of a seal."""


@dataclass(frozen=True, eq=False)
class ReadingInput:
    """What to read and how its places map back."""

    pixels: Pixels
    """(height, width) grey."""
    dpi: float
    shrunk: int
    """Pixels of the page per pixel read, along each side."""
    leaned: turn.Turn

    def on_page(self, box: Box) -> Box:
        """A box on `pixels` -> on the page this was prepared from."""
        back = self.leaned.back(box)
        return Box(*(side * self.shrunk for side in (back.x, back.y, back.width, back.height)))

    def on_input(self, box: Box) -> Box:
        """A box on the page -> on `pixels`."""
        small = Box(*(side // self.shrunk for side in (box.x, box.y, box.width, box.height)))
        return self.leaned.forth(small)

    def write(self, target: Path) -> None:
        """Uncompressed PGM: the engine must not spend its time on inflating."""
        write(self.pixels, target)


@dataclass(frozen=True, eq=False)
class Cut:
    """A part of a reading image at a scale of its own."""

    pixels: Pixels
    """(height, width) grey."""
    left: int
    top: int
    """Where it was cut, in pixels of the reading image."""
    scale: float
    """Its pixels per pixel of the reading image."""

    def on_input(self, box: Box) -> Box:
        """A box on the cut -> on the reading image."""
        x, y, *sides = (round(side / self.scale) for side in (box.x, box.y, box.width, box.height))
        return Box(x + self.left, y + self.top, *sides)


def write(pixels: Pixels, target: Path) -> None:
    """Grey pixels as an uncompressed PGM."""
    with target.open("wb") as stream:
        Image.fromarray(pixels).save(durable.without_descriptor(stream), "PPM")


def cut(pixels: Pixels, box: Box, margin: int, scale: float) -> Cut:
    """The part within `box` and `margin` pixels of room (twice that at the sides), resized."""
    left, top = max(0, box.x - 2 * margin), max(0, box.y - margin)
    part = pixels[
        top : max(top + 1, box.y + box.height + margin),
        left : max(left + 1, box.x + box.width + 2 * margin),
    ]
    size = (max(1, round(part.shape[1] * scale)), max(1, round(part.shape[0] * scale)))
    small = cv2.resize(part, size, interpolation=cv2.INTER_AREA)
    return Cut(np.asarray(small, np.uint8), left, top, scale)


def alone(pixels: Pixels, box: Box, scale: float, company: Box | None = None) -> Cut:
    """What stands in `box`, resized, with nothing but paper beside it; places map to the box.

    Half a letter of the next word is read as a sign of its own: on ten doubtful numbers of real
    letters that room of 0.6 of their height left wrong, clean paper made seven right. `company`, a
    word of the same line, is set before it: among figures alone the engine cannot tell their size.
    """
    slack = round(box.height * _SLACK_BESIDE) + 1
    boxes = [box] if company is None else [company, box]
    top = max(0, min(one.y for one in boxes) - 3 * slack)
    bottom = max(top + 1, max(one.y + one.height for one in boxes) + 3 * slack)
    paper = int(np.median(pixels[::8, ::8]))
    room = np.full((bottom - top, round(box.height * _PAPER_BESIDE) + 1), paper, np.uint8)
    strips = [room]
    for one in boxes:
        strips += [_strip(pixels, one, slice(top, bottom), slack, paper), room]
    whole = np.hstack(strips)
    size = (max(1, round(whole.shape[1] * scale)), max(1, round(whole.shape[0] * scale)))
    small = cv2.resize(whole, size, interpolation=cv2.INTER_AREA)
    before = sum(strip.shape[1] for strip in strips[:-2])
    return Cut(np.asarray(small, np.uint8), max(0, box.x - slack) - before, top, scale)


def _strip(pixels: Pixels, box: Box, rows: slice, slack: int, paper: int) -> Pixels:
    """The columns of a box in these rows; paper where the page has ended."""
    left = max(0, box.x - slack)
    part = pixels[rows, left : max(left + 1, box.x + box.width + slack)]
    strip = np.full((rows.stop - rows.start, part.shape[1]), paper, np.uint8)
    strip[: part.shape[0]] = part
    return strip


def prepare(picture: Picture, skew: Skew | None) -> ReadingInput:
    """The reading image of an upright page; without a sure skew it keeps the page's own lean."""
    shrunk = 2 if picture.dpi > _FINEST_DPI else 1
    mode = Mode.BITONAL if picture.mode is Mode.BITONAL else Mode.GREY
    plain = specks.whitened(Picture(without_seals(picture), mode, picture.dpi))
    grey = without_leaders(shade.evened(plain))
    if shrunk > 1:
        size = (picture.width // shrunk, picture.height // shrunk)
        grey = np.asarray(cv2.resize(grey, size, interpolation=cv2.INTER_AREA), np.uint8)
    small = Picture(grey, Mode.GREY, picture.dpi / shrunk)
    angle = skew.angle - _LEAN if skew else 0.0
    leaned = turn.whole(small, angle)
    pixels = turn.warped(grey, leaned, _WHITE, sharp=False) if angle else grey
    return ReadingInput(pixels, small.dpi, shrunk, leaned)


def without_seals(picture: Picture) -> Pixels:
    """Grey; around red seals the brightest channel, where red and blue ink vanish from print.

    Only there: red titles and blue stamps elsewhere are print and stay.
    """
    if picture.mode is not Mode.COLOUR:
        return picture.grey
    sealed = _seals(picture)
    if not sealed.any():
        return picture.grey
    size = (picture.width, picture.height)
    where = cv2.resize(sealed.astype(np.uint8), size, interpolation=cv2.INTER_NEAREST) > 0
    rows, columns = (_extent(np.asarray(where.any(axis=axis))) for axis in (1, 0))
    part = np.ascontiguousarray(picture.pixels[rows, columns])
    brightest = cv2.max(cv2.extractChannel(part, 0), cv2.extractChannel(part, 1))
    brightest = cv2.max(brightest, cv2.extractChannel(part, 2))
    grey = picture.grey.copy()
    np.copyto(grey[rows, columns], brightest, where=where[rows, columns])
    return grey


def _extent(marked: NDArray[np.bool_]) -> slice:
    """From the first to the last that is marked; at least one is."""
    places = np.flatnonzero(marked)
    return slice(int(places[0]), int(places[-1]) + 1)


def _seals(picture: Picture) -> NDArray[np.bool_]:
    """(height, width) at about _SEAL_DPI: the boxes around red ink as large as a seal."""
    scale = min(1.0, _SEAL_DPI / picture.dpi)
    small = cv2.resize(picture.pixels, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA)
    red, green, blue = cv2.split(small.astype(np.int16))
    stained = (red - cv2.max(green, blue) > _REDNESS).astype(np.uint8)
    dpmm = picture.dpi * scale / 25.4
    gap = max(1, round(_SEAL_GAP_MM * dpmm))
    joined = cv2.morphologyEx(stained, cv2.MORPH_CLOSE, np.ones((gap, gap), np.uint8))
    found = np.zeros(stained.shape, np.bool_)
    for x, y, width, height, _ in cv2.connectedComponentsWithStats(joined)[2][1:]:
        if min(width, height) >= _SEAL_MM[0] * dpmm and max(width, height) <= _SEAL_MM[1] * dpmm:
            rows = slice(max(0, y - gap // 2), y + height + gap // 2)
            found[rows, max(0, x - gap // 2) : x + width + gap // 2] = True
    return found
