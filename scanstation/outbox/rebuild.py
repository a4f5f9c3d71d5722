"""A lost or broken ledger made anew from the packages and receipts themselves.

What only the ledger knew is lost: why a package was held, and when it was queued. The old ledger
is set aside, never deleted, and the new chain begins by saying that it is a new one.
"""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from msgspec.structs import replace

from scanstation import durable, errors
from scanstation.i18n import _
from scanstation.model.clock import Clock, iso_vietnam, new_id
from scanstation.model.delivery import Delivery, QueueRow, ReceiptClaims
from scanstation.outbox import Damaged, PackageReader, ReceiptReader, ScanResult, folder, receipts
from scanstation.outbox.audit import VERSION as AUDIT_VERSION
from scanstation.outbox.audit import AuditEvent
from scanstation.outbox.ledger import Ledger
from scanstation.ownership import sole_owner

_MAKING = "ledger-new.sqlite"
_JOURNAL = "-journal"


@dataclass(frozen=True, slots=True)
class _Known:
    row: QueueRow
    station: str


def rebuild(
    root: Path, clock: Clock, read: PackageReader, check_receipt: ReceiptReader
) -> ScanResult:
    """Make the ledger of the outbox under `root` anew.

    Every genuine package is queued again, or delivered when its receipt is there; a delivered
    package whose file was purged lives on by its receipt, so the sequence has no gap. Raises
    InUse while sealing or a courier is at work, StorageError.
    """
    instant = clock.now()
    with _alone(root):
        making = root / _MAKING
        for leftover in (making, _journal_of(making)):
            durable.remove(leftover)
        result = _filled(Ledger(making), root, iso_vietnam(instant), read, check_receipt)
        _put_in_place(making, root / folder.LEDGER, new_id(instant))
        return result


@contextmanager
def _alone(root: Path) -> Iterator[None]:
    with (
        sole_owner(root / folder.SEALING_LOCK, _("the outbox")),
        sole_owner(root / folder.COURIER_LOCK, _("the courier")),
    ):
        yield


def _filled(
    ledger: Ledger, root: Path, now: str, read: PackageReader, check_receipt: ReceiptReader
) -> ScanResult:
    ledger.note(AuditEvent(version=AUDIT_VERSION, at=now, by=folder.SCAN, what="rebuilt"))
    reports, damaged = folder.read_new(root / folder.PACKAGES, ledger, read)
    found = {
        report.manifest.package: _Known(folder.row_of(report, now), report.manifest.station)
        for report in reports
    }
    for path in sorted((root / folder.RECEIPTS).glob("*.jws")):
        try:
            known = _received(path.read_text("ascii"), found, check_receipt)
            found[known.row.package] = known
        except (errors.ReceiptInvalid, UnicodeDecodeError) as fault:
            damaged.append(Damaged(path.name, str(fault)))
    entries = sorted(found.values(), key=lambda known: known.row.sequence)
    refused = ledger.add_all((one.row, one.station, _event(one.row, now)) for one in entries)
    damaged += [Damaged(fault.row.file, str(fault)) for fault in refused]
    left_out = {fault.row.package for fault in refused}
    added = tuple(one.row for one in entries if one.row.package not in left_out)
    return ScanResult(added=added, damaged=tuple(damaged))


def _received(receipt: str, found: Mapping[str, _Known], check_receipt: ReceiptReader) -> _Known:
    """The package a receipt is for, delivered; ReceiptInvalid."""
    claims = check_receipt(receipt)
    known = found.get(claims.package) or _Known(_row_of(claims), claims.station)
    receipts.must_fit(receipt, known.row)
    row = replace(
        known.row,
        state=Delivery.DELIVERED,
        offset=claims.size,
        delivered_at=claims.received_at,
        receipt=receipt,
    )
    return _Known(row, known.station)


def _row_of(claims: ReceiptClaims) -> QueueRow:
    """The row of a delivered package whose file is no longer here."""
    return QueueRow(
        package=claims.package,
        dossier=claims.dossier,
        file=f"{claims.package}{folder.SUFFIX}",
        sha256=claims.sha256,
        size=claims.size,
        sequence=claims.sequence,
        state=Delivery.DELIVERED,
        queued_at=claims.received_at,
    )


def _event(row: QueueRow, now: str) -> AuditEvent:
    return AuditEvent(
        version=AUDIT_VERSION,
        at=now,
        by=folder.SCAN,
        what="found",
        package=row.package,
        sha256=row.sha256,
        sequence=row.sequence,
        state=row.state,
    )


def _put_in_place(making: Path, ledger: Path, mark: str) -> None:
    """The old ledger goes first and its journal after it: a new one must never meet that."""
    for path in (ledger, _journal_of(ledger)):
        if path.exists():
            path.rename(path.with_name(f"set-aside-{mark}-{path.name}"))
    durable.remove(_journal_of(making))  # empty: its transactions are committed
    making.replace(ledger)
    durable.sync_folder(ledger.parent)


def _journal_of(ledger: Path) -> Path:
    return ledger.with_name(ledger.name + _JOURNAL)
