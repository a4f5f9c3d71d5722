"""What a clerk does with a dossier besides filling and sealing it.

Beside intake's story, on the same dossiers: it never scans, reads or signs, so it needs neither
a scanner nor page workers, and every verb here works while a scan runs in another dossier.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

import msgspec

from scanstation import correcting, errors, transfer
from scanstation.holding import Holdings
from scanstation.i18n import _
from scanstation.model.acts import AccountGiven, Act, PagesMoved
from scanstation.model.clock import Clock, iso_vietnam
from scanstation.model.delivery import QueueRow
from scanstation.model.dossier import Dossier
from scanstation.model.listing import Listed, Wanted
from scanstation.model.profile import Clerk, Procedure, StationSettings
from scanstation.model.reckoning import accounts_as_scanned
from scanstation.model.recovery import Broken, Orphan, RecoveryReport, Survivor
from scanstation.model.removal import ExpungeReason
from scanstation.model.retention import Judged, Tombstone
from scanstation.ownership import deaths
from scanstation.purging import judged, purge
from scanstation.transfer import Destroyed, Doubled
from scanstation.workspace import Recovered
from scanstation.workspace.mending import Mended
from scanstation.workspace.originals import seen
from scanstation.workspace.store import Holder
from scanstation.workspace.strays import orphan_of


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

    def idle(self, days: int) -> tuple[Listed, ...]:
        """Unfinished dossiers nobody touched for `days`, the longest untouched first."""
        latest = iso_vietnam(self._desk.clock.now() - timedelta(days=days))
        lines = self._desk.holdings.workspace.listing()
        idle = [one for one in lines if one.unfinished and one.touched_at <= latest]
        return tuple(sorted(idle, key=lambda one: one.touched_at))

    def dossier(self, wanted: str) -> Dossier:
        """The dossier with that id or unambiguous id ending."""
        return self._desk.holdings.workspace.dossier(wanted)

    def looking_at(self, wanted: str) -> Holder:
        """The dossier with its journal and originals, to look at; it refuses every act."""
        return self._desk.holdings.workspace.looking_at(wanted)

    # --- papers and pages ---------------------------------------------------------------------

    def record(self, dossier: str, act: Act, clerk: Clerk) -> Dossier:
        """Do one act: account, field, move, rotate, remove, park, resume, withdraw."""
        with self._desk.holdings.holding(dossier) as holder:
            return holder.record(act, clerk.id)

    def declare_as_scanned(self, dossier: str, clerk: Clerk) -> Dossier:
        """The usual account for every component that sealing would ask about and has none."""
        with self._desk.holdings.holding(dossier) as holder:
            usual = accounts_as_scanned(holder.dossier, self._desk.settings.account)
            for component, account in usual.items():
                holder.record(AccountGiven(component, account), clerk.id)
            return holder.dossier

    def split(self, dossier: str, page: str, component: str, clerk: Clerk) -> Dossier:
        """Move a page and all that stand behind it in its component to the end of another."""
        with self._desk.holdings.holding(dossier) as holder:
            act = PagesMoved(holder.from_page_on(page), component, len(holder.dossier.pages))
            return holder.record(act, clerk.id)

    def join(self, dossier: str, component: str, into: str, clerk: Clerk) -> Dossier:
        """Move everything of a component to the end of another."""
        with self._desk.holdings.holding(dossier) as holder:
            act = PagesMoved(holder.all_of(component), into, len(holder.dossier.pages))
            return holder.record(act, clerk.id)

    def give(
        self, dossier: str, pages: Sequence[str], target: str, component: str, clerk: Clerk
    ) -> Dossier:
        """Move pages to another dossier, which is returned; empty `component` keeps each page's."""
        return transfer.move(self._desk.holdings, dossier, pages, target, component, clerk.id)[1]

    def merge(self, dossier: str, other: str, component: str, clerk: Clerk) -> Dossier:
        """Move everything of `other` into `dossier`; the emptied one is left to a person."""
        there = self._desk.holdings.workspace.dossier(other)
        standing = [page.id for page in there.pages]
        standing += [one.id for one in there.attachments if not one.removed]
        return self.give(there.id, standing, dossier, component, clerk)

    def doubled(self, dossier: Dossier) -> tuple[Doubled, ...]:
        """Pages that also stand in the dossier they come from, because a stop cut a move short."""
        return transfer.doubled(self._desk.holdings, dossier)

    def ever(self, dossier: str, page: str) -> str:
        """Full id of a page or attachment whose content is there, also of a removed one."""
        return self.looking_at(dossier).ever(page)

    def expunge(
        self, dossier: str, page: str, reason: ExpungeReason, note: str, clerk: Clerk
    ) -> Destroyed:
        """Destroy a page's or attachment's content for good, its copies in other dossiers too.

        Asking twice is the caller's duty. Raises SealedForGood, NoSuchThing, InUse, StorageError.
        """
        return transfer.expunge(self._desk.holdings, dossier, page, reason, note, clerk.id)


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
        orphans=tuple(map(_orphan, found.orphans)),
        lost=found.lost,
    )


def _orphan(path: Path) -> Orphan:
    told, image = Orphan(path=path, stored_at=_iso(path), size=path.stat().st_size), seen(path)
    if image is None:
        return told
    facts = {"width": image.width, "height": image.height, "dpi": image.dpi}
    return msgspec.structs.replace(told, **facts)


def _why(problem: errors.StorageError) -> str:
    """The file and what is wrong with it; the whole sentence where there is no such fact."""
    facts = problem.facts
    if "problem" not in facts:
        return str(problem)
    return f"{Path(str(facts['path'])).name}: {facts['problem']}"


def _iso(path: Path) -> str:
    """When a file was last written."""
    return iso_vietnam(datetime.fromtimestamp(path.stat().st_mtime, UTC))
