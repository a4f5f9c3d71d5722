import struct
import zlib
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from scanstation import errors
from scanstation.imaging import load
from scanstation.model.page import Mode
from tests.unit.imaging.drawing import paper


def header_only_png(path: Path, width: int, height: int) -> Path:
    """A PNG of a few bytes that claims a huge picture."""
    claim = struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0)
    chunk = b"IHDR" + claim
    path.write_bytes(
        b"\x89PNG\r\n\x1a\n" + struct.pack(">I", len(claim)) + chunk
        + struct.pack(">I", zlib.crc32(chunk)) + b"\0\0\0\0IDAT\x35\xaf\x06\x1e"
    )  # fmt: skip
    return path


@pytest.mark.parametrize(("width", "height"), [(60000, 60000), (20001, 10000)])
def test_oversized_image_is_refused_before_it_fills_the_memory(tmp_path, width, height):
    with pytest.raises(errors.OversizedInput) as refused:
        load.load(header_only_png(tmp_path / "bomb.png", width, height), 300)
    assert "200 Mpx" in refused.value.sentence("vi")


@pytest.mark.parametrize("suffix", [".jpg", ".png", ".tif"])
def test_image_that_ends_early_is_refused(tmp_path, suffix, noise):
    whole = tmp_path / f"whole{suffix}"
    Image.fromarray(noise).save(whole)
    cut = tmp_path / f"cut{suffix}"
    cut.write_bytes(whole.read_bytes()[: whole.stat().st_size * 6 // 10])
    with pytest.raises(errors.UnreadableInput, match="cut short"):
        load.load(cut, 300)


@pytest.mark.parametrize("content", [b"", b"not an image", b"%PDF-1.7\n"])
def test_file_that_is_no_image_is_refused(tmp_path, content):
    (tmp_path / "page.png").write_bytes(content)
    with pytest.raises(errors.UnreadableInput):
        load.load(tmp_path / "page.png", 300)


def test_missing_file_is_refused_with_a_sentence(tmp_path):
    with pytest.raises(errors.UnreadableInput):
        load.load(tmp_path / "gone.png", 300)


def test_camera_orientation_is_applied_and_told(tmp_path):
    marked = paper((60, 40))
    marked[:10, :10] = 0
    mark = Image.Exif()
    mark[0x0112] = 6
    Image.fromarray(marked).save(tmp_path / "photo.jpg", exif=mark, quality=95)
    loaded = load.load(tmp_path / "photo.jpg", 0)
    assert not loaded.as_stored
    assert loaded.picture.pixels.shape == (60, 40)
    assert loaded.picture.pixels[5, 35] < 50


@pytest.mark.parametrize(
    ("mode", "expected"),
    [("1", Mode.BITONAL), ("L", Mode.GREY), ("RGB", Mode.COLOUR), ("P", Mode.COLOUR)],
)
def test_mode_is_that_of_the_file(tmp_path, mode, expected):
    Image.fromarray(paper((30, 40))).convert(mode).save(tmp_path / "page.png")
    assert load.load(tmp_path / "page.png", 200).picture.mode is expected


def test_sixteen_bit_grey_keeps_its_shades(tmp_path):
    steps = np.array([[0, 0x4000, 0x8000, 0xFF00]], np.uint16)
    Image.fromarray(steps).save(tmp_path / "deep.png")
    loaded = load.load(tmp_path / "deep.png", 200)
    assert loaded.picture.pixels.tolist() == [[0, 0x40, 0x80, 0xFF]]
    assert not loaded.as_stored


def test_transparency_becomes_white_paper(tmp_path):
    Image.new("RGBA", (8, 8), (0, 0, 0, 0)).save(tmp_path / "clear.png")
    loaded = load.load(tmp_path / "clear.png", 200)
    assert loaded.picture.pixels.min() == 255
    assert not loaded.as_stored


def test_unknown_scale_makes_the_long_side_that_of_a4(tmp_path):
    Image.fromarray(paper((1000, 2970))).save(tmp_path / "photo.png")
    assert abs(load.load(tmp_path / "photo.png", 0).picture.dpi - 254.0) < 0.01
