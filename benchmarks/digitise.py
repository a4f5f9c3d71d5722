"""Promise: a counter PC keeps up with its scanner, and the files stay small.

Pages per minute, bytes per page, peak memory, words missed and veraPDF's verdict for all fixture
pages, `scanstation digitise` beside OCRmyPDF in the same run on the same pages.
"""

import re
import subprocess
import sys
import tempfile
import tomllib
import unicodedata
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from benchmarks.measure import Run, run

ROOT = Path(__file__).parent.parent
PEERS = ROOT / ".venv-bench" / "bin"
PAGES = ROOT / "fixtures" / "pages"


@dataclass(frozen=True)
class Contender:
    """One tool with its command line; `{pages}` are images, `{pdf}` the same pages in a PDF."""

    name: str
    command: tuple[str, ...]


CONTENDERS = (
    Contender(
        "ScanStation",
        (sys.executable, "-m", "scanstation.cli", "digitise", "{pages}", "-o", "{out}"),
    ),
    Contender(
        "OCRmyPDF -O3",
        (str(PEERS / "ocrmypdf"), "-l", "vie", "-O3", "--jobs", "2", "{pdf}", "{out}"),
    ),
    Contender(
        "OCRmyPDF -O3 --deskew",
        (str(PEERS / "ocrmypdf"), "-l", "vie", "-O3", "--deskew", "--jobs", "2", "{pdf}", "{out}"),
    ),
)


def images() -> list[Path]:
    """The fixture pages in the order of their manifest."""
    entries = tomllib.loads((PAGES / "pages.toml").read_text("utf-8"))["page"]
    return [PAGES / entry["file"] for entry in entries]


def main() -> None:
    """Print the table."""
    pages = images()
    truth = Counter[str]()
    for page in pages:
        truth += words(page.with_suffix(".txt").read_text("utf-8"))
    print(
        f"{len(pages)} fixture pages, {sum(truth.values())} words, one run each after a warm-up\n"
    )
    print("| tool | pages/min | CPU s/page | peak MB (tree) | bytes/page | words missed % | 2u |")
    print("|---|---|---|---|---|---|---|")
    with tempfile.TemporaryDirectory() as name:
        source = Path(name) / "pages.pdf"
        subprocess.run([PEERS / "img2pdf", *pages, "-o", source], check=True)
        for contender in CONTENDERS:
            target = Path(name) / "out.pdf"
            contest(contender, pages[:1], source_of(pages[:1], Path(name)), target)
            done = contest(contender, pages, source, target)
            print(row(contender, done, target, truth, len(pages)), flush=True)


def source_of(pages: Sequence[Path], folder: Path) -> Path:
    """The pages as a PDF of untouched images."""
    target = folder / "warm-up.pdf"
    subprocess.run([PEERS / "img2pdf", *pages, "-o", target], check=True)
    return target


def contest(contender: Contender, pages: Sequence[Path], source: Path, target: Path) -> Run:
    """One run of one tool."""
    command: list[str] = []
    for word in contender.command:
        if word == "{pages}":
            command += map(str, pages)
        else:
            command.append(word.format(pdf=source, out=target))
    return run(command)


def row(contender: Contender, done: Run, target: Path, truth: Counter[str], count: int) -> str:
    """A line of the table."""
    from tests.helpers.verapdf import judge

    text = subprocess.run(
        ["pdftotext", target, "-"], check=True, capture_output=True, text=True
    ).stdout
    missed = 100 * sum((truth - words(text)).values()) / sum(truth.values())
    verdict = "yes" if judge(target, "2u").compliant else "no"
    return (
        f"| {contender.name} | {60 * count / done.wall_s:.0f} | {done.cpu_s / count:.2f}"
        f" | {done.peak_mb:.0f} | {target.stat().st_size / count:,.0f} | {missed:.2f} | {verdict} |"
    )


def words(text: str) -> Counter[str]:
    """Printed words of a page; ⟦hw:…⟧ and ⟦stamp:…⟧ are left out of the truth."""
    printed = re.sub("⟦[^⟧]*⟧", "", unicodedata.normalize("NFC", text))
    return Counter(re.findall(r"\w+", printed))


if __name__ == "__main__":
    main()
