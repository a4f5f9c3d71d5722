"""A page taken apart: black print, zones that must stay pictures, and the plain paper between.

Everything is judged against the paper's own light. What is neither black print nor plain paper
goes into a zone, so that doubt costs bytes and never ink. It refuses to call anything coloured,
pale or photographic print.
"""

from dataclasses import dataclass
from typing import cast

import cv2
import numpy as np
from cv2.typing import MatLike
from numpy.typing import NDArray

from scanstation.model.page import Box
from scanstation.pdf import inks, settle
from scanstation.pdf.light import (
    Bits,
    Pixels,
    grown,
    least,
    most,
    paper_light,
    pixels_of,
    reduced,
)

# Five pages: softened by one pixel and cut at 160 instead of sharp at 150, stencils are 1 to 5 %
# shorter and structure is closer to the scan's (0.857 for 0.847 on cong-van).
_BLACK = 160
"""Levels on evened paper (255): darker in every channel is print or pencil pressed hard."""
# Read again, cut at 160 / 170 / 180, three real pages miss 60 / 54 / 47 of 1,194 words and four
# drawn ones 71 / 56 / 59 of 1,594, where the images themselves miss 45 and 57: tone marks need the
# paler cut. In pictures it would take blue ink for print.
_EDGES = 180
"""Where print lies on plain paper, its outermost pixels may be as pale as this."""
_DOUBT = 16
"""Levels around _EDGES where noise decides which side a pixel is on. 24 takes 4 % off the stencil
and costs two more words of 1,194."""
_FINE_DPI = 250
"""Below it strokes are three pixels wide, and words of 8 points were lost by settling edges."""
_MARK = 150
"""Pixels at 300 dpi under which a component may be a tone mark, whose shape is not touched."""
_COLOURLESS = 70
"""Largest difference of channels, averaged over 5 pixels, in print: JPEG tints its edges."""
_INK = 204
"""Darker in any channel is ink: a contrast of 20 %, as imaging.ink has it."""
_EDGE_MM = 0.25
"""Softness of print: so far from black pixels grey belongs to them."""
_TAIL = 2
"""Pixels that ink may reach beyond black ones before it is painted too."""
_WINDOW_DPI = 12.5
"""Scale at which shown and seen are compared: squares of 2 mm, as the self-check's windows."""
_FAR = 20.0
"""Levels that such a square may be off; the self-check allows 44."""
_LOOK_DPI = 75.0
"""Zones are searched at this scale, where the paper's and the sensor's noise is averaged out."""
# On 16 drawn pages and 8 real ones, levels at _LOOK_DPI away from print: paper and the other
# side's print stay under 14, guilloche and pencil are over 30 on 15 % and 3 % of their pages.
_PALE = 16
_TINT = 10
"""Difference of channels at half _LOOK_DPI that is a pale stamp or coloured paper."""
_GLOSS = 6
"""Levels brighter than the paper, at half _LOOK_DPI: the lit flank of an embossed seal."""
_SPECK_MM = 2.5
"""Smaller grey marks are dust, dots or the pale end of a letter: print, if they are ink at all."""
_TRACE_MM = 1.0
"""Smaller tinted marks are the other side's print or dust, unless they are ink (_INK)."""
_MARGIN_MM = 4.0
_SHADE, _SHADE_TINT = 40, 16
"""The scanner's own shadow lies so near the page's edge and is neither darker nor more coloured."""
_ROUND_MM = 0.8
"""A zone takes so much paper with it, so that soft edges stay soft."""
_DARKEST, _PALEST = 0, 70
"""Bounds of the grey level print is painted in."""
_CHIPS = 0.6
"""Share of ink around dark pixels from which on they are part of a picture, not print."""
_COLOUR = 40
"""Difference of channels, averaged over one spot: red or blue ink, however dark."""


@dataclass(frozen=True, eq=False)
class Parts:
    """One page taken apart; (height, width) throughout."""

    paper: tuple[int, int, int]
    """RGB of the paper, the same all over the page."""
    evened: Pixels
    """(height, width, 3), light evened out: plain paper has the colour `paper`."""
    black: Bits
    """Print and specks, outside pictures."""
    ink: int
    """Grey level at which the black pixels swallow as much light as the print does."""
    zones: Bits
    """What must stay a picture, with some paper around it."""
    boxes: tuple[Box, ...]
    """Rectangles around the zones; they never overlap."""
    soft: float
    """Share of the page that is pale and colourless: pencil, tired toner, a grey photo."""


