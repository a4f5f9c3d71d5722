"""The keys of a screen: bound in the language in force, shown at its foot, clickable.

No letters and no Alt, because Telex turns letters into other letters; no F10, F11 or Ctrl+S,
because terminals keep them. A key that cannot be used now is not shown.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from textual.binding import Binding
from textual.content import Content
from textual.dom import DOMNode
from textual.events import Click
from textual.geometry import Size
from textual.reactive import reactive
from textual.screen import Screen
from textual.style import Style
from textual.widget import Widget

_NAMES = {
    "enter": "Enter",
    "escape": "Esc",
    "space": "Space",
    "delete": "Del",
    "tab": "Tab",
    "left": "←",
    "right": "→",
    "ctrl+up": "^↑",
    "ctrl+down": "^↓",
}
_GAP = 2
_TEXTUALS_OWN = {"ctrl+c", "super+c", "tab", "shift+tab"}


@dataclass(frozen=True)
class Label:
    """A key as it is shown."""

    key: str
    name: str
    about: str

    @property
    def width(self) -> int:
        """Terminal cells."""
        return Content(f"{self.name} {self.about}").cell_length


def bind(owner: DOMNode, keys: Iterable[Binding]) -> None:
    """Give a screen or the App its keys when it is made: class BINDINGS would be translated
    on import, before the language is chosen.
    """
    ours = list(Binding.make_bindings(keys))
    bindings = owner._bindings  # noqa: SLF001 textual has no public verb for a Binding
    for key in ours:
        bindings.key_to_bindings.pop(key.key, None)  # what Textual itself bound to it
    for key in ours:
        bindings.key_to_bindings.setdefault(key.key, []).append(key)


def labels_of(screen: Screen[object], *, everything: bool = False) -> tuple[Label, ...]:
    """Keys that can be used now; with `everything` also those the foot does not show."""
    ours = [*screen._bindings.key_to_bindings, *screen.app._bindings.key_to_bindings]  # noqa: SLF001
    active = screen.active_bindings
    found = (active[key] for key in dict.fromkeys(ours) if key in active and active[key].enabled)
    return tuple(_label(one.binding) for one in found if _is_shown(one.binding, everything))


def _is_shown(key: Binding, everything: bool) -> bool:
    named = bool(key.description) and (key.show or everything)
    return named and (key.show or key.key not in _TEXTUALS_OWN)


def _label(key: Binding) -> Label:
    name = key.key_display or _NAMES.get(key.key) or key.key.upper().replace("CTRL+", "^")
    return Label(key.key, name, key.description)


def rows_of(labels: Sequence[Label], width: int) -> list[list[Label]]:
    """Labels in as many rows as they need, never torn apart."""
    rows: list[list[Label]] = [[]]
    used = 0
    for label in labels:
        if rows[-1] and used + _GAP + label.width > width:
            rows.append([])
            used = 0
        used += label.width + (_GAP if rows[-1] else 0)
        rows[-1].append(label)
    return rows


class KeyBar(Widget):
    """The foot of a screen."""

    labels: reactive[tuple[Label, ...]] = reactive((), layout=True)

    def on_mount(self) -> None:
        self.screen.bindings_updated_signal.subscribe(self, self._look)
        self._look(self.screen)

    def _look(self, screen: Screen[object]) -> None:
        if self.is_attached and screen is self.screen:
            self.labels = labels_of(screen)

    def get_content_height(self, container: Size, viewport: Size, width: int) -> int:  # noqa: ARG002
        """One row, or more where the words are long."""
        return len(rows_of(self.labels, width))

    def render(self) -> Content:
        """Key and word, each pair one target for the mouse."""
        rows = rows_of(self.labels, self.size.width)
        gap = " " * _GAP
        lines = (Content(gap).join(self._drawn(label) for label in row) for row in rows)
        return Content("\n").join(lines)

    @staticmethod
    def _drawn(label: Label) -> Content:
        drawn = Content.assemble((label.name, "bold $accent"), " ", label.about)
        return drawn.stylize(Style.from_meta({"key": label.key}))

    def on_click(self, event: Click) -> None:
        """A click is the key (textual's own @click would recolour the words as a link)."""
        if key := event.style.meta.get("key"):
            self.app.simulate_key(key)
