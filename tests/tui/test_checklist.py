"""S2: scanning into a checklist."""

import pytest

from scanstation import errors, i18n
from scanstation.model.dossier import State
from scanstation.model.events import Sorted
from scanstation.model.page import Finding, FindingKind
from scanstation.model.wording import pile
from scanstation.tui.checklist import Checklist
from scanstation.tui.home import Home
from scanstation.tui.news import Work
from tests.tui.fake import BIRTH, DUONG, FakeDoor, FakeIntake, fake_counter
from tests.tui.stage import Stage, play


def here(stage: Stage, component: str) -> int:
    """Pages of a component as the screen shows them."""
    return len(stage.dossier.of(component))


def test_space_scans_into_the_paper_under_the_cursor_and_enter_goes_to_the_next() -> None:
    async def script(stage: Stage) -> None:
        await stage.open_new()
        await stage.press("space")
        await stage.until(lambda: here(stage, "to-khai") == 2, "two pages in the first paper")
        await stage.press("enter", "space")
        await stage.until(lambda: here(stage, "chung-sinh") == 1, "one page in the second")
        assert stage.choices("components").chosen == "chung-sinh"
        assert stage.choices("pages").option_count == 1
        assert "✓ 2 pages" in stage.text

    play(fake_counter(FakeIntake(script=["PP", "P"])), script)


def test_enter_skips_what_is_not_scanned_and_starts_again_after_the_last() -> None:
    async def script(stage: Stage) -> None:
        await stage.open_new()
        seen = []
        for _ in range(4):
            seen.append(stage.choices("components").chosen)
            await stage.press("enter")
        assert seen == ["to-khai", "chung-sinh", "bo-roi", "to-khai"]

    play(fake_counter(FakeIntake()), script)


def test_what_is_only_shown_is_not_scanned() -> None:
    intake = FakeIntake()

    async def script(stage: Stage) -> None:
        await stage.open_new()
        await stage.press("end", "space")
        await stage.shows("only shown, not scanned.")
        assert not stage.app.jobs
        assert len(intake.script) == 1

    play(fake_counter(intake), script)


@pytest.mark.parametrize(("language", "words"), [("en", "Pages kept: 1"), ("vi", "Đã giữ 1 trang")])
def test_a_jam_keeps_the_pages_and_tells_the_clerk_what_to_do(language: str, words: str) -> None:
    i18n.choose(language)

    async def script(stage: Stage) -> None:
        await stage.open_new()
        await stage.press("space")
        await stage.until(lambda: words in stage.words, "the clerk's sentence")
        await stage.until(lambda: here(stage, "to-khai") == 1, "the page before the jam")
        await stage.press("space")
        await stage.until(lambda: here(stage, "to-khai") == 2, "it goes on after the jam")
        assert words not in stage.words

    play(fake_counter(FakeIntake(script=["PJ", "P"])), script)


def test_a_fault_nobody_foresaw_is_a_sentence_and_no_traceback() -> None:
    async def script(stage: Stage) -> None:
        await stage.open_new()
        await stage.press("space")
        await stage.shows("Unforeseen fault")
        assert "ZeroDivisionError" in stage.words
        await stage.press("escape")
        assert not stage.card()
        assert isinstance(stage.app.screen, Checklist), "the first Esc only takes the card away"

    play(fake_counter(FakeIntake(script=["P!"])), script)


def test_a_removed_page_needs_a_reason_and_undo_and_redo_bring_it_back_and_away() -> None:
    async def script(stage: Stage) -> None:
        await stage.open_new()
        await stage.press("space")
        await stage.until(lambda: here(stage, "to-khai") == 2 and not stage.app.jobs, "scanned")
        await stage.press("delete", "down", "enter")
        await stage.until(lambda: here(stage, "to-khai") == 1, "removed")
        assert stage.dossier.tombstones[0].removed == "scanned twice"
        await stage.press("ctrl+z")
        await stage.until(lambda: here(stage, "to-khai") == 2, "undone")
        await stage.press("ctrl+y")
        await stage.until(lambda: here(stage, "to-khai") == 1, "redone")

    play(fake_counter(FakeIntake()), script)


def test_a_reason_may_be_in_own_words_but_not_empty() -> None:
    async def script(stage: Stage) -> None:
        await stage.open_new()
        await stage.press("space")
        await stage.until(lambda: here(stage, "to-khai") == 1 and not stage.app.jobs, "scanned")
        await stage.press("delete", "tab", "enter")
        assert here(stage, "to-khai") == 1, "no empty reason"
        await stage.press(*"cccd", "enter")
        await stage.until(lambda: here(stage, "to-khai") == 0, "removed")
        assert stage.dossier.tombstones[0].removed == "cccd"

    play(fake_counter(FakeIntake(script=["P"])), script)


