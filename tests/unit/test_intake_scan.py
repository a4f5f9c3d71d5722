"""Scanning into a dossier: pages are durable early, order comes late, devices may change."""

from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import pytest
from PIL import Image

from scanstation import bootstrap, durable, errors
from scanstation.holding import Holdings
from scanstation.intake import Intake, Parts
from scanstation.model.asking import Answer, Asked
from scanstation.model.clock import SystemClock
from scanstation.model.dossier import Page
from scanstation.model.events import PageSaved, Side
from scanstation.model.page import Mode
from scanstation.model.profile import (
    Clerk,
    Component,
    Duplex,
    Procedure,
    Reading,
    ScanProfile,
    StationSettings,
)
from scanstation.outbox.folder import Outbox
from scanstation.scanner import ScanDriver
from scanstation.scanner.sane import SaneDriver
from scanstation.scanner.tape import Tape
from scanstation.signing import station as station_key
from scanstation.workspace.store import Workspace
from tests.helpers.hand import ScriptedHand
from tests.helpers.parts import requires_part

CLERK = Clerk(id="duong", name="Nguyễn Thị Đường")
PROCEDURE = Procedure(
    code="1.000001",
    title="Thủ tục thử",
    source="test",
    components=(Component(id="don", title="Đơn đề nghị"),),
)


class Desk:
    """One dossier, and a tape that each scan plays on."""

    def __init__(self, folder: Path, script: str, intake: Intake) -> None:
        self.folder, self.script, self.intake = folder, script, intake
        self.sane: SaneDriver | None = None
        self.dossier = intake.open(PROCEDURE, "Lò Thị Mai", CLERK).id

    def scan(
        self, profile: ScanProfile, hand: ScriptedHand | None = None, replaces: str = ""
    ) -> list[PageSaved]:
        hand = hand or ScriptedHand()
        told = self.intake.scan(self.dossier, "don", profile, CLERK, replaces, hand)
        return [event for event in told if isinstance(event, PageSaved)]

    @property
    def pages(self) -> tuple[Page, ...]:
        return self.intake.dossier(self.dossier).of("don")

    @property
    def ids(self) -> list[str]:
        return [page.id for page in self.pages]


@contextmanager
def desk(folder: Path, script: str = "") -> Iterator[Desk]:
    sheets = [folder / f"{number}.png" for number in range(8)]
    for number, path in enumerate(sheets):
        Image.new("L", (60, 80), 100 + number).save(path, dpi=(50, 50))
    tape = Tape(script, sheets)

    def driver(profile: ScanProfile) -> closing[ScanDriver]:
        if profile.driver != "sane":
            return closing(tape)
        made.sane = SaneDriver(["test"])
        return closing(made.sane)

    with bootstrap.documents(()) as maker:
        parts = Parts(
            settings=StationSettings(id="T1", agency="UBND xã", demo=True, min_free_mb=1),
            holdings=Holdings(
                workspace=Workspace(folder / "workspace", SystemClock()),
                outbox=Outbox(folder / "outbox", SystemClock()),
                scratch=durable.make_folder(folder / "scratch"),
                min_free_mb=1,
            ),
            documents=maker,
            driver=driver,
            station=station_key.create(folder / "station.key"),
            clock=SystemClock(),
            glance=bootstrap.glance,
        )
        made = Desk(folder, script, Intake(parts))
        yield made


def tape(**more: object) -> ScanProfile:
    given: dict[str, object] = {"id": "t", "driver": "tape", "reading": Reading.NONE}
    return ScanProfile(**(given | more))  # type: ignore[arg-type]


BOTH_SIDES = tape(feeder=True, duplex=Duplex.MANUAL)


