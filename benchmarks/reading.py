"""Promise: reading finds more words than stock tesseract, and on no page clearly fewer.

Prints the table of promises, each row measured beside its peer in this run, then every page.
Words missed are order-free and NFC, as ../shared/scans/score_text.py counts them; real scans
decide, drawn pages stand beside them. `stock` is `tesseract page.png - -l vie` on the stored image.
`--quick` leaves out fresh seeds, OCRmyPDF and the pace.
"""

import importlib
import re
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from benchmarks.digitise import PEERS, words
from benchmarks.measure import run
from benchmarks.subjects import PAGES, ROOT, SCANS, Subject, drawn, real
from benchmarks.tools import Read, ocrmypdf, scanstation, stock

SEEDS = (101, 102, 103)
_ENGINE_ALONE = 'printf "%s\\n" "$0" "$@" | xargs -P2 -I{} tesseract {} - -l vie >/dev/null'
_NUMBER = re.compile(r"\d+")


@dataclass(frozen=True)
class Promise:
    """One row: what is measured, what was found, what must be reached."""

    measure: str
    found: str
    goal: str
    holds: bool
    peer: str

    def __str__(self) -> str:
        answer = "yes" if self.holds else "**no**"
        return f"| {self.measure} | {self.found} | {self.goal} | {answer} | {self.peer} |"


@dataclass
class Score:
    """What one tool made of a set of pages."""

    missed: list[int] = field(default_factory=list)
    numbers: int = 0
    """Numbers of the truth it lost."""
    total: int = 0
    """Printed words."""
    reading_s: float = 0.0
    """CPU of clean-up and reading."""
    whole_s: float = 0.0
    """CPU of all the page work; the same for a tool that only reads."""

    def add(self, truth: str, read: Read) -> None:
        """Count one page."""
        printed, found = words(truth), words(read.text)
        lost = printed - found
        self.missed.append(lost.total())
        self.numbers += sum(count for word, count in lost.items() if _NUMBER.fullmatch(word))
        self.total += printed.total()
        self.reading_s += read.reading_s
        self.whole_s += read.whole_s

    @property
    def words(self) -> int:
        """Words missed."""
        return sum(self.missed)


def main() -> None:
    """Print the table of promises, then the pages behind it."""
    hurried = "--quick" in sys.argv
    print("| measure | measured | must reach | holds | peers |\n|---|--:|--:|---|--:|")
    pages: list[str] = []
    with tempfile.TemporaryDirectory() as name:
        for promise in promises(Path(name), pages, hurried=hurried):
            print(promise, flush=True)
    print("\n| page | words | quick | thorough | stock |\n|---|--:|--:|--:|--:|")
    print("\n".join(pages))


def promises(folder: Path, pages: list[str], *, hurried: bool) -> Iterator[Promise]:
    """The rows in the issue's order."""
    if SCANS.is_dir():
        yield from _on_real(list(real(folder)), pages, hurried=hurried)
    else:
        print(f"Skipped the real scans: {SCANS} is not there.\n")
    yield from _on_drawn(list(drawn(PAGES)), "committed fixtures", pages)
    if not hurried:
        for seed in SEEDS:
            yield from _on_drawn(list(drawn(_fresh(folder, seed))), f"fresh seed {seed}", pages)
        yield from _pace(folder)
    yield from found_elsewhere()


def found_elsewhere() -> Iterator[Promise]:
    """Rows of the table that benchmarks/findings.py measures: blank pages and the ID card's QR."""
    try:
        findings = importlib.import_module("benchmarks.findings")
    except ModuleNotFoundError:
        return
    yield from getattr(findings, "promises", tuple)()


def _read(
    subjects: Sequence[Subject], pages: list[str], tools: Sequence[Callable[[Subject], Read]]
) -> list[Score]:
    scores = [Score() for _ in tools]
    for subject in subjects:
        for score, tool in zip(scores, tools, strict=True):
            score.add(subject.truth, tool(subject))
        row = " | ".join(str(score.missed[-1]) for score in scores[:3])
        pages.append(f"| {subject.name} | {words(subject.truth).total()} | {row} |")
    return scores


def _quick(subject: Subject) -> Read:
    return scanstation(subject, "quick")


def _thorough(subject: Subject) -> Read:
    return scanstation(subject, "thorough")


