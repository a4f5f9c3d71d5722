"""When a station may let go of a dossier, and what it remembers of it; pure.

Only what central holds for good, or what a clerk withdrew, may go, and not before its time. The
tombstone names no person: ids, hashes, who purged and when.
"""

from datetime import datetime, timedelta

import msgspec

from scanstation.i18n import _, many
from scanstation.model.delivery import Delivery, QueueRow
from scanstation.model.dossier import State
from scanstation.model.listing import Listed
from scanstation.model.profile import Acceptance, RetentionSettings

VERSION = 1


class Tombstone(msgspec.Struct, frozen=True, kw_only=True):
    """What stays of a purged dossier, for ever."""

    version: int = VERSION
    dossier: str
    procedure: str
    state: State
    opened_at: str
    acts: int
    journal_sha256: str
    """Of all journal entries in order."""
    originals: tuple[str, ...]
    """SHA-256 of each."""
    package: str = ""
    package_sha256: str = ""
    supplements: tuple[str, ...] = ()
    """Ids of the packages that added to it; they went with it."""
    sequence: int = 0
    receipt_sha256: str = ""
    purged_at: str
    by: str
    """Id of the clerk."""


class Judged(msgspec.Struct, frozen=True, kw_only=True):
    """A dossier and whether it may go."""

    dossier: str
    state: State
    package: str
    kept: str
    """Why it stays; empty when it may go."""


def why_kept(
    line: Listed, row: QueueRow | None, said: str, rule: RetentionSettings, now: datetime
) -> str:
    """Why a dossier must stay, in the clerk's words; empty when it may go.

    `said` is the state in central's receipt.
    """
    if line.unfinished:
        return _("it is not finished")
    if row is not None:
        if row.state is not Delivery.DELIVERED:
            return _("its package is not delivered: «{state}»").format(state=_(row.state))
        if rule.acceptance is Acceptance.ACCEPTED and said != Acceptance.ACCEPTED:
            return _("central holds it, but has not accepted it yet")
        return _still(row.delivered_at, rule.days, now)
    if line.state is State.SEALED:
        return _("its package is not in the ledger")
    if rule.withdrawn_days == 0:
        return _("withdrawn dossiers are kept ([retention] withdrawn_days is 0)")
    return _still(line.touched_at, rule.withdrawn_days, now)


def _still(since: str, days: int, now: datetime) -> str:
    left = datetime.fromisoformat(since) + timedelta(days=days) - now
    if left <= timedelta(0):
        return ""
    count = -(-left // timedelta(days=1))
    return many("{n} more day to be kept", "{n} more days to be kept", count).format(n=count)