def test_a_stack_turned_by_hand_lies_in_the_paper_s_order_and_undo_unpairs_it(
    tmp_path: Path,
) -> None:
    with desk(tmp_path, "PPPEPPPE") as here:
        saved = here.scan(BOTH_SIDES)
        came = [event.page.id for event in saved]
        assert [event.side for event in saved] == [Side.FRONT] * 3 + [Side.BACK] * 3
        f1, f2, f3, b3, b2, b1 = came
        assert here.ids == [f1, b1, f2, b2, f3, b3]
        here.intake.undo(here.dossier, CLERK)
        assert here.ids == came, "one undo takes the order back, and no page"
        here.intake.redo(here.dossier, CLERK)
        assert here.ids == [f1, b1, f2, b2, f3, b3]


def test_a_stop_among_the_backs_leaves_every_announced_page_in_the_dossier(
    tmp_path: Path,
) -> None:
    with desk(tmp_path, "PPPEPPPE") as here:
        story = here.intake.scan(here.dossier, "don", BOTH_SIDES, CLERK, "", ScriptedHand())
        saved: list[str] = []
        for event in story:
            if isinstance(event, PageSaved):
                saved.append(event.page.id)
            if len(saved) == 5:
                break
        story.close()  # type: ignore[attr-defined]  # a power cut as far as the story knows
        assert here.ids == saved


def test_pages_that_lay_there_before_stay_in_front(tmp_path: Path) -> None:
    with desk(tmp_path, "PPPEPPE") as here:
        here.scan(tape())
        before = here.ids
        saved = here.scan(tape(feeder=True, duplex=Duplex.MANUAL_IN_ORDER))
        f1, f2, b1, b2 = (event.page.id for event in saved)
        assert here.ids == [*before, f1, b1, f2, b2]


def test_a_large_sheet_is_two_pages_that_say_so(tmp_path: Path) -> None:
    with desk(tmp_path, "PPP") as here:
        here.scan(tape(parts=2))
        here.scan(tape())
        assert [(page.part, page.parts) for page in here.pages] == [(1, 2), (2, 2), (0, 0)]
        here.intake.undo(here.dossier, CLERK)
        here.intake.undo(here.dossier, CLERK)
        assert [page.parts for page in here.pages] == [0, 0], "two sheets again"


def test_a_page_scanned_again_from_a_book_profile_is_one_page_and_asks_nothing(
    tmp_path: Path,
) -> None:
    with desk(tmp_path, "PP") as here:
        here.scan(tape())
        hand = ScriptedHand()
        here.scan(tape(book=True), hand, replaces=here.ids[0])
        assert len(here.ids) == 1
        assert not hand.asked


@requires_part("libsane")
def test_after_a_jam_the_paper_goes_on_with_the_glass_another_device_or_files(
    tmp_path: Path,
) -> None:
    """A feeder that jams, libsane's flatbed, then files: one component, in that order."""
    flatbed = ScanProfile(
        id="glass", device="test:0", source="Flatbed", mode=Mode.GREY, dpi=50, reading=Reading.NONE
    )
    with desk(tmp_path, "PPJ") as here:
        with pytest.raises(errors.PaperJam) as jam:
            here.scan(tape(feeder=True))
        assert jam.value.facts["kept"] == len(here.ids) == 2
        (third,) = here.scan(flatbed)
        assert third.position == 3
        list(here.intake.take(here.dossier, "don", [tmp_path / "0.png"], CLERK))
        assert [page.source for page in here.pages] == ["tape:0", "tape:0", "Flatbed", "0.png"]


@requires_part("libsane")
def test_a_book_is_scanned_by_one_worker_that_keeps_its_device(tmp_path: Path) -> None:
    profile = ScanProfile(
        id="book", device="test:0", source="Flatbed", mode=Mode.GREY, dpi=50, book=True
    )
    workers = set()

    class Watching(ScriptedHand):
        def answer(self, asked: Asked) -> Answer:
            assert here.sane is not None
            workers.add(here.sane.worker_pid)
            return super().answer(asked)

    with desk(tmp_path) as here:
        assert len(here.scan(profile, Watching("go-on go-on end"))) == 3
        assert len(workers) == 1 and None not in workers
