"""Room kept on the disk for what must never fail to be written: journal entries and the ledger.

A file of allocated blocks beside what it protects. When the disk runs full it is emptied, and what
frees up is for those few bytes alone: pages are refused until it could be filled again. It refuses
to take the last of a small disk.
"""

import os
from contextlib import suppress
from pathlib import Path

from scanstation import errors

NAME = "reserve"
_LEAST = 256 * 1024
"""Bytes free below which the next entry might not fit."""
_SHARE = 4
"""A reserve is only taken where this many of it are free."""


def keep(folder: Path, size: int) -> bool:
    """Fill the reserve of `folder` up to `size` bytes; whether it is there now.

    One of 0 bytes is none.
    """
    path = folder / NAME
    try:
        descriptor = os.open(path, os.O_RDWR | os.O_CREAT, 0o600)
        try:
            if _held(os.fstat(descriptor)) >= size:
                return size > 0
            if _free(folder) < _SHARE * size:
                return False
            os.posix_fallocate(descriptor, 0, size)
            os.fsync(descriptor)
            return True
        finally:
            os.close(descriptor)
    except OSError:
        release(folder)
        return False


def release(folder: Path) -> None:
    """Give the reserve's room back to the disk; its length stays and says what is missing."""
    path = folder / NAME
    with suppress(OSError):
        size = path.stat().st_size
        os.truncate(path, 0)
        os.truncate(path, size)


def before_vital(folder: Path) -> None:
    """Make sure that an entry fits: called before each write the reserve is kept for."""
    with suppress(OSError):
        if _free(folder) < _LEAST:
            release(folder)


def must_be_whole(folder: Path) -> None:
    """errors.DiskFull while the reserve of `folder` is used up and cannot be filled again.

    Called before a page is written. Where no reserve was ever kept, nothing is refused.
    """
    try:
        found = (folder / NAME).stat()
    except OSError:
        return
    if _held(found) < found.st_size and not keep(folder, found.st_size):
        raise errors.DiskFull(path=folder, free=f"{_free(folder) / 1e6:.0f} MB")


def _held(found: os.stat_result) -> int:
    """Bytes of disk a file really has."""
    return found.st_blocks * 512


def _free(folder: Path) -> int:
    found = os.statvfs(folder)
    return found.f_bavail * found.f_frsize
