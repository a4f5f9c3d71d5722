import cv2
import numpy as np
import pytest
from PIL import Image

from scanstation.imaging import reading_input, skew
from scanstation.imaging.leaders import without_leaders
from scanstation.imaging.load import Picture
from scanstation.model.page import Box, Mode
from tests.helpers.parts import requires_part
from tests.unit.imaging.drawing import DPI, bitonal, colour, grey, leaning, paper, printed

pytestmark = requires_part("fonts")
MM = DPI / 25.4


def sealed(radius_mm: float):
    """Print with a ring of red ink over it."""
    page = colour(printed())
    ring = cv2.circle(
        page.pixels, (1000, 1200), round(radius_mm * MM), (205, 40, 45), round(1.5 * MM)
    )
    page.pixels[:] = np.minimum(page.pixels, ring)
    return page


def test_seal_vanishes_from_the_reading_and_print_under_it_stays():
    page = sealed(18)
    read = reading_input.without_seals(page)
    ring = (page.pixels[:, :, 0] > 180) & (page.pixels[:, :, 1] < 80)
    assert read[ring].min() > 180
    print_elsewhere = printed() < 60
    assert (read[print_elsewhere & ~ring] < 90).mean() > 0.95


def test_red_title_stays_in_the_reading():
    page = colour(paper())
    title = page.pixels[400:440, 500:1100]
    title[:] = (200, 30, 40)
    assert reading_input.without_seals(page)[420, 800] < 120


def test_red_frame_round_the_page_is_no_seal():
    page = colour(printed())
    cv2.rectangle(page.pixels, (60, 60), (1590, 2270), (205, 40, 45), 12)
    page.pixels[800:840, 400:800] = (200, 30, 40)
    assert reading_input.without_seals(page)[820, 600] < 120


@pytest.mark.parametrize("lean", [-3.0, 0.0, 1.2])
def test_reading_image_leans_by_a_third_of_a_degree(lean):
    page = grey(leaning(printed(), lean))
    prepared = reading_input.prepare(page, skew.measure(page))
    seen = skew.measure(Picture(prepared.pixels, Mode.GREY, prepared.dpi))
    assert abs(seen.angle - 0.35) < 0.05


def test_page_without_a_sure_direction_is_read_as_it_is():
    page = bitonal(printed())
    assert np.array_equal(reading_input.prepare(page, None).pixels, page.pixels)


@pytest.mark.parametrize("dpi", [200.0, 600.0])
def test_box_of_the_reading_lies_on_the_same_ink_of_the_page(dpi):
    marked = paper()
    marked[700:740, 900:1000] = 0
    page = Picture(leaning(marked, 1.5), Mode.GREY, dpi)
    prepared = reading_input.prepare(page, skew.Skew(-1.5, 9.0))
    rows, columns = np.nonzero(prepared.pixels < 128)
    found = Box(
        int(columns.min()),
        int(rows.min()),
        int(np.ptp(columns)) + 1,
        int(np.ptp(rows)) + 1,
    )
    rows, columns = np.nonzero(page.pixels < 128)
    back = prepared.on_page(found)
    assert abs(back.x + back.width / 2 - columns.mean()) < 3
    assert abs(back.y + back.height / 2 - rows.mean()) < 3


def test_very_fine_scan_is_read_at_half_its_scale():
    page = Picture(printed(), Mode.GREY, 600.0)
    assert reading_input.prepare(page, None).dpi == 300.0


def test_reading_file_is_uncompressed_grey(tmp_path):
    page = grey(printed())
    prepared = reading_input.prepare(page, None)
    prepared.write(tmp_path / "page.pgm")
    data = (tmp_path / "page.pgm").read_bytes()
    assert data.startswith(b"P5")
    assert np.array_equal(np.asarray(Image.open(tmp_path / "page.pgm")), prepared.pixels)


def dotted(page, row: int, dot: int = 3, pitch: int = 8):
    for height in range(dot):
        page[row + height, 300:1300] = np.where(np.arange(1000) % pitch < dot, 30, 250)
    return page


def test_dotted_line_vanishes_from_the_reading():
    read = without_leaders(grey(dotted(paper(), 900)))
    assert read.min() > 200


def test_leaning_dotted_line_vanishes_too():
    read = without_leaders(grey(leaning(dotted(paper(), 1200), 3.0)))
    assert (read < 128).sum() == 0


def test_words_on_a_dotted_line_stay():
    page = dotted(paper(), 900)
    page[860:895, 500:520] = 0
    read = without_leaders(grey(page))
    assert read[860:895, 500:520].max() == 0


def test_print_without_dotted_lines_stays_pixel_for_pixel(noise):
    for page in (grey(printed()), bitonal(printed()), bitonal(noise)):
        assert np.array_equal(without_leaders(page), page.grey)
