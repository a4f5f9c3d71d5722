"""What a worked page gives away beside its text: stamps, fields, findings, its fingerprint.

Joins imaging, ocr and extract for one page, with a second look at few small places: framed stamps
in the head, and the place of a signer's name that was not read. It changes neither the text layer
nor the image, and nothing it proposes counts before a clerk has confirmed it.
"""

import tempfile
from collections.abc import Sequence
from datetime import date, datetime
from pathlib import Path

import msgspec

from scanstation import errors
from scanstation.extract import propose
from scanstation.extract.propose import StampText
from scanstation.imaging import fingerprint, part, stamps
from scanstation.imaging.load import Picture
from scanstation.imaging.stamps import Stamp
from scanstation.model.box import Box
from scanstation.model.clock import VIETNAM
from scanstation.model.page import PageOrder, PageText, TextLine, Word, WorkedPage
from scanstation.model.profile import Reading
from scanstation.ocr.tesseract import Tesseract

_STAMP_DPI = 300.0
_ONE_LINE, _ONE_BLOCK = 7, 6
_NAMES_DPI = 300.0
"""At 200 dpi a name under a seal is read less often than enlarged to 300."""


def added(page: WorkedPage, clean: Picture, order: PageOrder) -> WorkedPage:
    """The page with fields, fingerprint and what they tell; errors as for reading, no timeout."""
    page = msgspec.structs.replace(page, fingerprint=fingerprint.fingerprint(clean))
    engine = Tesseract(limit_s=order.reading_limit_s)
    if order.reading == Reading.NONE or not page.fingerprint:
        return propose.propose(page, (), _today())
    with tempfile.TemporaryDirectory(dir=order.folder, prefix="reading-") as folder:
        image = Path(folder) / "part.pgm"
        try:
            page = propose.propose(page, _stamp_texts(engine, clean, image), _today())
            place = propose.unread_name(page)
            if place is not None:
                page = propose.with_signer(page, _read_again(engine, clean, place, image))
        except errors.ReadingTimeout:
            return page
    return page


def _today() -> date:
    return datetime.now(VIETNAM).date()


def _stamp_texts(engine: Tesseract, clean: Picture, image: Path) -> tuple[StampText, ...]:
    return tuple(
        said for stamp in stamps.stamps(clean) if (said := _stamp_text(engine, stamp, image))
    )


def _stamp_text(engine: Tesseract, stamp: Stamp, image: Path) -> StampText | None:
    part.write_pgm(stamp.pixels, image)
    words = _words(engine.read(image, _STAMP_DPI, _ONE_LINE))
    if not words:
        return None
    sure = max(0.0, min(word.confidence for word in words))
    return StampText(" ".join(word.text for word in words), stamp.box, sure)


def _read_again(engine: Tesseract, clean: Picture, place: Box, image: Path) -> PageText:
    """The words of a part of the page with all its ink, at their places on the page."""
    pixels, zoom = part.enlarged(clean, place, _NAMES_DPI)
    part.write_pgm(pixels, image)
    text = engine.read(image, clean.dpi * zoom, _ONE_BLOCK)
    lines = (tuple(_placed(word, place, zoom) for word in line.words) for line in text.lines)
    return PageText(lines=tuple(TextLine(line) for line in lines), engine=text.engine)


def _placed(word: Word, place: Box, zoom: float) -> Word:
    box = word.box
    x, y = place.x + round(box.x / zoom), place.y + round(box.y / zoom)
    return Word(
        word.text, Box(x, y, round(box.width / zoom), round(box.height / zoom)), word.confidence
    )


def _words(text: PageText) -> Sequence[Word]:
    return [word for line in text.lines for word in line.words]
