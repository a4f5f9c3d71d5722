"""Runs the App without a terminal and waits for states, never for times."""

import asyncio
from collections.abc import Awaitable, Callable

from textual import events
from textual.pilot import Pilot

from scanstation.tui import Counter
from scanstation.tui.app import CounterApp
from scanstation.tui.checklist import Checklist
from scanstation.tui.frame import Card
from scanstation.tui.rows import Choices

DEADLINE_S = 20.0
Script = Callable[["Stage"], Awaitable[None]]


class Stage:
    """The App and its pilot."""

    def __init__(self, app: CounterApp, pilot: Pilot[None]) -> None:
        self.app, self.pilot = app, pilot

    async def press(self, *keys: str) -> None:
        await self.pilot.press(*keys)

    async def burst(self, text: str, key: str) -> None:
        """Letters and a key in one go, as a barcode reader or a paste without brackets sends."""
        for letter in text:
            self.app.post_message(events.Key(letter, letter))
        self.app.post_message(events.Key(key, None))
        await self.pilot.pause()

    async def until(
        self, true: Callable[[], object], claim: str, within_s: float = DEADLINE_S
    ) -> None:
        """Wait until `true`; the claim is the diagnosis."""
        loop = asyncio.get_running_loop()
        end = loop.time() + within_s
        while not true():
            assert loop.time() < end, f"never came true: {claim}\n{self.text}"
            await self.pilot.pause(0.01)

    async def shows(self, words: str) -> None:
        await self.until(
            lambda: words in self.text or words in self.words, f"the screen shows «{words}»"
        )

    async def at(self, screen: type) -> None:
        await self.until(lambda: isinstance(self.app.screen, screen), f"at {screen.__name__}")

    @property
    def text(self) -> str:
        """What stands on the screen."""
        strips = self.app.screen._compositor.render_strips()
        return "\n".join("".join(segment.text for segment in strip) for strip in strips)

    @property
    def words(self) -> str:
        """The same without frames and line ends: wrapped words joined again by one space."""
        return " ".join(self.text.replace("│", " ").replace("█", " ").split())

    @property
    def dossier(self):
        """The dossier on the checklist, as the screen knows it."""
        lists = [one for one in self.app.screen_stack if isinstance(one, Checklist)]
        return lists[-1]._dossier

    def card(self) -> str:
        card = self.app.screen.query_one(Card)
        return str(card.render()) if card.display else ""

    def choices(self, which: str) -> Choices:
        return self.app.screen.query_one(f"#{which}", Choices)

    async def open_new(self, name: str = "Lan") -> None:
        """F2, a name, the first procedure."""
        await self.press("f2", *name, "enter")
        await self.until(lambda: self.choices("options").option_count, "procedures are listed")
        await self.press("enter")
        await self.at(Checklist)


def play(counter: Counter, script: Script, size: tuple[int, int] = (80, 24)) -> None:
    """Run `script` against the App on a fresh screen."""

    async def run() -> None:
        app = CounterApp(counter)
        async with app.run_test(size=size, notifications=True) as pilot:
            stage = Stage(app, pilot)
            await pilot.pause()
            await script(stage)

    asyncio.run(run())
