"""Page images as paper for SANE's pnm device: demos and tests scan them through the real API."""

from pathlib import Path

from PIL import Image

UNKNOWN_DPI = 300.0


def as_paper(image: Path, target: Path) -> int:
    """Write `image` as the uncompressed PPM that the device feeds from; its dpi."""
    with Image.open(image) as page:
        page.convert("RGB").save(target, "PPM")
        across: float = page.info.get("dpi", (UNKNOWN_DPI,))[0]
        return round(across)
