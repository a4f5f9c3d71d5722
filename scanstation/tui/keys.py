"""F1: every key of the screen underneath, also those its foot has no room for."""

from collections.abc import Iterator, Sequence

from textual.app import ComposeResult
from textual.binding import Binding
from textual.containers import Horizontal
from textual.content import Content
from textual.widgets import Static

from scanstation.i18n import _
from scanstation.tui.frame import Dialog
from scanstation.tui.keybar import Label


class KeyHelp(Dialog[None]):
    """The list of keys."""

    def __init__(self, labels: Sequence[Label]) -> None:
        self._labels = tuple(labels)
        super().__init__()

    def keys(self) -> Iterator[Binding]:
        yield Binding("escape", "leave", _("Back"))
        yield Binding("enter", "leave", _("Back"), show=False)

    def heading(self) -> str:
        return _("Keys")

    def body(self) -> ComposeResult:
        half = -(-len(self._labels) // 2)
        columns = (self._labels[:half], self._labels[half:])
        with Horizontal(id="columns"):
            for column in columns:
                yield Static(Content("\n").join(_line(one) for one in column))

    def action_leave(self) -> None:
        """Close."""
        self.dismiss(None)


def _line(one: Label) -> Content:
    return Content.assemble((f"{one.name:<7}", "bold $accent"), one.about)
