"""A bare PDF on disk that holds only coded images, so that no batch of pages fills the memory.

pikepdf keeps every stream made from bytes in memory (120 MB for 300 pages of 400 KB), but reads
those of the file it opened only when it saves (28 MB). So the images are laid down first, one by
one, in a file pikepdf then opens and builds the document around.
"""

from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import BinaryIO

from scanstation.model.page import ImageLayer

_HEADER = b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n"
_CATALOG = b"<</Type/Catalog/Pages 2 0 R>>"
_NO_PAGES = b"<</Type/Pages/Kids[]/Count 0>>"


def lay_down(layers: Iterable[ImageLayer], target: Path) -> list[int]:
    """Write `target` with one image XObject per layer; returns their object numbers in order."""
    numbers: list[int] = []
    with target.open("wb") as stream:
        stream.write(_HEADER)
        starts = [_object(stream, 1, _CATALOG), _object(stream, 2, _NO_PAGES)]
        for layer in layers:
            for body in _bodies(layer, len(starts) + 1):
                starts.append(_object(stream, len(starts) + 1, body))
            numbers.append(len(starts))
        _cross_references(stream, starts)
    return numbers


def _object(stream: BinaryIO, number: int, body: bytes) -> int:
    start = stream.tell()
    stream.write(b"%d 0 obj\n%b\nendobj\n" % (number, body))
    return start


def _bodies(layer: ImageLayer, number: int) -> Iterator[bytes]:
    """The image, and before it, as object `number`, its colours, which qpdf compresses there."""
    colours = _colours(layer)
    if layer.palette:
        last = len(layer.palette) // 3 - 1
        yield f"[/Indexed/DeviceRGB {last}<{layer.palette.hex()}>]".encode("ascii")
        colours = f"/ColorSpace {number} 0 R"
    data = layer.path.read_bytes()
    size = f"/Width {layer.width}/Height {layer.height}/Length {len(data)}"
    entries = f"<</Type/XObject/Subtype/Image{size}{_coding(layer)}{colours}>>"
    yield entries.encode("ascii") + b"\nstream\n" + data + b"\nendstream"


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
