"""A turned page as a file, lossless, so that the archive file codes it once and not twice."""

from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray
from PIL import Image

from scanstation import durable
from scanstation.imaging.load import Picture
from scanstation.model.page import Mode

_LZW = [cv2.IMWRITE_TIFF_COMPRESSION, 5]
"""A turned colour A4 at 300 dpi: 0.21 s to write and 0.10 s to read; fast PNG 0.35 s and 0.19 s."""


def write(picture: Picture, folder: Path) -> Path:
    """clean.tif, G4 for a 1-bit page and LZW otherwise; errors.StorageError, DiskFull."""
    target = folder / "clean.tif"
    try:
        if picture.mode is Mode.BITONAL:
            dpi = (picture.dpi, picture.dpi)
            image = Image.fromarray(picture.pixels).convert("1", dither=Image.Dither.NONE)
            image.save(target, compression="group4", dpi=dpi)
        else:
            target.write_bytes(_shaded(picture).data)
    except OSError as fault:
        raise durable.storage_fault(target, fault) from fault
    return target


def _shaded(picture: Picture) -> NDArray[np.uint8]:
    """The file's bytes."""
    colour = picture.mode is Mode.COLOUR
    pixels = cv2.cvtColor(picture.pixels, cv2.COLOR_RGB2BGR) if colour else picture.pixels
    return np.asarray(cv2.imencode(".tif", pixels, _LZW)[1], np.uint8)
