"""The quick reading completed: lines the engine passed over, figures it was unsure of.

Both are read by themselves in one more run, and only where a page has any. A row that still reads
badly is taken for handwriting, a seal or a pattern and left out: nothing is invented. What the
engine was sure of is never touched.
"""

import re
from collections.abc import Sequence
from pathlib import Path

from scanstation import errors
from scanstation.imaging import overlooked, reading_input, ruling
from scanstation.imaging.reading_input import Cut, ReadingInput
from scanstation.model.page import Box, PageText, Word
from scanstation.ocr import figures, found
from scanstation.ocr.tesseract import Tesseract

_WAYS = ((1.0, True), (0.5, True))
"""How figures are read again: the scale, and whether beside a word of their line. Among figures
alone the engine cannot tell their size: `123` became `1022)`."""
_ROW_SCALE = 0.75
_SURE = 90.0
_COMPANY = re.compile(r"^[^\W\d_]*[a-zà-ỹ]{2}[^\W\d_]*$")
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
    cuts = [reading_input.alone(pixels, row.box, _ROW_SCALE) for row in rows]
    for word in unsure:
        box, beside = prepared.on_input(word.box), _company(prepared, word, text)
        cuts += [
            reading_input.alone(pixels, box, scale, beside if wanted else None)
            for scale, wanted in _WAYS
        ]
    try:
        read = _read(prepared, cuts, folder, engine)
    except errors.ReadingTimeout:
        return text
    each = len(_WAYS)
    again = [read[place : place + each] for place in range(len(rows), len(read), each)]
    decisions = {
        word: figures.decided(word, [_within(word.box, words) for words in found_again])
        for word, found_again in zip(unsure, again, strict=True)
    }
    return found.with_rows(figures.with_decided(text, decisions), read[: len(rows)])


def _company(prepared: ReadingInput, word: Word, text: PageText) -> Box | None:
    """The nearest word of the same line that was surely read and has small letters."""
    line = next(line.words for line in text.lines if word in line.words)
    sure = [one for one in line if one.confidence >= _SURE and _COMPANY.search(one.text)]
    if not sure:
        return None
    return prepared.on_input(min(sure, key=lambda one: abs(one.box.x - word.box.x)).box)


def _within(box: Box, words: Sequence[Word]) -> list[Word]:
    """The words whose middle lies across the box."""
    return [one for one in words if box.x <= one.box.x + one.box.width / 2 <= box.x + box.width]


def _read(
    prepared: ReadingInput, cuts: Sequence[Cut], folder: Path, engine: Tesseract
) -> list[tuple[Word, ...]]:
    """The words of each cut, on the page."""
    images = [folder / f"cut-{number}.pgm" for number in range(len(cuts))]
    for image, one in zip(images, cuts, strict=True):
        reading_input.write(one.pixels, image)
    read = engine.read_lines(images, prepared.dpi * _ROW_SCALE)
    return [
        tuple(word.at(prepared.on_page(one.on_input(word.box))) for word in words)
        for one, words in zip(cuts, read, strict=True)
    ]
