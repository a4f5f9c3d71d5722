"""What is on its way to central. «Sent» is not «received»: only a checked receipt is."""

from collections.abc import Iterator
from functools import partial

import msgspec
from textual import on
from textual.app import ComposeResult
from textual.binding import Binding
from textual.content import Content
from textual.widgets import OptionList, Static

from scanstation import errors
from scanstation.i18n import _
from scanstation.model.delivery import Delivery, QueueRow, Sending
from scanstation.model.listing import Listed
from scanstation.tui import wording
from scanstation.tui.ask import Confirm
from scanstation.tui.frame import Card, CounterScreen
from scanstation.tui.news import Couriered, LinkChanged, News
from scanstation.tui.rows import Column, Row, Rows

SHOWN = 200
"""Newest rows on the screen; a longer list is slow to draw and nobody reads it."""


class QueueScreen(CounterScreen):
    """The outbox."""

    def __init__(self) -> None:
        super().__init__()
        self._rows: tuple[QueueRow, ...] = ()
        self._names: dict[str, str] = {}

    def keys(self) -> Iterator[Binding]:
        yield Binding("f5", "send", _("Send now"))
        yield Binding("space", "send", _("Send now"), show=False)
        yield Binding("enter", "release", _("Release"), priority=True)
        yield Binding("escape", "leave", _("Back"))

    def where(self) -> str:
        return f"{_('Queue')} · {self.desk.counter.station.title or self.desk.counter.station.id}"

    def body(self) -> ComposeResult:
        yield Static(markup=False, id="link")
        columns = (
            Column(_("no."), 4, right=True),
            Column(_("applicant"), 14, share=3),
            Column(_("kB"), 6, right=True),
            Column(_("time"), 5),
            Column(_("progress"), 13),
            Column(_("state"), 22, share=4),
        )
        yield Rows(columns, "rows")
        yield Static(markup=False, id="reason")

    def on_mount(self) -> None:
        self._look()
        self._show_link()

    def hear(self, news: News) -> None:
        super().hear(news)
        match news:
            case Couriered(event=Sending(package=package, offset=offset)):
                self._moved(package, offset)
            case Couriered() if news.changes_queue:
                self._look()
                self._show_link()
            case LinkChanged():
                self._show_link()

    def action_send(self) -> None:
        """Start a pass of the courier now."""
        self.query_one("#link", Static).update(_("Looking for central …"))
        self.desk.deliver()
        self._show_link()

    def check_action(self, action: str, _parameters: tuple[object, ...]) -> bool | None:
        """Only a held package can be released."""
        return action != "release" or self._held is not None

    def action_release(self) -> None:
        """Let the held package under the cursor go out again, once a person has looked."""
        row, clerk = self._held, self.desk.clerk
        if row is None or clerk is None:
            self.show_fault(errors.NotSignedIn())
            return

        def answered(agreed: bool | None) -> None:
            if agreed:
                release = partial(self.desk.counter.release, row.package, clerk)
                self.ask(release, self._released)

        why = _("It is held because: {why}").format(why=row.reason)
        once = _("Release it once the cause is gone; otherwise it will be held again.")
        heading = _("Send no. {n} again?").format(n=row.sequence)
        self.app.push_screen(Confirm(heading, f"{why}\n\n{once}", _("Release")), answered)

    def _released(self, _row: QueueRow) -> None:
        self._look()
        self.action_send()

    @property
    def _held(self) -> QueueRow | None:
        """The row under the cursor, if it is held."""
        chosen = self.query_one(Rows).chosen if self.is_mounted else ""
        held = (row for row in self._rows if row.state is Delivery.HELD)
        return next((row for row in held if row.package == chosen), None)

    @on(OptionList.OptionHighlighted)
    def _chosen(self) -> None:
        self._show_reason()
        self.refresh_bindings()

    def action_leave(self) -> None:
        """Take the fault away, or go back."""
        if not self.query_one(Card).clear():
            self.dismiss()

    def _look(self) -> None:
        counter = self.desk.counter
        self.ask(lambda: (counter.queue(), counter.intake.listing()), self._found)

    def _found(self, found: tuple[tuple[QueueRow, ...], tuple[Listed, ...]]) -> None:
        rows, lines = found
        self._rows = tuple(sorted(rows, key=lambda row: row.sequence, reverse=True))[:SHOWN]
        self._names = {one.id: wording.name_of(one) for one in lines}
        self._draw()

    def _moved(self, package: str, offset: int) -> None:
        moved = [_sending(row, offset) if row.package == package else row for row in self._rows]
        self._rows = tuple(moved)
        self._draw()

    def _draw(self) -> None:
        self.query_one(Rows).show([self._row(row) for row in self._rows])
        self._show_reason()
        self.refresh_bindings()

    def _show_reason(self) -> None:
        """Why the package under the cursor is held, whole; else the newest held one's reason."""
        about = _("The queue is empty.") if not self._rows else ""
        newest = next((row for row in self._rows if row.state is Delivery.HELD), None)
        if row := self._held or newest:
            why = _("No. {n} is held, a person must look: {why}")
            about = why.format(n=row.sequence, why=row.reason)
        self.query_one("#reason", Static).update(Content(about))

    def _row(self, row: QueueRow) -> Row:
        done = row.size if row.state is Delivery.DELIVERED else row.offset
        cells = (
            str(row.sequence),
            self._whose(row),
            str(-(-row.size // 1000)),
            wording.clock_time(row.queued_at),
            wording.bar(done, row.size),
            wording.delivery_state(row),
        )
        return Row(row.package, cells)

    def _whose(self, row: QueueRow) -> str:
        name = self._names.get(row.dossier, row.package[-12:])
        return _("Supplement: {name}").format(name=name) if row.supplements else name

    def _show_link(self) -> None:
        link = self.desk.link
        words = wording.link_words(link)
        if self.desk.delivering:
            words = Content.assemble(words, f"  · {_('a pass is running')}")
        if link.fault is not None:
            words = Content.assemble(words, "\n", wording.fault_sentence(link.fault))
        self.query_one("#link", Static).update(words)


def _sending(row: QueueRow, offset: int) -> QueueRow:
    return msgspec.structs.replace(row, state=Delivery.SENDING, offset=offset)
