"""The day a citizen may expect the result: working days, and the 15:00 rule.

It is an expectation, never a promise: the day that binds is on the official receipt of the central
system. Saturdays worked to make up for a bridged holiday count as rest, so it rather errs a day
late. It refuses to guess holidays: they come from profiles/holidays.
"""

from collections.abc import Collection, Iterable
from datetime import date, datetime, time, timedelta

from scanstation.model.clock import VIETNAM
from scanstation.model.profile import Holidays

CUTOFF = time(15, 0)
"""Vietnam time from which a paper is taken up on the next working day."""
_SATURDAY = 5
_DAY = timedelta(days=1)


def expected(received: datetime, working_days: int, holidays: Collection[date]) -> date:
    """The Vietnamese calendar day on which the result of a complete dossier is due.

    0 working days: the same day; the next working day when received from 15:00 on or on a day of
    rest. n working days: the nth after the day of receipt. ValueError for a naive `received` or
    negative days. The 15:00 rule: same-day procedures at commune level and, for handing the
    dossier on, QĐ 2031/QĐ-UBND Cao Bằng (28/11/2025); counting from the day after: Bộ luật Dân sự
    2015 Đ147.
    """
    if received.tzinfo is None or working_days < 0:
        raise ValueError(f"{received!r} with {working_days} working days")
    local = received.astimezone(VIETNAM)
    day = local.date()
    if working_days == 0 and local.time() < CUTOFF and _works(day, holidays):
        return day
    for _ in range(max(working_days, 1)):
        day = _next_working(day, holidays)
    return day


def days_off(calendars: Iterable[Holidays]) -> frozenset[date]:
    """All holidays of some years."""
    return frozenset(day for calendar in calendars for day in calendar.dates)


def unlisted_years(received: datetime, due: date, calendars: Iterable[Holidays]) -> tuple[int, ...]:
    """Years between receipt and `due` no calendar covers: there only weekends were left out."""
    first = received.astimezone(VIETNAM).year
    listed = {calendar.year for calendar in calendars}
    return tuple(year for year in range(first, due.year + 1) if year not in listed)


def _next_working(day: date, holidays: Collection[date]) -> date:
    day += _DAY
    while not _works(day, holidays):
        day += _DAY
    return day


def _works(day: date, holidays: Collection[date]) -> bool:
    return day.weekday() < _SATURDAY and day not in holidays
