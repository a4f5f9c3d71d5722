"""S0: what an unclean stop left is told once, before anything else."""

import dataclasses
from pathlib import Path

from scanstation.model.dossier import State
from scanstation.model.recovery import Orphan, RecoveryReport, Survivor
from scanstation.tui.home import Home
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