def test_acts_follow_each_other_in_the_order_of_the_keys() -> None:
    intake = FakeIntake(script=["PP"])

    async def script(stage: Stage) -> None:
        await stage.open_new()
        await stage.press("space")
        await stage.until(lambda: here(stage, "to-khai") == 2 and not stage.app.jobs, "scanned")
        await stage.press("ctrl+r", "ctrl+r", "ctrl+z", "ctrl+r", "ctrl+r")
        await stage.until(lambda: not stage.app.screen._turns, "all acts are done")
        kinds = [type(entry.act).__name__ for entry in intake.entries[stage.dossier.id][3:]]
        assert kinds == ["PageRotated", "PageRotated", "Undone", "PageRotated", "PageRotated"]
        assert stage.dossier.of("to-khai")[1].rotation == 270

    play(fake_counter(intake), script)


def test_f3_moves_a_page_and_ctrl_up_changes_the_order() -> None:
    async def script(stage: Stage) -> None:
        await stage.open_new()
        await stage.press("space")
        await stage.until(lambda: here(stage, "to-khai") == 3 and not stage.app.jobs, "scanned")
        before = [page.id for page in stage.dossier.of("to-khai")]
        await stage.press("ctrl+up")
        await stage.until(
            lambda: (
                [page.id for page in stage.dossier.of("to-khai")]
                == [before[0], before[2], before[1]]
            ),
            "the last page moved up",
        )
        await stage.press("f3", "down", "enter")
        await stage.until(lambda: here(stage, "chung-sinh") == 1, "moved to the next paper")
        assert stage.dossier.of("chung-sinh")[0].id == before[2]

    play(fake_counter(FakeIntake(script=["PPP"])), script)


def test_f4_scans_a_page_again_in_its_place() -> None:
    async def script(stage: Stage) -> None:
        await stage.open_new()
        await stage.press("space")
        await stage.until(lambda: here(stage, "to-khai") == 2 and not stage.app.jobs, "scanned")
        first, second = (page.id for page in stage.dossier.of("to-khai"))
        await stage.press("right", "home", "f4")
        await stage.until(lambda: stage.dossier.tombstones, "replaced")
        pages = stage.dossier.of("to-khai")
        assert pages[0].replaces == first
        assert pages[1].id == second

    play(fake_counter(FakeIntake(script=["PP", "P"])), script)


def test_f6_parks_with_a_reason_and_resumes() -> None:
    async def script(stage: Stage) -> None:
        await stage.open_new()
        await stage.press("f6", "enter")
        await stage.until(lambda: stage.dossier.state is State.PARKED, "parked")
        await stage.shows("[parked: papers are missing] Lan")
        await stage.press("space")
        assert not stage.app.jobs, "a parked dossier is not scanned into"
        await stage.press("f6")
        await stage.until(lambda: stage.dossier.state is State.OPEN, "resumed")

    play(fake_counter(FakeIntake()), script)


def test_tab_goes_to_the_page_with_a_warning(tmp_path) -> None:
    intake = FakeIntake(script=["P", "PPP"], thumbnail=tmp_path / "gone.png")
    intake.findings = {f"{2:064x}": (Finding(FindingKind.BLURRED, 41, 60),)}

    async def script(stage: Stage) -> None:
        await stage.open_new()
        await stage.press("space")
        await stage.until(lambda: here(stage, "to-khai") == 1 and not stage.app.jobs, "scanned")
        await stage.press("enter", "space")
        await stage.until(lambda: here(stage, "chung-sinh") == 3 and not stage.app.jobs, "again")
        await stage.shows("! blurred (41, limit 60)")
        await stage.press("up", "tab")
        assert stage.choices("components").chosen == "chung-sinh"
        assert stage.choices("pages").chosen == stage.dossier.of("chung-sinh")[1].id

    play(fake_counter(intake), script, size=(120, 36))


def test_a_narrow_screen_names_a_warning_and_a_wide_one_measures_it(tmp_path) -> None:
    intake = FakeIntake(script=["P"], thumbnail=tmp_path / "gone.png")
    intake.findings = {f"{1:064x}": (Finding(FindingKind.BLURRED, 41, 60),)}

    async def script(stage: Stage) -> None:
        await stage.open_new()
        await stage.press("space")
        await stage.shows("! blurred")
        assert "limit 60" not in stage.words
        await stage.pilot.resize_terminal(120, 36)
        await stage.shows("! blurred (41, limit 60)")
        await stage.pilot.resize_terminal(80, 24)
        await stage.until(lambda: "limit 60" not in stage.words, "narrow again")

    play(fake_counter(intake), script)


def test_a_scan_is_seen_at_once_also_while_the_scanner_is_looked_for() -> None:
    intake = FakeIntake(silent=True)

    async def script(stage: Stage) -> None:
        await stage.open_new()
        await stage.press("space")
        assert "Scanning Lan: looking for the scanner" in stage.words
        intake.go.set()
        await stage.until(lambda: not stage.app.jobs, "the scan ends")

    play(fake_counter(intake), script)


