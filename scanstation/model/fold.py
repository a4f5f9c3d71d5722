"""A dossier as the fold of its acts; pure, so undo is a fold without the undone acts."""

from collections.abc import Iterable, Sequence
from typing import TypeVar

import msgspec

from scanstation.model.acts import (
    UNDOABLE,
    Act,
    AttachmentAdded,
    Entry,
    Opened,
    PageAdded,
    PageMoved,
    PageRemoved,
    PageReplaced,
    PageRotated,
    PagesTaken,
    Parked,
    Redone,
    Resumed,
    Sealed,
    Undone,
    Withdrawn,
)
from scanstation.model.dossier import Dossier, Page, State

_Struct = TypeVar("_Struct", bound=msgspec.Struct)


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
        supersedes=first.supersedes,
        corrects=first.corrects,
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
        case PagesTaken() as taken:
            return _with(
                dossier,
                pages=(*dossier.pages, *taken.pages),
                attachments=(*dossier.attachments, *taken.attachments),
            )
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
