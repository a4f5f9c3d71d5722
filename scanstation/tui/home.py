"""The first screen: today's dossiers and what waits. Everything else is one key away."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding
from textual.content import Content
from textual.widgets import OptionList, Static

from scanstation import i18n
from scanstation.i18n import _
from scanstation.model.clock import VIETNAM, SystemClock
from scanstation.model.delivery import QueueRow
from scanstation.model.dossier import Dossier
from scanstation.model.listing import Listed
from scanstation.tui import wording
from scanstation.tui.agenda import Case, Counts, agenda, counts
from scanstation.tui.checklist import Checklist
from scanstation.tui.find import Find
from scanstation.tui.frame import Card, CounterScreen
from scanstation.tui.inbox import InboxScreen
from scanstation.tui.news import Couriered, DossierChanged, Ended, FilesArrived, News
from scanstation.tui.rows import Column, Row, Rows

_IDLE_DAYS = 7
"""After so long a dossier nobody touched is marked; a person decides what becomes of it."""


@dataclass(frozen=True)
class Found:
    """What the first screen draws."""

    dossiers: tuple[Dossier, ...]
    queue: tuple[QueueRow, ...]
    waiting: int
    idle: tuple[Listed, ...]


class Home(CounterScreen):
    """S1, the counter."""

    def __init__(self) -> None:
        super().__init__()
        self._cases: dict[str, Case] = {}
        self._idle: dict[str, int] = {}
        """Days by id of dossiers nobody touched."""

    def keys(self) -> Iterator[Binding]:
        yield Binding("f2", "app.new_dossier", _("New dossier"))
        yield Binding("enter", "open", _("Open"), priority=True)
        yield Binding("ctrl+f", "find", _("Find"))
        yield Binding("f7", "app.show_queue", _("Queue"))
        yield Binding("f9", "inbox", _("Take files"))
        yield Binding("f12", "app.switch_clerk", _("Clerk"))
        yield Binding("escape", "clear", "", show=False)
        yield Binding("ctrl+q", "app.leave", _("Leave"), priority=True)

    def where(self) -> str:
        station = self.desk.counter.station
        clerk = self.desk.clerk.name if self.desk.clerk else _("NOBODY SIGNED IN")
        demo = "[DEMO] " if station.demo else ""
        return f"{demo}{station.title or station.id} · {clerk} · {station.agency}"

    def body(self) -> ComposeResult:
        yield Static(markup=False, id="counts")
        columns = (
            Column(_("time"), 5),
            Column(_("applicant"), 16, share=2),
            Column(_("procedure"), 16, share=4),
            Column(_("pages"), 5, right=True),
            Column(_("state"), 23, share=3),
        )
        yield Rows(columns, "rows")
        yield Static(markup=False, id="empty")

    def on_mount(self) -> None:
        self.query_one("#empty").display = False
        self.look()

    def on_screen_resume(self) -> None:
        self.look()

    def hear(self, news: News) -> None:
        super().hear(news)
        match news:
            case Ended() | DossierChanged():
                self.look()
            case Couriered() if news.changes_queue:
                self.look()
            case FilesArrived():
                self.look()

    def look(self) -> None:
        """Read dossiers and queue afresh."""
        counter, arrivals = self.desk.counter, self.desk.counter.arrivals

        def read() -> Found:
            waiting = len(arrivals.waiting()) if arrivals else 0
            idle = counter.casework.idle(_IDLE_DAYS)
            return Found(counter.intake.dossiers(), counter.queue(), waiting, idle)

        self.ask(read, self._found)

    def _found(self, found: Found) -> None:
        queue, today = found.queue, SystemClock().now().astimezone(VIETNAM).date()
        cases = agenda(found.dossiers, queue, today)
        self._idle = {one.id: _days_since(one.touched_at, today) for one in found.idle}
        self._cases = {case.dossier.id: case for case in cases}
        if trouble := self.desk.inbox_trouble:
            self.say(trouble.sentence(i18n.language()))
        arrived = found.waiting if self.desk.counter.arrivals else None
        self.query_one("#counts", Static).update(_counted(counts(cases, queue, today), arrived))
        self.query_one(Rows).show([self._row(case) for case in cases])
        empty = self.query_one("#empty", Static)
        self.refresh_bindings()
        empty.display = not cases
        empty.update(Content(_("No dossiers today yet. F2 opens the first one.")))

    def _row(self, case: Case) -> Row:
        dossier = case.dossier
        pages = len(dossier.pages) + sum(
            one.pages for one in dossier.attachments if not one.removed and not one.kept_for
        )
        state = wording.case_state(case, self.desk.job_on(dossier.id))
        if days := self._idle.get(dossier.id):
            state = wording.idle_state(state, days)
        cells = (
            wording.clock_time(dossier.opened_at),
            wording.name_of(dossier),
            dossier.procedure.title,
            str(pages or "–"),
            state,
        )
        return Row(dossier.id, cells)

    def check_action(self, action: str, _parameters: tuple[object, ...]) -> bool | None:
        """Nothing to open on an empty list; no inbox without its folder."""
        if action == "inbox":
            return self.is_attached and self.desk.counter.arrivals is not None
        return action != "open" or bool(self._cases)

    def action_find(self) -> None:
        """Ctrl+F: any dossier of the station, by its words."""
        self.app.push_screen(Find())

    def action_inbox(self) -> None:
        """F9: the files that devices left."""
        self.app.push_screen(InboxScreen())

    def action_open(self) -> None:
        """Open the dossier under the cursor."""
        if case := self._cases.get(self.query_one(Rows).chosen):
            self.app.push_screen(Checklist(case.dossier))

    def action_clear(self) -> None:
        """Take the card away."""
        self.query_one(Card).clear()

    @on(OptionList.OptionSelected)
    def _clicked(self) -> None:
        self.action_open()


def _days_since(moment: str, today: date) -> int:
    return (today - datetime.fromisoformat(moment).astimezone(VIETNAM).date()).days


def _counted(found: Counts, arrived: int | None) -> Content:
    """One line; `arrived` is None at a station without an inbox."""
    files = [] if arrived is None else [_waiting(_("Arrived"), arrived, wording.WARN)]
    return Content("   ").join(
        (
            *files,
            Content(f"{_('Today')} {found.today}"),
            Content(f"{_('Open')} {found.open}"),
            _waiting(_("Parked"), found.parked, wording.WARN),
            _waiting(_("Not sent yet"), found.unsent, wording.WARN),
            _waiting(_("HELD"), found.held, f"bold {wording.BAD}"),
        )
    )


def _waiting(word: str, count: int, style: str) -> Content:
    return Content.styled(f"▲ {word} {count}", style) if count else Content(f"{word} 0")
