import unicodedata
from pathlib import Path

import pytest
from PIL import Image, ImageChops

from scanstation import errors
from scanstation.model.events import PageScanned, ScanStarted
from scanstation.model.page import Mode, PageFile
from scanstation.model.profile import ScanProfile
from scanstation.scanner.folder import FolderDriver, natural, read_images
from tests.helpers.limited import refused_beyond

PROFILE = ScanProfile(id="f", driver="folder")


@pytest.fixture
def scratch(tmp_path: Path) -> Path:
    folder = tmp_path / "scratch"
    folder.mkdir()
    return folder


def arrow(mode: str = "RGB") -> Image.Image:
    """Wider than high, dark in its top left corner: every turn shows."""
    image = Image.new("L", (40, 24), 200)
    image.paste(20, (0, 0, 10, 6))
    return image.convert(mode)


def read(path: Path, scratch: Path) -> list[PageFile]:
    return list(read_images(path, scratch))


def corner(page: PageFile) -> str:
    """Where the dark corner of an arrow is now."""
    with Image.open(page.path) as image:
        grey = image.convert("L")
    right, down = grey.width - 1, grey.height - 1
    places = {"top left": (0, 0), "top right": (right, 0)}
    places |= {"bottom left": (0, down), "bottom right": (right, down)}
    (found,) = [name for name, at in places.items() if int(grey.getpixel(at)) < 60]  # type: ignore[arg-type]
    return found


# --- bytes that may stay ----------------------------------------------------------------------


@pytest.mark.parametrize("name", ["a.jpg", "a.png", "a.tif"])
@pytest.mark.parametrize("mode", ["L", "RGB"])
def test_an_upright_single_image_keeps_its_bytes(
    tmp_path: Path, scratch: Path, name: str, mode: str
) -> None:
    original = tmp_path / name
    arrow(mode).save(original, dpi=(300, 300))
    (page,) = read(original, scratch)
    assert page.path.read_bytes() == original.read_bytes()
    assert (page.width, page.height, page.source) == (40, 24, name)
    assert page.mode is (Mode.GREY if mode == "L" else Mode.COLOUR)
    assert page.dpi == pytest.approx(300, abs=0.1)


def test_a_bitonal_tiff_keeps_its_bytes(tmp_path: Path, scratch: Path) -> None:
    original = tmp_path / "a.tif"
    arrow("1").save(original, compression="group4", dpi=(300, 300))
    (page,) = read(original, scratch)
    assert page.mode is Mode.BITONAL
    assert page.path.read_bytes() == original.read_bytes()


@pytest.mark.parametrize("name", ["a.ppm", "a.bmp", "a.webp"])
def test_other_formats_are_taken_without_loss(tmp_path: Path, scratch: Path, name: str) -> None:
    arrow().save(tmp_path / name, lossless=True)  # WebP alone listens
    (page,) = read(tmp_path / name, scratch)
    with Image.open(page.path) as image:
        assert ImageChops.difference(image, arrow()).getbbox() is None


def test_a_phone_s_hidden_second_picture_is_not_a_page(tmp_path: Path, scratch: Path) -> None:
    original = tmp_path / "a.jpg"
    arrow().save(original, format="MPO", save_all=True, append_images=[arrow("L").convert("RGB")])
    (page,) = read(original, scratch)
    assert page.path.read_bytes() == original.read_bytes()


# --- turning, splitting, flattening -----------------------------------------------------------


@pytest.mark.parametrize("name", ["a.jpg", "a.png", "a.tif"])
@pytest.mark.parametrize(
    ("orientation", "place", "size"),
    [
        (2, "top right", (40, 24)),
        (3, "bottom right", (40, 24)),
        (6, "top right", (24, 40)),
        (8, "bottom left", (24, 40)),
    ],
)
def test_a_picture_is_stored_the_way_its_camera_was_held(
    tmp_path: Path, scratch: Path, name: str, orientation: int, place: str, size: tuple[int, int]
) -> None:
    turned = Image.Exif()
    turned[0x0112] = orientation
    arrow().save(tmp_path / name, exif=turned, dpi=(300, 300))
    (page,) = read(tmp_path / name, scratch)
    assert (page.width, page.height) == size
    assert corner(page) == place
    with Image.open(page.path) as image:
        assert image.getexif().get(0x0112, 1) == 1, "nobody downstream may turn it again"


