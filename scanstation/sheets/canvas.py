"""Paper and a pen that writes Vietnamese, in millimetres from the top left corner.

Pages are black and white at 600 dpi: what an office laser prints, 35 to 60 kB a page. The pen
breaks lines and pages so that no text is cut, and refuses anything that reads like a case code.
"""

import io
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import lru_cache
from pathlib import Path
from typing import Literal

from PIL import Image, ImageDraw, ImageFont

from scanstation import errors
from scanstation.sheets.qr import modules
from scanstation.sheets.wording import looks_official

DPI = 600
MARGIN = 12.0
_FOOT = 5.0
"""Kept free above the bottom margin for the page number."""
_FOLDERS = tuple(
    Path("/usr/share/fonts/truetype", name)
    for name in ("liberation2", "liberation")  # Debian 12, Debian 13
)
_LEADING = 1.25
_PROOF = "ễ"

Face = Literal["Regular", "Bold", "Italic"]


@dataclass(frozen=True)
class Format:
    """A paper size in mm."""

    width: float
    height: float

    @property
    def inner(self) -> float:
        """Width between the margins."""
        return self.width - 2 * MARGIN


A4, A5 = Format(210, 297), Format(148, 210)


@dataclass(frozen=True)
class Style:
    """How a text is set."""

    points: float
    face: Face = "Regular"

    @property
    def leading(self) -> float:
        """Millimetres from line to line."""
        return self.points * _LEADING * 25.4 / 72


@dataclass(frozen=True)
class Cell:
    """A text in a column `left` mm from the left margin and `width` mm wide."""

    text: str
    style: Style
    left: float = 0.0
    width: float = A5.inner
    align: Literal["left", "middle", "right"] = "left"


class Canvas:
    """Pages filled from the top; `y` is where the next line goes, in mm."""

    def __init__(self, paper: Format) -> None:
        self._paper = paper
        self._bottom = paper.height - MARGIN - _FOOT
        self._pages: list[Image.Image] = []
        self.y = 0.0
        self.new_page()

    def new_page(self) -> None:
        """Go on at the top of a fresh page."""
        self._pages.append(Image.new("1", (_px(self._paper.width), _px(self._paper.height)), 1))
        self.y = MARGIN

    def write(self, *cells: Cell) -> None:
        """One row: cells side by side, each broken into as many lines as it takes.

        Raises LooksOfficial before anything of the row is drawn; MissingPart without the font.
        """
        columns = [list(_lines(cell)) for cell in cells]
        deepest = max(len(lines) for lines in columns)
        leading = max(cell.style.leading for cell in cells)
        if self.y + deepest * leading > self._bottom and deepest * leading < self._bottom - MARGIN:
            self.new_page()
        for number in range(deepest):
            if self.y + leading > self._bottom:
                self.new_page()
            for cell, lines in zip(cells, columns, strict=True):
                if number < len(lines):
                    _place(self._pages[-1], cell, lines[number], self.y + leading * 0.8)
            self.y += leading

    def rule(self, thickness: float = 0.15) -> None:
        """A line across the page, with air around it."""
        self.y += 0.6
        box = (_px(MARGIN), _px(self.y), _px(self._paper.width - MARGIN), _px(self.y + thickness))
        ImageDraw.Draw(self._pages[-1]).rectangle(box, fill=0)
        self.y += thickness + 0.6

    def skip(self, millimetres: float) -> None:
        """Leave air."""
        self.y += millimetres

    def code(self, text: str, side: float, right: float, top: float) -> None:
        """A QR code of at most `side` mm ending at `right`; keep 4 modules clear around it.

        Raises LooksOfficial.
        """
        rows = modules(_allowed(text))
        module = _px(side) // len(rows)
        left, top = _px(right) - module * len(rows), _px(top)
        pen = ImageDraw.Draw(self._pages[-1])
        for down, row in enumerate(rows):
            for across, dark in enumerate(row):
                if dark:
                    x, y = left + across * module, top + down * module
                    pen.rectangle((x, y, x + module - 1, y + module - 1), fill=0)

    def number_pages(self, note: str) -> None:
        """Write `note` and "Trang 1/2" at the foot of every page; nothing follows this."""
        style = Style(8)
        for number, page in enumerate(self._pages, start=1):
            foot = self._paper.height - MARGIN - 1
            _place(page, Cell(note, style), _allowed(note), foot)
            text = f"Trang {number}/{len(self._pages)}"
            right = Cell(text, style, width=self._paper.inner, align="right")
            _place(page, right, text, foot)

    def pdf(self, title: str, made: datetime | None = None) -> bytes:
        """All pages as a PDF whose bytes depend on nothing but what was drawn and `made`."""
        stamp = time.struct_time(made.astimezone(UTC).timetuple()) if made else None
        stream = io.BytesIO()
        self._pages[0].save(
            stream,
            "PDF",
            save_all=True,
            append_images=self._pages[1:],
            resolution=float(DPI),
            title=title,
            producer="ScanStation",
            creationDate=stamp,
            modDate=stamp,
        )
        return stream.getvalue()


def _place(page: Image.Image, cell: Cell, line: str, baseline: float) -> None:
    share, anchor = {"left": (0.0, "ls"), "middle": (0.5, "ms"), "right": (1.0, "rs")}[cell.align]
    pen = ImageDraw.Draw(page)
    pen.fontmode = "1"  # no grey in a black and white page
    where = (_px(MARGIN + cell.left + share * cell.width), _px(baseline))
    pen.text(where, line, fill=0, font=_font(cell.style), anchor=anchor)


def _px(millimetres: float) -> int:
    return round(millimetres * DPI / 25.4)


def _allowed(text: str) -> str:
    if looks_official(text):
        raise errors.LooksOfficial(text=text)
    return text


def _lines(cell: Cell) -> Iterator[str]:
    """The cell's text in lines no wider than the cell; a word that is too long is split."""
    limit, font = _px(cell.width), _font(cell.style)
    line = ""
    for word in _allowed(cell.text).split():
        longer = f"{line} {word}" if line else word
        if font.getlength(longer) <= limit:
            line = longer
            continue
        if line:
            yield line
        *full, line = _split(word, font, limit)
        yield from full
    yield line


def _split(word: str, font: ImageFont.FreeTypeFont, limit: int) -> Sequence[str]:
    parts = [""]
    for letter in word:
        if parts[-1] and font.getlength(parts[-1] + letter) > limit:
            parts.append("")
        parts[-1] += letter
    return parts


@lru_cache(maxsize=16)
def _font(style: Style) -> ImageFont.FreeTypeFont:
    return find_font(style, _FOLDERS)


def find_font(style: Style, folders: Sequence[Path]) -> ImageFont.FreeTypeFont:
    """Liberation Serif, which has the widths of Times New Roman (NĐ 30/2020).

    Raises MissingPart when no folder has one with Vietnamese letters: version 1 lacks them.
    """
    for folder in folders:
        path = folder / f"LiberationSerif-{style.face}.ttf"
        if path.exists():
            size = style.points * DPI / 72
            font = ImageFont.truetype(path, size, layout_engine=ImageFont.Layout.BASIC)
            if bytes(font.getmask(_PROOF)) != bytes(font.getmask("\uffff")):
                return font
    raise errors.MissingPart(part="Liberation Serif 2", install="apt install fonts-liberation2")
