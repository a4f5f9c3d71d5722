"""The expected day follows the working days and the 15:00 rule, never the PC's time zone."""

from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from scanstation import errors, settings
from scanstation.model.clock import VIETNAM
from scanstation.model.deadline import days_off, expected, unlisted_years
from scanstation.model.profile import Holidays

SHIPPED = settings.shipped_profiles() / "holidays"
CALENDARS = tuple(settings.load(path, Holidays) for path in sorted(SHIPPED.glob("*.toml")))
OFF = days_off(CALENDARS)

TABLE = """
Fri 2026-11-20 14:59 | 0 | 2026-11-20 | the same day before 15:00
Fri 2026-11-20 15:00 | 0 | 2026-11-23 | from 15:00 the next working day, over the weekend
Thu 2026-11-19 23:59 | 0 | 2026-11-20 | late in the evening
Sat 2026-11-21 08:00 | 0 | 2026-11-23 | taken in on a Saturday
Wed 2026-09-02 08:00 | 0 | 2026-09-03 | taken in on a holiday
Mon 2026-11-16 08:00 | 1 | 2026-11-17 | the day of receipt is not counted
Mon 2026-11-16 16:00 | 1 | 2026-11-17 | 15:00 does not move a count that begins tomorrow
Sat 2026-11-21 08:00 | 1 | 2026-11-23 | the first working day after a Saturday
Wed 2026-11-18 09:00 | 3 | 2026-11-23 | a weekend in between
Mon 2026-11-16 09:00 | 5 | 2026-11-23 | a week
Fri 2026-02-13 09:00 | 1 | 2026-02-23 | over Tet of 2026
Fri 2026-04-24 09:00 | 1 | 2026-04-28 | Hung Kings' day fell on a Sunday, so Monday is off too
Wed 2026-04-29 15:00 | 0 | 2026-05-04 | 30 April, 1 May and a weekend
Thu 2026-12-31 15:00 | 0 | 2027-01-04 | over the turn of the year
Tue 2026-12-29 09:00 | 3 | 2027-01-04 | counted over the turn of the year
Wed 2027-02-03 09:00 | 1 | 2027-02-11 | over Tet of 2027
Fri 2027-04-30 09:00 | 0 | 2027-05-04 | 1 May falls on a Saturday, so Monday is off too
"""
ROWS = [[part.strip() for part in line.split("|")] for line in TABLE.strip().splitlines()]


@pytest.mark.parametrize(("received", "days", "due", "case"), ROWS, ids=[row[3] for row in ROWS])
def test_the_expected_day(received: str, days: str, due: str, case: str) -> None:
    weekday, _, at = received.partition(" ")
    instant = datetime.fromisoformat(at).replace(tzinfo=VIETNAM)
    assert f"{instant:%a}" == weekday, "the table names the wrong weekday"
    assert expected(instant, int(days), OFF) == date.fromisoformat(due)


def test_the_1500_rule_goes_by_vietnamese_time_whatever_the_zone_of_the_pc() -> None:
    assert expected(datetime(2026, 11, 20, 7, 59, tzinfo=UTC), 0, OFF) == date(2026, 11, 20)
    assert expected(datetime(2026, 11, 20, 8, 0, tzinfo=UTC), 0, OFF) == date(2026, 11, 23)
    night = datetime(2026, 11, 19, 17, 30, tzinfo=UTC)  # 00:30 on the 20th in Vietnam
    assert expected(night, 0, OFF) == date(2026, 11, 20)


def test_without_holidays_only_weekends_are_left_out() -> None:
    assert expected(datetime(2026, 2, 13, 9, tzinfo=VIETNAM), 1, ()) == date(2026, 2, 16)


@pytest.mark.parametrize(
    ("received", "days"),
    [(datetime(2026, 11, 20, 9), 0), (datetime(2026, 11, 20, 9, tzinfo=UTC), -1)],  # noqa: DTZ001
    ids=["naive time", "negative days"],
)
def test_nonsense_is_a_programming_error(received: datetime, days: int) -> None:
    with pytest.raises(ValueError, match="working days"):
        expected(received, days, OFF)


def test_years_without_a_calendar_are_named() -> None:
    received = datetime(2027, 12, 31, 9, tzinfo=VIETNAM)
    assert unlisted_years(received, date(2028, 1, 3), CALENDARS) == (2028,)
    assert unlisted_years(received, date(2027, 12, 31), CALENDARS) == ()
    eve = datetime(2027, 12, 31, 18, tzinfo=UTC)  # already 2028 in Vietnam
    assert unlisted_years(eve, date(2028, 1, 3), CALENDARS) == (2028,)


@pytest.mark.parametrize("file", sorted(SHIPPED.glob("*.toml")), ids=lambda file: file.stem)
def test_every_shipped_holiday_file_is_valid(file: Path) -> None:
    year = settings.load(file, Holidays)
    assert str(year.year) == file.stem
    assert year.source
    assert list(year.dates) == sorted(set(year.dates)), "in order, none twice"
    fixed = {(1, 1), (4, 30), (5, 1), (9, 2)}
    assert fixed <= {(day.month, day.day) for day in year.dates}


def test_a_province_overwrites_a_year(tmp_path: Path) -> None:
    own = tmp_path / "profiles" / "holidays"
    own.mkdir(parents=True)
    (own / "2026.toml").write_text('year = 2026\nsource = "tỉnh"\ndates = [2026-11-20]\n', "utf-8")
    calendars = settings.Profiles(tmp_path).holidays()
    assert [year.year for year in calendars] == [year.year for year in CALENDARS]
    assert days_off(calendars[:1]) == {date(2026, 11, 20)}


@pytest.mark.parametrize(
    ("line", "number", "said"),
    [
        ("dates = [2027-01-01]", 1, "not in 2026: 2027-01-01"),
        ('dates = ["tết"]', 3, "date"),
        ("days = []", 3, "did you mean «dates»"),
    ],
)
def test_a_mistake_in_a_holiday_file_is_explained(
    tmp_path: Path, line: str, number: int, said: str
) -> None:
    file = tmp_path / "2026.toml"
    file.write_text(f'year = 2026\nsource = "s"\n{line}\n', "utf-8")
    with pytest.raises(errors.SettingsError, match=said) as caught:
        settings.load(file, Holidays)
    assert caught.value.facts["line"] == number
