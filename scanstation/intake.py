"""The first story: paper becomes a sealed package in the outbox.

Scan or import pages into a dossier; when the checklist adds up, make one signed PDF/A per
component, pack them with their history and put the package into the outbox. A fault at any line
leaves the dossier open with every announced page; nothing is queued that was not verified here.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from pathlib import Path

from scanstation import durable, transfer
from scanstation.document import Documents, Signature
from scanstation.holding import Holdings
from scanstation.i18n import shown
from scanstation.model import sealing
from scanstation.model.acts import AccountGiven, Act, PageRemoved, Sealed
from scanstation.model.asking import Hand
from scanstation.model.clock import Clock, iso_vietnam
from scanstation.model.delivery import QueueRow
from scanstation.model.dossier import Dossier, State
from scanstation.model.events import (
    DossierQueued,
    Event,
    FileWritten,
    PageSaved,
    PageScanned,
    PdfAttached,
    SetAside,
    Side,
    act_of,
)
from scanstation.model.fold import complete_since
from scanstation.model.listing import Listed
from scanstation.model.page import PageFile, WorkedPage
from scanstation.model.profile import Clerk, Procedure, ScanProfile, StationSettings, Treatment
from scanstation.model.reckoning import accounts_as_scanned
from scanstation.model.sealing import Piece, origin_of
from scanstation.model.signing import Signer, StationSigner
from scanstation.package.read import extract, read_package
from scanstation.packing import packed, pieces_of
from scanstation.pages import Pages, Proposal
from scanstation.scanner import ScanDriver, stack
from scanstation.sorting import Glancer, Pile, Place, set_aside
from scanstation.workspace.store import Holder


@dataclass(frozen=True)
class Parts:
    """What bootstrap hands to the story: one backend for every seam."""

    settings: StationSettings
    holdings: Holdings
    documents: Documents
    driver: Callable[[ScanProfile], AbstractContextManager[ScanDriver]]
    station: StationSigner
    clock: Clock
    glance: Glancer


class Intake:
    """Paper -> sealed package. Every act names its clerk; every verb is safe to interrupt."""

    def __init__(self, parts: Parts) -> None:
        self._parts = parts
        self._held = parts.holdings
        self._cleared: set[str] = set()

    # --- a dossier and its pages --------------------------------------------------------------

    def open(self, procedure: Procedure, applicant: str, clerk: Clerk) -> Dossier:
        """A new dossier with the procedure's checklist."""
        demo = self._parts.settings.demo
        return self._held.workspace.open_dossier(procedure, clerk.id, applicant, demo=demo)

    def dossiers(self) -> tuple[Dossier, ...]:
        """What still needs a hand or a receipt, and everything of today, oldest first."""
        return self._held.current(iso_vietnam(self._parts.clock.now())[:10])

    def listing(self) -> tuple[Listed, ...]:
        """All readable dossiers of the station as lines, oldest first."""
        return self._held.workspace.listing()

    def dossier(self, wanted: str) -> Dossier:
        """The dossier with that id or unambiguous id ending."""
        return self._held.workspace.dossier(wanted)

    def complete_since(self, dossier: str) -> str:
        """ISO 8601 time at which the checklist became complete; empty while it is not."""
        return complete_since(self._held.workspace.looking_at(dossier).entries())

    def scan(
        self,
        dossier: str,
        component: str,
        profile: ScanProfile,
        clerk: Clerk,
        replaces: str = "",
        hand: Hand | None = None,
    ) -> Iterator[Event]:
        """Scan into a component; PageSaved means the page survives a power cut. Stops with
        errors.SecretPaper as soon as a page is known to be secret.
        """
        with (
            self._held.work_on(dossier) as (holder, scratch),
            self._parts.driver(profile) as driver,
        ):
            saved: list[str] = []
            pile = self._pile(holder, component, profile.separators and not replaces)
            for event in stack.scan(driver, profile, scratch, hand or stack.Nobody(), clerk.name):
                if isinstance(event, PageScanned):
                    facts = (event.page, clerk, profile.treatment, replaces, event.side)
                    page = self._adopt(holder, pile.place(event.page), *facts)
                    saved.append(page.page.id)
                    yield page
                    if replaces:
                        return
                else:
                    if act := act_of(event, saved):
                        holder.record(act, clerk.id)
                    yield event
            yield from pile.result()

    def take(
        self,
        dossier: str,
        component: str,
        inputs: Sequence[Path],
        clerk: Clerk,
        replaces: str = "",
        *,
        separators: bool = False,
    ) -> Iterator[Event]:
        """Import images and PDFs; an already signed PDF is kept byte for byte."""
        with self._held.work_on(dossier) as (holder, scratch):
            pile = self._pile(holder, component, separators)
            for path in inputs:
                found = self._parts.documents.look(path)
                if found and found.signatures and not replaces:
                    about = (shown(path.name), found.pages, found.signatures)
                    yield PdfAttached(holder.attach(path, component, clerk.id, *about))
                    continue
                for page in self._parts.documents.pages_of(path, scratch, single=bool(replaces)):
                    facts = (page, clerk, self._parts.documents.imported, replaces)
                    yield self._adopt(holder, pile.place(page), *facts)
            yield from pile.result()

    def _pile(self, holder: Holder, component: str, separators: bool) -> Pile:
        glance = self._parts.glance if separators else None
        return Pile(holder.dossier.procedure, component, glance)

    def _adopt(
        self,
        holder: Holder,
        place: Place,
        scanned: PageFile,
        clerk: Clerk,
        treatment: Treatment,
        replaces: str,
        side: Side = Side.ANY,
    ) -> PageSaved | SetAside:
        if not replaces:
            self._pages(holder).must_not_be_secret()
        facts = (place.component, scanned, clerk, treatment, replaces, side)
        saved = self._parts.documents.adopt(holder, *facts)
        if not place.tombstone:
            return saved
        holder.record(PageRemoved(saved.page.id, place.tombstone), clerk.id)
        return set_aside(saved.page, place, holder.dossier.procedure)

    def _pages(self, holder: Holder) -> Pages:
        return Pages(holder, self._parts.documents.pages, self._cleared)

    def worked(self, dossier: str) -> Mapping[str, WorkedPage]:
        """Standing pages by id that page work has finished; starts the others, waits for none."""
        return self._pages(self._held.workspace.looking_at(dossier)).known()

    def proposals(self, dossier: str) -> tuple[Proposal, ...]:
        """Fields proposed from all pages; waits until they are worked."""
        return self._pages(self._held.workspace.looking_at(dossier)).proposals()

    def record(self, dossier: str, act: Act, clerk: Clerk) -> Dossier:
        """Do one act: move, rotate, remove, park, resume, withdraw."""
        with self._held.holding(dossier) as holder:
            return holder.record(act, clerk.id)

    def undo(self, dossier: str, clerk: Clerk) -> Dossier:
        """Take back the latest act, also one from before a restart."""
        return transfer.undo(self._held, dossier, clerk.id)

    def redo(self, dossier: str, clerk: Clerk) -> Dossier:
        """Do again what was undone last."""
        return transfer.redo(self._held, dossier, clerk.id)

    # --- sealing ------------------------------------------------------------------------------

    def seal(
        self,
        dossier: str,
        clerk: Clerk,
        signer: Signer,
        *,
        stamp: bool = True,
        as_scanned: bool = False,
    ) -> Iterator[Event]:
        """Make, sign, verify, pack and queue; afterwards nothing in the dossier changes.

        With `as_scanned` the clerk declares the usual account of all paper that has none yet.
        """
        signature = Signature(signer, stamped=clerk.name if stamp else None)
        held = self._held
        with held.room() as scratch, held.workspace.holding(dossier) as holder:
            self._must_be_ready(holder, clerk, as_scanned)
            row = held.queued(holder.dossier.id)
            if row is None:
                pieces = yield from pieces_of(self._parts.documents, holder, scratch, signature)
                row = self._queue(holder, clerk, pieces)
            holder.record(Sealed(row.package, row.sha256, row.sequence), clerk.id)
            yield DossierQueued(row=row)

    def _must_be_ready(self, holder: Holder, clerk: Clerk, as_scanned: bool) -> None:
        demand = self._parts.settings.account
        if as_scanned and holder.dossier.state is State.OPEN:
            for component, account in accounts_as_scanned(holder.dossier, demand).items():
                holder.record(AccountGiven(component, account), clerk.id)
        sealing.must_be_ready(holder.dossier, holder.entries(), clerk, demand)

    def export(self, dossier: str, folder: Path) -> Iterator[Event]:
        """The component files as sealed, or unsigned as an open dossier stands."""
        durable.make_folder(folder)
        with self._held.work_on(dossier) as (holder, scratch):
            if holder.dossier.package:
                yield from extract(self._held.outbox.target(holder.dossier.package), folder)
                return
            pieces = yield from pieces_of(self._parts.documents, holder, scratch, None)
            for name, piece in zip(sealing.bag_names(holder.dossier, pieces), pieces, strict=True):
                target, signed = folder / Path(name).name, bool(piece.signatures)
                durable.publish_file(piece.path, target)
                yield FileWritten(path=target, pages=piece.pages, signed=signed)

    def _queue(self, holder: Holder, clerk: Clerk, pieces: Sequence[Piece]) -> QueueRow:
        parts, outbox = self._parts, self._held.outbox
        with outbox.sealing(read_package) as turn:
            facts = (parts.clock.now(), turn.sequence, turn.previous)
            origin = origin_of(parts.settings, clerk, *facts)
            return packed(holder, pieces, origin, outbox, parts.station)
