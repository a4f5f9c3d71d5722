"""A small part of a page for a second reading, with all its ink."""

from pathlib import Path

import cv2
import numpy as np

from scanstation.imaging.load import Picture, Pixels
from scanstation.model.box import Box


def enlarged(page: Picture, place: Box, dpi: float) -> tuple[Pixels, float]:
    """The grey part, never smaller than `dpi`, and how many times it was enlarged."""
    part = page.grey[place.y : place.y + place.height, place.x : place.x + place.width]
    zoom = max(1.0, dpi / page.dpi)
    large = cv2.resize(part, None, fx=zoom, fy=zoom, interpolation=cv2.INTER_CUBIC)
    return np.asarray(large, np.uint8), zoom


def write_pgm(pixels: Pixels, image: Path) -> None:
    """Uncompressed, for the engine; OSError as for any file."""
    height, width = pixels.shape
    image.write_bytes(b"P5 %d %d 255\n" % (width, height) + np.ascontiguousarray(pixels).tobytes())
