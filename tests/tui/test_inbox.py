"""F9: files that a multifunction device left, looked at before they join a dossier."""

from pathlib import Path

import pytest
from PIL import Image

from scanstation import errors
from scanstation.model.arrival import Arrived
from scanstation.model.events import Warned
from scanstation.model.signing import Verdict
from scanstation.tui.ask import Reason
from scanstation.tui.checklist import Checklist
from scanstation.tui.files import Files
from scanstation.tui.home import Home
from scanstation.tui.inbox import InboxScreen, Look
from scanstation.tui.preview import Preview
from scanstation.tui.rows import Rows
from tests.tui.fake import DUONG, FakeArrivals, FakeDoor, FakeIntake, fake_counter
from tests.tui.stage import Script, Stage, play

VERDICT = Verdict(
    holder="Trần Văn Ký",
    signed_at="2026-11-20T10:00:00+07:00",
    intact=True,
    covers_whole_file=True,
    trusted=False,
)


@pytest.fixture
def arrivals() -> FakeArrivals:
    return FakeArrivals(FakeIntake())


def run(arrivals: FakeArrivals, script: Script, size: tuple[int, int] = (80, 24)) -> None:
    play(fake_counter(arrivals.intake, arrivals=arrivals), script, size=size)


def listed(stage: Stage) -> int:
    shown = stage.app.screen.query(Rows)  # none while the screen is being put together
    return shown.first().option_count if shown else 0


async def to_the_list(stage: Stage, count: int) -> None:
    await stage.open_new()
    await stage.press("f9")
    await stage.at(InboxScreen)
    await stage.until(lambda: listed(stage) == count, f"{count} files are listed")


def test_the_first_screen_counts_what_waits_and_hears_of_what_comes(
    arrivals: FakeArrivals,
) -> None:
    arrivals.coming = [Arrived(arrival=arrivals.add("Scan 1.pdf").arrival)]

    async def script(stage: Stage) -> None:
        await stage.shows("▲ Arrived 1")
        await stage.press("f9")
        await stage.at(InboxScreen)
        await stage.shows("Scan 1.pdf")
        await stage.shows("open a dossier and press F9")
        await stage.press("enter")  # no dossier, so nothing is taken
        await stage.at(Look)
        await stage.press("escape", "escape")
        await stage.at(Home)

    run(arrivals, script)


def test_a_station_without_an_inbox_shows_neither_key_nor_count() -> None:
    async def script(stage: Stage) -> None:
        await stage.shows("No dossiers today")
        assert "Arrived" not in stage.text
        await stage.press("f9")
        assert isinstance(stage.app.screen, Home)

    play(fake_counter(FakeIntake()), script)


def test_enter_takes_the_file_under_the_cursor_into_the_paper(arrivals: FakeArrivals) -> None:
    arrivals.add("giấy khai sinh.jpg")
    arrivals.add("ký số.pdf", kind="pdf", pages=3, signatures=1)

    async def script(stage: Stage) -> None:
        await to_the_list(stage, 2)
        await stage.shows("◆ signed (1)")
        await stage.press("down", "enter")
        await stage.at(Checklist)
        await stage.until(lambda: stage.dossier.attached("to-khai"), "the signed PDF")
        assert [one.arrival.name for one in arrivals.files.values()] == ["giấy khai sinh.jpg"]
        await stage.press("f9")
        await stage.until(
            lambda: isinstance(stage.app.screen, InboxScreen) and listed(stage) == 1, "the other"
        )
        await stage.press("enter")
        await stage.until(lambda: len(stage.dossier.of("to-khai")) == 1, "the image")
        assert arrivals.files == {}

    run(arrivals, script)


def test_with_nothing_waiting_f9_asks_for_a_path(arrivals: FakeArrivals) -> None:
    async def script(stage: Stage) -> None:
        await stage.open_new()
        await stage.press("f9")
        await stage.at(Files)

    run(arrivals, script)


def test_f9_twice_asks_for_a_path_though_files_wait(arrivals: FakeArrivals, tmp_path: Path) -> None:
    arrivals.add("Scan 1.pdf")
    (tmp_path / "hai.png").touch()

    async def script(stage: Stage) -> None:
        await to_the_list(stage, 1)
        await stage.press("f9")
        await stage.at(Files)
        await stage.burst(f"{tmp_path}/hai.png", "enter")
        await stage.until(lambda: len(stage.dossier.of("to-khai")) == 1, "taken by path")
        assert len(arrivals.files) == 1

    run(arrivals, script)


