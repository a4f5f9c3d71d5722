"""The paper's account on the screen: it reckons while the clerk types."""

import pytest

from scanstation.model.account import Account, Fate, Form
from scanstation.model.acts import AccountGiven, PageAdded
from scanstation.tui.account import PaperAccount
from scanstation.tui.checklist import Checklist
from scanstation.tui.sealing import Sealing
from tests.tui.fake import BIRTH, DUONG, FakeIntake, a_page, fake_counter
from tests.tui.stage import Stage, play


@pytest.fixture
def intake() -> FakeIntake:
    """One complete dossier with two pages in its first paper."""
    intake = FakeIntake()
    dossier = intake.open(BIRTH, "Lan", DUONG)
    for component in ("to-khai", "to-khai", "chung-sinh"):
        intake.record(dossier.id, PageAdded(a_page(component)), DUONG)
    return intake


async def to_the_checklist(stage: Stage) -> None:
    await stage.until(lambda: stage.app.clerk, "somebody is signed in")
    await stage.until(lambda: stage.choices("rows").option_count, "the dossier is listed")
    await stage.press("enter")
    await stage.at(Checklist)
    await stage.until(lambda: stage.choices("pages").option_count, "its pages are listed")


def test_what_is_declared_is_reckoned_at_once_and_enter_records_it(intake: FakeIntake) -> None:
    async def script(stage: Stage) -> None:
        await to_the_checklist(stage)
        await stage.press("ctrl+k")
        await stage.at(PaperAccount)
        await stage.shows("it adds up: 2 pages")
        await stage.press("backspace", "1")
        await stage.shows("1 sheets make 1 images, there are 2")
        await stage.press("down", "backspace", "1")
        await stage.shows("it adds up: 2 pages")
        await stage.press("up", "up", "right", "up", "right")
        await stage.shows("copy from the register")
        await stage.press("enter")
        await stage.until(lambda: stage.dossier.accounts, "recorded")
        wanted = Account(sheets=1, two_sided=1, form=Form.REGISTER_COPY, fate=Fate.KEPT)
        assert stage.dossier.accounts == {"to-khai": wanted}

    play(fake_counter(intake), script)


def test_what_makes_no_sense_is_not_taken_and_escape_declares_nothing(intake: FakeIntake) -> None:
    async def script(stage: Stage) -> None:
        await to_the_checklist(stage)
        await stage.press("ctrl+k")
        await stage.at(PaperAccount)
        await stage.press("backspace", "x", "enter")
        await stage.shows("the number of sheets is at least 1")
        assert isinstance(stage.app.screen, PaperAccount)
        await stage.press(
            "backspace", "2", "down", "down", "down", "down", "backspace", "1", "enter"
        )
        await stage.shows("a side that was not scanned needs a reason")
        await stage.press("escape")
        await stage.at(Checklist)
        assert not stage.dossier.accounts

    play(fake_counter(intake), script)


def test_sealing_leads_to_the_paper_that_does_not_add_up(intake: FakeIntake) -> None:
    dossier = intake.dossiers()[0].id
    intake.record(dossier, AccountGiven("chung-sinh", Account(sheets=3)), DUONG)

    async def script(stage: Stage) -> None:
        await to_the_checklist(stage)
        await stage.shows("3 sheets make 3 images, there are 1")
        await stage.press("f8")
        await stage.at(Sealing)
        await stage.shows("^K declares this paper again")
        await stage.press("ctrl+k")
        await stage.at(PaperAccount)
        await stage.shows("Giấy chứng sinh")
        await stage.press("backspace", "1", "enter")
        await stage.at(Checklist)
        await stage.until(lambda: stage.dossier.accounts["chung-sinh"].sheets == 1, "mended")
        await stage.until(lambda: "3 sheets make" not in stage.text, "the mark is gone")

    play(fake_counter(intake), script)


@pytest.mark.parametrize("size", [(80, 24), (120, 36)])
def test_every_line_of_the_account_is_in_sight(intake: FakeIntake, size: tuple[int, int]) -> None:
    async def script(stage: Stage) -> None:
        await to_the_checklist(stage)
        await stage.press("ctrl+k")
        await stage.at(PaperAccount)
        for words in (
            "Count the paper",
            "printed sides not scanned",
            "given back",
            "Enter Declare",
        ):
            await stage.shows(words)

    play(fake_counter(intake), script, size)
