"""One owner at a time: a lock file the kernel frees when its process dies, however it dies.

It refuses to wait and to guess from a process id whether an owner still lives: a lock that can be
taken is free. Only for folders on a local disk.
"""

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

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


def _take(descriptor: int, thing: str) -> None:
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError as busy:
        owner = os.pread(descriptor, _PID_BYTES, 0).decode("ascii", "replace").strip()
        raise errors.InUse(thing=thing, owner=owner or "?") from busy
    with suppress(OSError):  # a full disk must not keep the owner out: the name is a courtesy
        os.ftruncate(descriptor, 0)
        os.pwrite(descriptor, str(os.getpid()).encode("ascii"), 0)