@pytest.mark.parametrize("size", [(80, 24), (120, 40)])
def test_space_shows_the_first_page_and_what_the_signatures_are_worth(
    arrivals: FakeArrivals, tmp_path: Path, size: tuple[int, int]
) -> None:
    thumbnail = tmp_path / "glance.jpg"
    Image.new("RGB", (320, 452), "red").save(thumbnail)
    arrivals.judged = (VERDICT,)
    one = arrivals.add("ký.pdf", kind="pdf", pages=3, signatures=1, width=320, height=452)
    home = tmp_path / "x" / "paper"
    home.mkdir(parents=True)
    thumbnail.rename(home.parent / "glance.jpg")
    moved = type(one.arrival)(
        **{name: getattr(one.arrival, name) for name in one.arrival.__struct_fields__}
        | {"path": home / "ký.pdf"}
    )
    arrivals.files[moved.id] = type(one)(arrival=moved, glance=one.glance)

    async def script(stage: Stage) -> None:
        await to_the_list(stage, 1)
        await stage.press("space")
        await stage.at(Look)
        await stage.shows("3 pages · 124 kB")
        await stage.shows("Trần Văn Ký")
        await stage.shows("issuer not trusted here")
        await stage.until(lambda: stage.app.screen.query_one(Preview)._lines, "page 1 is drawn")
        assert "▀" in stage.text or "▄" in stage.text
        await stage.press("escape")
        await stage.at(InboxScreen)

    run(arrivals, script, size)


def test_delete_sets_a_file_aside_with_a_reason(arrivals: FakeArrivals) -> None:
    arrivals.add("lạ.pdf")

    async def script(stage: Stage) -> None:
        await to_the_list(stage, 1)
        await stage.press("delete")
        await stage.at(Reason)
        await stage.press("enter")
        await stage.shows("No files are waiting.")
        assert arrivals.aside == [("lạ.pdf", "of another counter", DUONG.id)]

    run(arrivals, script)


def test_nobody_signed_in_decides_nothing(arrivals: FakeArrivals) -> None:
    arrivals.add("lạ.pdf")

    async def script(stage: Stage) -> None:
        await stage.press("escape", "f9")
        await stage.at(InboxScreen)
        await stage.until(lambda: listed(stage) == 1, "listed")
        await stage.press("delete")
        await stage.shows("No clerk is signed in")
        assert arrivals.aside == []

    counter = fake_counter(arrivals.intake, arrivals=arrivals, door=FakeDoor(now=None))
    play(counter, script)


def test_a_file_nobody_can_open_is_shown_with_its_reason_and_not_taken(
    arrivals: FakeArrivals,
) -> None:
    arrivals.add("hỏng.jpg", pages=0, problem="it is cut short [sic]")

    async def script(stage: Stage) -> None:
        await to_the_list(stage, 1)
        await stage.shows("it is cut short [sic]")
        await stage.press("enter")
        await stage.at(Look)
        assert arrivals.files

    run(arrivals, script)


def test_a_fault_while_taking_is_told_and_the_file_goes_on_waiting(arrivals: FakeArrivals) -> None:
    arrivals.add("a.jpg")
    arrivals.taking_fault = errors.UnreadableInput(file="a.jpg", problem="cut short")

    async def script(stage: Stage) -> None:
        await to_the_list(stage, 1)
        await stage.press("enter")
        await stage.at(Checklist)
        await stage.shows("cut short")
        assert len(arrivals.files) == 1

    run(arrivals, script)


def test_a_share_that_does_not_answer_is_told_once_on_the_first_screen(
    arrivals: FakeArrivals,
) -> None:
    arrivals.coming = [Warned(vi="Không mở được", en="The folder cannot be opened")]

    async def script(stage: Stage) -> None:
        await stage.shows("The folder cannot be opened")

    run(arrivals, script)


def test_a_name_with_marks_of_the_screen_s_language_stays_a_name(arrivals: FakeArrivals) -> None:
    arrivals.add("[red]a[/red].pdf")

    async def script(stage: Stage) -> None:
        await to_the_list(stage, 1)
        await stage.shows("[red]a[/red].pdf")

    run(arrivals, script, (120, 40))
