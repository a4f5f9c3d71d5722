"""The ledger: one row a package, and no change without its audit event in the same transaction.

SQLite with a rollback journal (`TRUNCATE`) and `synchronous=EXTRA`: Debian 12's 3.40 has the
WAL-reset bug (fixed in 3.51.3), and a dossier costs fewer than ten commits. Each verb opens its
own connection, so threads and processes may share a ledger. It refuses to open a file that fails
SQLite's integrity check, and never deletes a row.
"""

import errno
import os
import secrets
import sqlite3
from collections.abc import Iterable, Iterator
from contextlib import closing, contextmanager, suppress
from pathlib import Path

import msgspec

from scanstation import durable, errors, reserve
from scanstation.i18n import _
from scanstation.model.delivery import Delivery, QueueRow
from scanstation.outbox import audit
from scanstation.outbox.audit import AuditEvent

VERSION = 2
_APPLICATION = 0x53534F42  # "SSOB", for file(1) and against opening another program's database
_ID_LENGTH = len("01980000-0000-7000-8000-000000000000")
_SCHEMA = f"""
CREATE TABLE IF NOT EXISTS packages (
    package      TEXT PRIMARY KEY,
    dossier      TEXT NOT NULL,
    station      TEXT NOT NULL,
    file         TEXT NOT NULL UNIQUE,
    sha256       TEXT NOT NULL UNIQUE,
    size         INTEGER NOT NULL,
    sequence     INTEGER NOT NULL UNIQUE,
    state        TEXT NOT NULL,
    sent         INTEGER NOT NULL DEFAULT 0,
    reason       TEXT NOT NULL DEFAULT '',
    queued_at    TEXT NOT NULL,
    delivered_at TEXT NOT NULL DEFAULT '',
    receipt      TEXT NOT NULL DEFAULT '',
    supplements  TEXT NOT NULL DEFAULT ''
) STRICT;
CREATE INDEX IF NOT EXISTS packages_by_state ON packages (state, sequence);
CREATE TABLE IF NOT EXISTS audit (
    number INTEGER PRIMARY KEY,
    event  TEXT NOT NULL,
    hash   TEXT NOT NULL
) STRICT;
CREATE TRIGGER IF NOT EXISTS audit_is_not_changed BEFORE UPDATE ON audit
    BEGIN SELECT RAISE(ABORT, 'the audit chain is never changed'); END;
CREATE TRIGGER IF NOT EXISTS audit_is_not_shortened BEFORE DELETE ON audit
    BEGIN SELECT RAISE(ABORT, 'the audit chain is never shortened'); END;
CREATE TRIGGER IF NOT EXISTS packages_are_not_forgotten BEFORE DELETE ON packages
    BEGIN SELECT RAISE(ABORT, 'a package is never forgotten'); END;
PRAGMA application_id = {_APPLICATION};
PRAGMA user_version = {VERSION};
"""
_SINCE_1 = "ALTER TABLE packages ADD COLUMN supplements TEXT NOT NULL DEFAULT ''"
_PAGE = 4096
_COLUMNS = tuple("sent" if name == "offset" else name for name in QueueRow.__struct_fields__)
_ROW = f"SELECT {', '.join(_COLUMNS)} FROM packages"


class SequenceTaken(Exception):
    """A package claims an id, a place in the sequence or a hash that another one has."""

    def __init__(self, row: QueueRow, other: str) -> None:
        super().__init__(f"its id, number {row.sequence} or content is already that of {other}")
        self.row = row


