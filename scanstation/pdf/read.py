"""Looks into PDFs made elsewhere; the only opener of files whose maker is not trusted.

It never changes a file and never takes a file's word for its size: pages, boxes and pixels are
limited first. Whatever damage makes the libraries say becomes the clerk's error. A crash or a
bomb inside them is confined.py's matter.
"""

import zlib
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from pathlib import Path

import pikepdf
from pikepdf import Dictionary, Name, Object, Pdf
from PIL import Image

from scanstation import errors
from scanstation.i18n import _, shown
from scanstation.model.page import PageFile, PageText, Taken
from scanstation.pdf import ForeignPdf, owntext, pdfium
from scanstation.pdf.claim import claim_in, title_in
from scanstation.pdf.takeout import RENDER_DPI, take_out

MAX_PAGES = 2000
MAX_PIXELS = 200_000_000
MAX_PACKET = 1 << 20
THUMBNAIL = (320, 640)
"""Most pixels across and down."""
_POINTS = 72.0
_HEADER_WITHIN = 1024
_DEEPEST_FIELD = 32
# What pikepdf, qpdf, PDFium and Pillow raise on damaged files; malformed values surface as the
# plain Python errors of whoever used them.
_DAMAGE = (
    pikepdf.PdfError,
    pikepdf.DataDecodingError,
    pdfium.PdfiumError,
    RuntimeError,
    ArithmeticError,
    AttributeError,
    LookupError,
    TypeError,
    ValueError,
    OSError,
    zlib.error,
)


def inspect(path: Path) -> ForeignPdf:
    """What the PDF is; errors.UnreadableInput, LockedInput or OversizedInput."""
    with _opened(path) as pdf:
        packet = _packet(pdf)
        return ForeignPdf(
            pages=len(pdf.pages),
            signatures=_signatures(pdf),
            claim=claim_in(packet),
            title=title_in(packet),
        )


def pages(path: Path, scratch: Path) -> Sequence[PageFile]:
    """Every page as an image file in `scratch`: taken out as it is, else drawn at 300 dpi.

    Same errors as `inspect`. A file that had to be repaired while reading says so in the
    `warnings` of its pages.
    """
    with _opened(path) as pdf:
        units = [float(page.obj.get("/UserUnit", 1)) for page in pdf.pages]
        name, warnings = shown(path.name), _warnings(pdf)
        with closing(pdfium.each_page(path, len(units))) as drawn:
            return [
                take_out(
                    page,
                    number,
                    unit,
                    scratch,
                    source=name,
                    taken=_taken(path, number, page),
                    warnings=warnings,
                )
                for number, (page, unit) in enumerate(zip(drawn, units, strict=True), start=1)
            ]


def thumbnail(path: Path, target: Path) -> tuple[int, int]:
    """Page 1 as a small JPEG in `target`; its size in pixels. Same errors as `inspect`."""
    with _opened(path) as pdf, closing(pdfium.each_page(path, len(pdf.pages))) as drawn:
        page = next(drawn)
        scale = min(most / side for most, side in zip(THUMBNAIL, pdfium.size(page), strict=True))
        image = pdfium.drawn(page, scale)
        image.save(target, "JPEG", quality=80)
        return image.size


def _taken(path: Path, number: int, page: pdfium.Page) -> Taken | None:
    visible = owntext.kind(page)
    return None if visible is None else Taken(pdf=path, page=number, visible=visible)


def own_text(path: Path, number: int, size: tuple[int, int]) -> PageText:
    """The text of page `number`, from 1, in pixels of its picture; errors as `inspect`."""
    with _opened(path) as pdf:
        if not 1 <= number <= len(pdf.pages):
            raise errors.UnreadableInput(file=path.name, problem=_("it has no such page"))
    with _speaking_to_the_clerk(path), pdfium.opened(path) as document:
        page = document.get_page(number - 1)
        try:
            return owntext.own_text(page, *size)
        finally:
            page.close()


@contextmanager
def _opened(path: Path) -> Iterator[Pdf]:
    """The file within limits; whatever goes wrong until it is closed becomes an InputError."""
    with _speaking_to_the_clerk(path):
        _refuse_what_is_no_pdf(path)
        with pikepdf.open(path, access_mode=pikepdf.AccessMode.stream) as pdf:
            if pdf.is_encrypted:
                raise errors.LockedInput(file=path.name)
            _refuse_oversize(pdf, path)
            _refuse_what_shows_no_paper(pdf, path)
            yield pdf


@contextmanager
def _speaking_to_the_clerk(path: Path) -> Iterator[None]:
    """Whatever the libraries say of a bad file becomes an InputError."""
    try:
        yield
    except pikepdf.PasswordError as fault:
        raise errors.LockedInput(file=path.name) from fault
    except (MemoryError, RecursionError, Image.DecompressionBombError) as fault:
        raise errors.OversizedInput(
            file=path.name, found=_("more than fits in memory"), limit=_pixels(MAX_PIXELS)
        ) from fault
    except _DAMAGE as fault:
        raise errors.UnreadableInput(file=path.name, problem=_one_line(fault, path)) from fault


