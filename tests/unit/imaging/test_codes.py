import tomllib

import cv2
import numpy as np
import pytest
import segno
import zxingcpp

from scanstation.imaging import codes, load
from scanstation.imaging.load import Picture
from tests.helpers.counter import PAGES
from tests.unit.imaging.drawing import DPI, grey, leaning, paper

LISTED = tomllib.loads((PAGES / "pages.toml").read_text("utf-8"))["page"]

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


# --- as cards come ----------------------------------------------------------------------------


def card_at(angle: float, blur: float, side_mm: float = 17.0) -> Picture:
    """An ID card's code at 200 dpi with about 2.7 pixels a module, turned, soft and grainy."""
    code = np.array(list(segno.make_qr(CARD, error="m").matrix), np.uint8)
    large = np.pad(235 - 210 * np.kron(code, np.ones((12, 12), np.uint8)), 48, constant_values=235)
    middle = (large.shape[1] / 2, large.shape[0] / 2)
    zoom = side_mm / 25.4 * DPI * 4 / (12 * len(code))
    turn = cv2.getRotationMatrix2D(middle, angle, zoom)
    turn[:, 2] += 800 - np.array(middle)
    fine = cv2.warpAffine(large.astype(np.uint8), turn, (1600, 1600), borderValue=(235,))
    page = paper()
    page[700:1100, 500:900] = cv2.resize(fine, (400, 400), interpolation=cv2.INTER_AREA)
    grain = np.random.default_rng(int(angle)).normal(0, 3, page.shape)
    soft = cv2.GaussianBlur(page, (0, 0), blur).astype(float) + grain
    return grey(soft.clip(0, 255).astype(np.uint8))


@pytest.mark.parametrize(
    ("side", "blur"), [(17.0, 0.8), (17.0, 1.2), (17.0, 1.6), (14.0, 0.8), (14.0, 1.2), (14.0, 1.4)]
)
@pytest.mark.parametrize("angle", range(0, 360, 15))
def test_card_at_200_dpi_is_read_whichever_way_it_lies_and_lightly_blurred(angle, side, blur):
    (found,) = codes.find(card_at(angle, blur, side))
    assert found.text == CARD
    assert found.box.x >= 500
    assert found.box.x + found.box.width <= 900


@pytest.mark.parametrize("angle", [0, 30, 200])
def test_soft_card_beside_a_sharp_code_is_read_too(angle):
    page = card_at(angle, 1.6)
    sharp, (height, width) = with_code("SS1|slip")
    page.pixels[1500 : 1500 + height, 900 : 900 + width] = sharp[
        500 : 500 + height, 900 : 900 + width
    ]
    assert sorted(one.text for one in codes.find(page)) == [CARD, "SS1|slip"]


def test_dense_square_that_is_no_code_stays_silent():
    page = paper()
    chance = np.random.default_rng(8).integers(0, 2, (45, 45)) * 230
    page[700:880, 500:680] = chance.repeat(4, axis=0).repeat(4, axis=1)
    assert codes.find(grey(page)) == ()


@pytest.mark.parametrize(
    ("kind", "text"),
    [("Code128", "H42.15.33-0001"), ("Code39", "HS 2026")],
)
@pytest.mark.parametrize("turns", [0, 1, 2])
def test_barcode_is_read_upright_and_turned(kind, text, turns):
    made = zxingcpp.create_barcode(text, getattr(zxingcpp.BarcodeFormat, kind))
    bars = np.array(zxingcpp.write_barcode_to_image(made, scale=3))
    page = paper()
    page[400 : 400 + bars.shape[0], 300 : 300 + bars.shape[1]] = bars
    found = codes.find(grey(np.rot90(page, turns).copy()))
    assert [(one.kind, one.text) for one in found] == [(kind.lower(), text)]


@pytest.mark.parametrize("entry", LISTED, ids=lambda entry: entry["name"])
def test_only_the_pages_made_with_a_code_have_one(entry):
    picture = load.load(PAGES / entry["file"], entry["dpi"]).picture
    assert len(codes.find(picture)) == (entry["name"] in ("cccd-copy", "qr-corner"))
