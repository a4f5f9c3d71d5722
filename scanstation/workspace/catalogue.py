"""The search index over all dossiers: derived from their journals, never the truth about one.

Each line remembers when the dossier's journal folder last changed, so whatever a stop left
unwritten here is noticed by one stat a dossier (10,000 of them take 40 ms) and read again. The
file is not synced: a lost, damaged or foreign one is made anew. It refuses to keep anybody from
working: without it the journals themselves are read.
"""

import os
import re
import sqlite3
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import closing, contextmanager, suppress
from pathlib import Path
from typing import TypeVar

import msgspec

from scanstation.model.listing import Indexed, Listed, Wanted, marked_words, plain, said_of

VERSION = 4
_APPLICATION = 0x53534341  # "SSCA"
_SCHEMA = f"""
CREATE TABLE IF NOT EXISTS line (
    number    INTEGER PRIMARY KEY,
    dossier   TEXT NOT NULL UNIQUE,
    stamp     INTEGER NOT NULL,
    state     TEXT NOT NULL,
    procedure TEXT NOT NULL,
    opened    TEXT NOT NULL,
    touched   TEXT NOT NULL,
    clerks    TEXT NOT NULL,
    destroyed INTEGER NOT NULL,
    listed    BLOB
) STRICT;
CREATE INDEX IF NOT EXISTS line_by_state ON line (state);
CREATE VIRTUAL TABLE IF NOT EXISTS words USING fts5 (
    plain, said UNINDEXED, prefix = '2 3', tokenize = 'unicode61 remove_diacritics 0'
);
CREATE TABLE IF NOT EXISTS boot (id TEXT NOT NULL) STRICT;
PRAGMA application_id = {_APPLICATION};
PRAGMA user_version = {VERSION};
"""
_UNREADABLE = ""
"""`state` of a dossier that cannot be read; its `listed` is NULL."""
_WORD = re.compile(r"\w[\w.\-/]*")
_PATIENCE_S = 2.0
_NOT_ITS_FAULT = (
    sqlite3.SQLITE_BUSY,
    sqlite3.SQLITE_LOCKED,
    sqlite3.SQLITE_FULL,
    sqlite3.SQLITE_PERM,
    sqlite3.SQLITE_READONLY,
    sqlite3.SQLITE_CANTOPEN,
)
"""A new file would not help."""
_SETTLED_NS = 1_000_000_000
"""A folder changed less than this ago may change again under the same time stamp."""
Reader = Callable[[str], Indexed | None]
"""What the journal of the dossier with that id tells now; None when it is unreadable."""
Answer = TypeVar("Answer")
_decoder = msgspec.json.Decoder(Listed)


