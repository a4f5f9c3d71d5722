"""Profiles for libsane's own virtual devices, and how to read what they give."""

from collections.abc import Iterator
from pathlib import Path

from PIL import Image

from scanstation.model.events import PageScanned, ScanEvent
from scanstation.model.page import Mode, PageFile
from scanstation.model.profile import ScanProfile

BACKENDS = ("test", "pnm")
Options = dict[str, str | int | float | bool]
# The test backend keeps its options between two openings: a healthy scan says so.
HEALTHY: Options = {"read-return-value": "Default", "read-delay": False, "ppl-loss": 0}


def sheet(options: Options | None = None, **more: object) -> ScanProfile:
    """A small grey page of the test backend's flatbed, unless `more` says otherwise."""
    given: dict[str, object] = {
        "id": "test",
        "device": "test:0",
        "source": "Flatbed",
        "mode": Mode.GREY,
        "dpi": 50,
        "options": HEALTHY | {"depth": 8} | (options or {}),
    }
    return ScanProfile(**(given | more))  # type: ignore[arg-type]


def feeder(options: Options | None = None, **more: object) -> ScanProfile:
    return sheet(options, source="Automatic Document Feeder", feeder=True, **more)


def slow(**more: object) -> ScanProfile:
    """A feeder whose pages arrive in many small pieces."""
    return feeder({"read-delay": True, "read-delay-duration": 10000}, dpi=75, **more)


def pnm(path: Path, options: Options | None = None) -> ScanProfile:
    named: Options = {"filename": str(path), **(options or {})}
    return ScanProfile(id="pnm", device="pnm:0", options=named)


def pages(events: Iterator[ScanEvent] | list[ScanEvent]) -> list[PageFile]:
    return [event.page for event in events if isinstance(event, PageScanned)]


def pixels(page: PageFile) -> Image.Image:
    with Image.open(page.path) as image:
        image.load()
        return image
