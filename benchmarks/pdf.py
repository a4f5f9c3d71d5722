"""Promise: an office page in layers takes a tenth of its scan, and nothing on it is missing.

Prints the measures the project promises for its PDFs: measured, goal, whether it holds, and the
peer on the same pages in the same run. Words are those tesseract reads again from the page pdfium
draws; likeness is SSIM of seals, signatures and handwriting on it against the image that went in.
Two pages at a time. `--quick` leaves out the peers of layered pages, the fresh seeds and all but
the first of the real scans' pages.
"""

import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from multiprocessing import get_context
from pathlib import Path

import numpy as np
from PIL import Image

from benchmarks import pdf_faithful, pdf_pages
from benchmarks.pdf_pages import (
    ARCHIVE,
    IMAGE,
    LAYERED,
    OCRMYPDF,
    OFFICE,
    SCANS,
    Row,
    Subject,
    Sum,
)
from scanstation.pdf import jbig2, layers, separate
from scanstation.pdf.assemble import assemble

SEEDS = (101, 102, 103)
MOST = {300: 45_000, 200: 35_000}
MOST_REAL = 60_000
WORDS_APART = 0.2
REAL_TITLE = "real scans, 300 dpi"


def main() -> None:
    """Print the table."""
    quick = "--quick" in sys.argv
    print("| measure | measured | goal | holds | peers in the same run |")
    print("|---|---|---|---|---|")
    workers = ProcessPoolExecutor(2, get_context("spawn"))  # a JVM does not survive a fork
    with tempfile.TemporaryDirectory() as name, workers as pool:
        folder = Path(name)
        groups = subjects(folder, quick)
        for title, pages in groups.items():
            sums = pdf_pages.contest(pages, tools_for(title, quick), folder, pool)
            show(rows(title, pages[0].dpi, sums))
        show(pdf_faithful.rows(groups, folder, pool, quick))
        show(coder([page for title, pages in groups.items() for page in pages]))
        first = groups["fixtures, 300 dpi"][0]
        show([assembly(first, folder), after_signing(first, folder)])


def tools_for(title: str, quick: bool) -> tuple[str, ...]:
    """Fresh seeds are measured beside archive-pdf-tools only: OCRmyPDF keeps whole pages."""
    if quick:
        return (LAYERED,)
    return (LAYERED, ARCHIVE) if title.startswith("seed") else (LAYERED, ARCHIVE, OCRMYPDF)


def show(rows_: Iterable[Row]) -> None:
    """Print rows as they come: the whole takes minutes."""
    for row in rows_:
        print(row, flush=True)


def subjects(folder: Path, quick: bool) -> dict[str, list[Subject]]:
    """Pages by the group they are measured in."""
    groups = {
        f"fixtures, {dpi} dpi": list(pdf_pages.fixtures(names)) for dpi, names in OFFICE.items()
    }
    for seed in () if quick else SEEDS:
        for dpi in OFFICE:
            pages = pdf_pages.fresh(seed, dpi, folder)
            groups[f"seed {seed}, {dpi} dpi"] = list(pages)
    if SCANS.is_dir():
        scans = list(pdf_pages.real(folder))
        groups[REAL_TITLE] = [one for one in scans if not quick or one.truth]
    else:
        print(f"Skipped the real scans: {SCANS} is not there.\n")
    return groups


def rows(title: str, dpi: int, sums: dict[str, Sum]) -> list[Row]:
    """What is promised of every group of pages."""
    ours, image = sums[LAYERED], sums[IMAGE]
    peers = {name: one for name, one in sums.items() if name not in (LAYERED, IMAGE)}
    apart = ours.missed_percent - image.missed_percent
    sizes = real_sizes(ours) if title == REAL_TITLE else [drawn_sizes(dpi, ours)]
    beside = ARCHIVE in sums
    rows_ = [
        *(replace(row, peers=beside_us(peers, lambda one: f"{one.each:,.0f}")) for row in sizes),
        Row(
            "words missed, points over the image",
            f"{apart:+.2f} ({ours.missed} for {image.missed} of {ours.truth})",
            f"{WORDS_APART}",
            apart <= WORDS_APART,
            beside_us(peers, lambda one: f"{one.missed_percent - image.missed_percent:+.2f}"),
        ),
        Row(
            "seals and signatures, SSIM",
            f"{ours.likeness:.3f}",
            "archive-pdf-tools'" if beside else "–",
            not beside or ours.likeness >= sums[ARCHIVE].likeness,
            beside_us(peers, lambda one: f"{one.likeness:.3f}"),
        ),
        Row(
            "veraPDF 2u",
            f"{ours.compliant} of {len(ours.sizes)}",
            "all",
            ours.compliant == len(ours.sizes),
            beside_us(peers, lambda one: f"{one.compliant}"),
        ),
    ]
    return [replace(row, measure=f"{title}: {row.measure}") for row in rows_]


def drawn_sizes(dpi: int, ours: Sum) -> Row:
    """Bytes per page of fixtures."""
    each = ", ".join(f"{name} {size / 1000:.0f}" for name, size in ours.sizes.items())
    measured = f"{ours.each:,.0f} ({each})"
    return Row("bytes/page", measured, f"{MOST[dpi]:,}", ours.each <= MOST[dpi])