def test_esc_stops_a_scan_and_the_page_in_the_machine_is_kept() -> None:
    intake = FakeIntake(script=["PWPPPP"])

    async def script(stage: Stage) -> None:
        await stage.open_new()
        await stage.press("space")
        await stage.shows("page 2")
        await stage.press("escape")
        intake.go.set()
        await stage.shows("Stopped as asked")
        await stage.until(
            lambda: f"Pages kept: {here(stage, 'to-khai')}" in stage.words, "all are counted"
        )
        assert 1 <= here(stage, "to-khai") < 5, "the rest was not scanned"

    play(fake_counter(intake), script)


def test_a_scan_goes_on_when_the_clerk_looks_elsewhere_and_nothing_else_scans_meanwhile() -> None:
    intake = FakeIntake(script=["PWP", "P"])
    other = intake.open(BIRTH, "Khác", DUONG)

    async def script(stage: Stage) -> None:
        await stage.open_new("Lan")
        await stage.press("space")
        await stage.shows("page 2")
        first = stage.dossier.id
        await stage.press("f7", "escape")
        await stage.at(Checklist)
        stage.app.pop_screen()
        await stage.at(Home)
        await stage.until(lambda: "● scanning" in stage.text, "home says who scans")
        stage.choices("rows").choose(other.id)
        await stage.press("enter")
        await stage.at(Checklist)
        assert "Scanning Lan" in stage.words
        await stage.press("space")
        await stage.shows("busy with another dossier")
        intake.go.set()
        await stage.until(lambda: not stage.app.jobs, "the scan ends")
        assert len(intake.dossier(first).pages) == 2
        assert not intake.dossier(other.id).pages

    play(fake_counter(intake), script)


def test_ctrl_c_while_scanning_asks_then_stops_after_the_page_and_leaves() -> None:
    intake = FakeIntake(script=["PWPPPP"])

    async def script(stage: Stage) -> None:
        await stage.open_new()
        await stage.press("space")
        await stage.shows("page 2")
        await stage.press("ctrl+c")
        await stage.shows("A SCAN IS RUNNING")
        await stage.press("enter")
        assert stage.app.busy_with(Work.SCAN), "it does not leave under a running scan"
        intake.go.set()
        await stage.until(lambda: stage.app._exit, "it leaves when the scan has ended")
        assert 1 <= len(next(iter(intake.dossiers())).pages) < 5

    play(fake_counter(intake), script)


def test_without_a_clerk_nothing_is_done() -> None:
    intake = FakeIntake()
    intake.open(BIRTH, "Lan", DUONG)

    async def script(stage: Stage) -> None:
        await stage.press("escape", "enter")
        await stage.at(Checklist)
        await stage.press("space")
        await stage.shows("No clerk is signed in")
        assert not stage.app.jobs

    play(fake_counter(intake, door=FakeDoor(now=None)), script)


def test_a_missing_default_profile_is_a_sentence_and_another_can_be_chosen() -> None:
    counter = fake_counter(FakeIntake(script=["P"]))
    object.__setattr__(counter, "profiles", lambda: ())

    async def script(stage: Stage) -> None:
        await stage.open_new()
        await stage.press("space")
        await stage.shows("There is no scan profile «tape»")

    play(counter, script)


def test_ctrl_p_chooses_the_profile_of_all_following_scans() -> None:
    async def script(stage: Stage) -> None:
        await stage.open_new()
        await stage.press("ctrl+p")
        await stage.shows("How to scan")
        await stage.press("down", "enter")
        await stage.until(lambda: stage.app.profile, "chosen")
        assert stage.app.profile.id == "flat"
        await stage.shows("Mặt kính")
        await stage.press("ctrl+p")
        await stage.shows("Mặt kính flat ✓ in use")

    play(fake_counter(FakeIntake()), script)


def test_an_act_the_story_refuses_is_a_card() -> None:
    async def script(stage: Stage) -> None:
        await stage.open_new()
        await stage.press("ctrl+z")
        await stage.until(stage.card, "a card")
        assert errors.NoSuchThing.__name__ not in stage.text

    play(fake_counter(FakeIntake()), script)


def test_what_the_device_did_differently_is_told() -> None:
    intake = FakeIntake(script=["PW"], device_says=("300 dpi became 200 dpi",))

    async def script(stage: Stage) -> None:
        await stage.open_new()
        await stage.press("space")
        await stage.shows("300 dpi became 200 dpi")
        intake.go.set()
        await stage.until(lambda: not stage.app.jobs, "the scan ends")

    play(fake_counter(intake), script)


def test_a_sorted_pile_says_how_many_separators_were_found() -> None:
    ended = Sorted(found=4, expected=5, unmet=("Giấy chứng sinh",), loose=0)
    intake = FakeIntake(script=["P"], pile=(ended,))

    async def script(stage: Stage) -> None:
        await stage.open_new()
        await stage.press("space")
        await stage.until(lambda: not stage.app.jobs, "the scan ends")
        for line in pile(ended).splitlines():
            await stage.shows(line)

    play(fake_counter(intake), script)
