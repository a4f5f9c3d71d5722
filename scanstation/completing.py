"""The quick reading completed: lines the engine passed over, figures it was unsure of.

Both are read by themselves in one more run, and only where a page has any. A row that still reads
badly is taken for handwriting, a seal or a pattern and left out: nothing is invented. What the
engine was sure of is never touched.
"""

from collections.abc import Sequence
from pathlib import Path

import msgspec

from scanstation import errors
from scanstation.imaging import overlooked, reading_input, ruling
from scanstation.imaging.load import Pixels
from scanstation.imaging.reading_input import Cut, ReadingInput
from scanstation.model.page import Box, PageText, Word
from scanstation.ocr import figures, found
from scanstation.ocr.tesseract import Tesseract

_SCALES = (1.0, 0.75, 0.5)
"""At which figures are read again; each is wrong on some that the others read."""
_ROW_SCALE = 0.75
_ROOM = 0.3
"""Share of its height left around what is cut."""
_MOST_ROWS = 80
"""Of a page; a pattern that looks like print must not take minutes."""


def completed(prepared: ReadingInput, text: PageText, folder: Path, engine: Tesseract) -> PageText:
    """The text of a page (boxes on it) with what else is printed there; it may be empty.

    `folder` takes passing images. A second run that takes too long leaves the text as it was.
    """
    seen = [prepared.on_input(word.box) for word in found.believed(text)]
    rows = overlooked.rows(prepared.pixels, prepared.dpi, seen)[:_MOST_ROWS]
    unsure = figures.unsure(text)
    if not rows and not unsure:
        return text
    pixels = ruling.without_tables(prepared.pixels, prepared.dpi)
    cuts = [_cut(pixels, row.box, _ROW_SCALE) for row in rows]
    for word in unsure:
        cuts += [_cut(pixels, prepared.on_input(word.box), scale) for scale in _SCALES]
    try:
        read = _read(prepared, cuts, folder, engine)
    except errors.ReadingTimeout:
        return text
    found_rows, again, each = read[: len(rows)], read[len(rows) :], len(_SCALES)
    decisions = {
        word: figures.decided(word, again[number * each : (number + 1) * each])
        for number, word in enumerate(unsure)
    }
    return found.with_rows(figures.with_decided(text, decisions), found_rows)


def _read(
    prepared: ReadingInput, cuts: Sequence[Cut], folder: Path, engine: Tesseract
) -> list[tuple[Word, ...]]:
    """The words of each cut, on the page."""
    images = [folder / f"cut-{number}.pgm" for number in range(len(cuts))]
    for image, one in zip(images, cuts, strict=True):
        reading_input.write(one.pixels, image)
    read = engine.read_lines(images, prepared.dpi * _ROW_SCALE)
    return [
        tuple(_moved(word, prepared.on_page(one.on_input(word.box))) for word in words)
        for one, words in zip(cuts, read, strict=True)
    ]


def _cut(pixels: Pixels, box: Box, scale: float) -> Cut:
    return reading_input.cut(pixels, box, int(box.height * _ROOM) + 1, scale)


def _moved(word: Word, box: Box) -> Word:
    return msgspec.structs.replace(word, box=box)
