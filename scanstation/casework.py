"""What a clerk does with a dossier besides filling and sealing it.

Beside intake's story, on the same dossiers: it never scans, reads or signs, so it needs neither
a scanner nor page workers, and every verb here works while a scan runs in another dossier.
"""

from collections.abc import Iterator
from dataclasses import dataclass

from scanstation.holding import Holdings
from scanstation.model.clock import Clock
from scanstation.model.dossier import Dossier
from scanstation.model.listing import Listed, Wanted
from scanstation.model.profile import Clerk, StationSettings
from scanstation.model.retention import Judged, Tombstone
from scanstation.purging import judged, purge


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

    # --- finding ------------------------------------------------------------------------------

    def unfinished(self) -> tuple[Unfinished, ...]:
        """Open and parked dossiers, the one longest untouched first."""
        workspace = self._desk.holdings.workspace
        lines = sorted(
            (line for line in workspace.listing() if line.unfinished),
            key=lambda line: line.touched_at,
        )
        return tuple(
            Unfinished(dossier=workspace.dossier(line.id), touched_at=line.touched_at)
            for line in lines
        )

    def find(self, wanted: Wanted) -> tuple[Listed, ...]:
        """Dossiers that fit, oldest first; all of them when nothing is asked for."""
        return self._desk.holdings.workspace.listing(None if wanted == Wanted() else wanted)

    def rebuild_catalogue(self) -> int:
        """Make the search index anew; how many dossiers it holds."""
        return self._desk.holdings.workspace.rebuild_catalogue()

    # --- letting go ---------------------------------------------------------------------------

    def retained(self) -> tuple[Judged, ...]:
        """Every finished dossier, and why it stays if it must."""
        desk = self._desk
        return judged(desk.holdings, desk.settings.retention, desk.clock.now())

    def purge(self, clerk: Clerk) -> Iterator[Tombstone]:
        """Purge all that may go, telling of each once it is gone for good."""
        desk = self._desk
        return purge(desk.holdings, desk.settings.retention, desk.clock, clerk.id)

    def purged(self) -> tuple[Tombstone, ...]:
        """What stays of purged dossiers, oldest first."""
        return self._desk.holdings.workspace.tombstones()
