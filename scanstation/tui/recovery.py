"""What an unclean stop left, told once at the start: what is safe, what to compare with paper.

Pages that were stored and never shown are shown here, as large as half blocks allow.
"""

from collections.abc import Iterator

from textual.app import ComposeResult
from textual.binding import Binding
from textual.containers import VerticalScroll
from textual.content import Content
from textual.widgets import Label, Static

from scanstation.i18n import _
from scanstation.model.recovery import RecoveryReport, told
from scanstation.tui.frame import Dialog
from scanstation.tui.preview import Preview

_MOST_PICTURES = 6
"""A stop leaves one page of each dossier that was worked in; more is a damaged disk's doing."""


class AfterStop(Dialog[None]):
    """S0; closing it says that it was read."""

    def __init__(self, report: RecoveryReport) -> None:
        self._report = report
        orphans = [one for dossier in report.doubtful for one in dossier.orphans]
        self._pictured = [one for one in orphans if one.width][:_MOST_PICTURES]
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
            for orphan in self._pictured:
                yield Label(Content(f"{orphan.path.name[:12]} · {orphan.shape}"))
                yield Preview()

    def on_mount(self) -> None:
        for preview, orphan in zip(self.query(Preview), self._pictured, strict=True):
            preview.show(orphan)

    def action_leave(self) -> None:
        """Close."""
        self.dismiss(None)
