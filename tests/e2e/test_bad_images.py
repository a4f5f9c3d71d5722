"""Odd and hostile images through the verbs that take them: right pixels, or a clear sentence."""

import json
import shutil
import struct
import subprocess
import sys
import zlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pillow_heif
import pypdfium2 as pdfium
import pytest
from PIL import Image, ImageChops

from scanstation.cli import main
from scanstation.signing.testing_ca import Authority
from tests.helpers.counter import Counter, set_up, signing_keys
from tests.helpers.parts import requires_part
from tests.helpers.powerless import powerless

pytestmark = requires_part("tesseract-vie")
SIZE = (600, 360)
PAPER, INK = (204, 196, 188), (34, 30, 26)
MOST_MB = 100
"""Peak of the main process while it refuses; measured 36 to 40."""


def sheet(mode: str = "RGB", size: tuple[int, int] = SIZE) -> Image.Image:
    """Wider than high, ink in its top left quarter."""
    image = Image.new("RGB", size, PAPER)
    image.paste(INK, (0, 0, size[0] // 2, size[1] // 2))
    return image.convert(mode)


# --- what must come out right -----------------------------------------------------------------


def mislabelled(path: Path) -> None:
    sheet().save(path, "JPEG", quality=95)


def cmyk_of_adobe(path: Path) -> None:
    sheet("CMYK").save(path, "JPEG", quality=95)


def cmyk_without_adobe(path: Path) -> None:
    ImageChops.invert(sheet("CMYK")).save(path, "JPEG", quality=95)
    data = path.read_bytes()
    at = data.index(b"\xff\xee\x00\x0eAdobe")
    path.write_bytes(data[:at] + data[at + 16 :])


def sixteen_bit_grey(path: Path) -> None:
    deep = np.asarray(sheet("L")).astype(np.uint16) * 257
    Image.fromarray(deep).save(path, "PNG")


def sixteen_bit_colour(path: Path) -> None:
    deep = np.asarray(sheet()).astype(">u2") * 257
    head = b"P6\n%d %d\n65535\n" % SIZE
    path.write_bytes(head + deep.astype(">u2").tobytes())


def transparent(path: Path) -> None:
    """The same picture by what shines through: ink over white paper, paper half opaque."""
    image = Image.new("RGBA", SIZE, (153, 137, 121, 128))
    image.paste((*INK, 255), (0, 0, SIZE[0] // 2, SIZE[1] // 2))
    image.save(path, "PNG")


def palette_with_transparency(path: Path) -> None:
    sheet().quantize(16).save(path, "GIF")


def exif_turned(path: Path) -> None:
    turned = Image.Exif()
    turned[0x0112] = 6
    sheet().transpose(Image.Transpose.ROTATE_90).save(path, "JPEG", exif=turned, quality=95)


def heic(path: Path) -> None:
    pillow_heif.register_heif_opener()
    sheet().save(path, "HEIF", quality=95)


def mixed_sizes(path: Path) -> None:
    others = [sheet("L", (300, 180)), sheet("RGB", (180, 108)).convert("1", dither=0)]
    sheet().save(path, "TIFF", save_all=True, append_images=others, dpi=(300, 300))


RIGHT: dict[str, tuple[Callable[[Path], None], int]] = {
    "thật ra là JPEG.png": (mislabelled, 1),
    "cmyk-adobe.jpg": (cmyk_of_adobe, 1),
    "cmyk.jpg": (cmyk_without_adobe, 1),
    "16-bit-grey.png": (sixteen_bit_grey, 1),
    "16-bit-colour.ppm": (sixteen_bit_colour, 1),
    "alpha.png": (transparent, 1),
    "palette.gif": (palette_with_transparency, 1),
    "turned.jpg": (exif_turned, 1),
    "photo.heic": (heic, 1),
    "mixed.tif": (mixed_sizes, 3),
}


def looks_right(image: Image.Image) -> bool:
    """Ink in the top left quarter and nowhere else, in the shades they were made of."""
    width, height = image.size
    plain = image.convert("RGB")
    spots = {(1, 1): INK, (5, 1): PAPER, (1, 5): PAPER, (5, 5): PAPER}
    for (x, y), colour in spots.items():
        seen = plain.getpixel((width * x // 6, height * y // 6))
        assert isinstance(seen, tuple)
        grey = round(sum(colour) / 3)
        allowed = (colour, (grey,) * 3, (0,) * 3 if colour == INK else (255,) * 3)
        near = [max(abs(a - b) for a, b in zip(seen, one, strict=True)) < 14 for one in allowed]
        if not any(near):
            return False
    return True


@pytest.fixture(scope="module")
def authority(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Authority]:
    with signing_keys(tmp_path_factory.mktemp("keys")) as made:
        yield made


@pytest.fixture(scope="module")
def station(tmp_path_factory: pytest.TempPathFactory, authority: Authority) -> Path:
    return set_up(tmp_path_factory.mktemp("s") / "station", authority).folder


@pytest.fixture
def counter(tmp_path: Path, station: Path) -> Counter:
    return Counter(shutil.copytree(station, tmp_path / "station"))


@pytest.fixture(scope="module")
def odd(tmp_path_factory: pytest.TempPathFactory) -> list[Path]:
    folder = tmp_path_factory.mktemp("odd")
    for name, (make, _pages) in RIGHT.items():
        make(folder / name)
    return [folder / name for name in RIGHT]


def test_every_odd_image_becomes_a_page_of_the_right_look(odd: list[Path], tmp_path: Path) -> None:
    target = tmp_path / "out.pdf"
    words = ("digitise", *odd, "--reading", "none", "--no-deskew", "-o", target)
    Counter(tmp_path / "none").must(*words)
    document = pdfium.PdfDocument(target)
    names = [name for name, (_make, pages) in RIGHT.items() for _ in range(pages)]
    assert len(document) == len(names)
    wrong = [
        name
        for name, page in zip(names, document, strict=True)
        if not looks_right(page.render(scale=2).to_pil())
    ]
    assert wrong == []


def test_every_odd_image_is_kept_as_an_original_of_the_right_look(
    odd: list[Path], counter: Counter
) -> None:
    dossier = counter.new()
    shown = counter.must("import", "--dossier", dossier, "--component", "1", *odd)
    kept = {path.stem: path for path in (counter.folder / "workspace").rglob("originals/*")}
    wrong = []
    for page in shown["pages"]:
        with Image.open(kept[page["sha256"]]) as image:
            assert image.size == (page["width"], page["height"])
            if not looks_right(image):
                wrong.append(page["source"])
    assert wrong == []
    assert len(shown["pages"]) == sum(pages for _make, pages in RIGHT.values())


def test_a_single_pixel_is_a_page(counter: Counter, tmp_path: Path) -> None:
    Image.new("L", (1, 1), 200).save(tmp_path / "dot.png")
    Counter(tmp_path / "none").must("digitise", tmp_path / "dot.png", "-o", tmp_path / "dot.pdf")
    dossier = counter.new()
    words = ("import", "--dossier", dossier, "--component", "1", tmp_path / "dot.png")
    (page,) = counter.must(*words)["pages"]
    assert (page["width"], page["height"]) == (1, 1)


# --- what must be refused ---------------------------------------------------------------------


def truncated(path: Path) -> None:
    Image.effect_noise((900, 900), 90).save(path, "JPEG")
    path.write_bytes(path.read_bytes()[:20_000])


def empty(path: Path) -> None:
    path.touch()


def folder(path: Path) -> None:
    path.mkdir()


def moving_webp(path: Path) -> None:
    frames = [sheet("RGB", (90, 60)), Image.new("RGB", (90, 60), "red")]
    frames[0].save(path, "WEBP", save_all=True, append_images=frames[1:])


def moving_gif(path: Path) -> None:
    frames = [Image.new("RGB", (60, 60), colour) for colour in ("red", "green", "blue")]
    frames[0].save(path, "GIF", save_all=True, append_images=frames[1:])


def moving_png(path: Path) -> None:
    frames = [Image.new("L", (60, 60), 80 * n) for n in range(3)]
    frames[0].save(path, "PNG", save_all=True, append_images=frames[1:])


def without_levels(path: Path) -> None:
    Image.fromarray(np.random.default_rng(1).random((60, 60), np.float32)).save(path, "TIFF")


def huge(path: Path) -> None:
    """30,000 x 30,000 indeed, in 112 kB."""
    Image.new("1", (8, 8)).save(path, "PNG")
    packer = zlib.compressobj()
    rows = [packer.compress(bytes(3751)) for _ in range(30_000)]
    header = struct.pack(">II5B", 30_000, 30_000, 1, 0, 0, 0, 0)
    chunks = ((b"IHDR", header), (b"IDAT", b"".join(rows) + packer.flush()), (b"IEND", b""))
    with path.open("wb") as stream:
        stream.write(b"\x89PNG\r\n\x1a\n")
        for name, data in chunks:
            stream.write(struct.pack(">I", len(data)) + name + data)
            stream.write(struct.pack(">I", zlib.crc32(name + data)))


def huge_by_its_word(kind: str) -> Callable[[Path], None]:
    """A small file that claims 30,000 x 30,000."""

    def make(path: Path) -> None:
        sheet().save(path, kind)
        data, size = bytearray(path.read_bytes()), 30_000
        if kind == "JPEG":
            at = data.index(b"\xff\xc0") + 5
            data[at : at + 4] = size.to_bytes(2, "big") * 2
        elif kind == "TIFF":  # width and length are the first two tags of its directory
            at = int.from_bytes(data[4:8], "little") + 2
            for entry in (at, at + 12):
                data[entry + 2 : entry + 12] = struct.pack("<HII", 4, 1, size)
        elif kind == "GIF":
            data[6:10] = size.to_bytes(2, "little") * 2
        else:
            data[18:26] = size.to_bytes(4, "little") * 2
        path.write_bytes(data)

    return make


def many_frames(path: Path) -> None:
    dots = [Image.new("1", (1, 1))] * 2100
    dots[0].save(path, "TIFF", save_all=True, append_images=dots[1:])


REFUSED: dict[str, tuple[Callable[[Path], None], str]] = {
    "cut.jpg": (truncated, "damaged or cut short"),
    "empty.jpg": (empty, "not an image"),
    "folder.jpg": (folder, "it is a folder"),
    "moving.webp": (moving_webp, "moving picture"),
    "moving.gif": (moving_gif, "moving picture"),
    "moving.png": (moving_png, "moving picture"),
    "float.tif": (without_levels, "no known scale"),
    "huge.png": (huge, "900 Mpx"),
    "claims.tif": (huge_by_its_word("TIFF"), "too large"),
    "claims.jpg": (huge_by_its_word("JPEG"), "too large"),
    "claims.gif": (huge_by_its_word("GIF"), "too large"),
    "claims.bmp": (huge_by_its_word("BMP"), "too large"),
    "frames.tif": (many_frames, "too large"),
}


@dataclass(frozen=True)
class Ended:
    code: int
    err: str
    peak_mb: float
    """Of the main process; its page workers never see a refused file."""


def run(folder: Path, *words: object) -> Ended:
    program = (
        "import sys; from scanstation.cli import main; code = main(sys.argv[1:]);"
        "print(*open('/proc/self/status'), file=sys.stderr); sys.exit(code)"
    )
    command = [sys.executable, "-c", program, "--lang", "en", "--data-dir", str(folder)]
    done = subprocess.run([*command, *map(str, words)], capture_output=True, text=True, check=False)
    said, _, status = done.stderr.partition("Name:")
    return Ended(done.returncode, said, int(status.partition("VmHWM:")[2].split()[0]) / 1024)


@pytest.mark.parametrize("name", REFUSED)
def test_a_bad_image_gets_its_sentence_in_little_memory_and_loses_nothing(
    counter: Counter, tmp_path: Path, name: str
) -> None:
    make, sentence = REFUSED[name]
    make(tmp_path / name)
    target = tmp_path / "out.pdf"
    dossier = counter.new()
    taken = ("import", "--dossier", dossier, "--component", "1", tmp_path / name)
    for words in (("digitise", tmp_path / name, "-o", target), taken):
        ended = run(counter.folder, *words)
        assert (ended.code, "Traceback" in ended.err) == (5, False), ended.err
        assert sentence in ended.err and name in ended.err
        assert ended.peak_mb < MOST_MB, ended
    assert not target.exists()
    assert counter.must("dossier", "show", dossier)["pages"] == []


def test_a_file_this_account_may_not_read_is_named(
    tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "closed.jpg"
    sheet().save(path)
    path.chmod(0)
    words = ["--lang", "en", "--json", "digitise", str(path), "-o", str(tmp_path / "out.pdf")]
    assert powerless(lambda: main(words) == 5)
    said = capfd.readouterr()
    assert "closed.jpg» cannot be read: this account may not read it" in said.err
    assert json.loads(said.out)["data"]["exit"] == 5
