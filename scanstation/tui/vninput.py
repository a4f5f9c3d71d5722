"""A text field in which Vietnamese can be typed.

UniKey and its kin write «được» as letters, Backspace and the composed letter in one go. Textual
8.2.8 inserts letters at once but runs Backspace later, as a binding, so stock Input keeps
«duoc» (Textual issue 6605, measured in a pty). Here editing keys run in the order they came, and
whatever arrives, typed or pasted, is NFC.
"""

import unicodedata
from collections.abc import Callable

from textual import events
from textual.widgets import Input

_EDITING = {
    "backspace": "action_delete_left",
    "ctrl+h": "action_delete_left",  # what some terminals send for Backspace
    "delete": "action_delete_right",
    "left": "action_cursor_left",
    "right": "action_cursor_right",
    "home": "action_home",
    "end": "action_end",
}


def nfc(text: str) -> str:
    """Composed letters, so that one Backspace removes one letter with all its marks."""
    return unicodedata.normalize("NFC", text)


class VnInput(Input):
    """Input whose value is always NFC and whose keys act in the order they were typed."""

    def when_typed(self, then: Callable[[], None]) -> None:
        """Call `then` once every key pressed before this one has reached the field.

        A screen's own key overtakes letters that are still on their way here: a barcode reader,
        or fast fingers, would sign with half a passphrase.
        """
        self.call_later(then)

    async def _on_key(self, event: events.Key) -> None:
        if edit := _EDITING.get(event.key):
            getattr(self, edit)()
            event.stop()
            event.prevent_default()
            return
        await super()._on_key(event)

    def validate_value(self, value: str) -> str:
        """NFC, also for a value set by the program."""
        return nfc(value)

    def replace(self, text: str, start: int, end: int) -> None:
        """Replace a range; a combining mark joins the letter before it and the cursor follows."""
        first, last = sorted((max(0, start), min(len(self.value), end)))
        super().replace(nfc(self.value[:first] + text), 0, last)
