"""Books, both sides, large sheets and waiting for paper, over scripted devices and clerks."""

from pathlib import Path

import pytest
from PIL import Image

from scanstation import errors
from scanstation.model.asking import Answer, Question
from scanstation.model.events import (
    Arranged,
    Joined,
    PageScanned,
    PaperAwaited,
    ScanEnded,
    ScanEvent,
    ScanStarted,
    Side,
)
from scanstation.model.profile import Duplex, ScanProfile
from scanstation.scanner import holders, stack
from scanstation.scanner.tape import Tape
from tests.helpers.hand import ScriptedHand
from tests.helpers.holding import another_station

FEEDER = ScanProfile(id="f", driver="tape", feeder=True)
GLASS = ScanProfile(id="g", driver="tape")


def set_to(profile: ScanProfile, **more: object) -> ScanProfile:
    given = {name: getattr(profile, name) for name in profile.__struct_fields__}
    return ScanProfile(**(given | more))


@pytest.fixture
def paper(tmp_path: Path) -> list[Path]:
    path = tmp_path / "paper.png"
    Image.effect_noise((90, 120), 50).save(path, dpi=(300, 300))
    return [path]


class Scan:
    """What one scan told, up to its end or its fault."""

    def __init__(
        self, script: str, paper: list[Path], profile: ScanProfile, hand: ScriptedHand
    ) -> None:
        self.events: list[ScanEvent] = []
        self.fault: errors.ScanStationError | None = None
        folder = paper[0].parent / "scratch"
        folder.mkdir()
        try:
            for event in stack.scan(Tape(script, paper), profile, folder, hand):
                self.events.append(event)
        except errors.ScanStationError as fault:
            self.fault = fault

    def of(self, kind: type) -> list:
        return [event for event in self.events if isinstance(event, kind)]

    @property
    def sides(self) -> list[Side]:
        return [event.side for event in self.of(PageScanned)]


# --- both sides -------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("duplex", "order"),
    [(Duplex.MANUAL, (0, 5, 1, 4, 2, 3)), (Duplex.MANUAL_IN_ORDER, (0, 3, 1, 4, 2, 5))],
)
def test_fronts_and_backs_are_put_in_the_paper_s_order(
    paper: list[Path], duplex: Duplex, order: tuple[int, ...]
) -> None:
    hand = ScriptedHand()
    scan = Scan("PPPEPPPE", paper, set_to(FEEDER, duplex=duplex), hand)
    assert scan.sides == [Side.FRONT] * 3 + [Side.BACK] * 3
    assert hand.questions == [Question.TURN]
    assert scan.of(Arranged) == [Arranged(order=order)]
    assert scan.events[-1] == ScanEnded(pages=6)
    assert len(scan.of(ScanStarted)) == 1


def test_the_order_is_told_only_after_the_last_page(paper: list[Path]) -> None:
    scan = Scan("PEPE", paper, set_to(FEEDER, duplex=Duplex.MANUAL), ScriptedHand())
    kinds = [type(event) for event in scan.events if not isinstance(event, ScanStarted)]
    assert kinds[-3:] == [PageScanned, Arranged, ScanEnded]


def test_no_backs_leave_the_fronts_as_they_are(paper: list[Path]) -> None:
    scan = Scan("PPE", paper, set_to(FEEDER, duplex=Duplex.MANUAL), ScriptedHand("end"))
    assert scan.sides == [Side.FRONT] * 2
    assert not scan.of(Arranged)
    assert scan.fault is None


def test_missing_backs_are_asked_about_and_can_be_scanned_on(paper: list[Path]) -> None:
    hand = ScriptedHand()
    scan = Scan("PPPEPPEPE", paper, set_to(FEEDER, duplex=Duplex.MANUAL), hand)
    assert hand.questions == [Question.TURN, Question.UNEVEN]
    assert (hand.asked[1].fronts, hand.asked[1].backs) == (3, 2)
    assert scan.of(Arranged) == [Arranged(order=(0, 5, 1, 4, 2, 3))]


@pytest.mark.parametrize(
    ("answer", "arranged"),
    [("pair", [Arranged(order=(0, 4, 1, 3, 2))]), ("end", [])],
)
def test_uneven_pages_are_paired_or_left_as_the_clerk_says_and_all_are_kept(
    paper: list[Path], answer: str, arranged: list[Arranged]
) -> None:
    profile = set_to(FEEDER, duplex=Duplex.MANUAL)
    scan = Scan("PPPEPPE", paper, profile, ScriptedHand(f"go-on {answer}"))
    assert scan.of(Arranged) == arranged
    assert len(scan.of(PageScanned)) == 5
    assert scan.fault is None


def test_more_backs_than_fronts_are_asked_about_but_no_more_are_scanned(paper: list[Path]) -> None:
    hand = ScriptedHand("go-on end")
    scan = Scan("PEPPE", paper, set_to(FEEDER, duplex=Duplex.MANUAL), hand)
    assert Answer.GO_ON not in hand.asked[1].answers
    assert len(scan.of(PageScanned)) == 3


def test_a_jam_among_the_backs_goes_on_where_it_stopped_and_the_order_is_right(
    paper: list[Path],
) -> None:
    hand = ScriptedHand()
    scan = Scan("PPEPJPE", paper, set_to(FEEDER, duplex=Duplex.MANUAL), hand)
    assert hand.questions == [Question.TURN, Question.TROUBLE]
    assert hand.asked[1].en == errors.PaperJam(kept=3).sentence("en")
    assert scan.of(Arranged) == [Arranged(order=(0, 3, 1, 2))]


