"""Every finding there is has a page where it is right and a near neighbour where it must be silent.

The pages are pixels that go through page work whole; a finding without such a pair fails here.
"""

import tempfile
from collections.abc import Callable
from pathlib import Path

import cv2
import msgspec
import numpy as np
import pytest
import segno
from pikepdf import Pdf
from PIL import Image, ImageDraw, ImageFont

from scanstation.imaging.load import Picture, Pixels
from scanstation.model.duplicates import duplicates
from scanstation.model.page import FindingKind, Mode, PageOrder, WorkedPage
from scanstation.pagework import work_page
from tests.helpers.counter import PAGES
from tests.helpers.parts import requires_part
from tests.unit.imaging.drawing import A4, DPI, SERIF, leaning, paper, printed
from tests.unit.imaging.test_whole_paper import bled
from tests.unit.pagework.test_own_text import mojibake, taken
from tests.unit.pagework.test_remarks import CARD, again, stamped
from tests.unit.pdf.typed import typed

pytestmark = requires_part("tesseract-vie", "fonts")
Work = Callable[..., set[FindingKind]]
Page = Callable[[Work], set[FindingKind]]
SOUND_CARD = CARD.replace("099076", "099176")


@pytest.fixture
def work(tmp_path: Path) -> Work:
    """What is found on pixels (or an image, or a file) that go through page work."""

    def found(page: Pixels | Image.Image | Path, **changes: object) -> set[FindingKind]:
        return {one.kind for one in worked(page, tmp_path, **changes).findings}

    return found


def worked(page: Pixels | Image.Image | Path, parent: Path, **changes: object) -> WorkedPage:
    folder = Path(tempfile.mkdtemp(dir=parent))
    path = page if isinstance(page, Path) else folder / "page.png"
    if not isinstance(page, Path):
        (page if isinstance(page, Image.Image) else Image.fromarray(page)).save(path)
    order = PageOrder(
        original=path,
        dpi=DPI,
        rotation=0,
        deskew=True,
        reading="none",
        keeping="faithful",
        folder=folder,
    )
    return work_page(msgspec.structs.replace(order, **changes))


# --- the pages --------------------------------------------------------------------------------


def dotted(marks: int) -> Pixels:
    """Paper with dust and so many marks of a letter's size."""
    page = paper()
    for row, column in np.random.default_rng(3).integers(100, 1500, (25, 2)):
        page[row : row + 2, column : column + 2] = 60
    for mark in range(marks):
        page[2100:2124, 300 + 40 * mark : 314 + 40 * mark] = 30
    return page


def softened(sigma: float) -> Pixels:
    return np.asarray(cv2.GaussianBlur(printed(), (0, 0), sigma), np.uint8)


def scaled(black: float, white: float) -> Pixels:
    """Print from one grey to another."""
    return np.asarray(black + printed() / 250 * (white - black), np.uint8)


def cornered(leg_mm: float) -> Pixels:
    """A corner under a dark lid."""
    page, leg = printed(), round(leg_mm / 25.4 * DPI)
    cv2.fillPoly(page, [np.array([[0, 0], [leg, 0], [0, leg]])], (38,))
    return page


def sized(wide: float, long: float) -> Pixels:
    pixels = (round(wide / 25.4 * DPI), round(long / 25.4 * DPI))
    return printed(lines=5, size=pixels)


def upright(name: str, clockwise: int) -> Image.Image:
    return Image.open(PAGES / name).rotate(-clockwise, expand=True)


def with_card(text: str) -> Pixels:
    page = printed(lines=5)
    code = 255 - 235 * np.array(list(segno.make_qr(text, error="m").matrix), np.uint8)
    large = code.repeat(4, axis=0).repeat(4, axis=1)
    page[1200 : 1200 + len(large), 700 : 700 + len(large)] = large
    return page


def typed_page(folder: Path, **means: object) -> WorkedPage:
    """A page made on a computer, its own text in some encoding."""
    pdf = Pdf.new()
    typed(pdf, **means)  # type: ignore[arg-type]
    page = taken(pdf, folder)
    return worked(page.path, folder, dpi=page.dpi, reading="quick", taken=page.taken)


def twice(other: Image.Image) -> set[FindingKind]:
    """What a form and `other` say together."""
    with tempfile.TemporaryDirectory() as folder:
        form = Image.open(PAGES / "to-khai.jpg")
        pages = {
            name: worked(page, Path(folder), reading="quick")
            for name, page in (("a", form), ("b", other))
        }
        found = duplicates(pages, {"a": "1", "b": "2"})
        return {one.kind for one in found.values()}


