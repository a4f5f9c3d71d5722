"""A dossier as the fold of its acts; pure, so undo is a fold without the undone acts."""

from collections.abc import Iterable, Mapping, Sequence
from typing import TypeVar

import msgspec

from scanstation.model.acts import (
    UNDOABLE,
    AccountGiven,
    AttachmentAdded,
    Entry,
    Expunged,
    FieldSet,
    Opened,
    PageAdded,
    PageMoved,
    PageRemoved,
    PageReplaced,
    PageRotated,
    PagesGiven,
    PagesMoved,
    PagesTaken,
    Parked,
    Redone,
    Resumed,
    Sealed,
    Undone,
    Withdrawn,
    subjects,
)
from scanstation.model.arrange import PagesJoined, PagesOrdered, arranged
from scanstation.model.dossier import Dossier, Expunction, FieldValue, Page, State
from scanstation.model.expunge import is_destroyed
from scanstation.model.removal import ExpungeReason, Removal, classified

GIVEN = "chuyển sang hồ sơ"
"""Reason of the tombstone of a page that another dossier took, before that dossier's id."""
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
            dossier = _apply(dossier, entry)
    return _with(dossier, acts=entries[-1].number)


def advanced(dossier: Dossier, entries: Sequence[Entry], entry: Entry) -> Dossier:
    """What `fold((*entries, entry))` says, where `dossier` is what `fold(entries)` said.

    One act is applied, whatever the length of the journal; only undo and redo fold it anew.
    """
    if isinstance(entry.act, Undone | Redone):
        return fold((*entries, entry))
    return _with(_apply(dossier, entry), acts=entry.number)


def complete_since(entries: Sequence[Entry]) -> str:
    """`at` of the act since which nothing required was missing; empty while something is."""
    undone, since = undone_numbers(entries), ""
    dossier = fold(entries[:1])
    for entry in entries:
        if entry.number not in undone:
            dossier = _apply(dossier, entry)
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
    """What undo and redo would take next, last first: a new act buries all that was undone.

    Acts on nothing but destroyed pages are dead: neither undo nor redo finds them.
    """
    done: list[Entry] = []
    undone: list[Entry] = []
    gone: dict[str, ExpungeReason] = {}
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
            case Expunged():
                gone[entry.act.page] = entry.act.reason
                done = [one for one in done if not _is_dead(one, gone)]
                undone = [one for one in undone if not _is_dead(one, gone)]
            case AttachmentAdded(attachment) if attachment.kept_for:
                pass  # it comes and goes with its pages
            case act if isinstance(act, UNDOABLE):
                done.append(entry)
                undone = []
            case _:
                pass
    return done, undone


def _is_dead(entry: Entry, gone: Mapping[str, ExpungeReason]) -> bool:
    if isinstance(entry.act, FieldSet):
        return is_destroyed(entry.act.page, gone)
    about = subjects(entry.act)
    return bool(about) and about <= gone.keys()


def _apply(dossier: Dossier, entry: Entry) -> Dossier:
    act = entry.act
    match act:
        case Parked(reason):
            return _with(dossier, state=State.PARKED, reason=reason)
        case Resumed():
            return _with(dossier, state=State.OPEN, reason="")
        case Sealed(package):
            return _with(dossier, state=State.SEALED, package=package, reason="")
        case Withdrawn(reason):
            return _with(dossier, state=State.WITHDRAWN, reason=reason)
        case AccountGiven(component, account):
            return _with(dossier, accounts=dossier.accounts | {component: account})
        case FieldSet():
            return _with(dossier, fields=_set(dossier.fields, act, entry))
        case Expunged():
            return _expunged(dossier, act, entry)
        case _:
            return _apply_to_pages(dossier, entry)


