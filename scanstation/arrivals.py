"""The third story: a file that a device left in the folder becomes pages, once a clerk says where.

Claim it, show it, take it into a component or set it aside with a reason. A file never joins a
dossier by itself, counts as taken only when its pages survive a power cut, and is never deleted.
"""

import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

import msgspec

from scanstation import durable, errors, i18n
from scanstation.i18n import _
from scanstation.model.arrival import (
    Arrival,
    Arrived,
    Fate,
    Glance,
    Reached,
    Seen,
    Stand,
    Unclaimed,
)
from scanstation.model.clock import Clock, iso_vietnam
from scanstation.model.events import Event, Warned
from scanstation.model.profile import Clerk
from scanstation.model.signing import Verdict
from scanstation.scanner.inbox import Inbox
from scanstation.scanner.sighting import LOOKS

LOOK_S = 1.0
"""Seconds between two looks while a file is still coming."""
REST_S = 10.0
"""Seconds until the next look when nothing woke us."""
_SLICE_S = 0.5
_GLANCE = "glance.json"
_VERSION = 1


class TakeIn(Protocol):
    """The first story's way to import files."""

    def __call__(
        self, dossier: str, component: str, inputs: Sequence[Path], clerk: Clerk
    ) -> Iterator[Event]:
        """Import into a component; every event's page survives a power cut."""
        ...


class _Cached(msgspec.Struct, frozen=True, kw_only=True):
    """glance.json: what a file showed, and for which bytes."""

    version: int
    language: str
    mark: tuple[int, int]
    """Size and modification time."""
    glance: Glance


@dataclass(frozen=True)
class ArrivalParts:
    """What bootstrap hands to the story."""

    inbox: Inbox
    glance: Callable[[Path, Path], Glance]
    """What a file shows, its first page drawn to the second path; errors.InputError."""
    verdicts: Callable[[Path], tuple[Verdict, ...]]
    """What can be said offline about a PDF's signatures."""
    hints: Callable[[], AbstractContextManager[threading.Event]]
    """An event that is set when the folder may have changed."""
    take: TakeIn
    clock: Clock
    pause: Callable[[float], None] = time.sleep


class Arrivals:
    """Files that wait for a clerk; every verb is safe to interrupt."""

    def __init__(self, parts: ArrivalParts) -> None:
        self._parts = parts
        self._inbox = parts.inbox

    def settle(self) -> tuple[Unclaimed, ...]:
        """Looks until what lies finished in the folder is claimed; what stays there afterwards.

        Raises FolderUnreachable, StorageError. Another program that claims just now is let be.
        """
        for _look in range(LOOKS + 2):
            try:
                self._inbox.look()
                if all(one.problem for one in self._inbox.unclaimed):
                    break
            except errors.InUse:
                pass
            self._parts.pause(LOOK_S)
        return self._inbox.unclaimed

    def watch(self, stop: threading.Event) -> Iterator[Arrived | Reached | Warned]:
        """Claim whatever comes, until `stop`; a folder out of reach is told once and retried."""
        told = ""
        with self._parts.hints() as wake:
            while not stop.is_set():
                wake.clear()
                try:
                    came = self._inbox.look()
                    if told:
                        yield Reached(folder=self._inbox.source)
                    told = ""
                    for arrival in came:
                        self.seen(arrival)  # so that whoever opens the list waits for nothing
                        yield Arrived(arrival=arrival)
                except errors.InUse:  # another program of this station claims
                    pass
                except (errors.FolderUnreachable, errors.StorageError) as fault:
                    if told != fault.code:
                        yield Warned(vi=fault.sentence("vi"), en=fault.sentence("en"))
                    told = fault.code
                _rest(stop, wake, LOOK_S if self._inbox.unclaimed else REST_S)

    def waiting(self) -> tuple[Arrival, ...]:
        """Files that wait for a clerk, oldest first."""
        return self._inbox.arrivals(Stand.WAITING)

    def arrivals(self, stand: Stand) -> tuple[Arrival, ...]:
        """Files in any state, oldest first."""
        return self._inbox.arrivals(stand)

    def arrival(self, wanted: str) -> Arrival:
        """The file with that id, id ending or name; errors.NoSuchThing."""
        return self._inbox.arrival(wanted)

    def seen(self, arrival: Arrival) -> Seen:
        """The file and what it shows; looked at once, remembered beside it."""
        try:
            found = arrival.path.stat()
        except FileNotFoundError:
            return Seen(arrival=arrival, glance=Glance(problem=_("somebody has just taken it")))
        mark = (found.st_size, found.st_mtime_ns)
        record = arrival.folder / _GLANCE
        with suppress(OSError, msgspec.DecodeError):
            known = msgspec.json.decode(record.read_bytes(), type=_Cached)
            if (known.version, known.language, known.mark) == (_VERSION, i18n.language(), mark):
                return Seen(arrival=arrival, glance=known.glance)
        try:
            glance = self._parts.glance(arrival.path, arrival.thumbnail)
        except errors.InputError as fault:
            glance = Glance(problem=fault.sentence(i18n.language()))
        cached = _Cached(version=_VERSION, language=i18n.language(), mark=mark, glance=glance)
        durable.publish(record, msgspec.json.encode(cached))
        return Seen(arrival=arrival, glance=glance)

    def verdicts(self, seen: Seen) -> tuple[Verdict, ...]:
        """What is known offline about the signatures of a PDF, judged now."""
        return self._parts.verdicts(seen.arrival.path) if seen.glance.signatures else ()

    def take(self, wanted: str, dossier: str, component: str, clerk: Clerk) -> Iterator[Event]:
        """Import a file; stopped early or in a fault it goes on waiting and says what was begun."""
        fate = Fate(at=self._at(), clerk=clerk.id, dossier=dossier, component=component)
        with self._inbox.taking(wanted, fate) as path:
            yield from self._parts.take(dossier, component, [path], clerk)

    def set_aside(self, wanted: str, reason: str, clerk: Clerk) -> Arrival:
        """Out of the way, with a reason; nothing is deleted and `take` brings it back."""
        return self._inbox.set_aside(wanted, Fate(at=self._at(), clerk=clerk.id, reason=reason))

    def _at(self) -> str:
        return iso_vietnam(self._parts.clock.now())


def _rest(stop: threading.Event, wake: threading.Event, seconds: float) -> None:
    """Until woken, stopped or `seconds` passed, but a look's time at least."""
    end = time.monotonic() + seconds
    stop.wait(LOOK_S)
    while time.monotonic() < end and not stop.is_set() and not wake.wait(_SLICE_S):
        pass
