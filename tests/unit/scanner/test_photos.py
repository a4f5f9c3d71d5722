"""What citizens' phones send: HEIC, turned, without a scale, and with the place they were taken."""

import io
import struct
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pikepdf
import pillow_heif
import pytest
from PIL import Image, ImageChops, ImageDraw
from PIL.TiffImagePlugin import IFDRational

from scanstation import durable, errors, pagework
from scanstation.document import order_for
from scanstation.model.page import FindingKind, Mode, PageFile
from scanstation.model.profile import Keeping, Reading, Treatment
from scanstation.pdf.confined import ConfinedReader
from scanstation.scanner.folder import read_images
from scanstation.workspace.originals import store_page

SECONDS = 424242
XMP_PLACE = b'<x:xmpmeta xmlns:x="adobe:ns:meta/" exif:GPSLatitude="21,1.7N"/>'


@pytest.fixture
def scratch(tmp_path: Path) -> Path:
    folder = tmp_path / "scratch"
    folder.mkdir()
    return folder


@pytest.fixture(scope="module", autouse=True)
def _writer() -> None:
    pillow_heif.register_heif_opener()


def photo() -> Image.Image:
    """Wider than high, dark in its top left corner."""
    image = Image.new("RGB", (400, 240), (200, 200, 200))
    image.paste((20, 20, 20), (0, 0, 100, 60))
    return image


def exif(orientation: int = 1, *, place: bool = True) -> Image.Exif:
    made = Image.Exif()
    made[0x0112] = orientation
    made[0x010F] = "Apple"
    if place:
        block = made.get_ifd(0x8825)
        block[1], block[2], block[3], block[4] = (
            "N",
            (21.0, 1.0, IFDRational(SECONDS, 10007)),
            "E",
            (105.0, 51.0, 8.0),
        )
    return made


def read(path: Path, scratch: Path) -> PageFile:
    (page,) = read_images(path, scratch)
    return page


def places_in(data: bytes) -> list[bytes]:
    """Whatever a reader of metadata could find a place by."""
    numbers = SECONDS.to_bytes(4, "big"), SECONDS.to_bytes(4, "little")
    words = (b"GPS", b"exif:", b"Exif\0\0", b"ftypisom", b"8BIM")
    return [mark for mark in (*numbers, *words) if mark in data]


def jpeg_with_exif(path: Path) -> None:
    photo().save(path, "JPEG", exif=exif(), quality=90, dpi=(300, 300))


def jpeg_with_xmp(path: Path) -> None:
    photo().save(path, "JPEG", xmp=XMP_PLACE, quality=90, progressive=True)


def jpeg_with_a_second_picture(path: Path) -> None:
    photo().save(path, "MPO", save_all=True, append_images=[photo()], exif=exif())


def jpeg_with_a_film(path: Path) -> None:
    photo().save(path, "JPEG")
    with path.open("ab") as stream:
        stream.write(b"\0\0\0\x18ftypisom\0\0\0\0isomudta\xa9xyz+21.0285+105.8542/")


def jpeg_with_iptc(path: Path) -> None:
    photo().save(path, "JPEG")
    data = path.read_bytes()
    note = b"Photoshop 3.0\x008BIM\x04\x04\0\0\0\0\0\x0b\x1c\x02\x5a\0\x06Ha Noi\0"
    path.write_bytes(data[:2] + b"\xff\xed" + (len(note) + 2).to_bytes(2, "big") + note + data[2:])


def heic(path: Path) -> None:
    photo().save(path, "HEIF", exif=exif(6).tobytes(), xmp=XMP_PLACE, quality=90)


def png(path: Path) -> None:
    photo().save(path, "PNG", exif=exif())


def tiff(path: Path) -> None:
    photo().save(path, "TIFF", tiffinfo={700: XMP_PLACE})


def webp(path: Path) -> None:
    photo().save(path, "WEBP", exif=exif(), xmp=XMP_PLACE, lossless=True)


JPEGS = [
    *(jpeg_with_exif, jpeg_with_xmp, jpeg_with_a_second_picture, jpeg_with_a_film),
    jpeg_with_iptc,
]


@pytest.mark.parametrize("make", [*JPEGS, heic, png, tiff, webp], ids=lambda make: make.__name__)
def test_no_stored_original_says_where_it_was_taken(
    make: Callable[[Path], None], tmp_path: Path, scratch: Path
) -> None:
    original = tmp_path / "IMG_0001"
    make(original)
    assert places_in(original.read_bytes()), "the photo has a place to lose"
    stored = store_page(read(original, scratch), scratch)
    kept = (scratch / stored.name).read_bytes()
    assert places_in(kept) == []
    with Image.open(io.BytesIO(kept)) as image:
        assert not image.getexif().get_ifd(0x8825)


@pytest.mark.parametrize("make", JPEGS, ids=lambda make: make.__name__)
def test_a_jpeg_loses_its_notes_and_not_a_bit_of_its_picture(
    make: Callable[[Path], None], tmp_path: Path, scratch: Path
) -> None:
    make(tmp_path / "a.jpg")
    page = read(tmp_path / "a.jpg", scratch)
    assert page.path.suffix == ".jpg"
    with Image.open(tmp_path / "a.jpg") as before, Image.open(page.path) as after:
        assert after.size == before.size
        assert ImageChops.difference(before.convert("RGB"), after.convert("RGB")).getbbox() is None
    scan = page.path.read_bytes().partition(b"\xff\xda")[2]
    assert scan in (tmp_path / "a.jpg").read_bytes()


