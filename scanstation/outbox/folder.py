"""The outbox: where sealing puts packages and the courier finds them.

    root/packages/<package id>.ssp.zip    what is to be sent: the truth for bytes
    root/receipts/<package id>.jws        what the central system signed, word for word
    root/ledger.sqlite                    the truth for states
    root/reserve                          room for the ledger on a full disk
    root/sealing.lock, root/courier.lock  one sealing and one courier at a time

It refuses to guess: a package without a row gets one, a row without its package is held, and
neither is ever deleted; only `purge` removes a package, once it is delivered.
"""

import os
import re
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path

from msgspec.structs import replace

from scanstation import durable, errors, reserve
from scanstation.i18n import _
from scanstation.model.clock import Clock, iso_vietnam
from scanstation.model.delivery import Delivery, QueueRow
from scanstation.model.manifest import PackageReport
from scanstation.outbox import Damaged, PackageReader, ScanResult, Turn, receipts
from scanstation.outbox.audit import VERSION as AUDIT_VERSION
from scanstation.outbox.audit import AuditEvent, Head
from scanstation.outbox.ledger import Ledger, SequenceTaken
from scanstation.ownership import sole_owner

SUFFIX = ".ssp.zip"
PACKAGES = "packages"
RECEIPTS = "receipts"
LEDGER = "ledger.sqlite"
COURIER_LOCK = "courier.lock"
SEALING_LOCK = "sealing.lock"
COURIER, SCAN, STATION = "courier", "scan", "station"
"""Who acts when no clerk does."""
_ID = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}")
_WAITING = (Delivery.QUEUED, Delivery.SENDING)
_UNDELIVERED = (*_WAITING, Delivery.HELD)


