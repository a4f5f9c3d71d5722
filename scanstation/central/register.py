"""Central's register: one SQLite file that says which package was announced, stored, receipted.

One row per package is the one effect a delivery may have; the unique keys are what makes a second
one impossible. It refuses to open what a newer version wrote.
"""

import errno
import sqlite3
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import msgspec

from scanstation import durable, errors
from scanstation.central.refusal import Refusal
from scanstation.model.delivery import Announcement
from scanstation.model.manifest import Manifest
from scanstation.sync.wire import Code, NumberedReceipt

VERSION = 3
_SCHEMA = """
CREATE TABLE package (
    package TEXT PRIMARY KEY, dossier TEXT NOT NULL, station TEXT NOT NULL,
    sequence INTEGER NOT NULL, sha256 TEXT NOT NULL UNIQUE, size INTEGER NOT NULL,
    demo INTEGER NOT NULL, announced_at TEXT NOT NULL,
    server_sequence INTEGER UNIQUE, received_at TEXT, receipt TEXT,
    UNIQUE (station, sequence)
) STRICT;
CREATE TABLE station (station TEXT PRIMARY KEY, key TEXT NOT NULL) STRICT;
CREATE TABLE alarm (
    number INTEGER PRIMARY KEY, at TEXT NOT NULL, station TEXT NOT NULL, package TEXT NOT NULL,
    reason TEXT NOT NULL
) STRICT;
"""
_SINCE_1 = "ALTER TABLE package ADD COLUMN supersedes TEXT NOT NULL DEFAULT '';"
_SINCE_2 = "ALTER TABLE package ADD COLUMN supplements TEXT NOT NULL DEFAULT '';"
_UPGRADES = (_SCHEMA, _SINCE_1, _SINCE_2)
"""Each brings a register from the version of its place to the next."""
_COLUMNS = (
    "package, dossier, station, sequence, sha256, size, demo, receipt, received_at, supersedes,"
    " supplements"
)


class Registered(msgspec.Struct, frozen=True, kw_only=True):
    """One row: what was announced, and the receipt once the bytes are held for good."""

    announcement: Announcement
    receipt: str = ""
    received_at: str = ""
    supersedes: str = ""
    """Id of the package it corrects, once its bytes were read; both are held."""
    supplements: str = ""
    """Id of the package it adds to, once its bytes were read; both are held."""


class Alarm(msgspec.Struct, frozen=True, kw_only=True):
    """A contradiction between stations that a person must look into."""

    at: str
    station: str
    package: str
    reason: str


class Register:
    """The open register; safe to call from several threads, `close` it in the end."""

    def __init__(self, path: Path) -> None:
        """Raises StoreNewer or StoreDamaged."""
        self._path = path
        self._turn = threading.Lock()
        self._database = sqlite3.connect(path, check_same_thread=False, isolation_level=None)
        try:
            self._open()
        except sqlite3.DatabaseError as fault:
            self._database.close()
            raise errors.StoreDamaged(path=path, problem=str(fault)) from fault
        except errors.ScanStationError:
            self._database.close()
            raise

    def _open(self) -> None:
        # WAL loses commits on Debian 12's SQLite 3.40 (the WAL-reset bug, fixed in 3.51.3).
        self._database.execute("PRAGMA journal_mode = TRUNCATE")
        self._database.execute("PRAGMA synchronous = EXTRA")
        (found,) = self._database.execute("PRAGMA user_version").fetchone()
        if found > VERSION:
            raise errors.StoreNewer(path=self._path, found=found, known=VERSION)
        for version, upgrade in enumerate(_UPGRADES[found:], start=found + 1):
            self._database.executescript(
                f"BEGIN IMMEDIATE; {upgrade} PRAGMA user_version = {version}; COMMIT;"
            )
        (verdict,) = self._database.execute("PRAGMA quick_check(1)").fetchone()
        if verdict != "ok":
            raise errors.StoreDamaged(path=self._path, problem=verdict)

    def close(self) -> None:
        with self._turn:
            self._database.close()

    @contextmanager
    def _transaction(self) -> Iterator[sqlite3.Connection]:
        with self._turn, _translated(self._path):
            self._database.execute("BEGIN IMMEDIATE")
            try:
                yield self._database
                self._database.execute("COMMIT")
            except BaseException:
                if self._database.in_transaction:
                    self._database.execute("ROLLBACK")
                raise

    def enter(self, announcement: Announcement, at: str) -> tuple[Registered, bool]:
        """The row of an announcement and whether it is new.

        Raises Refusal (fork) when the id, the hash or the station's sequence already stands for
        something else; the alarm is recorded.
        """
        with self._transaction() as database:
            row = _find(database, announcement.package)
            if row is not None and row.announcement == announcement:
                return row, False
            clash = _clash(database, announcement)
            if not clash:
                _insert(database, announcement, at)
                return Registered(announcement=announcement), True
        raise self._alarm(announcement, at, clash)

    def find(self, package: str) -> Registered | None:
        """The row of a package, or None."""
        with self._transaction() as database:
            return _find(database, package)

    def settle(
        self,
        announcement: Announcement,
        at: str,
        station_key: str,
        sign: Callable[[int], str],
        manifest: Manifest | None = None,
    ) -> str:
        """Give the package its server sequence and receipt, once; a replay gets the same receipt.

        `sign` makes the receipt for a server sequence; what it supersedes or supplements is noted
        from its manifest. Raises Refusal (fork) when the station's
        key is not the one its first package was sealed with.
        """
        with self._transaction() as database:
            row = _find(database, announcement.package)
            if row is not None and row.receipt:
                return row.receipt
            if _pinned(database, announcement.station, station_key):
                if manifest is not None:
                    database.execute(
                        "UPDATE package SET supersedes = ?, supplements = ? WHERE package = ?",
                        (manifest.supersedes, manifest.supplements, announcement.package),
                    )
                return _settle(database, announcement, at, sign)
        raise self._alarm(announcement, at, "its seal is by another key than this station's first")

    def _alarm(self, announcement: Announcement, at: str, reason: str) -> Refusal:
        with self._transaction() as database:
            database.execute(
                "INSERT INTO alarm (at, station, package, reason) VALUES (?, ?, ?, ?)",
                (at, announcement.station, announcement.package, reason),
            )
        return Refusal(
            Code.FORK, f"{reason}; a cloned station or a restored backup? Central noted it"
        )

    def receipts(self, station: str, after: int, limit: int) -> list[NumberedReceipt]:
        """Up to `limit` receipts of a station with a server sequence beyond `after`, in order."""
        with self._transaction() as database:
            rows = database.execute(
                "SELECT server_sequence, package, receipt FROM package"
                " WHERE station = ? AND server_sequence > ? ORDER BY server_sequence LIMIT ?",
                (station, after, limit),
            ).fetchall()
        return [NumberedReceipt(server_sequence=n, package=p, receipt=r) for n, p, r in rows]

    def latest(self, limit: int) -> list[Registered]:
        """The latest rows, newest first."""
        with self._transaction() as database:
            rows = database.execute(
                f"SELECT {_COLUMNS} FROM package ORDER BY rowid DESC LIMIT ?", (limit,)
            ).fetchall()
        return [_registered(row) for row in rows]

    def alarms(self, limit: int) -> list[Alarm]:
        """The latest alarms, newest first."""
        with self._transaction() as database:
            rows = database.execute(
                "SELECT at, station, package, reason FROM alarm ORDER BY number DESC LIMIT ?",
                (limit,),
            ).fetchall()
        return [Alarm(at=at, station=s, package=p, reason=why) for at, s, p, why in rows]


