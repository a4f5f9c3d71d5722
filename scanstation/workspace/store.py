"""All dossiers of a station under one root: opens, lists and holds them, and says what a stop left.

    root/workspace.json                    the store's version
    root/catalogue.sqlite                  the search index; derived, may be deleted at any time
    root/reserve                           room for journal entries on a full disk
    root/purged/<dossier id>.json          what stays of a purged dossier
    root/leaving/                          purged dossiers on their way out
    root/dossiers/<dossier id>/lock        owner's process; the kernel's lock on it is what counts
                              /journal/    000001.json, 000002.json …
                              /originals/  <sha256>.png, .jpg, .tif, .pdf
                              /cache/      derived; may be deleted at any time

It refuses a root of another account and a store from a newer version, and deletes nothing but
unfinished temporary files in a dossier it holds, and what a purge let leave.
"""

import os
import re
import shutil
import sqlite3
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

import msgspec

from scanstation import durable, errors, reserve
from scanstation.i18n import _
from scanstation.model.acts import Entry, Opened
from scanstation.model.clock import Clock, iso_vietnam, new_id
from scanstation.model.dossier import Dossier
from scanstation.model.listing import Indexed, Listed, Wanted, indexed
from scanstation.model.profile import Procedure
from scanstation.model.retention import Tombstone
from scanstation.ownership import left_by_the_dead, sole_owner
from scanstation.workspace import Recovered, Unreadable, journal, mending, rules, strays
from scanstation.workspace.catalogue import Catalogue
from scanstation.workspace.expunging import ASIDE
from scanstation.workspace.holder import JOURNAL, ORIGINALS, Holder
from scanstation.workspace.mending import Mended

__all__ = ["Holder", "Workspace", "require_space"]

VERSION = 1
_ABOUT = "workspace.json"
_DOSSIERS = "dossiers"
_CATALOGUE = "catalogue.sqlite"
_PURGED = "purged"
_LEAVING = "leaving"
_LOCK = "lock"
_ID = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}")


@dataclass(frozen=True, slots=True)
class Correction:
    """What a dossier is opened to correct."""

    package: str
    dossier: str
    reason: str


class _About(msgspec.Struct):
    schema: Literal["scanstation.workspace"]
    version: int


