"""Originals under the name of their SHA-256: raw scans compressed losslessly, the rest as it came.

The only file here that opens images, and it decodes only those a scanner wrote raw. It refuses to
touch a JPEG, PNG, TIFF or PDF: what a device or a citizen encoded is kept byte for byte.
"""

import hashlib
import io
import re
from dataclasses import dataclass
from pathlib import Path

from PIL import Image

from scanstation import durable, errors, reserve
from scanstation.i18n import _
from scanstation.model.acts import Act, brought
from scanstation.model.dossier import Attachment, Page
from scanstation.model.page import Mode, PageFile

PDF = ".pdf"
_MODES = {"1": Mode.BITONAL, "L": Mode.GREY}
_MAGIC = (
    (b"\xff\xd8\xff", ".jpg"),
    (b"\x89PNG\r\n\x1a\n", ".png"),
    (b"II*\0", ".tif"),
    (b"MM\0*", ".tif"),
    (b"II+\0", ".tif"),
    (b"MM\0+", ".tif"),
    (b"P4", ".pnm"),
    (b"P5", ".pnm"),
    (b"P6", ".pnm"),
)
_HEAD = 1024
_PDF_MARK_WITHIN = 1024  # ISO 32000-1 Annex H: readers look for %PDF- in the first 1024 bytes
_COMMENT = re.compile(rb"#[^\n]*\n")
_RUN_LENGTH = 3  # zlib's Z_RLE
_FAST = {"compress_level": 1, "compress_type": _RUN_LENGTH}
# A noisy 300 dpi A4 on one core: colour 26.1 -> 15.1 MB in 0.6 s, grey 8.7 -> 4.5 MB in 0.2 s, so
# 40 pages a minute leave 0.9 s of each page. Default strategy at level 1: 0.8 s and 17.0 MB; at
# level 6: 1.7 s and 15.1 MB. Noise has no repeats worth looking for.
_BITONAL = {"compress_level": 6}
# 1-bit A4: text 17 kB in 0.02 s (group 4: 137 kB), speckled 300 kB in 0.09 s (295 kB), dithered
# 647 kB in 0.12 s (2.6 MB). So one format does for all raw pages.


@dataclass(frozen=True, slots=True)
class Original:
    """A stored file."""

    sha256: str
    suffix: str

    @property
    def name(self) -> str:
        return self.sha256 + self.suffix


@dataclass(frozen=True, slots=True)
class Seen:
    """What a stored image says of itself."""

    width: int
    height: int
    """Pixels."""
    dpi: float
    """0 where it does not say it."""
    mode: Mode


def seen(path: Path) -> Seen | None:
    """A stored image by its own head; None for a PDF and for what cannot be read."""
    try:
        with Image.open(path) as image:
            dpi = float(image.info.get("dpi", (0.0, 0.0))[0])
            return Seen(*image.size, dpi=dpi, mode=_MODES.get(image.mode, Mode.COLOUR))
    except (OSError, ValueError, SyntaxError, Image.DecompressionBombError):
        return None


def name_of(kept: Page | Attachment) -> str:
    """The file name of a page's or an attachment's original."""
    return kept.sha256 + (kept.suffix if isinstance(kept, Page) else PDF)


def names_in(act: Act) -> tuple[str, ...]:
    """File names of the originals an act brings; none for what was destroyed."""
    return tuple(name_of(one) for one in brought(act) if one.sha256)


def store_page(page: PageFile, folder: Path) -> Original:
    """Store a captured page durably in `folder`; storing it again changes nothing.

    Raises UnreadableInput when the file is no image this station keeps, or not the image
    `page` describes; OversizedInput; StorageError; DiskFull also while the reserve is used up.
    """
    reserve.must_be_whole(folder.parents[2])  # the store's root
    suffix = _suffix(page.path)
    if suffix == ".pnm" and not _is_deep(page.path):
        return _store_bytes(_png(page), ".png", folder)
    return _store_file(page.path, suffix, folder)


def store_pdf(path: Path, folder: Path) -> Original:
    """Store a PDF byte for byte. Raises UnreadableInput when it is none, or StorageError."""
    reserve.must_be_whole(folder.parents[2])
    if b"%PDF-" not in _head(path, _PDF_MARK_WITHIN):
        raise errors.UnreadableInput(file=path.name, problem=_("not a PDF"))
    return _store_file(path, PDF, folder)


def _suffix(path: Path) -> str:
    head = _head(path, _HEAD)
    for magic, suffix in _MAGIC:
        if head.startswith(magic):
            return suffix
    problem = _("not JPEG, PNG, TIFF or PNM")
    raise errors.UnreadableInput(file=path.name, problem=problem)


def _head(path: Path, size: int) -> bytes:
    try:
        with path.open("rb") as stream:
            return stream.read(size)
    except OSError as fault:
        raise errors.UnreadableInput(file=path.name, problem=fault.strerror) from fault


def _is_deep(path: Path) -> bool:
    """Whether a PNM has other than 1 or 8 bits a sample: Pillow would round it, so it stays raw."""
    fields = _COMMENT.sub(b" ", _head(path, _HEAD)).split(None, 4)
    largest = b"".join(fields[3:4])
    return fields[0] != b"P4" and largest.isdigit() and largest != b"255"


def _png(page: PageFile) -> bytes:
    result = io.BytesIO()
    scale = (page.dpi, page.dpi) if page.dpi > 0 else None
    try:
        with Image.open(page.path, formats=["PPM"]) as image:
            _must_measure(image.size, page)
            options = _BITONAL if image.mode == "1" else _FAST
            image.save(result, "PNG", dpi=scale, **options)
    except Image.DecompressionBombError as fault:
        limit = f"{2 * (Image.MAX_IMAGE_PIXELS or 0)} px"
        found = f"{page.width} × {page.height} px"
        raise errors.OversizedInput(file=page.path.name, found=found, limit=limit) from fault
    except (OSError, ValueError, SyntaxError) as fault:
        raise errors.UnreadableInput(file=page.path.name, problem=str(fault)) from fault
    return result.getvalue()


def _must_measure(size: tuple[int, int], page: PageFile) -> None:
    if size != (page.width, page.height):
        problem = f"{size[0]} × {size[1]} px ≠ {page.width} × {page.height} px"
        raise errors.UnreadableInput(file=page.path.name, problem=problem)


def _store_bytes(data: bytes, suffix: str, folder: Path) -> Original:
    original = Original(hashlib.sha256(data).hexdigest(), suffix)
    if not _is_stored(original, folder):
        durable.publish(folder / original.name, data)
    return original


def _store_file(path: Path, suffix: str, folder: Path) -> Original:
    try:
        original = Original(durable.sha256_of(path), suffix)
    except OSError as fault:
        raise errors.UnreadableInput(file=path.name, problem=fault.strerror) from fault
    if not _is_stored(original, folder):
        with durable.writing(folder / original.name) as stream:
            copied = hashlib.sha256()
            for piece in durable.pieces(path):
                copied.update(piece)
                stream.write(piece)
            if copied.hexdigest() != original.sha256:
                problem = _("it is still being written")
                raise errors.UnreadableInput(file=path.name, problem=problem)
    return original


def _is_stored(original: Original, folder: Path) -> bool:
    """Whether it is there intact; its name may come from before a crash, so it is synced again."""
    path = folder / original.name
    if not path.is_file() or durable.sha256_of(path) != original.sha256:
        return False
    durable.sync_folder(folder)
    return True
