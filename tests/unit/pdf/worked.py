"""Worked pages drawn on the spot, as page work would hand them to the writer."""

from collections.abc import Iterable
from pathlib import Path

import numpy as np
from PIL import Image, ImageDraw

from scanstation.model.page import Box, Mode, PageText, TextLine, Word, WorkedPage
from scanstation.pdf import DocumentInfo
from scanstation.pdf.layers import make_layers

INFO = DocumentInfo(
    title="Tờ khai đăng ký khai sinh",
    created_at="2026-11-22T09:30:00+07:00",
    identifier="urn:uuid:0193",
)
MODES = {Mode.BITONAL: "1", Mode.GREY: "L", Mode.COLOUR: "RGB"}


def picture(seed: int, size: tuple[int, int] = (620, 877), mode: Mode = Mode.COLOUR) -> Image.Image:
    """A page of bars like lines of print, different for each seed; colour has a red ring."""
    random = np.random.default_rng(seed)
    image = Image.new("RGB", size, (250, 248, 240))
    pen = ImageDraw.Draw(image)
    width, height = size
    for top in range(height // 12, height - height // 12, height // 24):
        left = width // 10
        while left < width * 9 // 10:
            right = left + int(random.integers(width // 40, width // 8))
            if random.random() < 0.6:
                pen.rectangle(
                    (left, top, min(right, width * 9 // 10), top + height // 60), fill="black"
                )
            left = right + width // 60
    if mode is Mode.COLOUR:
        box = (width * 0.55, height * 0.7, width * 0.75, height * 0.84)
        pen.ellipse(box, outline=(200, 30, 40), width=max(2, width // 150))
    return image.convert(MODES[mode], dither=Image.Dither.NONE)


def line(*texts: str, top: int = 100, left: int = 60, height: int = 18) -> TextLine:
    """Words beside each other, each as wide as its letters ask."""
    words = []
    for text in texts:
        width = max(1, len(text)) * height // 2
        words.append(Word(text, Box(left, top, width, height), 90.0))
        left += width + height // 3
    return TextLine(tuple(words))


def worked(
    folder: Path,
    image: Image.Image,
    lines: Iterable[TextLine] = (),
    *,
    dpi: float = 75.0,
    mode: Mode = Mode.COLOUR,
    one_bit: str = "jbig2",
    keeping: str = "faithful",
) -> WorkedPage:
    """A page whose clean image, layers and thumbnail lie in a folder of its own below `folder`."""
    own = folder / f"page-{len(list(folder.iterdir()))}"
    own.mkdir()
    clean, thumbnail = own / "clean.png", own / "thumbnail.jpg"
    image.save(clean)
    small = image.convert("RGB")
    small.thumbnail((240, 340))
    small.save(thumbnail, quality=80)
    painting = make_layers(clean, mode, dpi, keeping, own, one_bit)
    return WorkedPage(
        width=image.width,
        height=image.height,
        dpi=dpi,
        skew=0.0,
        layers=painting.layers,
        paper=painting.paper,
        text=PageText(lines=tuple(lines), engine="by hand"),
        findings=(),
        codes=(),
        thumbnail=thumbnail,
        clean=clean,
        stamp=None,
    )


def quiet(number: int) -> None:
    """A progress nobody watches."""
