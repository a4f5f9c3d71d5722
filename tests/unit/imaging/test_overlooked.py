import cv2
import numpy as np

from scanstation.imaging.overlooked import rows
from scanstation.model.page import Box
from tests.helpers.parts import requires_part
from tests.unit.imaging.drawing import DPI, paper, printed

pytestmark = requires_part("fonts")

LINES = [Box(170, 233 + 60 * number, 1300, 46) for number in range(4)]


def test_a_page_read_whole_has_none():
    assert rows(printed(lines=4), DPI, LINES) == ()


def test_a_line_nobody_read_is_one_row_on_its_ink():
    (row,) = rows(printed(lines=4), DPI, [LINES[0], LINES[1], LINES[3]])
    assert abs(row.box.y - LINES[2].y) < 12
    assert row.box.width > 900
    assert row.letters > 30


def test_a_pattern_paler_than_print_is_none():
    page = paper()
    for x in range(100, 1500, 30):
        cv2.circle(page, (x, 500), 10, 215, 2)
    assert rows(page, DPI, []) == ()


def test_frames_and_specks_are_none():
    page = printed(lines=4)
    cv2.rectangle(page, (60, 60), (1590, 2270), 20, 4)
    page[np.arange(1000, 2000, 90), 400] = 0
    assert rows(page, DPI, LINES) == ()
