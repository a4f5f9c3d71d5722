"""What an unclean stop left, told once at the start: what is safe, what to compare with paper."""

from collections.abc import Iterator

from textual.app import ComposeResult
from textual.binding import Binding
from textual.containers import VerticalScroll
from textual.content import Content
from textual.widgets import Static

from scanstation.i18n import _
from scanstation.model.recovery import RecoveryReport, told
from scanstation.tui.frame import Dialog


class AfterStop(Dialog[None]):
    """S0; closing it says that it was read."""

    def __init__(self, report: RecoveryReport) -> None:
        self._report = report
        super().__init__()

    def keys(self) -> Iterator[Binding]:
        yield Binding("enter", "leave", _("I have read it"))
        yield Binding("escape", "leave", _("I have read it"), show=False)

    def heading(self) -> str:
        return _("After the stop")

    def body(self) -> ComposeResult:
        safe = _("Every page that was on the screen is safe. Nothing is deleted.")
        with VerticalScroll(id="report"):
            yield Static(Content("\n".join((safe, "", *told(self._report)))))

    def action_leave(self) -> None:
        """Close."""
        self.dismiss(None)
