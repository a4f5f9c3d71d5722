"""Scanning as the screen does it: the profile in force, questions as dialogs, a stop that arrives.

The scan runs in a thread of the App. A Hand takes it the clerk's answers, and a stop even while the
scanner is silent: then the device is closed under the waiting thread.
"""

import queue
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial

from textual.app import ComposeResult
from textual.binding import Binding
from textual.content import Content
from textual.widgets import Static

from scanstation import errors, i18n
from scanstation.i18n import _
from scanstation.model.arrange import PagesJoined, with_the_one_above
from scanstation.model.asking import Answer, Asked, answer_word, question
from scanstation.model.events import Event
from scanstation.model.profile import Clerk, ScanProfile
from scanstation.tui import Counter
from scanstation.tui.dossier import DossierScreen
from scanstation.tui.frame import Card, Dialog
from scanstation.tui.news import Ended, News, Told

_CLOSE_AGAIN_S = 1.0
Story = Callable[[Clerk], Iterator[Event]]


class Hand:
    """A model.asking.Hand for one scan: the screen's thread speaks, the scan's thread waits."""

    def __init__(self) -> None:
        self._answers: queue.Queue[Answer] = queue.Queue()
        self._stop = threading.Event()
        self._over = threading.Event()
        self._close: Callable[[], None] | None = None

    # --- the clerk ----------------------------------------------------------------------------

    def give(self, answer: Answer) -> None:
        """What the clerk answered."""
        self._answers.put(answer)

    def stop(self) -> None:
        """End the scan, whatever it waits for; returns at once."""
        self._stop.set()
        self._answers.put(Answer.END)
        if self._close is not None:
            threading.Thread(target=self._closing, args=(self._close,), daemon=True).start()

    def _closing(self, close: Callable[[], None]) -> None:
        """Again and again: a driver that is only just beginning has nothing to close yet."""
        while not self._over.is_set():
            close()
            self._over.wait(_CLOSE_AGAIN_S)

    # --- the scan -----------------------------------------------------------------------------

    @property
    def stopped(self) -> bool:
        """Whether the clerk has stopped the scan."""
        return self._stop.is_set()

    def answer(self, asked: Asked) -> Answer:
        """Wait for the clerk."""
        given = self._answers.get()
        return given if given in asked.answers else asked.answers[-1]

    def waits(self, seconds: float) -> bool:
        """Wait, or be stopped."""
        return self._stop.wait(seconds)

    @contextmanager
    def stopping(self, close: Callable[[], None]) -> Iterator[None]:
        """Within this, a stop closes the device."""
        self._close = close
        try:
            yield
        finally:
            self._over.set()


def scanning(
    counter: Counter,
    chosen: ScanProfile | None,
    dossier: str,
    component: str,
    clerk: Clerk,
    replaces: str,
    hand: Hand,
) -> Iterator[Event]:
    """Scan into a component, or again for the page with the id `replaces`; runs in a thread."""
    profile = chosen or _stations_own(counter)
    yield from counter.intake.scan(dossier, component, profile, clerk, replaces, hand)


def _stations_own(counter: Counter) -> ScanProfile:
    wanted = counter.station.default_profile
    for profile in counter.profiles():
        if profile.id == wanted:
            return profile
    hint = _("Choose another one with Ctrl+P.")
    raise errors.NoSuchThing(kind=_("scan profile"), name=wanted, hint=hint)


class Asking(Dialog[Answer]):
    """What the scan asks: Enter or Space goes on, Esc ends."""

    def __init__(self, asked: Asked) -> None:
        self._asked = asked
        super().__init__()

    def keys(self) -> Iterator[Binding]:
        first, *between, last = self._asked.answers
        yield Binding("enter", f"answer('{first}')", answer_word(self._asked, first))
        yield Binding("space", f"answer('{first}')", "", show=False)
        for one in between:
            yield Binding("p", f"answer('{one}')", answer_word(self._asked, one))
        yield Binding("escape", f"answer('{last}')", answer_word(self._asked, last))

    def heading(self) -> str:
        return _("The scanner waits for you")

    def body(self) -> ComposeResult:
        yield Static(Content(question(self._asked, i18n.language())))

    def action_answer(self, answer: str) -> None:
        """Close with the answer."""
        self.dismiss(Answer(answer))


class ScanningScreen(DossierScreen):
    """A screen about a dossier that scans into it."""

    _hand: Hand | None = None
    """Of the scan this screen began last."""

    def scan_story(self, component: str, replaces: str) -> tuple[Story, Hand]:
        """A scan with the profile in force, and the hand that answers and stops it."""
        counter, profile, dossier = self.desk.counter, self.desk.profile, self._dossier.id
        hand = self._hand = Hand()

        def story(clerk: Clerk) -> Iterator[Event]:
            return scanning(counter, profile, dossier, component, clerk, replaces, hand)

        return story, hand

    def hear(self, news: News) -> None:
        super().hear(news)
        match news:
            case Told(job=job, event=Asked() as asked) if self.concerns(job) and self._hand:
                self.app.push_screen(Asking(asked), partial(_hand_over, self._hand))
            case Ended(job=job) if self.concerns(job) and isinstance(self.app.screen, Asking):
                self.app.pop_screen()
            case _:
                pass

    def show_fault(self, fault: errors.ScanStationError) -> None:
        """A fault at the scanner comes with the ways to go on in the same paper."""
        offer = ""
        if isinstance(fault, errors.DeviceError | errors.PaperError):
            offer = _("Space scans on, ^P takes another scanner, F9 takes files: all go on here.")
        self.query_one(Card).show(fault, offer)

    def join_with_the_one_above(self, page: str) -> None:
        """The page under the cursor and the sheet above it are images of one sheet."""
        standing = self._dossier.page(page)
        pages = self._dossier.of(standing.component) if standing else ()
        if names := with_the_one_above(pages, page):
            self._record(PagesJoined(names))
        else:
            self.say(_("There is no page above it."))


def _hand_over(hand: Hand, answer: Answer | None) -> None:
    if answer is not None:
        hand.give(answer)
