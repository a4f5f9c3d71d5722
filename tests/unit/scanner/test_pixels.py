import sys
from io import BytesIO

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from scanstation.model.page import Mode
from scanstation.scanner.pixels import COLOUR, GREY, Frame, FrameRefused, check, pnm


def decoded(frame: Frame, raw: bytes) -> Image.Image:
    header, body = pnm(frame, raw)
    image = Image.open(BytesIO(header + bytes(body)))
    image.load()
    return image


def test_colour_lines_arrive_byte_for_byte() -> None:
    raw = bytes(range(2 * 3 * 3))
    image = decoded(Frame(COLOUR, 8, 3, 9, 2), raw)
    assert (image.mode, image.size, image.tobytes()) == ("RGB", (3, 2), raw)


def test_padding_at_the_end_of_a_line_is_dropped() -> None:
    image = decoded(Frame(GREY, 8, 3, 5, 2), b"abc??def??")
    assert (image.size, image.tobytes()) == ((3, 2), b"abcdef")


def test_one_bit_stays_one_bit_and_a_one_is_black() -> None:
    image = decoded(Frame(GREY, 1, 10, 2, 1), bytes([0b1010_0000, 0b0100_0000]))
    assert image.mode == "1"
    assert [image.getpixel((x, 0)) for x in range(10)] == [0, 255, 0, *[255] * 6, 0]


def test_one_bit_lines_may_be_padded_too() -> None:
    image = decoded(Frame(GREY, 1, 8, 4, 2), b"\xff???\x00???")
    assert image.tobytes() == b"\x00\xff"  # Pillow's own 1-bit is white where PBM is black


def test_sixteen_bit_samples_keep_their_high_byte() -> None:
    samples = b"".join(value.to_bytes(2, sys.byteorder) for value in (0x12FF, 0xAB00, 0x00FF))
    image = decoded(Frame(GREY, 16, 3, 8, 1), samples + b"??")
    assert image.tobytes() == b"\x12\xab\x00"


def test_sixteen_bit_colour_keeps_the_order_of_its_channels() -> None:
    samples = b"".join((n << 8).to_bytes(2, sys.byteorder) for n in range(6))
    assert decoded(Frame(COLOUR, 16, 2, 12, 1), samples).tobytes() == bytes(range(6))


def test_a_torn_last_line_is_dropped() -> None:
    assert decoded(Frame(GREY, 8, 3, 3, 9), b"abcdefg").size == (3, 2)


@pytest.mark.parametrize(
    ("frame", "kind"),
    [
        (Frame(2, 8, 10, 10, 5), "three-pass"),
        (Frame(COLOUR, 1, 10, 4, 5), "depth 1"),
        (Frame(GREY, 12, 10, 20, 5), "depth 12"),
        (Frame(GREY, 8, 10, 9, 5), "10 px in 9 bytes"),
        (Frame(GREY, 8, 0, 0, 5), "0 px in 0 bytes"),
    ],
)
def test_a_frame_that_would_become_a_garbage_page_is_refused(frame: Frame, kind: str) -> None:
    with pytest.raises(FrameRefused, match=kind):
        check(frame)


@pytest.mark.parametrize(
    ("frame", "mode", "suffix"),
    [
        (Frame(GREY, 1, 9, 2, 5), Mode.BITONAL, ".pbm"),
        (Frame(GREY, 16, 9, 18, 5), Mode.GREY, ".pgm"),
        (Frame(COLOUR, 8, 9, 27, 5), Mode.COLOUR, ".ppm"),
    ],
)
def test_the_frame_says_how_the_page_was_sampled(frame: Frame, mode: Mode, suffix: str) -> None:
    check(frame)
    assert (frame.mode, frame.suffix) == (mode, suffix)


@given(width=st.integers(1, 40), height=st.integers(1, 8), pad=st.integers(0, 9), data=st.data())
def test_any_padding_gives_the_same_picture(
    width: int, height: int, pad: int, data: st.DataObject
) -> None:
    used = (width + 7) // 8
    rows = [data.draw(st.binary(min_size=used, max_size=used)) for _ in range(height)]
    plain = decoded(Frame(GREY, 1, width, used, height), b"".join(rows))
    padded = decoded(
        Frame(GREY, 1, width, used + pad, height), b"".join(row + b"\xa5" * pad for row in rows)
    )
    assert padded.convert("L").tobytes() == plain.convert("L").tobytes()
