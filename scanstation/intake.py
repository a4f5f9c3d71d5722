"""The first story: paper becomes a sealed package in the outbox.

Scan or import pages into a dossier; when the checklist adds up, make one signed PDF/A per
component, pack them with their history and put the package into the outbox. A fault at any line
leaves the dossier open with every announced page; nothing is queued that was not verified here.
"""

from collections.abc import Callable, Generator, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

import msgspec

from scanstation import durable, errors
from scanstation.document import Documents, Signature, order_for, piece_of
from scanstation.i18n import shown
from scanstation.model import sealing
from scanstation.model.clock import Clock
from scanstation.model.delivery import QueueRow
from scanstation.model.dossier import UNSEALED, Act, Dossier, Page, Sealed, complete_since
from scanstation.model.events import (
    DossierQueued,
    Event,
    FileWritten,
    PageSaved,
    PageScanned,
    PdfAttached,
)
from scanstation.model.page import PageFile, PageOrder, WorkedPage
from scanstation.model.profile import Clerk, Procedure, ScanProfile, StationSettings, Treatment
from scanstation.model.sealing import Piece, origin_of
from scanstation.model.signing import Signer, StationSigner
from scanstation.outbox.folder import Outbox
from scanstation.ownership import passing_folder
from scanstation.package.read import extract, read_package
from scanstation.package.write import write_package
from scanstation.scanner import ScanDriver
from scanstation.workspace.store import Holder, Workspace, require_space


@dataclass(frozen=True)
class Parts:
    """What bootstrap hands to the story: one backend for every seam."""

    settings: StationSettings
    workspace: Workspace
    outbox: Outbox
    documents: Documents
    driver: Callable[[ScanProfile], AbstractContextManager[ScanDriver]]
    station: StationSigner
    scratch: Path
    clock: Clock