def _on_real(subjects: Sequence[Subject], pages: list[str], *, hurried: bool) -> Iterator[Promise]:
    tools: list[Callable[[Subject], Read]] = [_quick, _thorough, stock]
    if not hurried:
        tools.append(ocrmypdf)
    quick, thorough, plain, *others = _read(subjects, pages, tools)
    peer = f"stock {plain.words} of {plain.total}"
    peer += "".join(f", OCRmyPDF --deskew {one.words}" for one in others)
    for name, score, share in (("quick", quick, 0.9), ("thorough", thorough, 0.65)):
        part = score.words / plain.words
        found = f"{score.words} = {part:.2f}"
        goal = f"{share} × stock"
        yield Promise(f"real pages, {name}: words missed", found, goal, part <= share, peer)
    worst = max(ours - theirs for ours, theirs in zip(quick.missed, plain.missed, strict=True))
    measure = "real pages, quick: words missed more on the worst page"
    yield Promise(measure, str(worst), "1", worst <= 1, "stock")
    yield from _cost(quick, thorough, plain)


def _cost(quick: Score, thorough: Score, plain: Score) -> Iterator[Promise]:
    each = len(plain.missed)
    peer = f"stock {plain.whole_s / each:.2f} s"
    for name, score, limit in (("quick", quick, 1.15), ("thorough", thorough, 3.0)):
        part = score.reading_s / plain.whole_s
        whole = f"whole page work {score.whole_s / plain.whole_s:.2f}"
        found = f"{score.reading_s / each:.2f} s = {part:.2f} ({whole})"
        measure = f"CPU per page, clean-up and reading, {name}"
        yield Promise(measure, found, f"{limit} × stock", part <= limit, peer)


def _on_drawn(subjects: Sequence[Subject], title: str, pages: list[str]) -> Iterator[Promise]:
    quick, thorough, plain = _read(subjects, pages, (_quick, _thorough, stock))
    for name, score in (("quick", quick), ("thorough", thorough)):
        part = score.words / plain.words
        found, peer = f"{score.words} = {part:.2f}", f"stock {plain.words} of {plain.total}"
        measure = f"{title}, {name}: words missed"
        yield Promise(measure, found, "0.33 × stock", part <= 1 / 3, peer)
        measure, peer = f"{title}, {name}: numbers lost", f"stock {plain.numbers}"
        yield Promise(measure, str(score.numbers), "0", score.numbers == 0, peer)


def _fresh(folder: Path, seed: int) -> Path:
    out = folder / f"seed-{seed}"
    maker = ROOT / "fixtures" / "make_pages.py"
    command = [sys.executable, str(maker), "--seed", str(seed), "--out", str(out)]
    subprocess.run(command, check=True, capture_output=True)
    return out


def _pace(folder: Path) -> Iterator[Promise]:
    """Pages a minute and peak memory of the whole program, two workers, 300 dpi colour."""
    chosen = [one for one in drawn(PAGES) if one.dpi == 300 and one.image.suffix == ".jpg"]
    images = [str(one.image) for one in chosen] * 2
    source = folder / "pages.pdf"
    subprocess.run([str(PEERS / "img2pdf"), *images, "-o", str(source)], check=True)
    out = str(folder / "out.pdf")
    ours = (sys.executable, "-m", "scanstation.cli", "digitise", *images, "-o", out)
    mine = run((*ours, "--reading", "quick"))
    theirs = run((str(PEERS / "ocrmypdf"), "-l", "vie", "-O3", "--jobs", "2", str(source), out))
    engine = run(("sh", "-c", _ENGINE_ALONE, *images), {"OMP_THREAD_LIMIT": "1"})
    faster = theirs.wall_s / mine.wall_s
    ours_, its, bare = (60 * len(images) / one.wall_s for one in (mine, theirs, engine))
    found = f"{ours_:.0f} = {faster:.1f}"
    peer = f"OCRmyPDF {its:.0f}, tesseract alone, two at a time, {bare:.0f} = {bare / its:.1f}"
    yield Promise("pages a minute, quick", found, "2.2 × OCRmyPDF -O3", faster >= 2.2, peer)
    held = mine.peak_mb <= 400
    peer = f"OCRmyPDF {theirs.peak_mb:.0f} MB"
    yield Promise("peak memory, quick", f"{mine.peak_mb:.0f} MB", "400 MB", held, peer)


if __name__ == "__main__":
    main()
