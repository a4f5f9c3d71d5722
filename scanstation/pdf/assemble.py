"""Worked pages -> one PDF/A-2u (ISO 19005-2), checked before anybody sees it.

It adds nothing of its own to a page: the image layers at true scale and the invisible text. The
same pages and info give the same bytes.
"""

import struct
from collections.abc import Callable, Sequence
from io import RawIOBase
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, BinaryIO, cast

import pikepdf
from pikepdf import Array, Dictionary, Name, Pdf, Stream, String
from PIL import ImageCms

from scanstation import durable
from scanstation.model.page import WorkedPage
from scanstation.pdf import DocumentInfo, carrier, font, metadata, selfcheck
from scanstation.pdf.characters import CharacterSet
from scanstation.pdf.text import text_layer

if TYPE_CHECKING:
    from typing_extensions import Buffer  # collections.abc has it from Python 3.12 on

_POINTS = 72.0
_INSET = 0.03
"""Pixels a picture is drawn smaller on each side: viewers round outwards, and one that a rounding
error makes a pixel wider is drawn anew out of step (seal of quyet-dinh: SSIM 0.857, not 0.887)."""
_FONT_NAME = Name(f"/SCSTAA+{font.NAME}")
_SYMBOLIC = 4
_PROFILE_DATE = slice(24, 36)
"""dateTimeNumber in an ICC header (ICC.1 7.2.8): littlecms writes the clock there."""


class Pdf2uWriter:
    """The PdfWriter of the station; it holds nothing between two files."""

    def write(
        self,
        pages: Sequence[WorkedPage],
        info: DocumentInfo,
        target: Path,
        progress: Callable[[int], None],
    ) -> None:
        """Assemble, check and publish; `progress` gets the number of each page found right.

        Raises SelfCheckFailed (nothing is published then), StorageError or DiskFull, and
        ValueError for no pages or a date without an offset.
        """
        if not pages:
            raise ValueError("a PDF has at least one page")
        try:
            with TemporaryDirectory(prefix=durable.TEMPORARY, dir=target.parent) as folder:
                draft = Path(folder) / target.name
                assemble(pages, info, Path(folder) / "images.pdf", draft)
                selfcheck.check(draft, pages, info.title, progress)
                durable.publish_file(draft, target)
        except OSError as fault:
            raise durable.storage_fault(target, fault) from fault


def assemble(pages: Sequence[WorkedPage], info: DocumentInfo, images: Path, target: Path) -> None:
    """Write `target` unchecked; `images` is a scratch file for the coded images."""
    numbers = iter(carrier.lay_down((layer for page in pages for layer in page.layers), images))
    with pikepdf.open(images, access_mode=pikepdf.AccessMode.stream) as pdf:
        characters = CharacterSet()
        faces: list[pikepdf.Object] = []
        for page in pages:
            painted = [pdf.get_object(next(numbers), 0) for _ in page.layers]
            pdf.pages.append(_page(pdf, page, painted, faces, characters))
        _describe(pdf, info, pages)
        _fill_fonts(pdf, faces, characters)
        with target.open("wb") as stream:
            sink = _Sink(stream)
            pdf.save(
                cast("BinaryIO", sink),
                min_version="1.7",
                object_stream_mode=pikepdf.ObjectStreamMode.generate,
                deterministic_id=True,
            )
            sink.settle()


class _Sink(RawIOBase):
    """Where qpdf writes to; a fault of the disk waits here for `settle`.

    qpdf writes and flushes in destructors, where an exception ends the whole process: a disk full
    at just that moment would take the program with it (pikepdf 10, qpdf 12).
    """

    def __init__(self, stream: BinaryIO) -> None:
        self._stream = stream
        self._fault: OSError | None = None

    def writable(self) -> bool:
        return True

    def write(self, data: "Buffer", /) -> int:
        if self._fault is None:
            try:
                self._stream.write(data)
            except OSError as fault:
                self._fault = fault
        return memoryview(data).nbytes

    def settle(self) -> None:
        """Raise the OSError that came in between."""
        if self._fault is not None:
            raise self._fault


