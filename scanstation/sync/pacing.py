"""How long to wait and how much to send at once: pure numbers, so that a test can see them all.

Full jitter (facts measured with 3,000 stations: without it the last one is done after four hours,
with it after sixteen minutes). It refuses to wait by wall clock: seconds only, never a time of day.
"""

from scanstation import errors

BASE_S = 1.0
CAP_S = 600.0
PORTAL_S = 60.0
"""A network that wants a login is not asked more often than this."""
REST_S = 60.0
"""A quiet outbox is looked at this often; a wake-up is only a hint."""

SMALLEST_PATCH = 32 * 1024
LARGEST_PATCH = 1024 * 1024
FIRST_PATCH = 64 * 1024
SHORT_S, AIM_S, LONG_S = 30.0, 45.0, 60.0
"""One PATCH should take this much link time: proxies cut at 300 s, and each ends in an fsync."""


def backoff(failures: int, roll: float) -> float:
    """Seconds to wait after `failures` (1, 2, …) passes without progress; `roll` is in [0, 1)."""
    return roll * min(CAP_S, BASE_S * 2.0 ** min(failures, 20))


def pause(fault: errors.ScanStationError, failures: int, roll: float) -> float:
    """Seconds to wait after `fault`: central's own word, a portal's minimum, else the backoff."""
    if isinstance(fault, errors.CentralBusy):
        asked = float(str(fault.facts["seconds"]))
        return asked * (1 + roll / 10) if asked else backoff(failures, roll)
    if isinstance(fault, errors.NotCentral | errors.RejectedError | errors.IntegrityError):
        return PORTAL_S + backoff(failures, roll)
    return backoff(failures, roll)


def next_patch(sent: int, seconds: float, limit: int) -> int:
    """Bytes for the next PATCH after `sent` bytes took `seconds` of link time.

    Stays when the time was between 30 and 60 s, else moves towards 45 s by at most a factor of 4,
    within 32 KiB, 1 MiB and `limit` (which wins, even below 32 KiB).
    """
    if SHORT_S <= seconds <= LONG_S:
        return within(sent, limit)
    wanted = int(sent * AIM_S / max(seconds, 0.001))
    return within(min(max(wanted, sent // 4), sent * 4), limit)


def within(size: int, limit: int) -> int:
    """`size` brought into the bounds of a PATCH; at least 1."""
    return max(1, min(max(size, SMALLEST_PATCH), LARGEST_PATCH, limit))
