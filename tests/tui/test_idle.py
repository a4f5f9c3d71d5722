"""While nobody is there delivered dossiers are read again; whoever comes back need not wait."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from threading import Event

import msgspec
import pytest
from PIL import Image
from textual import events

from scanstation import errors
from scanstation.central import CentralOptions
from scanstation.central.serve import running
from scanstation.cli.screen import counter as real_counter
from scanstation.model.delivery import Delivery
from scanstation.model.supplement import Supplemented
from scanstation.settings import Station
from scanstation.tui import Counter
from tests.helpers.counter import PAGES, set_up, signing_keys
from tests.helpers.parts import requires_part
from tests.tui.fake import STATION, FakeCourier, FakeIntake, a_row, fake_counter
from tests.tui.stage import Stage, play

AT_ONCE = msgspec.structs.replace(STATION, read_again_after_min=0.0005)
NEVER = msgspec.structs.replace(STATION, read_again_after_min=0.0)


class Reader:
    """Reads one dossier, then waits to be stopped; counts how often it was asked."""

    def __init__(self, *found: Supplemented) -> None:
        self.found, self.begun, self.stopped = found, 0, 0

    def __call__(self, gives_way: Event) -> Iterator[Supplemented]:
        self.begun += 1
        yield from self.found
        assert gives_way.wait(20), "nobody came back"
        self.stopped += 1
        raise errors.Stopped(kept=0)


def counter(reader: Callable[[Event], Iterator[Supplemented]], **changes: object) -> Counter:
    given: dict[str, object] = {"station": AT_ONCE, **changes}
    return fake_counter(FakeIntake(), read_again=reader, **given)  # type: ignore[arg-type]


def test_a_key_stops_the_reading_and_the_next_pause_takes_it_up_again() -> None:
    reader = Reader()

    async def script(stage: Stage) -> None:
        await stage.until(lambda: reader.begun == 1, "nobody is there, so it reads")
        await stage.press("down")
        await stage.until(lambda: reader.stopped == 1, "the clerk is back")
        await stage.until(lambda: reader.begun == 2, "and gone again")
        assert not stage.card()

    play(counter(reader), script)
    assert reader.stopped == 2, "leaving stops it too"


def test_the_mouse_and_a_paste_are_somebody_too() -> None:
    reader = Reader()

    async def script(stage: Stage) -> None:
        moved = events.MouseMove(None, 1, 1, 1, 0, 0, False, False, False)
        for back, event in enumerate((moved, events.Paste("Lan")), start=1):
            await stage.until(lambda back=back: reader.begun == back, "it reads")
            stage.app.post_message(event)
            await stage.until(lambda back=back: reader.stopped == back, "it stops")

    play(counter(reader), script)


def test_a_better_text_is_sent_at_once() -> None:
    courier = FakeCourier()
    row = a_row("0190", 2)
    reader = Reader(Supplemented(dossier=row.dossier, row=row))

    async def script(stage: Stage) -> None:
        await stage.until(lambda: courier.ran == 2, "once at the start, then with the supplement")

    play(counter(reader, courier=courier), script)


def test_nothing_is_read_again_while_a_scan_runs() -> None:
    reader, intake = Reader(), FakeIntake(script=["W"])
    handed = fake_counter(intake, station=NEVER, read_again=reader)

    async def script(stage: Stage) -> None:
        await stage.open_new()
        await stage.press("space")
        await stage.until(lambda: stage.app.jobs, "a scan runs")
        stage.app._pause_s = 0.0
        stage.app._look()
        assert not stage.app.reading_again
        intake.go.set()
        await stage.until(lambda: not stage.app.jobs, "the scan is over")
        stage.app._look()
        await stage.until(lambda: reader.begun == 1, "now nobody is busy")

    play(handed, script)


def test_a_station_that_does_not_want_it_never_reads_again() -> None:
    reader = Reader()

    async def script(stage: Stage) -> None:
        stage.app._look()
        assert not stage.app.reading_again

    play(counter(reader, station=NEVER), script)
    assert reader.begun == 0


def test_a_secrecy_mark_found_after_delivery_is_told_and_stays_in_sight() -> None:
    secret = Supplemented(dossier="0190-abcdef012345", waits="…", secret=True)
    reader = Reader(secret, Supplemented(dossier="0190-b", waits="somebody holds it"))

    async def script(stage: Stage) -> None:
        await stage.shows("Reading dossier abcdef012345 thoroughly showed a secrecy mark")
        assert "somebody holds it" not in stage.text
        assert stage.app.reading_again

    play(counter(reader), script)


def test_a_fault_is_told_once_and_ends_it() -> None:
    asked: list[Event] = []

    def broken(gives_way: Event) -> Iterator[Supplemented]:
        asked.append(gives_way)
        yield from ()
        raise errors.MissingPart(part="tesseract", install="apt install tesseract-ocr")

    async def script(stage: Stage) -> None:
        await stage.shows("apt install tesseract-ocr")
        stage.app._look()
        assert not stage.app.reading_again

    play(counter(broken), script)
    assert len(asked) == 1


# --- the real way -----------------------------------------------------------------------------


@pytest.mark.timeout(400)
@requires_part("tesseract-vie", "fonts")
def test_an_idle_screen_reads_a_delivered_dossier_again_and_sends_the_supplement(
    tmp_path: Path,
) -> None:
    letter = tmp_path / "letter.png"
    with Image.open(PAGES / "straight-1bit.tif") as page:
        head = page.convert("L").crop((0, 0, page.width, page.height // 4))
        head.save(letter, dpi=page.info["dpi"])
    with ExitStack() as open_things:
        options = CentralOptions(production=False)
        news = open_things.enter_context(running(tmp_path / "central", options=options))
        authority = open_things.enter_context(signing_keys(tmp_path))
        wire = ("--central", news.url, "--receipt-key", news.receipt_key)
        at = set_up(tmp_path / "station", authority, *wire)
        toml = at.folder / "station.toml"
        toml.write_text("read_again_after_min = 0.001\n" + toml.read_text("utf-8"), "utf-8")
        dossier = at.new()
        at.must("import", "--dossier", dossier, "--component", "1", letter)
        first = at.seal(dossier, "--stamp", "none").data
        at.must("sync")
        handed = open_things.enter_context(real_counter(Station(at.folder)))

        async def script(stage: Stage) -> None:
            def arrived() -> bool:
                return [row.state for row in handed.queue()] == [Delivery.DELIVERED] * 2

            await stage.until(arrived, "the supplement is held by central", within_s=180)

        play(handed, script)
        own, more = handed.queue()
        assert (own.package, more.supplements) == (first["package"], first["package"])
