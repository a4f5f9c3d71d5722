"""S3: nothing is signed that is not complete, and the passphrase goes nowhere else."""

import unicodedata

import pytest

from scanstation import errors
from scanstation.model.account import Account
from scanstation.model.acts import AccountGiven, PageAdded
from scanstation.model.dossier import State
from scanstation.model.profile import Clerk
from scanstation.tui.checklist import Checklist
from scanstation.tui.home import Home
from scanstation.tui.sealing import Sealing
from scanstation.tui.vninput import VnInput
from tests.tui.fake import (
    BIRTH,
    DUONG,
    FakeCourier,
    FakeDoor,
    FakeIntake,
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


async def to_the_dialog(stage: Stage) -> None:
    await stage.until(lambda: stage.app.clerk, "somebody is signed in")
    await stage.until(lambda: stage.choices("rows").option_count, "the dossier is listed")
    await stage.press("enter")
    await stage.at(Checklist)
    await stage.press("f8")
    await stage.at(Sealing)


async def type_and_sign(stage: Stage, passphrase: str) -> None:
    field = stage.app.screen.query_one("#passphrase", VnInput)
    await stage.until(lambda: field.has_focus, "the field waits")
    field.insert_text_at_cursor(passphrase)
    await stage.press("enter")


def test_an_incomplete_dossier_names_what_is_missing_and_asks_for_no_passphrase() -> None:
    intake = FakeIntake()
    intake.open(BIRTH, "Lan", DUONG)

    async def script(stage: Stage) -> None:
        await to_the_dialog(stage)
        await stage.shows("MISSING: Tờ khai đăng ký khai sinh")
        assert not stage.app.screen.query_one("#passphrase").display
        await stage.press("enter")
        assert not stage.app.jobs

    play(fake_counter(intake), script)


def test_the_paper_that_signing_declares_is_shown_before_and_so_is_what_does_not_add_up(
    intake: FakeIntake,
) -> None:
    dossier = intake.dossiers()[0].id
    intake.record(dossier, AccountGiven("to-khai", Account(sheets=3)), DUONG)

    async def script(stage: Stage) -> None:
        await to_the_dialog(stage)
        await stage.shows("You declare: 1 sheet, all scanned, given back")
        await stage.shows("3 sheets make 3 images, there are 1")

    play(fake_counter(intake), script)


def test_a_wrong_passphrase_is_told_and_the_right_one_seals_queues_and_sends(
    intake: FakeIntake,
) -> None:
    courier = FakeCourier()

    async def script(stage: Stage) -> None:
        await to_the_dialog(stage)
        await type_and_sign(stage, "sai")
        await stage.until(lambda: "is wrong" in stage.words, "the sentence")
        assert stage.app.screen.query_one("#passphrase", VnInput).value == ""
        assert not intake.rows
        passes = courier.ran
        await type_and_sign(stage, "mật khẩu")
        await stage.shows("Sealed and queued as number 1")
        await stage.until(lambda: courier.ran > passes, "the courier is woken")
        await stage.press("enter")
        await stage.at(Home)
        assert intake.dossiers()[0].state is State.SEALED

    play(fake_counter(intake, courier), script)


def test_a_passphrase_typed_in_decomposed_letters_opens_the_same_key(intake: FakeIntake) -> None:
    async def script(stage: Stage) -> None:
        await to_the_dialog(stage)
        await type_and_sign(stage, unicodedata.normalize("NFD", "mật khẩu"))
        await stage.shows("Sealed and queued as number 1")

    play(fake_counter(intake), script)


def test_a_passphrase_and_enter_in_one_go_open_the_key(intake: FakeIntake) -> None:
    async def script(stage: Stage) -> None:
        await to_the_dialog(stage)
        await stage.burst("mật khẩu", "enter")
        await stage.shows("Sealed and queued as number 1")

    play(fake_counter(intake), script)


def test_the_passphrase_is_never_on_the_screen(intake: FakeIntake) -> None:
    async def script(stage: Stage) -> None:
        await to_the_dialog(stage)
        field = stage.app.screen.query_one("#passphrase", VnInput)
        field.insert_text_at_cursor("mật khẩu")
        await stage.until(lambda: "••••••••" in stage.text, "masked")
        assert "mật khẩu" not in stage.text

    play(fake_counter(intake), script)


def test_an_empty_passphrase_is_not_tried(intake: FakeIntake) -> None:
    async def script(stage: Stage) -> None:
        await to_the_dialog(stage)
        await stage.press("enter")
        assert not stage.app.jobs
        assert not stage.card()

    play(fake_counter(intake), script)


def test_where_the_stamp_has_no_place_the_next_try_is_without_one(intake: FakeIntake) -> None:
    intake.seal_faults = [errors.StampPlaceTaken(component="Tờ khai")]

    async def script(stage: Stage) -> None:
        await to_the_dialog(stage)
        await type_and_sign(stage, "mật khẩu")
        await stage.shows("WITHOUT a visible stamp")
        await stage.shows("Type the passphrase again")
        assert "--stamp" not in stage.words, "that is for the command line"
        await type_and_sign(stage, "mật khẩu")
        await stage.shows("Sealed and queued as number 1")
        assert "WITHOUT" not in stage.words, "nothing is left to be decided"
        assert intake.stamped == [True, False]

    play(fake_counter(intake), script)


def test_a_clerk_without_a_key_is_told_before_any_passphrase(intake: FakeIntake) -> None:
    nokey = Clerk(id="x", name="Không Khoá")

    async def script(stage: Stage) -> None:
        await to_the_dialog(stage)
        await stage.shows("Không Khoá has no signing key")
        assert not stage.app.screen.query_one("#passphrase").display

    play(fake_counter(intake, door=FakeDoor(now=nokey)), script)


def test_sealing_goes_on_in_the_background_and_says_when_it_is_done(intake: FakeIntake) -> None:
    intake.slow_seal = True

    async def script(stage: Stage) -> None:
        await to_the_dialog(stage)
        await type_and_sign(stage, "mật khẩu")
        await stage.shows("Go on in the background")
        await stage.press("escape")
        await stage.at(Home)
        await stage.until(lambda: "● sealing" in stage.text, "home says it is being sealed")
        assert "Sealing Lan" in stage.words
        intake.go.set()
        await stage.shows("Sealed and queued: Lan")
        await stage.until(lambda: "↑ waiting" in stage.text, "it waits for central")

    play(fake_counter(intake), script)


def test_a_fault_in_the_background_is_told_where_the_clerk_is(intake: FakeIntake) -> None:
    intake.slow_seal = True
    intake.seal_faults = [errors.SelfCheckFailed(file="a.pdf", problem="x")]

    async def script(stage: Stage) -> None:
        await to_the_dialog(stage)
        await type_and_sign(stage, "mật khẩu")
        await stage.shows("Go on in the background")
        await stage.press("escape")
        await stage.at(Home)
        intake.go.set()
        await stage.shows("failed its self-check")
        assert intake.dossiers()[0].state is State.OPEN

    play(fake_counter(intake), script)
