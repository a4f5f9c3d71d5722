"""Whether a loaded image says where it was taken, its unpacked notes included (model/place.py)."""

import mmap
from pathlib import Path

from PIL import Image

from scanstation.model import place


def is_told(path: Path, image: Image.Image) -> bool:
    """Whether the file of a loaded image says where it was taken."""
    texts = (str(text).encode() for text in getattr(image, "text", {}).values())
    if place.GPS in image.getexif() or any(place.WORDS.search(text) for text in texts):
        return True
    with path.open("rb") as stream, mmap.mmap(stream.fileno(), 0, access=mmap.ACCESS_READ) as data:
        return place.is_told(data)