class Catalogue:
    """The index in `path` over the dossier folders in `dossiers`.

    Every verb opens its own connection, so threads and processes may share it; each raises
    sqlite3.Error when the index cannot be used at all.
    """

    def __init__(self, path: Path, dossiers: Path, journal: str) -> None:
        self._path = path
        self._dossiers = dossiers
        self._journal = journal

    def rows(self, read: Reader, wanted: Wanted | None = None) -> tuple[Listed, ...]:
        """Lines of all dossiers, or those that fit `wanted`, oldest first, as they are now."""

        def answer(index: sqlite3.Connection) -> tuple[Listed, ...]:
            self._refresh(index, read)
            return _found(index, wanted or Wanted())

        return self._sure(answer)

    def unreadable(self, read: Reader) -> tuple[str, ...]:
        """Ids of dossiers that cannot be read."""

        def answer(index: sqlite3.Connection) -> tuple[str, ...]:
            self._refresh(index, read)
            query = "SELECT dossier FROM line WHERE state = ? ORDER BY dossier"
            return tuple(one for (one,) in index.execute(query, (_UNREADABLE,)))

        return self._sure(answer)

    def note(self, one: Indexed) -> None:
        """Keep what is known of a dossier its owner still holds; a fault only makes it stale.

        The folder's time becomes a whole second and as many nanoseconds as there are acts: the
        next act changes it, though it come within the same tick of the file system's clock, and
        a line of fewer acts that a power cut brings back does not fit it.
        """
        dossier, acts = one.line.id, one.line.acts
        folder = self._dossiers / dossier / self._journal
        with suppress(OSError, sqlite3.Error), self._open() as index:
            if _stamp_of(index, dossier) == folder.stat().st_mtime_ns:
                return  # nothing was done since
            stamp = time.time_ns() // _SETTLED_NS * _SETTLED_NS + acts
            os.utime(folder, ns=(stamp, stamp))
            _put(index, {dossier: (stamp, one)})

    def forget(self, dossier: str) -> None:
        """Drop every word about a dossier that was purged. Raises sqlite3.Error."""
        if self._path.exists():
            self._sure(lambda index: _drop(index, [dossier]))

    def rebuild(self, read: Reader) -> int:
        """Make the index anew from the journals; how many dossiers it holds."""
        self._remove()
        return len(self.rows(read))

    # --- keeping it true ----------------------------------------------------------------------

    def _refresh(self, index: sqlite3.Connection, read: Reader) -> None:
        """Read again every dossier whose journal changed since its line was written."""
        known = dict(index.execute("SELECT dossier, stamp FROM line").fetchall())
        now, there = time.time_ns(), self._stamps()
        fresh: dict[str, tuple[int, Indexed | None]] = {}
        for dossier, stamp in there.items():
            if known.get(dossier) != stamp:
                settled = stamp if now - stamp > _SETTLED_NS else 0
                fresh[dossier] = (settled, read(dossier))
        if gone := [dossier for dossier in known if dossier not in there]:
            _drop(index, gone)
        if fresh:
            _put(index, fresh)

    def _stamps(self) -> Mapping[str, int]:
        """When each dossier's journal last changed, in ns; 0 for one that has lost its folder."""
        there: dict[str, int] = {}
        descriptor = os.open(self._dossiers, os.O_RDONLY | os.O_DIRECTORY)
        try:
            for name in os.listdir(descriptor):  # noqa: PTH208 of a descriptor: twice as fast
                try:
                    there[name] = os.stat(f"{name}/{self._journal}", dir_fd=descriptor).st_mtime_ns
                except OSError:
                    there[name] = 0
        finally:
            os.close(descriptor)
        return there

    # --- the file -----------------------------------------------------------------------------

    def _sure(self, work: Callable[[sqlite3.Connection], Answer]) -> Answer:
        """`work` on the index; on a new one if it turns out damaged."""
        try:
            with self._open() as index:
                return work(index)
        except sqlite3.DatabaseError as fault:
            if getattr(fault, "sqlite_errorcode", 0) & 0xFF in _NOT_ITS_FAULT:
                raise
            self._remove()
            with self._open() as index:
                return work(index)

    @contextmanager
    def _open(self) -> Iterator[sqlite3.Connection]:
        with suppress(OSError):
            os.close(os.open(self._path, os.O_RDWR | os.O_CREAT, 0o600))
        connection = sqlite3.connect(self._path, timeout=_PATIENCE_S, isolation_level=None)
        with closing(connection) as index:
            index.execute("PRAGMA journal_mode = TRUNCATE")
            index.execute("PRAGMA synchronous = OFF")
            index.execute("PRAGMA secure_delete = ON")
            index.execute("PRAGMA trusted_schema = OFF")
            _must_be_ours(index)
            yield index

    def _remove(self) -> None:
        for path in (self._path, self._path.with_name(f"{self._path.name}-journal")):
            with suppress(OSError):
                path.unlink(missing_ok=True)


def _must_be_ours(index: sqlite3.Connection) -> None:
    """Create the tables in an empty file; DatabaseError for any other but a sound one of ours."""
    (version,) = index.execute("PRAGMA user_version").fetchone()
    (tables,) = index.execute("SELECT count(*) FROM sqlite_schema").fetchone()
    boot = _boot()
    if (version, tables) == (0, 0):
        index.executescript(f"BEGIN EXCLUSIVE; {_SCHEMA} COMMIT;")
        index.execute("INSERT INTO boot VALUES (?)", (boot,))
        return
    (application,) = index.execute("PRAGMA application_id").fetchone()
    if (application, version) != (_APPLICATION, VERSION):
        raise sqlite3.DatabaseError("another version of the catalogue")
    (last,) = index.execute("SELECT id FROM boot").fetchone() or ("",)
    if last != boot:  # nothing was synced, and the power may have gone in between
        (verdict,) = index.execute("PRAGMA integrity_check(1)").fetchone()
        if verdict != "ok":
            raise sqlite3.DatabaseError(verdict)
        index.execute("INSERT INTO words (words) VALUES ('integrity-check')")
        index.execute("UPDATE boot SET id = ?", (boot,))


