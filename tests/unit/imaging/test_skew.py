import pytest

from scanstation.imaging import skew, turn
from tests.helpers.parts import requires_part
from tests.unit.imaging.drawing import bitonal, colour, grey, leaning, paper, printed

pytestmark = requires_part("fonts")
SURE = 3.0


@pytest.mark.parametrize("lean", [-6.0, -2.3, -0.8, -0.25, 0.1, 0.55, 1.7, 4.0])
@pytest.mark.parametrize("kind", [grey, colour, bitonal])
def test_known_skew_is_measured_within_a_twentieth_of_a_degree(kind, lean):
    found = skew.measure(kind(leaning(printed(), lean)))
    assert abs(found.angle + lean) < 0.05
    assert found.confidence > SURE


def test_straightened_page_measures_straight():
    page = grey(leaning(printed(), 1.7))
    turned = turn.apply(page, turn.for_archive(page, skew.measure(page).angle))
    assert abs(skew.measure(turned).angle) < 0.05


def test_scale_does_not_change_the_angle():
    page = leaning(printed(), -1.2)
    finer = grey(page.repeat(2, axis=0).repeat(2, axis=1))
    doubled = type(finer)(finer.pixels, finer.mode, finer.dpi * 2)
    assert abs(skew.measure(doubled).angle - 1.2) < 0.05


def test_empty_page_has_no_sure_direction():
    assert skew.measure(grey(paper())).confidence < SURE


def test_noise_has_no_sure_direction(noise):
    assert skew.measure(grey(noise)).confidence < SURE


@pytest.mark.parametrize("size", [(1, 1), (3, 900), (900, 3)])
def test_sliver_of_a_page_is_measured_without_a_fault(size):
    assert skew.measure(grey(paper(size))).angle == 0.0
