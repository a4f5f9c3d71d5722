"""A dossier of any day is found by its words."""

from datetime import timedelta

import pytest
from msgspec.structs import replace

from scanstation.model.acts import PageAdded, Sealed
from scanstation.model.clock import SystemClock, iso_vietnam
from scanstation.model.listing import Wanted
from scanstation.tui.checklist import Checklist
from scanstation.tui.find import Find, wanted_by
from scanstation.tui.home import Home
from scanstation.tui.rows import Rows
from tests.tui.fake import BIRTH, DUONG, LAND, FakeIntake, a_page, fake_counter
from tests.tui.stage import Stage, play

LONG_AGO = "2020-01-02T08:00:00+07:00"


@pytest.fixture
def intake() -> FakeIntake:
    """Two dossiers, the first sealed in 2020 and so not on the first screen."""
    intake = FakeIntake()
    old = intake.open(BIRTH, "Nguyễn Văn Đường", DUONG)
    intake.record(old.id, PageAdded(a_page("to-khai")), DUONG)
    intake.record(old.id, Sealed("p", "h", 1), DUONG)
    intake.entries[old.id] = [replace(one, at=LONG_AGO) for one in intake.entries[old.id]]
    intake.open(LAND, "Lò Thị Mai", DUONG)
    return intake


@pytest.mark.parametrize(
    ("typed", "wanted"),
    [
        ("nguyen van", Wanted(text="nguyen van")),
        ("duong 2/1/2020", Wanted(text="duong", day="2020-01-02")),
        ("2020-01-02", Wanted(day="2020-01-02")),
        ("1.004873", Wanted(text="1.004873")),
        ("", Wanted()),
    ],
)
def test_a_word_that_reads_like_a_day_is_the_day(typed: str, wanted: Wanted) -> None:
    assert wanted_by(typed) == wanted


def test_a_name_without_marks_finds_the_dossier_and_enter_opens_it_as_it_stands(
    intake: FakeIntake,
) -> None:
    async def script(stage: Stage) -> None:
        await stage.until(lambda: stage.choices("rows").option_count == 1, "only today's is listed")
        await stage.press("ctrl+f")
        await stage.at(Find)
        rows = stage.app.screen.query_one(Rows)
        await stage.until(lambda: rows.option_count == 2, "all are listed before a word is typed")
        await stage.press(*"duong")
        await stage.until(lambda: rows.option_count == 1, "one is left")
        for words in ("02/01/2020", "Nguyễn Văn Đường", "✓ sealed"):
            await stage.shows(words)
        await stage.press("enter")
        await stage.at(Checklist)
        await stage.shows("[sealed] Nguyễn Văn Đường")
        await stage.press("escape")
        await stage.at(Find)
        await stage.press("escape")
        await stage.at(Home)

    play(fake_counter(intake), script)


def test_the_newest_stands_first_and_arrows_choose_while_words_are_typed(
    intake: FakeIntake,
) -> None:
    async def script(stage: Stage) -> None:
        await stage.until(lambda: stage.app.clerk, "somebody is signed in")
        await stage.press("ctrl+f")
        await stage.at(Find)
        rows = stage.app.screen.query_one(Rows)
        await stage.until(lambda: rows.option_count == 2, "listed")
        newest, oldest = reversed(intake.entries)
        assert rows.chosen == newest
        await stage.press("down")
        assert rows.chosen == oldest
        await stage.press(*"zzz")
        await stage.shows("No dossier has these words.")
        await stage.press("enter")
        assert isinstance(stage.app.screen, Find)

    play(fake_counter(intake), script)


def test_a_dossier_nobody_touched_for_a_week_is_marked_on_the_first_screen() -> None:
    intake, before = FakeIntake(), iso_vietnam(SystemClock().now() - timedelta(days=12))
    old = intake.open(BIRTH, "Nguyễn Văn Đường", DUONG)
    intake.open(LAND, "Lò Thị Mai", DUONG)
    intake.entries[old.id] = [replace(one, at=before) for one in intake.entries[old.id]]

    async def script(stage: Stage) -> None:
        await stage.until(lambda: stage.choices("rows").option_count == 2, "both are listed")
        await stage.shows("▲ 12 days idle · ○ open")
        assert stage.text.count("idle") == 1

    play(fake_counter(intake), script)
