"""Reads a finished PDF back with another engine than wrote it, before anybody gets to see it.

It compares with what was asked: pages, sizes, claim, the words and the look of every page. It
refuses the whole file for one wrong page, and changes nothing.
"""

import unicodedata
from collections import Counter
from collections.abc import Callable, Sequence
from contextlib import closing
from pathlib import Path

from PIL import Image

from scanstation import errors
from scanstation.i18n import _
from scanstation.model.page import PageText, WorkedPage
from scanstation.pdf import likeness, pdfium, read
from scanstation.pdf.text import as_written

CLAIM = "PDF/A-2u"
_POINTS = 72.0
_SIZE_TOLERANCE = 0.1 / 25.4 * _POINTS
"""0.1 mm, in points."""
_NAMED_WORDS = 5


def check(draft: Path, pages: Sequence[WorkedPage], progress: Callable[[int], None]) -> None:
    """Raise SelfCheckFailed with the first thing in `draft` that is not what was asked.

    `progress` gets the number of each page found right.
    """
    try:
        _check_document(draft, len(pages))
        with closing(pdfium.each_page(draft, len(pages))) as shown:
            for number, (one, asked) in enumerate(zip(shown, pages, strict=True), start=1):
                _check_page(draft, one, asked, number)
                progress(number)
    except (errors.InputError, pdfium.PdfiumError) as fault:
        raise _failed(draft, _("it cannot be read back ({fault})").format(fault=fault)) from fault


def _check_document(draft: Path, pages: int) -> None:
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


def _check_page(draft: Path, shown: pdfium.Page, asked: WorkedPage, number: int) -> None:
    for wrong in (_wrong_size, _wrong_words, _wrong_look):
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


def _wrong_look(shown: pdfium.Page, asked: WorkedPage) -> str:
    width, _height = pdfium.size(shown)
    picture = pdfium.drawn(shown, likeness.DRAWN_WIDTH / width)
    with Image.open(asked.thumbnail) as thumbnail:
        difference = likeness.unlikeness(picture, thumbnail)
    if difference <= likeness.LIMIT:
        return ""
    return _("the image is not the page that was scanned (difference {difference:.0f})").format(
        difference=difference
    )


def _failed(draft: Path, problem: str) -> errors.SelfCheckFailed:
    return errors.SelfCheckFailed(file=draft.name, problem=problem)
