"""A clean page -> the coded image a PDF page paints; runs in page-worker processes.

The faithful kind only: the whole page, nothing whitened, dropped or replaced. It refuses to lose a
generation to gain little: an untouched JPEG keeps its very bytes unless coding anew saves a lot.
"""

import io
from collections.abc import Callable
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PIL import Image
from PIL.TiffImagePlugin import TiffImageFile

from scanstation.model.page import Box, ImageLayer, Mode
from scanstation.pdf import jbig2

# Six pages (two real colour scans, four drawn ones), mean KB / SSIM of print / SSIM of coloured
# ink over R, G, B: quality 60 throughout 499 / 0.994 / 0.923; this luma table and chroma at 80
# 450 / 0.993 / 0.945; quality 75 641 / 0.996 / 0.960. Full chroma (4:4:4) costs 100 KB for 0.004.
_LUMA = (
    16, 16, 16, 18, 25, 37, 56, 85, 16, 17, 20, 27, 34, 40, 53, 75,
    16, 20, 24, 31, 43, 62, 91, 135, 18, 27, 31, 40, 53, 74, 106, 156,
    25, 34, 43, 53, 69, 94, 131, 189, 37, 40, 62, 74, 94, 124, 169, 238,
    56, 53, 91, 106, 131, 169, 226, 311, 85, 75, 135, 156, 189, 238, 311, 418,
)  # fmt: skip
"""N. Robidoux's table, tuned for SSIM (ImageMagick and mozjpeg carry it)."""
_CHROMA = (
    17, 18, 24, 47, 99, 99, 99, 99, 18, 21, 26, 66, 99, 99, 99, 99,
    24, 26, 56, 99, 99, 99, 99, 99, 47, 66, 99, 99, 99, 99, 99, 99,
    *(99,) * 32,
)  # fmt: skip
"""T.81 table K.2."""
_LUMA_QUALITY = 60
_CHROMA_QUALITY = 80
_WORTH = 0.75
"""An untouched JPEG is coded anew only when the result is smaller than this share of it."""
_PHOTOMETRIC, _WHITE_IS_ZERO = 262, 0
_STRIP_OFFSETS, _ROWS_PER_STRIP, _STRIP_BYTE_COUNTS = 273, 278, 279
_ORIENTATION, _UPRIGHT = 0x0112, 1
_DARK = 128
"""Grey levels below this are black on a one-bit page (turning a page leaves grey edges)."""


def make_layers(
    clean: Path,
    mode: Mode,
    dpi: float,
    keeping: str,
    folder: Path,
    one_bit: str = "jbig2",
) -> tuple[ImageLayer, ...]:
    """Code the clean page into `folder` (which exists) and say what lies where.

    `one_bit` is the coder of one-bit pages: "jbig2", or "g4" for archives that refuse JBIG2.
    Raises ValueError for another kind of keeping, OSError for an image that cannot be decoded.
    """
    if keeping != "faithful":
        raise ValueError(f"unknown keeping {keeping!r}")
    if mode is Mode.BITONAL:
        return (_bitonal_layer(clean, dpi, folder, one_bit),)
    return (_jpeg_layer(clean, mode, folder),)


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
        data = _jpeg_coded(image.convert(channels))
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


def _jpeg_coded(image: Image.Image) -> bytes:
    stream = io.BytesIO()
    image.save(
        stream,
        "JPEG",
        qtables=[_scaled(_LUMA, _LUMA_QUALITY), _scaled(_CHROMA, _CHROMA_QUALITY)],
        subsampling="4:2:0" if image.mode == "RGB" else -1,
        optimize=True,
        progressive=True,
    )
    return stream.getvalue()


def _scaled(table: tuple[int, ...], quality: int) -> list[int]:
    """A quantisation table at a libjpeg quality from 50 to 100."""
    percent = 200 - 2 * quality
    return [min(255, max(1, (step * percent + 50) // 100)) for step in table]