def test_every_frame_of_a_tiff_is_a_page_in_order(tmp_path: Path, scratch: Path) -> None:
    frames = [Image.new("L", (10 + n, 12), 40 * n) for n in range(4)]
    frames[0].save(tmp_path / "a.tif", save_all=True, append_images=frames[1:], dpi=(200, 200))
    pages = read(tmp_path / "a.tif", scratch)
    assert [page.width for page in pages] == [10, 11, 12, 13]
    assert {page.dpi for page in pages} == {200}
    for page, frame in zip(pages, frames, strict=True):
        with Image.open(page.path) as image:
            assert ImageChops.difference(image, frame).getbbox() is None


def test_the_thumbnail_inside_a_tiff_is_not_a_page(tmp_path: Path, scratch: Path) -> None:
    small = arrow().resize((8, 5))
    small.encoderinfo = {"tiffinfo": {254: 1}}
    arrow().save(tmp_path / "a.tif", save_all=True, append_images=[small])
    assert [page.width for page in read(tmp_path / "a.tif", scratch)] == [40]


def test_transparency_becomes_white_paper(tmp_path: Path, scratch: Path) -> None:
    Image.new("RGBA", (5, 5), (0, 0, 0, 0)).save(tmp_path / "a.png")
    (page,) = read(tmp_path / "a.png", scratch)
    with Image.open(page.path) as image:
        assert image.getpixel((2, 2)) == (255, 255, 255)


def test_sixteen_bit_grey_keeps_its_shades(tmp_path: Path, scratch: Path) -> None:
    deep = Image.new("I;16", (3, 1))
    for x, value in enumerate((0, 0x8000, 0xFFFF)):
        deep.putpixel((x, 0), value)
    deep.save(tmp_path / "a.png")
    (page,) = read(tmp_path / "a.png", scratch)
    with Image.open(page.path) as image:
        assert [image.getpixel((x, 0)) for x in range(3)] == [0, 128, 255]


@pytest.mark.parametrize("mode", ["P", "CMYK"])
def test_rare_colour_spaces_become_plain_colour(tmp_path: Path, scratch: Path, mode: str) -> None:
    arrow().convert(mode).save(tmp_path / "a.tif")
    (page,) = read(tmp_path / "a.tif", scratch)
    with Image.open(page.path) as image:
        assert image.mode == "RGB"
        assert 195 <= max(high for _low, high in image.getextrema()) <= 205  # type: ignore[misc]


def test_a_fax_gets_square_pixels(tmp_path: Path, scratch: Path) -> None:
    Image.new("1", (1728, 1078), 1).save(tmp_path / "fax.tif", dpi=(204, 98))
    (page,) = read(tmp_path / "fax.tif", scratch)
    assert (page.width, page.height, page.dpi) == (1728, 2244, 204)


# --- scale ------------------------------------------------------------------------------------


def test_a_file_without_a_scale_says_so(tmp_path: Path, scratch: Path) -> None:
    arrow().save(tmp_path / "a.png")
    assert read(tmp_path / "a.png", scratch)[0].dpi == 0


@pytest.mark.parametrize(("size", "dpi"), [((3000, 4000), 0), ((595, 842), 72)])
def test_a_camera_s_72_dpi_is_no_scale_but_a_screen_sized_a4_is(
    tmp_path: Path, scratch: Path, size: tuple[int, int], dpi: float
) -> None:
    Image.new("L", size).save(tmp_path / "a.jpg", dpi=(72, 72))
    assert read(tmp_path / "a.jpg", scratch)[0].dpi == dpi


# --- what is refused --------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["a.jpg", "a.png", "a.tif", "a.ppm", "a.bmp", "a.webp"])
@pytest.mark.parametrize("keep", [0.0, 0.02, 0.3, 0.6, 0.9])
def test_a_truncated_image_is_unreadable_and_leaves_nothing(
    tmp_path: Path, scratch: Path, name: str, keep: float
) -> None:
    path = tmp_path / name
    Image.effect_noise((300, 300), 90).convert("RGB").save(path)
    path.write_bytes(path.read_bytes()[: int(path.stat().st_size * keep)])
    with pytest.raises(errors.UnreadableInput) as refused:
        read(path, scratch)
    assert refused.value.facts["file"] == name
    assert not list(scratch.iterdir())


