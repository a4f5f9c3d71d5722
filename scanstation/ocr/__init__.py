"""Page image -> text with boxes, engine-neutral; knows nothing of PDF."""

from pathlib import Path
from typing import Protocol

from scanstation.model.page import PageText


class Reader(Protocol):
    """An OCR engine."""

    def read(self, image: Path, dpi: float) -> PageText:
        """Words of an uncompressed image file, NFC; errors.MissingPart names the install line."""
        ...
