"""An image file -> pixels with their scale, or a sentence saying why not.

It refuses files that would fill the memory before they are decoded, and files that end too early:
half a page must never pass for a page.
"""

import ctypes
import warnings
from contextlib import suppress
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import cast

import cv2
import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageOps

from scanstation import errors
from scanstation.i18n import _
from scanstation.model.page import Mode

Pixels = NDArray[np.uint8]

PIXEL_LIMIT = 200_000_000
"""A3 at 600 dpi has 70 million pixels, A4 at 1200 dpi 139 million."""
A4_LONG_MM = 297.0
_ORIENTATION = 0x0112
_PLAIN = ("1", "L", "RGB")
_BAND = 256
"""Rows unpacked at once."""
_COLOURLESS = ("L", "LA", "La", "I", "F", "I;16", "I;16B", "I;16L")


@dataclass(frozen=True, eq=False)
class Picture:
    """A decoded page; steps make new ones and never write into the pixels."""

    pixels: Pixels
    """(height, width) for grey and 1-bit pages (0 or 255), (height, width, 3) RGB for colour."""
    mode: Mode
    dpi: float
    """Always above 0: an unknown scale is replaced by `assumed_dpi` before work begins."""

    @property
    def width(self) -> int:
        return int(self.pixels.shape[1])

    @property
    def height(self) -> int:
        return int(self.pixels.shape[0])

    @cached_property
    def grey(self) -> Pixels:
        """(height, width) luma."""
        if self.pixels.ndim == 2:
            return self.pixels
        return cast(Pixels, cv2.cvtColor(self.pixels, cv2.COLOR_RGB2GRAY))

    @property
    def darkest(self) -> Pixels:
        """(height, width), the darkest channel: ink of any colour is dark here. Made anew in 4 ms:
        the few that look would otherwise keep as much again as `grey`."""
        if self.pixels.ndim == 2:
            return self.pixels
        least = cv2.min(cv2.extractChannel(self.pixels, 0), cv2.extractChannel(self.pixels, 1))
        return cast(Pixels, cv2.min(least, cv2.extractChannel(self.pixels, 2), dst=least))


@dataclass(frozen=True, eq=False)
class Loaded:
    """A decoded file."""

    picture: Picture
    as_stored: bool
    """False when the pixels are not simply the file's: a camera's orientation mark, transparency
    or 16-bit grey had to be resolved."""


def load(path: Path, dpi: float) -> Loaded:
    """Decode one image; `dpi` 0 means unknown and is replaced by `assumed_dpi`.

    Raises OversizedInput above PIXEL_LIMIT, UnreadableInput for anything that does not decode
    to the last line.
    """
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", Image.DecompressionBombWarning)
            loaded = _decoded(path, dpi)
            give_back()  # Pillow's own copy, a third more than ours
            return loaded
    except Image.DecompressionBombError as fault:
        raise _oversized(path, "?") from fault
    except (OSError, SyntaxError, ValueError, EOFError) as fault:
        problem = _("the image is damaged or cut short")
        raise errors.UnreadableInput(file=path.name, problem=problem) from fault


def _decoded(path: Path, dpi: float) -> Loaded:
    with Image.open(path) as image:
        if image.width * image.height > PIXEL_LIMIT:
            raise _oversized(path, f"{image.width} × {image.height}")
        upright = image.getexif().get(_ORIENTATION, 1) == 1
        as_stored = upright and image.mode in _PLAIN and not image.has_transparency_data
        image.load()
        pixels, mode = _pixels(image if upright else ImageOps.exif_transpose(image))
    scale = dpi or assumed_dpi(pixels.shape[1], pixels.shape[0])
    return Loaded(Picture(pixels, mode, scale), as_stored)


def _pixels(image: Image.Image) -> tuple[Pixels, Mode]:
    if image.mode == "1":
        return _in_bands(image, "L"), Mode.BITONAL
    if image.mode.startswith("I;16"):
        return (np.asarray(image) >> 8).astype(np.uint8), Mode.GREY
    if image.has_transparency_data:
        paper = Image.new("RGBA", image.size, "white")
        image = Image.alpha_composite(paper, image.convert("RGBA"))
    if image.mode in _COLOURLESS:
        return _in_bands(image, "L"), Mode.GREY
    return _in_bands(image, "RGB"), Mode.COLOUR


def _in_bands(image: Image.Image, mode: str) -> Pixels:
    """The pixels as `mode`; in one piece Pillow would hold the page three times more meanwhile."""
    width, height = image.size
    pixels = np.empty((height, width, 3)[: 3 if mode == "RGB" else 2], np.uint8)
    for top in range(0, height, _BAND):
        bottom = min(height, top + _BAND)
        band = image.crop((0, top, width, bottom))
        pixels[top:bottom] = np.asarray(band if band.mode == mode else band.convert(mode))
    return pixels


def assumed_dpi(width: int, height: int) -> float:
    """The scale at which the long side is that of A4: the best guess for a photo of a paper."""
    return max(width, height) / (A4_LONG_MM / 25.4)


def _oversized(path: Path, found: str) -> errors.OversizedInput:
    limit = f"{PIXEL_LIMIT // 1_000_000} Mpx"
    return errors.OversizedInput(file=path.name, found=found, limit=limit)


def work_alone() -> None:
    """One thread per page worker: the pool already uses every core."""
    cv2.setNumThreads(1)


def give_back() -> None:
    """Return freed memory to the system: the C library keeps what pages needed.

    A worker that waited for the engine held 168 MB and now 77 MB (colour A4, 300 dpi), for 0.02 s a
    page; telling the library never to keep any would cost 0.2 s.
    """
    with suppress(OSError, AttributeError):  # another C library keeps its own way
        ctypes.CDLL(None).malloc_trim(0)
