"""The folder a multifunction device scans into: files are claimed whole, once, and kept.

A claim is one rename, so two programs or two PCs never get the same file. It refuses files that
still grow or end too early, deletes nothing, and lets no file join a dossier by itself.
"""

import errno
import os
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from uuid import UUID

import msgspec

from scanstation import durable, errors
from scanstation.i18n import _, shown
from scanstation.model.arrival import Arrival, Fate, Stand, Unclaimed
from scanstation.model.clock import VIETNAM, Clock, new_id
from scanstation.ownership import sole_owner
from scanstation.scanner.sighting import PATIENCE_S, Sighting, mark_of, papers_in

_PAPER = "paper"
_FATE = "fate.json"
_LOCK = "lock"
_HELD = ".scanstation-{owner}"
"""Folder on the share for what this station claimed and has not copied yet."""
_IN_USE = (errno.EACCES, errno.EPERM, errno.EBUSY, errno.ETXTBSY)
"""What a share says while the device still holds a file open, or denies us for good."""


@dataclass(frozen=True)
class InboxParts:
    """Where files come from, where they go, and who looks whether they are whole."""

    source: Path
    home: Path
    """Private to the station, on its own disk."""
    owner: str
    """The station's id: its claims on a share are told from those of others by it."""
    clock: Clock
    problem_in: Callable[[Path], str]
    """Why a file cannot be whole yet, in the clerk's words; empty when it opens to its end."""
    now: Callable[[], float] = time.monotonic


class Inbox:
    """The device's folder and what was claimed from it; any number may exist."""

    def __init__(self, parts: InboxParts) -> None:
        self._parts = parts
        self._held = parts.source / _HELD.format(owner=parts.owner)
        self._sightings: dict[str, Sighting] = {}

    @property
    def source(self) -> Path:
        """The device's folder."""
        return self._parts.source

    # --- claiming -----------------------------------------------------------------------------

    def look(self) -> tuple[Arrival, ...]:
        """One look at the folder; claims what stood still and is whole, and returns that.

        Raises errors.FolderUnreachable for the device's folder and errors.StorageError for the
        station's own; files then stay where they are. InUse while another program looks.
        """
        durable.make_folder(self._parts.home)
        with sole_owner(self._parts.home / _LOCK, _("the inbox")):
            with _reaching(self._parts.source):
                self._sweep()
                self._fetch_held()
                self._sightings = self._seen()
            names = [name for name in sorted(self._sightings) if self._is_ready(name)]
            claimed = [found for name in names if (found := self._claim(name)) is not None]
        return tuple(claimed)

    @property
    def unclaimed(self) -> tuple[Unclaimed, ...]:
        """Files the last look left in the folder, by name."""
        found = sorted(self._sightings.items())
        return tuple(Unclaimed(name=shown(name), problem=one.problem) for name, one in found)

    def _sweep(self) -> None:
        """Drop the folders of claims that a stop cut short before the file came."""
        waiting = self._parts.home / Stand.WAITING
        for place in waiting.iterdir() if waiting.is_dir() else ():
            if self._arrival(Stand.WAITING, place.name) is None:
                _drop(place)

    def _seen(self) -> dict[str, Sighting]:
        now = self._parts.now()
        return {
            name: Sighting.after(self._sightings.get(name), mark, now)
            for name, mark in papers_in(self._parts.source)
        }

    def _is_ready(self, name: str) -> bool:
        """Stood still and whole; or stood still so long that nobody is writing it any more."""
        sighting, now = self._sightings[name], self._parts.now()
        if not sighting.is_still(now):
            return False
        if sighting.looks < sighting.ask_at:
            return now - sighting.since >= PATIENCE_S
        path = self._parts.source / name
        problem = self._parts.problem_in(path)
        if mark_of(path) != sighting.mark:  # opening it to its end took a while
            return False
        self._sightings[name] = sighting.asked(problem)
        return not problem or now - sighting.since >= PATIENCE_S

    def _claim(self, name: str) -> Arrival | None:
        identity = new_id(self._parts.clock.now())
        place = durable.make_folder(self._place(Stand.WAITING, identity) / _PAPER)
        source = self._parts.source / name
        try:
            if not self._moved(source, place / name):
                self._hold(source, identity)
                self._fetch(self._held / identity)
        except FileNotFoundError:  # another program was first, or the device took it back
            pass
        except OSError as fault:
            if fault.errno not in _IN_USE:
                raise durable.storage_fault(source, fault) from fault
            problem = _("it is still open elsewhere, or this account may not move it")
            self._sightings[name] = replace(self._sightings[name], problem=problem)
        found = self._arrival(Stand.WAITING, identity)
        if found is None:
            _drop(place.parent)
        else:
            del self._sightings[name]
        return found

    @staticmethod
    def _moved(source: Path, target: Path) -> bool:
        """False when they lie on different file systems."""
        try:
            durable.move(source, target)
        except OSError as fault:
            if fault.errno != errno.EXDEV:
                raise
            return False
        return True

    # --- claims across file systems -----------------------------------------------------------

    def _hold(self, source: Path, identity: str) -> None:
        """Claim on the share by a rename there: from now on the file is this station's."""
        place = self._held / identity
        place.mkdir(parents=True)
        try:
            source.rename(place / source.name)
        except OSError:
            place.rmdir()
            raise

    def _fetch_held(self) -> None:
        """Finish what a stop left between the share and the station."""
        if self._held.is_dir():
            for place in sorted(self._held.iterdir()):
                self._fetch(place)

    def _fetch(self, held: Path) -> None:
        for paper in held.iterdir():
            if not self._has(held.name):
                place = durable.make_folder(self._place(Stand.WAITING, held.name) / _PAPER)
                durable.sweep(place)
                durable.publish_file(paper, place / paper.name)
            paper.unlink()
        held.rmdir()
        with suppress(OSError):  # others of this station are still on their way
            self._held.rmdir()

    def _has(self, identity: str) -> bool:
        return any(self._arrival(stand, identity) for stand in Stand)

    # --- what was claimed ---------------------------------------------------------------------

    def arrivals(self, stand: Stand = Stand.WAITING) -> tuple[Arrival, ...]:
        """Files in that state, in the order they were claimed."""
        place = self._parts.home / stand
        names = sorted(one.name for one in place.iterdir()) if place.is_dir() else []
        found = (self._arrival(stand, name) for name in names)
        return tuple(one for one in found if one is not None)

    def arrival(self, wanted: str, *stands: Stand) -> Arrival:
        """The file with that id, unambiguous id ending or name; errors.NoSuchThing."""
        every = [one for stand in stands or Stand for one in self.arrivals(stand)]
        name = shown(wanted).casefold()
        for found in (
            [one for one in every if one.id.endswith(wanted)],
            [one for one in every if one.name.casefold() == name],
        ):
            if wanted and len(found) == 1:
                return found[0]
        hint = _("See «scanstation inbox list».")
        raise errors.NoSuchThing(kind=_("file that arrived"), name=shown(wanted), hint=hint)

    @contextmanager
    def taking(self, wanted: str, fate: Fate) -> Iterator[Path]:
        """The file's path, while nobody else can take it; afterwards it counts as taken.

        When the block raises, the file goes on waiting and `fate` says that a taking was begun.
        """
        one = self.arrival(wanted, Stand.WAITING, Stand.ASIDE)
        with self._deciding(one, fate):
            yield one.path
            self._put(one, Stand.TAKEN)

    def set_aside(self, wanted: str, fate: Fate) -> Arrival:
        """Take a file out of the way, with a reason; `taking` may bring it back."""
        one = self.arrival(wanted, Stand.WAITING)
        with self._deciding(one, fate):
            self._put(one, Stand.ASIDE)
        return self.arrival(one.id, Stand.ASIDE)

    @contextmanager
    def _deciding(self, one: Arrival, fate: Fate) -> Iterator[None]:
        """Only one clerk at a time; errors.InUse for the other, NoSuchThing once it is decided."""
        with sole_owner(one.folder / _LOCK, one.name):
            self.arrival(one.id, one.state)
            durable.publish(one.folder / _FATE, msgspec.json.encode(fate))
            yield

    def _put(self, one: Arrival, stand: Stand) -> None:
        target = self._place(stand, one.id)
        durable.make_folder(target.parent)
        try:
            durable.move(one.folder, target)
        except OSError as fault:
            raise durable.storage_fault(target, fault) from fault

    def _place(self, stand: Stand, identity: str) -> Path:
        return self._parts.home / stand / identity

    def _arrival(self, stand: Stand, identity: str) -> Arrival | None:
        """None for a folder whose claim was not finished, or that another program moved on."""
        place = self._place(stand, identity)
        try:
            with os.scandir(place / _PAPER) as entries:
                papers = [Path(one.path) for one in entries if _is_paper(one)]
            return _described(papers[0], stand, identity) if papers else None
        except (FileNotFoundError, NotADirectoryError, ValueError):  # the last: no id of ours
            return None


