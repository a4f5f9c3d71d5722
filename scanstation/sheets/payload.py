"""What the codes on our own sheets say, there and back; pure.

A separator carries procedure, component and a checksum; a slip carries the dossier's own id. A
code that is not exactly ours is never taken for one.
"""

import zlib
from dataclasses import dataclass
from uuid import UUID

_SEPARATOR, _SLIP = "SSC1", "SSD1"
_PARTS = 4


@dataclass(frozen=True, slots=True)
class Separator:
    """What a separator's QR names."""

    procedure: str
    component: str


def payload(separator: Separator) -> str:
    """`SSC1|procedure|component|CRC-32 of what stands before`, the sum in 8 hex digits."""
    body = f"{_SEPARATOR}|{separator.procedure}|{separator.component}"
    return f"{body}|{zlib.crc32(body.encode()):08x}"


def parse(text: str) -> Separator | None:
    """The separator a code stands for; None for any other or damaged code."""
    parts = text.split("|")
    if len(parts) != _PARTS:
        return None
    found = Separator(parts[1], parts[2])
    return found if payload(found) == text else None


def claims_to_separate(text: str) -> bool:
    """Whether a code begins like a separator's, whole or not."""
    return text.startswith(f"{_SEPARATOR}|")


def on_slip(dossier: str, station: str) -> str:
    """What a slip's QR holds; the station id comes last because it may hold a bar."""
    return f"{_SLIP}|{dossier}|{station}"


def slip_of(code: str) -> str:
    """The dossier id on an intake slip; empty for any other code."""
    word, _, rest = code.strip().partition("|")
    dossier, bar, _ = rest.partition("|")
    if word != _SLIP or not bar:
        return ""
    try:
        return dossier if str(UUID(dossier)) == dossier else ""
    except ValueError:
        return ""
