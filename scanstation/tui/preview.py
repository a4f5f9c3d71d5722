"""A page's thumbnail in half blocks: enough to see which page it is, never to judge legibility.

Drawn from the cached thumbnail in a worker thread (10 ms from 160 pixels, 139 ms from a full
page), so that the thread that draws the screen never decodes an image.
"""

from pathlib import Path

import textual_image.widget  # noqa: F401 asks the terminal for its cell size before Textual owns it
from textual import work
from textual.geometry import Size
from textual.message import Message
from textual.strip import Strip
from textual.widget import Widget
from textual_image.renderable import HalfcellImage


class Preview(Widget):
    """The thumbnail of one page."""

    class Drawn(Message, bubble=False):
        """A thumbnail is ready."""

        def __init__(self, path: Path, lines: list[Strip]) -> None:
            super().__init__()
            self.path, self.lines = path, lines

    def __init__(self) -> None:
        super().__init__()
        self._path: Path | None = None
        self._lines: list[Strip] = []

    def show(self, path: Path | None) -> None:
        """Show the image at `path`, or nothing."""
        if path != self._path:
            self._path = path
            self._lines = []
            self.refresh()
            self._redraw()

    def on_resize(self) -> None:
        self._redraw()

    def _redraw(self) -> None:
        if self._path is not None and self.size.width > 1:
            self._draw(self._path, self.size)

    @work(thread=True, exclusive=True, exit_on_error=False)
    def _draw(self, path: Path, size: Size) -> None:
        console = self.app.console
        options = console.options.update(width=size.width, max_width=size.width)
        image = HalfcellImage(path, width="auto", height=size.height)
        try:
            lines = console.render_lines(image, options.update(height=size.height), pad=False)
        except OSError:  # the cache may vanish at any time
            lines = []
        self.post_message(self.Drawn(path, [Strip(line) for line in lines]))

    def on_preview_drawn(self, message: Drawn) -> None:
        if message.path == self._path:
            self._lines = message.lines
            self.refresh()

    def render_line(self, y: int) -> Strip:
        """One line of half blocks."""
        return self._lines[y] if y < len(self._lines) else Strip.blank(self.size.width)
