import numpy as np
import pytest
import segno
from hypothesis import given, settings
from hypothesis import strategies as st

from scanstation.imaging import codes, corner
from scanstation.imaging.load import Picture
from scanstation.model.page import Box, Mode
from tests.unit.imaging.drawing import A4, DPI, bitonal, colour, grey, paper

MM = DPI / 25.4
FULL = (round(170 / 72 * DPI), round(30 / 72 * DPI))
COLOURS = ((20, 20, 20), (200, 30, 40), (40, 60, 200), (30, 140, 60))


def millimetres(box):
    return tuple(round(side / MM) for side in (box.x, box.y, box.width, box.height))


def test_empty_corner_takes_the_stamp_at_eight_millimetres():
    place = corner.free_place(grey(paper()), [])
    assert millimetres(place) == (8, 8, 60, 11)


def test_stamp_moves_down_from_print_in_the_corner():
    page = paper()
    page[round(6 * MM) : round(12 * MM), round(10 * MM) : round(90 * MM)] = 0
    place = corner.free_place(grey(page), [])
    assert place.y > 12 * MM
    assert (place.width, place.height) == FULL


def test_stamp_shrinks_where_only_a_smaller_one_fits():
    page = paper()
    page[round(14.2 * MM) : round(60 * MM)] = 0
    place = corner.free_place(grey(page), [])
    assert place is not None
    assert place.height < FULL[1]


def test_full_corner_leaves_no_place():
    page = paper()
    page[:: round(3 * MM)] = 0
    assert corner.free_place(grey(page), []) is None


def test_small_paper_still_has_a_corner():
    a6 = (827, 1165)
    assert corner.free_place(grey(paper(a6)), []) is not None


def test_dust_does_not_drive_the_stamp_away():
    page = paper()
    page[round(12 * MM), round(30 * MM)] = 0
    assert millimetres(corner.free_place(bitonal(page), [])) == (8, 8, 60, 11)


def test_dotted_line_does_drive_the_stamp_away():
    page = paper()
    page[round(12 * MM) : round(12 * MM) + 3, round(10 * MM) : round(80 * MM) : 8] = 0
    place = corner.free_place(grey(page), [])
    assert place is None or place.y > 12 * MM or place.y + place.height < 12 * MM


def test_stamp_never_covers_a_qr_code():
    page = paper()
    code = np.array(list(segno.make("H42.15.33-251021-0001", error="m").matrix), np.uint8)
    drawn = np.where(code.repeat(6, axis=0).repeat(6, axis=1), 0, 255).astype(np.uint8)
    top, left = round(5 * MM), round(5 * MM)
    page[top : top + drawn.shape[0], left : left + drawn.shape[1]] = drawn
    picture = grey(page)
    found = codes.find(picture)
    assert [one.text for one in found] == ["H42.15.33-251021-0001"]
    place = corner.free_place(picture, [one.box for one in found])
    assert place is not None
    assert not overlap(place, found[0].box)


def test_taken_box_is_left_alone_though_no_ink_shows():
    taken = Box(0, 0, 700, round(16 * MM))
    place = corner.free_place(grey(paper()), [taken])
    assert place is None or not overlap(place, taken)


def overlap(one: Box, other: Box) -> bool:
    return (
        one.x < other.x + other.width
        and other.x < one.x + one.width
        and one.y < other.y + other.height
        and other.y < one.y + one.height
    )


blobs = st.lists(
    st.tuples(
        st.integers(0, 800),
        st.integers(0, 320),
        st.integers(10, 300),
        st.integers(10, 120),
        st.sampled_from(COLOURS),
    ),
    max_size=6,
)


@settings(max_examples=40, deadline=None)
@given(blobs, st.sampled_from(list(Mode)))
def test_stamp_never_lies_over_ink_of_any_colour(drawn, mode):
    """Blots of 1.3 mm and more, anywhere in the corner, in any mode."""
    page = colour(paper((A4[0], 600)))
    for x, y, width, height, ink in drawn:
        page.pixels[y : y + height, x : x + width] = ink
    picture = {
        Mode.COLOUR: page,
        Mode.GREY: Picture(page.grey, Mode.GREY, DPI),
        Mode.BITONAL: bitonal(page.darkest),
    }[mode]
    place = corner.free_place(picture, [])
    if place is not None:
        under = picture.darkest[place.y : place.y + place.height, place.x : place.x + place.width]
        assert under.min() > 240
        assert place.x + place.width <= picture.width
        assert place.y + place.height <= picture.height


@pytest.mark.parametrize("size", [(1, 1), (100, 3000), (3000, 60)])
def test_paper_too_small_for_any_stamp_has_no_place(size):
    assert corner.free_place(grey(paper(size)), []) is None
