import cv2
import numpy as np
import pytest

from scanstation.imaging import sheet, turn
from scanstation.model.page import Mode
from tests.helpers.parts import requires_part
from tests.unit.imaging.drawing import A4, DPI, bitonal, colour, grey, leaning, paper, printed

pytestmark = requires_part("fonts")
LID = 25
A5 = (1165, 1654)
CARD = (674, 425)


def on_bed(page, lean=0.0, level=LID, margins=(60, 90, 140, 170)):
    """The page on a larger bed: room on its left, top, right and bottom, in pixels."""
    left, top, right, bottom = margins
    height, width = page.shape
    bed = np.full((height + top + bottom, width + left + right), level, np.uint8)
    whole = bed.copy()
    whole[top : top + height, left : left + width] = page
    if not lean:
        return whole
    size = bed.shape[::-1]
    matrix = cv2.getRotationMatrix2D(((size[0] - 1) / 2, (size[1] - 1) / 2), lean, 1.0)
    return cv2.warpAffine(whole, matrix, size, borderValue=(level,))


def millimetres(box):
    return box.width / DPI * 25.4, box.height / DPI * 25.4


@pytest.mark.parametrize("make", [grey, colour, bitonal])
@pytest.mark.parametrize("size", [A4, A5, CARD])
def test_paper_on_a_larger_dark_bed_is_found_whole_and_to_a_millimetre(make, size):
    capture = make(on_bed(printed(size=size)))
    box = sheet.find(capture).box(None, capture.width, capture.height)
    assert box.x <= 60 and box.y <= 90
    assert box.x + box.width >= 60 + size[0] and box.y + box.height >= 90 + size[1]
    assert box.width - size[0] <= 16 and box.height - size[1] <= 16


@pytest.mark.parametrize("lean", [-4.0, -0.7, 0.7, 2.5])
def test_leaning_paper_is_cropped_to_its_size_once_it_is_turned(lean):
    capture = colour(on_bed(printed(), lean, margins=(150, 150, 150, 150)))
    found = sheet.find(capture)
    straight = turn.whole(capture, -lean)
    wide, high = millimetres(found.box(straight, straight.new_width, straight.new_height))
    assert 210 <= wide <= 214 and 297 <= high <= 301


def test_cropped_and_turned_picture_tells_the_same_sheet_again():
    capture = grey(on_bed(printed(), 2.5, margins=(150, 150, 150, 150)))
    first = sheet.find(capture).box(None, capture.width, capture.height)
    quarter = turn.quarter(sheet.cropped(capture, first), 90)
    straight = turn.whole(quarter, -2.5)
    box = sheet.again(quarter).box(straight, straight.new_width, straight.new_height)
    high, wide = millimetres(box)
    assert 210 <= wide <= 214 and 297 <= high <= 301


def test_seal_over_the_edge_of_the_paper_is_kept():
    page = np.stack([on_bed(printed())] * 3, axis=2)
    cv2.circle(page, (60 + A4[0], 1200), 150, (190, 40, 50), -1)
    page[:, 60 + A4[0] :] = LID
    capture = type(colour(paper()))(page, Mode.COLOUR, DPI)
    box = sheet.find(capture).box(None, capture.width, capture.height)
    assert box.x + box.width >= 60 + A4[0]


def stays(pixels):
    return sheet.find(grey(pixels)) is None


def test_page_that_fills_its_capture_stays():
    assert stays(printed())


def test_rim_of_a_copier_on_the_paper_itself_stays():
    page = printed()
    page[:, :70] = page[:60] = page[-50:] = LID
    assert stays(page)


def test_paper_of_no_known_size_stays():
    assert stays(on_bed(printed(size=(1500, 2000))))


def test_second_paper_on_the_bed_forbids_cropping():
    capture = on_bed(printed(size=A5), margins=(60, 90, 700, 170))
    capture[300:600, 1400:1800] = 240
    assert stays(capture)


def test_white_lid_shows_no_border():
    assert stays(on_bed(printed(), level=250))


def test_grey_lid_is_not_sure_enough():
    assert stays(on_bed(printed(), level=140))


def test_wedge_of_shadow_beside_a_leaning_page_stays():
    page = leaning(printed(), 1.0)
    page[:, :8] = LID
    assert stays(page)


def test_dark_photo_and_slivers_pass():
    for pixels in (paper(level=30), paper((1, 1)), paper((1, 1), 0), paper((3, 900), 20)):
        assert stays(pixels)
