"""A new dossier: who comes, and what for. Few letters suffice; marks may be left out."""

from collections.abc import Iterator
from dataclasses import dataclass

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding
from textual.content import Content
from textual.widgets import Input, Label, OptionList

from scanstation.i18n import _
from scanstation.model.profile import Procedure
from scanstation.tui import wording
from scanstation.tui.frame import Dialog
from scanstation.tui.rows import Choices
from scanstation.tui.vninput import VnInput


@dataclass(frozen=True)
class Visit:
    """What the clerk wrote down."""

    applicant: str
    procedure: Procedure


def matching(procedures: tuple[Procedure, ...], words: str) -> tuple[Procedure, ...]:
    """Procedures whose title or code holds every word, marks or not."""
    wanted = wording.folded(words).split()
    return tuple(
        one
        for one in procedures
        if all(word in wording.folded(f"{one.title} {one.code}") for word in wanted)
    )


class NewDossier(Dialog[Visit | None]):
    """Applicant, then procedure; Enter goes on, arrows choose."""

    def __init__(self) -> None:
        super().__init__()
        self._procedures: tuple[Procedure, ...] = ()

    def keys(self) -> Iterator[Binding]:
        yield Binding("enter", "go_on", _("Go on"), priority=True)
        yield Binding("up", "step(-1)", _("Choose"), key_display="↑↓", priority=True)
        yield Binding("down", "step(1)", "", show=False, priority=True)
        yield Binding("escape", "leave", _("Back"))

    def heading(self) -> str:
        return _("New dossier")

    def body(self) -> ComposeResult:
        yield Label(_("Applicant"))
        yield VnInput(id="applicant")
        yield Label(_("Procedure (a few letters, marks may be left out)"))
        yield VnInput(id="words")
        yield Choices("options")

    def on_mount(self) -> None:
        self.query_one(Choices).can_focus = False
        self.query_one("#applicant").focus()
        self.ask(self.desk.counter.procedures, self._found)

    def _found(self, procedures: tuple[Procedure, ...]) -> None:
        self._procedures = procedures
        self._narrow()

    @on(Input.Changed, "#words")
    def _narrow(self) -> None:
        words = self.query_one("#words", Input).value
        found = matching(self._procedures, words)
        lines = [
            (one.code, Content.assemble((f"{one.code}  ", "$text-muted"), one.title))
            for one in found
        ]
        options = self.query_one(Choices)
        options.fill(lines)
        options.border_subtitle = "" if lines else _("no procedure has these letters")

    def action_step(self, by: int) -> None:
        """Move the cursor of the list while the words keep the focus."""
        options = self.query_one(Choices)
        options.action_cursor_down() if by > 0 else options.action_cursor_up()

    def action_go_on(self) -> None:
        """From the name to the procedure, from there to the dossier."""
        if self.query_one("#applicant").has_focus:
            self.query_one("#words").focus()
        else:
            self.query_one("#words", VnInput).when_typed(self._open)

    def _open(self) -> None:
        self._narrow()
        chosen = self.query_one(Choices).chosen
        found = next((one for one in self._procedures if one.code == chosen), None)
        if found is None:
            self.app.bell()
            return
        applicant = " ".join(self.query_one("#applicant", Input).value.split())
        self.dismiss(Visit(applicant, found))

    def action_leave(self) -> None:
        """Close without a dossier."""
        self.dismiss(None)

    @on(OptionList.OptionSelected)
    def _clicked(self) -> None:
        self.query_one("#words").focus()
