"""What the codes on our own sheets say, there and back; pure.

A separator carries procedure, component and a checksum. A code that is not exactly ours is never
taken for one. The slip's code is a word of the model (slipcode.py).
"""

import zlib
from dataclasses import dataclass

_SEPARATOR = "SSC1"
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