def _page(
    pdf: Pdf,
    page: WorkedPage,
    painted: list[pikepdf.Object],
    faces: list[pikepdf.Object],
    characters: CharacterSet,
) -> pikepdf.Page:
    """A page that names its fonts before they are known; `faces` grows by those new here."""
    scale = _POINTS / page.dpi
    text = text_layer(page.text, page.height, page.dpi, characters)
    operators = b"\n".join([*_painting(page, scale), *filter(None, [text.operators])])
    resources = Dictionary(
        XObject=Dictionary({f"/I{place}": image for place, image in enumerate(painted)})
    )
    if text.faces:
        while len(faces) <= text.faces[-1]:
            faces.append(pdf.make_indirect(Dictionary(Type=Name.Font)))
        resources.Font = Dictionary({f"/F{face}": faces[face] for face in text.faces})
    box = Array([0, 0, round(page.width * scale, 3), round(page.height * scale, 3)])
    leaf = Dictionary(
        Type=Name.Page, MediaBox=box, Resources=resources, Contents=Stream(pdf, operators)
    )
    return pikepdf.Page(pdf.make_indirect(leaf))


def _painting(page: WorkedPage, scale: float) -> list[bytes]:
    """One operator line per layer, in order, so that later layers lie on earlier ones."""
    lines = []
    if page.paper:
        width, height = page.width * scale, page.height * scale
        lines.append(f"q {_colour(page.paper)} 0 0 {width:.3f} {height:.3f} re f Q")
    for place, layer in enumerate(page.layers):
        box = layer.box
        inset = _INSET if box.width < page.width or box.height < page.height else 0.0
        width, height = (box.width - 2 * inset) * scale, (box.height - 2 * inset) * scale
        left = (box.x + inset) * scale
        bottom = (page.height - box.y - box.height + inset) * scale
        ink = f"{_colour(layer.ink)} " if layer.mask else ""
        at = f"{width:.3f} 0 0 {height:.3f} {left:.3f} {bottom:.3f} cm"
        lines.append(f"q {ink}{at} /I{place} Do Q")
    return [line.encode("ascii") for line in lines]


def _colour(levels: tuple[int, int, int]) -> str:
    red, green, blue = (f"{level / 255:.3g}" for level in levels)
    return f"{red} {green} {blue} rg"


def _describe(pdf: Pdf, info: DocumentInfo, pages: Sequence[WorkedPage]) -> None:
    root = pdf.Root
    root.Lang = String(metadata.LANGUAGE)
    root.ViewerPreferences = Dictionary(DisplayDocTitle=True)
    packet = metadata.xmp_packet(info, pages)  # qpdf leaves metadata uncompressed
    root.Metadata = Stream(pdf, packet, Type=Name.Metadata, Subtype=Name.XML)
    root.OutputIntents = Array([pdf.make_indirect(_output_intent(pdf))])
    for name, value in metadata.info_entries(info).items():
        pdf.docinfo[name] = String(value)


def _output_intent(pdf: Pdf) -> Dictionary:
    return Dictionary(
        Type=Name.OutputIntent,
        S=Name.GTS_PDFA1,
        OutputConditionIdentifier=String("sRGB"),
        Info=String("sRGB IEC61966-2.1"),
        DestOutputProfile=Stream(pdf, srgb_profile(), N=3),
    )


def srgb_profile() -> bytes:
    """The sRGB profile littlecms makes, dated 2000-01-01 whatever the clock says."""
    profile = bytearray(ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes())
    profile[_PROFILE_DATE] = struct.pack(">6H", 2000, 1, 1, 0, 0, 0)
    return bytes(profile)


def _fill_fonts(pdf: Pdf, faces: list[pikepdf.Object], characters: CharacterSet) -> None:
    """What every font of the text is: one program, each with its own meanings of the codes."""
    if not faces:
        return
    program = font.box_font()
    descriptor = pdf.make_indirect(
        Dictionary(
            Type=Name.FontDescriptor,
            FontName=_FONT_NAME,
            Flags=_SYMBOLIC,
            FontBBox=Array([0, font.DESCENT, max(font.widths()), font.ASCENT]),
            ItalicAngle=0,
            Ascent=font.ASCENT,
            Descent=font.DESCENT,
            CapHeight=font.ASCENT,
            StemV=80,
            FontFile2=Stream(pdf, program, Length1=len(program)),
        )
    )
    widths = pdf.make_indirect(Array(font.widths()))
    for face, meanings in zip(faces, characters.meanings(), strict=True):
        face.Subtype = Name.TrueType
        face.BaseFont = _FONT_NAME
        face.FirstChar, face.LastChar = 0, len(font.widths()) - 1
        face.Widths = widths
        face.FontDescriptor = descriptor
        face.ToUnicode = Stream(pdf, meanings)
