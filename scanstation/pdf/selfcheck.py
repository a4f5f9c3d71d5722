"""Reads a finished PDF back with another engine than wrote it, before anybody gets to see it.

It compares with what was asked: pages, sizes, claim, the words and the look of every page. It
refuses the whole file for one wrong page, and changes nothing.
"""

import unicodedata
from collections import Counter
from collections.abc import Callable, Sequence
from contextlib import closing
from pathlib import Path
from typing import cast

import cv2
import numpy as np
from PIL import Image

from scanstation import errors
from scanstation.i18n import _
from scanstation.model.page import Box, PageText, WorkedPage
from scanstation.pdf import layered, light, likeness, metadata, pdfium, presence, read
from scanstation.pdf.light import Pixels
from scanstation.pdf.spelling import as_written

CLAIM = "PDF/A-2u"
_POINTS = 72.0
_SIZE_TOLERANCE = 0.1 / 25.4 * _POINTS
"""0.1 mm, in points."""
_NAMED_WORDS = 5
_ALIKE_DPI = layered.ALIKE_DPI
# On 22 layered pages, drawn and real, windows differ by 28 levels at most where a seal gone grey
# makes 70; structure is alike by at least 0.87 for pages with print, 0.77 for empty ones, and
# 0.73 for pictures of 4 mm and more, below which there is too little to compare.
_APART = 44.0
_PAGE_ALIKE = 0.65
_PICTURE_ALIKE = 0.50
_TELLING = 16
"""Pixels at _ALIKE_DPI a picture's sides must have."""
# A page kept whole is compared coarser: its coder cannot lose a single letter. On 24 such pages,
# drawn, real and made to be hard (noise, guilloche, grids, halftone), windows are off by 20 levels
# at most, their colour by 11, no ink is missing, and structure is alike by at least 0.67.
_WHOLE_DPI = 150.0
_WHOLE_LEAST = 4
"""Pixels of ink at _WHOLE_DPI, 0.12 mm², that may not be missing."""
_WHOLE_MOST = 20_000_000
"""Pixels up to which a page is drawn at its own resolution: only then it lies exactly alike."""
_WHOLE_ALIKE = 0.50
_FADED = 22.0


def check(
    draft: Path, pages: Sequence[WorkedPage], title: str, progress: Callable[[int], None]
) -> None:
    """Raise SelfCheckFailed with the first thing in `draft` that is not what was asked.

    `progress` gets the number of each page found right.
    """
    try:
        _check_document(draft, len(pages), title)
        with closing(pdfium.each_page(draft, len(pages))) as shown:
            for number, (one, asked) in enumerate(zip(shown, pages, strict=True), start=1):
                _check_page(draft, one, asked, number)
                progress(number)
    except (errors.InputError, pdfium.PdfiumError) as fault:
        raise _failed(draft, _("it cannot be read back ({fault})").format(fault=fault)) from fault


def _check_document(draft: Path, pages: int, title: str) -> None:
    found = read.inspect(draft)
    if found.pages != pages:
        raise _failed(
            draft, _("{found} pages instead of {asked}").format(found=found.pages, asked=pages)
        )
    if found.claim != CLAIM:
        raise _failed(
            draft,
            _("it claims «{found}» instead of {asked}").format(found=found.claim, asked=CLAIM),
        )
    titles = {found.title, pdfium.title(draft)}
    if other := titles - {metadata.sayable(title)}:
        said = _("its title is «{found}» instead of «{asked}»")
        raise _failed(draft, said.format(found=min(other), asked=title))


def _check_page(draft: Path, shown: pdfium.Page, asked: WorkedPage, number: int) -> None:
    for wrong in (_wrong_size, _wrong_words, _wrong_ink):
        if problem := wrong(shown, asked):
            where = _("page {number}: {problem}").format(number=number, problem=problem)
            raise _failed(draft, where)


def _wrong_size(shown: pdfium.Page, asked: WorkedPage) -> str:
    scale = _POINTS / asked.dpi
    width, height = pdfium.size(shown)
    wrong = max(abs(width - asked.width * scale), abs(height - asked.height * scale))
    if wrong <= _SIZE_TOLERANCE:
        return ""
    return _("the size is {width:.1f} x {height:.1f} mm, not true to scale").format(
        width=width / _POINTS * 25.4, height=height / _POINTS * 25.4
    )


def _wrong_words(shown: pdfium.Page, asked: WorkedPage) -> str:
    wanted, found = words_of(asked.text), _words(" ".join(pdfium.texts(shown)))
    lost, foreign = wanted - found, found - wanted
    if lost:
        return _("words are missing: {words}").format(words=_some(lost))
    if foreign:
        return _("words nobody asked for: {words}").format(words=_some(foreign))
    return ""


def words_of(text: PageText) -> Counter[str]:
    """The words a page was asked to carry, as `_words` would find them."""
    return _words(" ".join(as_written(word.text) for line in text.lines for word in line.words))