def separate(page: Pixels, dpi: float) -> Parts:
    """Take (height, width, 3) RGB apart."""
    light, paper = paper_light(page, dpi)
    evened = cast(Pixels, cv2.divide(page, light, scale=255))
    darkest, lightest = least(evened), most(evened)
    spread = cast(Pixels, cv2.blur(lightest - darkest, (5, 5)))
    ink = darkest < _INK
    calm = cast(Pixels, cv2.GaussianBlur(lightest, (3, 3), 0))
    black = (calm < _BLACK) & (spread < _COLOURLESS)
    black = _without_grains(black & ~_coloured(black, evened), dpi)
    shown = np.where(grown(black, pixels_of(_EDGE_MM, dpi))[..., None], np.uint8(255), evened)
    marks, soft = _marks(shown, dpi)
    look = min(dpi, _LOOK_DPI)
    small = grown(marks | _glossy(page, light, dpi), pixels_of(_ROUND_MM, look))
    zones = _at_size_of(page, small)
    black &= ~(_chips(black, ink, dpi) & zones)
    left = _left_over(ink & ~grown(black, _TAIL) & ~zones, dpi)
    pictures = _coloured(left, evened)
    zones |= grown(pictures, pixels_of(_ROUND_MM, dpi))
    black |= left & ~pictures
    if dpi >= _FINE_DPI:
        black |= (calm < _EDGES) & (spread < _COLOURLESS) & grown(black, 1) & ~zones
        black = _settled(black, calm, ~zones, dpi)
    tone = np.array([*paper, 0], np.float64) / 255
    toned = np.asarray(cv2.multiply(evened, tone), np.uint8)
    level = _ink_level(toned, black, zones, dpi)
    return Parts(paper, toned, black, level, zones, inks.boxes(zones, toned, dpi), soft)


def _settled(black: Bits, calm: Pixels, where: Bits, dpi: float) -> Bits:
    """Print with the doubtful pixels of all but its smallest parts settled."""
    _, labels, stats, _ = cv2.connectedComponentsWithStats(black.view(np.uint8))
    marks = stats[:, cv2.CC_STAT_AREA] < _MARK * (dpi / 300) ** 2
    marks[0] = False
    allowed = where & ~grown(cast(Bits, marks[labels]), 1)
    return settle.settled(black, calm, _EDGES, _DOUBT, allowed)


def _at_size_of(page: Pixels, small: Bits) -> Bits:
    size = (page.shape[1], page.shape[0])
    large = cv2.resize(small.view(np.uint8), size, interpolation=cv2.INTER_NEAREST)
    return cast(Bits, large.view(np.bool_))


def _left_over(ink: Bits, dpi: float) -> Bits:
    """Of ink near no print and in no zone: dust, dots of faint leaders, pale tails."""
    _, labels, stats, _ = cv2.connectedComponentsWithStats(ink.view(np.uint8))
    counts = stats[:, cv2.CC_STAT_AREA] >= _grain(dpi)
    counts[0] = False
    return cast(Bits, counts[labels])


def _sides(stats: MatLike) -> NDArray[np.int32]:
    return np.maximum(stats[:, cv2.CC_STAT_WIDTH], stats[:, cv2.CC_STAT_HEIGHT])


def _grain(dpi: float) -> int:
    """Pixels under which a component is noise: 12 at 300 dpi, where a printed dot has 16."""
    return max(3, round(12 * (dpi / 300) ** 2))


def _without_grains(black: Bits, dpi: float) -> Bits:
    """Print without what is less than half a dot."""
    _, labels, stats, _ = cv2.connectedComponentsWithStats(black.view(np.uint8))
    kept = stats[:, cv2.CC_STAT_AREA] >= _grain(dpi) // 2
    kept[0] = False
    return cast(Bits, kept[labels])


