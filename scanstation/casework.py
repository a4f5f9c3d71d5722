"""What a clerk does with a dossier besides filling and sealing it.

Beside intake's story, on the same dossiers: it never scans, reads or signs, so it needs neither
a scanner nor page workers, and every verb here works while a scan runs in another dossier.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from scanstation import correcting, errors
from scanstation.holding import Holdings
from scanstation.i18n import _
from scanstation.model.clock import Clock, iso_vietnam
from scanstation.model.delivery import QueueRow
from scanstation.model.dossier import Dossier
from scanstation.model.listing import Listed, Wanted
from scanstation.model.profile import Clerk, Procedure, StationSettings
from scanstation.model.recovery import Broken, Orphan, RecoveryReport, Survivor
from scanstation.model.retention import Judged, Tombstone
from scanstation.ownership import deaths
from scanstation.purging import judged, purge
from scanstation.workspace import Recovered
from scanstation.workspace.mending import Mended
from scanstation.workspace.store import orphan_of


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
    running: Path
    """Folder of the markers of programs at work."""
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

    # --- after sealing ------------------------------------------------------------------------

    def correct(self, dossier: str, reason: str, clerk: Clerk) -> Dossier:
        """A new dossier with the pages of a sealed one; its package will supersede that one's."""
        return correcting.correct(self._desk.holdings, dossier, reason, clerk.id)

    def withdraw(self, dossier: str, reason: str, clerk: Clerk) -> Dossier:
        """End a dossier without delivery; a sealed one's package is held and kept."""
        return correcting.withdraw(self._desk.holdings, dossier, reason, clerk.id)

    def release(self, package: str, clerk: Clerk) -> QueueRow:
        """Queue a held package again, unless its dossier was withdrawn."""
        return correcting.release(self._desk.holdings, package, clerk.id)

    # --- after a stop -------------------------------------------------------------------------

    def recovery(self) -> RecoveryReport:
        """What an unclean stop left: what is safe, what may be missing; changes nothing."""
        workspace = self._desk.holdings.workspace
        stops = deaths(self._desk.running)
        return RecoveryReport(
            stopped_at=_iso(stops[-1]) if stops else "",
            dossiers=tuple(_survivor(one) for one in workspace.recover()),
            unreadable=tuple(
                Broken(dossier=one.dossier, problem=_why(one.problem))
                for one in workspace.damaged()
            ),
        )

    def acknowledge(self) -> None:
        """Somebody has read the report: the next start does not show this stop again."""
        for marker in deaths(self._desk.running):
            marker.unlink(missing_ok=True)

    def orphan(self, dossier: str, wanted: str) -> Path:
        """The stored page no entry speaks of whose name begins with `wanted`; NoSuchThing."""
        workspace = self._desk.holdings.workspace
        identity = workspace.dossier(dossier).id
        for one in workspace.recover():
            if one.dossier.id == identity:
                return orphan_of(one, wanted)
        raise errors.NoSuchThing(kind=_("page without an entry"), name=wanted, hint="")

    def set_aside(self, dossier: str, orphan: str, reason: str, clerk: Clerk) -> Path:
        """Out of the way with a stored page nobody wants; where it is kept."""
        return self._desk.holdings.workspace.set_aside(dossier, orphan, clerk.id, reason)

    def mend(self, dossier: str, procedure: Procedure | None, clerk: Clerk) -> Mended:
        """Set an unreadable journal aside and make it anew from what is left."""
        return self._desk.holdings.workspace.mend(dossier, clerk.id, procedure)

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


def _survivor(found: Recovered) -> Survivor:
    dossier = found.dossier
    last = dossier.pages[-1] if dossier.pages else None
    component = dossier.procedure.component(last.component) if last else None
    return Survivor(
        dossier=dossier.id,
        applicant=dossier.applicant,
        title=dossier.procedure.title,
        state=dossier.state,
        in_work=found.in_work,
        safe=found.safe,
        last_component=component.title if component else "",
        last_place=len(dossier.of(last.component)) if last else 0,
        orphans=tuple(
            Orphan(path=path, stored_at=_iso(path), size=path.stat().st_size)
            for path in found.orphans
        ),
        lost=found.lost,
    )


def _why(problem: errors.StorageError) -> str:
    """The file and what is wrong with it; the whole sentence where there is no such fact."""
    facts = problem.facts
    if "problem" not in facts:
        return str(problem)
    return f"{Path(str(facts['path'])).name}: {facts['problem']}"


def _iso(path: Path) -> str:
    """When a file was last written."""
    return iso_vietnam(datetime.fromtimestamp(path.stat().st_mtime, UTC))