def _refuse_what_is_no_pdf(path: Path) -> None:
    with path.open("rb") as stream:
        start = stream.read(_HEADER_WITHIN)
    if not start:
        raise errors.UnreadableInput(file=path.name, problem=_("the file is empty"))
    if b"%PDF-" not in start:
        raise errors.UnreadableInput(file=path.name, problem=_("it is not a PDF"))


def _one_line(fault: BaseException, path: Path) -> str:
    said = " ".join(str(fault).split()).removeprefix(f"{path}: ")
    return said[:200] or type(fault).__name__


def _refuse_oversize(pdf: Pdf, path: Path) -> None:
    claimed = pdf.Root.Pages.get("/Count", 0)
    count = max(int(claimed), 0)
    if count <= MAX_PAGES:  # else do not even walk the tree
        count = len(pdf.pages)
    if count > MAX_PAGES:
        raise errors.OversizedInput(
            file=path.name,
            found=_("{count} pages").format(count=count),
            limit=_("{count} pages").format(count=MAX_PAGES),
        )
    if count == 0:
        raise errors.UnreadableInput(file=path.name, problem=_("it has no pages"))
    largest = max(max(_drawn_pixels(page), _image_pixels(page)) for page in pdf.pages)
    if largest > MAX_PIXELS:
        raise errors.OversizedInput(
            file=path.name, found=_pixels(largest), limit=_pixels(MAX_PIXELS)
        )


def _refuse_what_shows_no_paper(pdf: Pdf, path: Path) -> None:
    """Files whose pages are a cover or a "please wait", unless signed: those stay as they are."""
    form = pdf.Root.get("/AcroForm", Dictionary())
    problem = ""
    if "/Collection" in pdf.Root:
        problem = _("it is a portfolio, whose papers are files inside it: take those out first")
    elif "/XFA" in form and bool(pdf.Root.get("/NeedsRendering", False)):
        problem = _("it is a form only Adobe Reader shows: print it there into a new PDF")
    if problem and not _signatures(pdf):
        raise errors.UnreadableInput(file=path.name, problem=problem)


def _pixels(count: float) -> str:
    return _("{megapixels:.0f} megapixels on one page").format(megapixels=count / 1e6)


def _drawn_pixels(page: pikepdf.Page) -> float:
    """Pixels of what is shown: the crop box as far as it lies on the page, else the page."""
    whole, crop = _edges(page.mediabox), _edges(page.cropbox)
    width, height = (
        min(whole[end], crop[end]) - max(whole[start], crop[start])
        for start, end in ((0, 2), (1, 3))
    )
    if min(width, height) <= 0:
        width, height = whole[2] - whole[0], whole[3] - whole[1]
    scale = float(page.obj.get("/UserUnit", 1)) * RENDER_DPI / _POINTS
    return width * height * scale**2


def _edges(box: Object) -> tuple[float, float, float, float]:
    """Left, bottom, right, top; a box may name any two opposite corners."""
    one, two, three, four = (float(edge) for edge in box.as_list())
    return min(one, three), min(two, four), max(one, three), max(two, four)


def _image_pixels(page: pikepdf.Page) -> float:
    """Pixels of the largest image the page names."""
    named = page.resources.get("/XObject", Dictionary())
    sizes = [
        int(image.get("/Width", 0)) * int(image.get("/Height", 0))
        for image in named.values()
        if isinstance(image, pikepdf.Stream)
    ]
    return max(sizes, default=0)


def _signatures(pdf: Pdf) -> int:
    """Signature fields that hold a signature; empty ones wait for one."""
    form = pdf.Root.get("/AcroForm", Dictionary())
    return sum(_signed(field, None, _DEEPEST_FIELD) for field in form.get("/Fields", []))


def _signed(field: Object, kind: Object | None, depth: int) -> int:
    """Signed fields in a tree; the type is inherited (ISO 32000-1 12.7.3.1)."""
    kind = field.get("/FT", kind)
    if kind == Name.Sig and "/V" in field:
        return 1
    if not depth:
        return 0
    return sum(_signed(kid, kind, depth - 1) for kid in field.get("/Kids", []))


def _packet(pdf: Pdf) -> bytes:
    """The document's XMP packet, or nothing when it is missing, oddly coded or oversized."""
    stream = pdf.Root.get("/Metadata")
    if not isinstance(stream, pikepdf.Stream):
        return b""
    coded, filters = stream.read_raw_bytes(), stream.get("/Filter")
    if filters is None:
        return coded[:MAX_PACKET]
    if filters == Name.FlateDecode:
        return zlib.decompressobj().decompress(coded, MAX_PACKET)
    return b""


def _warnings(pdf: Pdf) -> tuple[str, ...]:
    if not pdf.get_warnings():
        return ()
    return (_("The PDF was damaged and had to be repaired: check that no page is missing."),)