def real_sizes(ours: Sum) -> list[Row]:
    """Bytes per page of each real document, and the page that takes most."""
    found = []
    for scan in pdf_pages.REAL:
        short = scan.split(".")[0]
        sizes = [size for name, size in ours.sizes.items() if name.startswith(short)]
        each, most = sum(sizes) / len(sizes), max(sizes)
        for what, size in (("bytes/page", each), ("largest page", most)):
            measure = f"{short}, {what}"
            found.append(Row(measure, f"{size:,.0f}", f"{MOST_REAL:,}", size <= MOST_REAL))
    return found


def beside_us(peers: dict[str, Sum], figure: Callable[[Sum], str]) -> str:
    """The peers' figures, each with its name."""
    return "; ".join(f"{name.split(',')[0]} {figure(one)}" for name, one in peers.items()) or "–"


# --- parts of it ------------------------------------------------------------------------------


def coder(pages: Sequence[Subject]) -> list[Row]:
    """Stencils in JBIG2, each decoded again by jbig2dec, beside CCITT group 4."""
    kinds = {"fixtures": (True, 0.2), "real scans": (False, 0.5)}
    return [
        row for kind, (ours, most) in kinds.items() for row in stencils(kind, ours, most, pages)
    ]


def stencils(kind: str, drawn_here: bool, most: float, pages: Sequence[Subject]) -> list[Row]:
    mine, fax, spent = 0, 0, []
    for page in pages:
        if page.dpi != 300 or (page.image.parent == pdf_pages.PAGES) != drawn_here:
            continue
        if page.image.parent.name.startswith("seed-"):
            continue
        black = separate.separate(np.asarray(Image.open(page.image).convert("RGB")), 300).black
        before = time.process_time()
        coded = jbig2.encode(black, 300)
        spent.append(time.process_time() - before)
        must_decode(coded, black)
        mine, fax = mine + len(coded), fax + len(layers.fax_coded(black, 300))
    if not spent:
        return []
    saved, mean = 100 - 100 * mine / fax, sum(spent) / len(spent)
    return [
        Row(
            f"mask coder, {kind} at 300 dpi, bit-exact by jbig2dec",
            f"{saved:.1f} % under G4",
            "30 %",
            saved >= 30,
            f"G4 {fax / len(spent):,.0f} bytes, ours {mine / len(spent):,.0f}",
        ),
        Row(
            f"mask coder, {kind}: CPU s/page",
            f"{mean:.2f} ({min(spent):.2f} to {max(spent):.2f})",
            f"{most}",
            mean <= most,
        ),
    ]


def must_decode(coded: bytes, black: np.ndarray) -> None:
    """SystemExit unless jbig2dec sees exactly what was coded."""
    with tempfile.TemporaryDirectory() as name:
        page, out = Path(name) / "page.jb2", Path(name) / "page.pbm"
        page.write_bytes(coded)
        subprocess.run(("jbig2dec", "-e", "-t", "pbm", "-o", out, page), check=True)
        decoded = np.asarray(Image.open(out)) == 0
    if not np.array_equal(decoded, black):
        raise SystemExit("jbig2dec does not agree with what was coded")


def assembly(subject: Subject, folder: Path) -> Row:
    """One file of a page and one of a hundred, without the check."""
    page = pdf_pages.worked(subject, "layered", folder)
    spent = {}
    for count in (1, 100):
        times = []
        for _ in range(3):
            before = time.process_time()
            assemble([page] * count, pdf_pages.INFO, folder / "images.pdf", folder / "all.pdf")
            times.append(1000 * (time.process_time() - before))
        spent[count] = min(times)
    each = (spent[100] - spent[1]) / 99
    measured = f"{each:.1f} ms/page + {spent[1] - each:.0f} ms CPU (best of 3)"
    return Row("assembly", measured, "5 ms/page + 60 ms", each <= 5 and spent[1] - each <= 60)


def after_signing(subject: Subject, folder: Path) -> Row:
    """A layered file signed with a test key, the stamp visible."""
    from scanstation.model.clock import SystemClock
    from scanstation.model.signing import Stamp, StampPlace
    from scanstation.signing.pkcs12 import open_key
    from scanstation.signing.testing_ca import make_authority, make_clerk_key
    from tests.helpers.verapdf import judge

    now = datetime.now(UTC)
    authority = make_authority(folder, now)
    key = folder / "clerk.p12"
    year = timedelta(days=365)
    make_clerk_key(authority, "Lò Thị Mai", b"7319", key, now - year, now + year)
    signer = open_key(key, b"7319", SystemClock())
    target = folder / "signed.pdf"
    stamp = Stamp(name="Lò Thị Mai", place=StampPlace(x=20, y=800, width=170, height=30))
    signer.sign(pdf_pages.layered(subject, folder), target, stamp, now)
    compliant = judge(target, "2u").compliant
    return Row("veraPDF 2u after signing", f"{int(compliant)} of 1", "all", compliant)