def another_form() -> Image.Image:
    """The same form of another citizen: every value in the middle column is another one."""
    page = Image.open(PAGES / "to-khai.jpg").convert("RGB")
    pen, font = ImageDraw.Draw(page), ImageFont.truetype(SERIF, 33)
    for row in range(520, 1580, 44):
        pen.rectangle((500, row, 1560, row + 40), fill=(246, 246, 244))
        pen.text((520, row), f"Bùi Văn Nghĩa {row} Thôn Đồng Tiến", fill=(30, 30, 30), font=font)
    return page


def old_text(**means: object) -> set[FindingKind]:
    with tempfile.TemporaryDirectory() as folder:
        return {one.kind for one in typed_page(Path(folder), **means).findings}


def through(strength: float) -> Image.Image:
    page: Picture = bled(strength)
    assert page.mode is Mode.COLOUR
    return Image.fromarray(page.pixels)


PAIRS: dict[FindingKind, tuple[Page, Page]] = {
    FindingKind.BLANK: (lambda w: w(dotted(0)), lambda w: w(dotted(1))),
    FindingKind.NEARLY_BLANK: (lambda w: w(dotted(1)), lambda w: w(dotted(25))),
    FindingKind.BLURRED: (lambda w: w(softened(2.2)), lambda w: w(softened(0.6))),
    FindingKind.DARK: (lambda w: w(scaled(8, 120)), lambda w: w(scaled(8, 165))),
    FindingKind.LIGHT: (lambda w: w(scaled(170, 250)), lambda w: w(scaled(90, 250))),
    FindingKind.SKEWED: (
        lambda w: w(leaning(printed(), 1.3), deskew=False),
        lambda w: w(leaning(printed(), 0.7), deskew=False),
    ),
    FindingKind.CUT: (lambda w: w(printed()[:, 230:].copy()), lambda w: w(printed()[:, 150:])),
    FindingKind.CORNER: (lambda w: w(cornered(12)), lambda w: w(cornered(3))),
    FindingKind.SHORT: (lambda w: w(sized(210, 279)), lambda w: w(sized(210, 291))),
    FindingKind.WRONG_SIZE: (lambda w: w(sized(250, 353)), lambda w: w(sized(204, 290))),
    FindingKind.WRONG_RESOLUTION: (
        lambda w: w(printed(), asked_dpi=300.0),
        lambda w: w(printed(), asked_dpi=202.0),
    ),
    FindingKind.SHOW_THROUGH: (
        lambda w: w(through(0.08), dpi=300.0),
        lambda w: w(through(0.04), dpi=300.0),
    ),
    FindingKind.UPSIDE_DOWN: (
        lambda w: w(upright("upside-down.jpg", 0), reading="quick"),
        lambda w: w(upright("upside-down.jpg", 180), reading="quick"),
    ),
    FindingKind.SIDEWAYS: (
        lambda w: w(upright("xoay-90.jpg", 0), reading="quick"),
        lambda w: w(upright("xoay-90.jpg", 270), reading="quick"),
    ),
    FindingKind.UNKNOWN_SCALE: (lambda w: w(printed(), dpi=0.0), lambda w: w(printed())),
    FindingKind.LOW_RESOLUTION: (
        lambda w: w(printed(), dpi=199.0),
        lambda w: w(printed(), dpi=200.0),
    ),
    FindingKind.DUPLICATE: (
        lambda _: twice(again("to-khai.jpg", 200)),
        lambda _: twice(another_form()),
    ),
    FindingKind.CARD_DOUBT: (lambda w: w(with_card(CARD)), lambda w: w(with_card(SOUND_CARD))),
    FindingKind.SECRET: (
        lambda w: w(stamped("TỐI MẬT", 2.0), reading="quick"),
        lambda w: w(stamped("BẢO MẬT", 2.0), reading="quick"),
    ),
    FindingKind.UNREAD: (
        lambda w: w(printed(), reading="quick", reading_limit_s=0.01),
        lambda w: w(printed(lines=3), reading="quick"),
    ),
    FindingKind.OLD_TEXT: (lambda _: old_text(means=mojibake), lambda _: old_text()),
}


@pytest.mark.parametrize("kind", FindingKind)
def test_every_finding_is_made_where_it_is_right(kind: FindingKind, work: Work) -> None:
    right, _silent = PAIRS[kind]
    assert kind in right(work)


@pytest.mark.parametrize("kind", FindingKind)
def test_every_finding_stays_silent_on_a_near_neighbour(kind: FindingKind, work: Work) -> None:
    _right, silent = PAIRS[kind]
    assert kind not in silent(work)


def test_a_sound_page_has_no_finding_at_all(work: Work) -> None:
    assert work(printed(size=A4), reading="quick", asked_dpi=200.0) == set()
