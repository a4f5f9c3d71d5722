"""What the pages propose as values, for the clerk to compare with the paper: nothing counts before.

Handwriting is never guessed, and a number that was not surely read is not confirmed by Enter alone:
their lines are empty until they are typed. What a better reading proposes takes the place of what a
clerk has neither confirmed nor begun to type.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding
from textual.content import Content
from textual.widgets import OptionList, Static

from scanstation import errors
from scanstation.i18n import _
from scanstation.model.acts import FieldSet
from scanstation.model.dossier import Dossier
from scanstation.model.profile import Reading
from scanstation.model.wording import field_note, field_word
from scanstation.tui import wording
from scanstation.tui.frame import Dialog
from scanstation.tui.rows import Choices
from scanstation.tui.vninput import VnInput

if TYPE_CHECKING:
    from scanstation.pages import Proposal


_BETTER_EVERY_S = 5.0


@dataclass(frozen=True)
class _Line:
    """One proposal, and what stands of its field."""

    proposal: "Proposal"
    confirmed: str | None
    """None until a clerk confirmed a value read on this page."""

    @property
    def id(self) -> str:
        return f"{self.proposal.page}/{self.proposal.field.name}"

    @property
    def typed(self) -> str:
        """What the input begins with."""
        if self.confirmed is not None:
            return self.confirmed
        return "" if self.proposal.field.to_type else self.proposal.field.value


class Fields(Dialog[None]):
    """Proposals above, the value of the one under the cursor below."""

    def __init__(self, dossier: Dossier) -> None:
        self._dossier = dossier
        self._proposals: tuple[Proposal, ...] = ()
        self._shown = ""
        """Id of the line whose value is in the input."""
        super().__init__()

    def keys(self) -> Iterator[Binding]:
        yield Binding("enter", "confirm", _("Confirm"), priority=True)
        yield Binding("up", "step(-1)", _("Choose"), key_display="↑↓", priority=True)
        yield Binding("down", "step(1)", "", show=False, priority=True)
        yield Binding("escape", "leave", _("Back"))

    def heading(self) -> str:
        return _("Values read from the pages")

    def body(self) -> ComposeResult:
        yield Choices("options", hang=4)
        yield VnInput(id="value", select_on_focus=False)
        yield Static(Content(_("The pages are being read …")), id="result")

    def on_mount(self) -> None:
        self.query_one(Choices).can_focus = False
        self.query_one("#value").focus()
        self.query_one("#value").display = False
        self._read()
        if any(page.treatment.reading == Reading.THOROUGH for page in self._dossier.pages):
            self.set_interval(_BETTER_EVERY_S, self._read)

    def _read(self) -> None:
        self.ask(partial(self.desk.counter.intake.proposals, self._dossier.id), self._found)

    def _found(self, proposals: "tuple[Proposal, ...]") -> None:
        """Also once a better reading is there: then what is being typed stays."""
        if proposals and proposals == self._proposals:
            return
        one, field = self._chosen, self.query_one("#value", VnInput)
        if one is not None and field.value == one.typed:
            self._shown = ""  # nothing was typed yet: take the better value
        self._proposals = proposals
        note = _("Compare with the paper, type what is wrong or missing, Enter.")
        empty = _("Nothing was read from the pages.")
        self.query_one("#result", Static).update(Content(note if proposals else empty))
        self.query_one("#value").display = bool(proposals)
        self.query_one("#value").focus()
        self._draw()

    def _lines(self) -> Iterator[_Line]:
        for one in self._proposals:
            stands = self._dossier.fields.get(one.field.name)
            here = stands is not None and stands.confirmed and stands.page == one.page
            yield _Line(one, stands.value if stands and here else None)

    def _draw(self, wanted: str = "") -> None:
        lines = [(one.id, self._worded(one)) for one in self._lines()]
        self.query_one(Choices).fill(lines, wanted)
        self._show_value()
        self.refresh_bindings()

    def _worded(self, one: _Line) -> Content:
        field, component = one.proposal.field, one.proposal.component
        known = self._dossier.procedure.component(component)
        where = _("page {n} of {component}").format(
            n=field.page, component=known.title if known else component
        )
        head = (
            f"{field_word(field.name)}: {field.value if one.confirmed is None else one.confirmed}"
        )
        if one.confirmed is not None:
            return Content.assemble(head, "\n", (f"✓ {_('confirmed')} · {where}", wording.GOOD))
        if note := field_note(field):
            return Content.assemble(head, "\n", (f"! {note} · {where}", wording.WARN))
        return Content.assemble(head, "\n", (f"· {_('proposed')} · {where}", wording.DIM))

    @property
    def _chosen(self) -> _Line | None:
        chosen = self.query_one(Choices).chosen
        return next((one for one in self._lines() if one.id == chosen), None)

    @on(OptionList.OptionHighlighted)
    def _show_value(self) -> None:
        """Put the value under the cursor into the input, once for each line."""
        one = self._chosen
        if one is not None and one.id != self._shown:
            self._shown = one.id
            field = self.query_one("#value", VnInput)
            field.value = one.typed
            field.cursor_position = len(field.value)

    def check_action(self, action: str, _parameters: tuple[object, ...]) -> bool | None:
        """Nothing to confirm before something was read."""
        return action != "confirm" or bool(self._proposals)

    def action_step(self, by: int) -> None:
        """Move the cursor while the value keeps the focus."""
        options = self.query_one(Choices)
        options.action_cursor_down() if by > 0 else options.action_cursor_up()

    def action_confirm(self) -> None:
        """The value is what stands on the paper."""
        self.query_one("#value", VnInput).when_typed(self._confirm)

    def _confirm(self) -> None:
        one, clerk = self._chosen, self.desk.clerk
        value = " ".join(self.query_one("#value", VnInput).value.split())
        if clerk is None:
            self.show_fault(errors.NotSignedIn())
        elif one is None or not value:
            self.app.bell()
        else:
            field = one.proposal.field
            act = FieldSet(field.name, value, True, one.proposal.page, field.box)
            record = partial(self.desk.counter.intake.record, self._dossier.id, act, clerk)
            self.ask(record, self._confirmed)

    def _confirmed(self, dossier: Dossier) -> None:
        """On to the next one that nobody confirmed."""
        self._dossier = dossier
        lines = list(self._lines())
        here = next(place for place, one in enumerate(lines) if one.id == self._shown)
        behind = [*lines[here + 1 :], *lines[:here]]
        waiting = next((one.id for one in behind if one.confirmed is None), self._shown)
        if waiting == self._shown:
            self.say(_("All values are confirmed."))
        self._draw(waiting)
        self.desk.changed()

    @on(OptionList.OptionSelected)
    def _clicked(self) -> None:
        self.query_one("#value").focus()

    def action_leave(self) -> None:
        """Close; what was confirmed stays."""
        self.dismiss(None)