def test_a_jam_the_clerk_gives_up_on_counts_all_pages_of_the_scan(paper: list[Path]) -> None:
    hand = ScriptedHand("go-on end")
    scan = Scan("PPEPJ", paper, set_to(FEEDER, duplex=Duplex.MANUAL), hand)
    assert isinstance(scan.fault, errors.PaperJam)
    assert scan.fault.facts["kept"] == len(scan.of(PageScanned)) == 3


# --- books and large sheets -------------------------------------------------------------------


def test_a_book_is_scanned_page_after_page_until_the_clerk_ends_it(paper: list[Path]) -> None:
    hand = ScriptedHand("go-on go-on end")
    scan = Scan("PPPPP", paper, set_to(GLASS, book=True), hand)
    assert [one.fronts for one in hand.asked] == [1, 2, 3]
    assert scan.events[-1] == ScanEnded(pages=3)
    assert len(scan.of(ScanStarted)) == 1


def test_a_fault_at_one_page_of_a_book_does_not_end_the_book(paper: list[Path]) -> None:
    hand = ScriptedHand("go-on go-on end")
    scan = Scan("PLP", paper, set_to(GLASS, book=True), hand)
    assert hand.questions == [Question.NEXT, Question.TROUBLE, Question.NEXT]
    assert len(scan.of(PageScanned)) == 2
    assert scan.fault is None


def test_a_large_sheet_is_so_many_images_that_know_each_other(paper: list[Path]) -> None:
    hand = ScriptedHand()
    scan = Scan("PP", paper, set_to(GLASS, parts=2), hand)
    assert [(one.question, one.part) for one in hand.asked] == [(Question.PART, 2)]
    assert scan.of(Joined) == [Joined(pages=(0, 1))]


def test_the_large_sheets_of_a_bound_paper_are_joined_one_by_one(paper: list[Path]) -> None:
    hand = ScriptedHand("go-on go-on go-on end")
    scan = Scan("PPPP", paper, set_to(GLASS, book=True, parts=2), hand)
    assert hand.questions == [Question.PART, Question.NEXT] * 2
    assert scan.of(Joined) == [Joined(pages=(0, 1)), Joined(pages=(2, 3))]


def test_a_sheet_that_turns_out_smaller_is_no_part_of_anything(paper: list[Path]) -> None:
    scan = Scan("P", paper, set_to(GLASS, parts=2), ScriptedHand("end"))
    assert not scan.of(Joined)


def test_images_from_a_feeder_are_joined_by_their_number(paper: list[Path]) -> None:
    scan = Scan("PPPPPE", paper, set_to(FEEDER, parts=2), ScriptedHand())
    assert scan.of(Joined) == [Joined(pages=(0, 1)), Joined(pages=(2, 3))]


# --- waiting, nobody, stopping ----------------------------------------------------------------


def test_paper_that_comes_late_is_scanned_and_the_wait_is_told_once(paper: list[Path]) -> None:
    hand = ScriptedHand()
    scan = Scan("EEPPE", paper, set_to(FEEDER, wait_for_paper_s=60), hand)
    assert scan.of(PaperAwaited) == [PaperAwaited(seconds=60)]
    assert hand.waited == [stack.LOOK_EVERY_S] * 2
    assert len(scan.of(PageScanned)) == 2


def test_paper_that_does_not_come_in_time_is_an_empty_feeder(paper: list[Path]) -> None:
    hand = ScriptedHand()
    scan = Scan("E" * 9, paper, set_to(FEEDER, wait_for_paper_s=7), hand)
    assert hand.waited == [3, 3, 1]
    assert isinstance(scan.fault, errors.FeederEmpty)


def test_a_clerk_who_stops_waiting_has_stopped(paper: list[Path]) -> None:
    hand = ScriptedHand(stops_at=2)
    scan = Scan("E" * 9, paper, set_to(FEEDER, wait_for_paper_s=60), hand)
    assert isinstance(scan.fault, errors.Stopped)
    assert len(hand.waited) == 2


def test_the_end_of_the_stack_is_not_waited_behind(paper: list[Path]) -> None:
    hand = ScriptedHand()
    Scan("PE", paper, set_to(FEEDER, wait_for_paper_s=60), hand)
    assert not hand.waited


def test_with_nobody_to_ask_nothing_more_is_scanned_and_nothing_is_paired(
    paper: list[Path], tmp_path: Path
) -> None:
    profile = set_to(FEEDER, duplex=Duplex.MANUAL)
    events = list(stack.scan(Tape("PPEPPE", paper), profile, tmp_path, stack.Nobody()))
    assert sum(isinstance(event, PageScanned) for event in events) == 2


def test_a_busy_device_is_named_with_its_holder(
    paper: list[Path], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    with another_station(tmp_path, "tape:0", "Trần Văn Bình") as process:
        scan = Scan("B", paper, FEEDER, ScriptedHand())
        assert isinstance(scan.fault, errors.DeviceHeld)
        assert "Trần Văn Bình" in scan.fault.sentence("vi")
        assert str(process) in scan.fault.sentence("en")
    after = Tape("B", paper)
    with pytest.raises(errors.DeviceBusy) as busy:
        list(stack.scan(after, FEEDER, tmp_path, ScriptedHand()))
    assert type(busy.value) is errors.DeviceBusy, "whoever is gone holds nothing"


def test_a_scan_says_who_has_the_device_and_no_longer(
    paper: list[Path], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    events = stack.scan(Tape("PPE", paper), FEEDER, tmp_path, ScriptedHand(), "Đường")
    next(events)
    (lease,) = holders.shared_folder().iterdir()
    assert "Đường" in lease.read_text()
    list(events)
    assert not list(holders.shared_folder().iterdir())
