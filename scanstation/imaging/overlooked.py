"""Print on a reading image that no word was read from.

The engine looks for columns before it reads, and forgets whole lines where handwriting, a pattern
of the paper or an odd place confuses it; read by themselves they are no harder than others. This
file only says where they are. It refuses to call a line what is not as high as print.
"""

from collections.abc import Sequence

import cv2
import msgspec
import numpy as np
from numpy.typing import NDArray

from scanstation.imaging.load import Pixels
from scanstation.model.page import Box

_WORKING_DPI = 150.0
_CONTRAST = 0.35
"""Share of the paper's light that print swallows; a certificate's guilloche takes 0.15."""
_PAPER_MM = 6.0
_LETTER_MM = (1.2, 7.0)
"""Height of a letter or a figure with its marks: 8 pt without, 16 pt capitals with."""
_WIDEST_MM = 14.0
"""Of letters that touch."""
_GAP_MM = 4.0
"""Between words of one line."""
_FEW = 3
_MANY = 50
"""Marks that were read, from which on a page has a usual height of its print."""
_FIGURE = (1.1, 1.7)
"""Height of a figure in that of the page's median mark, which is a small letter without marks."""
_SLACK = 0.3
"""Of its height that a word's box may miss of its own letters at either side."""


class Row(msgspec.Struct, frozen=True):
    """A line, or a part of one, that was not read."""

    box: Box
    """Pixels of the image; letters with their marks."""
    letters: int
    """Marks as high as letters."""


def rows(pixels: Pixels, dpi: float, read: Sequence[Box]) -> tuple[Row, ...]:
    """Rows of letters outside the boxes of `read`, top to bottom."""
    scale = min(1.0, _WORKING_DPI / dpi)
    dpmm = dpi * scale / 25.4
    found = _letters(pixels, scale, dpmm)
    inside = _covered(found, read, scale)
    left = found[~inside]
    if not len(left):
        return ()
    groups = _groups(left, pixels.shape, scale, dpmm)
    usual = float(np.median(found[inside, 3])) if inside.sum() >= _MANY else 0.0
    return tuple(_row(left[one], scale) for one in groups if _is_row(left[one], usual))


def _is_row(letters: NDArray[np.int32], usual: float) -> bool:
    """Three marks make one; fewer, such as a row's number, only in the size of the page's print."""
    if len(letters) >= _FEW:
        return True
    width, height = letters[:, 2], letters[:, 3]
    least, most = (usual * share for share in _FIGURE)
    fits = (height >= least) & (height <= (most or np.inf)) & (width <= height)
    return bool(fits.all())


def _letters(pixels: Pixels, scale: float, dpmm: float) -> NDArray[np.int32]:
    """(n, 4) x, y, width, height at `scale` of every mark as high as a letter."""
    small = cv2.resize(pixels, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA)
    reach = max(3, round(_PAPER_MM * dpmm)) | 1
    paper = cv2.morphologyEx(small, cv2.MORPH_CLOSE, np.ones((reach, reach), np.uint8))
    dark = (small < paper.astype(np.float32) * (1 - _CONTRAST)).astype(np.uint8)
    boxes = cv2.connectedComponentsWithStats(dark)[2][1:, :4]
    low, high = (side * dpmm for side in _LETTER_MM)
    fits = (boxes[:, 3] >= low) & (boxes[:, 3] <= high) & (boxes[:, 2] <= _WIDEST_MM * dpmm)
    return np.asarray(boxes[fits], np.int32)


def _covered(found: NDArray[np.int32], read: Sequence[Box], scale: float) -> NDArray[np.bool_]:
    """Whether the middle of each lies in a box that was read."""
    x, y = (found[:, side] + found[:, side + 2] / 2 for side in (0, 1))
    inside = np.zeros(len(found), np.bool_)
    for box in read:
        slack = box.height * _SLACK
        across = (x >= (box.x - slack) * scale) & (x <= (box.x + box.width + slack) * scale)
        inside |= across & (y >= box.y * scale) & (y <= (box.y + box.height) * scale)
    return inside


def _groups(
    left: NDArray[np.int32], shape: tuple[int, ...], scale: float, dpmm: float
) -> list[NDArray[np.intp]]:
    """Which marks stand in one row: the middle halves of neighbours meet."""
    canvas = np.zeros((int(shape[0] * scale) + 2, int(shape[1] * scale) + 2), np.uint8)
    reach = round(_GAP_MM / 2 * dpmm)
    for x, y, width, height in left.tolist():
        canvas[
            y + height // 4 : y + height - height // 4, max(0, x - reach) : x + width + reach
        ] = 1
    labels = cv2.connectedComponents(canvas)[1]
    middles = (left[:, 1] + left[:, 3] // 2, left[:, 0] + left[:, 2] // 2)
    numbers = labels[middles]
    return [np.flatnonzero(numbers == number) for number in np.unique(numbers)]


def _row(letters: NDArray[np.int32], scale: float) -> Row:
    x, y = letters[:, 0].min(), letters[:, 1].min()
    right, bottom = (letters[:, 0] + letters[:, 2]).max(), (letters[:, 1] + letters[:, 3]).max()
    sides = (round(float(side) / scale) for side in (x, y, right - x, bottom - y))
    return Row(Box(*sides), len(letters))
