"""One owner at a time: a lock file the kernel frees when its process dies, however it dies.

It refuses to wait and to guess from a process id whether an owner still lives: a lock that can be
taken is free. Only for folders on a local disk.
"""

import fcntl
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from tempfile import TemporaryDirectory

from scanstation import errors
from scanstation.durable import storage_fault

_PID_BYTES = 20


@contextmanager
def sole_owner(lock: Path, thing: str) -> Iterator[None]:
    """Own `lock` for the length of the block; errors.InUse names `thing` and the owner's process.

    Two owners in one process exclude each other too. The file stays behind and means nothing.
    """
    try:
        descriptor = os.open(lock, os.O_RDWR | os.O_CREAT, 0o600)
    except OSError as fault:
        raise storage_fault(lock, fault) from fault
    try:
        _take(descriptor, thing)
        yield
    finally:
        os.close(descriptor)


@contextmanager
def passing_folder(parent: Path) -> Iterator[Path]:
    """A private folder in `parent` that is gone after the block. Raises DiskFull, StorageError."""
    try:
        with _in_turn(parent):  # nobody clears between making and owning
            folder = TemporaryDirectory(dir=parent, prefix=f"{os.getpid()}-")
            descriptor = os.open(folder.name, os.O_RDONLY | os.O_DIRECTORY)
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError as fault:
        raise storage_fault(parent, fault) from fault
    try:
        with folder as name:
            yield Path(name)
    finally:
        os.close(descriptor)


def clear_abandoned(parent: Path) -> None:
    """Remove the passing folders in `parent` whose process is dead.

    After a power cut the numbers begin anew: a daemon may have that of whoever left the folder.
    """
    with _in_turn(parent):
        for folder in parent.iterdir():
            if _is_free(folder):
                shutil.rmtree(folder, ignore_errors=True)


@contextmanager
def _in_turn(folder: Path) -> Iterator[None]:
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX)
        yield
    finally:
        os.close(descriptor)


def _is_free(folder: Path) -> bool:
    try:
        descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    except OSError:
        return False
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    else:
        return True
    finally:
        os.close(descriptor)


def _take(descriptor: int, thing: str) -> None:
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError as busy:
        owner = os.pread(descriptor, _PID_BYTES, 0).decode("ascii", "replace").strip()
        raise errors.InUse(thing=thing, owner=owner or "?") from busy
    with suppress(OSError):  # a full disk must not keep the owner out: the name is a courtesy
        os.ftruncate(descriptor, 0)
        os.pwrite(descriptor, str(os.getpid()).encode("ascii"), 0)
