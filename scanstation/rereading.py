"""The thorough reading: a page read before is read again in other ways, and the readings vote.

Second the whole page with another model, then the lines in doubt at another scale. On nine real
pages (3,280 words) no single reading missed less than 110, while one that knew which of three is
right would miss 44. A reading that cannot be had is left out.
"""

import tempfile
from collections.abc import Callable, Sequence
from pathlib import Path

from scanstation import errors
from scanstation.imaging import load, reading_input, skew
from scanstation.imaging.load import Picture
from scanstation.imaging.reading_input import Cut, ReadingInput
from scanstation.model.page import Box, PageText, TextLine, Word
from scanstation.ocr import vote
from scanstation.ocr.tesseract import Tesseract, script_model

FOLDER = "reading-"
"""How the names of passing folders begin."""
_LEAST = 60.0
"""Confidence below which a line is read again although both readings agree."""
_LINE_SCALE = 0.5
"""Lines of the nine pages read again at 0.4, 0.5, 0.6, 0.75 and full scale: 83, 82, 94, 89, 91."""
_ROOM = 0.3
"""Share of a line's height left around it; 0.2 and 0.45 lost 5 and 17 words more."""
_PLAIN_SCALE = 0.75
"""Of the whole page for the same model, where the other one is not installed."""


def reread(clean: Path, dpi: float, first: PageText, folder: Path, limit_s: float) -> PageText:
    """The text of a clean page, better read; `first` again when the engine takes over `limit_s`.

    Its engine says which models were used; doubtful words say so. Errors as for `load`.
    """
    prepared = _prepared(load.load(clean, dpi).picture)
    load.give_back()
    with tempfile.TemporaryDirectory(dir=folder, prefix=FOLDER) as place:
        try:
            return _voted(prepared, first, Path(place), limit_s)
        except errors.ReadingTimeout:
            return first


def _prepared(clean: Picture) -> ReadingInput:
    measured = skew.measure(clean)
    return reading_input.prepare(clean, measured if measured.is_sure else None)


def _voted(prepared: ReadingInput, first: PageText, place: Path, limit_s: float) -> PageText:
    model = script_model()
    second = _whole(prepared, place, Tesseract(language=model or "vie", limit_s=limit_s))
    lines = [first.lines[number] for number in vote.doubtful_lines(first, second, _LEAST)]
    third = _lines(prepared, lines, place, Tesseract(limit_s=limit_s))
    engine = first.engine.removesuffix(" quick") + (f"+{model} thorough" if model else " thorough")
    return vote.merged((first, second, third), engine)


def _whole(prepared: ReadingInput, place: Path, engine: Tesseract) -> PageText:
    """The page by `engine`; the same model as before sees it at another scale."""
    scale = _PLAIN_SCALE if engine.language == "vie" else 1.0
    page = Cut(prepared.pixels, 0, 0, 1.0)
    if scale != 1.0:
        height, width = prepared.pixels.shape
        page = reading_input.cut(prepared.pixels, Box(0, 0, width, height), 0, scale)
    image = place / "page.pgm"
    reading_input.write(page.pixels, image)
    text = engine.read(image, prepared.dpi * scale)
    image.unlink()
    return placed(text, lambda box: prepared.on_page(page.on_input(box)))


def _lines(
    prepared: ReadingInput, lines: Sequence[TextLine], place: Path, engine: Tesseract
) -> PageText:
    """Single lines, each by itself and at another scale."""
    cuts = [_cut(prepared, line) for line in lines]
    images = [place / f"{number}.pgm" for number in range(len(cuts))]
    for image, one in zip(images, cuts, strict=True):
        reading_input.write(one.pixels, image)
    found = engine.read_lines(images, prepared.dpi * _LINE_SCALE)
    rows = zip(cuts, found, strict=True)
    return PageText(lines=tuple(TextLine(_on_page(prepared, *row)) for row in rows), engine="")


def _cut(prepared: ReadingInput, line: TextLine) -> Cut:
    boxes = [prepared.on_input(word.box) for word in line.words]
    left, top = min(box.x for box in boxes), min(box.y for box in boxes)
    right = max(box.x + box.width for box in boxes)
    bottom = max(box.y + box.height for box in boxes)
    heights = sorted(box.height for box in boxes)
    margin = int(heights[len(heights) // 2] * _ROOM) + 1
    around = Box(left, top, right - left, bottom - top)
    return reading_input.cut(prepared.pixels, around, margin, _LINE_SCALE)


def _on_page(prepared: ReadingInput, one: Cut, words: Sequence[Word]) -> tuple[Word, ...]:
    return tuple(word.at(prepared.on_page(one.on_input(word.box))) for word in words)


def placed(text: PageText, place: Callable[[Box], Box]) -> PageText:
    """The same words at other places."""
    moved = (tuple(word.at(place(word.box)) for word in line.words) for line in text.lines)
    return PageText(lines=tuple(TextLine(words) for words in moved), engine=text.engine)
