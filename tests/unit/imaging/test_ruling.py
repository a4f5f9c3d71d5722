import cv2
import numpy as np

from scanstation.imaging.ruling import without_tables
from tests.helpers.parts import requires_part
from tests.unit.imaging.drawing import DPI, printed

pytestmark = requires_part("fonts")


def test_rules_of_a_table_vanish_and_print_inside_stays():
    page = printed(lines=3)
    table = page.copy()
    for y in (222, 400):
        cv2.line(table, (150, y), (1500, y), 40, 2)
    for x in (150, 1500):
        cv2.line(table, (x, 222), (x, 400), 40, 2)
    bare = without_tables(table, DPI)
    assert bare[222, 200:1400].min() > 200
    assert bare[230:390, 1500].min() > 200
    assert (bare[page < 60] < 90).mean() > 0.97


def test_an_underline_stays():
    page = printed(lines=3)
    cv2.line(page, (400, 420), (900, 420), 40, 3)
    assert np.array_equal(without_tables(page, DPI), page)


def test_a_page_without_a_table_is_not_changed():
    page = printed()
    assert np.array_equal(without_tables(page, DPI), page)
