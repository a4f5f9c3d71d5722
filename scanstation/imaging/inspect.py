"""What is worth a clerk's look on a page, each remark with its number and the limit it crossed.

Nothing here changes or drops a page. A page it calls blank carries no mark larger than dust.
"""

from collections.abc import Iterator

import cv2
import msgspec
import numpy as np
from numpy.typing import NDArray

from scanstation.imaging import ink
from scanstation.imaging.edges import edges
from scanstation.imaging.load import Picture, Pixels
from scanstation.imaging.through import shows_through
from scanstation.model.page import Finding, FindingKind, Mode

LEAST_DPI = 200.0
"""NĐ 30/2020 Phụ lục I: colour, at least 200 dpi, 1:1."""
_ROUNDING = 0.02
"""Of the resolution asked for: devices say 301 or 299 for 300."""
_FEW_MARKS = 20
"""A page number has 1 to 5 marks, the emptiest real page of text 445."""
_DARK_PAPER = 140.0
"""Grey level; the paper of nine real scans lies at 255, of the drawn ones at 241 and more."""
_LEAST_CONTRAST = 110.0
"""Grey levels from paper to strong ink; nine real colour scans 176 to 254, tired toner 90."""
_LEAST_SHARPNESS = 0.15
"""Nine real colour scans 0.37 to 0.79; blurred by 0.17 mm (2 pixels at 300 dpi) 0.16 to 0.17."""
_BANDS = 16
"""Sharpness is measured on every fourth of so many bands: 0.08 s instead of 0.34 s a page."""
_BORDER_MM = 5.0
_LEANING = 1.0
"""Degrees; below, tesseract loses no more words than on a straight page."""


class Look(msgspec.Struct, frozen=True):
    """What inspection needs to know beside the pixels."""

    leaning: float
    """Degrees of skew left on the page."""
    known_scale: bool
    asked_dpi: float = 0.0
    """What the scan profile asked for; 0 when nobody asked."""
    edges: tuple[Finding, ...] | None = None
    """What was found of the page as captured; None when the picture itself is to be looked at."""


def marks(picture: Picture) -> int:
    """How many marks larger than dust lie on the page, its outermost 5 mm left out."""
    dpi = picture.dpi * ink.scale_of(picture)
    edge = max(1, round(_BORDER_MM / 25.4 * dpi))
    inner = ink.mask(picture)[edge:-edge, edge:-edge]
    if inner.size == 0:
        return 0
    found = ink.without_dust(inner, dpi).astype(np.uint8)
    return int(cv2.connectedComponents(found)[0]) - 1


def inspect(picture: Picture, look: Look) -> tuple[Finding, ...]:
    """All findings of a clean page."""
    count = marks(picture)
    known = look.edges
    whole = edges(picture, known_scale=look.known_scale) if known is None else known
    return (
        *_scale(picture, look),
        *whole,
        *_emptiness(count),
        *shows_through(picture),
        *(_print(picture, look) if count else ()),
    )


def _scale(picture: Picture, look: Look) -> Iterator[Finding]:
    if not look.known_scale:
        yield Finding(FindingKind.UNKNOWN_SCALE, picture.dpi, 0.0)
    if picture.dpi < LEAST_DPI - 0.5:
        yield Finding(FindingKind.LOW_RESOLUTION, picture.dpi, LEAST_DPI)
    elif look.asked_dpi and abs(picture.dpi - look.asked_dpi) > _ROUNDING * look.asked_dpi:
        yield Finding(FindingKind.WRONG_RESOLUTION, picture.dpi, look.asked_dpi)


def _emptiness(count: int) -> Iterator[Finding]:
    if count == 0:
        yield Finding(FindingKind.BLANK, 0.0, 1.0)
    elif count < _FEW_MARKS:
        yield Finding(FindingKind.NEARLY_BLANK, float(count), float(_FEW_MARKS))


def _print(picture: Picture, look: Look) -> Iterator[Finding]:
    if abs(look.leaning) >= _LEANING:
        yield Finding(FindingKind.SKEWED, look.leaning, _LEANING)
    if picture.mode is Mode.BITONAL:
        return
    paper = float(np.median(picture.grey[::4, ::4]))
    if paper < _DARK_PAPER:
        yield Finding(FindingKind.DARK, paper, _DARK_PAPER)
    contrast = paper - _strong_ink(picture)
    if contrast < _LEAST_CONTRAST:
        yield Finding(FindingKind.LIGHT, contrast, _LEAST_CONTRAST)
    sharp = sharpness(picture)
    if sharp < _LEAST_SHARPNESS:
        yield Finding(FindingKind.BLURRED, sharp, _LEAST_SHARPNESS)


def _strong_ink(picture: Picture) -> float:
    """Grey level that the darkest fifth of the inked pixels stays under."""
    marked = ink.mask(picture)
    size = (marked.shape[1], marked.shape[0])
    small = cv2.resize(picture.grey, size, interpolation=cv2.INTER_AREA)
    return float(np.percentile(small[marked], 20)) if marked.any() else 255.0


def sharpness(picture: Picture) -> float:
    """Bend over slope along the steepest edges, as if scanned at 300 dpi; blur lowers it."""
    height = picture.height
    tops = [height * part // _BANDS for part in range(1, _BANDS, 4)]
    bands = [_edges(picture.grey[top : top + height // _BANDS]) for top in tops if height >= _BANDS]
    if not bands:
        return 0.0
    some = np.concatenate([slope[::4, ::4].ravel() for slope, _ in bands])
    steep = max(8.0, float(np.percentile(some, 99)) / 2)
    bends = np.concatenate([bend[slope > steep] for slope, bend in bands])
    slopes = np.concatenate([slope[slope > steep] for slope, _ in bands])
    return float(bends.mean() / slopes.mean()) * picture.dpi / 300 if slopes.size else 0.0


def _edges(band: Pixels) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    """How steep the light changes at each pixel, and how much that bends."""
    across = cv2.Sobel(band, cv2.CV_32F, 1, 0, scale=0.25)
    down = cv2.Sobel(band, cv2.CV_32F, 0, 1, scale=0.25)
    bend = cv2.Laplacian(band, cv2.CV_32F)
    slope = cv2.magnitude(across, down)
    return np.asarray(slope, np.float32), np.asarray(np.abs(bend, out=bend), np.float32)
