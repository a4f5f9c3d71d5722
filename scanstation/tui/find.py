"""Any dossier of the station, found by its words; marks may be left out, a day may be among them.

It lists and opens; it never changes a dossier.
"""

import re
from collections.abc import Iterator
from functools import partial

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding
from textual.content import Content
from textual.widgets import Input, OptionList, Static

from scanstation.i18n import _, many
from scanstation.model.dossier import Dossier
from scanstation.model.listing import Listed, Wanted
from scanstation.tui import wording
from scanstation.tui.checklist import Checklist
from scanstation.tui.frame import Card, CounterScreen
from scanstation.tui.news import DossierChanged, Ended, News
from scanstation.tui.rows import Column, Row, Rows
from scanstation.tui.vninput import VnInput

_SHOWN = 200
"""Nobody reads further; another word narrows."""
_DAY = re.compile(r"(\d{1,2})[/.-](\d{1,2})[/.-](\d{4})|(\d{4}-\d{2}-\d{2})")


def wanted_by(text: str) -> Wanted:
    """What words ask for: one that reads like a day (5/1/2026, 2026-01-05) is the day."""
    day, words = "", []
    for word in text.split():
        if not day and (written := _DAY.fullmatch(word)):
            date, month, year, iso = written.groups()
            day = iso or f"{year}-{int(month):02d}-{int(date):02d}"
        else:
            words.append(word)
    return Wanted(text=" ".join(words), day=day)


class Find(CounterScreen):
    """Words above, dossiers below, the newest first."""

    def __init__(self) -> None:
        super().__init__()
        self._lines: dict[str, Listed] = {}

    def keys(self) -> Iterator[Binding]:
        yield Binding("enter", "open", _("Open"), priority=True)
        yield Binding("up", "step(-1)", _("Choose"), key_display="↑↓", priority=True)
        yield Binding("down", "step(1)", "", show=False, priority=True)
        yield Binding("escape", "leave", _("Back"))

    def where(self) -> str:
        return _("Find a dossier")

    def body(self) -> ComposeResult:
        hint = _("name, procedure, code, number or day; marks may be left out")
        yield VnInput(placeholder=hint, id="words")
        columns = (
            Column(_("day"), 10),
            Column(_("applicant"), 18, share=2),
            Column(_("procedure"), 18, share=4),
            Column(_("pages"), 5, right=True),
            Column(_("state"), 15, share=2),
        )
        yield Rows(columns, "rows")
        yield Static(markup=False, id="empty")

    def on_mount(self) -> None:
        self.query_one(Rows).can_focus = False
        self.query_one("#words").focus()
        self.look()

    def on_screen_resume(self) -> None:
        super().on_screen_resume()
        self.look()

    def hear(self, news: News) -> None:
        super().hear(news)
        if isinstance(news, Ended | DossierChanged):
            self.look()

    @on(Input.Changed, "#words")
    def look(self) -> None:
        """Ask for what the words say now."""
        words = self.query_one("#words", VnInput).value
        question = partial(self.desk.counter.casework.find, wanted_by(words))
        self.ask(question, partial(self._found, words))

    def _found(self, words: str, lines: tuple[Listed, ...]) -> None:
        if words != self.query_one("#words", VnInput).value:
            return  # more was typed meanwhile
        shown = lines[: -_SHOWN - 1 : -1]
        self._lines = {one.id: one for one in shown}
        self.query_one(Rows).show([_row(one) for one in shown])
        more = len(lines) - len(shown)
        note = many("and {n} older one: add a word", "and {n} older ones: add a word", more)
        empty = self.query_one("#empty", Static)
        empty.display = not lines or more > 0
        empty.update(Content(note.format(n=more) if lines else _("No dossier has these words.")))
        self.refresh_bindings()

    def check_action(self, action: str, _parameters: tuple[object, ...]) -> bool | None:
        """Nothing to open on an empty list."""
        return action != "open" or bool(self._lines)

    def action_step(self, by: int) -> None:
        """Move the cursor while the words keep the focus."""
        rows = self.query_one(Rows)
        rows.action_cursor_down() if by > 0 else rows.action_cursor_up()

    def action_open(self) -> None:
        """Open the dossier under the cursor as it stands."""
        self.query_one("#words", VnInput).when_typed(self._open)

    def _open(self) -> None:
        if one := self._lines.get(self.query_one(Rows).chosen):
            self.ask(partial(self.desk.counter.intake.dossier, one.id), self._opened)

    def _opened(self, dossier: Dossier) -> None:
        self.app.push_screen(Checklist(dossier))

    @on(OptionList.OptionSelected)
    def _clicked(self) -> None:
        self._open()

    def action_leave(self) -> None:
        """Take the card away, or go back."""
        if not self.query_one(Card).clear():
            self.dismiss()


def _row(one: Listed) -> Row:
    cells = (
        wording.day(one.opened_at),
        wording.name_of(one),
        one.title,
        str(one.pages or "–"),
        wording.listed_state(one),
    )
    return Row(one.id, cells)
