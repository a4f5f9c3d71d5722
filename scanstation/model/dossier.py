"""A dossier as the fold of what clerks did to it; pure, so undo is a fold without the undone acts.

An act is never changed or dropped: a removed page stays as a tombstone with its reason.
"""

from collections.abc import Iterable, Sequence
from enum import StrEnum
from typing import TypeVar

import msgspec

from scanstation.model.page import Mode
from scanstation.model.profile import Component, Procedure, Treatment

_Struct = TypeVar("_Struct", bound=msgspec.Struct)


class State(StrEnum):
    """Where a dossier stands at the station."""

    OPEN = "open"
    PARKED = "parked"
    SEALED = "sealed"
    WITHDRAWN = "withdrawn"


UNSEALED = (State.OPEN, State.PARKED)


class Page(msgspec.Struct, frozen=True, kw_only=True):
    """A durable page of a dossier: its untouched original and where it belongs."""

    id: str
    sha256: str
    """Of the stored original file; also its name in the workspace, with `suffix`."""
    suffix: str
    """".png", ".jpg", ".tif": how the original is stored."""
    component: str
    width: int
    height: int
    dpi: float
    """0 when the scale is unknown (a phone photo)."""
    mode: Mode
    source: str = ""
    rotation: int = 0
    """Clockwise quarter turns asked by the clerk: 0, 90, 180 or 270 degrees."""
    removed: str = ""
    """Reason of the tombstone; empty while the page stands."""
    replaces: str = ""
    """Id of the page it was scanned again for."""
    warnings: tuple[str, ...] = ()
    treatment: Treatment = Treatment()
    taken_from: str = ""
    """SHA-256 of the kept PDF it is a page of, when that has text of its own."""
    taken_page: int = 0
    """1 for the first."""


class Attachment(msgspec.Struct, frozen=True, kw_only=True):
    """A PDF a citizen brought, kept byte for byte: signed, or the source of pages."""

    id: str
    sha256: str
    component: str
    name: str
    pages: int
    signatures: int
    removed: str = ""
    kept_for: str = ""
    """Empty: it is the component itself. "source": its pages were taken into the dossier, and it
    travels beside them. "text": the same, but it only lends its text and stays at the station."""


class Opened(msgspec.Struct, frozen=True, tag="opened", kw_only=True):
    dossier: str
    procedure: Procedure
    applicant: str = ""
    demo: bool = False


class PageAdded(msgspec.Struct, frozen=True, tag="page-added"):
    page: Page


class AttachmentAdded(msgspec.Struct, frozen=True, tag="attachment-added"):
    attachment: Attachment


class PageMoved(msgspec.Struct, frozen=True, tag="page-moved"):
    page: str
    component: str
    position: int
    """0-based place among the component's standing pages; past the end appends."""


class PageRotated(msgspec.Struct, frozen=True, tag="page-rotated"):
    page: str
    degrees: int
    """Clockwise, a multiple of 90, added to what stands."""


class PageRemoved(msgspec.Struct, frozen=True, tag="page-removed"):
    page: str
    """Id of a page or an attachment."""
    reason: str


class PageReplaced(msgspec.Struct, frozen=True, tag="page-replaced"):
    page: Page
    """Its `replaces` names the page whose place it takes."""
    reason: str


class Parked(msgspec.Struct, frozen=True, tag="parked"):
    reason: str


class Resumed(msgspec.Struct, frozen=True, tag="resumed"):
    pass


class Sealed(msgspec.Struct, frozen=True, tag="sealed"):
    package: str
    sha256: str
    sequence: int


class Withdrawn(msgspec.Struct, frozen=True, tag="withdrawn"):
    reason: str


class Undone(msgspec.Struct, frozen=True, tag="undone"):
    number: int


class Redone(msgspec.Struct, frozen=True, tag="redone"):
    number: int


