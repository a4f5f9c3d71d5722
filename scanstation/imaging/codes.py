"""QR codes of a page; the only file that imports zxing-cpp.

Other kinds of barcode cost nine times as much to look for and carry nothing the
counter needs, so they are not sought.
"""

import zxingcpp

from scanstation.imaging.load import Picture
from scanstation.model.page import Box, Code

_WANTED = zxingcpp.BarcodeFormats([zxingcpp.BarcodeFormat.QRCode])


def find(picture: Picture) -> tuple[Code, ...]:
    """Readable QR codes, upright or not; boxes in pixels of `picture`."""
    found = zxingcpp.read_barcodes(picture.grey, formats=_WANTED)
    return tuple(Code(one.text, _box(one.position)) for one in found if one.valid)


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
