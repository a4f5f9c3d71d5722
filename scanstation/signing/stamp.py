"""The visible stamp of the digitising officer: name and time, top left of page 1.

TT 01/2023/TT-VPCP Đ8(1) says what it shows, NĐ 30/2020 Phụ lục I how: Times upright, size 10,
black, ISO 8601 in Vietnam's zone, no image. It refuses nothing for length: a long name is set
smaller or on more lines. Plain text in DeviceGray, so nothing here can break PDF/A.
"""

import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import combinations, pairwise

from pyhanko.pdf_utils.content import ResourceType
from pyhanko.pdf_utils.generic import pdf_name
from pyhanko.pdf_utils.layout import BoxConstraints
from pyhanko.pdf_utils.writer import BasePdfFileWriter
from pyhanko.stamp import BaseStamp, BaseStampStyle

from scanstation.model.clock import iso_vietnam
from scanstation.signing.embed import embed
from scanstation.signing.font import StampFont, font_for

SIZE = 10.0  # points, NĐ 30/2020
LEADING = 1.15  # em; the tallest letter (Ễ, 0.91) clears the deepest above it (g, 0.22)
RISE, DROP = 0.91, 0.22  # em above and below the baseline that any Vietnamese letter reaches
MARGIN = 2.0  # points inside the box
ENOUGH = 7.5  # points; a name that fits on one line at this size is not broken


@dataclass(frozen=True)
class Setting:
    """Lines of text and the size, in points, at which they fit."""

    lines: tuple[str, ...]
    size: float


def arrange(name: str, time: str, width: float, height: float, font: StampFont) -> Setting:
    """The largest setting of name and time, at most SIZE, that fits a box given in points."""
    settings = [
        Setting((*lines, time), _size_that_fits((*lines, time), width, height, font))
        for lines in _broken(name.split(), font)
    ]
    unbroken = settings[0]
    return unbroken if unbroken.size >= ENOUGH else max(settings, key=lambda each: each.size)


def _size_that_fits(lines: Sequence[str], width: float, height: float, font: StampFont) -> float:
    widest = max(font.measure(line) for line in lines)
    return min(SIZE, (width - 2 * MARGIN) / widest, (height - 2 * MARGIN) / _tall(len(lines)))


def _broken(words: list[str], font: StampFont) -> Iterator[tuple[str, ...]]:
    """The name on one line, then on two and three, each broken where the lines are most even."""
    for cuts in range(min(3, max(1, len(words)))):
        ways = (
            tuple(" ".join(words[a:b]) for a, b in pairwise((0, *places, len(words))))
            for places in combinations(range(1, len(words)), cuts)
        )
        yield min(ways, key=lambda lines: max(font.measure(line) for line in lines))


@dataclass(frozen=True, kw_only=True)
class OfficerStamp(BaseStampStyle):
    """What pyHanko asks for the appearance of a signature field."""

    officer: str
    instant: datetime

    def create_stamp(
        self,
        writer: BasePdfFileWriter,
        box: BoxConstraints,
        text_params: dict[str, object],  # noqa: ARG002  # pyHanko's templates; ours has none
    ) -> "OfficerAppearance":
        return OfficerAppearance(writer, box, self)


class OfficerAppearance(BaseStamp):
    """The form XObject of one stamp."""

    def __init__(self, writer: BasePdfFileWriter, box: BoxConstraints, style: OfficerStamp) -> None:
        super().__init__(writer, style, box)
        name = unicodedata.normalize("NFC", " ".join(style.officer.split()))
        time = iso_vietnam(style.instant)
        self._font = font_for(name + time)
        self._setting = arrange(name, time, float(box.width), float(box.height), self._font)
        self.set_resource(ResourceType.FONT, pdf_name("/F"), embed(writer, self._font))

    def render(self) -> bytes:
        size, lines = self._setting.size, self._setting.lines
        first = float(self.box.height) / 2 + size * (_tall(len(lines)) / 2 - RISE)
        shown = b" T* ".join(b"%s Tj" % self._font.codes(line) for line in lines)
        place = b"%.3f %.3f Td" % (MARGIN, first)
        return b"q BT 0 g /F %.3f Tf %.3f TL %s %s ET Q" % (size, size * LEADING, place, shown)


def _tall(lines: int) -> float:
    return RISE + LEADING * (lines - 1) + DROP  # ems
