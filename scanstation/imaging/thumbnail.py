"""A page small enough for a list on the screen; never part of an archive file."""

from pathlib import Path

import cv2
import numpy as np
from PIL import Image

from scanstation import durable
from scanstation.imaging.load import Picture

WIDTH = 160
_QUALITY = 80


def write(picture: Picture, folder: Path) -> Path:
    """thumbnail.jpg, WIDTH pixels wide, its height in proportion; errors.StorageError."""
    height = max(1, round(picture.height * WIDTH / picture.width))
    small = cv2.resize(picture.pixels, (WIDTH, height), interpolation=cv2.INTER_AREA)
    target = folder / "thumbnail.jpg"
    try:
        image = Image.fromarray(np.asarray(small, np.uint8))
        with target.open("wb") as stream:
            image.save(durable.without_descriptor(stream), "JPEG", quality=_QUALITY)
    except OSError as fault:
        raise durable.storage_fault(target, fault) from fault
    return target
