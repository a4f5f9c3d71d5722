"""Findings about missing paper and the other side, on drawn fixture pages spoilt on purpose."""

import tomllib
from pathlib import Path

import cv2
import numpy as np
import pytest

from scanstation.imaging import load
from scanstation.imaging.edges import edges
from scanstation.imaging.inspect import Look, inspect
from scanstation.imaging.load import Picture
from scanstation.imaging.through import shows_through
from scanstation.model.page import FindingKind, Mode

PAGES = Path(__file__).parents[3] / "fixtures" / "pages"
LISTED = tomllib.loads((PAGES / "pages.toml").read_text("utf-8"))["page"]


def fixture(name: str) -> Picture:
    entry = next(one for one in LISTED if one["name"] == name)
    return load.load(PAGES / entry["file"], entry["dpi"]).picture


def cropped(page: Picture, left=0.0, top=0.0, right=1.0, bottom=1.0) -> Picture:
    """Shares of the page."""
    rows = slice(int(top * page.height), int(bottom * page.height))
    columns = slice(int(left * page.width), int(right * page.width))
    return Picture(page.pixels[rows, columns].copy(), page.mode, page.dpi)


def kinds(page: Picture) -> set[FindingKind]:
    return {one.kind for one in edges(page, known_scale=True)}


@pytest.mark.parametrize("entry", LISTED, ids=lambda entry: entry["name"])
def test_no_drawn_page_lacks_paper(entry):
    assert kinds(load.load(PAGES / entry["file"], entry["dpi"]).picture) == set()


@pytest.mark.parametrize("name", ["cong-van", "dense", "straight-1bit"])
@pytest.mark.parametrize(
    "part", [{"left": 0.3}, {"right": 0.6}, {"top": 0.102}, {"bottom": 0.5}], ids=str
)
def test_print_cut_by_an_edge_is_told_where_enough_of_it_is_cut(name, part):
    page = fixture(name)
    if "bottom" in part or "top" in part:
        part = {key: through_a_line(page, at) for key, at in part.items()}
    (cut,) = [
        one for one in edges(cropped(page, **part), known_scale=True) if one.kind is FindingKind.CUT
    ]
    assert cut.measure >= cut.limit


def through_a_line(page: Picture, near: float) -> float:
    """The share of the height, about `near`, where a cut meets most ink."""
    dark = (page.grey < 128).sum(axis=1)
    start, end = int((near - 0.06) * page.height), int((near + 0.06) * page.height)
    return (start + int(dark[start:end].argmax())) / page.height


def test_print_that_ends_before_the_edge_is_not_cut():
    margins = cropped(fixture("cong-van"), left=0.06, right=0.97, top=0.04)
    assert FindingKind.CUT not in kinds(margins)


@pytest.mark.parametrize("turns", range(4))
def test_corner_folded_under_a_dark_lid_is_told(turns):
    page = fixture("cong-van")
    pixels = np.rot90(page.pixels, turns).copy()
    leg = round(14 / 25.4 * page.dpi)
    cv2.fillPoly(pixels, [np.array([[0, 0], [leg, 0], [0, round(1.4 * leg)]])], (38, 38, 40))
    (corner,) = edges(
        Picture(np.rot90(pixels, -turns).copy(), page.mode, page.dpi), known_scale=True
    )
    assert corner.kind is FindingKind.CORNER
    assert abs(corner.measure - 14) < 1.5


def test_dark_edge_of_the_lid_is_no_folded_corner():
    page = fixture("cong-van")
    pixels = page.pixels.copy()
    pixels[: page.dpi // 10] = 30
    pixels[:, : page.dpi // 12] = 30
    assert FindingKind.CORNER not in kinds(Picture(pixels, page.mode, page.dpi))


def test_page_that_ends_early_is_short():
    (short,) = edges(cropped(fixture("blank"), bottom=0.7), known_scale=True)
    assert (short.kind, round(short.measure), short.limit) == (FindingKind.SHORT, 208, 287.0)


@pytest.mark.parametrize(
    ("wide", "long"), [(210, 297), (297, 210), (148, 210), (86, 54), (203, 288)]
)
def test_papers_of_the_counter_have_their_size(wide, long):
    assert kinds(paper(wide, long)) == set()


@pytest.mark.parametrize(("wide", "long"), [(100, 150), (250, 353), (210, 600)])
def test_other_papers_are_of_an_unusual_size(wide, long):
    assert kinds(paper(wide, long)) == {FindingKind.WRONG_SIZE}


def paper(wide: float, long: float) -> Picture:
    shape = (round(long / 25.4 * 100), round(wide / 25.4 * 100))
    return Picture(np.full(shape, 250, np.uint8), Mode.GREY, 100.0)


def test_size_of_an_unknown_scale_is_not_judged():
    assert list(edges(paper(100, 150), known_scale=False)) == []


def looked(page: Picture, asked: float) -> set[FindingKind]:
    return {one.kind for one in inspect(page, Look(0.0, known_scale=True, asked_dpi=asked))}


def test_device_that_scans_at_another_resolution_is_told():
    assert FindingKind.WRONG_RESOLUTION in looked(fixture("to-khai"), 300.0)
    assert FindingKind.WRONG_RESOLUTION not in looked(fixture("to-khai"), 200.0)
    assert FindingKind.WRONG_RESOLUTION not in looked(fixture("to-khai"), 202.0)
    assert FindingKind.WRONG_RESOLUTION not in looked(fixture("to-khai"), 0.0)


# --- the other side ---------------------------------------------------------------------------


def bled(strength: float) -> Picture:
    """A letter with a newsletter behind it, mirrored and softened by the paper."""
    page, other = fixture("cong-van"), fixture("hai-cot")
    behind = cv2.resize(other.pixels, (page.width, page.height), interpolation=cv2.INTER_AREA)
    behind = cv2.GaussianBlur(cv2.flip(behind, 1), (0, 0), 2.0)
    seen = page.pixels * (1 - strength * (1 - behind / 255.0))
    return Picture(seen.clip(0, 255).astype(np.uint8), page.mode, page.dpi)


@pytest.mark.parametrize("strength", [0.08, 0.1, 0.15])
def test_other_side_showing_through_print_is_told(strength):
    (finding,) = shows_through(bled(strength))
    assert finding.measure >= finding.limit


def test_faint_show_through_is_left_alone():
    assert list(shows_through(bled(0.04))) == []


@pytest.mark.parametrize("entry", LISTED, ids=lambda entry: entry["name"])
def test_only_the_page_made_for_it_shows_its_other_side(entry):
    found = list(shows_through(load.load(PAGES / entry["file"], entry["dpi"]).picture))
    assert bool(found) == (entry["name"] == "blank-hien-chu")
