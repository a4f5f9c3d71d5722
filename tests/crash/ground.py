"""Where a station stands while it is crashed: a plain folder, or a disk whose power can be cut.

The disk is an ext4 image on a loop device. Copying the image without unmounting it keeps exactly
what had reached the disk: what lies in the page cache is lost, as in a power cut. Every mount and
unmount is checked against the kernel's own tables, because a stale mount looks like data loss.
"""

import ctypes
import gc
import os
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Protocol

MEGABYTES = 24
_CLONE_NEWNS = 0x00020000  # linux/sched.h
_NO_COMMIT = "loop,commit=60"  # ext4's journal thread must not save by chance what nobody synced


class HarnessFault(AssertionError):
    """The proof itself went wrong; says nothing about the program."""


class Ground(Protocol):
    """A place that can be laid out afresh any number of times, always under the same path."""

    name: str
    station: Path

    def lay(self, base: Path | None) -> None:
        """Start anew with a durable copy of `base`, or with nothing."""
        ...

    def crash(self) -> None:
        """What a stop does to the files; the processes are dead already."""
        ...


class Folder:
    """Kill: the processes die, the kernel lives on and keeps all they wrote."""

    name = "kill"

    def __init__(self, work: Path) -> None:
        self.station = work / "ground" / "station"

    def lay(self, base: Path | None) -> None:
        if self.station.exists():
            shutil.rmtree(self.station)
        if base is None:
            self.station.mkdir(parents=True, mode=0o700)
        else:
            shutil.copytree(base, self.station)

    def crash(self) -> None:
        """Nothing more is lost."""


class Disk:
    """Power: whatever was not synced is gone. Made by `disk`, which unmounts it."""

    name = "power"

    def __init__(self, work: Path, megabytes: int) -> None:
        self._images = work / "images"
        self._images.mkdir()
        self._mountpoint = work / "disk"
        self._mountpoint.mkdir()
        self.station = self._mountpoint / "station"
        self._made = 0
        self._mounted: Path | None = None
        self._bases: dict[Path | None, Path] = {}
        self._blank = self._images / "blank.img"
        with self._blank.open("wb") as image:
            image.truncate(megabytes * 1_000_000)
        _run("mkfs.ext4", "-q", "-F", "-m", "0", str(self._blank))

    def lay(self, base: Path | None) -> None:
        self._drop()
        if base not in self._bases:
            self._bases[base] = self._with(base)
        self._mount(self._copy_of(self._bases[base]))

    def crash(self) -> None:
        if self._mounted is None:
            raise HarnessFault("there is no power to cut")
        left = self._copy_of(self._mounted)
        self._drop()
        self._mount(left)

    def _with(self, base: Path | None) -> Path:
        """An image that holds `base`, cleanly unmounted."""
        image = self._copy_of(self._blank)
        self._mount(image)
        if base is None:
            self.station.mkdir(mode=0o700)
        else:
            shutil.copytree(base, self.station)
        self.unmount()
        return image

    def _copy_of(self, image: Path) -> Path:
        """A copy under a name that was never used before."""
        self._made += 1
        copy = self._images / f"{self._made:06d}.img"
        subprocess.run(["cp", "--sparse=always", image, copy], check=True)
        return copy

    def _drop(self) -> None:
        """Unmount and forget the disk that is mounted."""
        gone = self._mounted
        self.unmount()
        if gone is not None:
            gone.unlink()

    def _mount(self, image: Path) -> None:
        if os.path.ismount(self._mountpoint):
            raise HarnessFault(f"{self._mountpoint} is still mounted")
        _run("mount", "-t", "ext4", "-o", _NO_COMMIT, str(image), str(self._mountpoint))
        self._mounted = image
        if self._backing() != [image]:
            raise HarnessFault(f"{self._backing()} is mounted instead of {image}")

    def unmount(self) -> None:
        """Leave nothing mounted; safe to call twice."""
        if self._mounted is None:
            return
        gc.collect()  # a file some library has not closed yet would keep the disk busy
        _run("umount", str(self._mountpoint))
        self._mounted = None
        if os.path.ismount(self._mountpoint) or self._backing():
            raise HarnessFault(f"{self._mountpoint} is still mounted after umount")

    def _backing(self) -> list[Path]:
        """Our images that a loop device holds, by the kernel's word."""
        files = []
        for one in Path("/sys/block").glob("loop*/loop/backing_file"):
            with suppress(OSError):  # somebody else's may go while we look
                files.append(Path(one.read_text().strip()))
        return [file for file in files if file.parent == self._images]


@contextmanager
def disk(work: Path, megabytes: int = MEGABYTES) -> Iterator[Disk]:
    """A disk whose power can be cut; nothing of it stays mounted. Needs root and mkfs.ext4."""
    _own_mounts()
    made = Disk(work.resolve(), megabytes)
    try:
        yield made
    finally:
        made.unmount()


@cache
def _own_mounts() -> None:
    """From here on only this process and its children see our mounts, and they end with it.

    Even a SIGKILL of the proof itself then leaves nothing mounted.
    """
    libc = ctypes.CDLL(None, use_errno=True)
    if libc.unshare(_CLONE_NEWNS):
        raise HarnessFault(f"unshare: {os.strerror(ctypes.get_errno())}")
    _run("mount", "--make-rslave", "/")


def missing() -> str:
    """Why no disk can be made here; empty where one can."""
    if os.geteuid() != 0:
        return "mounting a disk image needs root"
    if not shutil.which("mkfs.ext4"):
        return "no mkfs.ext4"
    try:
        with TemporaryDirectory() as work, disk(Path(work), 8) as trial:
            trial.lay(None)
    except HarnessFault as fault:
        return f"no loop device here ({fault})"
    return ""


def _run(*command: str) -> None:
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode:
        raise HarnessFault(f"{' '.join(command)}: {done.stderr.strip()}")
