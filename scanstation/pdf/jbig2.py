"""Lossless JBIG2 for one-bit pages, as PDF embeds it (ITU-T T.88, generic region, template 0).

Written here because neither Debian nor PyPI carries an encoder. It codes each pixel as it is and
refuses symbol substitution, the lossy mode that has swapped digits in real archives.
"""

import struct
from collections.abc import Iterator

import numpy as np

from scanstation.pdf import arithmetic, template
from scanstation.pdf.template import Adaptive, Bits

_PAGE_INFORMATION = 48
_IMMEDIATE_GENERIC_REGION = 38


def encode(black: Bits, dpi: float, adaptive: Adaptive | None = None) -> bytes:
    """The embedded stream (no file header, no end segments) of a bitmap, True = black.

    `black` has the shape (height, width), both at least 1; the adaptive pixels are chosen for it
    unless given. 7.2.7 and 6.2 of T.88.
    """
    height, width = black.shape
    per_metre = round(dpi / 0.0254)
    page = struct.pack(">IIIIBH", width, height, per_metre, per_metre, 0, 0)
    adaptive = adaptive or template.best(black)
    places = struct.pack(">8b", *(step for place in adaptive for step in place))
    region = struct.pack(">IIIIBB", width, height, 0, 0, 0, 0) + places
    data = arithmetic.coded(_runs(black, adaptive), template.CONTEXTS)
    return _segment(0, _PAGE_INFORMATION, page) + _segment(
        1, _IMMEDIATE_GENERIC_REGION, region + data
    )


def _segment(number: int, kind: int, data: bytes) -> bytes:
    return struct.pack(">IBBBI", number, kind, 0, 1, len(data)) + data


def _runs(black: Bits, adaptive: Adaptive) -> Iterator[arithmetic.Runs]:
    """Runs of equal (context, pixel) in reading order."""
    padded = template.surrounded(black)
    for rows, seen in template.bands(black):
        if not seen:
            yield [0], [0], [len(rows) * black.shape[1]]
            continue
        found = template.symbols(padded, rows, adaptive).ravel()
        starts = np.flatnonzero(np.diff(found, prepend=~found[:1]))
        counts = np.diff(starts, append=found.size)
        heads = found[starts]
        yield (heads >> 1).tolist(), (heads & 1).tolist(), counts.tolist()
