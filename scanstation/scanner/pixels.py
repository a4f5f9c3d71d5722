"""Raw lines as libsane delivers them -> a PNM file, byte for byte what the device saw.

Pure functions over bytes. Padding is dropped, 16-bit samples keep their high byte, 1-bit data
stays 1-bit. Refused: colour at one bit, and separate red, green and blue passes; pyinsane2 turns
those, padded lines and 16-bit samples into skewed or garbage images without an error.
"""

import sys
from dataclasses import dataclass

from scanstation.model.page import Mode

GREY, COLOUR = 0, 1  # SANE_FRAME_GRAY, SANE_FRAME_RGB; 2, 3 and 4 are single passes
_MAGIC = {Mode.BITONAL: "P4", Mode.GREY: "P5", Mode.COLOUR: "P6"}
_SUFFIX = {Mode.BITONAL: ".pbm", Mode.GREY: ".pgm", Mode.COLOUR: ".ppm"}


class FrameRefused(ValueError):
    """A frame this station does not turn into a page; the text names its kind."""


@dataclass(frozen=True)
class Frame:
    """SANE_Parameters of one page (SANE standard 1.06, 4.3.8)."""

    format: int
    depth: int
    """Bits per sample: 1, 8 or 16."""
    width: int
    """Pixels per line."""
    stride: int
    """Bytes per line as sent, padding included."""
    lines: int
    """Expected lines; 0 when the device does not know."""

    @property
    def mode(self) -> Mode:
        if self.format == COLOUR:
            return Mode.COLOUR
        return Mode.BITONAL if self.depth == 1 else Mode.GREY

    @property
    def suffix(self) -> str:
        return _SUFFIX[self.mode]

    @property
    def used(self) -> int:
        """Bytes of a line that carry samples."""
        samples = self.width * (3 if self.format == COLOUR else 1)
        return (samples * self.depth + 7) // 8


def check(frame: Frame) -> None:
    """Raise FrameRefused for what `pnm` cannot turn into a page."""
    if frame.format not in (GREY, COLOUR):
        raise FrameRefused("three-pass")
    if frame.depth not in (1, 8, 16) or (frame.format == COLOUR and frame.depth == 1):
        raise FrameRefused(f"depth {frame.depth}")
    if frame.width < 1 or frame.stride < frame.used:
        raise FrameRefused(f"{frame.width} px in {frame.stride} bytes")


def pnm(frame: Frame, raw: bytes | bytearray) -> tuple[bytes, bytes | memoryview]:
    """Header and body of the PNM file for the whole lines in `raw`; a torn last line is dropped.

    SANE and PBM agree that a 1 bit is black and that lines start on a byte.
    """
    height = len(raw) // frame.stride
    maximum = "" if frame.mode is Mode.BITONAL else "255\n"
    header = f"{_MAGIC[frame.mode]}\n{frame.width} {height}\n{maximum}".encode()
    return header, _samples(frame, raw, height)


def _samples(frame: Frame, raw: bytes | bytearray, height: int) -> bytes | memoryview:
    view, used, stride = memoryview(raw), frame.used, frame.stride
    if frame.depth != 16:
        if used == stride:
            return view[: height * stride]
        return b"".join(view[row * stride : row * stride + used] for row in range(height))
    high = 1 if sys.byteorder == "little" else 0  # SANE sends samples in the host's order
    rows = (bytes(view[row * stride : row * stride + used]) for row in range(height))
    return b"".join(row[high::2] for row in rows)
