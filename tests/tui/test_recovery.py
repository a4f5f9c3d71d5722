"""S0: what an unclean stop left is told once, before anything else."""

import dataclasses
from pathlib import Path

from msgspec import structs
from PIL import Image

from scanstation.model.dossier import State
from scanstation.model.recovery import Orphan, RecoveryReport, Survivor
from scanstation.tui.home import Home
from scanstation.tui.preview import Preview
from scanstation.tui.recovery import AfterStop
from tests.tui.fake import FakeIntake, fake_counter
from tests.tui.stage import Stage, play

LAN = Survivor(
    dossier="019f1b67-9100-7e7e-9077-dac0f1702f17",
    applicant="Lan",
    title="Đăng ký [khai sinh]",
    state=State.OPEN,
    in_work=True,
    safe=3,
    last_component="Tờ khai",
    last_place=3,
    orphans=(Orphan(path=Path("a" * 64), stored_at="2026-07-01T09:12:05+07:00", size=4000),),
    lost=(),
)
REPORT = RecoveryReport(
    stopped_at="2026-07-01T09:00:00+07:00", dossiers=(LAN, LAN, LAN, LAN), unreadable=()
)


def test_after_a_stop_the_clerk_reads_what_is_safe_before_anything_else() -> None:
    read: list[bool] = []
    counter = dataclasses.replace(
        fake_counter(FakeIntake()), recovery=lambda: REPORT, acknowledge=lambda: read.append(True)
    )

    async def script(stage: Stage) -> None:
        await stage.at(AfterStop)
        await stage.shows("Every page that was on the screen is safe")
        await stage.shows("after page 3 of «Tờ khai»")
        assert "[khai sinh]" in stage.words
        assert read == []
        await stage.press("enter")
        await stage.at(Home)
        await stage.until(lambda: read == [True], "it was told that the clerk has read it")
        await stage.until(lambda: stage.app.clerk, "then the clerk counts")

    play(counter, script)


def test_without_a_stop_nothing_is_said() -> None:
    calm = RecoveryReport(stopped_at="", dossiers=(), unreadable=())
    counter = dataclasses.replace(fake_counter(FakeIntake()), recovery=lambda: calm)

    async def script(stage: Stage) -> None:
        await stage.until(lambda: stage.app.clerk, "the clerk counts")
        await stage.at(Home)

    play(counter, script)


def test_a_page_that_was_never_shown_is_shown_to_be_compared_with_the_paper(
    tmp_path: Path,
) -> None:
    stored = tmp_path / f"{'3fa9c1'.ljust(64, '0')}.png"
    Image.new("L", (1240, 1754), 0).save(stored)
    orphan = Orphan(
        path=stored, stored_at=LAN.orphans[0].stored_at, size=1, width=1240, height=1754, dpi=150
    )
    found = structs.replace(LAN, orphans=(*LAN.orphans, orphan))
    report = RecoveryReport(stopped_at=REPORT.stopped_at, dossiers=(found,), unreadable=())
    counter = dataclasses.replace(fake_counter(FakeIntake()), recovery=lambda: report)

    async def script(stage: Stage) -> None:
        await stage.at(AfterStop)
        await stage.shows("210 × 297 mm, 150 dpi")
        preview = stage.app.screen.query_one(Preview)
        preview.scroll_visible(animate=False, immediate=True)
        await stage.until(lambda: len([*filter(bool, preview._lines)]) > 5, "the page is drawn")
        await stage.shows("3fa9c1000000 · 210 × 297 mm")

    play(counter, script, size=(100, 40))