def _words(text: str) -> Counter[str]:
    """A bag of words, blind to what PDFium does on its own: it unfolds ligatures such as ﬁ, and
    makes a soft hyphen at a line's end a hyphen."""
    return Counter(unicodedata.normalize("NFKC", text).replace("\u00ad", "-").split())


def _some(words: Counter[str]) -> str:
    named = ", ".join(f"«{word}»" for word in list(words)[:_NAMED_WORDS])
    return f"{named} (+{len(words) - _NAMED_WORDS})" if len(words) > _NAMED_WORDS else named


def _wrong_ink(shown: pdfium.Page, asked: WorkedPage) -> str:
    """All its ink is there, none is foreign, pictures look alike."""
    captured = _pixels(asked.clean)
    if asked.paper is None:
        return _wrong_whole(shown, asked, captured)
    picture = _drawn(shown, asked)
    if places := presence.differences(captured, picture, asked.dpi):
        return _other_ink(places, asked.dpi)
    one, other = (_coarse(each, asked.dpi) for each in (captured, picture))
    return _unlike_part(one, other, asked)


def _wrong_whole(shown: pdfium.Page, asked: WorkedPage, captured: Pixels) -> str:
    """For a page kept whole: the same at reading size, at a cost that its size cannot raise."""
    area = asked.width * asked.height
    scale = min(1.0, _WHOLE_DPI / asked.dpi, (_WHOLE_MOST / area) ** 0.5)
    dpi = asked.dpi * scale
    if area <= _WHOLE_MOST:
        drawn = _drawn(shown, asked)
    else:
        drawn = pdfium.drawn_pixels(shown, dpi / _POINTS)
    captured, picture = (_at(each, asked, scale) for each in (captured, drawn))
    if places := presence.differences(captured, picture, dpi, _WHOLE_LEAST):
        return _other_ink(places, dpi)
    one, other = (_coarse(each, dpi) for each in (captured, picture))
    if likeness.faded(one, other) > _FADED:
        return _("its colours are not those of the page that was scanned")
    if likeness.apart(one, other) > _APART or likeness.similarity(one, other) < _WHOLE_ALIKE:
        return _("the image is not the page that was scanned")
    return ""


def _at(page: Pixels, asked: WorkedPage, scale: float) -> Pixels:
    """The page at a scale of the scan, to the pixel."""
    size = (max(1, round(asked.width * scale)), max(1, round(asked.height * scale)))
    return cast(Pixels, cv2.resize(page, size, interpolation=cv2.INTER_AREA))


def _coarse(page: Pixels, dpi: float) -> Pixels:
    times = dpi / _ALIKE_DPI
    if times >= 1 and times == int(times):
        return presence.folded(page, int(times))
    return light.reduced(page, dpi, _ALIKE_DPI)


def _other_ink(places: Sequence[Box], dpi: float) -> str:
    return _("the ink is not the page's in {count} places, such as {place}").format(
        count=len(places), place=_place(places[0], dpi)
    )


def _unlike_part(captured: Pixels, picture: Pixels, asked: WorkedPage) -> str:
    """The page or the first picture on it that is coded worse than coding explains."""
    if (
        likeness.similarity(captured, picture) < _PAGE_ALIKE
        or likeness.apart(captured, picture) > _APART
    ):
        return _("the image is not the page that was scanned")
    scale = captured.shape[1] / asked.width
    for layer in asked.layers:
        one, other = (_cut(layer.box, scale, whole) for whole in (captured, picture))
        telling = not layer.mask and min(one.shape[:2]) >= _TELLING
        if telling and likeness.similarity(one, other) < _PICTURE_ALIKE:
            return _("the picture at {place} is not what was scanned").format(
                place=_place(layer.box, asked.dpi)
            )
    return ""


def _drawn(shown: pdfium.Page, asked: WorkedPage) -> Pixels:
    """The page drawn at the scan's resolution, exactly as large as the scan."""
    drawn = pdfium.drawn_pixels(shown, asked.dpi / _POINTS)
    missing = (asked.height - drawn.shape[0], asked.width - drawn.shape[1])
    if max(missing) > 0:  # as where it is cut: nothing is there
        edges = ((0, max(0, missing[0])), (0, max(0, missing[1])), (0, 0))
        drawn = np.pad(drawn, edges)
    return drawn[: asked.height, : asked.width]


def _pixels(clean: Path) -> Pixels:
    with Image.open(clean) as image:
        return np.asarray(image.convert("RGB"))


def _cut(box: Box, scale: float, page: Pixels) -> Pixels:
    left, top = round(box.x * scale), round(box.y * scale)
    right, bottom = round((box.x + box.width) * scale), round((box.y + box.height) * scale)
    return page[top:bottom, left:right]


def _place(box: Box, dpi: float) -> str:
    left, top = (round(side / dpi * 25.4) for side in (box.x, box.y))
    return _("{left} mm from the left, {top} mm from the top").format(left=left, top=top)


def _failed(draft: Path, problem: str) -> errors.SelfCheckFailed:
    return errors.SelfCheckFailed(file=draft.name, problem=problem)
