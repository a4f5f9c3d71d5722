"""Where a page carries ink, coarse enough to survive a second scan of the same paper."""

import cv2
import numpy as np

from scanstation.imaging import ink
from scanstation.imaging.load import Picture
from scanstation.model.duplicates import COLUMNS, ROWS

_INKED = 0.06
"""Share of a cell; a line of small print has 0.1."""


def fingerprint(page: Picture) -> str:
    """ROWS x COLUMNS bits in hex, lowest bit the top left cell; empty for a page without ink."""
    marks = ink.without_dust(ink.mask(page), page.dpi * ink.scale_of(page)).astype(np.float32)
    cells = cv2.resize(marks, (COLUMNS, ROWS), interpolation=cv2.INTER_AREA)
    inked = cv2.GaussianBlur(cells, (0, 0), 0.7) > _INKED
    if not inked.any():
        return ""
    packed = np.packbits(inked.reshape(-1), bitorder="little").tobytes()
    return f"{int.from_bytes(packed, 'little'):x}"