class Workspace:
    """The dossiers under `root`, which is created when missing.

    Raises NotYours, StoreNewer, StoreDamaged or StorageError.
    """

    def __init__(self, root: Path, clock: Clock) -> None:
        self._clock = clock
        self._root = durable.make_folder(root)
        _must_be_ours(root)
        _claim(root)
        self._dossiers = durable.make_folder(root / _DOSSIERS)
        self._catalogue = Catalogue(root / _CATALOGUE, self._dossiers, JOURNAL)

    def open_dossier(
        self,
        procedure: Procedure,
        clerk_id: str,
        applicant: str,
        demo: bool = False,
        correction: Correction | None = None,
    ) -> Dossier:
        """A new dossier with the procedure's checklist; durable when this returns."""
        rules.must_be_signed_in(clerk_id)
        instant = self._clock.now()
        dossier = new_id(instant)
        why = correction or Correction("", "", "")
        act = Opened(
            dossier=dossier,
            procedure=procedure,
            applicant=applicant,
            demo=demo,
            supersedes=why.package,
            corrects=why.dossier,
            reason=why.reason,
        )
        entry = Entry(
            version=journal.VERSION, number=1, at=iso_vietnam(instant), clerk=clerk_id, act=act
        )
        folder = durable.make_folder(self._dossiers / dossier / JOURNAL)
        journal.append(folder, entry)
        entries, result = journal.folded(folder, dossier)
        self._catalogue.note(indexed(result, entries))
        return result

    def listing(self, wanted: Wanted | None = None) -> tuple[Listed, ...]:
        """All readable dossiers as lines, or those that fit `wanted`, oldest first.

        From the catalogue, made true first; without one (a full disk) from the journals, and
        then UsageError for what only the catalogue can answer.
        """
        try:
            return self._catalogue.rows(self._line, wanted)
        except sqlite3.Error as fault:
            if wanted is not None:
                detail = _("the catalogue cannot be used now: {why}").format(why=fault)
                raise errors.UsageError(detail=detail) from fault
            known = (self._line(folder.name) for folder in self._folders())
            return tuple(one.line for one in known if one is not None)

    def rebuild_catalogue(self) -> int:
        """Make the search index anew; how many dossiers it holds. Raises StorageError."""
        try:
            return self._catalogue.rebuild(self._line)
        except sqlite3.Error as fault:
            path = self._root / _CATALOGUE
            raise errors.StorageError(path=path, problem=str(fault)) from fault

    def dossiers(self) -> tuple[Dossier, ...]:
        """All readable dossiers whole, oldest first, each from its journal: slow for many."""
        return tuple(one for one in self._survey() if isinstance(one, Dossier))

    def unreadable(self) -> tuple[Unreadable, ...]:
        """Dossiers that cannot be read, with the reason; they keep nobody from working."""
        return tuple(one for one in self._survey() if isinstance(one, Unreadable))

    def damaged(self) -> tuple[Unreadable, ...]:
        """As `unreadable`, but finished dossiers are believed to be as the catalogue has them."""
        try:
            doubtful = [line.id for line in self.listing() if line.unfinished]
            doubtful += self._catalogue.unreadable(self._line)
        except sqlite3.Error:
            return self.unreadable()
        folders = [self._dossiers / one for one in sorted(doubtful)]
        found = self._survey(folder for folder in folders if _was_opened(folder))
        return tuple(one for one in found if isinstance(one, Unreadable))

    def dossier(self, wanted: str) -> Dossier:
        """The dossier with that id or unambiguous id ending.

        Raises NoSuchThing; StoreDamaged or StoreNewer when it is there but cannot be read.
        """
        return _read(self._folder(wanted))[1]

    def looking_at(self, wanted: str) -> Holder:
        """The dossier to look at while somebody else may hold it; it refuses every act.

        Raises as `dossier`.
        """
        folder = self._folder(wanted)
        view = Holder(folder, self._clock)
        view.let_go()
        return view

    def with_original(self, name: str) -> tuple[str, ...]:
        """Ids of the dossiers in which a file of that name lies, by looking: no index is asked."""
        found = []
        for dossier in os.listdir(self._dossiers):  # noqa: PTH208 10,000 paths are 0.1 s
            places = (f"{self._dossiers}/{dossier}/{where}/{name}" for where in (ORIGINALS, ASIDE))
            if any(map(os.path.exists, places)):
                found.append(dossier)
        return tuple(found)

    @contextmanager
    def holding(self, wanted: str) -> Iterator[Holder]:
        """Own the dossier with that id or unambiguous id ending for the length of the block.

        Raises InUse naming the owner's process, and as `dossier`.
        """
        with self._hold(self._folder(wanted)) as holder:
            yield holder

    def recover(self) -> tuple[Recovered, ...]:
        """Every unfinished, readable dossier nobody holds, and what the last stop left of it.

        Changes nothing; see `damaged` for those that cannot be read.
        """
        found = []
        for line in self.listing():
            if line.unfinished:
                folder = self._dossiers / line.id
                in_work = left_by_the_dead(folder / _LOCK)
                with (
                    suppress(errors.InUse, errors.StoreDamaged, errors.StoreNewer),
                    sole_owner(folder / _LOCK, line.id, looking=True),
                ):
                    view = Holder(folder, self._clock)
                    view.let_go()
                    found.append(strays.recovered(view, folder / ORIGINALS, in_work=in_work))
        return tuple(found)

    # --- after a stop -------------------------------------------------------------------------

    def set_aside(self, wanted: str, original: str, clerk_id: str, reason: str) -> Path:
        """Move an original no entry speaks of out of the way, with who, when and why beside it.

        Raises NoSuchThing when it is no orphan of that dossier, and as `holding`.
        """
        rules.must_be_signed_in(clerk_id)
        with self.holding(wanted) as holder:
            folder = self._dossiers / holder.dossier.id
            one = strays.orphan_of(strays.recovered(holder, folder / ORIGINALS), original)
            note = strays.Aside(iso_vietnam(self._clock.now()), clerk_id, reason)
            return strays.put_aside(one, folder / ASIDE, note)

    def mend(self, wanted: str, clerk_id: str, procedure: Procedure | None) -> Mended:
        """Set a damaged journal aside and make a new one from what is left; deletes nothing.

        `procedure` is wanted only where even the first entry is gone. Raises NoSuchThing, InUse,
        WrongState for a journal that can be read, UsageError, StorageError.
        """
        rules.must_be_signed_in(clerk_id)
        folder = self._folder(wanted)
        with sole_owner(folder / _LOCK, folder.name):
            return mending.mend(folder, iso_vietnam(self._clock.now()), clerk_id, procedure)

    # --- letting go ---------------------------------------------------------------------------

    def let_leave(self, holder: Holder, tombstone: Tombstone) -> None:
        """The held dossier is no dossier any more; its tombstone stays. Raises StorageError.

        The tombstone is durable first, then the folder leaves in one rename.
        """
        folder = self._dossiers / holder.dossier.id
        graves = durable.make_folder(self._root / _PURGED)
        durable.publish(graves / f"{folder.name}.json", msgspec.json.encode(tombstone))
        leaving = durable.make_folder(self._root / _LEAVING)
        try:
            folder.rename(leaving / folder.name)
        except OSError as fault:
            raise durable.storage_fault(folder, fault) from fault
        for place in (leaving, self._dossiers):
            durable.sync_folder(place)

    def finish_leaving(self) -> None:
        """Remove what was let go; also what a stop kept from being removed."""
        leaving = self._root / _LEAVING
        if not leaving.is_dir():
            return
        for folder in leaving.iterdir():
            shutil.rmtree(folder, ignore_errors=True)
            with suppress(sqlite3.Error):
                self._catalogue.forget(folder.name)
        durable.sync_folder(leaving)

    def tombstones(self) -> tuple[Tombstone, ...]:
        """What stays of purged dossiers, oldest first. Raises StoreDamaged."""
        found = []
        for path in sorted((self._root / _PURGED).glob("*.json")):
            try:
                found.append(msgspec.json.decode(path.read_bytes(), type=Tombstone))
            except (OSError, msgspec.DecodeError) as fault:
                raise errors.StoreDamaged(path=path, problem=str(fault)) from fault
        return tuple(found)

    def keep_reserve(self, size: int) -> None:
        """Keep `size` bytes of disk so that journals can be written when the disk is full."""
        reserve.keep(self._root, size)

    # --- inside -------------------------------------------------------------------------------

    @contextmanager
    def _hold(self, folder: Path) -> Iterator[Holder]:
        mending.finish(folder, folder / _LOCK)
        with sole_owner(folder / _LOCK, folder.name):
            for place in (JOURNAL, ORIGINALS, ASIDE):
                durable.sweep(folder / place)
            holder = Holder(folder, self._clock)
            holder.finish_expunging()
            try:
                yield holder
            finally:
                holder.let_go()
                if folder.is_dir():  # a purge takes it away
                    self._catalogue.note(indexed(holder.dossier, holder.entries()))

    def _line(self, dossier: str) -> Indexed | None:
        try:
            entries, result = _read(self._dossiers / dossier)
        except errors.StorageError:
            return None
        return indexed(result, entries)

    def _survey(self, folders: Iterable[Path] | None = None) -> Iterator[Dossier | Unreadable]:
        for folder in self._folders() if folders is None else folders:
            try:
                yield _read(folder)[1]
            except errors.StorageError as problem:
                yield Unreadable(dossier=folder.name, problem=problem)

    def _folders(self) -> list[Path]:
        """Dossier folders, oldest first: ids are time-ordered."""
        return sorted(path for path in self._dossiers.iterdir() if _was_opened(path))

    def _folder(self, wanted: str) -> Path:
        found = [self._dossiers / wanted]
        if not _ID.fullmatch(wanted) or not _was_opened(found[0]):
            alike = (path for path in self._dossiers.iterdir() if path.name.endswith(wanted))
            found = [folder for folder in alike if _was_opened(folder)]
        if wanted and len(found) == 1:
            return found[0]
        hint = (
            _("Several dossiers end like this: give more of the id.")
            if wanted and found
            else _("See «scanstation dossier list».")
        )
        raise errors.NoSuchThing(kind=_("dossier"), name=wanted, hint=hint)