class Outbox:
    """The outbox under `root`, which is created when missing.

    Raises NotYours, LedgerBroken (also when the ledger is gone while packages are there: see
    rebuild.py), StoreNewer, StorageError.
    """

    def __init__(self, root: Path, clock: Clock) -> None:
        self._root = durable.make_folder(root)
        if root.stat().st_uid != os.geteuid():
            raise errors.NotYours(path=root)
        self._clock = clock
        self._packages = durable.make_folder(root / PACKAGES)
        self._receipts = durable.make_folder(root / RECEIPTS)
        must_have_ledger(root)
        self._ledger = Ledger(root / LEDGER)

    # --- looking ------------------------------------------------------------------------------

    @property
    def folder(self) -> Path:
        """Where package files lie."""
        return self._packages

    def target(self, package: str) -> Path:
        """Where the package of that id lies or is to be written; ValueError for no UUID."""
        if not _ID.fullmatch(package):
            raise ValueError(f"{package!r} is no package id")
        return self._packages / f"{package}{SUFFIX}"

    def path_of(self, row: QueueRow) -> Path:
        """The package's file, whether it is there or not."""
        return self._packages / row.file

    def rows(self, state: Delivery | None = None) -> tuple[QueueRow, ...]:
        """Packages in the station's sequence."""
        return self._ledger.rows(state)

    def row(self, wanted: str) -> QueueRow:
        """The package with that id or unambiguous id ending; errors.NoSuchThing."""
        found = self._ledger.ending(wanted) if wanted else ()
        if len(found) == 1:
            return found[0]
        hint = _("Several packages end like this: give more of the id.") if found else ""
        raise errors.NoSuchThing(
            kind=_("package"), name=wanted, hint=hint or _("See «scanstation queue list».")
        )

    def of_dossier(self, dossier: str) -> QueueRow | None:
        """The dossier's own package, never a supplement; None while it has none."""
        return self._ledger.of_dossier(dossier)

    def supplements_of(self, dossier: str) -> tuple[QueueRow, ...]:
        """Packages that add to the dossier's own, in the station's sequence."""
        return self._ledger.supplements_of(dossier)

    def dossiers(self) -> frozenset[str]:
        """Ids of all dossiers that have a package of their own."""
        return self._ledger.dossiers()

    def current(self, day: str) -> frozenset[str]:
        """Dossiers whose own package is not delivered, or was on that day (ISO date)."""
        return self._ledger.dossiers(day)

    def audit_check(self) -> Head:
        """The head of the audit chain; LedgerBroken when chain or rows were tampered with."""
        return self._ledger.check()

    # --- sealing ------------------------------------------------------------------------------

    @contextmanager
    def sealing(self, read: PackageReader) -> Iterator[Turn]:
        """The next place in the sequence, ours alone until the package is admitted.

        The number is the last one plus one, never a counter of its own: a stop before the
        package is written uses none, a stop after it leaves a package that is found here first.
        What a stop left half written goes now: it may hold a citizen's papers. Raises InUse.
        """
        with sole_owner(self._root / SEALING_LOCK, _("the outbox")):
            durable.sweep(self._packages)
            self.scan(read)
            yield self._turn()

    def admit(self, report: PackageReport) -> QueueRow:
        """Queue the package just written to its `target`; durable when this returns.

        Admitting it again changes nothing. Raises LedgerBroken when it does not follow the last
        package, PackageDamaged when its file is not there, StorageError.
        """
        path = self.target(report.manifest.package)
        if not path.is_file() or path.stat().st_size != report.size:
            raise errors.PackageDamaged(file=path.name, problem=_("it is not in the outbox folder"))
        known = self._ledger.ending(report.manifest.package)
        if known and known[0].sha256 == report.sha256:
            return known[0]
        turn = self._turn()
        if (report.manifest.sequence, report.manifest.previous) != (turn.sequence, turn.previous):
            problem = _("package {n} does not follow {last}").format(
                n=report.manifest.sequence, last=turn.sequence - 1
            )
            raise errors.LedgerBroken(path=self._root / LEDGER, problem=problem)
        return self._add(report, "queued", report.manifest.clerk or STATION)[0]

    # --- the courier --------------------------------------------------------------------------

    def courier_lock(self) -> AbstractContextManager[None]:
        """Be the only courier for the length of the block; errors.InUse."""
        return sole_owner(self._root / COURIER_LOCK, _("the courier"))

    def sending(self, package: str, offset: int) -> QueueRow:
        """The central system holds `offset` bytes, 0 to size; WrongState when it is held."""
        row = self.row(package)
        if not 0 <= offset <= row.size:
            raise ValueError(f"offset {offset} of {row.size}")
        after = replace(row, state=Delivery.SENDING, offset=offset)
        begins = row.state is not Delivery.SENDING
        event = self._event("sending", COURIER, after) if begins else None
        return self._ledger.change(after, _WAITING, event)

    def hold(self, package: str, reason: str, by: str = COURIER) -> QueueRow:
        """A person must look; WrongState when it is delivered."""
        row = self.row(package)
        after = replace(row, state=Delivery.HELD, reason=reason)
        return self._ledger.change(after, _UNDELIVERED, self._event("held", by, after))

    def release(self, package: str, by: str = "") -> QueueRow:
        """Queue a held package again; `by` is the clerk who looked. WrongState."""
        row = self.row(package)
        after = replace(row, state=Delivery.QUEUED, reason="", offset=0)
        return self._ledger.change(after, (Delivery.HELD,), self._event("released", by, after))

    def deliver(self, package: str, receipt: str, by: str = COURIER) -> QueueRow:
        """Store a receipt whose signature the caller has checked; the package is delivered.

        The receipt is a durable file before the ledger says so; delivering again changes nothing.
        Raises ReceiptInvalid when it speaks of something else or another one is stored.
        """
        row = self.row(package)
        receipts.must_fit(receipt, row)
        receipts.store(self._receipts / f"{row.package}.jws", receipt, row)
        if row.state is Delivery.DELIVERED:
            return row
        now = iso_vietnam(self._clock.now())
        after = replace(
            row,
            state=Delivery.DELIVERED,
            offset=row.size,
            reason="",
            delivered_at=now,
            receipt=receipt,
        )
        event = self._event("delivered", by, after, sha256=receipts.sha256_of(receipt))
        return self._ledger.change(after, _UNDELIVERED, event)

    def purge(self, package: str, by: str) -> None:
        """Remove the file of a delivered package; row, receipt and audit chain stay. WrongState."""
        row = self.row(package)
        self._ledger.change(row, (Delivery.DELIVERED,), self._event("purged", by, row))
        durable.remove(self.path_of(row))

    # --- keeping room -------------------------------------------------------------------------

    def keep_reserve(self, size: int) -> None:
        """Keep `size` bytes of disk so that the ledger can be written when the disk is full."""
        reserve.keep(self._root, size)

    # --- what the folder holds ----------------------------------------------------------------

    def scan(self, read: PackageReader) -> ScanResult:
        """Make the ledger know what the folder holds; changes no file."""
        reports, damaged = read_new(self._packages, self._ledger, read)
        added = []
        for report in reports:
            try:
                row, is_new = self._add(report, "found", SCAN)
            except SequenceTaken as fault:
                damaged.append(Damaged(file_of(report), str(fault)))
            else:
                added += [row] if is_new else []
        missing, changed = self._hold_gone()
        return ScanResult(tuple(added), missing, (*damaged, *changed))

    def _hold_gone(self) -> tuple[tuple[QueueRow, ...], tuple[Damaged, ...]]:
        """Hold undelivered packages whose file is gone or has another size."""
        missing, changed = [], []
        for row in [row for state in _UNDELIVERED for row in self._ledger.rows(state)]:
            path = self.path_of(row)
            size = path.stat().st_size if path.is_file() else None
            if size is None:
                missing.append(self._held_by_scan(row, _("the package file is missing")))
            elif size != row.size:
                problem = _("the package file has another size than when it was queued")
                changed.append(Damaged(row.file, problem))
                self._held_by_scan(row, problem)
        return tuple(missing), tuple(changed)

    def _held_by_scan(self, row: QueueRow, reason: str) -> QueueRow:
        return row if row.state is Delivery.HELD else self.hold(row.package, reason, SCAN)

    # --- inside -------------------------------------------------------------------------------

    def _turn(self) -> Turn:
        last = self._ledger.last()
        return Turn(last.sequence + 1, last.sha256) if last else Turn(1, "")

    def _add(self, report: PackageReport, what: str, by: str) -> tuple[QueueRow, bool]:
        """The package's row, and whether it is new."""
        row = row_of(report, iso_vietnam(self._clock.now()))
        event = self._event(what, by, row)
        is_new = self._ledger.add(row, report.manifest.station, event)
        return (row, True) if is_new else (self.row(row.package), False)

    def _event(self, what: str, by: str, row: QueueRow, sha256: str = "") -> AuditEvent:
        return AuditEvent(
            version=AUDIT_VERSION,
            at=iso_vietnam(self._clock.now()),
            by=by,
            what=what,
            package=row.package,
            sha256=sha256 or row.sha256,
            sequence=row.sequence,
            state=row.state,
            reason=row.reason,
        )


