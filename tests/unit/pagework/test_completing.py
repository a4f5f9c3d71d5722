"""Lines the engine passes over and figures in cells, on the drawn pages that showed them."""

from pathlib import Path

import pytest

from scanstation.model.page import PageOrder, PageText
from scanstation.pagework import work_page
from tests.helpers.parts import requires_part

pytestmark = requires_part("tesseract-vie")
PAGES = Path(__file__).parents[3] / "fixtures" / "pages"


@pytest.fixture
def read(tmp_path: Path):
    def _read(name: str, dpi: float) -> PageText:
        order = PageOrder(
            original=PAGES / name,
            dpi=dpi,
            rotation=0,
            deskew=True,
            reading="quick",
            keeping="faithful",
            folder=tmp_path,
        )
        return work_page(order).text

    return _read


def test_lines_with_handwriting_in_them_are_read(read):
    said = read("viet-tay.jpg", 300).plain
    for printed in ("Số định danh cá nhân:", "Ngày sinh:", "đồng, biên lai số", "Ngày hẹn trả"):
        assert printed in said


def test_lines_on_the_guilloche_of_a_certificate_are_read_with_their_numbers(read):
    said = read("giay-khai-sinh.jpg", 300).plain
    for printed in ("TRỊNH QUANG PHƯỚC", "03/06/2025", "099225302121", "05/06/2025"):
        assert printed in said


def test_figures_of_table_cells_lose_the_borders_and_none_is_lost(read):
    words = read("print-corner.jpg", 200).plain.split()
    assert "_" not in "".join(words)
    assert {"1", "10", "12", "215"} <= set(words)


def test_new_words_lie_within_the_page(read):
    text = read("viet-tay.jpg", 300)
    boxes = [word.box for line in text.lines for word in line.words]
    assert all(box.x >= 0 and box.y >= 0 and box.x + box.width <= 2480 for box in boxes)
