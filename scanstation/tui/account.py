"""The account of one component's paper: what the clerk counts on the table, against its images.

It reckons while the clerk types and declares nothing by itself: Enter does.
"""

from collections.abc import Iterator
from enum import StrEnum

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding
from textual.containers import Horizontal
from textual.content import Content
from textual.message import Message
from textual.widgets import Input, Label, Static

from scanstation.i18n import _
from scanstation.model.account import Account, Fate, Form, faults
from scanstation.model.dossier import Dossier
from scanstation.model.profile import Component
from scanstation.model.reckoning import as_scanned, problem_with
from scanstation.model.wording import fate, form
from scanstation.tui import wording
from scanstation.tui.frame import Dialog
from scanstation.tui.vninput import VnInput

_NUMBERS = ("sheets", "two_sided", "notes", "blank_backs", "left_out")


class Turned(Static, can_focus=True):
    """One of a few values; left and right turn to the next."""

    class Changed(Message):
        """Another value stands here."""

    def __init__(self, values: type[Form] | type[Fate], now: Form | Fate, id: str) -> None:  # noqa: A002 as textual has it
        super().__init__(markup=False, id=id)
        self._values: tuple[StrEnum, ...] = tuple(values)
        self.now: StrEnum = now

    def on_mount(self) -> None:
        self._draw()

    def turn(self, by: int) -> None:
        """To the next value, or the one before."""
        place = self._values.index(self.now) + by
        self.now = self._values[place % len(self._values)]
        self._draw()
        self.post_message(self.Changed())

    def _draw(self) -> None:
        self.update(Content(f"‹ {_word(self.now)} ›"))


def _word(value: StrEnum) -> str:
    return fate(value) if isinstance(value, Fate) else form(Form(value))


class PaperAccount(Dialog[Account | None]):
    """Closes with what the clerk declares; None when the clerk goes back."""

    def __init__(self, dossier: Dossier, component: Component) -> None:
        self._dossier, self._component = dossier, component
        self._usual = as_scanned(dossier, component.id) or Account(sheets=1)
        super().__init__()

    def keys(self) -> Iterator[Binding]:
        yield Binding("enter", "take", _("Declare"), priority=True)
        yield Binding("down", "app.focus_next", _("Next line"), key_display="↑↓", priority=True)
        yield Binding("up", "app.focus_previous", "", show=False, priority=True)
        yield Binding("right", "turn(1)", _("Change"), key_display="←→")
        yield Binding("left", "turn(-1)", "", show=False)
        yield Binding("escape", "leave", _("Back"))

    def heading(self) -> str:
        return _("The paper of: {component}").format(component=self._component.title)

    def body(self) -> ComposeResult:
        now = self._dossier.accounts.get(self._component.id, self._usual)
        images = wording.count_of_pages(len(self._dossier.of(self._component.id)))
        yield Static(Content(_("Count the paper on the table. Scanned: {n}").format(n=images)))
        for name, about in zip(_NUMBERS, _questions(), strict=True):
            yield from _line(about, VnInput(str(getattr(now, name)), id=name, compact=True))
        yield from _line(_("why not scanned"), VnInput(now.why, id="why", compact=True))
        yield from _line(_("kind of paper"), Turned(Form, now.form, "form"))
        yield from _line(_("what happens to it"), Turned(Fate, now.fate, "fate"))
        yield Static(markup=False, id="result")

    def on_mount(self) -> None:
        self.query_one("#sheets").focus()
        self._reckon()

    @on(Input.Changed)
    @on(Turned.Changed)
    def _reckon(self) -> None:
        account = self._account()
        problem = problem_with(self._dossier, self._component.id, account)
        words = Content.styled(f"! {problem}", wording.WARN)
        if not problem:
            adds_up = _("it adds up: {n}").format(n=wording.count_of_pages(account.images))
            words = Content.styled(f"✓ {adds_up}", wording.GOOD)
        self.query_one("#result", Static).update(words)

    def _account(self) -> Account:
        return Account(
            **{name: self._number(name) for name in _NUMBERS},
            why=" ".join(self._typed("why").split()),
            form=Form(self.query_one("#form", Turned).now),
            fate=Fate(self.query_one("#fate", Turned).now),
        )

    def _number(self, name: str) -> int:
        """What is typed there; nothing is 0, and what is no number makes no sense: -1."""
        typed = self._typed(name).strip() or "0"
        return int(typed) if typed.isdecimal() and len(typed) < 6 else -1

    def _typed(self, name: str) -> str:
        return self.query_one(f"#{name}", VnInput).value

    def action_turn(self, by: int) -> None:
        """Another kind, or another fate."""
        if isinstance(self.focused, Turned):
            self.focused.turn(by)

    def action_take(self) -> None:
        """Declare it; what makes no sense in itself is not taken."""
        self.query_one("#why", VnInput).when_typed(self._take)

    def _take(self) -> None:
        account = self._account()
        if any(faults(account)):
            self.app.bell()
        else:
            self.dismiss(account)

    def action_leave(self) -> None:
        """Close and declare nothing."""
        self.dismiss(None)


def _questions() -> tuple[str, ...]:
    return (
        _("sheets"),
        _("of them printed on both sides"),
        _("pages with a sticky note, scanned twice"),
        _("blank backs kept as images"),
        _("printed sides not scanned"),
    )


def _line(about: str, field: VnInput | Turned) -> Iterator[Horizontal]:
    yield Horizontal(Label(about), field, classes="line")
