"""What can be done with a dossier as a whole: the list behind Ctrl+O."""

import pytest

from scanstation import errors
from scanstation.model.acts import PageAdded, Sealed
from scanstation.model.dossier import State
from scanstation.tui.ask import Confirm, Pick, Reason
from scanstation.tui.checklist import Checklist
from tests.tui.fake import (
    BIRTH,
    DUONG,
    LAND,
    FakeCasework,
    FakeIntake,
    FakePrinter,
    a_page,
    fake_counter,
)
from tests.tui.stage import Stage, play


@pytest.fixture
def intake() -> FakeIntake:
    """One complete dossier."""
    intake = FakeIntake()
    dossier = intake.open(BIRTH, "Lan", DUONG)
    for component in ("to-khai", "chung-sinh"):
        intake.record(dossier.id, PageAdded(a_page(component)), DUONG)
    return intake


@pytest.fixture
def sealed(intake: FakeIntake) -> FakeIntake:
    """The same, sealed."""
    intake.record(intake.dossiers()[0].id, Sealed("p", "h", 1), DUONG)
    return intake


async def to_the_checklist(stage: Stage) -> None:
    await stage.until(lambda: stage.app.clerk, "somebody is signed in")
    await stage.until(lambda: stage.choices("rows").option_count, "the dossier is listed")
    await stage.press("enter")
    await stage.at(Checklist)
    await stage.until(lambda: stage.choices("pages").option_count, "its pages are listed")


async def do(stage: Stage, action: str) -> None:
    """Ctrl+O, and the line of that action."""
    await stage.press("ctrl+o")
    await stage.at(Pick)
    stage.choices("options").choose(action)
    await stage.press("enter")


def offered(stage: Stage) -> set[str]:
    return {option.id for option in stage.choices("options").options}


def test_the_list_holds_what_an_open_dossier_allows_and_what_a_sealed_one_does(
    intake: FakeIntake,
) -> None:
    async def script(stage: Stage) -> None:
        await to_the_checklist(stage)
        await stage.press("ctrl+o")
        await stage.at(Pick)
        always = {"print", "slip", "withdraw"}
        assert offered(stage) == always | {"account", "fields", "turn", "join", "move", "expunge"}
        await stage.press("escape")
        intake.record(stage.dossier.id, Sealed("p", "h", 1), DUONG)
        stage.app.screen.look()
        await stage.shows("[sealed]")
        await stage.press("ctrl+o")
        await stage.at(Pick)
        assert offered(stage) == always | {"correct"}

    play(fake_counter(intake), script)


def test_an_open_dossier_is_withdrawn_with_a_reason(intake: FakeIntake) -> None:
    async def script(stage: Stage) -> None:
        await to_the_checklist(stage)
        await do(stage, "withdraw")
        await stage.at(Reason)
        await stage.press("enter")
        await stage.shows("[withdrawn: opened by mistake] Lan")

    play(fake_counter(intake), script)
    assert intake.dossiers()[0].state is State.WITHDRAWN


def test_what_central_has_is_not_taken_back_and_the_card_leads_to_a_correction(
    sealed: FakeIntake,
) -> None:
    casework = FakeCasework(sealed, faults=[errors.CannotTakeBack(dossier="x")])

    async def script(stage: Stage) -> None:
        await to_the_checklist(stage)
        await do(stage, "withdraw")
        await stage.at(Reason)
        await stage.shows("Hold the sealed package back")
        await stage.press("enter")
        await stage.shows("this station cannot take it back")
        await stage.shows("^O leads to «Correct»")

    play(fake_counter(sealed, casework=casework), script)
    assert sealed.dossiers()[0].state is State.SEALED


def test_correcting_opens_the_new_dossier_with_its_pages(sealed: FakeIntake) -> None:
    old = sealed.dossiers()[0].id

    async def script(stage: Stage) -> None:
        await to_the_checklist(stage)
        await do(stage, "correct")
        await stage.at(Reason)
        await stage.press("down", "enter")
        await stage.until(lambda: stage.dossier.id != old, "the new dossier is on the screen")
        assert stage.dossier.state is State.OPEN
        assert len(stage.dossier.pages) == 2

    play(fake_counter(sealed), script)


def test_the_paper_under_the_cursor_and_the_slip_are_printed(sealed: FakeIntake) -> None:
    printer, dossier = FakePrinter(), sealed.dossiers()[0].id

    async def script(stage: Stage) -> None:
        await to_the_checklist(stage)
        await stage.press("enter")
        await do(stage, "print")
        await stage.shows("With the printer: request id is quay-2-7")
        await do(stage, "slip")
        await stage.until(lambda: len(printer.printed) == 2, "both are printed")

    play(fake_counter(sealed, printer=printer), script)
    assert printer.printed == [(dossier, "chung-sinh"), (dossier, "")]


def test_a_page_and_all_behind_it_move_to_another_paper(intake: FakeIntake) -> None:
    dossier = intake.dossiers()[0].id
    for number in (7, 8):
        intake.record(dossier, PageAdded(a_page("to-khai", number)), DUONG)

    async def script(stage: Stage) -> None:
        await to_the_checklist(stage)
        await stage.press("right", "down", "f3")
        await stage.at(Pick)
        await stage.press("end", "up", "enter")
        await stage.shows("Move this page and all behind it to")
        await stage.press("enter")
        await stage.until(lambda: len(stage.dossier.of("chung-sinh")) == 3, "two more are there")
        assert len(stage.dossier.of("to-khai")) == 1

    play(fake_counter(intake), script)


def test_a_page_goes_to_another_open_dossier_after_a_second_question(intake: FakeIntake) -> None:
    casework, here = FakeCasework(intake), intake.dossiers()[0]
    other = intake.open(LAND, "Mai", DUONG)

    async def script(stage: Stage) -> None:
        await stage.until(lambda: stage.choices("rows").option_count == 2, "both are listed")
        stage.choices("rows").choose(here.id)
        await stage.press("enter")
        await stage.at(Checklist)
        await stage.until(lambda: stage.choices("pages").option_count, "its pages are listed")
        page = stage.choices("pages").chosen
        await stage.press("f3")
        await stage.at(Pick)
        await stage.press("end", "enter")
        await stage.shows("Move the page to the dossier of")
        await stage.press("enter")
        await stage.at(Confirm)
        await stage.shows("To: Mai")
        assert not casework.given
        await stage.press("enter")
        await stage.until(lambda: not stage.dossier.of("to-khai"), "it is gone from here")
        assert casework.given == [((page,), other.id)]

    play(fake_counter(intake, casework=casework), script)


def test_where_the_other_dossier_has_no_such_paper_the_clerk_is_asked(intake: FakeIntake) -> None:
    casework, here = FakeCasework(intake), intake.dossiers()[0]
    intake.open(LAND, "Mai", DUONG)

    async def script(stage: Stage) -> None:
        await stage.until(lambda: stage.choices("rows").option_count == 2, "both are listed")
        stage.choices("rows").choose(here.id)
        await stage.press("enter")
        await stage.at(Checklist)
        await stage.press("enter")
        await stage.until(lambda: stage.choices("pages").option_count, "its pages are listed")
        await stage.press("f3", "end", "enter")
        await stage.shows("Move the page to the dossier of")
        await stage.press("enter")
        await stage.shows("To which of its papers?")
        await stage.press("enter")
        await stage.at(Confirm)
        await stage.press("escape")
        await stage.at(Checklist)
        assert not casework.given

    play(fake_counter(intake, casework=casework), script)
