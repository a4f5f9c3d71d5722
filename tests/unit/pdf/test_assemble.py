"""The whole file: what veraPDF, poppler and PDFium say of it."""

import os
import re
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pikepdf
import pytest
from PIL import Image

from scanstation import durable, errors
from scanstation.model.page import Box, ImageLayer, Mode, WorkedPage
from scanstation.pdf import DocumentInfo, layers
from scanstation.pdf.assemble import Pdf2uWriter, srgb_profile
from scanstation.pdf.confined import ConfinedReader
from tests.helpers.parts import requires_part
from tests.helpers.verapdf import Verdict
from tests.unit.pdf.worked import INFO, line, picture, quiet, worked

Judge = Callable[..., Verdict]


def published(pages: list[WorkedPage], folder: Path) -> Path:
    Pdf2uWriter().write(pages, INFO, folder / "out.pdf", quiet)
    return folder / "out.pdf"


@pytest.mark.parametrize(
    ("mode", "one_bit"),
    [(Mode.COLOUR, ""), (Mode.GREY, ""), (Mode.BITONAL, "jbig2"), (Mode.BITONAL, "g4")],
)
@pytest.mark.parametrize("lines", [(), (line("Số:", "1", "𡨸", "Ở"),)], ids=["no text", "text"])
def test_every_kind_of_page_is_pdf_a_2u_to_verapdf(
    tmp_path: Path, verapdf: Judge, mode: Mode, one_bit: str, lines: tuple
) -> None:
    page = worked(tmp_path, picture(1, mode=mode), lines, mode=mode, one_bit=one_bit)
    verdict = verapdf(published([page], tmp_path), "2u")
    assert verdict.compliant, str(verdict)


def test_a_mixed_dossier_with_odd_characters_is_pdf_a_2u(tmp_path: Path, verapdf: Judge) -> None:
    odd = line("\x00", "\ufeff", "\ufffe", "\ue000", "\U0010ffff", "ﬁ", "\u0301", "a\u0301")
    pages = [
        worked(tmp_path, picture(1), [odd]),
        worked(tmp_path, picture(2, (877, 620), Mode.GREY), mode=Mode.GREY, dpi=72),
        worked(tmp_path, picture(3, mode=Mode.BITONAL), mode=Mode.BITONAL, dpi=200),
    ]
    title = DocumentInfo(title="<&> \x00 «Hồ sơ»", created_at=INFO.created_at)
    Pdf2uWriter().write(pages, title, tmp_path / "out.pdf", quiet)
    verdict = verapdf(tmp_path / "out.pdf", "2u")
    assert verdict.compliant, str(verdict)


def test_a_stencil_over_a_picture_is_painted_in_its_box_and_passes_verapdf(
    tmp_path: Path, verapdf: Judge
) -> None:
    page = worked(tmp_path, Image.new("RGB", (620, 877), "white"), mode=Mode.COLOUR)
    black = np.ones((200, 300), np.bool_)
    stencil = tmp_path / "stencil.jbig2"
    stencil.write_bytes(layers.ONE_BIT_CODERS["jbig2"](black, 75))
    mask = ImageLayer(
        path=stencil, coder="jbig2", width=300, height=200, box=Box(100, 500, 300, 200), mask=True
    )
    shown = Image.new("RGB", (620, 877), "white")
    shown.paste("black", (100, 500, 400, 700))
    shown.save(page.clean)
    page = WorkedPage(**{**as_fields(page), "layers": (*page.layers, mask)})
    verdict = verapdf(published([page], tmp_path), "2u")
    assert verdict.compliant, str(verdict)


def as_fields(page: WorkedPage) -> dict[str, object]:
    return {name: getattr(page, name) for name in page.__struct_fields__}


def test_the_same_input_gives_the_same_bytes_whatever_the_clock_says(tmp_path: Path) -> None:
    pages = [worked(tmp_path, picture(n), [line("Trang", str(n))]) for n in range(3)]
    first = published(pages, tmp_path).read_bytes()
    code = (
        "import sys, pickle; from scanstation.pdf.assemble import Pdf2uWriter;"
        "pages, info, target = pickle.load(sys.stdin.buffer);"
        "Pdf2uWriter().write(pages, info, target, lambda number: None)"
    )
    import pickle

    again = tmp_path / "again"
    again.mkdir()
    subprocess.run(
        [sys.executable, "-c", code],
        input=pickle.dumps((pages, INFO, again / "out.pdf")),
        env={**os.environ, "TZ": "America/Lima", "PYTHONHASHSEED": "7"},
        check=True,
    )
    assert (again / "out.pdf").read_bytes() == first
    assert srgb_profile()[24:36] == bytes.fromhex("07d0 0001 0001 0000 0000 0000")


