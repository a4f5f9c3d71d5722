"""QR codes and barcodes of a page; the only file that imports zxing-cpp.

The whole page is looked over once; what looks like a code and was not read is sharpened and looked
at again. Formats the counter never meets are not sought: DataMatrix alone costs 90 ms a page, and
print on 3 of 46 real pages came within its one check digit of being an EAN-13.
"""

from collections.abc import Iterator, Sequence
from typing import NamedTuple

import cv2
import numpy as np
import zxingcpp

from scanstation.imaging import ink
from scanstation.imaging.load import Picture, Pixels
from scanstation.model.page import Box, Code

_KINDS = {
    zxingcpp.BarcodeFormat.QRCode: "qr",
    zxingcpp.BarcodeFormat.Code128: "code128",
    zxingcpp.BarcodeFormat.Code39: "code39",
}
_ALL = zxingcpp.BarcodeFormats(list(_KINDS))
_QR = zxingcpp.BarcodeFormats([zxingcpp.BarcodeFormat.QRCode])
_LEAST_BAR = 6
"""Characters; print of tables now and then reads as a shorter Code 39."""
_JOIN_MM = 1.2
_SIDE_MM = (8.0, 45.0)
_FILLED = 0.7
"""Of its rectangle; a code turned by any angle fills 0.9, a line of print is no square."""
_ROOM_MM = 3.0


class _Sharper(NamedTuple):
    """One way to make a soft code readable."""

    times: int
    strength: float
    width: float = 1.25
    """Of the blur that is taken away, pixels of the page."""
    binarizer: zxingcpp.Binarizer = zxingcpp.Binarizer.LocalAverage


_SHARPER = (
    _Sharper(2, 1.2),
    _Sharper(3, 1.2),
    _Sharper(2, 2.5),
    _Sharper(3, 4.0, binarizer=zxingcpp.Binarizer.GlobalHistogram),
    _Sharper(4, 1.2, 1.8),
)
"""A card's code at 200 dpi in 24 directions, of 17 mm blurred by 1.6 and by 1.8 pixels and of 14 mm
by 1.4: the first three read 62 of 72, all five 72; at 2.0 and 1.6 pixels 12 and 5 of 24."""


def find(picture: Picture) -> tuple[Code, ...]:
    """Readable codes, upright or not; boxes in pixels of `picture`."""
    found = tuple(_read(picture.grey, _ALL))
    return (*found, *_looked_closer(picture, [code.box for code in found]))


def _read(
    pixels: Pixels,
    formats: zxingcpp.BarcodeFormats,
    binarizer: zxingcpp.Binarizer = zxingcpp.Binarizer.LocalAverage,
) -> Iterator[Code]:
    for one in zxingcpp.read_barcodes(pixels, formats=formats, binarizer=binarizer):
        kind = _KINDS.get(one.format, "")
        if one.valid and (kind == "qr" or len(one.text) >= _LEAST_BAR):
            yield Code(one.text, _box(one.position), kind)


def _looked_closer(picture: Picture, known: Sequence[Box]) -> Iterator[Code]:
    """QR codes of places that look like one and where none was read."""
    for place in _suspects(picture):
        if any(_meet(place, box) for box in known):
            continue
        part = picture.grey[place.y : place.y + place.height, place.x : place.x + place.width]
        for way in _SHARPER:
            found = [*_read(_sharpened(part, way), _QR, way.binarizer)]
            if found:
                box, times = found[0].box, way.times
                x, y = place.x + box.x // times, place.y + box.y // times
                yield Code(found[0].text, Box(x, y, box.width // times, box.height // times))
                break


def _meet(one: Box, other: Box) -> bool:
    across = min(one.x + one.width, other.x + other.width) - max(one.x, other.x)
    down = min(one.y + one.height, other.y + other.height) - max(one.y, other.y)
    return across > 0 and down > 0


def _sharpened(part: Pixels, way: _Sharper) -> Pixels:
    size = (part.shape[1] * way.times, part.shape[0] * way.times)
    large = cv2.resize(part, size, interpolation=cv2.INTER_CUBIC)
    soft = cv2.GaussianBlur(large, (0, 0), way.width * way.times)
    return np.asarray(cv2.addWeighted(large, 1 + way.strength, soft, -way.strength, 0), np.uint8)


def _suspects(picture: Picture) -> Iterator[Box]:
    """Dense squares of a code's size, with room around them."""
    scale = ink.scale_of(picture)
    unit = picture.dpi * scale / 25.4
    side = max(2, round(_JOIN_MM * unit))
    marks = ink.mask(picture).astype(np.uint8)
    joined = cv2.morphologyEx(marks, cv2.MORPH_CLOSE, np.ones((side, side), np.uint8))
    outlines = cv2.findContours(joined, cv2.RETR_EXTERNAL, cv2.CHAIN_APPROX_NONE)[0]
    for outline in outlines:
        _, sides, _ = cv2.minAreaRect(outline)
        short, long = sorted(sides)
        if not _SIDE_MM[0] * unit <= short <= long <= min(_SIDE_MM[1] * unit, 1.4 * short):
            continue
        if cv2.contourArea(outline) >= _FILLED * short * long:
            yield _roomy(cv2.boundingRect(outline), scale, picture)


def _roomy(place: cv2.typing.Rect, scale: float, picture: Picture) -> Box:
    room = _ROOM_MM * picture.dpi / 25.4
    left, top = max(0, int(place[0] / scale - room)), max(0, int(place[1] / scale - room))
    right = min(picture.width, int((place[0] + place[2]) / scale + room))
    bottom = min(picture.height, int((place[1] + place[3]) / scale + room))
    return Box(left, top, right - left, bottom - top)


def _box(position: zxingcpp.Position) -> Box:
    corners = (
        position.top_left,
        position.top_right,
        position.bottom_left,
        position.bottom_right,
    )
    left, right = min(one.x for one in corners), max(one.x for one in corners)
    top, bottom = min(one.y for one in corners), max(one.y for one in corners)
    return Box(left, top, right - left + 1, bottom - top + 1)
