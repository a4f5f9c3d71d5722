"""The pages the promises about PDFs are measured on, and the tools that keep them.

Fixture pages of kinds that may be layered, the same of other seeds, and real colour scans drawn at
300 dpi. Each tool makes a PDF of one untouched page image: nobody deskews, so pixels compare.
"""

import os
import shutil
import subprocess
import sys
import tempfile
import tomllib
from collections import Counter
from collections.abc import Iterator, Sequence
from concurrent.futures import Executor
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path

import numpy as np
from PIL import Image

from benchmarks.digitise import PEERS, ROOT, words
from scanstation.model.page import PageOrder, WorkedPage
from scanstation.pagework import work_page
from scanstation.pdf import DocumentInfo, likeness, pdfium
from scanstation.pdf.assemble import Pdf2uWriter

SCANS = ROOT.parent / "shared" / "scans"
PAGES = ROOT / "fixtures" / "pages"
INFO = DocumentInfo(title="Đo", created_at="2026-11-22T09:30:00+07:00")
OFFICE = {
    300: ("cong-van", "quyet-dinh", "viet-tay", "dense"),
    200: ("to-khai", "hai-cot", "skew-3", "near-blank", "qr-corner", "print-corner"),
}
"""Fixture pages of kinds that may be layered; certificates, cards and pencil may not."""
REAL = ("22 TTR.signed", "299 UB.signed", "47 QĐ UB.signed (1)")
REAL_SEALS = {
    "22 TTR-1": (0.47, 0.69, 0.80, 0.88),
    "299 UB-1": (0.47, 0.73, 0.80, 0.92),
    "47 QĐ UB-2": (0.49, 0.19, 0.80, 0.37),
}
"""Where seal and signature lie, in shares of the page, found by eye."""
INKED = ("seal", "signature", "handwriting", "stamp")
LAYERED, ARCHIVE, OCRMYPDF = "ScanStation, layered", "archive-pdf-tools, CCITT", "OCRmyPDF -O3"
IMAGE = "the image itself"


@dataclass(frozen=True)
class Row:
    """One measure."""

    measure: str
    measured: str
    goal: str
    holds: bool | None
    """None for a figure nobody promised."""
    peers: str = "–"

    def __str__(self) -> str:
        verdict = {True: "yes", False: "**no**", None: "–"}[self.holds]
        return f"| {self.measure} | {self.measured} | {self.goal} | {verdict} | {self.peers} |"


@dataclass(frozen=True)
class Subject:
    """One page image and what is known about it."""

    name: str
    image: Path
    dpi: int
    truth: Counter[str] | None
    seals: tuple[tuple[float, ...], ...]


@dataclass
class Sum:
    """What one tool made of the pages so far."""

    sizes: dict[str, int] = field(default_factory=dict)
    truth: int = 0
    missed: int = 0
    alike: list[float] = field(default_factory=list)
    compliant: int = 0

    def count(self, other: "Sum") -> None:
        """Add other pages' figures."""
        self.sizes |= other.sizes
        self.truth += other.truth
        self.missed += other.missed
        self.alike += other.alike
        self.compliant += other.compliant

    @property
    def each(self) -> float:
        """Bytes per page."""
        return sum(self.sizes.values()) / max(1, len(self.sizes))

    @property
    def missed_percent(self) -> float:
        """Of the words of pages with a truth; 0 where there is none."""
        return 100 * self.missed / self.truth if self.truth else 0.0

    @property
    def likeness(self) -> float:
        """Mean SSIM of seals, signatures and handwriting; 1 without any."""
        return float(np.mean(self.alike)) if self.alike else 1.0


def fixtures(names: Sequence[str], folder: Path = PAGES) -> Iterator[Subject]:
    """The pages of these names in a folder made by fixtures/make_pages.py."""
    for entry in tomllib.loads((folder / "pages.toml").read_text("utf-8"))["page"]:
        if entry["name"] in names:
            truth = words((folder / entry["truth"]).read_text("utf-8"))
            marks = [tuple(one["box"]) for one in entry.get("mark", ()) if one["kind"] in INKED]
            image = folder / entry["file"]
            yield Subject(entry["name"], image, entry["dpi"], truth, tuple(marks))


def fresh(seed: int, dpi: int, folder: Path) -> Iterator[Subject]:
    """The same pages with other names, numbers, wording, skew, noise and paper."""
    there = folder / f"seed-{seed}-{dpi}"
    wanted = [word for name in OFFICE[dpi] for word in ("--only", name)]
    maker = ROOT / "fixtures" / "make_pages.py"
    run((sys.executable, maker, "--seed", seed, "--out", there, *wanted))
    return fixtures(OFFICE[dpi], there)


def real(folder: Path) -> Iterator[Subject]:
    """Every page of the real colour scans."""
    for name in REAL:
        short = name.split(".")[0]
        run(("pdftoppm", "-png", "-r", "300", SCANS / f"{name}.pdf", folder / short))
        for image in sorted(folder.glob(f"{short}-*.png")):
            truth = SCANS / f"{name}.p1.txt"
            is_first = image.stem.endswith("-1") and truth.is_file()
            said = words(truth.read_text("utf-8")) if is_first else None
            seal = REAL_SEALS.get(image.stem)
            yield Subject(image.stem, image, 300, said, (seal,) if seal else ())