@requires_part("poppler")
@pytest.mark.parametrize(
    ("size", "dpi"),
    [((2480, 3508), 300), ((3508, 2480), 300), ((1654, 2339), 200), ((875, 621), 75.3)],
)
def test_pages_are_true_to_scale_within_a_tenth_of_a_millimetre(
    tmp_path: Path, size: tuple[int, int], dpi: float
) -> None:
    image = picture(4, size, Mode.BITONAL)
    pdf = published([worked(tmp_path, image, mode=Mode.BITONAL, dpi=dpi)], tmp_path)
    said = subprocess.run(["pdfinfo", pdf], capture_output=True, text=True, check=True).stdout
    found = re.search(r"Page size:\s+([\d.]+) x ([\d.]+) pts", said)
    assert found
    for points, pixels in zip(found.groups(), size, strict=True):
        assert float(points) / 72 * 25.4 == pytest.approx(pixels / dpi * 25.4, abs=0.1)


@pytest.mark.parametrize("one_bit", ["jbig2", "g4"])
def test_a_one_bit_page_comes_back_from_the_pdf_pixel_for_pixel(
    tmp_path: Path, pages: Path, one_bit: str
) -> None:
    scan = Image.open(pages / "straight-1bit.tif")
    page = worked(tmp_path, scan, mode=Mode.BITONAL, dpi=200, one_bit=one_bit)
    pdf = published([page], tmp_path)
    scratch = tmp_path / "scratch"
    scratch.mkdir()
    (back,) = ConfinedReader().pages(pdf, scratch)
    assert (back.mode, back.dpi) == (Mode.BITONAL, 200)
    assert (np.asarray(Image.open(back.path)) == np.asarray(scan)).all()


@requires_part("poppler")
@pytest.mark.parametrize("one_bit", ["jbig2", "g4"])
def test_poppler_sees_the_same_one_bit_pixels(tmp_path: Path, one_bit: str) -> None:
    drawn = picture(5, (333, 207), Mode.BITONAL)
    page = worked(tmp_path, drawn, mode=Mode.BITONAL, one_bit=one_bit)
    pdf = published([page], tmp_path)
    subprocess.run(["pdfimages", "-png", pdf, tmp_path / "seen"], check=True)
    seen = Image.open(tmp_path / "seen-000.png").convert("1")
    assert (np.asarray(seen) == np.asarray(drawn)).all()


def test_the_catalog_says_language_and_shows_the_title(tmp_path: Path) -> None:
    with pikepdf.open(published([worked(tmp_path, picture(1))], tmp_path)) as pdf:
        assert str(pdf.Root.Lang) == "vi-VN"
        assert bool(pdf.Root.ViewerPreferences.DisplayDocTitle)
        assert str(pdf.docinfo["/Title"]) == INFO.title
        assert pdf.pdf_version == "1.7"


def test_progress_names_each_page_once_in_order(tmp_path: Path) -> None:
    seen: list[int] = []
    pages = [worked(tmp_path, picture(n)) for n in range(3)]
    Pdf2uWriter().write(pages, INFO, tmp_path / "out.pdf", seen.append)
    assert seen == [1, 2, 3]


def test_a_failed_check_publishes_nothing_and_leaves_nothing_behind(tmp_path: Path) -> None:
    page = worked(tmp_path, picture(1))
    picture(2).save(page.clean)
    before = sorted(tmp_path.iterdir())
    with pytest.raises(errors.SelfCheckFailed):
        published([page], tmp_path)
    assert sorted(tmp_path.iterdir()) == before


def test_a_failed_check_leaves_the_file_that_was_there(tmp_path: Path) -> None:
    page = worked(tmp_path, picture(1))
    kept = published([page], tmp_path).read_bytes()
    picture(2).save(page.clean)
    with pytest.raises(errors.SelfCheckFailed):
        published([page], tmp_path)
    assert (tmp_path / "out.pdf").read_bytes() == kept


def test_nothing_temporary_stays_beside_a_published_file(tmp_path: Path) -> None:
    published([worked(tmp_path, picture(1))], tmp_path)
    assert not [path for path in tmp_path.iterdir() if path.name.startswith(durable.TEMPORARY)]


def test_a_missing_folder_is_the_storage_error(tmp_path: Path) -> None:
    page = worked(tmp_path, picture(1))
    with pytest.raises(errors.StorageError):
        Pdf2uWriter().write([page], INFO, tmp_path / "none" / "out.pdf", quiet)


def test_no_pages_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="at least one page"):
        published([], tmp_path)


def test_memory_does_not_grow_with_the_images(tmp_path: Path) -> None:
    noise = np.random.default_rng(1).integers(0, 256, (1500, 1000, 3), np.uint8)
    page = worked(tmp_path, Image.fromarray(noise))
    size = page.layers[0].path.stat().st_size
    count = 60_000_000 // size
    code = (
        "import sys, pickle, resource; from pathlib import Path;"
        "from scanstation.pdf import assemble;"
        "page, info, count, folder = pickle.load(sys.stdin.buffer);"
        "peak = lambda: resource.getrusage(resource.RUSAGE_SELF).ru_maxrss;"
        "write = lambda n: assemble.assemble([page] * n, info, folder / 'i', folder / 'o');"
        "write(2); before = peak(); write(count); print(peak() - before)"
    )
    import pickle

    done = subprocess.run(
        [sys.executable, "-c", code],
        input=pickle.dumps((page, INFO, count, tmp_path)),
        capture_output=True,
        check=True,
    )
    assert (tmp_path / "o").stat().st_size > 55_000_000
    assert int(done.stdout) * 1024 < 20_000_000
