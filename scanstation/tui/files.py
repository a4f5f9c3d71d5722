"""Files instead of paper: images and PDFs by their path, typed, pasted or dropped on the terminal.

A terminal pastes a dropped file as its path, in quotes where it holds a space. Whether a file can
be read is for the story to say; here only a path that leads nowhere is refused.
"""

import shlex
import unicodedata
from collections.abc import Iterator
from pathlib import Path

from textual.app import ComposeResult
from textual.binding import Binding
from textual.content import Content
from textual.widgets import Label, Static

from scanstation import errors
from scanstation.i18n import _
from scanstation.tui.frame import Card, Dialog
from scanstation.tui.vninput import VnInput


def named(text: str) -> tuple[Path, ...]:
    """The files a line names: one path as it stands, or several as a shell would part them.

    errors.UnreadableInput names the first that is not there. Nothing typed names nothing.
    """
    whole = text.strip()
    if not whole:
        return ()
    if (found := _there(whole)) is not None:
        return (found,)
    try:
        words = shlex.split(whole)
    except ValueError:  # a quote without its twin
        words = [whole]
    files = [(word, _there(word)) for word in words]
    for word, file in files:
        if file is None:
            raise errors.UnreadableInput(file=word, problem=_("no such file"))
    return tuple(file for _word, file in files if file is not None)


def _there(word: str) -> Path | None:
    """The file of that name; one from a Mac may spell its Vietnamese letters in parts (NFD)."""
    spelt = (word, unicodedata.normalize("NFD", word))
    found = (Path(one.removeprefix("file://")).expanduser() for one in spelt)
    return next((path for path in found if path.is_file()), None)


class Files(Dialog[tuple[Path, ...]]):
    """Closes with the files to take; empty when the clerk goes back."""

    def __init__(self, component: str) -> None:
        self._component = component
        super().__init__()

    def keys(self) -> Iterator[Binding]:
        yield Binding("enter", "take", _("Take"), priority=True)
        yield Binding("escape", "leave", _("Back"))

    def heading(self) -> str:
        return _("Take files")

    def body(self) -> ComposeResult:
        yield Static(Content(_("Into: {component}").format(component=self._component)))
        yield Label(_("Path of an image or PDF, or of several"))
        yield VnInput(id="path")
        yield Static(Content(_("A PDF that is already signed is kept byte for byte.")))

    def on_mount(self) -> None:
        self.query_one("#path").focus()

    def action_take(self) -> None:
        """Close with the files named."""
        self.query_one("#path", VnInput).when_typed(self._take)

    def _take(self) -> None:
        self.query_one(Card).clear()
        try:
            files = named(self.query_one("#path", VnInput).value)
        except errors.UnreadableInput as fault:
            self.show_fault(fault)
            return
        if files:
            self.dismiss(files)
        else:
            self.app.bell()

    def action_leave(self) -> None:
        """Close without a file."""
        self.dismiss(())
