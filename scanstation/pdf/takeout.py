"""One page of a foreign PDF -> one image file: taken out as it is, or drawn when it is more.

A page that is one image filling it loses nothing: JPEG bytes stay as they are, but for the place
where a photo was taken, and other pixels stay as they are. What is taken out must look like what
viewers show; otherwise the page is drawn.
"""

import io
from pathlib import Path

import numpy as np
from PIL import Image

from scanstation.model.page import Mode, PageFile, Taken
from scanstation.model.place import left_out
from scanstation.pdf import likeness, pdfium

RENDER_DPI = 300
_POINTS = 72.0
_EDGE = 0.01
"""Share of the page's side an image may fall short of or stand over each edge."""
_SQUARE = 0.02
"""Share the horizontal and vertical resolution may differ by."""
_ORIENTATION, _UPRIGHT = 0x0112, 1
_COLOURLESS = 8
"""Levels R, G and B of a drawn page may differ by and still be grey."""
_TURNS = {
    90: Image.Transpose.ROTATE_270,
    180: Image.Transpose.ROTATE_180,
    270: Image.Transpose.ROTATE_90,
}


_Made = tuple[Path, Image.Image, float]
"""The file, what it shows, and its dots per inch."""


def take_out(
    page: pdfium.Page,
    number: int,
    unit: float,
    scratch: Path,
    *,
    source: str,
    taken: Taken | None,
    warnings: tuple[str, ...],
) -> PageFile:
    """The open page, `number` from 1, as a file in `scratch`; `unit` is the page's /UserUnit.

    PdfiumError when the page cannot be drawn either.
    """
    target = scratch / f"page-{number:04d}"
    path, image, dpi = _taken(page, unit, target) or _drawn(page, unit, target)
    return PageFile(
        path=path,
        width=image.width,
        height=image.height,
        dpi=dpi,
        mode=_mode(image),
        source=source,
        warnings=warnings,
        taken=taken,
    )


def _mode(image: Image.Image) -> Mode:
    return {"1": Mode.BITONAL, "L": Mode.GREY}.get(image.mode, Mode.COLOUR)


def _taken(page: pdfium.Page, unit: float, target: Path) -> _Made | None:
    """The page's own image, or None when the page has to be drawn."""
    only = pdfium.only_image(page)
    if only is None or not _fills(only, page):
        return None
    dpi = _resolution(only, unit)
    if dpi is None:
        return None
    coded = _own_jpeg(only)
    image = coded[1] if coded else _own_pixels(only)
    if image is None or not likeness.same_page(_sketch(page), image):
        return None
    if coded and (data := left_out(coded[0])) is not None:
        path = target.with_suffix(".jpg")
        path.write_bytes(data)
        return path, image, dpi
    return _saved(image, dpi, target), image, dpi


def _fills(only: pdfium.OnlyImage, page: pdfium.Page) -> bool:
    left, bottom, right, top = page.get_bbox()
    across, along = _EDGE * (right - left), _EDGE * (top - bottom)
    return bool(
        max(abs(only.left - left), abs(only.right - right)) <= across
        and max(abs(only.bottom - bottom), abs(only.top - top)) <= along
    )


def _resolution(only: pdfium.OnlyImage, unit: float) -> float | None:
    """Dots per inch, or None when the pixels are not square."""
    across, along = only.right - only.left, only.top - only.bottom
    if only.sideways:
        across, along = along, across
    horizontal = only.width / (across * unit / _POINTS)
    vertical = only.height / (along * unit / _POINTS)
    if abs(horizontal - vertical) > _SQUARE * horizontal:
        return None
    return round((horizontal + vertical) / 2, 2)


def _own_jpeg(only: pdfium.OnlyImage) -> tuple[bytes, Image.Image] | None:
    """The JPEG file as it lies in the PDF, when it is whole, upright and in RGB or grey."""
    if not only.jpeg or only.turn:
        return None
    data = pdfium.stream_bytes(only)
    try:
        image = Image.open(io.BytesIO(data))
        image.load()
    except OSError:
        return None
    fits = image.size == (only.width, only.height) and image.mode in ("L", "RGB")
    return (
        (data, image) if fits and image.getexif().get(_ORIENTATION, _UPRIGHT) == _UPRIGHT else None
    )


def _own_pixels(only: pdfium.OnlyImage) -> Image.Image | None:
    """The decoded image turned upright; None when PDFium decodes less than was coded."""
    image = pdfium.pixels(only)
    if image.size != (only.width, only.height):
        return None
    image = image.convert("L") if image.mode == "L" or _is_colourless(image, 0) else image
    if only.bits == 1 and _is_black_and_white(image):
        image = image.convert("1", dither=Image.Dither.NONE)
    return image.transpose(_TURNS[only.turn]) if only.turn else image


def _is_colourless(image: Image.Image, tolerance: int) -> bool:
    levels = np.asarray(image.convert("RGB"))
    spread = levels.max(axis=2) - levels.min(axis=2)
    return bool(spread.max() <= tolerance)


def _is_black_and_white(image: Image.Image) -> bool:
    return image.mode == "L" and set(np.unique(np.asarray(image))) <= {0, 255}


def _sketch(page: pdfium.Page) -> Image.Image:
    width, _height = pdfium.size(page)
    return pdfium.drawn(page, likeness.DRAWN_WIDTH / width)


def _drawn(page: pdfium.Page, unit: float, target: Path) -> _Made:
    image = pdfium.drawn(page, RENDER_DPI / _POINTS * unit)
    if _is_colourless(image, _COLOURLESS):
        image = image.convert("L")
    return _saved(image, RENDER_DPI, target), image, RENDER_DPI


def _saved(image: Image.Image, dpi: float, target: Path) -> Path:
    path = target.with_suffix(".png")
    image.save(path, dpi=(dpi, dpi), compress_level=1)  # scratch: level 6 takes four times as long
    return path
