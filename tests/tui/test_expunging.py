"""Destroying a page: never by Enter alone, and never without the honest word."""

from pathlib import Path

import pytest

from scanstation import errors
from scanstation.model.acts import PageAdded, Parked, Sealed
from scanstation.model.page import Finding, FindingKind
from scanstation.model.removal import ExpungeReason
from scanstation.tui.ask import Notice
from scanstation.tui.checklist import Checklist
from scanstation.tui.expunging import Destroy, Why
from tests.tui.fake import BIRTH, DUONG, FakeCasework, FakeIntake, a_page, fake_counter
from tests.tui.stage import Stage, play

THUMBNAIL = Path(__file__).parents[2] / "fixtures" / "pages" / "to-khai.jpg"
SECRET = Finding(kind=FindingKind.SECRET, measure=1, limit=1)


@pytest.fixture
def intake() -> FakeIntake:
    """Two pages in the first paper."""
    intake = FakeIntake()
    dossier = intake.open(BIRTH, "Lan", DUONG)
    for number in (1, 2):
        intake.record(dossier.id, PageAdded(a_page("to-khai", number)), DUONG)
    return intake


async def to_the_page(stage: Stage) -> str:
    await stage.until(lambda: stage.app.clerk, "somebody is signed in")
    await stage.until(lambda: stage.choices("rows").option_count, "the dossier is listed")
    await stage.press("enter")
    await stage.at(Checklist)
    await stage.until(lambda: stage.choices("components").option_count, "the checklist is there")
    stage.choices("components").choose("to-khai")
    await stage.until(lambda: stage.choices("pages").option_count == 2, "its pages are listed")
    return stage.choices("pages").chosen


def test_a_page_is_destroyed_after_the_word_and_four_signs_of_its_id(intake: FakeIntake) -> None:
    casework = FakeCasework(intake)

    async def script(stage: Stage) -> None:
        page = await to_the_page(stage)
        await stage.press("ctrl+x")
        await stage.at(Why)
        await stage.press("down", "tab", *"nham", "enter")
        await stage.at(Destroy)
        await stage.press("enter")
        await stage.shows("Nothing is destroyed yet")
        await stage.press(*"destroy", "enter")
        await stage.shows(f"last four signs of the page's id: {page[-4:]}")
        await stage.press(*"zzzz", "enter")
        assert not casework.destroyed
        await stage.press(*page[-4:], "enter")
        await stage.at(Notice)
        await stage.shows("An SSD, a snapshot or a backup may still hold old blocks")
        assert casework.destroyed == [(page, ExpungeReason.OTHER_CITIZEN, "nham", DUONG.id)]
        await stage.press("enter")
        await stage.until(lambda: stage.choices("pages").option_count == 1, "it is gone")

    play(fake_counter(intake, casework=casework), script)


def test_going_back_at_either_question_destroys_nothing(intake: FakeIntake) -> None:
    casework = FakeCasework(intake)

    async def script(stage: Stage) -> None:
        await to_the_page(stage)
        await stage.press("ctrl+x")
        await stage.at(Why)
        await stage.press("escape")
        await stage.at(Checklist)
        await stage.press("ctrl+x", "enter")
        await stage.at(Destroy)
        await stage.press(*"destroy", "enter", "escape")
        await stage.at(Checklist)
        assert not casework.destroyed

    play(fake_counter(intake, casework=casework), script)


def test_a_secret_page_shows_the_key_and_the_card_leads_to_it(intake: FakeIntake) -> None:
    intake.thumbnail = THUMBNAIL
    intake.findings = {f"{2:064x}": (SECRET,)}
    (dossier,) = intake.dossiers()
    secret = dossier.pages[1].id

    async def script(stage: Stage) -> None:
        await to_the_page(stage)
        await stage.shows("A page carries a SECRECY MARK")
        assert "^X Destroy page" not in stage.text
        stage.app.screen.show_fault(errors.SecretPaper(page=secret[-12:]))
        await stage.shows("^X destroys this page for good.")
        assert stage.choices("pages").chosen == secret
        await stage.shows("^X Destroy page")
        await stage.press("ctrl+x")
        await stage.at(Why)

    play(fake_counter(intake), script)


@pytest.mark.parametrize("act", [Sealed("p", "h", 1), Parked("x")])
def test_only_a_sealed_dossier_keeps_all_its_pages(intake: FakeIntake, act: object) -> None:
    (dossier,) = intake.dossiers()
    intake.record(dossier.id, act, DUONG)  # type: ignore[arg-type]

    async def script(stage: Stage) -> None:
        await to_the_page(stage)
        await stage.press("ctrl+x")
        await stage.pilot.pause()
        assert isinstance(stage.app.screen, Checklist if isinstance(act, Sealed) else Why)

    play(fake_counter(intake), script)
