"""A damaged journal made anew: what can be read before the damage, then the pages themselves.

The damaged journal is kept beside the new one and nothing is deleted. Pages behind the damage come
back in the order in which they were stored, also ones that had been removed: a person compares
them with the paper. It refuses to touch a journal that can be read.
"""

import re
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from mmap import ACCESS_READ, mmap
from pathlib import Path

import msgspec

from scanstation import durable, errors
from scanstation.i18n import _, mark
from scanstation.model.acts import (
    Act,
    AttachmentAdded,
    Entry,
    Opened,
    PageAdded,
    Rebuilt,
    brought,
)
from scanstation.model.clock import iso_vietnam, new_id
from scanstation.model.dossier import SOURCE, Attachment, Page
from scanstation.model.profile import Procedure
from scanstation.ownership import sole_owner
from scanstation.workspace import journal
from scanstation.workspace.expunging import DAMAGED, JOURNAL, ORIGINALS
from scanstation.workspace.originals import PDF, name_of, names_in, seen

NEW = "journal-new"
"""Whole as soon as there is no other journal: the last step of a mending is to rename it."""
_ORIGINAL = re.compile(r"[0-9a-f]{64}\.\w+")
Brought = tuple[str, str, Act]
"""When, by whom, and the act that brings a page or attachment."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Mended:
    """What became of a damaged journal."""

    dossier: str
    kept: int
    """Entries before the damage."""
    pages: int
    """Pages and attachments found again behind it."""
    damaged: Path
    """Where the damaged journal is kept."""


def mend(folder: Path, at: str, clerk_id: str, procedure: Procedure | None) -> Mended:
    """Make the journal of the dossier in `folder` anew; its lock is the caller's.

    A stop at any point leaves the damaged journal or the new one, whole.
    """
    old, new = folder / JOURNAL, folder / NEW
    _finish(folder)
    if old.is_dir():
        _must_be_unreadable(old, folder.name)
    kept = list(_whole_entries(old)) or [_first(folder.name, at, clerk_id, procedure)]
    brought = [*_brought(folder, kept, at, clerk_id)]
    damaged = folder / f"{DAMAGED}-{len(list(folder.glob(f'{DAMAGED}-*'))) + 1}"
    note = Rebuilt(damaged=damaged.name, kept=len(kept), pages=len(brought))
    _write(new, kept, [*brought, (at, clerk_id, note)])
    if old.exists():
        _rename(old, damaged)
    _rename(new, old)
    return Mended(dossier=folder.name, kept=len(kept), pages=len(brought), damaged=damaged)


def finish(folder: Path, lock: Path) -> None:
    """Complete a mending that a stop cut short between its two renames, unless somebody is at it.

    Raises StorageError.
    """
    if (folder / NEW).is_dir() and not (folder / JOURNAL).exists():
        with suppress(errors.InUse), sole_owner(lock, folder.name, looking=True):
            _finish(folder)


def _finish(folder: Path) -> None:
    if (folder / NEW).is_dir() and not (folder / JOURNAL).exists():
        _rename(folder / NEW, folder / JOURNAL)


def _must_be_unreadable(old: Path, dossier: str) -> None:
    try:
        journal.folded(old, dossier)
    except errors.StoreNewer:
        raise
    except errors.StorageError:
        return
    raise errors.WrongState(
        dossier=dossier, state=_("readable"), act=_(mark("rebuild its journal"))
    )


def _whole_entries(old: Path) -> Iterator[Entry]:
    """The entries before the first that is missing or unreadable."""
    number = 0
    while (old / f"{number + 1:06d}.json").exists():
        number += 1
        entry = _decoded(old / f"{number:06d}.json")
        if entry is None or entry.number != number:
            return
        if number == 1 and not _opens(entry, old.parent.name):
            return
        yield entry


def _opens(entry: Entry, dossier: str) -> bool:
    return isinstance(entry.act, Opened) and entry.act.dossier == dossier


def _decoded(path: Path) -> Entry | None:
    try:
        return msgspec.json.decode(path.read_bytes(), type=Entry)
    except (OSError, msgspec.DecodeError, UnicodeDecodeError):
        return None


def _first(dossier: str, at: str, clerk_id: str, procedure: Procedure | None) -> Entry:
    if procedure is None:
        detail = _("even the first entry of the journal is gone: name the procedure of the dossier")
        raise errors.UsageError(detail=detail)
    act = Opened(dossier=dossier, procedure=procedure)
    return Entry(version=journal.VERSION, number=1, at=at, clerk=clerk_id, act=act)


# --- the pages behind the damage --------------------------------------------------------------


def _brought(folder: Path, kept: list[Entry], at: str, clerk_id: str) -> Iterator[Brought]:
    """What the originals no kept entry speaks of were, in the order in which they were stored."""
    known = {name for entry in kept for name in names_in(entry.act)}
    told = _told_behind(folder / JOURNAL)
    first = kept[0].act
    component = first.procedure.components[0].id if isinstance(first, Opened) else ""
    paths = [path for path in (folder / ORIGINALS).glob("*") if _ORIGINAL.fullmatch(path.name)]
    for path in sorted(paths, key=lambda path: (path.stat().st_mtime_ns, path.name)):
        if path.name in known:
            continue
        if path.name in told:
            yield told[path.name]
        elif act := _looked_at(path, component):
            yield at, clerk_id, act


def _told_behind(old: Path) -> dict[str, Brought]:
    """By file name: what entries that can still be read say of the originals."""
    told: dict[str, Brought] = {}
    for path in sorted(old.glob("[0-9]*.json")):
        if (entry := _decoded(path)) is None:
            continue
        for one in brought(entry.act):
            alone = msgspec.structs.replace(one, replaces="") if isinstance(one, Page) else one
            act = PageAdded(alone) if isinstance(alone, Page) else AttachmentAdded(alone)
            told[name_of(one)] = (entry.at, entry.clerk, act)
    return told


def _looked_at(path: Path, component: str) -> Act | None:
    """What an original is by its own bytes; None when it cannot be read at all."""
    stored = datetime.fromtimestamp(path.stat().st_mtime).astimezone()
    identity = new_id(stored)
    if path.suffix == PDF:
        signed = _is_signed(path)
        return AttachmentAdded(
            Attachment(
                id=identity,
                sha256=path.stem,
                component=component,
                name=f"{iso_vietnam(stored)}{PDF}",
                pages=1,
                signatures=int(signed),
                kept_for="" if signed else SOURCE,
            )
        )
    image = seen(path)
    if image is None:
        return None
    page = Page(
        id=identity,
        sha256=path.stem,
        component=component,
        suffix=path.suffix,
        width=image.width,
        height=image.height,
        dpi=round(image.dpi),
        mode=image.mode,
    )
    return PageAdded(page)


def _is_signed(path: Path) -> bool:
    """Whether a PDF has a signature's byte range, which is never compressed (ISO 32000-1 12.8).

    The station keeps unsigned ones only for the pages that were taken from them.
    """
    try:
        with path.open("rb") as stream, mmap(stream.fileno(), 0, access=ACCESS_READ) as data:
            return data.find(b"/ByteRange") >= 0
    except (OSError, ValueError):  # unreadable, or empty: a clerk shall see it
        return True


# --- the new journal --------------------------------------------------------------------------


def _write(new: Path, kept: list[Entry], more: list[Brought]) -> None:
    for left in new.glob("*") if new.is_dir() else ():
        left.unlink()  # of a mending that was cut short: it is being made anew
    durable.make_folder(new)
    for entry in kept:
        journal.append(new, entry)
    for number, (at, clerk, act) in enumerate(more, start=len(kept) + 1):
        entry = Entry(version=journal.VERSION, number=number, at=at, clerk=clerk, act=act)
        journal.append(new, entry)


def _rename(source: Path, target: Path) -> None:
    try:
        source.rename(target)
    except OSError as fault:
        raise durable.storage_fault(source, fault) from fault
    durable.sync_folder(target.parent)