Act = (
    Opened
    | PageAdded
    | AttachmentAdded
    | PageMoved
    | PageRotated
    | PageRemoved
    | PageReplaced
    | Parked
    | Resumed
    | Sealed
    | Withdrawn
    | Undone
    | Redone
)
SOURCE, TEXT = "source", "text"
"""What an attachment may be kept for, other than for itself."""
UNDOABLE = (PageAdded, AttachmentAdded, PageMoved, PageRotated, PageRemoved, PageReplaced)


class Entry(msgspec.Struct, frozen=True, kw_only=True):
    """One act in a dossier's journal."""

    version: int = 1
    number: int
    """1, 2, 3 … without a gap."""
    at: str
    """ISO 8601, the station's clock; for people, never for order."""
    clerk: str
    act: Act


class Dossier(msgspec.Struct, frozen=True, kw_only=True):
    """What stands after all acts that were not undone."""

    id: str
    procedure: Procedure
    applicant: str
    opened_at: str
    opened_by: str
    demo: bool = False
    state: State = State.OPEN
    reason: str = ""
    """Why it is parked or withdrawn."""
    pages: tuple[Page, ...] = ()
    """Standing pages; the order within a component is the paper's order."""
    tombstones: tuple[Page, ...] = ()
    attachments: tuple[Attachment, ...] = ()
    package: str = ""
    acts: int = 0
    """Number of the last journal entry."""

    def of(self, component: str) -> tuple[Page, ...]:
        """Standing pages of a component in order."""
        return tuple(page for page in self.pages if page.component == component)

    def attached(self, component: str) -> tuple[Attachment, ...]:
        """Standing attachments of a component in order of arrival."""
        return tuple(
            one
            for one in self.attachments
            if one.component == component and not one.removed and not one.kept_for
        )

    def sources(self, component: str) -> tuple[Attachment, ...]:
        """Born-digital PDFs that came for a component, while a page taken from them stands."""
        taken = {page.taken_from for page in self.pages}
        return tuple(
            one
            for one in self.attachments
            if one.component == component
            and not one.removed
            and one.kept_for == SOURCE
            and one.sha256 in taken
        )

    def page(self, page_id: str) -> Page | None:
        """The standing page with that id or unambiguous id ending, or None."""
        found = [page for page in self.pages if page.id.endswith(page_id)]
        return found[0] if page_id and len(found) == 1 else None

    @property
    def missing(self) -> tuple[Component, ...]:
        """Required components to be scanned that have neither page nor attachment."""
        return tuple(
            one
            for one in self.procedure.components
            if one.required and one.scan and not self.of(one.id) and not self.attached(one.id)
        )


def fold(entries: Sequence[Entry]) -> Dossier:
    """The dossier after `entries`; the first must hold Opened (ValueError otherwise)."""
    if not entries or not isinstance(entries[0].act, Opened):
        raise ValueError("a journal begins with opened")
    undone = undone_numbers(entries)
    first = entries[0].act
    dossier = Dossier(
        id=first.dossier,
        procedure=first.procedure,
        applicant=first.applicant,
        demo=first.demo,
        opened_at=entries[0].at,
        opened_by=entries[0].clerk,
    )
    for entry in entries[1:]:
        if entry.number not in undone:
            dossier = _apply(dossier, entry.act)
    return _with(dossier, acts=entries[-1].number)


def complete_since(entries: Sequence[Entry]) -> str:
    """`at` of the act since which nothing required was missing; empty while something is."""
    undone, since = undone_numbers(entries), ""
    dossier = fold(entries[:1])
    for entry in entries:
        if entry.number not in undone:
            dossier = _apply(dossier, entry.act)
            since = "" if dossier.missing else since or entry.at
    return since


def undone_numbers(entries: Iterable[Entry]) -> set[int]:
    """Numbers of the acts that are undone and not redone."""
    undone: set[int] = set()
    for entry in entries:
        if isinstance(entry.act, Undone):
            undone.add(entry.act.number)
        elif isinstance(entry.act, Redone):
            undone.discard(entry.act.number)
    return undone


