"""What a page image becomes before it goes into the PDF."""

import io
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from scanstation.model.page import Box, Mode
from scanstation.pdf import layers
from tests.unit.pdf.worked import picture


def only_layer(clean: Path, mode: Mode, folder: Path, **options: str) -> layers.ImageLayer:
    (layer,) = layers.make_layers(clean, mode, 300, "faithful", folder, **options).layers
    return layer


def test_a_colour_page_becomes_one_jpeg_over_the_whole_page(tmp_path: Path) -> None:
    picture(1).save(tmp_path / "clean.png")
    layer = only_layer(tmp_path / "clean.png", Mode.COLOUR, tmp_path)
    assert (layer.coder, layer.grey, layer.mask) == ("jpeg", False, False)
    assert layer.box == Box(0, 0, 620, 877)
    with Image.open(layer.path) as image:
        assert (image.size, image.mode, image.format) == ((620, 877), "RGB", "JPEG")


def test_a_grey_page_becomes_a_one_channel_jpeg_even_from_a_colour_file(tmp_path: Path) -> None:
    picture(1).save(tmp_path / "clean.png")
    layer = only_layer(tmp_path / "clean.png", Mode.GREY, tmp_path)
    with Image.open(layer.path) as image:
        assert (layer.grey, image.mode) == (True, "L")


def test_a_one_bit_page_becomes_jbig2_or_group_4_on_request(tmp_path: Path) -> None:
    picture(1, mode=Mode.BITONAL).save(tmp_path / "clean.png")
    assert only_layer(tmp_path / "clean.png", Mode.BITONAL, tmp_path).coder == "jbig2"
    assert only_layer(tmp_path / "clean.png", Mode.BITONAL, tmp_path, one_bit="g4").coder == "g4"


def test_another_kind_of_keeping_is_refused(tmp_path: Path) -> None:
    picture(1).save(tmp_path / "clean.png")
    with pytest.raises(ValueError, match="torn"):
        layers.make_layers(tmp_path / "clean.png", Mode.COLOUR, 300, "torn", tmp_path)


def test_an_untouched_jpeg_that_is_small_already_keeps_its_very_bytes(tmp_path: Path) -> None:
    picture(1).save(tmp_path / "scan.jpg", quality=20)
    layer = only_layer(tmp_path / "scan.jpg", Mode.COLOUR, tmp_path)
    assert layer.path.read_bytes() == (tmp_path / "scan.jpg").read_bytes()


def test_a_wasteful_jpeg_is_coded_anew(tmp_path: Path) -> None:
    picture(1).save(tmp_path / "scan.jpg", quality=98, subsampling="4:4:4")
    layer = only_layer(tmp_path / "scan.jpg", Mode.COLOUR, tmp_path)
    assert layer.path.stat().st_size < 0.75 * (tmp_path / "scan.jpg").stat().st_size


@pytest.mark.parametrize("oddity", ["turned by EXIF", "CMYK", "grey asked"])
def test_a_jpeg_a_viewer_would_show_otherwise_never_keeps_its_bytes(
    tmp_path: Path, oddity: str
) -> None:
    image, mode = picture(1), Mode.GREY if oddity == "grey asked" else Mode.COLOUR
    exif = Image.Exif()
    if oddity == "turned by EXIF":
        exif[0x0112] = 6
    if oddity == "CMYK":
        image = image.convert("CMYK")
    image.save(tmp_path / "scan.jpg", quality=20, exif=exif)
    layer = only_layer(tmp_path / "scan.jpg", mode, tmp_path)
    assert layer.path.read_bytes() != (tmp_path / "scan.jpg").read_bytes()


def similarity(one: np.ndarray, other: np.ndarray) -> float:
    """Mean structural similarity (Wang 2004) over 8 x 8 windows of one channel."""

    def windows(channel: np.ndarray) -> np.ndarray:
        height, width = (side // 8 * 8 for side in channel.shape)
        cut = channel[:height, :width].astype(np.float64)
        return cut.reshape(height // 8, 8, width // 8, 8).swapaxes(1, 2).reshape(-1, 64)

    a, b = windows(one), windows(other)
    mean_a, mean_b = a.mean(1), b.mean(1)
    covariance = (a * b).mean(1) - mean_a * mean_b
    structure = (2 * mean_a * mean_b + 6.5) * (2 * covariance + 58.5)
    scale = (mean_a**2 + mean_b**2 + 6.5) * (a.var(1) + b.var(1) + 58.5)
    return float((structure / scale).mean())


@pytest.mark.parametrize(
    ("name", "marks", "limit"),
    [("cong-van", ("seal", "signature"), 0.90), ("viet-tay", ("signature",), 0.90)],
)
def test_seals_and_signatures_stay_faithful_in_every_colour(
    tmp_path: Path, pages: Path, name: str, marks: tuple[str, ...], limit: float
) -> None:
    import tomllib

    table = tomllib.loads((pages / "pages.toml").read_text("utf-8"))
    entry = next(one for one in table["page"] if one["name"] == name)
    boxes = [mark["box"] for mark in entry.get("mark", []) if mark["kind"] in marks]
    assert boxes
    clean = pages / entry["file"]
    coded = only_layer(clean, Mode.COLOUR, tmp_path).path.read_bytes()
    before, after = Image.open(clean).convert("RGB"), Image.open(io.BytesIO(coded)).convert("RGB")
    for x0, y0, x1, y1 in boxes:
        width, height = before.size
        cut = (int(x0 * width), int(y0 * height), int(x1 * width), int(y1 * height))
        for one, other in zip(before.crop(cut).split(), after.crop(cut).split(), strict=True):
            assert similarity(np.asarray(one), np.asarray(other)) > limit
    assert len(coded) < 0.5 * clean.stat().st_size
