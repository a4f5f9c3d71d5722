"""Faults planted in a layered file, as a coder, an assembler or a clean-up could make them.

Each is refused before anybody sees the file, and nothing is published.
"""

from collections.abc import Callable, Iterator
from pathlib import Path

import cv2
import msgspec
import numpy as np
import pytest
from PIL import Image, ImageDraw

from scanstation import errors
from scanstation.model.page import Box, ImageLayer, PageText, WorkedPage
from scanstation.pdf import jbig2, jpeg
from scanstation.pdf.assemble import Pdf2uWriter
from tests.unit.pdf import office
from tests.unit.pdf.worked import INFO, line, quiet, worked

Layers = tuple[ImageLayer, ...]


@pytest.fixture(scope="module")
def pages(tmp_path_factory: pytest.TempPathFactory) -> list[WorkedPage]:
    """Two pages that differ in their print; both say the same, so words cannot tell."""
    folder = tmp_path_factory.mktemp("pages")
    said = [line("Tờ", "khai", "à", "1")]
    return [
        worked(folder, office.scanned(office.sealed(seed)), said, dpi=200, keeping="layered")
        for seed in (1, 2)
    ]


def refusal(folder: Path, pages: list[WorkedPage]) -> str:
    with pytest.raises(errors.SelfCheckFailed) as caught:
        Pdf2uWriter().write(pages, INFO, folder / "out.pdf", quiet)
    assert not (folder / "out.pdf").exists()
    return str(caught.value.facts["problem"])


def painted(page: WorkedPage, layers: Layers, **changes: object) -> WorkedPage:
    return msgspec.structs.replace(page, layers=layers, **changes)


def stencil(page: WorkedPage) -> np.ndarray:
    """(height, width) of bool: what the page's print should be."""
    grey = np.asarray(Image.open(page.clean).convert("L"))
    colour = np.ptp(np.asarray(Image.open(page.clean).convert("RGB")).astype(int), axis=2)
    return (grey < 140) & (colour < 40)


def coded(black: np.ndarray, layer: ImageLayer, folder: Path) -> ImageLayer:
    (folder / "fault.jbig2").write_bytes(jbig2.encode(black, office.DPI))
    return msgspec.structs.replace(layer, path=folder / "fault.jbig2")


def one_dot_less(black: np.ndarray) -> None:
    """The smallest thing of twelve pixels that stands alone: the dot of an i."""
    page = np.asarray(office.scanned(office.sealed()).convert("L"))
    _, labels, stats, _ = cv2.connectedComponentsWithStats((page < 185).astype(np.uint8))
    sizes = stats[:, cv2.CC_STAT_AREA]
    dot = int(np.argmin(np.where(sizes >= 12, sizes, 10**6)))
    assert black[labels == dot].any()
    black[labels == dot] = False


def one_letter_less(black: np.ndarray) -> None:
    _, labels, stats, _ = cv2.connectedComponentsWithStats(black.astype(np.uint8))
    black[labels == 1 + int(np.argmax(stats[1:, cv2.CC_STAT_AREA] > 100))] = False


def letters_swapped(black: np.ndarray) -> None:
    """What lossy symbol coding has done to real archives: one shape stands for another."""
    word, other = black[90:125, 80:100].copy(), black[150:185, 160:180].copy()
    black[90:125, 80:100], black[150:185, 160:180] = other, word


def shifted(black: np.ndarray) -> None:
    black[:] = np.roll(black, 4, axis=1)


def line_less(black: np.ndarray) -> None:
    black[140:195] = False


def smeared(black: np.ndarray) -> None:
    black[300:303, 80:900] = True


def speck_more(black: np.ndarray) -> None:
    black[1200:1206, 500:506] = True


def inverted(black: np.ndarray) -> None:
    black[:] = ~black


def mirrored(black: np.ndarray) -> None:
    black[:] = black[:, ::-1]


