"""What a clerk does with a dossier besides filling and sealing it.

Beside intake's story, on the same dossiers: it never scans, reads or signs, so it needs neither
a scanner nor page workers, and every verb here works while a scan runs in another dossier.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import timedelta

from scanstation import transfer
from scanstation.holding import Holdings
from scanstation.model.acts import AccountGiven, Act, PagesMoved
from scanstation.model.clock import Clock, iso_vietnam
from scanstation.model.dossier import Dossier
from scanstation.model.listing import Listed, Wanted
from scanstation.model.profile import Clerk, StationSettings
from scanstation.model.reckoning import accounts_as_scanned
from scanstation.model.removal import ExpungeReason
from scanstation.model.retention import Judged, Tombstone
from scanstation.purging import judged, purge
from scanstation.transfer import Destroyed, Doubled


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

    def idle(self, days: int) -> tuple[Listed, ...]:
        """Unfinished dossiers nobody touched for `days`, the longest untouched first."""
        latest = iso_vietnam(self._desk.clock.now() - timedelta(days=days))
        lines = self._desk.holdings.workspace.listing()
        idle = [one for one in lines if one.unfinished and one.touched_at <= latest]
        return tuple(sorted(idle, key=lambda one: one.touched_at))

    def dossier(self, wanted: str) -> Dossier:
        """The dossier with that id or unambiguous id ending."""
        return self._desk.holdings.workspace.dossier(wanted)

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
        return self._desk.holdings.workspace.looking_at(dossier).ever(page)

    def expunge(
        self, dossier: str, page: str, reason: ExpungeReason, note: str, clerk: Clerk
    ) -> Destroyed:
        """Destroy a page's or attachment's content for good, its copies in other dossiers too.

        Asking twice is the caller's duty. Raises SealedForGood, NoSuchThing, InUse, StorageError.
        """
        return transfer.expunge(self._desk.holdings, dossier, page, reason, note, clerk.id)
