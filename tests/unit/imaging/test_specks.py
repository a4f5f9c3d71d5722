import numpy as np
import pytest

from scanstation.imaging import specks
from tests.helpers.parts import requires_part
from tests.unit.imaging.drawing import bitonal, colour, grey, paper, printed

pytestmark = requires_part("fonts")


def speckled(pixels, count):
    dirty = pixels.copy()
    generator = np.random.default_rng(3)
    rows = generator.integers(0, pixels.shape[0] - 2, count)
    columns = generator.integers(0, pixels.shape[1] - 2, count)
    dirty[rows, columns] = dirty[rows + 1, columns] = 0
    return dirty


def test_swarming_specks_go_and_print_stays_to_the_pixel():
    clean = bitonal(printed())
    dirty = bitonal(speckled(printed(), 5000))
    found = specks.whitened(dirty).pixels
    specks_before = int((dirty.pixels < clean.pixels).sum())
    assert (found < clean.pixels).sum() < 0.3 * specks_before
    assert not (found > clean.pixels).any()


@pytest.mark.parametrize("count", [0, 300])
def test_clean_page_and_one_with_a_little_dust_stay_the_very_same(count):
    page = bitonal(speckled(printed(), count))
    assert specks.whitened(page) is page


@pytest.mark.parametrize("make", [grey, colour])
def test_only_one_bit_pages_are_touched(make):
    page = make(speckled(printed(), 5000))
    assert specks.whitened(page) is page


@pytest.mark.parametrize("size", [(1, 1), (3, 900), (900, 3)])
def test_slivers_pass(size):
    page = bitonal(paper(size))
    assert specks.whitened(page) is page
