"""Image files as pages: what a scanner saved elsewhere, what a citizen sent, what a phone took.

The bytes of an upright single image stay as they are, without the place where a photo was taken;
only what must be turned, split or flattened is written anew, without loss. Refused: truncated
files, pixel bombs, moving pictures and PDFs (pdf/read).
"""

import math
import re
import secrets
import shutil
import struct
import warnings
import zlib
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from PIL import Image, ImageChops, ImageOps, UnidentifiedImageError

from scanstation import durable, errors
from scanstation.i18n import _, shown
from scanstation.model.events import PageScanned, ScanEnded, ScanEvent, ScanStarted
from scanstation.model.page import Mode, PageFile
from scanstation.model.place import cut_out
from scanstation.model.profile import ScanProfile
from scanstation.scanner import DeviceInfo, heic
from scanstation.scanner.place import is_told

PIXELS = 175_000_000
"""Largest image in pixels (A1 at 400 dpi has 124 million); just under Pillow's own refusal."""
FRAMES = 2000
"""Pages of one TIFF, as of one PDF; a small file can claim millions."""
FORMATS = ("JPEG", "PNG", "TIFF", "PPM", "BMP", "WEBP", "GIF")
_PHOTOS = (".jpg", ".jpeg", ".heic", ".heif", ".hif", ".webp")
_SCANS = (".tif", ".tiff", ".png", ".pbm", ".pgm", ".ppm", ".pnm", ".bmp", ".gif")
SUFFIXES = frozenset(_PHOTOS + _SCANS)
_KEPT = {"JPEG": ".jpg", "MPO": ".jpg", "PNG": ".png", "TIFF": ".tif"}
_MODES = {"1": Mode.BITONAL, "L": Mode.GREY, "RGB": Mode.COLOUR}
_MOVING = ("GIF", "PNG", "WEBP")
_WRITTEN = {"1": ".pbm", "L": ".pgm", "RGB": ".ppm"}
_CAMERA_DPI, _A3_INCHES = 96.5, 16.6  # cameras write 72 or 96 for "no idea"
_ORIENTATION, _SUBFILE, _THUMBNAIL = 274, 254, 1  # EXIF and TIFF tags
# What Pillow 12 and 13 raise on damaged files, beside OSError.
_BROKEN = (
    OSError,
    SyntaxError,
    ValueError,
    EOFError,
    IndexError,
    KeyError,
    TypeError,
    struct.error,
    zlib.error,
)
warnings.filterwarnings("ignore", category=Image.DecompressionBombWarning)  # PIXELS speaks instead


class FolderDriver:
    """ScanDriver over files and folders; a folder gives its images in natural order."""

    def __init__(self, paths: Sequence[Path], *, pixels: int = PIXELS) -> None:
        self._paths = tuple(paths)
        self._pixels = pixels

    def devices(self) -> tuple[DeviceInfo, ...]:
        return tuple(
            DeviceInfo(name=_name(path), vendor="", model="", kind="folder") for path in self._paths
        )

    def scan(self, profile: ScanProfile, scratch: Path) -> Iterator[ScanEvent]:  # noqa: ARG002 -- the seam's
        """One page per image, or per frame of a TIFF; the profile's device settings mean nothing.

        Raises errors.FeederEmpty without any image, errors.UnreadableInput or OversizedInput for
        one that is not fit, after the pages before it.
        """
        files, left_out = _sorted_out(self._paths)
        if not files:
            raise errors.FeederEmpty(kept=0)
        sentence = _("left out, not an image: {file}")
        said = tuple(sentence.format(file=_name(path)) for path in left_out)
        yield ScanStarted(device=_name(self._paths[0]), actual={}, warnings=said)
        pages = 0
        for path in files:
            for page in read_images(path, scratch, pixels=self._pixels):
                pages += 1
                yield PageScanned(page=page)
        yield ScanEnded(pages=pages)

    def close(self) -> None:
        """Nothing is held between scans."""


def read_images(path: Path, scratch: Path, *, pixels: int = PIXELS) -> Iterator[PageFile]:
    """The pages of one image file as new files in `scratch`; `path` itself is only read.

    Raises errors.UnreadableInput (no image, truncated, damaged) or errors.OversizedInput (an
    image of more than `pixels`), after the frames before it.
    """
    name = f"file-{secrets.token_hex(4)}"
    with _clerks_errors(path, pixels), opened(path) as image:
        for number, frame in enumerate(_frames(path, image), start=1):
            yield _page(path, frame, scratch / f"{name}-{number:04}", pixels)


