"""Pictures of a layered page: one ink in one channel, two inks in two pictures or in colour."""

import subprocess
from collections.abc import Callable
from pathlib import Path

import msgspec
import numpy as np
import pytest
from PIL import Image, ImageDraw, ImageFont

from scanstation import errors
from scanstation.model.page import ImageLayer, WorkedPage
from scanstation.pdf import layered, pdfium
from scanstation.pdf.assemble import Pdf2uWriter
from tests.helpers.parts import requires_part
from tests.helpers.verapdf import Verdict
from tests.unit.pdf import office
from tests.unit.pdf.worked import INFO, quiet, worked

Judge = Callable[[Path, str], Verdict]


def stamped(with_line: bool = False, beside: str = "") -> Image.Image:
    """Print, a red stamp over some of it, and perhaps a thin blue line across or print beside."""
    image = office.printed()
    pen = ImageDraw.Draw(image)
    left, top, right, bottom = office.SEAL
    pen.ellipse(office.SEAL, outline=office.RED, width=9)
    pen.rectangle((left + 80, top + 90, right - 80, bottom - 90), outline=office.RED, width=20)
    if with_line:
        pen.line((left + 20, bottom - 20, right - 20, top + 40), office.BLUE, width=3)
    pen.text((right + 12, top + 60), beside, office.BLUE, font=ImageFont.load_default(24))
    return office.scanned(image)


def kept(folder: Path, image: Image.Image) -> tuple[WorkedPage, list[ImageLayer]]:
    page = worked(folder, image, dpi=office.DPI, keeping="layered")
    return page, [layer for layer in page.layers if not layer.mask]


def shown(folder: Path, page: WorkedPage) -> np.ndarray:
    Pdf2uWriter().write([page], INFO, folder / "shown.pdf", quiet)
    with pdfium.opened(folder / "shown.pdf") as document:
        drawn = pdfium.drawn(document[0], page.dpi / 72)
    return np.asarray(drawn)[: page.height, : page.width].astype(int)


def colours(image: Image.Image) -> tuple[np.ndarray, np.ndarray]:
    """Where the page is clearly red and clearly blue."""
    source = np.asarray(image).astype(int)
    red = (source[..., 0] > 180) & (source[..., 1] < 80)
    return red, (source[..., 2] > 120) & (source[..., 0] < 80)


def off(after: np.ndarray, image: Image.Image, where: np.ndarray) -> float:
    """Levels of any channel by which the places differ on the whole."""
    assert where.sum() > 30
    source = np.asarray(image).astype(int)
    return float(np.abs(after[where].mean(axis=0) - source[where].mean(axis=0)).max())


def test_a_stamp_is_one_channel_and_keeps_its_red(tmp_path: Path) -> None:
    image = stamped()
    page, (picture,) = kept(tmp_path, image)
    assert len(picture.palette) == 3 * 256
    with Image.open(picture.path) as coded:
        assert coded.mode == "L"
    assert off(shown(tmp_path, page), image, colours(image)[0]) < 12


def test_a_thin_blue_line_across_a_stamp_stays_blue(tmp_path: Path) -> None:
    image = stamped(with_line=True)
    page, (picture,) = kept(tmp_path, image)
    assert picture.palette == b""
    after = shown(tmp_path, page)
    for ink in colours(image):
        assert off(after, image, ink) < 30


def test_blue_print_beside_a_stamp_is_a_picture_of_its_own(tmp_path: Path) -> None:
    image = stamped(beside="Ky boi: UBND")
    page, pictures = kept(tmp_path, image)
    assert [len(one.palette) for one in pictures] == [768, 768]
    one, other = (layer.box for layer in pictures)
    assert one.x + one.width <= other.x or other.x + other.width <= one.x
    after = shown(tmp_path, page)
    for ink in colours(image):
        assert off(after, image, ink) < 20


def test_pictures_are_drawn_in_step_with_the_pixels_of_the_page(tmp_path: Path) -> None:
    image = stamped(with_line=True)
    page, (picture,) = kept(tmp_path, image)
    taken = layered.take_apart(np.asarray(image), office.DPI)
    assert taken is not None
    box = picture.box
    rows, columns = slice(box.y, box.y + box.height), slice(box.x, box.x + box.width)
    wanted = layered.put_together(*taken)[rows, columns].astype(int)
    assert np.abs(shown(tmp_path, page)[rows, columns] - wanted).max() <= 2


@requires_part("poppler")
def test_poppler_shows_the_palette_as_pdfium_does(tmp_path: Path) -> None:
    image = stamped()
    page, _ = kept(tmp_path, image)
    ours = shown(tmp_path, page)
    command = ("pdftoppm", "-r", "200", "-png", "-singlefile", tmp_path / "shown.pdf")
    subprocess.run((*command, tmp_path / "poppler"), check=True)
    theirs = np.asarray(Image.open(tmp_path / "poppler.png").convert("RGB")).astype(int)
    red = colours(image)[0]
    assert (
        np.abs(ours[red].mean(axis=0) - theirs[: page.height, : page.width][red].mean(axis=0)).max()
        < 15
    )


def grey(palette: np.ndarray) -> np.ndarray:
    return np.repeat(palette.mean(axis=1, keepdims=True), 3, axis=1)


def reversed_(palette: np.ndarray) -> np.ndarray:
    return palette[::-1]


def blue(palette: np.ndarray) -> np.ndarray:
    return palette[:, ::-1]


@pytest.mark.parametrize("wrong", [grey, reversed_, blue])
def test_another_palette_is_refused(
    tmp_path: Path, wrong: Callable[[np.ndarray], np.ndarray]
) -> None:
    page, (picture,) = kept(tmp_path, stamped())
    palette = np.frombuffer(picture.palette, np.uint8).reshape(-1, 3)
    fault = msgspec.structs.replace(picture, palette=wrong(palette).astype(np.uint8).tobytes())
    layers = tuple(fault if one is picture else one for one in page.layers)
    with pytest.raises(errors.SelfCheckFailed):
        Pdf2uWriter().write(
            [msgspec.structs.replace(page, layers=layers)], INFO, tmp_path / "out.pdf", quiet
        )
    assert not (tmp_path / "out.pdf").exists()


def test_a_page_with_palettes_is_pdf_a_2u(tmp_path: Path, verapdf: Judge) -> None:
    page, _ = kept(tmp_path, stamped(beside="Ky boi: UBND"))
    Pdf2uWriter().write([page], INFO, tmp_path / "out.pdf", quiet)
    verdict = verapdf(tmp_path / "out.pdf", "2u")
    assert verdict.compliant, str(verdict)
