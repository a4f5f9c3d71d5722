"""The text in a slip's QR, as a camera or a keyboard-like reader hands it over.

It refuses nothing: what is no slip's text is given back as it came, and is then looked up as an id.
"""

import re
from itertools import pairwise

_SLIP = re.compile(
    r"SSD1[^0-9a-z]([0-9a-f]{8}[^0-9a-z]?[0-9a-f]{4}[^0-9a-z]?[0-9a-f]{4}[^0-9a-z]?[0-9a-f]{4}[^0-9a-z]?[0-9a-f]{12})(?:[^0-9a-z].*)?",
    re.IGNORECASE | re.DOTALL,
)
"""Bars and dashes may be any other sign: readers type the keys of another keyboard layout."""


def payload(dossier: str, station: str) -> str:
    """What the QR holds; the station id comes last because it may hold a bar."""
    return f"SSD1|{dossier}|{station}"


def dossier_in(text: str) -> str:
    """The dossier id that a slip's text names, or the text itself without blanks around it."""
    found = _SLIP.fullmatch(text.strip())
    if found is None:
        return text.strip()
    digits = re.sub(r"[^0-9a-f]", "", found[1].lower())
    cuts = (0, 8, 12, 16, 20, 32)
    return "-".join(digits[start:end] for start, end in pairwise(cuts))
