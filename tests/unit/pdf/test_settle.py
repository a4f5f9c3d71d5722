"""Settling the doubtful pixels of print saves bytes and changes nothing that is clear."""

import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image, ImageFilter

from scanstation.pdf import jbig2
from scanstation.pdf.settle import settled
from tests.unit.pdf import office

THRESHOLD, DOUBT = 160, 24


@pytest.fixture(scope="module")
def levels() -> NDArray[np.uint8]:
    image = office.scanned(office.printed()).convert("L").filter(ImageFilter.GaussianBlur(0.8))
    noise = np.random.default_rng(1).normal(0, 8, (image.height, image.width))
    return np.clip(np.asarray(image) + noise, 0, 255).astype(np.uint8)


def everywhere(levels: NDArray[np.uint8]) -> NDArray[np.bool_]:
    return np.ones(levels.shape, np.bool_)


def test_noisy_edges_take_a_sixth_fewer_bytes_once_settled(levels: NDArray[np.uint8]) -> None:
    black = levels < THRESHOLD
    after = settled(black, levels, THRESHOLD, DOUBT, everywhere(levels))
    assert len(jbig2.encode(after, 200)) < 5 / 6 * len(jbig2.encode(black, 200))


def test_a_pixel_with_a_clear_level_is_never_changed(levels: NDArray[np.uint8]) -> None:
    black = levels < THRESHOLD
    after = settled(black, levels, THRESHOLD, DOUBT, everywhere(levels))
    changed = after != black
    assert changed.any()
    assert np.abs(levels[changed].astype(int) - THRESHOLD).max() < DOUBT


def test_where_it_is_not_allowed_nothing_changes(levels: NDArray[np.uint8]) -> None:
    black = levels < THRESHOLD
    where = everywhere(levels)
    where[:, :500] = False
    after = settled(black, levels, THRESHOLD, DOUBT, where)
    assert (after[:, :500] == black[:, :500]).all()
    assert (after != black).any()


def test_nothing_appears_away_from_print() -> None:
    levels = np.full((60, 60), THRESHOLD + 5, np.uint8)
    levels[20:30, 20:30] = 20
    black = levels < THRESHOLD
    after = settled(black, levels, THRESHOLD, DOUBT, everywhere(levels))
    assert not after[:17].any()
    assert not after[:, 40:].any()


def test_a_clear_page_comes_back_as_it_was() -> None:
    image = Image.new("L", (200, 100), "white")
    image.paste(0, (50, 20, 120, 60))
    levels = np.asarray(image)
    black = levels < THRESHOLD
    assert (settled(black, levels, THRESHOLD, DOUBT, everywhere(levels)) == black).all()