def test_a_photo_in_a_pdf_loses_its_place_as_well(tmp_path: Path, scratch: Path) -> None:
    jpeg_with_exif(tmp_path / "a.jpg")
    pdf = pikepdf.new()
    pdf.add_blank_page(page_size=(96, 57.6))
    stream = pikepdf.Stream(pdf, (tmp_path / "a.jpg").read_bytes())
    facts = {"Type": "/XObject", "Subtype": "/Image", "Filter": "/DCTDecode"}
    for key, name in (facts | {"ColorSpace": "/DeviceRGB"}).items():
        stream[f"/{key}"] = pikepdf.Name(name)
    for key, number in {"Width": 400, "Height": 240, "BitsPerComponent": 8}.items():
        stream[f"/{key}"] = number
    pdf.pages[0].Resources = pikepdf.Dictionary(XObject=pikepdf.Dictionary(A=stream))
    pdf.pages[0].Contents = pikepdf.Stream(pdf, b"96 0 0 57.6 0 0 cm /A Do")
    pdf.save(tmp_path / "a.pdf")
    (page,) = ConfinedReader().pages(tmp_path / "a.pdf", scratch)
    assert page.path.suffix == ".jpg"
    assert places_in(page.path.read_bytes()) == []


def test_the_scale_of_a_jpeg_survives_the_loss_of_its_notes(tmp_path: Path, scratch: Path) -> None:
    jpeg_with_exif(tmp_path / "a.jpg")
    page = read(tmp_path / "a.jpg", scratch)
    assert page.dpi == 300
    with Image.open(page.path) as image:
        assert image.info["dpi"] == (300, 300)


def test_a_scanner_s_jpeg_with_harmless_notes_keeps_every_byte(
    tmp_path: Path, scratch: Path
) -> None:
    photo().save(tmp_path / "a.jpg", exif=exif(place=False), comment=b"MFP 5", dpi=(300, 300))
    page = read(tmp_path / "a.jpg", scratch)
    assert page.path.read_bytes() == (tmp_path / "a.jpg").read_bytes()


def test_a_jpeg_built_oddly_still_loses_its_place(tmp_path: Path, scratch: Path) -> None:
    jpeg_with_exif(tmp_path / "a.jpg")
    data = (tmp_path / "a.jpg").read_bytes()
    (after,) = struct.unpack(">H", data[4:6])  # the first segment's length
    (tmp_path / "a.jpg").write_bytes(data[: 4 + after] + b"\0\0" + data[4 + after :])
    page = read(tmp_path / "a.jpg", scratch)
    assert places_in(page.path.read_bytes()) == []


@pytest.mark.parametrize(
    ("orientation", "size"), [(1, (400, 240)), (3, (400, 240)), (6, (240, 400))]
)
def test_a_heic_is_stored_upright_and_turned_only_once(
    tmp_path: Path, scratch: Path, orientation: int, size: tuple[int, int]
) -> None:
    photo().save(tmp_path / "a.heic", exif=exif(orientation).tobytes(), quality=95)
    page = read(tmp_path / "a.heic", scratch)
    corner = {1: (10, 10), 3: (390, 230), 6: (230, 10)}[orientation]
    with Image.open(page.path) as image:
        assert image.size == (page.width, page.height) == size
        assert max(image.getpixel(corner)) < 60  # type: ignore[type-var, arg-type]
        assert image.getexif().get(0x0112, 1) == 1
    assert (page.dpi, page.mode, page.source) == (0, Mode.COLOUR, "a.heic")


@pytest.mark.parametrize("keep", [0.0, 0.05, 0.5, 0.95])
def test_a_heic_cut_short_is_unreadable_and_leaves_nothing(
    tmp_path: Path, scratch: Path, keep: float
) -> None:
    noise = Image.merge("RGB", [Image.effect_noise((300, 300), 90)] * 3)
    noise.save(tmp_path / "a.heic")
    data = (tmp_path / "a.heic").read_bytes()
    (tmp_path / "a.heic").write_bytes(data[: int(len(data) * keep)])
    with pytest.raises(errors.UnreadableInput):
        read(tmp_path / "a.heic", scratch)
    assert list(scratch.iterdir()) == []


def test_pillow_heif_is_not_loaded_for_other_pictures(tmp_path: Path) -> None:
    photo().save(tmp_path / "a.png")
    program = (
        "import sys; from pathlib import Path; from scanstation.scanner.folder import read_images;"
        f"list(read_images(Path({str(tmp_path / 'a.png')!r}), Path({str(tmp_path)!r})));"
        "print('pillow_heif' in sys.modules)"
    )
    done = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=True
    )
    assert done.stdout.strip() == "False"


@pytest.mark.parametrize(
    ("pixels", "kinds"),
    [
        ((2480, 3508), {FindingKind.UNKNOWN_SCALE}),
        ((1240, 1754), {FindingKind.UNKNOWN_SCALE, FindingKind.LOW_RESOLUTION}),
    ],
)
def test_a_photo_says_its_scale_is_unknown_and_a_coarse_one_is_warned_of(
    tmp_path: Path, scratch: Path, pixels: tuple[int, int], kinds: set[FindingKind]
) -> None:
    paper = Image.new("RGB", pixels, "white")
    pen = ImageDraw.Draw(paper)
    for row in range(30):
        for column in range(40):
            left, top = pixels[0] * (4 + column) // 48, pixels[1] * (4 + row) // 40
            pen.rectangle((left, top, left + 12, top + 20), fill="black")
    paper.save(tmp_path / "a.heic", quality=95)
    page = read(tmp_path / "a.heic", scratch)
    folder = durable.make_folder(tmp_path / "work")
    treatment = Treatment(deskew=False, reading=Reading.NONE)
    order = order_for(page.path, page.dpi, 0, treatment, Keeping.FAITHFUL, folder)
    found = {one.kind for one in pagework.work_page(order).findings}
    assert found & {FindingKind.UNKNOWN_SCALE, FindingKind.LOW_RESOLUTION} == kinds
