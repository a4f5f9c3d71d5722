"""Pages with their truth: real scans where they are at hand, and drawn ones."""

import subprocess
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).parent.parent
SCANS = ROOT.parent / "shared" / "scans"
PAGES = ROOT / "fixtures" / "pages"


@dataclass(frozen=True)
class Subject:
    """One page with its truth."""

    name: str
    image: Path
    dpi: float
    truth: str


def real(folder: Path) -> Iterator[Subject]:
    """Page 1 of every transcribed scan, as its image is stored."""
    for truth in sorted(SCANS.glob("*.p1.txt")):
        name = truth.name.removesuffix(".p1.txt")
        pdf = SCANS / f"{name}.pdf"
        first = ("-f", "1", "-l", "1")
        listed = _said("pdfimages", "-list", *first, str(pdf)).splitlines()[2]
        _said("pdfimages", "-png", *first, str(pdf), str(folder / name))
        stored = folder / f"{name}-000.png"
        yield Subject(name, stored, float(listed.split()[12]), truth.read_text("utf-8"))


def drawn(pages: Path) -> Iterator[Subject]:
    """Every page of a folder made by fixtures/make_pages.py that carries words."""
    for entry in tomllib.loads((pages / "pages.toml").read_text("utf-8"))["page"]:
        truth = (pages / entry["truth"]).read_text("utf-8")
        if truth.strip():
            yield Subject(entry["name"], pages / entry["file"], entry["dpi"], truth)


def _said(*command: str) -> str:
    return subprocess.run(command, capture_output=True, check=True, text=True).stdout