class Ledger:
    """The ledger in `path`, created when missing.

    Raises LedgerBroken, StoreNewer, InUse when another process writes for longer than
    `patience_s`, DiskFull or StorageError; so does every verb.
    """

    def __init__(self, path: Path, patience_s: float = 5.0) -> None:
        self._path = path
        self._patience_s = patience_s
        try:
            os.close(os.open(path, os.O_RDWR | os.O_CREAT, 0o600))
        except OSError as fault:
            raise durable.storage_fault(path, fault) from fault
        with self._open() as ledger:
            _must_be_sound(ledger, path)
            _must_be_known(ledger, path)

    # --- looking ------------------------------------------------------------------------------

    def rows(self, state: Delivery | None = None) -> tuple[QueueRow, ...]:
        """Packages in the station's sequence."""
        where, wanted = ("", ()) if state is None else ("WHERE state = ?", (str(state),))
        with self._open() as ledger:
            found = ledger.execute(f"{_ROW} {where} ORDER BY sequence", wanted)
            return tuple(_row(values) for values in found)

    def ending(self, ending: str) -> tuple[QueueRow, ...]:
        """Packages whose id ends like this."""
        whole = len(ending) == _ID_LENGTH  # by the primary key: 0.1 ms, not 40 of 100,000 rows
        where = "package = ?1" if whole else "substr(package, -length(?1)) = ?1"
        with self._open() as ledger:
            found = ledger.execute(f"{_ROW} WHERE {where} ORDER BY sequence", (ending,))
            return tuple(_row(values) for values in found)

    def of_dossier(self, dossier: str) -> QueueRow | None:
        """A dossier's own package, never one that supplements it."""
        with self._open() as ledger:
            where = "WHERE dossier = ? AND supplements = '' ORDER BY sequence LIMIT 1"
            found = ledger.execute(f"{_ROW} {where}", (dossier,)).fetchone()
            return _row(found) if found else None

    def supplements_of(self, dossier: str) -> tuple[QueueRow, ...]:
        """What came after a dossier's own package, in the station's sequence."""
        own = self.of_dossier(dossier)
        with self._open() as ledger:
            found = ledger.execute(f"{_ROW} WHERE dossier = ? ORDER BY sequence", (dossier,))
            rows = tuple(_row(values) for values in found)
        return tuple(row for row in rows if own is None or row.package != own.package)

    def dossiers(self, current: str = "") -> frozenset[str]:
        """Dossiers that have a package of their own; with an ISO date those not delivered before
        that day.
        """
        where, wanted = "WHERE supplements = ''", list[str]()
        if current:
            where += " AND (state <> ? OR delivered_at >= ?)"
            wanted = [Delivery.DELIVERED, current]
        with self._open() as ledger:
            found = ledger.execute(f"SELECT dossier FROM packages {where}", wanted)
            return frozenset(one for (one,) in found)

    def unknown(self, files: set[str]) -> set[str]:
        """Which of these file names have no row."""
        with self._open() as ledger:
            found = "SELECT 1 FROM packages WHERE file = ?"
            return {name for name in files if not ledger.execute(found, (name,)).fetchone()}

    def last(self) -> QueueRow | None:
        """The package with the highest sequence."""
        with self._open() as ledger:
            found = ledger.execute(f"{_ROW} ORDER BY sequence DESC LIMIT 1").fetchone()
            return _row(found) if found else None

    def station(self) -> str:
        """The station whose packages these are; empty while there is none."""
        with self._open() as ledger:
            found = ledger.execute("SELECT station FROM packages LIMIT 1").fetchone()
            return str(found[0]) if found else ""

    def check(self) -> audit.Head:
        """The audit chain's head, if the chain holds and the rows are what it says."""
        with self._open() as ledger:
            links = ledger.execute("SELECT number, event, hash FROM audit ORDER BY number")
            try:
                head, told = audit.check(audit.Link(*values) for values in links)
            except audit.ChainBroken as fault:
                raise errors.LedgerBroken(path=self._path, problem=str(fault)) from fault
            rows = ledger.execute("SELECT package, state FROM packages")
            found = {package: Delivery(state) for package, state in rows}
        for package in sorted(told.keys() ^ found.keys()):
            problem = _("{package} is not in the audit chain").format(package=package)
            raise errors.LedgerBroken(path=self._path, problem=problem)
        for package, state in told.items():
            if found[package] is not state:
                problem = _("{package} is «{found}», the audit chain says «{told}»").format(
                    package=package, found=_(found[package]), told=_(state)
                )
                raise errors.LedgerBroken(path=self._path, problem=problem)
        return head

    # --- changing -----------------------------------------------------------------------------

    def add(self, row: QueueRow, station: str, event: AuditEvent) -> bool:
        """Add `row`; False when the package is there already. SequenceTaken."""
        with self._change() as ledger:
            return _add(ledger, row, station, event)

    def add_all(
        self, entries: Iterable[tuple[QueueRow, str, AuditEvent]]
    ) -> tuple[SequenceTaken, ...]:
        """Add many in one transaction, as `add` does; what was refused is told at the end."""
        refused = []
        with self._change() as ledger:
            for row, station, event in entries:
                try:
                    _add(ledger, row, station, event)
                except SequenceTaken as fault:
                    refused.append(fault)
        return tuple(refused)

    def note(self, event: AuditEvent) -> None:
        """An audit event that changes no package."""
        with self._change() as ledger:
            _note(ledger, event)

    def change(
        self,
        row: QueueRow,
        before: tuple[Delivery, ...],
        event: AuditEvent | None,
    ) -> QueueRow:
        """Put `row` in place of the package's row, if that is in one of the states `before`.

        Without an event only what is no change of state may differ. Raises WrongState.
        """
        with self._change() as ledger:
            (state,) = ledger.execute(
                "SELECT state FROM packages WHERE package = ?", (row.package,)
            ).fetchone()
            if Delivery(state) not in before:
                act = _("become «{state}»").format(state=_(row.state))
                raise errors.WrongState(dossier=row.dossier, state=_(state), act=act)
            ledger.execute(
                "UPDATE packages SET state = ?, sent = ?, reason = ?, delivered_at = ?,"
                " receipt = ? WHERE package = ?",
                (
                    str(row.state),
                    row.offset,
                    row.reason,
                    row.delivered_at,
                    row.receipt,
                    row.package,
                ),
            )
            if event is not None:
                _note(ledger, event)
        return row

    # --- connections --------------------------------------------------------------------------

    @contextmanager
    def _open(self) -> Iterator[sqlite3.Connection]:
        try:
            with closing(
                sqlite3.connect(self._path, timeout=self._patience_s, isolation_level=None)
            ) as ledger:
                ledger.execute("PRAGMA journal_mode = TRUNCATE")
                ledger.execute("PRAGMA synchronous = EXTRA")
                ledger.execute("PRAGMA trusted_schema = OFF")
                yield ledger
        except sqlite3.Error as fault:
            raise self._fault(fault) from fault

    @contextmanager
    def _change(self) -> Iterator[sqlite3.Connection]:
        """A write transaction: all of it or nothing."""
        reserve.before_vital(self._path.parent)
        with self._open() as ledger:
            ledger.execute("BEGIN IMMEDIATE")
            yield ledger  # an exception closes the connection, which rolls back
            ledger.execute("COMMIT")

    def _fault(self, fault: sqlite3.Error) -> errors.ScanStationError:
        """SQLite's primary result code in the clerk's words."""
        code = getattr(fault, "sqlite_errorcode", 0) & 0xFF
        if code == sqlite3.SQLITE_FULL:
            return errors.DiskFull(path=self._path, free="0 MB")
        if code in (sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED):
            return errors.InUse(thing=self._path.name, owner="?")
        if code in (sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB, sqlite3.SQLITE_CONSTRAINT):
            return errors.LedgerBroken(path=self._path, problem=str(fault))
        if full := _full(self._path.parent):  # SQLite does not say why it cannot open its journal
            return durable.storage_fault(self._path, full)
        return errors.StorageError(path=self._path, problem=str(fault))