def each_frame(path: Path, *, pixels: int = PIXELS) -> Iterator[Image.Image]:
    """The decoded pages of one image file, one at a time and the way up they are seen.

    Errors as `read_images`, after the frames before it.
    """
    with _clerks_errors(path, pixels), opened(path) as image:
        for frame in _frames(path, image):
            _measure(path, frame, pixels)
            frame.load()
            yield _plain(ImageOps.exif_transpose(_understood(path, frame)))


def opened(path: Path) -> Image.Image:
    """The image, not decoded yet, whatever its name ends in; a context manager."""
    with path.open("rb") as stream:
        phone = heic.is_one(stream.read(12))
    if phone:
        heic.make_ready()
    return Image.open(path, formats=(heic.FORMAT,) if phone else FORMATS)


def natural(path: Path) -> tuple[tuple[int, str | int], ...]:
    """Sort key under which "trang 2" comes before "trang 10"."""
    parts = re.split(r"(\d+)", _name(path).casefold())
    return tuple((0, int(part)) if part.isdecimal() else (1, part) for part in parts if part)


# --- which files ------------------------------------------------------------------------------


def _sorted_out(paths: Sequence[Path]) -> tuple[list[Path], list[Path]]:
    """Files to read, and files of a folder that are not images; a named file is always read."""
    files: list[Path] = []
    left_out: list[Path] = []
    for path in paths:
        if not path.is_dir():
            files.append(path)
            continue
        for child in sorted(path.iterdir(), key=natural):
            if child.is_file() and not child.name.startswith("."):
                (files if child.suffix.lower() in SUFFIXES else left_out).append(child)
    return files, left_out


def _name(path: Path) -> str:
    return shown(path.name or str(path))


# --- one image --------------------------------------------------------------------------------


@contextmanager
def _clerks_errors(path: Path, pixels: int) -> Iterator[None]:
    try:
        yield
    except Image.DecompressionBombError as fault:
        raise _too_large(path, _pixels_in(str(fault)), pixels) from fault
    except UnidentifiedImageError as fault:
        raise errors.UnreadableInput(file=_name(path), problem=_("not an image")) from fault
    except FileNotFoundError as fault:
        raise errors.UnreadableInput(file=_name(path), problem=_("no such file")) from fault
    except IsADirectoryError as fault:
        raise errors.UnreadableInput(file=_name(path), problem=_("it is a folder")) from fault
    except PermissionError as fault:
        problem = _("this account may not read it")
        raise errors.UnreadableInput(file=_name(path), problem=problem) from fault
    except _BROKEN as fault:
        problem = _("the image is damaged or cut short")
        raise errors.UnreadableInput(file=_name(path), problem=problem) from fault


def _pixels_in(said: str) -> str:
    """The number in Pillow's English sentence about a bomb."""
    found = re.search(r"\((\d+) pixels\)", said)
    return f"{int(found[1]) / 1e6:.0f} Mpx" if found else said


def _too_large(path: Path, found: str, pixels: int) -> errors.OversizedInput:
    limit = f"{pixels / 1e6:.0f} Mpx"
    return errors.OversizedInput(file=_name(path), found=found, limit=limit)


def _frames(path: Path, image: Image.Image) -> Iterator[Image.Image]:
    """Pages of a TIFF; of any other format the first frame (a phone's MPO hides a second one)."""
    count = getattr(image, "n_frames", 1)
    if image.format in _MOVING and count > 1:
        raise errors.UnreadableInput(file=_name(path), problem=_("it is a moving picture"))
    if image.format != "TIFF":
        yield image
        return
    if count > FRAMES:
        pages = _("{count} pages")
        found, limit = pages.format(count=count), pages.format(count=FRAMES)
        raise errors.OversizedInput(file=_name(path), found=found, limit=limit)
    for number in range(count):
        image.seek(number)
        if not getattr(image, "tag_v2", {}).get(_SUBFILE, 0) & _THUMBNAIL:
            yield image


