"""Promise: reading finds more words than stock tesseract, and on no page clearly fewer.

Words missed per page, order-free and NFC, as ../shared/scans/score_text.py counts them. Real scans
decide; the drawn fixtures show forms with dotted lines, seals and sideways pages beside them.
`stock` is `tesseract page.png - -l vie` on the image a station would get, `stock 300` the same on
the page rendered at 300 dpi by poppler.
"""

import os
import subprocess
import tempfile
import time
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from benchmarks.digitise import words
from scanstation.model.page import PageOrder
from scanstation.pagework import work_page

ROOT = Path(__file__).parent.parent
SCANS = ROOT.parent / "shared" / "scans"
PAGES = ROOT / "fixtures" / "pages"


@dataclass(frozen=True)
class Subject:
    """One page with its truth; `rendered` is the same page at 300 dpi, where there is one."""

    name: str
    image: Path
    dpi: float
    rendered: Path | None
    truth: str


def main() -> None:
    """Print both tables."""
    if SCANS.is_dir():
        with tempfile.TemporaryDirectory() as folder:
            table("real scans, page 1", real(Path(folder)))
    else:
        print(f"Skipped the real scans: {SCANS} is not there.\n")
    table("drawn fixtures", drawn())


def real(folder: Path) -> Iterator[Subject]:
    """Page 1 of every transcribed scan: its stored image, and a rendering."""
    for truth in sorted(SCANS.glob("*.p1.txt")):
        name = truth.name.removesuffix(".p1.txt")
        pdf = SCANS / f"{name}.pdf"
        first = ("-f", "1", "-l", "1")
        listed = _said("pdfimages", "-list", *first, str(pdf)).splitlines()[2]
        _said("pdfimages", "-png", *first, str(pdf), str(folder / name))
        _said("pdftoppm", "-png", "-singlefile", "-r", "300", *first, str(pdf), str(folder / name))
        stored, rendered = folder / f"{name}-000.png", folder / f"{name}.png"
        yield Subject(name, stored, float(listed.split()[12]), rendered, truth.read_text("utf-8"))


def drawn() -> Iterator[Subject]:
    """Every fixture page that carries words."""
    for entry in tomllib.loads((PAGES / "pages.toml").read_text("utf-8"))["page"]:
        truth = (PAGES / entry["truth"]).read_text("utf-8")
        if truth.strip():
            yield Subject(entry["name"], PAGES / entry["file"], entry["dpi"], None, truth)


def table(title: str, subjects: Iterator[Subject]) -> None:
    """One line per page, then the sum."""
    print(f"### {title}\n")
    print("| page | words | ScanStation | stock | stock 300 | ScanStation s | stock s |")
    print("|---|--:|--:|--:|--:|--:|--:|")
    total = Row("**all**", 0, 0, 0, 0, 0.0, 0.0)
    for subject in subjects:
        row = _row(subject)
        print(row, flush=True)
        total = total.plus(row)
    print(total, end="\n\n")


@dataclass(frozen=True)
class Row:
    """Words of a page, words missed by each reading, CPU seconds."""

    name: str
    words: int
    ours: int
    stock: int
    stock_300: int | None
    ours_s: float
    stock_s: float

    def plus(self, other: "Row") -> "Row":
        """Both pages together; without a rendering of one there is no sum of renderings."""
        rendered = self.stock_300 is not None and other.stock_300 is not None
        return Row(
            self.name,
            self.words + other.words,
            self.ours + other.ours,
            self.stock + other.stock,
            (self.stock_300 or 0) + (other.stock_300 or 0) if rendered else None,
            self.ours_s + other.ours_s,
            self.stock_s + other.stock_s,
        )

    def __str__(self) -> str:
        rendered = "–" if self.stock_300 is None else str(self.stock_300)
        return (
            f"| {self.name} | {self.words} | {self.ours} | {self.stock} | {rendered}"
            f" | {self.ours_s:.1f} | {self.stock_s:.1f} |"
        )


def _row(subject: Subject) -> Row:
    truth = words(subject.truth)
    ours, ours_s = _ours(subject)
    stock, stock_s = _stock(subject.image)
    rendered = _stock(subject.rendered)[0] if subject.rendered else None
    return Row(
        subject.name,
        truth.total(),
        (truth - words(ours)).total(),
        (truth - words(stock)).total(),
        None if rendered is None else (truth - words(rendered)).total(),
        ours_s,
        stock_s,
    )


def _ours(subject: Subject) -> tuple[str, float]:
    """The text and the CPU seconds of the whole page work, image layers included."""
    before = _cpu()
    with tempfile.TemporaryDirectory() as folder:
        order = PageOrder(
            original=subject.image,
            dpi=subject.dpi,
            rotation=0,
            deskew=True,
            reading="quick",
            keeping="faithful",
            folder=Path(folder),
        )
        return work_page(order).text.plain, _cpu() - before


def _stock(image: Path) -> tuple[str, float]:
    before = _cpu()
    return _said("tesseract", str(image), "-", "-l", "vie"), _cpu() - before


def _said(*command: str) -> str:
    environment = {**os.environ, "OMP_THREAD_LIMIT": "1"}
    done = subprocess.run(command, capture_output=True, check=True, env=environment)
    return done.stdout.decode("utf-8", "replace")


def _cpu() -> float:
    times = os.times()
    return time.process_time() + times.children_user + times.children_system


if __name__ == "__main__":
    main()
