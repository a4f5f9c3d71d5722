"""Files that a multifunction device left: what waits, what it shows, and where it goes.

Nothing here joins a dossier by itself: the clerk looks, then takes it or sets it aside.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding
from textual.containers import Horizontal
from textual.content import Content
from textual.widgets import OptionList, Static

from scanstation import errors
from scanstation.i18n import _
from scanstation.model import wording as words
from scanstation.model.arrival import Arrival, Seen
from scanstation.model.events import Event
from scanstation.model.profile import Clerk
from scanstation.model.signing import Verdict
from scanstation.tui import Counter, wording
from scanstation.tui.ask import Reason
from scanstation.tui.files import Files
from scanstation.tui.frame import Card, CounterScreen, Dialog
from scanstation.tui.news import FilesArrived, News
from scanstation.tui.preview import Preview
from scanstation.tui.rows import Column, Row, Rows

Chosen = Arrival | tuple[Path, ...]
"""A file that arrived, or files by their paths."""


@dataclass(frozen=True)
class Into:
    """The paper a file is wanted for."""

    title: str
    take: Callable[[Chosen], None]


def offer(screen: CounterScreen, into: Into) -> None:
    """Let the clerk choose files: from those that wait, or by path when none does."""
    arrivals = screen.desk.counter.arrivals

    def found(waiting: tuple[Arrival, ...]) -> None:
        if waiting:
            screen.app.push_screen(InboxScreen(into))
        else:
            by_path(screen, into)

    if arrivals is None:
        by_path(screen, into)
    else:
        screen.ask(arrivals.waiting, found)


def by_path(screen: CounterScreen, into: Into) -> None:
    """Let the clerk name files."""

    def named(files: tuple[Path, ...] | None) -> None:
        if files:
            into.take(files)

    screen.app.push_screen(Files(into.title), named)


def taking(
    counter: Counter, dossier: str, component: str, chosen: Chosen, clerk: Clerk
) -> Iterator[Event]:
    """The story of taking what was chosen; runs in a thread."""
    if isinstance(chosen, Arrival) and counter.arrivals is not None:
        return counter.arrivals.take(chosen.id, dossier, component, clerk)
    files = (chosen.path,) if isinstance(chosen, Arrival) else chosen
    return counter.intake.take(dossier, component, files, clerk)


class InboxScreen(CounterScreen):
    """What waits; with `into` a file can be taken."""

    def __init__(self, into: Into | None = None) -> None:
        super().__init__()
        self._into = into
        self._seen: dict[str, Seen] = {}

    def keys(self) -> Iterator[Binding]:
        yield Binding("enter", "take", _("Take"), priority=True)
        yield Binding("space", "preview", _("Preview"))
        yield Binding("delete", "aside", _("Set aside"))
        yield Binding("f9", "path", _("By path"))
        yield Binding("escape", "leave", _("Back"))

    def where(self) -> str:
        into = _(" · into: {component}").format(component=self._into.title) if self._into else ""
        return f"{_('Files that arrived')}{into}"

    def body(self) -> ComposeResult:
        columns = (
            Column(_("time"), 5),
            Column(_("file"), 18, share=3),
            Column(_("pages"), 5, right=True),
            Column(_("kB"), 6, right=True),
            Column(_("state"), 22, share=3),
        )
        with Horizontal(id="panes"):
            yield Rows(columns, "rows")
            yield Preview()
        yield Static(markup=False, id="reason")

    def on_mount(self) -> None:
        self.query_one(Preview).border_title = _("PAGE")
        self.query_one("#rows").focus()
        self.look()

    def on_screen_resume(self) -> None:
        super().on_screen_resume()
        self.look()

    def hear(self, news: News) -> None:
        super().hear(news)
        if isinstance(news, FilesArrived):
            self.look()

    def look(self) -> None:
        """Read what waits afresh; a file is opened once, in a thread."""
        if (arrivals := self.desk.counter.arrivals) is not None:
            self.ask(lambda: tuple(map(arrivals.seen, arrivals.waiting())), self._found)

    def _found(self, found: tuple[Seen, ...]) -> None:
        self._seen = {one.arrival.id: one for one in found}
        self.query_one(Rows).show([_row(one) for one in found])
        self._show()

    def _show(self) -> None:
        one = self._chosen
        self.query_one(Preview).show(picture_of(one) if one else None)
        hint = self._hint() if self._seen else _("No files are waiting.")
        self.query_one("#reason", Static).update(Content(one.glance.problem if one else "") or hint)
        self.refresh_bindings()

    def _hint(self) -> Content:
        if self._into is not None:
            return Content("")
        return Content(_("To take a file, open a dossier and press F9 at its paper."))

    @property
    def _chosen(self) -> Seen | None:
        return self._seen.get(self.query_one(Rows).chosen) if self.is_mounted else None

    @on(OptionList.OptionHighlighted)
    def _moved(self) -> None:
        self._show()

    def check_action(self, action: str, _parameters: tuple[object, ...]) -> bool | None:
        """Only what can be done with the file under the cursor."""
        match action:
            case "take":
                return self._into is not None and self._is_fit
            case "path":
                return self._into is not None
            case "preview" | "aside":
                return self._chosen is not None
        return True

    @property
    def _is_fit(self) -> bool:
        return self._chosen is not None and not self._chosen.glance.problem

    def action_take(self) -> None:
        """Take the file under the cursor into the paper."""
        if self._into is not None and self._chosen is not None and self._is_fit:
            into, chosen = self._into, self._chosen.arrival
            self.dismiss()
            into.take(chosen)

    def action_path(self) -> None:
        """Name files instead."""
        if into := self._into:
            below = self.app.screen_stack[-2]
            self.dismiss()
            if isinstance(below, CounterScreen):
                by_path(below, into)

    def action_preview(self) -> None:
        """Look at the first page and the signatures."""
        if self._chosen is not None:
            self.app.push_screen(Look(self._chosen))

    def action_aside(self) -> None:
        """Out of the way, with a reason."""
        one, clerk, arrivals = self._chosen, self.desk.clerk, self.desk.counter.arrivals
        if clerk is None:
            self.show_fault(errors.NotSignedIn())
        elif one is not None and arrivals is not None:

            def answered(reason: str | None) -> None:
                if reason is not None:
                    act = partial(arrivals.set_aside, one.arrival.id, reason, clerk)
                    self.ask(act, self._set_aside)

            heading = _("Set this file aside? Nothing is deleted.")
            self.app.push_screen(Reason(heading, reasons(), _("Do it")), answered)

    def _set_aside(self, _arrival: Arrival) -> None:
        self.look()
        self.desk.changed()

    @on(OptionList.OptionSelected)
    def _clicked(self) -> None:
        self.action_preview()

    def action_leave(self) -> None:
        """Take the card away, or go back."""
        if not self.query_one(Card).clear():
            self.dismiss()


def reasons() -> tuple[str, ...]:
    """Why a file may be of no use."""
    return (
        _("of another counter"),
        _("scanned twice"),
        _("unreadable"),
        _("not of any dossier"),
    )


@dataclass(frozen=True)
class Picture:
    """A file's first page, as the preview draws it."""

    thumbnail: Path
    width: int
    height: int


