"""The folder of packages (truth for bytes) and the ledger (truth for states).

watchdog only wakes; a scan of the folder decides. Nothing here deletes a package.

    folder.py   Outbox: what sealing and the courier do with packages; the folder's layout
    ledger.py   the SQLite file: one row a package, every change with its audit event
    audit.py    the chain of audit events; pure
    rebuild.py  a lost ledger from packages and receipts
    watch.py    a wake-up when something appears in the folder
"""

from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from scanstation.model.delivery import Delivery, QueueRow, ReceiptClaims
from scanstation.model.manifest import PackageReport

PackageReader = Callable[[Path], PackageReport]
"""Proves a package file; errors.PackageDamaged, StoreNewer or UnreadableInput."""
ReceiptReader = Callable[[str], ReceiptClaims]
"""Proves that the central system signed a receipt; errors.ReceiptInvalid."""


@dataclass(frozen=True, slots=True)
class Turn:
    """The next place in the station's sequence, while nobody else can take it."""

    sequence: int
    """1 for the first package."""
    previous: str
    """SHA-256 of the package before; empty for the first."""


@dataclass(frozen=True, slots=True)
class Damaged:
    """A file in the folder that is not, or is no longer, a package of this station."""

    file: str
    problem: str


@dataclass(frozen=True, slots=True)
class ScanResult:
    """What looking through the folder found."""

    added: tuple[QueueRow, ...] = ()
    """Packages the ledger did not know; they are queued now."""
    missing: tuple[QueueRow, ...] = ()
    """Undelivered packages whose file is gone; they are held."""
    damaged: tuple[Damaged, ...] = ()


class Outbox(Protocol):
    """What a courier may do with the outbox; folder.Outbox is the one that exists."""

    def courier_lock(self) -> AbstractContextManager[None]:
        """Be the only courier; errors.InUse."""
        ...

    def scan(self, read: PackageReader) -> ScanResult:
        """Make the ledger know what the folder holds."""
        ...

    def rows(self, state: Delivery | None = None) -> tuple[QueueRow, ...]:
        """Packages in the station's sequence."""
        ...

    def path_of(self, row: QueueRow) -> Path:
        """The package's file, whether it is there or not."""
        ...

    def sending(self, package: str, offset: int) -> QueueRow:
        """The central system holds `offset` bytes."""
        ...

    def hold(self, package: str, reason: str) -> QueueRow:
        """A person must look."""
        ...

    def deliver(self, package: str, receipt: str) -> QueueRow:
        """Store a receipt whose signature the courier has checked; the package is delivered."""
        ...
