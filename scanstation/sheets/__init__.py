"""What the station prints; never anything that looks like an official case code.

wording.py    a dossier -> the slip's values, its Vietnamese words and its QR payload; pure
qr.py         text -> QR modules; the only importer of segno
canvas.py     paper, fonts and a pen that refuses official case codes; Pillow
slip.py       the intake slip as a PDF for printing
separator.py  sheets laid between the components of a pile
payload.py    what the codes on separators and slips say, there and back; pure
"""

from dataclasses import dataclass
from datetime import date, datetime


@dataclass(frozen=True, kw_only=True, slots=True)
class Paper:
    """One component the counter took in."""

    title: str
    pages: int


@dataclass(frozen=True, kw_only=True, slots=True)
class Slip:
    """What the citizen takes home: a provisional record, not the official receipt."""

    dossier: str
    """The station's own UUIDv7; the official case code does not exist yet."""
    station: str
    agency: str
    counter: str
    """Title of the station, such as "Quầy 2"; may be empty."""
    applicant: str
    """Empty leaves a line to write on."""
    code: str
    """Code of the procedure, not of the case."""
    procedure: str
    papers: tuple[Paper, ...]
    """In the checklist's order."""
    missing: tuple[str, ...]
    """Titles of required components still to be handed in."""
    received: datetime
    """When the dossier became complete, or was opened while it is not; timezone-aware."""
    expected: date | None
    """None while something is missing: the days are not counted yet."""
    demo: bool = False
