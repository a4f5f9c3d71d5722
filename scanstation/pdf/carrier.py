"""A bare PDF on disk that holds only coded images, so that no batch of pages fills the memory.

pikepdf keeps every stream made from bytes in memory (120 MB for 300 pages of 400 KB), but reads
those of the file it opened only when it saves (28 MB). So the images are laid down first, one by
one, in a file pikepdf then opens and builds the document around.
"""

from collections.abc import Iterable
from pathlib import Path
from typing import BinaryIO

from scanstation.model.page import ImageLayer

_HEADER = b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n"
_CATALOG = b"<</Type/Catalog/Pages 2 0 R>>"
_NO_PAGES = b"<</Type/Pages/Kids[]/Count 0>>"
_FIRST = 3


def lay_down(layers: Iterable[ImageLayer], target: Path) -> list[int]:
    """Write `target` with one image XObject per layer; returns their object numbers in order."""
    with target.open("wb") as stream:
        stream.write(_HEADER)
        starts = [_object(stream, 1, _CATALOG), _object(stream, 2, _NO_PAGES)]
        for number, layer in enumerate(layers, start=_FIRST):
            starts.append(_object(stream, number, _image(layer)))
        _cross_references(stream, starts)
    return list(range(_FIRST, len(starts) + 1))


def _object(stream: BinaryIO, number: int, body: bytes) -> int:
    start = stream.tell()
    stream.write(b"%d 0 obj\n%b\nendobj\n" % (number, body))
    return start


def _image(layer: ImageLayer) -> bytes:
    data = layer.path.read_bytes()
    size = f"/Width {layer.width}/Height {layer.height}/Length {len(data)}"
    entries = f"<</Type/XObject/Subtype/Image{size}{_coding(layer)}{_colours(layer)}>>"
    return entries.encode("ascii") + b"\nstream\n" + data + b"\nendstream"


def _coding(layer: ImageLayer) -> str:
    match layer.coder:
        case "jpeg":
            return "/BitsPerComponent 8/Filter/DCTDecode"
        case "jpeg2000":
            return "/BitsPerComponent 8/Filter/JPXDecode"
        case "jbig2":
            return "/BitsPerComponent 1/Filter/JBIG2Decode"
        case "g4":
            form = f"/K -1/Columns {layer.width}/Rows {layer.height}"
            return f"/BitsPerComponent 1/Filter/CCITTFaxDecode/DecodeParms<<{form}>>"
        case _:
            raise ValueError(f"unknown coder {layer.coder!r}")


def _colours(layer: ImageLayer) -> str:
    if layer.mask:
        return "/ImageMask true"
    return "/ColorSpace/DeviceGray" if layer.grey else "/ColorSpace/DeviceRGB"


def _cross_references(stream: BinaryIO, starts: list[int]) -> None:
    table = stream.tell()
    stream.write(b"xref\n0 %d\n0000000000 65535 f \n" % (len(starts) + 1))
    stream.writelines(b"%010d 00000 n \n" % start for start in starts)
    trailer = b"trailer\n<</Size %d/Root 1 0 R>>\nstartxref\n%d\n%%%%EOF\n"
    stream.write(trailer % (len(starts) + 1, table))
