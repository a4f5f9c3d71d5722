"""S2 while a scan asks, waits or is silent."""

import pytest

from scanstation import i18n
from scanstation.model.asking import Answer
from scanstation.tui.checklist import Checklist
from scanstation.tui.scanning import Asking
from tests.tui.fake import FakeIntake, fake_counter
from tests.tui.stage import Stage, play
from tests.tui.test_checklist import here


@pytest.mark.parametrize("key", ["space", "enter"])
def test_a_book_goes_on_with_a_key_and_ends_with_esc(key: str) -> None:
    intake = FakeIntake(script=["PNPN"])

    async def script(stage: Stage) -> None:
        await stage.open_new()
        await stage.press("space")
        await stage.at(Asking)
        await stage.shows("Lay the next page on the glass.")
        await stage.press(key)
        await stage.until(lambda: len(intake.answers) == 1, "answered")
        await stage.until(lambda: isinstance(stage.app.screen, Asking), "asked again")
        await stage.press("escape")
        await stage.at(Checklist)
        await stage.until(lambda: not stage.app.jobs, "the scan is over")
        await stage.until(lambda: here(stage, "to-khai") == 2, "both pages are there")
        assert not stage.card(), "an end is no fault"

    play(fake_counter(intake), script)
    assert intake.answers == [Answer.GO_ON, Answer.END]


def test_the_stack_is_turned_in_words_and_uneven_counts_have_three_answers() -> None:
    i18n.choose("en")
    intake = FakeIntake(script=["PTPU"])

    async def script(stage: Stage) -> None:
        await stage.open_new()
        await stage.press("space")
        await stage.shows("with the backs where the fronts were")
        await stage.press("enter")
        await stage.shows("3 fronts, but 2 backs")
        await stage.press("p")
        await stage.until(lambda: not stage.app.jobs, "the scan is over")

    play(fake_counter(intake), script)
    assert intake.answers == [Answer.GO_ON, Answer.PAIR]


def test_esc_ends_a_scan_whose_scanner_says_nothing_at_all() -> None:
    async def script(stage: Stage) -> None:
        await stage.open_new()
        await stage.press("space")
        await stage.until(lambda: here(stage, "to-khai") == 1, "a page, then silence")
        await stage.press("escape")
        await stage.until(lambda: not stage.app.jobs, "the scan is over")
        await stage.until(lambda: "STOPPED" in stage.card(), "it says so")
        assert here(stage, "to-khai") == 1

    play(fake_counter(FakeIntake(script=["PS"])), script)


def test_a_question_nobody_will_answer_goes_away_when_the_counter_is_left() -> None:
    intake = FakeIntake(script=["PN"])

    async def script(stage: Stage) -> None:
        await stage.open_new()
        await stage.press("space")
        await stage.at(Asking)
        (job,) = stage.app.jobs
        stage.app.stop(job)
        await stage.at(Checklist)
        assert not stage.app.jobs

    play(fake_counter(intake), script)


def test_a_wait_for_paper_is_told_where_the_work_is_told() -> None:
    intake = FakeIntake(script=["EP"])

    async def script(stage: Stage) -> None:
        await stage.open_new()
        await stage.press("space")
        await stage.shows("waiting for paper")
        intake.go.set()
        await stage.until(lambda: here(stage, "to-khai") == 1, "paper came")
        assert "waiting for paper" not in stage.text

    play(fake_counter(intake), script)


def test_after_a_jam_the_clerk_is_offered_another_scanner_and_files() -> None:
    async def script(stage: Stage) -> None:
        await stage.open_new()
        await stage.press("space")
        await stage.shows("^P takes another scanner, F9 takes files")
        await stage.press("ctrl+p", "down", "enter")
        await stage.until(lambda: stage.app.profile, "another profile")
        assert stage.app.profile.id == "flat"
        await stage.press("space")
        await stage.until(lambda: here(stage, "to-khai") == 2, "it goes on in the same paper")

    play(fake_counter(FakeIntake(script=["PJ", "P"])), script)


def test_ctrl_t_makes_two_pages_images_of_one_sheet_and_undo_parts_them() -> None:
    async def script(stage: Stage) -> None:
        await stage.open_new()
        await stage.press("space")
        await stage.until(lambda: here(stage, "to-khai") == 2 and not stage.app.jobs, "scanned")
        await stage.press("ctrl+t")
        await stage.shows("image 2 of 2 of one sheet")
        await stage.press("ctrl+z")
        await stage.until(lambda: "image 2 of 2" not in stage.text, "two sheets again")

    play(fake_counter(FakeIntake(script=["PP"])), script)


def test_the_first_page_has_none_above_it() -> None:
    async def script(stage: Stage) -> None:
        await stage.open_new()
        await stage.press("space")
        await stage.until(lambda: here(stage, "to-khai") == 1 and not stage.app.jobs, "scanned")
        await stage.press("ctrl+t")
        await stage.shows("There is no page above it.")

    play(fake_counter(FakeIntake(script=["P"])), script)
