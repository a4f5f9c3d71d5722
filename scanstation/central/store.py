"""Central's store: incoming/ for what arrives, packages/ for what is held, the register beside.

Order of a commit: hash the whole file, read the package, fsync, rename into packages/, fsync the
folder, one register transaction with the receipt; only then success. Any crash between two steps
is finished by the same commit asked again. Nothing here deletes a held package.
"""

import os
import shutil
from collections.abc import Callable
from pathlib import Path
from types import TracebackType
from typing import Self

import msgspec

from scanstation import durable, errors
from scanstation.central import CentralOptions
from scanstation.central.refusal import Refusal
from scanstation.central.register import Register, Registered
from scanstation.model.clock import Clock, iso_vietnam
from scanstation.model.delivery import Announcement, ReceiptClaims, announcement_of
from scanstation.model.manifest import Manifest, PackageReport
from scanstation.sync import wire
from scanstation.sync.wire import Code, Holding

SUFFIX = ".ssp.zip"
RECEIPTS_PER_PAGE = 100

ReadPackage = Callable[[Path], PackageReport]
SealReceipt = Callable[[bytes], str]
"""Claims as JSON bytes to a compact JWS with typ ss-receipt+jws."""


class Store:
    """One open store folder, under its owner's lock; a context manager."""

    def __init__(
        self,
        root: Path,
        options: CentralOptions,
        clock: Clock,
        read_package: ReadPackage,
        seal_receipt: SealReceipt,
    ) -> None:
        """Raises StoreNewer, StoreDamaged or StorageError."""
        self.options = options
        self._clock = clock
        self._read = read_package
        self._seal = seal_receipt
        self._incoming = durable.make_folder(root / "incoming")
        self._packages = durable.make_folder(root / "packages")
        self.register = Register(root / "register.sqlite3")

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        fault: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.register.close()

    def announce(self, announcement: Announcement) -> tuple[wire.Accepted, bool]:
        """What is held of an announced package, and whether it is new here.

        A replay never resets what arrived. Raises Refusal or StorageError.
        """
        self._admit(announcement)
        row, fresh = self.register.enter(announcement, self._now())
        if not row.receipt and self._lying(announcement) is None:
            self._make_room(announcement)
        accepted = wire.Accepted(
            state=Holding.STORED if row.receipt else Holding.RECEIVING,
            upload=wire.upload_path(announcement.package),
            offset=announcement.size if row.receipt else self.offset(announcement),
            max_patch=self.options.max_patch,
        )
        return accepted, fresh

    def _admit(self, announcement: Announcement) -> None:
        if problem := wire.flaw(announcement):
            raise Refusal(Code.MALFORMED, problem)
        if announcement.demo and self.options.production:
            raise Refusal(Code.DEMO, "demo packages are not taken in production")
        if announcement.size > self.options.max_package:
            raise Refusal(Code.TOO_LARGE, f"larger than {self.options.max_package} bytes")

    def _make_room(self, announcement: Announcement) -> None:
        """An empty incoming file, created exclusively: never a second one over the first."""
        if shutil.disk_usage(self._incoming).free < announcement.size + self.options.spare:
            raise Refusal(Code.FULL, "the disk of central is full")
        path = self._incoming / announcement.package
        try:
            os.close(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600))
            durable.sync_folder(self._incoming)
        except OSError as fault:
            raise durable.storage_fault(path, fault) from fault

    def row(self, package: str) -> Registered:
        """The row of an announced package; Refusal (unknown) without one."""
        row = self.register.find(package)
        if row is None:
            raise Refusal(Code.UNKNOWN, "this package was never announced here")
        return row

    def offset(self, announcement: Announcement) -> int:
        """Bytes held, measured on disk; Refusal (unknown) when the file is gone."""
        return self._bytes_of(announcement).stat().st_size

    def arrival(self, announcement: Announcement) -> "Arrival":
        """The incoming file opened for more bytes; Refusal (unknown) when there is none."""
        try:
            return Arrival(self._incoming / announcement.package)
        except FileNotFoundError as fault:
            raise Refusal(Code.UNKNOWN, "nothing more is expected of this package") from fault

    def commit(self, announcement: Announcement) -> str:
        """Hold a whole package for good and return its receipt; again, the identical receipt.

        Raises Refusal (unfinished, altered, package, fork) or StorageError.
        """
        row = self.row(announcement.package)
        if row.receipt:
            return row.receipt
        if self.offset(announcement) != announcement.size:
            raise Refusal(Code.UNFINISHED, "not all bytes are here")
        report = self._proven(announcement)
        self._keep(announcement)
        received_at = self._now()
        return self.register.settle(
            announcement,
            received_at,
            report.station_key,
            lambda number: self._receipt(announcement, number, received_at),
            report.manifest,
        )

    def _proven(self, announcement: Announcement) -> PackageReport:
        """The report of bytes that are as announced and a valid package; altered ones go."""
        path = self._bytes_of(announcement)
        if durable.sha256_of(path) != announcement.sha256:
            durable.remove(path)
            raise Refusal(Code.ALTERED, "the bytes that arrived are not the ones announced")
        try:
            report = self._read(path)
        except errors.PackageDamaged as fault:
            raise Refusal(Code.PACKAGE, f"{fault.facts['problem']}") from fault
        if announcement_of(report) != announcement:
            raise Refusal(Code.PACKAGE, "its manifest contradicts the announcement")
        self._must_correct_its_own(report.manifest)
        self._must_supplement_its_own(report.manifest)
        return report

    def _must_correct_its_own(self, manifest: Manifest) -> None:
        """Refusal (corrects) unless what it supersedes is held, of this station and dossier."""
        if not manifest.supersedes:
            return
        old = self.register.find(manifest.supersedes)
        if old is None or not old.receipt:
            raise Refusal(Code.CORRECTS, "the package it supersedes is not held here")
        corrected = (old.announcement.station, old.announcement.dossier)
        if corrected != (manifest.station, manifest.corrects):
            raise Refusal(Code.CORRECTS, "the package it supersedes is of another dossier")

    def _must_supplement_its_own(self, manifest: Manifest) -> None:
        """Refusal (supplements) unless what it adds to is held, of this station and dossier."""
        if not manifest.supplements:
            return
        old = self.register.find(manifest.supplements)
        if old is None or not old.receipt:
            raise Refusal(Code.SUPPLEMENTS, "the package it supplements is not held here")
        supplemented = (old.announcement.station, old.announcement.dossier)
        if supplemented != (manifest.station, manifest.dossier):
            raise Refusal(Code.SUPPLEMENTS, "the package it supplements is of another dossier")
        if old.supplements:
            raise Refusal(Code.SUPPLEMENTS, "the package it supplements is a supplement itself")

    def _keep(self, announcement: Announcement) -> None:
        """Durable under packages/; a no-op when a crash had come after the rename."""
        arrived, kept = self._incoming / announcement.package, self._kept(announcement)
        durable.make_folder(kept.parent)
        try:
            if arrived.exists():
                _flush(arrived)
                arrived.rename(kept)
            durable.sync_folder(kept.parent)
            durable.sync_folder(self._incoming)
        except OSError as fault:
            raise durable.storage_fault(kept, fault) from fault

    def _receipt(self, announcement: Announcement, number: int, received_at: str) -> str:
        claims = ReceiptClaims(
            issuer=self.options.name,
            package=announcement.package,
            dossier=announcement.dossier,
            station=announcement.station,
            sha256=announcement.sha256,
            size=announcement.size,
            sequence=announcement.sequence,
            server_sequence=number,
            received_at=received_at,
            demo=announcement.demo,
        )
        return self._seal(msgspec.json.encode(claims))

    def receipts(
        self, station: str, after: int, limit: int = RECEIPTS_PER_PAGE
    ) -> wire.ReceiptPage:
        """One page of a station's receipts beyond a server sequence."""
        found = self.register.receipts(station, after, limit + 1)
        return wire.ReceiptPage(receipts=tuple(found[:limit]), more=len(found) > limit)

    def _kept(self, announcement: Announcement) -> Path:
        return self._packages / announcement.station / f"{announcement.package}{SUFFIX}"

    def _bytes_of(self, announcement: Announcement) -> Path:
        path = self._lying(announcement)
        if path is None:
            raise Refusal(Code.UNKNOWN, "what had arrived is gone; announce the package again")
        return path

    def _lying(self, announcement: Announcement) -> Path | None:
        """Where the bytes lie now: still incoming, or already renamed into packages/."""
        places = (self._kept(announcement), self._incoming / announcement.package)
        return next((path for path in places if path.is_file()), None)

    def _now(self) -> str:
        return iso_vietnam(self._clock.now())


class Arrival:
    """An incoming file open for writing; every write says where, none moves the end by itself."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._descriptor = os.open(path, os.O_WRONLY)

    def write(self, offset: int, data: bytes) -> int:
        """Write `data` at `offset` and return the offset behind it; StorageError, DiskFull."""
        try:
            while data:
                written = os.pwrite(self._descriptor, data, offset)
                offset, data = offset + written, data[written:]
        except OSError as fault:
            raise durable.storage_fault(self._path, fault) from fault
        return offset

    def settle(self) -> None:
        """Make what was written survive a power cut, then close."""
        try:
            os.fdatasync(self._descriptor)
        except OSError as fault:
            raise durable.storage_fault(self._path, fault) from fault
        finally:
            os.close(self._descriptor)


def _flush(path: Path) -> None:
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
