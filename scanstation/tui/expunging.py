"""Destroying a page for good: why, then twice whether it is meant, then an honest word.

The only act without undo, so Enter alone never does it. It refuses any reason but the three.
"""

from collections.abc import Iterator
from dataclasses import dataclass

from textual.app import ComposeResult
from textual.binding import Binding
from textual.content import Content
from textual.widgets import Label, Static

from scanstation.i18n import _
from scanstation.model.listing import plain
from scanstation.model.removal import ExpungeReason
from scanstation.model.wording import expunge_reason
from scanstation.tui import wording
from scanstation.tui.frame import Dialog
from scanstation.tui.rows import Choices
from scanstation.tui.vninput import VnInput


@dataclass(frozen=True)
class Grounds:
    """Why a page is destroyed."""

    reason: ExpungeReason
    note: str
    """The clerk's own words; may be empty."""


class Why(Dialog[Grounds | None]):
    """A reason of the three, and a note."""

    def keys(self) -> Iterator[Binding]:
        yield Binding("enter", "take", _("Go on"), priority=True)
        yield Binding("tab", "app.focus_next", _("Note"))
        yield Binding("escape", "leave", _("Back"))

    def heading(self) -> str:
        return _("Destroy this page for good, because it is")

    def body(self) -> ComposeResult:
        yield Choices("options", hang=4)
        note = _("more about it; nothing from the paper itself")
        yield VnInput(placeholder=note, id="words")
        about = _("A page you only do not need is left out with Del: nothing is lost then.")
        yield Static(Content(about))

    def on_mount(self) -> None:
        lines = [(one.value, Content(expunge_reason(one))) for one in ExpungeReason]
        self.query_one(Choices).fill(lines)
        self.query_one(Choices).focus()

    def action_take(self) -> None:
        """Go on to the two questions."""
        self.query_one(VnInput).when_typed(self._take)

    def _take(self) -> None:
        note = " ".join(self.query_one(VnInput).value.split())
        self.dismiss(Grounds(ExpungeReason(self.query_one(Choices).chosen), note))

    def action_leave(self) -> None:
        """Close; nothing was destroyed."""
        self.dismiss(None)


class Destroy(Dialog[bool]):
    """Two questions, one after the other; closes with True when both were answered."""

    def __init__(self, page: str, reason: ExpungeReason) -> None:
        self._page, self._reason = page, reason
        self._sure = False
        """The first question is answered."""
        super().__init__()

    def keys(self) -> Iterator[Binding]:
        yield Binding("enter", "take", _("Confirm"), priority=True)
        yield Binding("escape", "leave", _("Back"))

    def heading(self) -> str:
        return _("Destroyed for good, without undo")

    def body(self) -> ComposeResult:
        about = _(
            "Page {page} is destroyed for good ({reason}): its image, its cache and what the"
            " journal tells of it. No undo brings it back."
        ).format(page=self._page[-12:], reason=expunge_reason(self._reason))
        yield Static(Content.styled(about, f"bold {wording.BAD}"))
        yield Label(self._question(), id="question")
        yield VnInput(id="words")

    def on_mount(self) -> None:
        self.query_one(VnInput).focus()

    def _question(self) -> Content:
        if self._sure:
            signs = self._page[-4:]
            about = _("2 of 2. Type the last four signs of the page's id: {signs}")
            return Content(about.format(signs=signs))
        return Content(_("1 of 2. Type {word} to go on").format(word=_("DESTROY")))

    def action_take(self) -> None:
        """The next question, or done."""
        self.query_one(VnInput).when_typed(self._take)

    def _take(self) -> None:
        field = self.query_one(VnInput)
        typed, wanted = field.value.strip(), self._page[-4:] if self._sure else _("DESTROY")
        field.value = ""
        if plain(typed) != plain(wanted):
            self.say(_("That is not it. Nothing is destroyed yet."))
            self.app.bell()
        elif self._sure:
            self.dismiss(True)
        else:
            self._sure = True
            self.query_one("#question", Label).update(self._question())

    def action_leave(self) -> None:
        """Close; nothing was destroyed."""
        self.dismiss(False)
