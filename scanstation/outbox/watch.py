"""A wake-up when something appears in the outbox: a hint, never the truth.

watchdog loses events (queue overflow, network shares, what lay there before); whoever wakes looks
through the folder himself, and does so every minute anyway. The only importer of watchdog here.
"""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from watchdog.events import (
    FileClosedEvent,
    FileCreatedEvent,
    FileDeletedEvent,
    FileMovedEvent,
    FileSystemEvent,
    FileSystemEventHandler,
)
from watchdog.observers import Observer
from watchdog.observers.api import BaseObserver
from watchdog.observers.polling import PollingObserver

from scanstation.outbox.folder import is_package

# Reading a package makes events too; only these can mean that the folder holds something else now.
_TELLING = [FileCreatedEvent, FileMovedEvent, FileClosedEvent, FileDeletedEvent]


@contextmanager
def watching(folder: Path, wake: threading.Event | None = None) -> Iterator[threading.Event]:
    """`wake` (or a new event) is set whenever a package in `folder` comes, goes or is replaced.

    Whoever waits for it clears it. Where the system has no notifications left (inotify's limit is
    128 on many PCs), the folder is polled every second instead.
    """
    wake = wake or threading.Event()
    observer = _started(folder, _Waker(wake))
    try:
        yield wake
    finally:
        observer.stop()
        observer.join()


class _Waker(FileSystemEventHandler):
    def __init__(self, wake: threading.Event) -> None:
        self._wake = wake

    def on_any_event(self, event: FileSystemEvent) -> None:
        if any(is_package(Path(str(path)).name) for path in (event.src_path, event.dest_path)):
            self._wake.set()


def _started(folder: Path, waker: _Waker) -> BaseObserver:
    try:
        return _start(Observer(), folder, waker)
    except OSError:
        return _start(PollingObserver(timeout=1.0), folder, waker)


def _start(observer: BaseObserver, folder: Path, waker: _Waker) -> BaseObserver:
    observer.schedule(waker, str(folder), event_filter=_TELLING)
    observer.start()
    return observer
