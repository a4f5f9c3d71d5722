"""Time and identity: the Clock seam, Vietnam's fixed offset, and time-ordered ids.

Order in a store never comes from these values: it is the station's sequence or the journal's.
"""

import secrets
from datetime import UTC, datetime, timedelta, timezone
from typing import Protocol
from uuid import UUID

VIETNAM = timezone(timedelta(hours=7), "+07:00")


class Clock(Protocol):
    """Where the time of an act comes from; tests freeze it."""

    def now(self) -> datetime:
        """The current instant, timezone-aware."""
        ...


class SystemClock:
    """The PC's own clock, which may be wrong: sync measures its offset."""

    def now(self) -> datetime:
        """The current instant in UTC."""
        return datetime.now(UTC)


class FrozenClock:
    """A clock that stands still until a test moves it."""

    def __init__(self, instant: datetime) -> None:
        self.instant = instant

    def now(self) -> datetime:
        """The instant it was set to."""
        return self.instant


def iso_vietnam(instant: datetime) -> str:
    """ISO 8601 to the second with +07:00, as NĐ 30/2020 wants a signing time shown."""
    return instant.astimezone(VIETNAM).isoformat(timespec="seconds")


def new_id(instant: datetime) -> str:
    """A UUIDv7 (RFC 9562): 48 bits of milliseconds, then 74 random bits."""
    milliseconds = int(instant.timestamp() * 1000) & ((1 << 48) - 1)
    value = milliseconds << 80 | 0x7 << 76 | secrets.randbits(12) << 64
    return str(UUID(int=value | 0b10 << 62 | secrets.randbits(62)))
