"""Values read from the pages count once a clerk confirmed them."""

import pytest

from scanstation.model.acts import PageAdded
from scanstation.model.box import Box
from scanstation.model.field import Evidence, Field, FieldName
from scanstation.pages import Proposal
from scanstation.tui.checklist import Checklist
from scanstation.tui.fields import Fields
from scanstation.tui.vninput import VnInput
from tests.tui.fake import BIRTH, DUONG, FakeIntake, a_page, fake_counter
from tests.tui.stage import Stage, play

BOX = Box(x=1, y=2, width=3, height=4)


def proposal(page: str, name: FieldName, value: str, evidence: Evidence) -> Proposal:
    field = Field(name=name, value=value, page=1, box=BOX, confidence=90, evidence=evidence)
    return Proposal(component="to-khai", page=page, field=field)


@pytest.fixture
def intake() -> FakeIntake:
    """One page: a printed agency, a number with handwriting in it."""
    intake = FakeIntake()
    dossier = intake.open(BIRTH, "Lan", DUONG)
    page = a_page("to-khai")
    intake.record(dossier.id, PageAdded(page), DUONG)
    intake.proposed = (
        proposal(page.id, FieldName.AGENCY, "UBND xã Tân Hơp", Evidence.PRINT),
        proposal(page.id, FieldName.NUMBER_SYMBOL, "/UBND-TP", Evidence.HANDWRITING),
    )
    return intake


async def to_the_fields(stage: Stage) -> None:
    await stage.until(lambda: stage.app.clerk, "somebody is signed in")
    await stage.until(lambda: stage.choices("rows").option_count, "the dossier is listed")
    await stage.press("enter")
    await stage.at(Checklist)
    await stage.press("ctrl+e")
    await stage.at(Fields)


def value(stage: Stage) -> str:
    return stage.app.screen.query_one("#value", VnInput).value


def test_enter_confirms_what_was_read_or_typed_and_goes_on_to_the_next(intake: FakeIntake) -> None:
    async def script(stage: Stage) -> None:
        await to_the_fields(stage)
        await stage.until(lambda: value(stage) == "UBND xã Tân Hơp", "as it was read")
        await stage.press("backspace", "backspace", "ợ", "p", "enter")
        await stage.shows("✓ confirmed")
        await stage.until(lambda: value(stage) == "", "handwriting is typed, never guessed")
        await stage.shows("handwriting: type what is missing")
        await stage.press("enter")
        await stage.press(*"12/UBND-TP", "enter")
        await stage.shows("All values are confirmed.")
        await stage.press("escape")
        await stage.at(Checklist)

    play(fake_counter(intake), script)
    (dossier,) = intake.dossiers()
    stands = {name: (one.value, one.confirmed, one.box) for name, one in dossier.fields.items()}
    assert stands == {
        "agency": ("UBND xã Tân Hợp", True, BOX),
        "number-symbol": ("12/UBND-TP", True, BOX),
    }


def test_arrows_choose_another_value_and_escape_confirms_nothing(intake: FakeIntake) -> None:
    async def script(stage: Stage) -> None:
        await to_the_fields(stage)
        await stage.until(lambda: value(stage) == "UBND xã Tân Hơp", "as it was read")
        await stage.press("down")
        await stage.until(lambda: value(stage) == "", "the handwriting")
        await stage.press("up")
        await stage.until(lambda: value(stage) == "UBND xã Tân Hơp", "the first again")
        await stage.press("escape")
        await stage.at(Checklist)

    play(fake_counter(intake), script)
    assert not intake.dossiers()[0].fields


def test_pages_that_propose_nothing_say_so(intake: FakeIntake) -> None:
    intake.proposed = ()

    async def script(stage: Stage) -> None:
        await to_the_fields(stage)
        await stage.shows("Nothing was read from the pages.")
        await stage.press("enter", "escape")
        await stage.at(Checklist)

    play(fake_counter(intake), script)
