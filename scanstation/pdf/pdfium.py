"""Drawing pages and reading their text with PDFium; with owntext.py the importer of pypdfium2.

PDFium is not thread-safe, so a document is open in one thread at a time: keep it open briefly.
"""

from collections.abc import Generator, Iterator
from contextlib import contextmanager
from ctypes import c_float, c_void_p, cast
from pathlib import Path
from threading import RLock
from typing import TypeAlias

import msgspec
import numpy as np
import pypdfium2  # type: ignore[import-untyped]  # pypdfium2 ships no type information
from numpy.typing import NDArray
from PIL import Image
from pypdfium2 import raw

PdfiumError = pypdfium2.PdfiumError
Document: TypeAlias = pypdfium2.PdfDocument
Page: TypeAlias = pypdfium2.PdfPage
_lock = RLock()
_BATCH = 50
"""Pages until a document is opened anew: PDFium keeps every stream it has read."""
_INVISIBLE = 3
LINE_END_HYPHEN = 2
"""What PDFium turns a hyphen at a line's end into."""
_UNSEEN_NOTES = (raw.FPDF_ANNOT_LINK, raw.FPDF_ANNOT_POPUP)


class OnlyImage(msgspec.Struct, frozen=True, kw_only=True):
    """The one image that is all a page shows, and how it lies there."""

    image: pypdfium2.PdfImage
    """Valid while the page is open."""
    width: int
    """Pixels, as coded."""
    height: int
    bits: int
    """Per pixel."""
    jpeg: bool
    """The stream is a JPEG file as it stands."""
    left: float
    """Edges in units of the page, before the page's own rotation."""
    bottom: float
    right: float
    top: float
    sideways: bool
    """Its rows run up or down the page before the page's own rotation."""
    turn: int
    """Degrees the image is turned clockwise when shown: 0, 90, 180 or 270."""


@contextmanager
def opened(path: Path) -> Iterator[Document]:
    """A document, while no other thread has one; PdfiumError when it cannot be opened."""
    with _lock:
        document = pypdfium2.PdfDocument(path)
        try:
            document.init_forms()  # without them stamps and filled fields are not drawn
            yield document
        finally:
            document.close()


def each_page(path: Path, count: int) -> Generator[Page, None, None]:
    """Every page in order, each closed when the next is asked for; close the iterator yourself.

    PdfiumError when the document cannot be opened or has another number of pages than `count`.
    """
    for start in range(0, count, _BATCH):
        with opened(path) as document:
            if len(document) != count:
                raise PdfiumError(f"{len(document)} pages instead of {count}")
            for index in range(start, min(start + _BATCH, count)):
                page = document.get_page(index)
                try:
                    yield page
                finally:
                    page.close()


def title(path: Path) -> str:
    """The title in the info dictionary; PdfiumError when the file cannot be opened."""
    with opened(path) as document:
        return str(document.get_metadata_value("Title"))


def size(page: Page) -> tuple[float, float]:
    """Width and height as shown, in units of the page (points unless /UserUnit says more)."""
    width, height = page.get_size()
    return float(width), float(height)


def drawn(page: Page, scale: float) -> Image.Image:
    """The page as shown on white in RGB, `scale` pixels per unit."""
    return _owned(_rendered(page, scale))


def drawn_pixels(page: Page, scale: float) -> NDArray[np.uint8]:
    """As `drawn`, (height, width, 3)."""
    return np.array(_rendered(page, scale).to_numpy())


def _rendered(page: Page, scale: float) -> pypdfium2.PdfBitmap:
    # Sizes are single precision and rounded up: 595.2 pt at 300 dpi would come out 2481 wide.
    return page.render(scale=scale * (1 - 1e-6), rev_byteorder=True)


def _owned(bitmap: pypdfium2.PdfBitmap) -> Image.Image:
    """A copy of the picture, since PDFium's memory goes with the bitmap."""
    return Image.Image.copy(bitmap.to_pil())


def texts(page: Page) -> list[str]:
    """What each text operator of the page says, in the order PDFium reads them.

    By operator, because PDFium joins a word that ends a line in a hyphen to the next line's first.
    """
    text = page.get_textpage()
    try:
        said: dict[int, list[int]] = {}
        for place in range(text.count_chars()):
            if raw.FPDFText_IsGenerated(text, place) != 1:
                operator = cast(raw.FPDFText_GetTextObject(text, place), c_void_p).value or 0
                said.setdefault(operator, []).append(raw.FPDFText_GetUnicode(text, place))
    finally:
        text.close()
    return [_decoded(units) for units in said.values()]