def _is_paper(entry: os.DirEntry[str]) -> bool:
    """Not what a stop left half copied, nor a link that somebody slipped in."""
    return not entry.name.startswith(".") and entry.is_file(follow_symlinks=False)


def _described(paper: Path, stand: Stand, identity: str) -> Arrival:
    return Arrival(
        id=identity,
        name=shown(paper.name),
        path=paper,
        size=paper.stat().st_size,
        arrived_at=_moment_of(identity),
        state=stand,
        fate=_fate_in(paper.parent.parent / _FATE),
    )


def _moment_of(identity: str) -> str:
    """When a UUIDv7 was made, ISO 8601 in Vietnam's time."""
    seconds = (UUID(identity).int >> 80) / 1000
    return datetime.fromtimestamp(seconds, VIETNAM).isoformat(timespec="seconds")


def _fate_in(path: Path) -> Fate | None:
    try:
        return msgspec.json.decode(path.read_bytes(), type=Fate)
    except (FileNotFoundError, msgspec.DecodeError):
        return None


@contextmanager
def _reaching(source: Path) -> Iterator[None]:
    """What the device's folder refuses is no fault of the station's disk."""
    try:
        yield
    except OSError as fault:
        problem = fault.strerror or str(fault)
        raise errors.FolderUnreachable(folder=source, problem=problem) from fault


def _drop(place: Path) -> None:
    """Remove a claim's folders when nothing came into them."""
    with suppress(OSError):
        (place / _PAPER).rmdir()
        place.rmdir()
