"""What is stored is what the scanner saw, pixel for pixel, or the very bytes it sent."""

from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from scanstation import durable, errors
from scanstation.model.page import Mode, PageFile
from scanstation.workspace.originals import store_page, store_pdf


def noise(mode: str, width: int, height: int) -> Image.Image:
    shape = (height, width, 3) if mode == "RGB" else (height, width)
    pixels = np.random.default_rng(5).integers(0, 256, shape, dtype=np.uint8)
    if mode == "1":
        return Image.fromarray(pixels).point(lambda value: 255 * (value > 127)).convert("1")
    return Image.fromarray(pixels, mode)


def page_of(path: Path, size: tuple[int, int], dpi: float = 300.0) -> PageFile:
    return PageFile(path=path, width=size[0], height=size[1], dpi=dpi, mode=Mode.COLOUR)


@pytest.mark.parametrize(("mode", "name"), [("1", "a.pbm"), ("L", "a.pgm"), ("RGB", "a.ppm")])
def test_a_raw_scan_becomes_a_png_with_the_same_pixels_and_scale(
    tmp_path: Path, mode: str, name: str
) -> None:
    image = noise(mode, 333, 77)
    image.save(tmp_path / name)
    stored = store_page(page_of(tmp_path / name, image.size), tmp_path)
    assert stored.suffix == ".png"
    with Image.open(tmp_path / stored.name) as found:
        assert (found.mode, found.tobytes()) == (mode, image.tobytes())
        assert found.info["dpi"] == pytest.approx((300, 300), abs=0.01)


def test_an_unknown_scale_is_not_written_into_the_original(tmp_path: Path) -> None:
    image = noise("L", 20, 20)
    image.save(tmp_path / "a.pgm")
    stored = store_page(page_of(tmp_path / "a.pgm", image.size, dpi=0), tmp_path)
    with Image.open(tmp_path / stored.name) as found:
        assert "dpi" not in found.info


def test_a_header_with_comments_is_read_as_a_scanner_may_write_it(tmp_path: Path) -> None:
    pixels = b"# \n" * 8
    (tmp_path / "a.pnm").write_bytes(b"P5\n# SANE data follows\n6 4 # size\n255\n" + pixels)
    stored = store_page(page_of(tmp_path / "a.pnm", (6, 4)), tmp_path)
    with Image.open(tmp_path / stored.name) as found:
        assert found.tobytes() == pixels


@pytest.mark.parametrize("kind", ["jpg", "png", "tif"])
def test_an_encoded_image_is_kept_byte_for_byte_whatever_its_name(
    tmp_path: Path, kind: str
) -> None:
    path = tmp_path / "scan.bin"
    noise("RGB", 40, 30).save(path, {"jpg": "JPEG", "png": "PNG", "tif": "TIFF"}[kind])
    stored = store_page(page_of(path, (40, 30)), tmp_path)
    assert stored.suffix == f".{kind}"
    assert (tmp_path / stored.name).read_bytes() == path.read_bytes()


def test_a_16_bit_scan_is_kept_raw_because_compressing_would_round_it(tmp_path: Path) -> None:
    path = tmp_path / "deep.pgm"
    path.write_bytes(b"P5\n4 2\n65535\n" + bytes(range(16)))
    stored = store_page(page_of(path, (4, 2)), tmp_path)
    assert stored.suffix == ".pnm"
    assert (tmp_path / stored.name).read_bytes() == path.read_bytes()


@pytest.mark.parametrize(
    "content",
    [
        pytest.param(b"", id="empty"),
        pytest.param(b"GIF89a", id="another format"),
        pytest.param(b"P5\n4 2\n255\n1234567", id="a byte short"),
        pytest.param(b"P5\n5 2\n255\n" + bytes(10), id="another size"),
        pytest.param(b"P5\nx y\n255\n" + bytes(10), id="no size"),
        pytest.param(b"P6", id="only a magic"),
    ],
)
def test_a_file_that_is_not_the_page_described_is_unreadable_and_leaves_nothing(
    tmp_path: Path, content: bytes
) -> None:
    (tmp_path / "a.pgm").write_bytes(content)
    originals = durable.make_folder(tmp_path / "originals")
    with pytest.raises(errors.UnreadableInput):
        store_page(page_of(tmp_path / "a.pgm", (4, 2)), originals)
    assert list(originals.iterdir()) == []


def test_an_absurdly_large_scan_is_oversized_not_a_crash(tmp_path: Path) -> None:
    (tmp_path / "a.pbm").write_bytes(b"P4\n60000 60000\n")
    with pytest.raises(errors.OversizedInput):
        store_page(page_of(tmp_path / "a.pbm", (60000, 60000)), tmp_path)


def test_a_missing_file_is_unreadable(tmp_path: Path) -> None:
    with pytest.raises(errors.UnreadableInput):
        store_page(page_of(tmp_path / "nothing.pgm", (4, 2)), tmp_path)
    with pytest.raises(errors.UnreadableInput):
        store_pdf(tmp_path / "nothing.pdf", tmp_path)


def test_a_rotten_original_of_the_same_name_is_replaced_by_the_good_one(tmp_path: Path) -> None:
    paper = tmp_path / "a.pdf"
    paper.write_bytes(b"%PDF-1.7 good")
    stored = store_pdf(paper, tmp_path)
    (tmp_path / stored.name).write_bytes(b"%PDF-1.7 gone")
    assert store_pdf(paper, tmp_path) == stored
    assert (tmp_path / stored.name).read_bytes() == paper.read_bytes()