STENCIL_FAULTS = (
    one_dot_less, one_letter_less, letters_swapped, shifted, line_less, smeared, speck_more,
    inverted, mirrored,
)  # fmt: skip


def test_the_stencil_these_faults_are_planted_in_would_pass(
    tmp_path: Path, pages: list[WorkedPage]
) -> None:
    layers = (*pages[0].layers[:-1], coded(stencil(pages[0]), pages[0].layers[-1], tmp_path))
    Pdf2uWriter().write([painted(pages[0], layers)], INFO, tmp_path / "out.pdf", quiet)


@pytest.mark.parametrize("fault", STENCIL_FAULTS, ids=lambda fault: fault.__name__)
def test_a_fault_in_the_stencil_is_found(
    tmp_path: Path, pages: list[WorkedPage], fault: Callable[[np.ndarray], None]
) -> None:
    black = stencil(pages[0])
    fault(black)
    layers = (*pages[0].layers[:-1], coded(black, pages[0].layers[-1], tmp_path))
    assert refusal(tmp_path, [painted(pages[0], layers)]).startswith("page 1: ")


# --- pictures ---------------------------------------------------------------------------------


def picture(layer: ImageLayer) -> Image.Image:
    with Image.open(layer.path) as image:
        return image.convert("RGB")


def grey(image: Image.Image) -> Image.Image:
    return image.convert("L").convert("RGB")


def bleached(image: Image.Image) -> Image.Image:
    return Image.new("RGB", image.size, office.PAPER)


def blue_for_red(image: Image.Image) -> Image.Image:
    red, green, blue = image.split()
    return Image.merge("RGB", (blue, green, red))


def upside_down(image: Image.Image) -> Image.Image:
    return image.transpose(Image.Transpose.ROTATE_180)


