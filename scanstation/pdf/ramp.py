"""A picture in one ink, such as a seal on plain paper: one channel and a palette tell it all.

Its colours lie along a curve from paper to ink, so two of three channels would be coded for
nothing. It refuses (returns None) a picture with a second ink.
"""

from dataclasses import dataclass
from typing import cast

import cv2
import numpy as np
from numpy.typing import NDArray

from scanstation.pdf import light, likeness
from scanstation.pdf.light import Bits, Pixels, grown

_STEPS = 32
"""Distinct colours of a palette: 64 take 120 bytes more and ten seals are no more alike."""
_WIDTH = 256 // _STEPS
_SMOOTH = 0.8
"""Steps over which the palette is evened, so that rare levels have a colour too."""
_ENDS = 0.05
"""Percent of the pixels at either end that share the last level."""
# Eleven pictures of one ink on real pages: no window is off by over 13 levels, at most 21 pixels
# that touch are another colour. A seal beside blue print: 31 levels and 147 pixels; blue ink over a
# seal: 49 levels and 4,500 pixels; a line two pixels wide and 12 mm long: 10 levels and 418 pixels.
_COARSE = 3.0
_OFF = 15.0
"""Levels by which no window of 8 x 8 pixels, at a third of the size, may be off."""
_STRAY, _STRAYS = 48, 40
"""So many pixels together, softened by one, may be off by more levels."""
_HALO = 4
"""Pixels around print that it darkens; they are not asked."""


@dataclass(frozen=True, eq=False)
class Ramp:
    """A picture told by one channel."""

    levels: Pixels
    """(height, width), places on the curve."""
    palette: Pixels
    """(256, 3) RGB along the curve."""

    def shown(self, levels: Pixels) -> Pixels:
        """(height, width, 3) RGB of levels, such as a coder has changed."""
        return self.palette[levels]


def along(picture: Pixels, paper: tuple[int, int, int], print_: Bits) -> Ramp | None:
    """(height, width, 3) RGB as one ink on `paper`, or None when it holds more than that.

    What it holds under `print_`, (height, width), does not matter.
    """
    away = (picture.astype(np.float32) - np.asarray(paper, np.float32)).reshape(-1, 3)
    spread = (away * (away**2).sum(axis=1, keepdims=True)).T @ away
    direction = np.linalg.eigh(spread)[1][:, -1]
    places = away @ (direction if (away @ direction).sum() > 0 else -direction)
    low, high = np.percentile(places, (_ENDS, 100 - _ENDS))
    scale = 255 / max(high - low, 1.0)
    levels = np.clip((places - low) * scale, 0, 255).astype(np.uint8)
    palette = _palette(levels, picture.reshape(-1, 3))
    at = int(np.clip(-low * scale, 0, 255)) // _WIDTH * _WIDTH
    palette[at : at + _WIDTH] = paper
    found = Ramp(levels.reshape(picture.shape[:2]), palette)
    return found if _in_colour(picture, found.shown(found.levels), grown(print_, _HALO)) else None


def _palette(levels: NDArray[np.uint8], colours: Pixels) -> Pixels:
    """The mean colour of each step, evened with its neighbours'."""
    step = levels // _WIDTH
    sums = [np.bincount(step, one, _STEPS) for one in (*colours.T, np.ones(step.size))]
    evened = cv2.GaussianBlur(np.stack(sums, axis=1), (1, 0), sigmaX=0.1, sigmaY=_SMOOTH)
    means = evened[:, :3] / np.maximum(evened[:, 3:], 1e-6)
    return np.repeat(np.clip(means.round(), 0, 255).astype(np.uint8), _WIDTH, axis=0)


def _in_colour(picture: Pixels, told: Pixels, covered: Bits) -> bool:
    """Whether no second ink took the first one's colour, but where it is covered."""
    told = np.where(covered[..., None], picture, told)
    if likeness.apart(*(light.reduced(one, _COARSE, 1) for one in (picture, told))) > _OFF:
        return False
    soft, soft_told = (cast(Pixels, cv2.blur(one, (3, 3))) for one in (picture, told))
    stray = light.most(cast(Pixels, cv2.absdiff(soft, soft_told))) > _STRAY
    _, _, stats, _ = cv2.connectedComponentsWithStats(stray.view(np.uint8))
    return bool(stats[1:, cv2.CC_STAT_AREA].max(initial=0) <= _STRAYS)
