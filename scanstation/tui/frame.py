"""What every full screen has: the head line, a card for faults, running work and the keys."""

from collections.abc import Callable, Iterator
from typing import TypeVar, cast

from textual.app import ComposeResult
from textual.binding import Binding
from textual.containers import Horizontal, Vertical
from textual.content import Content
from textual.screen import ModalScreen, Screen
from textual.widgets import ProgressBar, Static

from scanstation import errors
from scanstation.i18n import _
from scanstation.model.clock import VIETNAM, SystemClock
from scanstation.tui import wording
from scanstation.tui.keybar import KeyBar, bind
from scanstation.tui.news import Begun, ClerkChanged, Ended, Job, LinkChanged, News, Progress, Told
from scanstation.tui.work import WorkingApp

_CLOCK_EVERY_S = 10.0
WIDE = 110
"""Cells from which a screen has room for more than the least."""
Answer = TypeVar("Answer")
Result = TypeVar("Result")


class Head(Horizontal):
    """Where am I, who am I, is there a network, what time is it."""

    def compose(self) -> ComposeResult:
        yield Static(markup=False, classes="where")
        yield Static(markup=False, classes="net")

    def show(self, where: str, app: WorkingApp) -> None:
        """Draw afresh."""
        time = SystemClock().now().astimezone(VIETNAM).strftime("%H:%M")
        self.query_one(".where", Static).update(Content(where))
        net = Content.assemble(wording.link_words(app.link), "  ", time)
        self.query_one(".net", Static).update(net)


class Card(Static):
    """A fault in the clerk's words, until the next work or Esc; or a word in passing."""

    def show(self, fault: errors.ScanStationError, offer: str = "") -> None:
        """Show a fault, and what the clerk can do now; and ring."""
        kind = _("STOPPED") if isinstance(fault, errors.Stopped) else _("ATTENTION")
        sentence = f"{wording.fault_sentence(fault)}\n{offer}".rstrip()
        self._fill(f"▲ {kind}  ", sentence, note=False)
        self.app.bell()

    def say(self, sentence: str) -> None:
        """Show a word in passing; it never covers a fault."""
        if not self.display or self.has_class("-note"):
            self._fill("", sentence, note=True)

    def clear(self) -> bool:
        """Take the card away; whether it was a fault."""
        fault = bool(self.display) and not self.has_class("-note")
        self.display = False
        return fault

    def _fill(self, head: str, sentence: str, *, note: bool) -> None:
        self.set_class(note, "-note")
        self.update(Content.assemble((head, "bold"), Content(sentence)))
        self.display = True


class WorkBar(Horizontal):
    """One running job."""

    def __init__(self, job: Job, progress: Progress) -> None:
        super().__init__()
        self.job = job
        self._progress = progress

    def compose(self) -> ComposeResult:
        yield Static(markup=False, classes="job")
        yield ProgressBar(show_eta=False)

    def on_mount(self) -> None:
        self.show(self._progress)

    def show(self, progress: Progress) -> None:
        """Draw how far it is, once there is something to draw on."""
        self._progress = progress
        if not self.children:
            return
        self.query_one(".job", Static).update(Content(wording.job_line(self.job, progress)))
        bar = self.query_one(ProgressBar)
        bar.update(total=progress.total or None, progress=progress.done)


class Speaking(Screen[Result]):
    """A screen whose keys speak the language in force and which asks stories in threads."""

    def __init__(self) -> None:
        super().__init__()
        bind(cast("Screen[object]", self), self.keys())

    def keys(self) -> Iterator[Binding]:
        """The screen's keys, first the ones used most."""
        raise NotImplementedError

    @property
    def desk(self) -> WorkingApp:
        """The App that does the work."""
        return cast(WorkingApp, self.app)

    def ask(self, question: Callable[[], Answer], answer: Callable[[Answer], None]) -> None:
        """Run `question` in a thread and hand `answer` its result; a fault becomes a card."""
        self.desk.ask(self, question, answer, self.show_fault)

    def show_fault(self, fault: errors.ScanStationError) -> None:
        """Show the clerk's sentence."""
        self.query_one(Card).show(fault)

    def say(self, sentence: str) -> None:
        """Show a word in passing."""
        self.query_one(Card).say(sentence)


class CounterScreen(Speaking[None]):
    """A full screen of the counter."""

    def compose(self) -> ComposeResult:
        yield Head()
        with Vertical(id="body"):
            yield from self.body()
        with Vertical(id="foot"):
            yield Card(markup=False)
            yield Vertical(id="works")
            yield KeyBar()

    def body(self) -> ComposeResult:
        """What is between head and foot."""
        raise NotImplementedError

    def where(self) -> str:
        """The left of the head line."""
        raise NotImplementedError

    def on_mount(self) -> None:
        self.desk.news.subscribe(self, self.hear)
        self.set_interval(_CLOCK_EVERY_S, self.show_head)
        self.show_head()
        for job, progress in self.desk.jobs.items():
            self._show_work(job, progress)

    def on_screen_resume(self) -> None:
        """Seen again: what happened meanwhile counts."""
        self.show_head()

    def show_head(self) -> None:
        """Draw the head line."""
        self.query_one(Head).show(self.where(), self.desk)

    def hear(self, news: News) -> None:
        """React to what work elsewhere told."""
        match news:
            case Begun(job=job):
                self._show_work(job, self.desk.jobs[job])
            case Told(job=job, progress=progress):
                self._show_work(job, progress)
            case Ended(job=job):
                for bar in self._bars(job):
                    bar.remove()
                self.refresh_bindings()
            case LinkChanged() | ClerkChanged():
                self.show_head()
            case _:
                pass

    def concerns(self, job: Job) -> bool:
        """Whether this screen should tell what became of `job`."""
        return job is not None

    def _bars(self, job: Job) -> list[WorkBar]:
        return [bar for bar in self.query(WorkBar) if bar.job == job]

    def _show_work(self, job: Job, progress: Progress) -> None:
        if job not in self.desk.jobs:
            return  # told before, heard after it ended
        if bars := self._bars(job):
            bars[0].show(progress)
        else:
            self.query_one("#works").mount(WorkBar(job, progress))
            self.refresh_bindings()


class Dialog(Speaking[Result], ModalScreen[Result]):
    """A question over a full screen."""

    def compose(self) -> ComposeResult:
        with Vertical(classes="dialog") as box:
            box.border_title = self.heading()
            yield from self.body()
            yield Card(markup=False)
            yield KeyBar()

    def heading(self) -> str:
        """The title in the frame."""
        raise NotImplementedError

    def body(self) -> ComposeResult:
        """What is between title and keys."""
        raise NotImplementedError
