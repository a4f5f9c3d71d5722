"""A list in columns whose texts are literal and whose cursor follows an id, not a place.

Textual's DataTable reads markup in user text and moves the cursor when rows change.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from textual.content import Content
from textual.events import Resize
from textual.widgets import OptionList
from textual.widgets.option_list import Option

_GAP = 2
_MARGIN = " "
"""Before each row, so that it stands under its heading in the frame."""
_PADDING = 2
"""Cells left and right of a line, as counter.tcss has it."""


@dataclass(frozen=True)
class Column:
    """A column; `width` in cells, `share` of what is left over on top of it."""

    title: str
    width: int
    share: int = 0
    right: bool = False


@dataclass(frozen=True)
class Row:
    """A line with its identity."""

    id: str
    cells: tuple[str | Content, ...]


def widths(columns: Sequence[Column], room: int) -> tuple[int, ...]:
    """Cells for each column within `room`."""
    fixed = sum(one.width for one in columns) + _GAP * (len(columns) - 1)
    shares = sum(one.share for one in columns) or 1
    spare = max(0, room - fixed)
    return tuple(one.width + spare * one.share // shares for one in columns)


def line(cells: Sequence[str | Content], columns: Sequence[Column], room: int) -> Content:
    """One line of the list, each text cut to its column."""
    drawn = []
    for cell, column, width in zip(cells, columns, widths(columns, room), strict=True):
        text = cell if isinstance(cell, Content) else Content(cell)
        short = text.truncate(width, ellipsis=True)
        pad = " " * (width - short.cell_length)
        drawn.append(Content.assemble(pad, short) if column.right else Content.assemble(short, pad))
    return Content(" " * _GAP).join(drawn)


class Choices(OptionList):
    """A list of literal lines that keeps its cursor on the same id.

    With `hang` lines are wrapped here, every line but the first indented by so many cells.
    """

    def __init__(self, id: str, hang: int = 0) -> None:  # noqa: A002 as textual has it
        super().__init__(id=id, markup=False)
        self._hang = hang
        self._lines_shown: tuple[tuple[str, Content], ...] = ()

    @property
    def room(self) -> int:
        """Cells in a line."""
        return self.scrollable_content_region.width - _PADDING

    def fill(self, lines: Sequence[tuple[str, Content]], wanted: str = "") -> None:
        """Show these lines by id; the cursor goes to `wanted`, or stays where it was."""
        self._lines_shown = tuple(lines)
        place, keep = self.highlighted or 0, wanted or self.chosen
        self.set_options(Option(self._hung(text), id=name) for name, text in lines)
        names = [name for name, _ in lines]
        if names:
            self.highlighted = names.index(keep) if keep in names else min(place, len(names) - 1)

    def on_resize(self, _: Resize) -> None:
        self.redraw()

    def redraw(self) -> None:
        """Fit the lines to a new width."""
        if self._hang:
            self.fill(self._lines_shown)

    def _hung(self, text: Content) -> Content:
        room = self.room - self._hang
        if not self._hang or room < 2:
            return text
        pieces = [piece for line in text.split() for piece in line.wrap(room)]
        return Content("\n" + " " * self._hang).join(pieces)

    @property
    def chosen(self) -> str:
        """Id under the cursor, or an empty string."""
        option = self.highlighted_option
        return option.id or "" if option else ""

    def choose(self, wanted: str) -> None:
        """Put the cursor on that id."""
        self.highlighted = self.get_option_index(wanted)


class Rows(Choices):
    """Choices in columns under a heading."""

    def __init__(self, columns: Sequence[Column], id: str) -> None:  # noqa: A002 as textual has it
        super().__init__(id)
        self._columns = tuple(columns)
        self._rows: tuple[Row, ...] = ()

    def show(self, rows: Sequence[Row]) -> None:
        """Show these rows."""
        self._rows = tuple(rows)
        self.redraw()

    def redraw(self) -> None:
        """Fit the columns to a new width."""
        titles = tuple(Content(one.title) for one in self._columns)
        room = self.room - len(_MARGIN)
        self.border_title = Content(line(titles, self._columns, room).plain.rstrip())
        self.fill(
            [
                (row.id, Content.assemble(_MARGIN, line(row.cells, self._columns, room)))
                for row in self._rows
            ]
        )