def _page(path: Path, image: Image.Image, target: Path, pixels: int) -> PageFile:
    """Check, decode and store one frame; `target` has no suffix yet."""
    _measure(path, image, pixels)
    turned = image.getexif().get(_ORIENTATION, 1) not in (0, 1)
    dpi = _resolution(image)
    image.load()  # a truncated image speaks up here, before anything is written
    if _may_stay(image, turned, dpi):
        stored = target.with_suffix(_KEPT[str(image.format)])
        if _is_kept(path, image, stored):
            return _measured(path, stored, image, dpi[0])
    upright = _squared(_plain(ImageOps.exif_transpose(_understood(path, image))), dpi)
    _measure(path, upright, pixels)
    stored = target.with_suffix(_WRITTEN[upright.mode])
    with _writing(stored), stored.open("wb") as stream:
        upright.save(durable.without_descriptor(stream), format="PPM")
    return _measured(path, stored, upright, max(dpi))


def _measure(path: Path, image: Image.Image, pixels: int) -> None:
    if image.width * image.height > pixels:
        raise _too_large(path, f"{image.width} x {image.height} px", pixels)


def _may_stay(image: Image.Image, turned: bool, dpi: tuple[float, float]) -> bool:
    alone = image.format != "TIFF" or getattr(image, "n_frames", 1) == 1
    plain = image.format in _KEPT and image.mode in _MODES
    return alone and plain and not turned and dpi[0] == dpi[1]


def _is_kept(path: Path, image: Image.Image, stored: Path) -> bool:
    """Whether the file's own bytes could be stored: a JPEG's also without where it was taken."""
    told = is_told(path, image)
    cut = cut_out(path.read_bytes()) if told and stored.suffix == ".jpg" else None
    with _writing(stored):
        if not told:
            shutil.copyfile(path, stored)
        elif cut:
            stored.write_bytes(cut)
    return not told or cut is not None


def _measured(path: Path, stored: Path, image: Image.Image, dpi: float) -> PageFile:
    return PageFile(
        path=stored,
        width=image.width,
        height=image.height,
        dpi=_believed(dpi, max(image.size)),
        mode=_MODES[image.mode],
        source=_name(path),
    )


@contextmanager
def _writing(target: Path) -> Iterator[None]:
    """A target that is complete, or not there; errors.StorageError when the disk refuses."""
    try:
        yield
    except OSError as fault:
        target.unlink(missing_ok=True)
        raise durable.storage_fault(target, fault) from fault


# --- what the pixels mean ---------------------------------------------------------------------


def _resolution(image: Image.Image) -> tuple[float, float]:
    """Dots per inch across and down as the image is seen upright; zeros when unknown.

    Two values within 2 % are one: metric files round 300 dpi to 299.72.
    """
    given = image.info.get("dpi", (0, 0))
    across, down = (float(value) if value and math.isfinite(value) else 0.0 for value in given)
    if across <= 0 or down <= 0:
        return 0.0, 0.0
    if abs(across - down) <= 0.02 * across:
        return across, across
    sideways = image.getexif().get(_ORIENTATION, 1) >= 5
    return (down, across) if sideways else (across, down)


def _believed(dpi: float, longest: int) -> float:
    return 0.0 if 0 < dpi <= _CAMERA_DPI and longest / dpi > _A3_INCHES else dpi


def _understood(path: Path, image: Image.Image) -> Image.Image:
    """The image with its levels as they were meant; UnreadableInput where nobody can know."""
    if image.mode == "F" or (image.mode == "I" and image.format == "TIFF"):
        problem = _("its brightness has no known scale")
        raise errors.UnreadableInput(file=_name(path), problem=problem)
    if image.mode == "CMYK" and image.format == "JPEG" and "adobe" not in image.info:
        return ImageChops.invert(image)  # Pillow takes every CMYK JPEG for Adobe's, ink as 0
    return image


def _plain(image: Image.Image) -> Image.Image:
    """The same picture as 1-bit, grey or RGB: on white paper, 16-bit grey by its high byte."""
    if image.mode in _MODES:
        return image
    if image.mode.startswith("I"):
        return image.convert("I").point(lambda value: value * (1 / 256)).convert("L")
    if image.has_transparency_data:
        paper = Image.new("RGBA", image.size, "white")
        return Image.alpha_composite(paper, image.convert("RGBA")).convert("RGB")
    return image.convert("RGB")


def _squared(image: Image.Image, dpi: tuple[float, float]) -> Image.Image:
    """Square pixels at the finer resolution: a fax has 204 dots across and 98 down."""
    if dpi[0] == dpi[1]:
        return image
    fine = max(dpi)
    size = round(image.width * fine / dpi[0]), round(image.height * fine / dpi[1])
    smooth = Image.Resampling.NEAREST if image.mode == "1" else Image.Resampling.BICUBIC
    return image.resize(size, smooth)
