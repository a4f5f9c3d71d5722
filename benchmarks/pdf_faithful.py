"""Promise: a page kept whole takes at most 0.6 of OCRmyPDF -O3's bytes at equal likeness.

Likeness is SSIM over the windows that hold something (pdf/likeness.py), against the image that
went in. Beside it: what we keep as shipped, the text layer by page, and how long assembly takes.
"""

import io
import sys
import tempfile
import time
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from PIL import Image

from benchmarks import pdf
from scanstation.pdf import jpeg, likeness
from scanstation.pdf.assemble import assemble
from scanstation.pdf.characters import CharacterSet
from scanstation.pdf.text import text_layer

FIXTURES = ("cong-van", "quyet-dinh", "viet-tay", "to-khai", "hai-cot")
REAL = ("22 TTR-1", "299 UB-1", "47 QĐ UB-2")
STEPS = 5
COPIES = 50


@dataclass(frozen=True)
class Row:
    """One line of a table."""

    name: str
    measured: str
    goal: str
    holds: bool
    peer: str


def rows() -> Iterator[Row]:
    """What is promised of faithful pages, text layers and assembly."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        fixtures = list(pdf.fixtures(FIXTURES))
        groups = {"fixtures": fixtures}
        if pdf.SCANS.is_dir():
            groups["real colour scans"] = [one for one in pdf.real(folder) if one.name in REAL]
        for title, subjects in groups.items():
            yield from faithful(title, subjects, folder)
        yield from text_and_assembly(fixtures, folder)


def faithful(title: str, subjects: list[pdf.Subject], folder: Path) -> Iterator[Row]:
    theirs, equal, shipped, alike = 0, 0, 0, []
    for subject in subjects:
        source = Image.open(subject.image).convert("RGB")
        made = pdf.ocrmypdf(subject, folder)
        peer = likeness.similarity(np.asarray(source), np.asarray(pdf.drawn(made, source)))
        ours = jpeg.coded(source)
        theirs += made.stat().st_size
        equal += len(as_alike(source, peer))
        shipped += len(ours)
        alike.append((similarity(source, ours), peer))
    own, other = (sum(each) / len(alike) for each in zip(*alike, strict=True))
    each = len(subjects)
    peer_says = f"OCRmyPDF -O3: {theirs / each / 1000:.0f} KB, SSIM {other:.3f}"
    share = equal / theirs
    name = f"faithful at equal SSIM, {title}"
    yield Row(name, f"{share:.2f} of the peer", "0.60", share <= 0.6, peer_says)
    kept = f"{shipped / each / 1000:.0f} KB, SSIM {own:.3f}"
    yield Row(f"faithful as shipped, {title}", kept, "SSIM 0.98", own >= 0.98, peer_says)


def similarity(source: Image.Image, coded: bytes) -> float:
    with Image.open(io.BytesIO(coded)) as shown:
        return likeness.similarity(np.asarray(source), np.asarray(shown.convert("RGB")))


def as_alike(source: Image.Image, wanted: float) -> bytes:
    """The smallest of our JPEGs that is as like the page as `wanted`."""
    low, high = 2, 60
    best = jpeg.coded(source, (high, high + 20))
    for _ in range(STEPS):
        middle = (low + high) // 2
        coded = jpeg.coded(source, (middle, middle + 20))
        if similarity(source, coded) >= wanted:
            best, high = coded, middle
        else:
            low = middle
    return best


def text_and_assembly(subjects: list[pdf.Subject], folder: Path) -> Iterator[Row]:
    pages = {one.name: pdf.worked(one, "layered", folder) for one in subjects}
    for name in ("cong-van", "hai-cot"):
        page = pages[name]
        layer = text_layer(page.text, page.height, page.dpi, CharacterSet()).operators
        size, words = len(zlib.compress(layer, 9)), sum(len(one.words) for one in page.text.lines)
        measured = f"{size} B, {size / words:.1f} B a word"
        yield Row(f"text layer, {name}, {words} words", measured, "4096 B", size < 4096, "–")
    page, spent = pages["cong-van"], []
    for count in (1, COPIES, 1, COPIES, 1, COPIES):
        before = time.process_time()
        assemble([page] * count, pdf.INFO, folder / "images.pdf", folder / "assembled.pdf")
        spent.append(1000 * (time.process_time() - before))
    one, many = min(spent[::2]), min(spent[1::2])
    each = (many - one) / (COPIES - 1)
    yield Row("assembly, more a page", f"{each:.1f} ms CPU", "5 ms", each <= 5, "–")
    yield Row("assembly, one page", f"{one:.0f} ms CPU", "65 ms", one <= 65, "–")


def main() -> None:
    """Print the table; 1 when a row does not hold."""
    print("| what | measured | must reach | holds | peer |\n|---|---|---|---|---|")
    broken = 0
    for row in rows():
        verdict = "yes" if row.holds else "NO"
        print(f"| {row.name} | {row.measured} | {row.goal} | {verdict} | {row.peer} |", flush=True)
        broken += not row.holds
    sys.exit(bool(broken))


if __name__ == "__main__":
    main()