def _decoded(units: list[int]) -> str:
    joined = "".join("-" if unit == LINE_END_HYPHEN else chr(unit) for unit in units)
    return joined.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")


def only_image(page: Page) -> OnlyImage | None:
    """The page's image when nothing else is visible; invisible text and links may lie on it."""
    things = list(page.get_objects(max_depth=1))
    images = [thing for thing in things if thing.type == raw.FPDF_PAGEOBJ_IMAGE]
    if len(images) != 1 or _notes_are_seen(page):
        return None
    image = images[0]
    angle = _angle(image)
    visible = any(not _is_invisible_text(thing) for thing in things if thing is not image)
    if visible or angle is None or _is_clipped(image):
        return None
    if raw.FPDFPageObj_HasTransparency(image):
        return None
    facts, (left, bottom, right, top) = image.get_metadata(), image.get_bounds()
    return OnlyImage(
        image=image,
        width=facts.width,
        height=facts.height,
        bits=facts.bits_per_pixel,
        jpeg=image.get_filters() == ["DCTDecode"],
        left=left,
        bottom=bottom,
        right=right,
        top=top,
        sideways=angle in (90, 270),
        turn=(page.get_rotation() - angle) % 360,
    )


def _is_invisible_text(thing: pypdfium2.PdfObject) -> bool:
    is_text = thing.type == raw.FPDF_PAGEOBJ_TEXT
    return bool(is_text and raw.FPDFTextObj_GetTextRenderMode(thing) == _INVISIBLE)


def _notes_are_seen(page: Page) -> bool:
    for place in range(raw.FPDFPage_GetAnnotCount(page)):
        note = raw.FPDFPage_GetAnnot(page, place)
        kind = raw.FPDFAnnot_GetSubtype(note)
        raw.FPDFPage_CloseAnnot(note)
        if kind not in _UNSEEN_NOTES:
            return True
    return False


def _is_clipped(image: pypdfium2.PdfImage) -> bool:
    """Whether a clipping path may hide part of it; a rectangle around all of it hides nothing."""
    clip = raw.FPDFPageObj_GetClipPath(image)
    left, bottom, right, top = image.get_bounds()
    slack = 0.01 * max(right - left, top - bottom)
    for path in range(raw.FPDFClipPath_CountPaths(clip)):
        points = _clip_points(clip, path)
        across, along = {x for x, _ in points}, {y for _, y in points}
        if len(across) != 2 or len(along) != 2:
            return True
        short = (min(across) - left, right - max(across), min(along) - bottom, top - max(along))
        if max(short) > slack:
            return True
    return False


def _clip_points(clip: object, path: int) -> list[tuple[float, float]]:
    """Corners of one clipping path to a hundredth of a unit; empty when it has none or curves."""
    points = []
    x, y = c_float(), c_float()
    for place in range(raw.FPDFClipPath_CountPathSegments(clip, path)):
        segment = raw.FPDFClipPath_GetPathSegment(clip, path, place)
        if raw.FPDFPathSegment_GetType(segment) == raw.FPDF_SEGMENT_BEZIERTO:
            return []
        raw.FPDFPathSegment_GetPoint(segment, x, y)
        points.append((round(x.value, 2), round(y.value, 2)))
    return points


def _angle(image: pypdfium2.PdfImage) -> int | None:
    """Anticlockwise degrees its matrix turns it; None for sheared, mirrored or odd ones."""
    a, b, c, d, _e, _f = image.get_matrix().get()
    slack = 0.001 * max(abs(a), abs(b), abs(c), abs(d))
    straight, quarter = max(abs(b), abs(c)) <= slack, max(abs(a), abs(d)) <= slack
    if a * d - b * c <= 0 or not (straight or quarter):
        return None
    if straight:
        return 0 if a > 0 else 180
    return 90 if b > 0 else 270


def stream_bytes(only: OnlyImage) -> bytes:
    """The image's stream as it lies in the file."""
    return bytes(only.image.get_data())


def pixels(only: OnlyImage) -> Image.Image:
    """The decoded image at its own resolution, not turned; PdfiumError when it is damaged."""
    return _owned(only.image.get_bitmap(render=False))