def _apply_to_pages(dossier: Dossier, entry: Entry) -> Dossier:
    match entry.act:
        case PageAdded(page):
            return _with(dossier, pages=(*dossier.pages, page))
        case AttachmentAdded(attachment):
            return _with(dossier, attachments=(*dossier.attachments, attachment))
        case PageMoved(page, component, position):
            return _moved(dossier, (page,), component, position)
        case PagesMoved(pages, component, position):
            return _moved(dossier, pages, component, position)
        case PageRotated(page, degrees):
            return _with(dossier, pages=_rotated(dossier.pages, page, degrees))
        case PageRemoved(page, reason):
            return _removed(dossier, (page,), reason, classified(reason), entry.clerk)
        case PageReplaced(page, reason):
            return _replaced(dossier, page, reason, entry.clerk)
        case PagesOrdered() | PagesJoined():
            return _with(dossier, pages=arranged(dossier.pages, entry.act))
        case PagesTaken() as taken:
            return _with(
                dossier,
                pages=(*dossier.pages, *taken.pages),
                attachments=(*dossier.attachments, *taken.attachments),
            )
        case PagesGiven(pages, target):
            return _removed(dossier, pages, f"{GIVEN} {target}", Removal.MOVED, entry.clerk)
        case _:
            return dossier


def _with(value: _Struct, **changes: object) -> _Struct:
    return msgspec.structs.replace(value, **changes)


def _moved(dossier: Dossier, ids: Sequence[str], component: str, position: int) -> Dossier:
    known = {page.id: page for page in dossier.pages}
    moving = [_with(known[one], component=component) for one in ids if one in known]
    rest = [page for page in dossier.pages if page.id not in ids]
    beside = [place for place, page in enumerate(rest) if page.component == component]
    where = beside[position] if 0 <= position < len(beside) else len(rest)
    attachments = tuple(
        _with(one, component=component) if one.id in ids and not one.removed else one
        for one in dossier.attachments
    )
    pages = (*rest[:where], *moving, *rest[where:])
    return _with(dossier, pages=pages, attachments=attachments)


def _rotated(pages: tuple[Page, ...], page_id: str, degrees: int) -> tuple[Page, ...]:
    return tuple(
        _with(page, rotation=(page.rotation + degrees) % 360) if page.id == page_id else page
        for page in pages
    )


def _removed(
    dossier: Dossier, ids: Sequence[str], reason: str, kind: Removal, clerk: str
) -> Dossier:
    facts = {"removed": reason, "removed_as": kind, "removed_by": clerk}
    gone = tuple(_with(page, **facts) for page in dossier.pages if page.id in ids)
    return _with(
        dossier,
        pages=tuple(page for page in dossier.pages if page.id not in ids),
        tombstones=(*dossier.tombstones, *gone),
        attachments=tuple(
            _with(one, **facts) if one.id in ids and not one.removed else one
            for one in dossier.attachments
        ),
    )


def _replaced(dossier: Dossier, fresh: Page, reason: str, clerk: str) -> Dossier:
    facts = {"removed": reason, "removed_as": Removal.RESCANNED, "removed_by": clerk}
    gone = tuple(_with(page, **facts) for page in dossier.pages if page.id == fresh.replaces)
    for old in gone:
        fresh = _with(fresh, part=old.part, parts=old.parts)
    return _with(
        dossier,
        pages=tuple(fresh if page.id == fresh.replaces else page for page in dossier.pages),
        tombstones=(*dossier.tombstones, *gone),
    )


def _set(fields: Mapping[str, FieldValue], act: FieldSet, entry: Entry) -> dict[str, FieldValue]:
    rest = {name: one for name, one in fields.items() if name != act.field}
    if not act.value:
        return rest
    return rest | {
        act.field: FieldValue(
            value=act.value,
            confirmed=act.confirmed,
            page=act.page,
            box=act.box,
            clerk=entry.clerk,
            at=entry.at,
        )
    }


def _expunged(dossier: Dossier, act: Expunged, entry: Entry) -> Dossier:
    left = Expunction(
        page=act.page,
        component=act.component,
        reason=act.reason,
        note=act.note,
        clerk=entry.clerk,
        at=entry.at,
    )
    gone = {act.page: act.reason}
    fields = {name: one for name, one in dossier.fields.items() if not is_destroyed(one.page, gone)}
    return _with(
        dossier,
        pages=tuple(page for page in dossier.pages if page.id != act.page),
        tombstones=tuple(page for page in dossier.tombstones if page.id != act.page),
        attachments=tuple(one for one in dossier.attachments if one.id != act.page),
        fields=fields,
        expunged=(*dossier.expunged, left),
    )
