"""A clean page -> the coded images a PDF page paints; runs in page-worker processes.

Faithful: the whole page, nothing whitened, dropped or replaced; an untouched JPEG keeps its very
bytes unless coding anew saves a lot. Layered where that is asked for and does the page no harm.
"""

import io
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PIL import Image
from PIL.TiffImagePlugin import TiffImageFile

from scanstation.model.page import Box, ImageLayer, Mode
from scanstation.model.profile import Keeping
from scanstation.pdf import jbig2, jpeg, layered
from scanstation.pdf.pictures import Crop
from scanstation.pdf.separate import Parts

_WORTH = 0.75
"""An untouched JPEG is coded anew only when the result is smaller than this share of it."""
_PHOTOMETRIC, _WHITE_IS_ZERO = 262, 0
_STRIP_OFFSETS, _ROWS_PER_STRIP, _STRIP_BYTE_COUNTS = 273, 278, 279
_ORIENTATION, _UPRIGHT = 0x0112, 1
_DARK = 128
"""Grey levels below this are black on a one-bit page (turning a page leaves grey edges)."""


@dataclass(frozen=True)
class Painting:
    """What a page paints: its paper, where it is kept in layers, then the layers in order."""

    layers: tuple[ImageLayer, ...]
    paper: tuple[int, int, int] | None = None


def make_layers(
    clean: Path,
    mode: Mode,
    dpi: float,
    keeping: str,
    folder: Path,
    one_bit: str = "jbig2",
) -> Painting:
    """Code the clean page into `folder` (which exists) and say what lies where.

    `one_bit` codes one-bit pages and stencils: "jbig2", or "g4" for archives that refuse JBIG2.
    Raises ValueError for another kind of keeping, OSError for an image that cannot be decoded.
    """
    kind = Keeping(keeping)
    if mode is Mode.BITONAL:
        return Painting((_bitonal_layer(clean, dpi, folder, one_bit),))
    if kind is Keeping.LAYERED and (taken := layered.take_apart(_colours(clean), dpi)):
        return _in_layers(*taken, dpi, folder, one_bit)
    return Painting((_jpeg_layer(clean, mode, folder),))


def _colours(clean: Path) -> NDArray[np.uint8]:
    with Image.open(clean) as image:
        return np.array(image.convert("RGB"))


def _in_layers(
    parts: Parts, crops: Sequence[Crop], dpi: float, folder: Path, coder: str
) -> Painting:
    layers = [_crop_layer(crop, folder / f"crop-{n}.jp2") for n, crop in enumerate(crops)]
    if parts.black.any():
        layers.append(_stencil(parts, dpi, folder, coder))
    return Painting(tuple(layers), parts.paper)


def _crop_layer(crop: Crop, path: Path) -> ImageLayer:
    path.write_bytes(crop.data)
    return ImageLayer(
        path=path,
        coder="jpeg2000",
        width=crop.box.width,
        height=crop.box.height,
        box=crop.box,
        palette=crop.palette,
    )


def _stencil(parts: Parts, dpi: float, folder: Path, coder: str) -> ImageLayer:
    height, width = parts.black.shape
    path = folder / f"print.{coder}"
    path.write_bytes(ONE_BIT_CODERS[coder](parts.black, dpi))
    return ImageLayer(
        path=path,
        coder=coder,
        width=width,
        height=height,
        box=Box(0, 0, width, height),
        mask=True,
        ink=(parts.ink, parts.ink, parts.ink),
    )


def _bitonal_layer(clean: Path, dpi: float, folder: Path, coder: str) -> ImageLayer:
    black = black_pixels(clean)
    data = ONE_BIT_CODERS[coder](black, dpi)
    height, width = black.shape
    path = folder / f"page.{coder}"
    path.write_bytes(data)
    return ImageLayer(
        path=path,
        coder=coder,
        width=width,
        height=height,
        box=Box(0, 0, width, height),
        grey=True,
    )


def black_pixels(clean: Path) -> NDArray[np.bool_]:
    """The page as (height, width) of bool, True = black."""
    with Image.open(clean) as image:
        return np.asarray(image.convert("L")) < _DARK


def fax_coded(black: NDArray[np.bool_], dpi: float) -> bytes:
    """The bitmap in CCITT group 4 (T.6), one strip, black coded as black (PDF's BlackIs1 false)."""
    stream = io.BytesIO()
    Image.fromarray(~black).save(
        stream,
        "TIFF",
        compression="group4",
        dpi=(dpi, dpi),
        tiffinfo={_ROWS_PER_STRIP: black.shape[0], _PHOTOMETRIC: _WHITE_IS_ZERO},
    )
    stream.seek(0)
    with TiffImageFile(stream) as tiff:
        (start,), (length,) = tiff.tag_v2[_STRIP_OFFSETS], tiff.tag_v2[_STRIP_BYTE_COUNTS]
    return stream.getvalue()[start : start + length]


ONE_BIT_CODERS: dict[str, Callable[[NDArray[np.bool_], float], bytes]] = {
    "jbig2": jbig2.encode,
    "g4": fax_coded,
}


def _jpeg_layer(clean: Path, mode: Mode, folder: Path) -> ImageLayer:
    with Image.open(clean) as image:
        channels = "L" if mode is Mode.GREY or image.mode in ("L", "1") else "RGB"
        plain = image if image.mode == channels else image.convert(channels)  # no second copy
        data = jpeg.coded(plain)
        if _untouched_jpeg(image, channels):
            original = clean.read_bytes()
            data = data if len(data) < _WORTH * len(original) else original
        width, height = image.size
    path = folder / "page.jpg"
    path.write_bytes(data)
    return ImageLayer(
        path=path,
        coder="jpeg",
        width=width,
        height=height,
        box=Box(0, 0, width, height),
        grey=channels == "L",
    )


def _untouched_jpeg(image: Image.Image, channels: str) -> bool:
    """Whether a PDF viewer shows this file's own bytes as `channels`, upright."""
    orientation = image.getexif().get(_ORIENTATION, _UPRIGHT)
    return image.format == "JPEG" and image.mode == channels and orientation == _UPRIGHT
