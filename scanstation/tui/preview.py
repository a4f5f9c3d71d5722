"""A page's thumbnail in half blocks: enough to see which page it is, never to judge legibility.

Drawn from the cached thumbnail in a worker thread (10 ms from 160 pixels, 139 ms from a full
page), so that the thread that draws the screen never decodes an image.
"""

from pathlib import Path
from typing import Protocol

import textual_image.widget  # noqa: F401 asks the terminal for its cell size before Textual owns it
from textual import work
from textual.geometry import Size
from textual.message import Message
from textual.strip import Strip
from textual.widget import Widget
from textual_image.renderable import HalfcellImage


class Pictured(Protocol):
    """Something with a thumbnail: a page, or a file that arrived."""

    @property
    def thumbnail(self) -> Path:
        """An image file of few pixels."""
        ...

    @property
    def width(self) -> int:
        """Pixels, of the page or of its thumbnail."""
        ...

    @property
    def height(self) -> int:
        """Pixels, in proportion to the width."""
        ...


def fitted(page: Pictured, room: Size) -> Size:
    """Cells the page takes within `room`; a cell is taken to be twice as high as wide."""
    tall = page.height / page.width / 2
    width = max(1, min(room.width, int(room.height / tall)))
    return Size(width, max(1, min(room.height, round(width * tall))))


class Preview(Widget):
    """The thumbnail of one page."""

    class Drawn(Message, bubble=False):
        """A thumbnail is ready."""

        def __init__(self, page: Pictured, lines: list[Strip]) -> None:
            super().__init__()
            self.page, self.lines = page, lines

    def __init__(self) -> None:
        super().__init__()
        self._page: Pictured | None = None
        self._lines: list[Strip] = []

    def show(self, page: Pictured | None) -> None:
        """Show the page's thumbnail, or nothing."""
        if page != self._page:
            self._page = page
            self._lines = []
            self.refresh()
            self._redraw()

    def on_resize(self) -> None:
        self._redraw()

    def _redraw(self) -> None:
        if self._page is not None and self.size.width > 1:
            self._draw(self._page, fitted(self._page, self.size))

    @work(thread=True, exclusive=True, exit_on_error=False)
    def _draw(self, page: Pictured, size: Size) -> None:
        console = self.app.console
        options = console.options.update(width=size.width, height=size.height)
        try:
            image = HalfcellImage(page.thumbnail, size.width, size.height)
            lines = console.render_lines(image, options, pad=False)
        except OSError:  # the cache may vanish at any time
            lines = []
        self.post_message(self.Drawn(page, [Strip(line) for line in lines]))

    def on_preview_drawn(self, message: Drawn) -> None:
        if message.page == self._page:
            self._lines = message.lines
            self.refresh()

    def render_line(self, y: int) -> Strip:
        """One line of half blocks."""
        return self._lines[y] if y < len(self._lines) else Strip.blank(self.size.width)
