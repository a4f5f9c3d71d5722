"""A page kept in layers, in the viewers people have: nothing of it may be left out there.

PDFium, the viewer of Chromium and Edge, draws every page in the self-check already.
"""

import subprocess
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from scanstation.model.page import WorkedPage
from scanstation.pdf import likeness, presence
from scanstation.pdf.assemble import Pdf2uWriter
from tests.helpers.parts import PDFJS, requires_part
from tests.unit.pdf import office
from tests.unit.pdf.test_jbig2 import decoded
from tests.unit.pdf.worked import INFO, quiet, worked

TURNED_GREY = 44.0
"""Levels; see the self-check."""


@pytest.fixture(scope="module")
def page(tmp_path_factory: pytest.TempPathFactory) -> tuple[WorkedPage, Path]:
    """Print, a seal over it, a signature over both, and the PDF of it."""
    folder = tmp_path_factory.mktemp("office")
    image = office.scanned(office.sealed())
    made = worked(folder, image, dpi=office.DPI, keeping="layered")
    Pdf2uWriter().write([made], INFO, folder / "out.pdf", quiet)
    assert {layer.coder for layer in made.layers} == {"jpeg2000", "jbig2"}
    return made, folder / "out.pdf"


@requires_part("pdfjs")
@requires_part("jbig2dec")
def test_pdfjs_decodes_seal_and_print_to_the_very_pixels(
    tmp_path: Path, page: tuple[WorkedPage, Path]
) -> None:
    made, pdf = page
    program = Path(__file__).parents[2] / "helpers" / "pdfjs" / "pictures.mjs"
    subprocess.run(["node", program, PDFJS, pdf, tmp_path], check=True, capture_output=True)
    for number, layer in enumerate(made.layers):
        if layer.mask:
            seen = ~np.asarray(Image.open(tmp_path / f"{number}.pbm"))
            wanted = decoded(layer.path.read_bytes())
        else:
            seen = np.asarray(Image.open(tmp_path / f"{number}.ppm"))
            wanted = np.asarray(Image.open(layer.path).convert("RGB"))
        assert np.array_equal(seen, wanted), layer.coder
    assert len(list(tmp_path.iterdir())) == len(made.layers)


@requires_part("poppler")
def test_poppler_shows_all_ink_and_no_other(tmp_path: Path, page: tuple[WorkedPage, Path]) -> None:
    made, pdf = page
    to = ("-r", str(round(office.DPI)), "-png", "-singlefile")
    subprocess.run(["pdftoppm", *to, pdf, tmp_path / "shown"], check=True)
    captured = np.asarray(Image.open(made.clean).convert("RGB"))
    shown = np.asarray(Image.open(tmp_path / "shown.png").convert("RGB"))
    assert shown.shape == captured.shape
    assert presence.differences(captured, shown, made.dpi) == ()
    small, small_shown = (presence.folded(each, 2) for each in (captured, shown))
    assert likeness.apart(small, small_shown) < TURNED_GREY
