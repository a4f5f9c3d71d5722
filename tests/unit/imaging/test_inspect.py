import cv2
import numpy as np
import pytest

from scanstation.imaging import inspect
from scanstation.imaging.inspect import Look
from scanstation.imaging.load import Picture
from scanstation.model.page import FindingKind, Mode
from tests.helpers.parts import requires_part
from tests.unit.imaging.drawing import bitonal, colour, grey, paper, printed

pytestmark = requires_part("fonts")
SOUND = Look(leaning=0.0, known_scale=True)


def kinds(picture, look=SOUND):
    return {one.kind for one in inspect.inspect(picture, look)}


@pytest.mark.parametrize("kind", [grey, colour, bitonal])
def test_sound_page_has_no_findings(kind):
    assert kinds(kind(printed())) == set()


def dusty(level=250):
    page = paper(level=level)
    chance = np.random.default_rng(3)
    for row, column in chance.integers(100, 1500, (25, 2)):
        page[row : row + 3, column : column + 3] = 60
    return page


@pytest.mark.parametrize("kind", [grey, colour, bitonal])
def test_page_with_nothing_but_dust_is_blank(kind):
    assert kinds(kind(dusty())) == {FindingKind.BLANK}


def test_other_side_showing_through_is_blank():
    through = np.where(printed() < 128, 232, 250).astype(np.uint8)
    assert kinds(grey(through)) == {FindingKind.BLANK, FindingKind.SHOW_THROUGH}


@pytest.mark.parametrize("kind", [grey, colour, bitonal])
def test_single_digit_is_never_called_blank(kind):
    page = dusty()
    page[2100:2124, 820:834] = 30
    assert FindingKind.NEARLY_BLANK in kinds(kind(page))
    assert FindingKind.BLANK not in kinds(kind(page))


@pytest.mark.parametrize("ink", [(200, 40, 40), (60, 90, 220), (255, 235, 60)])
def test_mark_in_coloured_ink_is_never_called_blank(ink):
    page = colour(paper())
    page.pixels[1000:1040, 600:640] = ink
    assert FindingKind.BLANK not in kinds(page)


def test_blurred_page_is_told_from_a_sharp_one():
    soft = cv2.GaussianBlur(printed(), (0, 0), 2.2)
    assert FindingKind.BLURRED in kinds(grey(np.asarray(soft, np.uint8)))
    slightly = cv2.GaussianBlur(printed(), (0, 0), 0.6)
    assert FindingKind.BLURRED not in kinds(grey(np.asarray(slightly, np.uint8)))


def test_dark_photo_of_a_page_is_dark():
    assert FindingKind.DARK in kinds(grey((printed() * 0.4).astype(np.uint8)))


def test_tired_toner_is_light():
    assert FindingKind.LIGHT in kinds(grey((170 + printed() * 0.3).clip(0, 250).astype(np.uint8)))


def test_low_resolution_carries_number_and_limit():
    low = Picture(printed(), Mode.GREY, 150.0)
    found = [one for one in inspect.inspect(low, SOUND) if one.kind is FindingKind.LOW_RESOLUTION]
    assert [(one.measure, one.limit) for one in found] == [(150.0, 200.0)]


def test_unknown_scale_is_told():
    look = Look(leaning=0.0, known_scale=False)
    assert kinds(grey(printed()), look) == {FindingKind.UNKNOWN_SCALE}


def test_skew_left_on_the_page_is_told():
    assert kinds(grey(printed()), Look(leaning=-1.4, known_scale=True)) == {FindingKind.SKEWED}


@pytest.mark.parametrize("size", [(1, 1), (5, 400), (40, 40)])
def test_sliver_of_a_page_is_inspected_without_a_fault(size):
    assert FindingKind.BLANK in kinds(grey(paper(size)))