def next_undo(entries: Sequence[Entry]) -> Entry | None:
    """The latest act that can be undone now, or None."""
    done, _ = _undo_stacks(entries)
    return done[-1] if done else None


def next_redo(entries: Sequence[Entry]) -> Entry | None:
    """The earliest undone act no newer act has buried, or None."""
    _, undone = _undo_stacks(entries)
    return undone[-1] if undone else None


def _undo_stacks(entries: Iterable[Entry]) -> tuple[list[Entry], list[Entry]]:
    """What undo and redo would take next, last first: a new act buries all that was undone."""
    done: list[Entry] = []
    undone: list[Entry] = []
    for entry in entries:
        match entry.act:
            case Undone(number):
                undone += [one for one in done if one.number == number]
                done = [one for one in done if one.number != number]
            case Redone(number):
                done += [one for one in undone if one.number == number]
                undone = [one for one in undone if one.number != number]
            case Sealed():
                done, undone = [], []
            case AttachmentAdded(attachment) if attachment.kept_for:
                pass  # it comes and goes with its pages
            case act if isinstance(act, UNDOABLE):
                done.append(entry)
                undone = []
            case _:
                pass
    return done, undone


def _apply(dossier: Dossier, act: Act) -> Dossier:
    match act:
        case PageAdded(page):
            return _with(dossier, pages=(*dossier.pages, page))
        case AttachmentAdded(attachment):
            return _with(dossier, attachments=(*dossier.attachments, attachment))
        case PageMoved(page, component, position):
            return _with(dossier, pages=_moved(dossier.pages, page, component, position))
        case PageRotated(page, degrees):
            return _with(dossier, pages=_rotated(dossier.pages, page, degrees))
        case PageRemoved(page, reason):
            return _removed(dossier, page, reason)
        case PageReplaced(page, reason):
            return _replaced(dossier, page, reason)
        case Parked(reason):
            return _with(dossier, state=State.PARKED, reason=reason)
        case Resumed():
            return _with(dossier, state=State.OPEN, reason="")
        case Sealed(package):
            return _with(dossier, state=State.SEALED, package=package, reason="")
        case Withdrawn(reason):
            return _with(dossier, state=State.WITHDRAWN, reason=reason)
        case _:
            return dossier


def _with(value: _Struct, **changes: object) -> _Struct:
    return msgspec.structs.replace(value, **changes)


def _moved(
    pages: tuple[Page, ...], page_id: str, component: str, position: int
) -> tuple[Page, ...]:
    moving = [page for page in pages if page.id == page_id]
    rest = [page for page in pages if page.id != page_id]
    if not moving:
        return pages
    beside = [place for place, page in enumerate(rest) if page.component == component]
    where = beside[position] if 0 <= position < len(beside) else len(rest)
    rest.insert(where, _with(moving[0], component=component))
    return tuple(rest)


def _rotated(pages: tuple[Page, ...], page_id: str, degrees: int) -> tuple[Page, ...]:
    return tuple(
        _with(page, rotation=(page.rotation + degrees) % 360) if page.id == page_id else page
        for page in pages
    )


def _removed(dossier: Dossier, page_id: str, reason: str) -> Dossier:
    gone = tuple(_with(page, removed=reason) for page in dossier.pages if page.id == page_id)
    return _with(
        dossier,
        pages=tuple(page for page in dossier.pages if page.id != page_id),
        tombstones=(*dossier.tombstones, *gone),
        attachments=tuple(
            _with(one, removed=reason) if one.id == page_id else one for one in dossier.attachments
        ),
    )


def _replaced(dossier: Dossier, fresh: Page, reason: str) -> Dossier:
    gone = tuple(_with(page, removed=reason) for page in dossier.pages if page.id == fresh.replaces)
    return _with(
        dossier,
        pages=tuple(fresh if page.id == fresh.replaces else page for page in dossier.pages),
        tombstones=(*dossier.tombstones, *gone),
    )
