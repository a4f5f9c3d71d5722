"""The one way a durable file comes to be, so that a power cut leaves the old file or the new one.

Temporary file beside the target, fsync, rename, fsync of the folder. It refuses to leave a half
written file under the final name, and turns a full disk into the clerk's sentence.
"""

import errno
import hashlib
import os
import secrets
import shutil
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from io import RawIOBase
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO, cast

from scanstation import errors

if TYPE_CHECKING:
    from typing_extensions import Buffer  # collections.abc has it from Python 3.12 on

TEMPORARY = ".tmp-"
_CHUNK = 1 << 20


def publish(target: Path, data: bytes | Iterable[bytes], *, exclusive: bool = False) -> str:
    """Write `data` durably to `target` and return its SHA-256 in hex.

    With `exclusive` an existing target raises FileExistsError and stays as it is.
    Raises DiskFull or StorageError; the target then is what it was before.
    """
    digest = hashlib.sha256()
    with writing(target, exclusive=exclusive) as stream:
        for piece in [data] if isinstance(data, bytes) else data:
            digest.update(piece)
            stream.write(piece)
    return digest.hexdigest()


def publish_file(source: Path, target: Path, *, exclusive: bool = False) -> str:
    """Copy `source` durably to `target` and return the SHA-256 of what was copied."""
    return publish(target, pieces(source), exclusive=exclusive)


@contextmanager
def writing(target: Path, *, exclusive: bool = False) -> Iterator[BinaryIO]:
    """A stream that becomes `target` on a clean exit and leaves nothing on an exception."""
    # Not of the target's name: that may be as long as the disk allows.
    temporary = target.with_name(f"{TEMPORARY}{secrets.token_hex(8)}")
    try:
        descriptor = os.open(temporary, os.O_RDWR | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(descriptor, "wb") as stream:
            yield stream
            stream.flush()
            os.fsync(stream.fileno())
        _settle(temporary, target, exclusive=exclusive)
    except FileExistsError:
        raise
    except OSError as fault:
        raise storage_fault(target, fault) from fault
    finally:
        with suppress(OSError):
            temporary.unlink()


def _settle(temporary: Path, target: Path, *, exclusive: bool) -> None:
    if exclusive:
        os.link(temporary, target)  # unlike rename, a link never replaces
    else:
        temporary.replace(target)
    sync_folder(target.parent)


def move(source: Path, target: Path) -> None:
    """Rename a file or folder within one file system; a file's bytes are on the disk before.

    At every moment one of the two names leads to all of it. The caller makes sure that `target`
    is not there. Raises OSError as rename does (EXDEV across file systems), StorageError.
    """
    if source.is_file():
        descriptor = os.open(source, os.O_RDONLY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)
    source.rename(target)
    sync_folder(target.parent)
    sync_folder(source.parent)


def remove(path: Path) -> None:
    """Unlink `path` (missing is fine) and make the removal durable."""
    path.unlink(missing_ok=True)
    sync_folder(path.parent)


def destroy(path: Path) -> None:
    """Overwrite `path` with zeros, then unlink it durably; missing is fine.

    Best effort: a disk that writes elsewhere (SSD, copy-on-write, snapshots) keeps the old blocks.
    Raises DiskFull, StorageError.
    """
    try:
        with path.open("r+b") as stream:
            left = os.fstat(stream.fileno()).st_size
            while left > 0:
                left -= stream.write(bytes(min(left, _CHUNK)))
            stream.flush()
            os.fsync(stream.fileno())
        remove(path)
    except FileNotFoundError:
        return
    except OSError as fault:
        raise storage_fault(path, fault) from fault


def publish_over(target: Path, data: bytes) -> None:
    """Write `data` durably to `target` and destroy what was there before, as `destroy` does."""
    before = target.with_name(f"{TEMPORARY}{secrets.token_hex(8)}")
    try:
        os.link(target, before)
    except OSError as fault:
        raise storage_fault(target, fault) from fault
    publish(target, data)
    destroy(before)


def sweep(folder: Path) -> None:
    """Remove what an unclean stop left half written; only for whoever alone writes in `folder`."""
    for left in folder.glob(f"{TEMPORARY}*"):
        left.unlink(missing_ok=True)


def make_folder(folder: Path) -> Path:
    """Create `folder` and its parents, private to the station's user, durably."""
    if not folder.is_dir():
        make_folder(folder.parent) if not folder.parent.is_dir() else None
        try:
            folder.mkdir(mode=0o700, exist_ok=True)
        except OSError as fault:
            raise storage_fault(folder, fault) from fault
        sync_folder(folder.parent)
    return folder


def without_descriptor(stream: BinaryIO) -> BinaryIO:
    """`stream`, its descriptor hidden, so that Pillow writes through it.

    Pillow writes to a descriptor itself and does not notice when a disk that is getting full
    takes only a part (Pillow 12, encode.c): the image lacks its end and nobody is told.
    """
    return cast("BinaryIO", _WithoutDescriptor(stream))


class _WithoutDescriptor(RawIOBase):
    def __init__(self, stream: BinaryIO) -> None:
        self._stream = stream

    def writable(self) -> bool:
        return True

    def write(self, data: "Buffer", /) -> int:
        return self._stream.write(data)


def sync_folder(folder: Path) -> None:
    """Make renames and unlinks in `folder` survive a power cut. Raises DiskFull, StorageError."""
    try:
        descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)
    except OSError as fault:
        raise storage_fault(folder, fault) from fault


def sha256_of(path: Path) -> str:
    """SHA-256 of a file in hex, read in pieces."""
    with path.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()


def pieces(path: Path, size: int = _CHUNK) -> Iterator[bytes]:
    """The bytes of a file in pieces of at most `size`."""
    with path.open("rb") as stream:
        while piece := stream.read(size):
            yield piece


def storage_fault(path: Path, fault: OSError) -> errors.StorageError:
    """The clerk's error for what the operating system said about `path`."""
    if fault.errno in (errno.ENOSPC, errno.EDQUOT):
        return errors.DiskFull(path=path, free=_free(path))
    return errors.StorageError(path=path, problem=fault.strerror or str(fault))


def _free(path: Path) -> str:
    with suppress(OSError):
        return f"{shutil.disk_usage(path.parent).free / 1e6:.0f} MB"
    return "?"
