"""Who has the scanner: our own stations say so in a small file, the kernel for USB devices.

A word for the clerk and nothing more: the file is no lock, the device itself decides who may scan.
What it says is believed only while the process that wrote it lives and its owner matches.
"""

import getpass
import hashlib
import os
import re
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import msgspec

from scanstation.i18n import _

PROC = Path("/proc")
_USB = re.compile(r"libusb:(\d{3}:\d{3})")
_LARGEST = 4096  # bytes of a lease; it may be anybody's


class Lease(msgspec.Struct, frozen=True, kw_only=True):
    """A station process scans with a device."""

    device: str
    process: int
    born: str
    """Start time of the process in the kernel's ticks: process numbers come again."""
    user: str
    clerk: str


def shared_folder() -> Path:
    """Where all accounts of this PC can look."""
    return Path(tempfile.gettempdir()) / "scanstation-devices"


@contextmanager
def using(device: str, clerk: str, folder: Path | None = None) -> Iterator[None]:
    """Say that this process has `device`; a folder that refuses costs no scan."""
    place = folder or shared_folder()
    mine = place / f"{_key(device)}-{os.getuid()}-{os.getpid()}"
    lease = Lease(
        device=device,
        process=os.getpid(),
        born=_born(os.getpid(), PROC),
        user=getpass.getuser(),
        clerk=clerk,
    )
    with suppress(OSError):
        _shared(place)
        mine.unlink(missing_ok=True)
        with mine.open("xb") as file:
            file.write(msgspec.json.encode(lease))
        mine.chmod(0o644)
    try:
        yield
    finally:
        with suppress(OSError):
            mine.unlink(missing_ok=True)


def holder_of(device: str, folder: Path | None = None, proc: Path = PROC) -> str:
    """Who has `device`, in words; empty when nobody knows."""
    for path in sorted((folder or shared_folder()).glob(f"{_key(device)}-*")):
        if (lease := _lease(path, proc)) is not None and lease.device == device:
            said = _("clerk {clerk}, account {user}, process {pid}")
            return said.format(clerk=lease.clerk or "–", user=lease.user, pid=lease.process)
    if usb := _USB.search(device):
        return _with_open(f"/dev/bus/usb/{usb[1].replace(':', '/')}", proc)
    return ""


def _key(device: str) -> str:
    return hashlib.sha256(device.encode()).hexdigest()[:16]


def _shared(place: Path) -> None:
    """A folder for everybody in which nobody removes another's file."""
    if not place.is_dir():
        place.mkdir()
        place.chmod(0o1777)


def _lease(path: Path, proc: Path) -> Lease | None:
    """What the file says, if its process is another's, lives and is the file's owner's."""
    with suppress(OSError, msgspec.DecodeError, UnicodeDecodeError):
        if path.is_symlink() or path.stat().st_size > _LARGEST:
            return None
        lease = msgspec.json.decode(path.read_bytes(), type=Lease)
        if lease.process == os.getpid():
            return None
        alive = _born(lease.process, proc) == lease.born
        if alive and (proc / str(lease.process)).stat().st_uid == path.stat().st_uid:
            return lease
    return None


def _born(process: int, proc: Path) -> str:
    """Start time, field 22 of proc(5)'s stat; the name before it may hold spaces."""
    with suppress(OSError, IndexError):
        said = (proc / str(process) / "stat").read_text(encoding="utf-8", errors="replace")
        return said.rpartition(")")[2].split()[19]
    return ""


def _with_open(node: str, proc: Path) -> str:
    """The program that has a device node open; other accounts' are seen by root only."""
    for link in proc.glob("[0-9]*/fd/*"):
        with suppress(OSError):
            if str(link.readlink()) == node:
                process = link.parent.parent
                name = (process / "comm").read_text(encoding="utf-8", errors="replace").strip()
                return _("program {name}, process {pid}").format(name=name, pid=process.name)
    return ""
