import numpy as np
import pytest
import segno

from scanstation.imaging import codes
from tests.unit.imaging.drawing import grey, leaning, paper

CARD = "099076274570|094813011|Trịnh Bích Tuyết|06111976|Nữ|Thôn Giếng Chùa, Đức Thuận|12122022"


def with_code(text: str, dot: int = 5):
    page = paper()
    code = np.array(list(segno.make(text, error="m").matrix), np.uint8)
    drawn = np.where(code.repeat(dot, axis=0).repeat(dot, axis=1), 20, 250).astype(np.uint8)
    page[500 : 500 + drawn.shape[0], 900 : 900 + drawn.shape[1]] = drawn
    return page, drawn.shape


def test_vietnamese_code_is_read_with_its_place():
    page, (height, width) = with_code(CARD)
    (found,) = codes.find(grey(page))
    assert found.text == CARD
    assert abs(found.box.x - 900) <= 5
    assert abs(found.box.y - 500) <= 5
    assert abs(found.box.width - width) <= 10
    assert abs(found.box.height - height) <= 10


@pytest.mark.parametrize("lean", [-4.0, 2.5, 15.0])
def test_crooked_code_is_read(lean):
    page, _ = with_code(CARD)
    assert [one.text for one in codes.find(grey(leaning(page, lean)))] == [CARD]


def test_page_without_a_code_has_none(noise):
    assert codes.find(grey(noise)) == ()