def _full(folder: Path) -> OSError | None:
    """What a disk that has no room says when one asks it for a little."""
    path = folder / f"{durable.TEMPORARY}{secrets.token_hex(8)}"
    try:
        path.write_bytes(bytes(_PAGE))
    except OSError as fault:
        return fault if fault.errno in (errno.ENOSPC, errno.EDQUOT) else None
    finally:
        with suppress(OSError):
            path.unlink(missing_ok=True)
    return None


def _must_be_sound(ledger: sqlite3.Connection, path: Path) -> None:
    (verdict,) = ledger.execute("PRAGMA integrity_check(1)").fetchone()
    if verdict != "ok":
        raise errors.LedgerBroken(path=path, problem=verdict)


def _must_be_known(ledger: sqlite3.Connection, path: Path) -> None:
    """Create the tables in an empty file; refuse other programs' files and newer ones."""
    (version,) = ledger.execute("PRAGMA user_version").fetchone()
    (tables,) = ledger.execute("SELECT count(*) FROM sqlite_schema").fetchone()
    if (version, tables) == (0, 0):
        ledger.executescript(f"BEGIN EXCLUSIVE; {_SCHEMA} COMMIT;")
        durable.sync_folder(path.parent)
        return
    (application,) = ledger.execute("PRAGMA application_id").fetchone()
    if application != _APPLICATION:
        raise errors.LedgerBroken(path=path, problem=_("it is not an outbox ledger"))
    if version > VERSION:
        raise errors.StoreNewer(path=path, found=version, known=VERSION)
    if version < 2:
        _know_supplements(ledger)


def _know_supplements(ledger: sqlite3.Connection) -> None:
    """Bring a ledger of version 1 up to 2, unless another process just did."""
    ledger.execute("BEGIN IMMEDIATE")
    (version,) = ledger.execute("PRAGMA user_version").fetchone()
    if version < 2:
        ledger.execute(_SINCE_1)
        ledger.execute("PRAGMA user_version = 2")
    ledger.execute("COMMIT")


def _add(ledger: sqlite3.Connection, row: QueueRow, station: str, event: AuditEvent) -> bool:
    taken = ledger.execute(
        f"{_ROW} WHERE package = ? OR sequence = ? OR sha256 = ?",
        (row.package, row.sequence, row.sha256),
    ).fetchall()
    others = [_row(values) for values in taken]
    if any((one.package, one.sha256) == (row.package, row.sha256) for one in others):
        return False
    if others:
        raise SequenceTaken(row, others[0].package)
    places = ", ".join("?" * (len(_COLUMNS) + 1))
    ledger.execute(
        f"INSERT INTO packages ({', '.join(_COLUMNS)}, station) VALUES ({places})",
        (*msgspec.structs.astuple(row), station),
    )
    _note(ledger, event)
    return True


def _note(ledger: sqlite3.Connection, event: AuditEvent) -> None:
    last = ledger.execute("SELECT number, hash FROM audit ORDER BY number DESC LIMIT 1").fetchone()
    link = audit.follow(audit.Head(*last) if last else audit.Head(0, audit.GENESIS), event)
    ledger.execute("INSERT INTO audit VALUES (?, ?, ?)", (link.number, link.event, link.hash))


def _row(values: tuple[object, ...]) -> QueueRow:
    return msgspec.convert(dict(zip(QueueRow.__struct_fields__, values, strict=True)), QueueRow)
