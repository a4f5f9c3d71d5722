"""Small questions: yes or no, one of a list, a reason."""

from collections.abc import Iterator, Sequence

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding
from textual.content import Content
from textual.widgets import OptionList, Static

from scanstation.i18n import _
from scanstation.tui.frame import Dialog
from scanstation.tui.rows import Choices
from scanstation.tui.vninput import VnInput


class Confirm(Dialog[bool]):
    """Enter agrees, Esc does not."""

    def __init__(self, heading: str, sentence: str, agree: str) -> None:
        self._heading, self._sentence, self._agree = heading, sentence, agree
        super().__init__()

    def keys(self) -> Iterator[Binding]:
        yield Binding("enter", "answer(True)", self._agree)
        yield Binding("escape", "answer(False)", _("Back"))

    def heading(self) -> str:
        return self._heading

    def body(self) -> ComposeResult:
        yield Static(Content(self._sentence))

    def action_answer(self, agreed: bool) -> None:
        """Close with the answer."""
        self.dismiss(agreed)


class Notice(Dialog[None]):
    """Something to read; Enter or Esc closes it."""

    def __init__(self, heading: str, sentence: str) -> None:
        self._heading, self._sentence = heading, sentence
        super().__init__()

    def keys(self) -> Iterator[Binding]:
        yield Binding("enter", "leave", _("I have read it"))
        yield Binding("escape", "leave", _("I have read it"), show=False)

    def heading(self) -> str:
        return self._heading

    def body(self) -> ComposeResult:
        yield Static(Content(self._sentence))

    def action_leave(self) -> None:
        """Close."""
        self.dismiss(None)


class Pick(Dialog[str | None]):
    """One of a list, by id; None when the clerk goes back."""

    def __init__(
        self, heading: str, options: Sequence[tuple[str, Content]], wanted: str = ""
    ) -> None:
        self._heading, self._options, self._wanted = heading, options, wanted
        super().__init__()

    def keys(self) -> Iterator[Binding]:
        yield Binding("enter", "take", _("Choose"), priority=True)
        yield Binding("escape", "leave", _("Back"))

    def heading(self) -> str:
        return self._heading

    def body(self) -> ComposeResult:
        yield Choices("options", hang=4)

    def on_mount(self) -> None:
        self.query_one(Choices).fill(self._options, self._wanted)

    def action_take(self) -> None:
        """Close with the line under the cursor."""
        self.dismiss(self.query_one(Choices).chosen or None)

    def action_leave(self) -> None:
        """Close without an answer."""
        self.dismiss(None)

    @on(OptionList.OptionSelected)
    def _clicked(self) -> None:
        self.action_take()


class Reason(Dialog[str | None]):
    """A reason from the list or in the clerk's own words."""

    def __init__(self, heading: str, reasons: Sequence[str], agree: str) -> None:
        self._heading, self._reasons, self._agree = heading, reasons, agree
        super().__init__()

    def keys(self) -> Iterator[Binding]:
        yield Binding("enter", "take", self._agree, priority=True)
        yield Binding("tab", "app.focus_next", _("Own words"))
        yield Binding("escape", "leave", _("Back"))

    def heading(self) -> str:
        return self._heading

    def body(self) -> ComposeResult:
        yield Choices("options", hang=4)
        yield VnInput(placeholder=_("or in your own words"), id="words", select_on_focus=False)

    def on_mount(self) -> None:
        self.query_one(Choices).fill([(reason, Content(reason)) for reason in self._reasons])

    def action_take(self) -> None:
        """Close with what has the focus; empty words are no reason."""
        own = self.query_one(VnInput)
        if own.has_focus:
            own.when_typed(lambda: self._answer(own.value.strip()))
        else:
            self._answer(self.query_one(Choices).chosen)

    def _answer(self, reason: str) -> None:
        if reason:
            self.dismiss(reason)
        else:
            self.app.bell()

    def action_leave(self) -> None:
        """Close without an answer."""
        self.dismiss(None)
