"""Letting go of what central holds: dossier, caches, catalogue entry and package file alike.

Every step may be the last one before a stop: the tombstone is written first, then the dossier
leaves in one rename, then its package. Whatever a stop left is finished by the next purge. It
refuses what is not delivered, whatever the settings say.
"""

import hashlib
from collections.abc import Iterator, Sequence
from datetime import datetime

import msgspec

from scanstation.holding import Holdings
from scanstation.model.clock import Clock, iso_vietnam
from scanstation.model.delivery import Delivery, QueueRow
from scanstation.model.listing import Listed, listed
from scanstation.model.profile import RetentionSettings
from scanstation.model.retention import Judged, Tombstone, why_kept
from scanstation.outbox import receipts
from scanstation.workspace.store import Holder


def judged(held: Holdings, rule: RetentionSettings, now: datetime) -> tuple[Judged, ...]:
    """Every finished dossier, and why it stays if it must; changes nothing."""
    rows: dict[str, list[QueueRow]] = {}
    for row in held.outbox.rows():
        rows.setdefault(row.dossier, []).append(row)
    lines = [line for line in held.workspace.listing() if not line.unfinished]
    return tuple(_judged(line, rows.get(line.id, ()), rule, now) for line in lines)


def purge(
    held: Holdings, rule: RetentionSettings, clock: Clock, clerk_id: str
) -> Iterator[Tombstone]:
    """Purge all that may go, telling of each once it is gone for good.

    Raises InUse for a dossier somebody holds, StorageError; what was told of is gone then.
    """
    _finish(held, clerk_id)
    for one in judged(held, rule, clock.now()):
        if one.kept:
            continue
        with held.workspace.holding(one.dossier) as holder:
            row = held.outbox.of_dossier(one.dossier)
            rows = (*((row,) if row else ()), *held.outbox.supplements_of(one.dossier))
            line = listed(holder.dossier, holder.entries())
            if _judged(line, rows, rule, clock.now()).kept:
                continue  # somebody acted on it since the list was made
            tombstone = _tombstone(holder, rows, iso_vietnam(clock.now()), clerk_id)
            held.workspace.let_leave(holder, tombstone)
        held.workspace.finish_leaving()
        for row in rows:
            held.outbox.purge(row.package, clerk_id)
        yield tombstone


def _finish(held: Holdings, clerk_id: str) -> None:
    """Packages of dossiers that are gone already: a stop came in between."""
    graves = held.workspace.tombstones()
    gone = {package for one in graves for package in (one.package, *one.supplements)}
    for row in held.outbox.rows(Delivery.DELIVERED):
        if row.package in gone and held.outbox.path_of(row).exists():
            held.outbox.purge(row.package, clerk_id)


def _judged(
    line: Listed, rows: Sequence[QueueRow], rule: RetentionSettings, now: datetime
) -> Judged:
    """By its own package and whatever supplements that: the first reason to stay counts."""
    own = bool(rows) and not rows[0].supplements
    every: tuple[QueueRow | None, ...] = tuple(rows) if own else (None, *rows)
    reasons = (why_kept(line, row, _said_of(row), rule, now) for row in every)
    return Judged(
        dossier=line.id,
        state=line.state,
        package=line.package,
        kept=next((reason for reason in reasons if reason), ""),
    )


def _said_of(row: QueueRow | None) -> str:
    return receipts.state_in(row) if row is not None and row.receipt else ""


def _tombstone(holder: Holder, rows: Sequence[QueueRow], at: str, clerk_id: str) -> Tombstone:
    row = rows[0] if rows else None
    dossier, entries = holder.dossier, holder.entries()
    digest = hashlib.sha256()
    for entry in entries:
        digest.update(msgspec.json.encode(entry))
    originals = {one.sha256 for one in (*dossier.pages, *dossier.tombstones)}
    originals |= {one.sha256 for one in dossier.attachments}
    return Tombstone(
        dossier=dossier.id,
        procedure=dossier.procedure.code,
        state=dossier.state,
        opened_at=dossier.opened_at,
        acts=dossier.acts,
        journal_sha256=digest.hexdigest(),
        originals=tuple(sorted(originals)),
        package=row.package if row else "",
        package_sha256=row.sha256 if row else "",
        supplements=tuple(one.package for one in rows[1:]),
        sequence=row.sequence if row else 0,
        receipt_sha256=receipts.sha256_of(row.receipt) if row and row.receipt else "",
        purged_at=at,
        by=clerk_id,
    )
