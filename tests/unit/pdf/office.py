"""An office page drawn at 200 dpi with what layers may harm: seal over print, ink over seal."""

import numpy as np
from PIL import Image, ImageDraw, ImageFilter, ImageFont

PAPER = (246, 244, 238)
PRINT = (38, 36, 40)
RED, BLUE = (205, 40, 50), (40, 60, 160)
SIZE = (1000, 1300)
DPI = 200.0
SEAL = (420, 860, 700, 1140)
"""Left, top, right, bottom."""
SIGNATURE = (600, 930, 900, 1060)


def printed(seed: int = 1, paper: tuple[int, int, int] = PAPER) -> Image.Image:
    """Print only, twelve lines of it, before any scanner saw it."""
    image = Image.new("RGB", SIZE, paper)
    pen, random = ImageDraw.Draw(image), np.random.default_rng(seed)
    font = ImageFont.load_default(28)
    for number in range(12):
        words = ["".join(random.choice(list("abdeghiklmnoprstuv1234"), 5)) for _ in range(9)]
        pen.text((80, 90 + 60 * number), " ".join(words), PRINT, font=font)
    pen.text((480, 870), "CHU TICH", PRINT, font=ImageFont.load_default(40))
    return image


def sealed(seed: int = 1, paper: tuple[int, int, int] = PAPER) -> Image.Image:
    """Print, a red seal over part of it, a blue signature over both: inks multiply."""
    image = printed(seed, paper)
    ink = Image.new("RGB", SIZE, "white")
    pen = ImageDraw.Draw(ink)
    left, top, right, bottom = SEAL
    pen.ellipse(SEAL, outline=RED, width=10)
    pen.ellipse((left + 90, top + 90, right - 90, bottom - 90), fill=RED)
    image = _over(image, ink)
    ink = Image.new("RGB", SIZE, "white")
    x0, y0, x1, y1 = SIGNATURE
    curve = [(x0, y1), (x0 + 60, y0), (x0 + 120, y1), (x0 + 190, y0 + 20), (x1, y1 - 40)]
    ImageDraw.Draw(ink).line(curve, fill=BLUE, width=6, joint="curve")
    return _over(image, ink)


def _over(image: Image.Image, ink: Image.Image) -> Image.Image:
    both = np.asarray(image, np.float32) * np.asarray(ink, np.float32) / 255
    return Image.fromarray(both.astype(np.uint8))


def scanned(image: Image.Image, seed: int = 1) -> Image.Image:
    """As a scanner sees it: softened and with noise."""
    soft = np.asarray(image.filter(ImageFilter.GaussianBlur(0.7)), np.float32)
    noise = np.random.default_rng(seed).normal(0, 1.5, soft.shape)
    return Image.fromarray(np.clip(soft + noise, 0, 255).astype(np.uint8))