def require_space(root: Path, megabytes: int) -> None:
    """errors.DiskFull when the disk of `root` has less than `megabytes` (10^6 bytes) free."""
    free = shutil.disk_usage(root).free
    if free < megabytes * 1_000_000:
        raise errors.DiskFull(path=root, free=f"{free / 1e6:.0f} MB")


def _must_be_ours(root: Path) -> None:
    if root.stat().st_uid != os.geteuid():
        raise errors.NotYours(path=root)


def _claim(root: Path) -> None:
    """Read the store's version, or write it into a store that is just beginning."""
    path = root / _ABOUT
    if not path.exists() and not (root / _DOSSIERS).exists():
        about = _About("scanstation.workspace", VERSION)
        with suppress(FileExistsError):  # another process began it in this very moment
            durable.publish(path, msgspec.json.encode(about), exclusive=True)
    try:
        about = msgspec.json.decode(path.read_bytes(), type=_About)
    except (OSError, msgspec.DecodeError) as fault:
        raise errors.StoreDamaged(path=path, problem=str(fault)) from fault
    if about.version > VERSION:
        raise errors.StoreNewer(path=path, found=about.version, known=VERSION)


def _read(folder: Path) -> tuple[tuple[Entry, ...], Dossier]:
    """Journal and dossier, after completing a mending that a stop cut short."""
    mending.finish(folder, folder / _LOCK)
    return journal.folded(folder / JOURNAL, folder.name)


def _was_opened(folder: Path) -> bool:
    """False for a folder whose first entry never came to be: a stop while it was created."""
    return folder.is_dir() and (
        (folder / ORIGINALS).exists()
        or any((folder / JOURNAL).glob("[0-9]*.json"))
        or (folder / mending.NEW).exists()
    )
