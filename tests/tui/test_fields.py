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


def proposal(
    page: str, name: FieldName, value: str, evidence: Evidence, unsure: tuple[str, ...] = ()
) -> Proposal:
    field = Field(
        name=name,
        value=value,
        page=1,
        box=BOX,
        confidence=90,
        evidence=evidence,
        unsure=unsure,
    )
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


def test_a_doubted_word_is_shown_and_a_doubted_number_is_typed_not_just_confirmed(
    intake: FakeIntake,
) -> None:
    page = intake.proposed[0].page
    intake.proposed = (
        proposal(page, FieldName.ABSTRACT, "V/v rà soát hổ sơ", Evidence.PRINT, ("hổ",)),
        proposal(page, FieldName.DATE, "2026-01-05", Evidence.PRINT, ("05",)),
        proposal(page, FieldName.SIGNER, "Lò Thị Mai", Evidence.PRINT),
    )

    async def script(stage: Stage) -> None:
        await to_the_fields(stage)
        await stage.shows("not surely read: «hổ» ·")
        await stage.shows("not surely read: «05», type it")
        await stage.until(lambda: value(stage) == "V/v rà soát hổ sơ", "to be compared")
        await stage.press("down")
        await stage.until(lambda: value(stage) == "", "a number is never confirmed by Enter alone")
        await stage.press("enter", "down")
        await stage.until(lambda: value(stage) == "Lò Thị Mai", "surely read")
        await stage.press("enter")
        await stage.shows("✓ confirmed")

    play(fake_counter(intake), script)
    assert set(intake.dossiers()[0].fields) == {"signer"}


def test_a_better_reading_replaces_what_nobody_confirmed_or_typed(intake: FakeIntake) -> None:
    page = intake.proposed[0].page

    def read(agency: str, place: str, signer: str) -> tuple[Proposal, ...]:
        values = {
            FieldName.AGENCY: agency,
            FieldName.PLACE: place,
            FieldName.SIGNER: signer,
        }
        return tuple(proposal(page, *one, Evidence.PRINT) for one in values.items())

    intake.proposed = read("UBND xã Tân Hơp", "Tân Hơp", "Lò Thi Mai")

    async def script(stage: Stage) -> None:
        await to_the_fields(stage)
        fields = stage.app.screen
        await stage.until(lambda: value(stage) == "UBND xã Tân Hơp", "as it was read")
        await stage.press("backspace", "backspace", "ợ", "p", "enter")
        await stage.until(lambda: value(stage) == "Tân Hơp", "the second one")
        await stage.press("x")
        intake.proposed = read("UBND xã Tân Họp", "Tân Hợp", "Lò Thị Mai")
        fields._read()
        await stage.shows("signer: Lò Thị Mai")
        assert value(stage) == "Tân Hơpx", "what is being typed stays"
        await stage.shows("issuing agency: UBND xã Tân Hợp")
        await stage.press("down")
        await stage.until(lambda: value(stage) == "Lò Thị Mai", "the better one")
        intake.proposed = read("", "Tân Hợp", "Lò Thị Mây")
        fields._read()
        await stage.until(lambda: value(stage) == "Lò Thị Mây", "untouched, so it follows")

    play(fake_counter(intake), script)
    fields = intake.dossiers()[0].fields
    assert {name: one.value for name, one in fields.items()} == {"agency": "UBND xã Tân Hợp"}