def _marks(shown: Pixels, dpi: float) -> tuple[Bits, float]:
    """Where colour, pencil or a photo lies, at _LOOK_DPI, and the share that is colourless."""
    small = reduced(shown, dpi, _LOOK_DPI)
    softened = np.asarray(cv2.blur(shown, (3, 3)), np.uint8)
    dark = reduced(255 - least(softened), dpi, _LOOK_DPI)
    coarse = np.asarray(cv2.blur(small, (3, 3)), np.uint8)
    spread = most(coarse) - least(coarse)
    shadow = _scanner_shadow(small, spread)
    pale = (dark > _PALE) & ~shadow
    tinted = grown((spread > _TINT) & ~shadow, 2)
    drawn = _drawn(pale & ~tinted)
    return _drawn(pale & tinted, _TRACE_MM) | _drawn(tinted) | drawn, float(drawn.mean())


def _scanner_shadow(small: Pixels, spread: Pixels) -> Bits:
    margin = pixels_of(_MARGIN_MM, _LOOK_DPI)
    shadow = np.ones(small.shape[:2], np.bool_)
    shadow[margin:-margin, margin:-margin] = False
    return shadow & (least(small) > 255 - _SHADE) & (spread < _SHADE_TINT)


def _drawn(pale: Bits, larger_mm: float = _SPECK_MM) -> Bits:
    """Marks larger than a speck; gaps of one pixel are bridged."""
    joined = cv2.morphologyEx(pale.view(np.uint8), cv2.MORPH_CLOSE, np.ones((3, 3), np.uint8))
    _, labels, stats, _ = cv2.connectedComponentsWithStats(joined)
    large = _sides(stats) > pixels_of(larger_mm, _LOOK_DPI)
    large[0] = False
    return cast(Bits, large[labels])


def _glossy(page: Pixels, light: Pixels, dpi: float) -> Bits:
    excess = np.asarray(cv2.subtract(page, light), np.uint8)
    above = reduced(least(excess), dpi, _LOOK_DPI)
    return _drawn(cv2.blur(above, (3, 3)) > _GLOSS)


def _chips(black: Bits, ink: Bits, dpi: float) -> Bits:
    """Dark pixels with ink most of the way round, as where strokes cross or a photo is dark."""
    reach = pixels_of(_EDGE_MM, dpi)
    outer = grown(black, reach + 1)
    ring = outer & ~grown(black, reach)
    count, labels = cv2.connectedComponents(outer.view(np.uint8))
    around = np.bincount(labels[ring], minlength=count)
    inked = np.bincount(labels[ring & ink], minlength=count)
    return cast(Bits, (inked >= _CHIPS * np.maximum(around, 1))[labels] & black)


def _coloured(bits: Bits, evened: Pixels) -> Bits:
    """Those of the bits that touch each other and have, all in all, a colour."""
    count, labels = cv2.connectedComponents(bits.view(np.uint8))
    inside = labels[bits]
    area = np.maximum(np.bincount(inside, minlength=count), 1)
    channels = [
        np.bincount(inside, evened[..., channel][bits], minlength=count) / area
        for channel in range(3)
    ]
    coloured = np.ptp(np.stack(channels), axis=0) > _COLOUR
    return cast(Bits, coloured[labels] & bits)


def _ink_level(toned: Pixels, black: Bits, zones: Bits, dpi: float) -> int:
    """The level at which print swallows as much light as it did, soft edges and all.

    Where thick strokes would then be too pale, or thin ones too dark, the nearest level that no
    part of the page is far from.
    """
    if not black.any():
        return _DARKEST
    grey = cast(Pixels, cv2.cvtColor(toned, cv2.COLOR_RGB2GRAY))
    white = int(np.median(toned[..., 1]))
    printed = grey[grown(black, _TAIL)].astype(np.int32)
    wanted = white - np.maximum(white - printed, 0).sum() / black.sum()
    levels = np.arange(_DARKEST, _PALEST + 1, 2)
    covered = np.where(black, np.uint8(255), np.uint8(0))
    outside = np.where(zones & ~black, np.uint8(white), grey)
    share, seen = (reduced(one, dpi, _WINDOW_DPI).astype(np.float32) for one in (covered, outside))
    shown = white - share[..., None] / 255 * (white - levels)
    off = np.abs(shown - seen[..., None]).max(axis=(0, 1))
    bearable = levels[off <= max(_FAR, off.min())]
    return int(bearable[np.abs(bearable - wanted).argmin()])