def must_have_ledger(root: Path) -> None:
    """errors.LedgerBroken when packages or receipts are there but their ledger is not."""
    path = root / LEDGER
    there = path.is_file() and path.stat().st_size > 0
    if not there and (packages_in(root / PACKAGES) or any((root / RECEIPTS).glob("*.jws"))):
        problem = _("it is gone while packages are there; run «scanstation queue rebuild»")
        raise errors.LedgerBroken(path=path, problem=problem)


def packages_in(folder: Path) -> set[str]:
    """Names of package files; half-written and foreign files are not looked at."""
    with os.scandir(folder) as entries:
        return {entry.name for entry in entries if is_package(entry.name) and entry.is_file()}


def is_package(name: str) -> bool:
    """Whether a file of that name in the folder is a package's."""
    return name.endswith(SUFFIX) and _ID.fullmatch(name.removesuffix(SUFFIX)) is not None


def read_new(
    folder: Path, ledger: Ledger, read: PackageReader
) -> tuple[list[PackageReport], list[Damaged]]:
    """Packages without a row, in the station's sequence, and files that only look like some."""
    station = ledger.station()
    reports, damaged = [], []
    for name in sorted(ledger.unknown(packages_in(folder))):
        try:
            report = read(folder / name)
        except (errors.IntegrityError, errors.StoreNewer, errors.UnreadableInput) as fault:
            damaged.append(Damaged(name, str(fault)))
            continue
        station = station or report.manifest.station
        if name != file_of(report):
            damaged.append(Damaged(name, f"it is package {report.manifest.package}"))
        elif report.manifest.station != station:
            damaged.append(Damaged(name, f"it is of station {report.manifest.station}"))
        else:
            reports.append(report)
    return sorted(reports, key=lambda report: report.manifest.sequence), damaged


def file_of(report: PackageReport) -> str:
    """The name a package's file must have."""
    return f"{report.manifest.package}{SUFFIX}"


def row_of(report: PackageReport, queued_at: str) -> QueueRow:
    """The row of a package that has just been queued."""
    return QueueRow(
        package=report.manifest.package,
        dossier=report.manifest.dossier,
        file=file_of(report),
        sha256=report.sha256,
        size=report.size,
        sequence=report.manifest.sequence,
        state=Delivery.QUEUED,
        queued_at=queued_at,
        supplements=report.manifest.supplements,
    )