def contest(
    subjects: Sequence[Subject], tools: Sequence[str], folder: Path, pool: Executor
) -> dict[str, Sum]:
    """What each tool makes of the pages; the image itself is read for comparison."""
    sums = {name: Sum() for name in (IMAGE, *tools)}
    for page in pool.map(partial(compare, tools=tools, folder=folder), subjects):
        for name, sum_ in page.items():
            sums[name].count(sum_)
    return sums


def compare(subject: Subject, tools: Sequence[str], folder: Path) -> dict[str, Sum]:
    """One page by each tool; a peer that fails on it is named on stderr."""
    from tests.helpers.verapdf import judge

    own = folder / f"{subject.image.parent.name}-{subject.name}"
    own.mkdir(exist_ok=True)
    sums = {name: Sum() for name in (IMAGE, *tools)}
    source = Image.open(subject.image).convert("RGB")
    add(sums[IMAGE], subject, source, source, subject.image.stat().st_size)
    for name in tools:
        try:
            target = TOOLS[name](subject, own)
        except subprocess.CalledProcessError as fault:
            print(f"{name} fails on {own.name}: {fault.stderr[-300:]!r}", file=sys.stderr)
            continue
        sums[name].compliant += judge(target, "2u").compliant
        add(sums[name], subject, source, drawn(target, source), target.stat().st_size)
    return sums


def add(sum_: Sum, subject: Subject, source: Image.Image, shown: Image.Image, size: int) -> None:
    """Count one page in."""
    sum_.sizes[subject.name] = size
    if subject.truth is not None:
        sum_.truth += sum(subject.truth.values())
        sum_.missed += sum((subject.truth - words(read(shown, subject.dpi))).values())
    for left, top, right, bottom in subject.seals:
        width, height = source.size
        box = (int(left * width), int(top * height), int(right * width), int(bottom * height))
        one, other = (np.asarray(picture.crop(box)) for picture in (source, shown))
        sum_.alike.append(likeness.similarity(one, other))


def drawn(pdf: Path, source: Image.Image) -> Image.Image:
    """The first page by pdfium, which also draws what poppler refuses of the peer's stencils."""
    with pdfium.opened(pdf) as document:
        page = document[0]
        shown = pdfium.drawn(page, source.width / pdfium.size(page)[0])
    return shown if shown.size == source.size else shown.resize(source.size)


def read(image: Image.Image, dpi: int) -> str:
    """What tesseract reads."""
    with tempfile.NamedTemporaryFile(suffix=".ppm") as file:
        image.save(file.name)
        command = ("tesseract", file.name, "-", "-l", "vie", "--dpi", str(dpi))
        return run(command).decode("utf-8", "replace")


def run(command: Sequence[object]) -> bytes:
    """Its standard output; CalledProcessError when it fails."""
    environment = {**os.environ, "OMP_THREAD_LIMIT": "1"}
    done = subprocess.run(
        [str(word) for word in command], check=True, capture_output=True, env=environment
    )
    return done.stdout


def worked(subject: Subject, keeping: str, folder: Path) -> WorkedPage:
    """The page after our page work, which a second call finds in its cache."""
    place = folder / f"{subject.image.parent.name}-{subject.name}-{keeping}"
    place.mkdir(exist_ok=True)
    order = PageOrder(
        original=subject.image,
        dpi=subject.dpi,
        rotation=0,
        deskew=False,
        reading="quick",
        keeping=keeping,
        folder=place,
    )
    return work_page(order)


def layered(subject: Subject, folder: Path) -> Path:
    """Our PDF, self-checked."""
    target = folder / "ours.pdf"
    Pdf2uWriter().write([worked(subject, "layered", folder)], INFO, target, lambda _: None)
    return target


def archive_pdf_tools(subject: Subject, folder: Path) -> Path:
    """Its MRC with the CCITT stencil; the text is tesseract's."""
    image = folder / f"peer{subject.image.suffix}"
    shutil.copy(subject.image, image)
    base = folder / "peer"
    run(("tesseract", image, base, "-l", "vie", "--dpi", subject.dpi, "hocr"))
    coders = ("--mask-compression", "ccitt", "-J", "pillow", "--bg-downsample", 3)
    paper = ("-I", image, "-T", base.with_suffix(".hocr"), "-D", subject.dpi)
    target = folder / "peer.pdf"
    run((PEERS / "recode_pdf", *paper, *coders, "-o", target))
    return target


def ocrmypdf(subject: Subject, folder: Path) -> Path:
    """Its PDF/A with the best optimisation."""
    source, target = folder / "source.pdf", folder / "ocrmypdf.pdf"
    dpi = f"{subject.dpi}dpix{subject.dpi}dpi"
    run((PEERS / "img2pdf", "--imgsize", dpi, subject.image, "-o", source))
    run((PEERS / "ocrmypdf", "-l", "vie", "-O3", "--jobs", "1", "-q", source, target))
    return target


TOOLS = {LAYERED: layered, ARCHIVE: archive_pdf_tools, OCRMYPDF: ocrmypdf}
