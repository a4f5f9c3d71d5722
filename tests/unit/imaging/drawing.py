"""Pages drawn for one claim each: known text, known lean, known blots."""

from pathlib import Path

import cv2
import numpy as np
from PIL import Image, ImageDraw, ImageFont

from scanstation.imaging.load import Picture, Pixels
from scanstation.model.page import Mode

SERIF = "/usr/share/fonts/truetype/liberation2/LiberationSerif-Regular.ttf"
A4 = (1654, 2339)
DPI = 200.0
LINE = "Căn cứ Luật Tổ chức chính quyền địa phương ngày 19 tháng 6 năm 2015"


def paper(size: tuple[int, int] = A4, level: int = 250) -> Pixels:
    """(height, width) of one grey."""
    return np.full((size[1], size[0]), level, np.uint8)


def printed(lines: int = 30, size: tuple[int, int] = A4) -> Pixels:
    """Black lines of Vietnamese print on a light page, first line at 10 % of the height."""
    image = Image.fromarray(paper(size))
    pen, font = ImageDraw.Draw(image), ImageFont.truetype(SERIF, 36)
    for number in range(lines):
        pen.text((180, size[1] // 10 + 60 * number), LINE, fill=20, font=font)
    return np.array(image)


def leaning(pixels: Pixels, degrees: float) -> Pixels:
    """The same page turned anticlockwise about its middle, paper all round."""
    height, width = pixels.shape[:2]
    matrix = cv2.getRotationMatrix2D(((width - 1) / 2, (height - 1) / 2), degrees, 1.0)
    turned = cv2.warpAffine(
        pixels, matrix, (width, height), flags=cv2.INTER_CUBIC, borderValue=(250, 250, 250)
    )
    return np.asarray(turned, np.uint8)


def grey(pixels: Pixels) -> Picture:
    """A grey page at DPI."""
    return Picture(pixels, Mode.GREY, DPI)


def bitonal(pixels: Pixels) -> Picture:
    """A 1-bit page at DPI."""
    return Picture(np.where(pixels < 128, 0, 255).astype(np.uint8), Mode.BITONAL, DPI)


def colour(pixels: Pixels) -> Picture:
    """A colour page at DPI, grey so far."""
    return Picture(np.stack([pixels] * 3, axis=2), Mode.COLOUR, DPI)


def saved(pixels: Pixels, path: Path) -> Path:
    """The page as a file of the kind its suffix says."""
    Image.fromarray(pixels).save(path, dpi=(DPI, DPI))
    return path
