"""S1: what a clerk sees first."""

from msgspec.structs import replace

from scanstation import errors
from scanstation.model.acts import Parked, Sealed
from scanstation.model.delivery import Delivery, Sending
from scanstation.tui.checklist import Checklist
from scanstation.tui.clerks import Clerks
from scanstation.tui.home import Home
from scanstation.tui.news import Net
from scanstation.tui.queue import QueueScreen
from scanstation.tui.rows import Rows
from tests.tui.fake import DUONG, LAND, TUAN, FakeCourier, FakeDoor, FakeIntake, a_row, fake_counter
from tests.tui.stage import Stage, play

LONG_AGO = "2020-01-02T08:00:00+07:00"


def busy_day() -> FakeIntake:
    intake = FakeIntake()
    parked = intake.open(LAND, "Hoàng Văn Páo", DUONG)
    intake.record(parked.id, Parked("thiếu giấy tờ"), DUONG)
    intake.open(LAND, "Vàng A Sử [ông] {x}", DUONG)
    for number, state in enumerate((Delivery.QUEUED, Delivery.HELD, Delivery.DELIVERED), start=1):
        sealed = intake.open(LAND, f"Công dân {number}", DUONG)
        row = a_row(sealed.id, number, state, reason="bad" if state is Delivery.HELD else "")
        intake.rows.append(row)
        intake.record(sealed.id, Sealed(row.package, row.sha256, number), DUONG)
    return intake


def test_every_dossier_of_today_stands_on_the_first_screen_with_what_waits() -> None:
    async def script(stage: Stage) -> None:
        rows = stage.app.screen.query_one(Rows)
        await stage.until(lambda: rows.option_count == 5, "five dossiers are listed")
        for words in ("Open 1", "▲ Parked 1", "▲ Not sent yet 1", "▲ HELD 1", "receipt checked"):
            assert words in stage.words

    play(fake_counter(busy_day()), script)


def test_a_name_with_brackets_is_shown_as_it_was_written() -> None:
    async def script(stage: Stage) -> None:
        await stage.shows("Vàng A Sử [ông] {x}")

    play(fake_counter(busy_day()), script, size=(120, 36))


def test_a_delivered_dossier_of_another_day_makes_room_and_an_unfinished_one_stays() -> None:
    intake = busy_day()
    for entries in intake.entries.values():
        entries[0] = replace(entries[0], at=LONG_AGO)
    intake.rows = [replace(row, queued_at=LONG_AGO, delivered_at=LONG_AGO) for row in intake.rows]

    async def script(stage: Stage) -> None:
        rows = stage.app.screen.query_one(Rows)
        await stage.until(lambda: rows.option_count == 4, "only the delivered one is gone")
        assert "Công dân 3" not in stage.text

    play(fake_counter(intake), script)


def test_with_nobody_signed_in_the_screen_asks_who_it_is_and_signs_in() -> None:
    door = FakeDoor(now=None)

    async def script(stage: Stage) -> None:
        await stage.at(Clerks)
        await stage.press("down", "enter")
        await stage.shows(TUAN.name)
        assert door.now == TUAN

    play(fake_counter(FakeIntake(), door=door), script)


def test_f12_switches_the_clerk_and_later_acts_carry_the_new_one() -> None:
    intake = FakeIntake()

    async def script(stage: Stage) -> None:
        await stage.shows(DUONG.name)
        await stage.press("f12", "down", "enter")
        await stage.shows(TUAN.name)
        await stage.open_new()
        assert next(iter(intake.entries.values()))[0].clerk == TUAN.id

    play(fake_counter(intake), script)


def test_a_lost_network_says_since_when_and_a_later_pass_takes_it_back() -> None:
    lost = errors.CentralUnreachable(url="http://x", problem="timeout")
    courier = FakeCourier([[lost], [lost], [Sending(package="p", offset=1, size=2)]])

    async def script(stage: Stage) -> None:
        await stage.shows("NETWORK LOST since ")
        since = stage.app.link.since
        await stage.press("f7")
        await stage.at(QueueScreen)
        assert "Dossiers stay safe in the queue" in stage.words
        await stage.press("f5")
        await stage.until(lambda: courier.ran == 2 and not stage.app.delivering, "a second pass")
        assert stage.app.link.since == since, "the first loss counts"
        await stage.press("space")
        await stage.until(lambda: stage.app.link.net is Net.UP, "central answered")
        await stage.shows("● NETWORK")

    play(fake_counter(FakeIntake(), courier), script)


def test_a_fault_of_the_stores_is_a_sentence_and_the_screen_lives_on() -> None:
    intake = FakeIntake()
    counter = fake_counter(intake)

    def broken() -> tuple[()]:
        raise errors.LedgerBroken(path="ledger.db", problem="gap")

    object.__setattr__(counter, "queue", broken)

    async def script(stage: Stage) -> None:
        await stage.shows("Nothing was deleted")
        await stage.press("escape", "f2", "escape")
        await stage.at(Home)

    play(counter, script)


def test_leaving_asks_and_says_what_is_not_sent() -> None:
    intake = busy_day()

    async def script(stage: Stage) -> None:
        await stage.press("ctrl+q")
        await stage.shows("1 sealed dossier is not sent yet")
        await stage.press("escape")
        await stage.at(Home)
        assert stage.app.is_running
        await stage.press("ctrl+c")
        await stage.shows("Leave ScanStation?")
        await stage.press("enter")
        await stage.until(lambda: stage.app._exit, "the App leaves")

    play(fake_counter(intake), script)


def test_procedures_are_found_without_marks() -> None:
    async def script(stage: Stage) -> None:
        await stage.press("f2", *"An", "enter", *"hon nhan")
        await stage.until(lambda: stage.choices("options").option_count == 1, "one fits")
        await stage.press("enter")
        await stage.shows(LAND.title)

    play(fake_counter(FakeIntake()), script)


def test_a_name_letters_and_enter_in_one_go_open_the_right_procedure() -> None:
    intake = FakeIntake()

    async def script(stage: Stage) -> None:
        await stage.press("f2")
        await stage.until(lambda: stage.choices("options").option_count, "procedures are listed")
        await stage.burst("Trần Lan", "enter")
        await stage.burst("hon nhan", "enter")
        await stage.at(Checklist)
        (dossier,) = intake.dossiers()
        assert (dossier.applicant, dossier.procedure.code) == ("Trần Lan", LAND.code)

    play(fake_counter(intake), script)


def test_letters_no_procedure_has_are_told() -> None:
    async def script(stage: Stage) -> None:
        await stage.press("f2")
        await stage.until(lambda: stage.choices("options").option_count, "procedures are listed")
        await stage.press("enter", *"xyz")
        await stage.shows("no procedure has these letters")

    play(fake_counter(FakeIntake()), script)


def test_enter_is_offered_only_where_there_is_something_to_open() -> None:
    async def script(stage: Stage) -> None:
        await stage.shows("No dossiers today yet.")
        assert "Enter" not in stage.text
        await stage.open_new()
        await stage.press("escape")
        await stage.shows("Enter Open")

    play(fake_counter(FakeIntake()), script)


def test_a_station_without_clerks_says_at_once_who_can_add_one() -> None:
    counter = fake_counter(FakeIntake(), door=FakeDoor(now=None))
    object.__setattr__(counter, "clerks", ())

    async def script(stage: Stage) -> None:
        await stage.shows("No clerk has been set up at this station")
        assert isinstance(stage.app.screen, Home)

    play(counter, script)