class Intake:
    """Paper -> sealed package. Every act names its clerk; every verb is safe to interrupt."""

    def __init__(self, parts: Parts) -> None:
        self._parts = parts

    # --- a dossier and its pages --------------------------------------------------------------

    def open(self, procedure: Procedure, applicant: str, clerk: Clerk) -> Dossier:
        """A new dossier with the procedure's checklist."""
        demo = self._parts.settings.demo
        return self._parts.workspace.open_dossier(procedure, clerk.id, applicant, demo=demo)

    def dossiers(self) -> tuple[Dossier, ...]:
        """All readable dossiers of the station, oldest first."""
        return self._parts.workspace.dossiers()

    def dossier(self, wanted: str) -> Dossier:
        """The dossier with that id or unambiguous id ending."""
        return self._parts.workspace.dossier(wanted)

    def complete_since(self, dossier: str) -> str:
        """ISO 8601 time at which the checklist became complete; empty while it is not."""
        return complete_since(self._parts.workspace.looking_at(dossier).entries())

    def scan(
        self, dossier: str, component: str, profile: ScanProfile, clerk: Clerk, replaces: str = ""
    ) -> Iterator[Event]:
        """Scan into a component; PageSaved means the page survives a power cut."""
        with self._work_on(dossier) as (holder, scratch), self._parts.driver(profile) as driver:
            for event in driver.scan(profile, scratch):
                if isinstance(event, PageScanned):
                    adopt = (component, event.page, clerk, profile.treatment, replaces)
                    yield self._adopt(holder, *adopt)
                    if replaces:
                        return
                else:
                    yield event

    def take(
        self, dossier: str, component: str, inputs: Sequence[Path], clerk: Clerk, replaces: str = ""
    ) -> Iterator[Event]:
        """Import images and PDFs; an already signed PDF is kept byte for byte."""
        with self._work_on(dossier) as (holder, scratch):
            for path in inputs:
                found = self._parts.documents.look(path)
                if found and found.signatures and not replaces:
                    facts = (shown(path.name), found.pages, found.signatures)
                    yield PdfAttached(holder.attach(path, component, clerk.id, *facts))
                    continue
                for page in self._parts.documents.pages_of(path, scratch, single=bool(replaces)):
                    yield self._adopt(holder, component, page, clerk, Treatment(), replaces)

    def _adopt(
        self,
        holder: Holder,
        component: str,
        scanned: PageFile,
        clerk: Clerk,
        treatment: Treatment,
        replaces: str,
    ) -> PageSaved:
        page = holder.adopt(scanned, component, clerk.id, treatment=treatment, replaces=replaces)
        scanned.path.unlink(missing_ok=True)
        self._parts.documents.pages.begin(_order(holder, page))
        return PageSaved(page=page, position=len(holder.dossier.of(page.component)))

    def worked(self, dossier: str) -> Mapping[str, WorkedPage]:
        """Standing pages by id that page work has finished; starts the others, waits for none."""
        view = self._parts.workspace.looking_at(dossier)
        peek = self._parts.documents.pages.peek
        found = ((page.id, peek(_order(view, page))) for page in view.dossier.pages)
        return {page: worked for page, worked in found if worked is not None}

    def record(self, dossier: str, act: Act, clerk: Clerk) -> Dossier:
        """Do one act: move, rotate, remove, park, resume, withdraw."""
        with self._holding(dossier) as holder:
            return holder.record(act, clerk.id)

    def undo(self, dossier: str, clerk: Clerk) -> Dossier:
        """Take back the latest act, also one from before a restart."""
        with self._holding(dossier) as holder:
            return holder.undo(clerk.id)

    def redo(self, dossier: str, clerk: Clerk) -> Dossier:
        """Do again what was undone last."""
        with self._holding(dossier) as holder:
            return holder.redo(clerk.id)

    # --- sealing ------------------------------------------------------------------------------

    def seal(
        self, dossier: str, clerk: Clerk, signer: Signer, *, stamp: bool = True
    ) -> Iterator[Event]:
        """Make, sign, verify, pack and queue; afterwards nothing in the dossier changes."""
        signature = Signature(signer, stamped=clerk.name if stamp else None)
        with self._room() as scratch, self._parts.workspace.holding(dossier) as holder:
            sealing.must_be_ready(holder.dossier, holder.entries(), clerk)
            row = self._queued(holder.dossier.id)
            if row is None:
                pieces = yield from self._pieces(holder, scratch, signature)
                row = self._queue(holder, clerk, pieces)
            holder.record(Sealed(row.package, row.sha256, row.sequence), clerk.id)
            yield DossierQueued(row=row)

    def export(self, dossier: str, folder: Path) -> Iterator[Event]:
        """The component files as sealed, or unsigned as an open dossier stands."""
        durable.make_folder(folder)
        with self._work_on(dossier) as (holder, scratch):
            if holder.dossier.package:
                yield from extract(self._parts.outbox.target(holder.dossier.package), folder)
                return
            pieces = yield from self._pieces(holder, scratch, None)
            for name, piece in zip(sealing.bag_names(holder.dossier, pieces), pieces, strict=True):
                target, signed = folder / Path(name).name, bool(piece.signatures)
                durable.publish_file(piece.path, target)
                yield FileWritten(path=target, pages=piece.pages, signed=signed)

    def _pieces(
        self, holder: Holder, scratch: Path, signature: Signature | None
    ) -> Generator[Event, None, list[Piece]]:
        pieces: list[Piece] = []
        for component in holder.dossier.procedure.components:
            if pages := holder.dossier.of(component.id):
                orders = [_order(holder, page) for page in pages]
                target = scratch / f"{component.id}.pdf"
                make = self._parts.documents.make(orders, component.title, target, signature)
                report = yield from make
                yield FileWritten(path=target, pages=len(pages), signed=signature is not None)
                pieces.append(piece_of(component.id, target, report, sealing.MADE))
            for kept, role in sealing.received(holder.dossier, component.id):
                path = holder.attachment(kept)
                found = self._parts.documents.report(path)
                pieces.append(piece_of(component.id, path, found, sealing.RECEIVED, role))
        return pieces

    def _queue(self, holder: Holder, clerk: Clerk, pieces: Sequence[Piece]) -> QueueRow:
        outbox, settings = self._parts.outbox, self._parts.settings
        instant = self._parts.clock.now()
        with outbox.sealing(read_package) as turn:
            origin = origin_of(settings, clerk, instant, turn.sequence, turn.previous)
            manifest = sealing.manifest_of(holder.dossier, pieces, origin)
            names = sealing.bag_names(holder.dossier, pieces)
            files = dict(zip(names, (piece.path for piece in pieces), strict=True))
            events = msgspec.json.format(msgspec.json.encode(holder.entries()))
            target = outbox.target(manifest.package)
            return outbox.admit(write_package(manifest, files, events, self._parts.station, target))

    def _queued(self, dossier: str) -> QueueRow | None:
        """Its package, also one that an unclean stop left in the folder unlisted."""
        self._parts.outbox.scan(read_package)
        return self._parts.outbox.of_dossier(dossier)

    def settle(self) -> tuple[Dossier, ...]:
        """After an unclean stop: mark dossiers sealed whose package already lies in the outbox."""
        self._parts.outbox.scan(read_package)
        queued = {row.dossier for row in self._parts.outbox.rows()}
        open_ones = (one for one in self.dossiers() if one.state in UNSEALED)
        unmarked = [one for one in open_ones if one.id in queued]
        for dossier in unmarked:
            with suppress(errors.InUse), self._holding(dossier.id):
                pass
        return tuple(unmarked)

    @contextmanager
    def _holding(self, dossier: str) -> Iterator[Holder]:
        """The dossier as its only owner, marked sealed first if a stop left it queued but open:
        otherwise a clerk could add pages that no package holds.
        """
        with self._parts.workspace.holding(dossier) as holder:
            one = holder.dossier
            if one.state in UNSEALED and (row := self._queued(one.id)):
                holder.record(Sealed(row.package, row.sha256, row.sequence), one.opened_by)
            yield holder

    @contextmanager
    def _work_on(self, dossier: str) -> Iterator[tuple[Holder, Path]]:
        """The dossier as its only owner, and a private scratch folder."""
        with self._room() as scratch, self._holding(dossier) as holder:
            yield holder, scratch

    @contextmanager
    def _room(self) -> Iterator[Path]:
        """A private scratch folder that is gone afterwards; errors.DiskFull without space."""
        require_space(self._parts.scratch, self._parts.settings.min_free_mb)
        with passing_folder(self._parts.scratch) as scratch:
            yield scratch


def _order(holder: Holder, page: Page) -> PageOrder:
    keeping = holder.dossier.procedure.keeping_of(page.component)
    folder = holder.cache(page, f"worked-{page.rotation}-{keeping}")  # no two ways share files
    facts = (page.dpi, page.rotation, page.treatment, keeping)
    return order_for(holder.original(page), *facts, folder, holder.taken(page))
