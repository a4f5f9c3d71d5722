import numpy as np
import pytest

from scanstation.imaging import shade
from tests.helpers.parts import requires_part
from tests.unit.imaging.drawing import bitonal, grey, paper, printed

pytestmark = requires_part("fonts")


def lit(pixels, light):
    """The page under a light given as a share for every place."""
    return grey(np.clip(pixels * light, 0, 255).astype(np.uint8))


def from_the_side(pixels, least):
    return np.broadcast_to(np.linspace(1.0, least, pixels.shape[1]), pixels.shape)


def under_a_fold(pixels):
    rows = np.arange(pixels.shape[0])[:, np.newaxis]
    return np.broadcast_to(1 - 0.55 * np.exp(-(((rows - 1000) / 60) ** 2)), pixels.shape)


@pytest.mark.parametrize("light", [lambda page: from_the_side(page, 0.4), under_a_fold])
def test_print_in_shade_can_be_parted_from_paper_at_one_level(light):
    page = printed()
    even = shade.evened(lit(page, light(page))).pixels
    ink, bare = page < 60, page > 245
    assert np.percentile(even[ink], 95) < 128 < np.percentile(even[bare], 1)


@pytest.mark.parametrize("make", [grey, bitonal])
def test_evenly_lit_page_stays_the_very_same(make):
    page = make(printed())
    assert shade.evened(page) is page


def test_faint_shade_is_left_alone():
    page = printed()
    lightly = lit(page, from_the_side(page, 0.85))
    assert shade.evened(lightly) is lightly


def test_dark_picture_is_no_shade():
    page = printed()
    page[300:1100, 200:900] = 40
    page[500:560, 300:800] = 250
    assert shade.evened(grey(page)).pixels is page


def test_blank_and_tiny_pages_pass():
    for size in [(1, 1), (3, 900), (900, 3)]:
        page = grey(paper(size))
        assert shade.evened(page) is page
