"""A screen with one VnInput, for a real terminal; writes what was typed to the file it is given."""

import sys
from pathlib import Path

from textual import on
from textual.app import App, ComposeResult
from textual.widgets import Input

from scanstation.tui.vninput import VnInput


class Field(App[None]):
    def compose(self) -> ComposeResult:
        yield VnInput(placeholder="READY")

    @on(Input.Submitted)
    def _typed(self, event: Input.Submitted) -> None:
        Path(sys.argv[1]).write_text(event.value, encoding="utf-8")
        self.exit()


if __name__ == "__main__":
    Field().run()
