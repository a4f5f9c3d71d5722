"""Faults planted in the file of pages that are kept whole, as a coder or an assembler could."""

from collections.abc import Callable
from pathlib import Path

import msgspec
import pytest
from PIL import Image, ImageDraw, ImageFilter

from scanstation import errors
from scanstation.model.page import PageText, WorkedPage
from scanstation.pdf import selfcheck
from scanstation.pdf.assemble import assemble
from tests.unit.pdf import office
from tests.unit.pdf.worked import INFO, line, quiet, worked


@pytest.fixture(scope="module")
def pages(tmp_path_factory: pytest.TempPathFactory) -> list[WorkedPage]:
    """Two pages that differ in their print; both say the same, so words cannot tell."""
    folder = tmp_path_factory.mktemp("pages")
    said = [line("Tờ", "khai", "à", "1")]
    return [
        worked(folder, office.scanned(office.sealed(seed)), said, dpi=office.DPI) for seed in (1, 2)
    ]


def refusal(
    folder: Path, written: list[WorkedPage], asked: list[WorkedPage], title: str = INFO.title
) -> str:
    """What the check says of a file made of `written` where `asked` were wanted."""
    assemble(written, INFO, folder / "images.pdf", folder / "out.pdf")
    with pytest.raises(errors.SelfCheckFailed) as caught:
        selfcheck.check(folder / "out.pdf", asked, title, quiet)
    return str(caught.value.facts["problem"])


def test_the_pages_these_faults_are_planted_in_would_pass(
    tmp_path: Path, pages: list[WorkedPage]
) -> None:
    assemble(pages, INFO, tmp_path / "images.pdf", tmp_path / "out.pdf")
    selfcheck.check(tmp_path / "out.pdf", pages, INFO.title, quiet)


# --- the picture -------------------------------------------------------------------------------


def all_grey(image: Image.Image) -> Image.Image:
    return image.convert("L").convert("RGB")


def grey_signature(image: Image.Image) -> Image.Image:
    """Thin blue ink gone black, off the seal: the least colour a page may have."""
    box = (710, 900, 910, 1080)
    image.paste(all_grey(image.crop(box)), box)
    return image


def seal_painted_out(image: Image.Image) -> Image.Image:
    image.paste(office.PAPER, office.SEAL)
    return image


def seal_of_another_red(image: Image.Image) -> Image.Image:
    box = (510, 950, 610, 1050)
    image.paste((120, 30, 60), box)
    return image


def blue_for_red(image: Image.Image) -> Image.Image:
    red, green, blue = image.split()
    return Image.merge("RGB", (blue, green, red))


def one_letter_white(image: Image.Image) -> Image.Image:
    image.paste(office.PAPER, (80, 208, 96, 240))
    return image


def one_line_white(image: Image.Image) -> Image.Image:
    image.paste(office.PAPER, (0, 205, image.width, 245))
    return image


def a_stroke_more(image: Image.Image) -> Image.Image:
    ImageDraw.Draw(image).line((100, 1200, 112, 1200), fill=office.PRINT, width=3)
    return image


def shifted(image: Image.Image) -> Image.Image:
    return image.transform(image.size, Image.Transform.AFFINE, (1, 0, -8, 0, 1, 0))


def mirrored(image: Image.Image) -> Image.Image:
    return image.transpose(Image.Transpose.FLIP_LEFT_RIGHT)


def blurred(image: Image.Image) -> Image.Image:
    return image.filter(ImageFilter.GaussianBlur(6))


def paler(image: Image.Image) -> Image.Image:
    return Image.blend(image, Image.new("RGB", image.size, "white"), 0.6)


