"""Keys a clerk with Telex on can press, shown in full at 80 columns."""

import pytest

from scanstation.model.acts import PageAdded, Sealed
from scanstation.tui.app import CounterApp
from scanstation.tui.checklist import Checklist
from scanstation.tui.find import Find
from scanstation.tui.home import Home
from scanstation.tui.keybar import KeyBar, Label, rows_of
from scanstation.tui.keys import KeyHelp
from scanstation.tui.queue import QueueScreen
from tests.tui.fake import BIRTH, DUONG, FakeIntake, a_page, fake_counter
from tests.tui.stage import Stage, play

PLAIN = {"enter", "escape", "space", "delete", "tab", "up", "down", "left", "right"}


def every_key() -> list[tuple[str, str, str]]:
    """(screen, key, what it does) of all full screens and the App."""
    intake = FakeIntake()
    screens = [Home(), Checklist(intake.open(BIRTH, "", DUONG)), QueueScreen(), Find()]
    keys = [("App", key) for key in CounterApp._keys()]
    for screen in screens:
        keys += [(type(screen).__name__, key) for key in screen.keys()]  # noqa: SIM118 no dict
    return [(where, name, key.description) for where, key in keys for name in key.key.split(",")]


def test_no_key_is_a_letter_an_alt_chord_or_one_that_terminals_keep() -> None:
    for where, key, _about in every_key():
        bare = key.removeprefix("ctrl+")
        allowed = key in PLAIN or key[1:].isdigit() or (bare != key and bare not in "swhimj")
        assert allowed, f"{where}: {key}"
        assert key not in {"f10", "f11"}, f"{where}: {key}"


def test_a_function_key_means_the_same_everywhere() -> None:
    meanings: dict[str, set[str]] = {}
    for _where, key, about in every_key():
        if key.startswith("f") and key[1:].isdigit():
            meanings.setdefault(key, set()).add(about)
    double = {key: words for key, words in meanings.items() if len(words) > 1}
    assert double == {"f6": {"Park", "Go on with it"}}


def test_labels_wrap_between_keys_and_never_inside_one() -> None:
    labels = [Label("f1", "F1", "1234"), Label("f2", "F2", "1234"), Label("f3", "F3", "12345")]
    assert [[one.name for one in row] for row in rows_of(labels, 16)] == [["F1", "F2"], ["F3"]]
    assert rows_of([], 10) == [[]]


@pytest.mark.parametrize("size", [(80, 24), (120, 36)])
def test_every_key_of_the_checklist_is_in_sight(size: tuple[int, int]) -> None:
    intake = FakeIntake()
    dossier = intake.open(BIRTH, "Lan", DUONG)
    for component in ("to-khai", "chung-sinh"):
        intake.record(dossier.id, PageAdded(a_page(component)), DUONG)

    async def script(stage: Stage) -> None:
        await stage.until(lambda: stage.choices("rows").option_count, "listed")
        await stage.press("enter")
        await stage.at(Checklist)
        for words in ("Space Scan", "F8 SIGN & QUEUE", "Del Remove", "^Z Undo", "Esc Back"):
            await stage.until(lambda words=words: words in stage.text, words)
        assert stage.app.screen.query_one(KeyBar).size.height <= 2

    play(fake_counter(intake), script, size)


def test_a_sealed_dossier_offers_nothing_that_would_change_it() -> None:
    intake = FakeIntake()
    dossier = intake.open(BIRTH, "Lan", DUONG)
    intake.record(dossier.id, PageAdded(a_page("to-khai")), DUONG)
    intake.record(dossier.id, Sealed("p", "h", 1), DUONG)

    async def script(stage: Stage) -> None:
        await stage.until(lambda: stage.choices("rows").option_count, "listed")
        await stage.press("enter")
        await stage.shows("[sealed] Lan")
        await stage.press("space", "delete", "ctrl+z", "f8", "f3", "f4", "f6")
        assert isinstance(stage.app.screen, Checklist)
        assert len(intake.entries[dossier.id]) == 3
        labels = {one.about for one in stage.app.screen.query_one(KeyBar).labels}
        assert labels == {"Next paper", "More", "Back"}

    play(fake_counter(intake), script)


def test_f1_lists_every_key_of_the_screen_and_a_click_on_a_key_presses_it() -> None:
    async def script(stage: Stage) -> None:
        await stage.press("f1")
        await stage.at(KeyHelp)
        assert "New dossier" in stage.words
        await stage.press("escape")
        bar = stage.app.screen.query_one(KeyBar)
        at = bar.render().plain.index("Queue")
        await stage.pilot.click(KeyBar, offset=(at + 1, 0))
        await stage.at(QueueScreen)

    play(fake_counter(FakeIntake()), script)
