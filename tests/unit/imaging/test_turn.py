import numpy as np
import pytest

from scanstation.imaging import turn
from scanstation.model.page import Box, Mode
from tests.helpers.parts import requires_part
from tests.unit.imaging.drawing import bitonal, colour, grey, paper, printed

pytestmark = requires_part("fonts")


def test_four_quarter_turns_give_back_every_pixel():
    page = colour(printed())
    turned = page
    for _ in range(4):
        turned = turn.quarter(turned, 90)
    assert np.array_equal(turned.pixels, page.pixels)


def test_quarter_turn_is_clockwise():
    page = paper((60, 40))
    page[0, 0] = 0
    turned = turn.quarter(grey(page), 90)
    assert turned.pixels.shape == (60, 40)
    assert turned.pixels[0, 39] == 0


def test_no_turn_hands_back_the_very_picture():
    page = grey(printed())
    assert turn.quarter(page, 360) is page


def test_one_bit_page_stays_one_bit():
    page = bitonal(printed())
    turned = turn.apply(page, turn.for_archive(page, 1.3))
    assert turned.mode is Mode.BITONAL
    assert set(np.unique(turned.pixels)) == {0, 255}


def test_border_has_the_colour_of_the_paper():
    page = colour(paper())
    page.pixels[:] = (240, 230, 200)
    turned = turn.apply(page, turn.same_size(page, 3.0))
    assert tuple(turned.pixels[0, 0]) == (240, 230, 200)


def test_page_keeps_its_size_when_only_paper_would_be_cut_off():
    page = grey(printed())
    kept = turn.for_archive(page, 2.0)
    assert (kept.new_width, kept.new_height) == (page.width, page.height)


def test_page_grows_rather_than_lose_print_in_its_corner():
    cornered = printed()
    cornered[:60, :60] = 0
    page = grey(cornered)
    turned = turn.apply(page, turn.for_archive(page, 3.0))
    assert turned.width > page.width
    corner = turned.pixels[:200, :200]
    assert abs(int((corner < 128).sum()) - 60 * 60) < 80


@pytest.mark.parametrize("make", [turn.same_size, turn.whole])
def test_box_follows_its_ink_there_and_back(make):
    marked = paper()
    marked[300:330, 400:460] = 0
    page = grey(marked)
    how = make(page, 1.4)
    box = Box(400, 300, 60, 30)
    there = how.forth(box)
    rows, columns = np.nonzero(turn.apply(page, how).pixels < 128)
    assert abs(columns.mean() - (there.x + 29.5)) < 1
    assert abs(rows.mean() - (there.y + 14.5)) < 1
    back = how.back(there)
    assert abs(back.x - box.x) <= 1
    assert abs(back.y - box.y) <= 1