def half(image: Image.Image) -> Image.Image:
    image.paste(office.PAPER, (0, image.height // 2, image.width, image.height))
    return image


def signature_less(image: Image.Image) -> Image.Image:
    left = int(image.width * 0.62)
    image.paste(office.PAPER, (left, 0, image.width, image.height))
    return image


def scratched(image: Image.Image) -> Image.Image:
    ImageDraw.Draw(image).line((0, 0, image.width, image.height), fill="black", width=3)
    return image


PICTURE_FAULTS = (
    grey, bleached, blue_for_red, upside_down, half, signature_less, scratched,
)  # fmt: skip


@pytest.mark.parametrize("fault", PICTURE_FAULTS, ids=lambda fault: fault.__name__)
def test_a_fault_in_the_seal_is_found(
    tmp_path: Path, pages: list[WorkedPage], fault: Callable[[Image.Image], Image.Image]
) -> None:
    seal, print_ = pages[0].layers
    (tmp_path / "fault.jpg").write_bytes(jpeg.coded(fault(picture(seal)), (90, 90)))
    wrong = msgspec.structs.replace(seal, path=tmp_path / "fault.jpg", coder="jpeg")
    assert refusal(tmp_path, [painted(pages[0], (wrong, print_))]).startswith("page 1: ")


def test_the_picture_these_faults_are_planted_in_would_pass(
    tmp_path: Path, pages: list[WorkedPage]
) -> None:
    seal, print_ = pages[0].layers
    (tmp_path / "same.jpg").write_bytes(jpeg.coded(picture(seal), (90, 90)))
    same = msgspec.structs.replace(seal, path=tmp_path / "same.jpg", coder="jpeg")
    page = painted(pages[0], (same, print_))
    Pdf2uWriter().write([page], INFO, tmp_path / "out.pdf", quiet)


# --- assembly ---------------------------------------------------------------------------------


def moved(layer: ImageLayer, right: int) -> ImageLayer:
    box = layer.box
    there = Box(box.x + right, box.y, box.width, box.height)
    return msgspec.structs.replace(layer, box=there)


def wrongly_assembled(pages: list[WorkedPage]) -> Iterator[tuple[str, WorkedPage]]:
    page, other = pages
    seal, print_ = page.layers
    yield "the seal is left out", painted(page, (print_,))
    yield "the print is left out", painted(page, (seal,))
    yield "the picture lies over the print", painted(page, (print_, seal))
    yield "the seal lies 2 mm to the right", painted(page, (moved(seal, 16), print_))
    yield "the print lies half a millimetre to the right", painted(page, (seal, moved(print_, 4)))
    yield "the print of another page", painted(page, (seal, other.layers[1]))
    white = msgspec.structs.replace(print_, ink=(255, 255, 255))
    yield "the print is painted white", painted(page, (seal, white))
    red = msgspec.structs.replace(print_, ink=(200, 0, 0))
    yield "the print is painted red", painted(page, (seal, red))
    yield "the paper is painted yellow", painted(page, page.layers, paper=(250, 230, 120))
    opaque = msgspec.structs.replace(print_, mask=False, grey=True)
    yield "the stencil is opaque", painted(page, (seal, opaque))


ASSEMBLY_FAULTS = 10


@pytest.mark.parametrize("number", range(ASSEMBLY_FAULTS))
def test_a_wrongly_assembled_page_is_found(
    tmp_path: Path, pages: list[WorkedPage], number: int
) -> None:
    faults = list(wrongly_assembled(pages))
    assert len(faults) == ASSEMBLY_FAULTS
    name, page = faults[number]
    assert refusal(tmp_path, [page]).startswith("page 1: "), name


def test_swapped_pages_that_say_the_same_are_found(tmp_path: Path, pages: list[WorkedPage]) -> None:
    one, two = pages
    swapped = [painted(one, two.layers), painted(two, one.layers)]
    assert refusal(tmp_path, swapped).startswith("page 1: ")


@pytest.mark.parametrize("length", [0.3, 0.9])
def test_a_stencil_cut_short_is_found(
    tmp_path: Path, pages: list[WorkedPage], length: float
) -> None:
    seal, print_ = pages[0].layers
    data = print_.path.read_bytes()
    (tmp_path / "short.jbig2").write_bytes(data[: int(length * len(data))])
    short = msgspec.structs.replace(print_, path=tmp_path / "short.jbig2")
    assert refusal(tmp_path, [painted(pages[0], (seal, short))])


def test_a_seal_cut_short_is_found(tmp_path: Path, pages: list[WorkedPage]) -> None:
    seal, print_ = pages[0].layers
    data = seal.path.read_bytes()
    (tmp_path / "short.jp2").write_bytes(data[: len(data) // 3])
    short = msgspec.structs.replace(seal, path=tmp_path / "short.jp2")
    assert refusal(tmp_path, [painted(pages[0], (short, print_))])


def test_a_clean_up_that_ate_a_letter_is_found(tmp_path: Path) -> None:
    """The layers are made of a page that lost a letter; the check looks at the capture."""
    image = office.scanned(office.sealed())
    cleaned = image.copy()
    cleaned.paste(office.PAPER, (80, 208, 96, 240))
    eaten = worked(tmp_path, cleaned, dpi=200, keeping="layered")
    whole = worked(tmp_path, image, dpi=200, keeping="layered")
    assert "the ink is not the page's" in refusal(tmp_path, [painted(whole, eaten.layers)])


def test_words_of_a_layered_page_are_checked_too(tmp_path: Path, pages: list[WorkedPage]) -> None:
    Pdf2uWriter().write(pages[:1], INFO, tmp_path / "right.pdf", quiet)
    from scanstation.pdf import selfcheck

    for lost in ("à", "1"):
        more = PageText(lines=(line("Tờ", "khai", "à", "1", lost),), engine="")
        asked = msgspec.structs.replace(pages[0], text=more)
        with pytest.raises(errors.SelfCheckFailed, match=f"words are missing: «{lost}»"):
            selfcheck.check(tmp_path / "right.pdf", [asked], INFO.title, quiet)
