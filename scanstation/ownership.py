"""One owner at a time: a lock file the kernel frees when its process dies, however it dies.

It refuses to wait and to guess from a process id whether an owner still lives: a lock that can be
taken is free. Only for folders on a local disk.
"""

import fcntl
import os
import secrets
import shutil
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext, suppress
from pathlib import Path
from tempfile import TemporaryDirectory

from scanstation import errors
from scanstation.durable import storage_fault, sync_folder

_PID_BYTES = 20


@contextmanager
def sole_owner(lock: Path, thing: str, *, looking: bool = False) -> Iterator[None]:
    """Own `lock` for the length of the block; errors.InUse names `thing` and the owner's process.

    Two owners in one process exclude each other too. The file stays behind, empty: with a number
    in it and no owner, it tells of an owner who died (`left_by_the_dead`). Whoever is only
    `looking` leaves that as it is.
    """
    try:
        descriptor = os.open(lock, os.O_RDWR | os.O_CREAT, 0o600)
    except OSError as fault:
        raise storage_fault(lock, fault) from fault
    try:
        _take(descriptor, thing)
        with nullcontext() if looking else _signed(descriptor):
            yield
    finally:
        os.close(descriptor)


def left_by_the_dead(lock: Path) -> bool:
    """Whether the last owner of `lock` died owning it, by a kill or a power cut."""
    try:
        return lock.stat().st_size > 0 and _is_free(lock)
    except OSError:
        return False


@contextmanager
def running(folder: Path) -> Iterator[None]:
    """A marker in `folder` while this process works; gone after the block, however it ends.

    Only a death leaves it, and then nobody owns it: `deaths` tells. Raises StorageError.
    """
    marker = folder / f"{os.getpid()}-{secrets.token_hex(4)}"
    with sole_owner(marker, marker.name, looking=True):
        sync_folder(folder)
        try:
            yield
        finally:
            marker.unlink(missing_ok=True)


def deaths(folder: Path) -> tuple[Path, ...]:
    """Markers of processes that died at work, the oldest first; whoever was told removes them."""
    left = [marker for marker in folder.iterdir() if _is_free(marker)]
    return tuple(sorted(left, key=lambda marker: marker.stat().st_mtime_ns))


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


def _is_free(path: Path) -> bool:
    try:
        descriptor = os.open(path, os.O_RDONLY | os.O_NONBLOCK)
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


@contextmanager
def _signed(descriptor: int) -> Iterator[None]:
    with suppress(OSError):  # a full disk must not keep the owner out: the name is a courtesy
        os.ftruncate(descriptor, 0)
        os.pwrite(descriptor, str(os.getpid()).encode("ascii"), 0)
    try:
        yield
    finally:
        with suppress(OSError):
            os.ftruncate(descriptor, 0)
