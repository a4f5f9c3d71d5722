"""A page kept in layers loses nothing; a page that would is kept whole."""

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from PIL import Image, ImageDraw, ImageFilter

from scanstation.model.page import Mode, WorkedPage
from scanstation.pdf import pdfium, presence
from scanstation.pdf.assemble import Pdf2uWriter
from scanstation.pdf.layers import make_layers
from tests.helpers.verapdf import Verdict
from tests.unit.pdf import office
from tests.unit.pdf.worked import INFO, line, quiet, worked

Judge = Callable[[Path, str], Verdict]


def kept(folder: Path, image: Image.Image, **options: object) -> WorkedPage:
    return worked(folder, image, dpi=office.DPI, keeping="layered", **options)  # type: ignore[arg-type]


def shown(folder: Path, page: WorkedPage) -> np.ndarray:
    """What a viewer shows of the checked file, at the scan's resolution."""
    Pdf2uWriter().write([page], INFO, folder / "shown.pdf", quiet)
    with pdfium.opened(folder / "shown.pdf") as document:
        drawn = pdfium.drawn(document[0], page.dpi / 72)
    return np.asarray(drawn)[: page.height, : page.width].astype(int)


def pencilled(strength: float) -> Image.Image:
    image = office.printed()
    pen = ImageDraw.Draw(image)
    grey = tuple(round(level * (1 - strength)) for level in office.PAPER)
    pen.arc((120, 900, 360, 1100), 0, 300, fill=grey, width=3)
    pen.line((150, 1150, 380, 1230), fill=grey, width=3)
    return office.scanned(image)


def test_print_alone_is_one_stencil_on_paper_of_its_colour(tmp_path: Path) -> None:
    page = kept(tmp_path, office.scanned(office.printed()))
    (stencil,) = page.layers
    assert (stencil.mask, stencil.coder) == (True, "jbig2")
    assert page.paper is not None
    assert np.abs(np.subtract(page.paper, office.PAPER)).max() <= 2


def test_group_4_codes_the_stencil_on_request(tmp_path: Path) -> None:
    page = kept(tmp_path, office.scanned(office.sealed()), one_bit="g4")
    assert [one.coder for one in page.layers] == ["jpeg2000", "g4"]
    assert shown(tmp_path, page)[900, 560].max() < 240


def test_pictures_are_taken_only_where_there_is_colour(tmp_path: Path) -> None:
    page = kept(tmp_path, office.scanned(office.sealed()))
    (picture,) = [one.box for one in page.layers if not one.mask]
    left, top, right, bottom = office.SEAL
    assert left - 30 < picture.x < left + 1
    assert top - 30 < picture.y < top + 1
    assert picture.y + picture.height < bottom + 30
    assert picture.x + picture.width < office.SIGNATURE[2] + 30
    assert right > picture.x


def test_inks_keep_their_colours_where_they_cross(tmp_path: Path) -> None:
    source = np.asarray(office.scanned(office.sealed())).astype(int)
    after = shown(tmp_path, kept(tmp_path, office.scanned(office.sealed())))
    plain = np.asarray(office.printed()).min(axis=2) < 80
    red = (source[..., 0] > 180) & (source[..., 1] < 80)
    blue = (source[..., 2] > 120) & (source[..., 0] < 70)
    crossing = (np.abs(source - [33, 9, 31]).max(axis=2) < 12) & ~plain
    print_in_seal = plain & (source[..., 0] < 80)
    for ink in (red, blue, crossing, print_in_seal):
        assert ink.sum() > 30
        assert np.abs(after[ink].mean(axis=0) - source[ink].mean(axis=0)).max() < 25


def test_crossing_of_seal_and_signature_is_no_print(tmp_path: Path) -> None:
    page = kept(tmp_path, office.scanned(office.sealed()))
    stencil = next(one for one in page.layers if one.mask)
    without = make_layers(
        worked(tmp_path, office.scanned(office.printed()), dpi=office.DPI).clean,
        Mode.COLOUR, office.DPI, "layered", tmp_path,
    ).layers[0]  # fmt: skip
    assert abs(stencil.path.stat().st_size - without.path.stat().st_size) < 150


@pytest.mark.parametrize("name", ["faint", "giay-khai-sinh", "cccd-copy"])
def test_tired_toner_certificates_and_photos_are_kept_whole(
    tmp_path: Path, pages: Path, name: str
) -> None:
    painting = make_layers(pages / f"{name}.jpg", Mode.COLOUR, 300, "layered", tmp_path)
    assert painting.paper is None
    assert [one.coder for one in painting.layers] == ["jpeg"]


def test_a_one_bit_page_is_kept_whole(tmp_path: Path) -> None:
    image = office.printed().convert("1", dither=Image.Dither.NONE)
    assert kept(tmp_path, image, mode=Mode.BITONAL).paper is None


@pytest.mark.parametrize("strength", [0.15, 0.5])
def test_pencil_stays_pencil(tmp_path: Path, strength: float) -> None:
    image = pencilled(strength)
    after = shown(tmp_path, kept(tmp_path, image))
    drawn = np.asarray(pencilled(1.0)).min(axis=2) < 60
    drawn[:880] = False
    before = np.asarray(image).astype(int)[drawn].mean()
    assert abs(after[drawn].mean() - before) < 20