@contextmanager
def _translated(path: Path) -> Iterator[None]:
    try:
        yield
    except sqlite3.OperationalError as fault:
        full = fault.sqlite_errorcode & 0xFF == sqlite3.SQLITE_FULL
        system = OSError(errno.ENOSPC if full else errno.EIO, str(fault))
        raise durable.storage_fault(path, system) from fault


def _find(database: sqlite3.Connection, package: str) -> Registered | None:
    row = database.execute(
        f"SELECT {_COLUMNS} FROM package WHERE package = ?", (package,)
    ).fetchone()
    return _registered(row) if row else None


def _registered(
    row: tuple[str, str, str, int, str, int, int, str | None, str | None, str, str],
) -> Registered:
    package, dossier, station, sequence, sha256, size, demo, receipt, received_at, *others = row
    supersedes, supplements = others
    announcement = Announcement(
        package=package,
        dossier=dossier,
        station=station,
        sequence=sequence,
        sha256=sha256,
        size=size,
        demo=bool(demo),
    )
    return Registered(
        announcement=announcement,
        receipt=receipt or "",
        received_at=received_at or "",
        supersedes=supersedes,
        supplements=supplements,
    )


def _clash(database: sqlite3.Connection, announcement: Announcement) -> str:
    """What already stands against an announcement; empty when nothing does."""
    if _find(database, announcement.package) is not None:
        return "this package id was announced with other content"
    other = database.execute(
        "SELECT 1 FROM package WHERE station = ? AND sequence = ?",
        (announcement.station, announcement.sequence),
    ).fetchone()
    if other:
        return f"station {announcement.station} already used sequence {announcement.sequence}"
    same = database.execute(
        "SELECT 1 FROM package WHERE sha256 = ?", (announcement.sha256,)
    ).fetchone()
    return "these bytes were announced under another id" if same else ""


def _insert(database: sqlite3.Connection, announcement: Announcement, at: str) -> None:
    database.execute(
        "INSERT INTO package (package, dossier, station, sequence, sha256, size, demo,"
        " announced_at) VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
        (
            announcement.package,
            announcement.dossier,
            announcement.station,
            announcement.sequence,
            announcement.sha256,
            announcement.size,
            announcement.demo,
            at,
        ),
    )


def _pinned(database: sqlite3.Connection, station: str, key: str) -> bool:
    database.execute("INSERT OR IGNORE INTO station (station, key) VALUES (?, ?)", (station, key))
    (first,) = database.execute("SELECT key FROM station WHERE station = ?", (station,)).fetchone()
    return bool(first == key)


def _settle(
    database: sqlite3.Connection, announcement: Announcement, at: str, sign: Callable[[int], str]
) -> str:
    (last,) = database.execute("SELECT COALESCE(MAX(server_sequence), 0) FROM package").fetchone()
    receipt = sign(last + 1)
    database.execute(
        "UPDATE package SET server_sequence = ?, received_at = ?, receipt = ? WHERE package = ?",
        (last + 1, at, receipt, announcement.package),
    )
    return receipt