@pytest.mark.parametrize("content", [b"", b"xin chao", b"%PDF-1.7\n", b"<svg/>", b"GIF89a"])
def test_what_is_no_picture_is_unreadable(tmp_path: Path, scratch: Path, content: bytes) -> None:
    (tmp_path / "a.jpg").write_bytes(content)
    with pytest.raises(errors.UnreadableInput):
        read(tmp_path / "a.jpg", scratch)


def test_a_missing_file_is_unreadable(tmp_path: Path, scratch: Path) -> None:
    with pytest.raises(errors.UnreadableInput):
        read(tmp_path / "a.jpg", scratch)


def test_more_pixels_than_the_limit_are_refused_before_they_are_decoded(
    tmp_path: Path, scratch: Path
) -> None:
    path = tmp_path / "a.png"
    arrow().save(path)
    path.write_bytes(path.read_bytes()[:60])  # decoding it would be UnreadableInput
    with pytest.raises(errors.OversizedInput) as refused:
        list(read_images(path, scratch, pixels=40 * 24 - 1))
    assert "40 x 24" in refused.value.sentence("vi")


def test_a_pixel_bomb_is_refused_at_its_first_bytes(tmp_path: Path, scratch: Path) -> None:
    (tmp_path / "a.pbm").write_bytes(b"P4\n60000 60000\n")
    with pytest.raises(errors.OversizedInput):
        read(tmp_path / "a.pbm", scratch)


def test_a_full_scratch_folder_is_a_storage_error_not_a_bad_picture(tmp_path: Path) -> None:
    arrow().save(tmp_path / "a.png")
    arrow().save(tmp_path / "a.bmp")
    for name in ("a.png", "a.bmp"):
        with pytest.raises(errors.StorageError):
            read(tmp_path / name, tmp_path / "no such folder")


# --- folders ----------------------------------------------------------------------------------


def test_trang_2_comes_before_trang_10() -> None:
    names = ["trang 10.png", "Trang 2.png", "trang 1.png", "bìa.png"]
    ordered = sorted(map(Path, names), key=natural)
    assert [path.name for path in ordered] == [names[3], names[2], names[1], names[0]]


def test_a_folder_gives_its_images_in_order_and_names_what_it_leaves_out(
    tmp_path: Path, scratch: Path
) -> None:
    paper = tmp_path / "paper"
    paper.mkdir()
    for name in ("10.png", "9.png", "1.PNG", ".hidden.png"):
        arrow().save(paper / name, format="PNG")
    (paper / "ghi chú.docx").write_bytes(b"")
    started, *rest = FolderDriver([paper]).scan(PROFILE, scratch)
    assert isinstance(started, ScanStarted)
    assert len(started.warnings) == 1 and "ghi chú.docx" in started.warnings[0]
    sources = [event.page.source for event in rest if isinstance(event, PageScanned)]
    assert sources == ["1.PNG", "9.png", "10.png"]


def test_names_are_nfc_however_the_file_system_spells_them(tmp_path: Path, scratch: Path) -> None:
    path = tmp_path / unicodedata.normalize("NFD", "giấy khai sinh.png")
    arrow().save(path)
    (page,) = read(path, scratch)
    assert page.source == unicodedata.normalize("NFC", "giấy khai sinh.png")


def test_pages_before_a_bad_file_are_already_handed_over(tmp_path: Path, scratch: Path) -> None:
    arrow().save(tmp_path / "1.png")
    (tmp_path / "2.png").write_bytes(b"not")
    handed = []
    with pytest.raises(errors.UnreadableInput):
        for event in FolderDriver([tmp_path]).scan(PROFILE, scratch):
            handed += [event.page] if isinstance(event, PageScanned) else []
    assert [page.source for page in handed] == ["1.png"]


def test_a_folder_without_images_is_an_empty_feeder(tmp_path: Path, scratch: Path) -> None:
    with pytest.raises(errors.FeederEmpty):
        list(FolderDriver([scratch]).scan(PROFILE, scratch))


def test_a_disk_that_takes_only_a_part_of_a_page_is_full_and_no_page_is_given(
    tmp_path: Path, scratch: Path
) -> None:
    turned = tmp_path / "turned.pgm"
    Image.new("L", (620, 877)).save(turned)
    whole = turned.stat().st_size
    for short in (1, 17, 100_000):
        assert refused_beyond(whole - short, lambda: read(turned, scratch))
        assert list(scratch.iterdir()) == []
