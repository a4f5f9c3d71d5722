"""A wake-up when something changes in the folder of arriving files: a hint, never the truth.

watchdog says nothing of what another PC writes to a share, so there it polls. Whoever wakes looks
himself, and does so every ten seconds anyway. The only importer of watchdog in this room.
"""

import os
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from watchdog.events import (
    FileClosedEvent,
    FileCreatedEvent,
    FileModifiedEvent,
    FileMovedEvent,
    FileSystemEvent,
    FileSystemEventHandler,
)
from watchdog.observers import Observer
from watchdog.observers.api import BaseObserver
from watchdog.observers.polling import PollingObserver

from scanstation.model.profile import Watching

MOUNTS = Path("/proc/self/mounts")
POLL_S = 2.0
_ELSEWHERE = frozenset(
    ("cifs", "smb3", "smbfs", "nfs", "nfs4", "9p", "afs", "ceph", "davfs", "glusterfs", "lustre")
)
_TELLING = [FileCreatedEvent, FileMovedEvent, FileModifiedEvent, FileClosedEvent]


@contextmanager
def watching(
    folder: Path, how: Watching, wake: threading.Event | None = None
) -> Iterator[threading.Event]:
    """`wake` (or a new event) is set when something comes into `folder` or grows there.

    A folder that cannot be watched now gives an event that nobody sets: looking is the truth.
    """
    wake = wake or threading.Event()
    observer = _started(folder, how, _Waker(wake))
    try:
        yield wake
    finally:
        if observer is not None:
            observer.stop()
            observer.join()


def is_elsewhere(folder: Path, mounts: Path = MOUNTS) -> bool:
    """Whether `folder` lies on another machine, where the kernel tells of no changes."""
    kind = file_system_of(folder, mounts)
    return kind in _ELSEWHERE or kind.startswith("fuse")


def file_system_of(folder: Path, mounts: Path = MOUNTS) -> str:
    """Type of the file system under `folder`, such as "ext4" or "cifs"; empty when unknown."""
    place = os.path.realpath(folder)
    kind, length = "", -1
    try:
        lines = mounts.read_text(encoding="utf-8", errors="surrogateescape").splitlines()
    except OSError:
        return ""
    for line in lines:
        fields = line.split(" ")
        point = _unescaped(fields[1]).rstrip("/") if len(fields) > 2 else "?"
        if (place == point or place.startswith(f"{point}/")) and len(point) >= length:
            kind, length = fields[2], len(point)
    return kind


def _unescaped(point: str) -> str:
    """proc(5): space, tab, line end and backslash stand as octal numbers."""
    for code, letter in (("\\040", " "), ("\\011", "\t"), ("\\012", "\n"), ("\\134", "\\")):
        point = point.replace(code, letter)
    return point


class _Waker(FileSystemEventHandler):
    def __init__(self, wake: threading.Event) -> None:
        self._wake = wake

    def on_any_event(self, event: FileSystemEvent) -> None:  # noqa: ARG002 -- any is a hint
        self._wake.set()


def _started(folder: Path, how: Watching, waker: _Waker) -> BaseObserver | None:
    poll = how is Watching.POLL or (how is Watching.AUTO and is_elsewhere(folder))
    for observer in (
        (PollingObserver(timeout=POLL_S),)
        if poll
        else (
            Observer(),
            PollingObserver(timeout=POLL_S),  # inotify's limit is 128 on many PCs
        )
    ):
        try:
            observer.schedule(waker, str(folder), event_filter=_TELLING)
            observer.start()
        except OSError:
            continue
        return observer
    return None