def half(image: Image.Image) -> Image.Image:
    image.paste(office.PAPER, (0, image.height // 2, image.width, image.height))
    return image


FAULTS = (
    all_grey, grey_signature, seal_painted_out, seal_of_another_red, blue_for_red,
    one_letter_white, one_line_white, a_stroke_more, shifted, mirrored, blurred, paler, half,
)  # fmt: skip


@pytest.mark.parametrize("fault", FAULTS, ids=lambda fault: fault.__name__)
def test_a_fault_in_the_picture_is_found(
    tmp_path: Path, pages: list[WorkedPage], fault: Callable[[Image.Image], Image.Image]
) -> None:
    with Image.open(pages[0].clean) as image:
        wrong = worked(tmp_path, fault(image.convert("RGB")), dpi=office.DPI)
    written = msgspec.structs.replace(pages[0], layers=wrong.layers)
    assert refusal(tmp_path, [written], pages[:1]).startswith("page 1: ")


def test_lost_colour_is_called_by_its_name(tmp_path: Path, pages: list[WorkedPage]) -> None:
    with Image.open(pages[0].clean) as image:
        wrong = worked(tmp_path, grey_signature(image.convert("RGB")), dpi=office.DPI)
    written = msgspec.structs.replace(pages[0], layers=wrong.layers)
    assert "its colours are not those of the page" in refusal(tmp_path, [written], pages[:1])


# --- the document ------------------------------------------------------------------------------


def test_swapped_pages_that_say_the_same_are_found(tmp_path: Path, pages: list[WorkedPage]) -> None:
    assert refusal(tmp_path, pages[::-1], pages).startswith("page 1: ")


def test_the_same_page_twice_is_found(tmp_path: Path, pages: list[WorkedPage]) -> None:
    assert refusal(tmp_path, [pages[0], pages[0]], pages).startswith("page 2: ")


def said(page: WorkedPage, *words: str) -> WorkedPage:
    return msgspec.structs.replace(page, text=PageText(lines=(line(*words),), engine=""))


@pytest.mark.parametrize(
    ("words", "problem"),
    [
        (("Tờ", "khai", "1"), "words are missing: «à»"),
        (("Tờ", "khai", "à"), "words are missing: «1»"),
        (("Tờ", "khái", "à", "1"), "words are missing: «khai»"),
        (("Tờ", "khai", "à", "1", "1"), "words nobody asked for: «1»"),
        ((), "words are missing: "),
    ],
)
def test_another_text_is_found(
    tmp_path: Path, pages: list[WorkedPage], words: tuple[str, ...], problem: str
) -> None:
    assert problem in refusal(tmp_path, [said(pages[0], *words)], pages[:1])


@pytest.mark.parametrize("dpi", [office.DPI * 1.01, office.DPI / 2])
def test_another_page_size_is_found(tmp_path: Path, pages: list[WorkedPage], dpi: float) -> None:
    written = msgspec.structs.replace(pages[0], dpi=dpi)
    assert "not true to scale" in refusal(tmp_path, [written], pages[:1])


def test_another_title_is_found(tmp_path: Path, pages: list[WorkedPage]) -> None:
    problem = refusal(tmp_path, pages, pages, title="Giấy khai sinh")
    assert problem == f"its title is «{INFO.title}» instead of «Giấy khai sinh»"


def test_a_page_too_large_to_draw_whole_is_checked_all_the_same(tmp_path: Path) -> None:
    """A plan of 25 megapixels, compared at the size that is left."""
    image = Image.new("RGB", (5000, 5000), office.PAPER)
    image.paste(office.scanned(office.sealed()), (2000, 2000))
    whole = worked(tmp_path, image, dpi=office.DPI)
    assemble([whole], INFO, tmp_path / "images.pdf", tmp_path / "right.pdf")
    selfcheck.check(tmp_path / "right.pdf", [whole], INFO.title, quiet)
    image.paste(office.PAPER, (2000, 2200, 2300, 2245))
    wrong = msgspec.structs.replace(whole, layers=worked(tmp_path, image, dpi=office.DPI).layers)
    assert "the ink is not the page's" in refusal(tmp_path, [wrong], [whole])


@pytest.mark.parametrize(
    "title",
    ["", " a  b\n", "a < b & c > d", "–€•", "\u00ad\u200b\ufeffx", "𝔸 😀", "\x00\x1b\ud800 x"],
)
def test_a_title_with_odd_letters_is_the_one_that_was_asked_for(
    tmp_path: Path, pages: list[WorkedPage], title: str
) -> None:
    info = msgspec.structs.replace(INFO, title=title)
    assemble(pages[:1], info, tmp_path / "images.pdf", tmp_path / "out.pdf")
    selfcheck.check(tmp_path / "out.pdf", pages[:1], title, quiet)
