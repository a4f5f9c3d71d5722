"""What a clerk does with a dossier besides filling and sealing it.

Beside intake's story, on the same dossiers: it never scans, reads or signs, so it needs neither
a scanner nor page workers, and every verb here works while a scan runs in another dossier.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta

from scanstation import transfer
from scanstation.holding import Holdings
from scanstation.model.acts import AccountGiven, Act, PagesMoved
from scanstation.model.clock import Clock, iso_vietnam
from scanstation.model.dossier import UNSEALED, Dossier
from scanstation.model.profile import Clerk, StationSettings
from scanstation.model.reckoning import accounts_as_scanned
from scanstation.model.removal import ExpungeReason
from scanstation.transfer import Destroyed, Doubled
from scanstation.workspace.store import Holder


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

    def idle(self, days: int) -> tuple[Dossier, ...]:
        """Unfinished dossiers nobody touched for `days`, the longest untouched first."""
        latest = iso_vietnam(self._desk.clock.now() - timedelta(days=days))
        return tuple(one.dossier for one in self.unfinished() if one.touched_at <= latest)

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
