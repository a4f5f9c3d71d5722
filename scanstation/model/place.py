"""Where a photo was taken is no business of an office: found in a file's bytes and left out; pure.

Phones write it into EXIF, XMP and hidden pictures behind the first one. It refuses to touch what
is coded of the picture itself, and to promise anything of a file that it does not understand.
"""

import mmap
import re
import struct
from collections.abc import Iterator

GPS = 0x8825  # EXIF 3.0, 4.6.3: pointer to the GPS block
_EXIF = re.compile(rb"Exif\0\0(?=II\*\0|MM\0\*)")
WORDS = re.compile(
    rb"GPS(?:Latitude|Longitude|Position|Dest|Version)|LocationShown|LocationCreated"
    rb"|photoshop:City|Iptc4xmpCore:Location"
    rb"|http://ns\.adobe\.com/xmp/extension/"  # XMP in parts, where words may be torn
    rb"|8BIM\x04\x04"  # IPTC: towns and streets
    rb"|\xff\xd9.{0,512}?ftyp(?:mp4|isom|qt  )",  # the film of a moving photo
    re.DOTALL,
)
_END, _SCAN = 0xD9, 0xDA
_ALONE = range(0xD0, 0xD8)
_APP0, _APP2, _APP14, _COMMENT = 0xE0, 0xE2, 0xEE, 0xFE
_KEPT = {_APP0: b"JFIF\0", _APP2: b"ICC_PROFILE\0", _APP14: b"Adobe"}
"""What of a JPEG's notes says how to show it: density, colours, inversion."""


def is_told(data: "mmap.mmap | bytes") -> bool:
    """Whether the bytes of a picture file, as they lie there, say where it was taken.

    Notes that are packed (PNG's) are for whoever unpacks them.
    """
    if WORDS.search(data):
        return True
    return any(_points_to_gps(data, found.end()) for found in _EXIF.finditer(data))


def _points_to_gps(data: "mmap.mmap | bytes", start: int) -> bool:
    """Whether the first directory of the EXIF block at `start` has a GPS block; in doubt yes."""
    order = "<" if data[start : start + 2] == b"II" else ">"
    try:
        (first,) = struct.unpack_from(f"{order}I", data, start + 4)
        (count,) = struct.unpack_from(f"{order}H", data, start + first)
        entries = (start + first + 2 + 12 * entry for entry in range(count))
        return any(struct.unpack_from(f"{order}H", data, entry)[0] == GPS for entry in entries)
    except struct.error:
        return True


def left_out(data: bytes) -> bytes | None:
    """A JPEG that tells no place: as it is, or without its notes and what follows its end.

    The coded picture stays bit for bit. None when it is built in a way this does not understand.
    """
    return cut_out(data) if is_told(data) else data


def cut_out(data: bytes) -> bytes | None:
    """A JPEG without its notes and what follows its end; None as for `left_out`."""
    try:
        pieces = list(_pieces(data))
    except (struct.error, IndexError):
        return None
    cut = b"\xff\xd8" + b"".join(pieces)
    return None if is_told(cut) else cut


def _pieces(data: bytes) -> Iterator[bytes]:
    """Segments to keep, after the first marker up to the end marker."""
    at = 2
    while True:
        while data[at + 1] == 0xFF:  # fill bytes before a marker
            at += 1
        marker = data[at + 1]
        if data[at] != 0xFF:
            raise IndexError(at)
        if marker == _END:
            yield data[at : at + 2]
            return
        (length,) = struct.unpack_from(">H", data, at + 2)
        stop = at + 2 + length
        if marker == _SCAN:
            stop = _after_scan(data, stop)
        if _is_kept(marker, data[at + 4 : at + 16]):
            yield data[at:stop]
        at = stop


def _after_scan(data: bytes, at: int) -> int:
    """Where the next marker stands behind coded data."""
    while True:
        at = data.find(b"\xff", at)
        if at < 0:
            raise IndexError(at)
        if data[at + 1] and data[at + 1] not in _ALONE:
            return at
        at += 2


def _is_kept(marker: int, begins: bytes) -> bool:
    if marker == _COMMENT or _APP0 <= marker <= 0xEF:
        return marker in _KEPT and begins.startswith(_KEPT[marker])
    return True