def embossed(height: int) -> Image.Image:
    """A blind seal: no ink, one flank of each ridge lit and the other in shade."""
    relief = Image.new("L", office.SIZE, 128)
    pen = ImageDraw.Draw(relief)
    for radius in (120, 90, 45):
        pen.ellipse(
            (260 - radius, 1000 - radius, 260 + radius, 1000 + radius), outline=255, width=9
        )
    ridge = np.asarray(relief.filter(ImageFilter.GaussianBlur(2)), np.float32) - 128
    flank = np.clip((np.roll(ridge, 4, (0, 1)) - ridge) / 60, -1, 1) * height
    image = np.asarray(office.printed(paper=(235, 233, 228)), np.float32) - flank[..., None]
    return office.scanned(Image.fromarray(np.clip(image, 0, 255).astype(np.uint8)))


@pytest.mark.parametrize("height", [14, 40])
def test_embossed_seal_is_still_there(tmp_path: Path, height: int) -> None:
    image = embossed(height)
    after = shown(tmp_path, kept(tmp_path, image))[860:1140, 120:400].mean(axis=2)
    before = np.asarray(image).astype(float)[860:1140, 120:400].mean(axis=2)
    assert np.corrcoef(before.ravel(), after.ravel())[0, 1] > 0.8


@pytest.mark.parametrize("pale", [0.07, 0.25])
def test_pale_stamp_keeps_its_colour(tmp_path: Path, pale: float) -> None:
    image = office.printed()
    tint = tuple(
        round(p * (1 - pale * (1 - c / 255))) for p, c in zip(office.PAPER, office.RED, strict=True)
    )
    pen = ImageDraw.Draw(image)
    pen.rectangle((100, 900, 380, 1050), outline=tint, width=6)
    pen.rectangle((140, 940, 340, 1010), fill=tint)
    image = office.scanned(image)
    after = shown(tmp_path, kept(tmp_path, image))[945:1005, 150:330].reshape(-1, 3).mean(axis=0)
    assert np.abs(after - np.asarray(tint)).max() < 3


@pytest.mark.parametrize("paper", [(250, 215, 215), (252, 244, 190)])
def test_coloured_paper_keeps_its_colour(tmp_path: Path, paper: tuple[int, int, int]) -> None:
    page = kept(tmp_path, office.scanned(office.sealed(paper=paper)))
    after = shown(tmp_path, page)[1200:1280, 100:900].reshape(-1, 3).mean(axis=0)
    assert np.abs(after - np.asarray(paper)).max() < 4


def test_dust_and_dots_of_twelve_pixels_stay(tmp_path: Path) -> None:
    image = office.scanned(office.printed())
    pen = ImageDraw.Draw(image)
    for number in range(12):
        grey = (100 + 8 * number,) * 3
        pen.rectangle((100 + 40 * number, 1000, 103 + 40 * number, 1002), fill=grey)
    after = shown(tmp_path, kept(tmp_path, image))
    assert all(after[1001, 101 + 40 * number].max() < 195 for number in range(11))


@pytest.mark.parametrize("size", [(1, 1), (9, 1200), (150, 150), (5000, 4100)])
def test_a_scrap_and_a_poster_are_kept_whole(tmp_path: Path, size: tuple[int, int]) -> None:
    Image.new("RGB", size, "white").save(tmp_path / "clean.png", compress_level=1)
    painting = make_layers(tmp_path / "clean.png", Mode.COLOUR, 200, "layered", tmp_path)
    assert painting.paper is None


def test_a_blank_page_is_bare_paper(tmp_path: Path) -> None:
    page = kept(tmp_path, office.scanned(Image.new("RGB", office.SIZE, office.PAPER)))
    assert page.layers == ()
    assert np.abs(shown(tmp_path, page) - office.PAPER).max() <= 2


def test_the_same_page_gives_the_same_bytes(tmp_path: Path) -> None:
    image = office.scanned(office.sealed())
    one, two = (kept(tmp_path, image) for _ in (1, 2))
    assert [a.path.read_bytes() for a in one.layers] == [b.path.read_bytes() for b in two.layers]


def test_layered_pages_are_pdf_a_2u(tmp_path: Path, verapdf: Judge) -> None:
    pages = [
        kept(tmp_path, office.scanned(office.sealed()), lines=[line("Tờ", "à", "1")]),
        kept(tmp_path, office.scanned(office.printed()), one_bit="g4"),
        kept(tmp_path, office.scanned(Image.new("RGB", office.SIZE, office.PAPER))),
    ]
    Pdf2uWriter().write(pages, INFO, tmp_path / "out.pdf", quiet)
    verdict = verapdf(tmp_path / "out.pdf", "2u")
    assert verdict.compliant, str(verdict)


def test_real_office_pages_stay_whole_in_layers(tmp_path: Path, pages: Path) -> None:
    for name in ("quyet-dinh",):
        folder = tmp_path / name
        folder.mkdir()
        image = Image.open(pages / f"{name}.jpg").convert("RGB")
        page = worked(folder, image, dpi=300, keeping="layered")
        assert page.paper is not None
        total = sum(layer.path.stat().st_size for layer in page.layers)
        assert total < 40_000
        after = shown(folder, page).astype(np.uint8)
        assert presence.differences(np.asarray(image), after, 300) == ()
