import numpy as np
import pytest
from PIL import Image

from scanstation import errors
from scanstation.imaging import load, store, thumbnail
from scanstation.model.page import Mode
from tests.helpers.parts import requires_part
from tests.unit.imaging.drawing import DPI, bitonal, colour, grey, printed

pytestmark = requires_part("fonts")


@pytest.mark.parametrize("kind", [grey, colour, bitonal])
def test_stored_page_comes_back_pixel_for_pixel(tmp_path, kind):
    page = kind(printed())
    if page.mode is Mode.COLOUR:
        page.pixels[100:200, 100:200] = (200, 30, 40)
    loaded = load.load(store.write(page, tmp_path), DPI)
    assert np.array_equal(loaded.picture.pixels, page.pixels)
    assert loaded.picture.mode is page.mode
    assert loaded.as_stored


def test_folder_that_is_gone_is_named_in_the_sentence(tmp_path):
    with pytest.raises(errors.StorageError, match="gone"):
        store.write(grey(printed()), tmp_path / "gone")
    with pytest.raises(errors.StorageError, match="gone"):
        thumbnail.write(grey(printed()), tmp_path / "gone")


@pytest.mark.parametrize("kind", [grey, colour, bitonal])
def test_thumbnail_is_160_pixels_wide_and_keeps_the_shape(tmp_path, kind):
    with Image.open(thumbnail.write(kind(printed()), tmp_path)) as small:
        assert small.format == "JPEG"
        assert small.size == (160, 226)
        assert np.asarray(small.convert("L")).min() < 220