def picture_of(one: Seen) -> Picture | None:
    """None for a file that nobody can open."""
    glance = one.glance
    return Picture(one.arrival.thumbnail, glance.width, glance.height) if glance.width else None


def _row(one: Seen) -> Row:
    arrival, glance = one.arrival, one.glance
    time, kb = wording.clock_time(arrival.arrived_at), str(-(-arrival.size // 1000))
    pages, state = str(glance.pages or "–"), words.arrival(one)
    bad = bool(glance.problem) or arrival.fate is not None
    told = Content.styled(state, wording.BAD if bad else wording.GOOD)
    return Row(arrival.id, (time, arrival.name, pages, kb, told))


class Look(Dialog[None]):
    """One file: its first page large, its measures, and what its signatures are worth."""

    def __init__(self, seen: Seen) -> None:
        self._one = seen
        super().__init__()

    def keys(self) -> Iterator[Binding]:
        yield Binding("escape", "leave", _("Back"))
        yield Binding("enter", "leave", _("Back"), show=False)
        yield Binding("space", "leave", _("Back"), show=False)

    def heading(self) -> str:
        return self._one.arrival.name

    def body(self) -> ComposeResult:
        yield Preview()
        arrival, glance = self._one.arrival, self._one.glance
        facts = _("{pages} · {size} kB · arrived {at}").format(
            pages=wording.count_of_pages(glance.pages),
            size=-(-arrival.size // 1000),
            at=wording.clock_time(arrival.arrived_at),
        )
        yield Static(Content(facts))
        yield Static(Content(words.arrival(self._one)), id="verdicts")

    def on_mount(self) -> None:
        self.query_one(Preview).show(picture_of(self._one))
        arrivals = self.desk.counter.arrivals
        if arrivals is not None and self._one.glance.signatures:
            self.ask(partial(arrivals.verdicts, self._one), self._judged)

    def _judged(self, verdicts: tuple[Verdict, ...]) -> None:
        lines = [Content(words.arrival(self._one)), *map(_verdict, verdicts)]
        self.query_one("#verdicts", Static).update(Content("\n").join(lines))

    def action_leave(self) -> None:
        """Close."""
        self.dismiss(None)


def _verdict(one: Verdict) -> Content:
    sound = one.intact and one.covers_whole_file
    return Content.styled(words.verdict(one), wording.GOOD if sound else wording.BAD)
