"""Promise: an office page in layers takes a tenth of its scan, and nothing on it is missing.

The same untouched page images (no deskewing, so that pixels can be compared) through our two kinds
of keeping, archive-pdf-tools' MRC (CCITT stencil: no registry has jbig2enc) and OCRmyPDF -O3.
Words are those read again from the drawn PDF; likeness is SSIM of seals and signatures against
the image that went in. The pages carry our words as text; the peers carry tesseract's own.
"""

import os
import shutil
import subprocess
import tempfile
import time
import tomllib
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
from PIL import Image

from benchmarks.digitise import PEERS, ROOT, words
from scanstation.model.page import PageOrder, WorkedPage
from scanstation.pagework import work_page
from scanstation.pdf import DocumentInfo, jbig2, layers, likeness, pdfium, separate
from scanstation.pdf.assemble import Pdf2uWriter, assemble

SCANS = ROOT.parent / "shared" / "scans"
PAGES = ROOT / "fixtures" / "pages"
INFO = DocumentInfo(title="Đo", created_at="2026-11-22T09:30:00+07:00")
UPRIGHT_OFFICE = {
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


@dataclass(frozen=True)
class Subject:
    name: str
    image: Path
    dpi: int
    truth: Counter[str] | None
    seals: tuple[tuple[float, float, float, float], ...]


@dataclass
class Sum:
    """What one tool made of the pages so far."""

    bytes: int = 0
    pages: int = 0
    truth: int = 0
    missed: int = 0
    alike: list[float] = field(default_factory=list)
    compliant: int = 0

    def row(self, name: str) -> str:
        missed = f"{100 * self.missed / self.truth:.2f}" if self.truth else "–"
        alike = f"{np.mean(self.alike):.3f}" if self.alike else "–"
        verdict = f"{self.compliant}/{self.pages}"
        return f"| {name} | {self.bytes / self.pages:,.0f} | {missed} | {alike} | {verdict} |"


def main() -> None:
    """Print the tables."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        groups = {
            f"fixtures, {dpi} dpi: {', '.join(names)}": list(fixtures(names))
            for dpi, names in UPRIGHT_OFFICE.items()
        }
        if SCANS.is_dir():
            groups["real colour scans drawn at 300 dpi"] = list(real(folder))
        else:
            print(f"Skipped the real scans: {SCANS} is not there.\n")
        for title, subjects in groups.items():
            table(title, subjects, folder)
        coder([one for subjects in groups.values() for one in subjects])
        assembly(next(iter(groups.values()))[0], folder)


def fixtures(names: Sequence[str]) -> Iterator[Subject]:
    for entry in tomllib.loads((PAGES / "pages.toml").read_text("utf-8"))["page"]:
        if entry["name"] in names:
            truth = words((PAGES / entry["truth"]).read_text("utf-8"))
            marks = [tuple(one["box"]) for one in entry.get("mark", ()) if one["kind"] in INKED]
            image = PAGES / entry["file"]
            yield Subject(entry["name"], image, entry["dpi"], truth, tuple(marks))


def real(folder: Path) -> Iterator[Subject]:
    for name in REAL:
        short = name.split(".")[0]
        command = ("pdftoppm", "-png", "-r", "300", SCANS / f"{name}.pdf", folder / short)
        subprocess.run(command, check=True)
        for image in sorted(folder.glob(f"{short}-*.png")):
            truth = SCANS / f"{name}.p1.txt"
            if not truth.is_file():
                truth = SCANS / f"{name.removesuffix(' (1)')}.p1.txt"
            is_first = image.stem.endswith("-1") and truth.is_file()
            said = words(truth.read_text("utf-8")) if is_first else None
            seal = REAL_SEALS.get(image.stem)
            yield Subject(image.stem, image, 300, said, (seal,) if seal else ())


# --- one page through one tool ----------------------------------------------------------------


def table(title: str, subjects: Sequence[Subject], folder: Path) -> None:
    from tests.helpers.verapdf import judge

    print(f"### {title}\n")
    print("| kept by | bytes/page | words missed % | seals alike | PDF/A-2u |")
    print("|---|--:|--:|--:|--:|")
    sums = {name: Sum() for name in ("the image itself", *TOOLS)}
    notes = []
    for subject in subjects:
        source = Image.open(subject.image).convert("RGB")
        add(sums["the image itself"], subject, source, source, subject.image.stat().st_size)
        sizes = []
        for name, tool in TOOLS.items():
            target = tool(subject, folder)
            size = target.stat().st_size
            sizes.append(f"{size / 1000:.1f}")
            sums[name].compliant += judge(target, "2u").compliant
            add(sums[name], subject, source, drawn(target, source), size)
        notes.append(f"{subject.name} {' / '.join(sizes)}")
    for name, sum_ in sums.items():
        print(sum_.row(name), flush=True)
    print(f"\nKB by page ({' / '.join(TOOLS)}): {'; '.join(notes)}.\n", flush=True)


def add(sum_: Sum, subject: Subject, source: Image.Image, shown: Image.Image, size: int) -> None:
    sum_.bytes += size
    sum_.pages += 1
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
    with tempfile.NamedTemporaryFile(suffix=".ppm") as file:
        image.save(file.name)
        command = ("tesseract", file.name, "-", "-l", "vie", "--dpi", str(dpi))
        return run(command).decode("utf-8", "replace")


def run(command: Sequence[object]) -> bytes:
    environment = {**os.environ, "OMP_THREAD_LIMIT": "1"}
    done = subprocess.run(
        [str(word) for word in command], check=True, capture_output=True, env=environment
    )
    return done.stdout


def worked(subject: Subject, keeping: str, folder: Path) -> WorkedPage:
    place = folder / f"{subject.name}-{keeping}"
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


def ours(subject: Subject, keeping: str, folder: Path) -> Path:
    target = folder / "ours.pdf"
    Pdf2uWriter().write([worked(subject, keeping, folder)], INFO, target, lambda _: None)
    return target


def archive_pdf_tools(subject: Subject, folder: Path) -> Path:
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
    source, target = folder / "source.pdf", folder / "ocrmypdf.pdf"
    dpi = f"{subject.dpi}dpix{subject.dpi}dpi"
    run((PEERS / "img2pdf", "--imgsize", dpi, subject.image, "-o", source))
    run((PEERS / "ocrmypdf", "-l", "vie", "-O3", "--jobs", "2", "-q", source, target))
    return target


TOOLS = {
    "ScanStation, layered": lambda subject, folder: ours(subject, "layered", folder),
    "ScanStation, faithful": lambda subject, folder: ours(subject, "faithful", folder),
    "archive-pdf-tools, CCITT": archive_pdf_tools,
    "OCRmyPDF -O3": ocrmypdf,
}


# --- parts of it ------------------------------------------------------------------------------


def coder(subjects: Sequence[Subject]) -> None:
    print("### stencils: JBIG2 (ours, bit-exact by jbig2dec) beside CCITT G4\n")
    print("| pages | JBIG2 bytes | G4 bytes | saved % | JBIG2 CPU s/page |")
    print("|---|--:|--:|--:|--:|")
    for kind, drawn_here in (("fixtures 300 dpi", True), ("real 300 dpi", False)):
        ours_, theirs, spent, count = 0, 0, 0.0, 0
        for subject in subjects:
            if subject.dpi != 300 or (subject.image.parent == PAGES) != drawn_here:
                continue
            pixels = np.asarray(Image.open(subject.image).convert("RGB"))
            black = separate.separate(pixels, subject.dpi).black
            before = time.process_time()
            coded = jbig2.encode(black, subject.dpi)
            spent += time.process_time() - before
            must_decode(coded, black)
            ours_, theirs = ours_ + len(coded), theirs + len(layers.fax_coded(black, subject.dpi))
            count += 1
        if count:
            saved = 100 - 100 * ours_ / theirs
            figures = f"{ours_ / count:,.0f} | {theirs / count:,.0f} | {saved:.1f}"
            print(f"| {kind} ({count}) | {figures} | {spent / count:.2f} |")
    print()


def must_decode(coded: bytes, black: np.ndarray) -> None:
    with tempfile.TemporaryDirectory() as name:
        page, out = Path(name) / "page.jb2", Path(name) / "page.pbm"
        page.write_bytes(coded)
        run(("jbig2dec", "-e", "-t", "pbm", "-o", out, page))
        decoded = np.asarray(Image.open(out)) == 0
    if not np.array_equal(decoded, black):
        raise SystemExit("jbig2dec does not agree with what was coded")


def assembly(subject: Subject, folder: Path) -> None:
    print("### assembly (no check, no page work)\n")
    print("| pages | ms | ms/page beyond the first |")
    print("|--:|--:|--:|")
    page = worked(subject, "layered", folder)
    alone = 0.0
    for count in (1, 10, 100):
        before = time.perf_counter()
        assemble([page] * count, INFO, folder / "images.pdf", folder / "assembled.pdf")
        spent = 1000 * (time.perf_counter() - before)
        alone = alone or spent
        each = f"{(spent - alone) / (count - 1):.1f}" if count > 1 else "–"
        print(f"| {count} | {spent:.0f} | {each} |")