def _boot() -> str:
    """The kernel's name for this run of the machine; empty where it has none."""
    with suppress(OSError):
        return Path("/proc/sys/kernel/random/boot_id").read_text("ascii").strip()
    return ""


def _stamp_of(index: sqlite3.Connection, dossier: str) -> int:
    found = index.execute("SELECT stamp FROM line WHERE dossier = ?", (dossier,)).fetchone()
    return int(found[0]) if found else -1


def _put(index: sqlite3.Connection, known: Mapping[str, tuple[int, Indexed | None]]) -> None:
    index.execute("BEGIN IMMEDIATE")
    forgetting = False
    for dossier, (stamp, one) in known.items():
        before = _destroyed_of(index, dossier)
        forgetting |= one is not None and before not in (None, one.destroyed)
        _erase(index, dossier)
        facts = _facts(one) if one else ("", "", "", "", "", before or 0, None)
        number = index.execute(
            "INSERT INTO line"
            " (dossier, stamp, state, procedure, opened, touched, clerks, destroyed, listed)"
            " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
            (dossier, stamp, *facts),
        ).lastrowid
        if one is not None:
            said = said_of(one.line, one.values)
            index.execute(
                "INSERT INTO words (rowid, plain, said) VALUES (?, ?, ?)",
                (number, plain(said), said),
            )
    if forgetting:
        _forget_erased(index)
    index.execute("COMMIT")


def _facts(one: Indexed) -> tuple[str, str, str, str, str, int, bytes]:
    line = one.line
    clerks = f" {' '.join(line.clerks)} "
    blob = msgspec.json.encode(line)
    facts = (str(line.state), line.procedure, line.opened_at, line.touched_at, clerks)
    return (*facts, one.destroyed, blob)


def _destroyed_of(index: sqlite3.Connection, dossier: str) -> int | None:
    query = "SELECT destroyed FROM line WHERE dossier = ?"
    found = index.execute(query, (dossier,)).fetchone()
    return int(found[0]) if found else None


def _drop(index: sqlite3.Connection, dossiers: list[str]) -> None:
    index.execute("BEGIN IMMEDIATE")
    for dossier in dossiers:
        _erase(index, dossier)
    _forget_erased(index)
    index.execute("COMMIT")


def _forget_erased(index: sqlite3.Connection) -> None:
    """FTS5 keeps the words of deleted rows in its segments until they are merged."""
    index.execute("INSERT INTO words (words) VALUES ('optimize')")


def _erase(index: sqlite3.Connection, dossier: str) -> None:
    found = index.execute("SELECT number FROM line WHERE dossier = ?", (dossier,)).fetchone()
    if found:
        index.execute("DELETE FROM words WHERE rowid = ?", found)
        index.execute("DELETE FROM line WHERE number = ?", found)


# --- asking -----------------------------------------------------------------------------------


def _found(index: sqlite3.Connection, wanted: Wanted) -> tuple[Listed, ...]:
    """What fits; words with marks are first looked for as they stand, then without."""
    marked = marked_words(wanted.text)
    return _asked(index, wanted, marked) or (_asked(index, wanted, ()) if marked else ())


def _asked(
    index: sqlite3.Connection, wanted: Wanted, marked: tuple[str, ...]
) -> tuple[Listed, ...]:
    where, values = ["listed IS NOT NULL"], list[str]()
    if wanted.state is not None:
        where.append("state = ?")
        values.append(str(wanted.state))
    if wanted.procedure:
        where.append("substr(procedure, 1, length(?)) = ?")
        values += [wanted.procedure] * 2
    if wanted.day:
        where.append("(substr(opened, 1, length(?)) = ? OR substr(touched, 1, length(?)) = ?)")
        values += [wanted.day] * 4
    if wanted.clerk:
        where.append("instr(clerks, ?)")
        values.append(f" {wanted.clerk} ")
    if wanted.text.strip():
        as_written = " AND instr(said, ?)" * len(marked)
        where.append(f"number IN (SELECT rowid FROM words WHERE words MATCH ?{as_written})")
        values += [_match(wanted.text), *marked]
    query = f"SELECT listed FROM line WHERE {' AND '.join(where)} ORDER BY dossier"
    return tuple(_decoder.decode(blob) for (blob,) in index.execute(query, values))


def _match(text: str) -> str:
    """An FTS5 expression: each word is a beginning; quotes keep its own syntax out."""
    words = _WORD.findall(plain(text))
    return " AND ".join(f'"{word}"*' for word in words) or '"-"'
