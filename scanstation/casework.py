"""What a clerk does with a dossier besides filling and sealing it.

Beside intake's story, on the same dossiers: it never scans, reads or signs, so it needs neither
a scanner nor page workers, and every verb here works while a scan runs in another dossier.
"""

from dataclasses import dataclass

from scanstation.holding import Holdings
from scanstation.model.clock import Clock
from scanstation.model.dossier import UNSEALED, Dossier
from scanstation.model.profile import StationSettings


@dataclass(frozen=True)
class Unfinished:
    """A dossier somebody still has to seal or withdraw."""

    dossier: Dossier
    touched_at: str
    """ISO 8601 of its latest act."""


@dataclass(frozen=True)
class Desk:
    """What bootstrap hands to the story."""

    settings: StationSettings
    holdings: Holdings
    clock: Clock


class Casework:
    """A clerk's dossiers as a whole. Every act names its clerk; every verb is safe to interrupt."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk

    def unfinished(self) -> tuple[Unfinished, ...]:
        """Open and parked dossiers, the one longest untouched first."""
        workspace = self._desk.holdings.workspace
        open_ones = [one for one in workspace.dossiers() if one.state in UNSEALED]
        touched = {one.id: workspace.looking_at(one.id).entries()[-1].at for one in open_ones}
        found = [Unfinished(dossier=one, touched_at=touched[one.id]) for one in open_ones]
        return tuple(sorted(found, key=lambda one: one.touched_at))
