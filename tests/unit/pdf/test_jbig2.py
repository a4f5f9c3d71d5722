"""Our encoder against decoders nobody here wrote: jbig2dec and PDFium."""

import io
import struct
import subprocess
import tempfile
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from numpy.typing import NDArray
from PIL import Image

from scanstation.pdf import jbig2, template
from tests.helpers.parts import requires_part

Bitmap = NDArray[np.bool_]
FILE_HEADER = b"\x97JB2\r\n\x1a\n\x01" + struct.pack(">I", 1)
END_OF_PAGE = struct.pack(">IBBBI", 2, 49, 0, 1, 0)
END_OF_FILE = struct.pack(">IBBBI", 3, 51, 0, 0, 0)
shapes = st.tuples(st.integers(1, 40), st.integers(1, 70))


def decoded(coded: bytes) -> Bitmap:
    with tempfile.NamedTemporaryFile(suffix=".jb2") as file:
        file.write(FILE_HEADER + coded + END_OF_PAGE + END_OF_FILE)
        file.flush()
        command = ["jbig2dec", "-t", "pbm", "-o", "-", file.name]
        done = subprocess.run(command, capture_output=True, check=True)
    assert not done.stderr
    return ~np.asarray(Image.open(io.BytesIO(done.stdout)))


@requires_part("jbig2dec")
@settings(max_examples=120)
@given(st.data())
def test_any_bitmap_comes_back_from_jbig2dec_bit_for_bit(data: st.DataObject) -> None:
    black = data.draw(arrays(np.bool_, data.draw(shapes)))
    assert (decoded(jbig2.encode(black, 300)) == black).all()


@requires_part("jbig2dec")
@pytest.mark.parametrize(
    "shape", [(1, 1), (1, 9), (9, 1), (255, 31), (256, 32), (257, 33), (600, 5)]
)
@pytest.mark.parametrize("ink", ["white", "black", "noise", "stripes", "one dot"])
def test_edges_of_bands_and_odd_widths_come_back(shape: tuple[int, int], ink: str) -> None:
    black = np.zeros(shape, np.bool_)
    if ink == "black":
        black[:] = True
    elif ink == "noise":
        black = np.random.default_rng(3).random(shape) < 0.5
    elif ink == "stripes":
        black[::3] = True
    elif ink == "one dot":
        black[-1, -1] = True
    assert (decoded(jbig2.encode(black, 200)) == black).all()


@requires_part("jbig2dec")
def test_a_scanned_page_comes_back_and_is_smaller_than_group_4(pages: Path) -> None:
    from scanstation.pdf.layers import black_pixels, fax_coded

    black = black_pixels(pages / "straight-1bit.tif")
    coded = jbig2.encode(black, 200)
    assert (decoded(coded) == black).all()
    assert len(coded) < 0.75 * len(fax_coded(black, 200))


def test_the_stream_is_page_information_and_one_region_with_the_scale_in_metres() -> None:
    coded = jbig2.encode(np.ones((3, 5), np.bool_), 300)
    number, kind, _refers, page, size = struct.unpack_from(">IBBBI", coded)
    assert (number, kind, page, size) == (0, 48, 1, 19)
    assert struct.unpack_from(">IIII", coded, 11) == (5, 3, 11811, 11811)
    assert struct.unpack_from(">IB", coded, 30) == (1, 38)
    assert coded.endswith(b"\xff\xac")


def test_an_all_white_a4_page_costs_next_to_nothing() -> None:
    assert len(jbig2.encode(np.zeros((3508, 2480), np.bool_), 300)) < 120


@requires_part("jbig2dec")
@pytest.mark.parametrize("adaptive", template.ADAPTIVES)
def test_every_choice_of_adaptive_pixels_comes_back(adaptive: template.Adaptive) -> None:
    black = np.random.default_rng(5).random((150, 70)) < 0.1
    black[40:90] = black[40:90].cumsum(axis=1) % 7 < 3
    assert (decoded(jbig2.encode(black, 300, adaptive)) == black).all()


def test_the_adaptive_pixels_are_those_that_take_the_fewest_bytes() -> None:
    thick = np.zeros((400, 400), np.bool_)
    for start in range(0, 400, 23):
        thick[:, start : start + 9] = True
    thick ^= np.random.default_rng(2).random(thick.shape) < 0.01
    sizes = [len(jbig2.encode(thick, 300, adaptive)) for adaptive in template.ADAPTIVES]
    assert len(jbig2.encode(thick, 300)) <= 1.01 * min(sizes)
