"""Promise: a page kept whole takes at most 0.6 of OCRmyPDF -O3's bytes at equal likeness.

Likeness is SSIM over the windows that hold something (pdf/likeness.py), against the image that
went in. Quality is searched until ours is as like as the peer's page or more; whole files are
compared. Beside it: what we keep as shipped, JPEG 2000 instead, and the text layer by page.
"""

import io
import zlib
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Executor
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import numpy as np
from PIL import Image

from benchmarks import pdf_pages
from benchmarks.pdf_pages import Row, Subject
from scanstation.pdf import jpeg, jpeg2000, likeness
from scanstation.pdf.assemble import Pdf2uWriter
from scanstation.pdf.characters import CharacterSet
from scanstation.pdf.text import text_layer

WHOLE = ("cong-van", "quyet-dinh", "viet-tay", "to-khai", "hai-cot")
REAL = ("22 TTR-1", "299 UB-1", "47 QĐ UB-1", "47 QĐ UB-2")
MOST = 0.6
SHIPPED = 0.98
MOST_TEXT = 4096
STEPS = 6
COARSEST, FINEST = 2.0, 95.0
"""JPEG's quality."""
FEWEST, MANIEST = 1 / 200, 1 / 2
"""JPEG 2000's bytes for a pixel."""


@dataclass(frozen=True)
class Coded:
    """A page's picture, by one coder."""

    size: int
    alike: float


@dataclass(frozen=True)
class Whole:
    """One page kept whole; sizes of files, all else in them equal."""

    peer: Coded
    equal: Coded
    """Ours, at least as like as the peer's."""
    equal_waves: Coded
    """The same in JPEG 2000."""
    shipped: Coded
    shipped_waves: Coded
    """JPEG 2000 at least as like as what we ship."""


def rows(
    groups: dict[str, list[Subject]], folder: Path, pool: Executor, quick: bool
) -> Iterator[Row]:
    """What is promised of faithful pages and text layers."""
    pages = [page for title, ones in groups.items() if "seed" not in title for page in ones]
    kinds = {"fixtures": WHOLE, "real colour scans": REAL}
    for title, names in kinds.items():
        chosen = [one for one in pages if one.name in names]
        if chosen:
            yield from faithful(title, chosen[: 2 if quick else None], folder, pool)
    yield from text(pages, folder)


def faithful(
    title: str, subjects: Sequence[Subject], folder: Path, pool: Executor
) -> Iterator[Row]:
    found = list(pool.map(partial(compare, folder=folder), subjects))
    peer = mean(found, lambda one: one.peer)
    says = f"OCRmyPDF -O3: {said(peer)}"
    equal, waves = mean(found, lambda one: one.equal), mean(found, lambda one: one.equal_waves)
    share = equal.size / peer.size
    as_like = all(one.equal.alike >= one.peer.alike for one in found)
    measured = f"{share:.2f} of the peer: {said(equal)}"
    holds = share <= MOST and as_like
    yield Row(f"faithful at equal SSIM, {title}", measured, f"{MOST:.2f}", holds, says)
    measured = f"{waves.size / peer.size:.2f} of the peer: {said(waves)}"
    yield Row(f"the same in JPEG 2000, {title}", measured, "–", None, says)
    own, waves = mean(found, lambda one: one.shipped), mean(found, lambda one: one.shipped_waves)
    like = own.alike >= SHIPPED
    yield Row(f"faithful as shipped, {title}", said(own), f"SSIM {SHIPPED}", like, says)
    yield Row(f"as like in JPEG 2000, {title}", said(waves), "–", None)


def mean(found: Sequence[Whole], which: Callable[[Whole], Coded]) -> Coded:
    """Bytes and likeness of the pages on the whole."""
    ones = [which(one) for one in found]
    size = round(sum(one.size for one in ones) / len(ones))
    return Coded(size, sum(one.alike for one in ones) / len(ones))


def said(coded: Coded) -> str:
    return f"{coded.size / 1000:.0f} KB, SSIM {coded.alike:.3f}"


def compare(subject: Subject, folder: Path) -> Whole:
    """One page by the peer and by us."""
    own = folder / f"whole-{subject.image.parent.name}-{subject.name}"
    own.mkdir(exist_ok=True)
    source = Image.open(subject.image).convert("RGB")
    pixels = np.asarray(source)
    made = pdf_pages.ocrmypdf(subject, own)
    shown = np.asarray(pdf_pages.drawn(made, source))
    peer = Coded(made.stat().st_size, likeness.similarity(pixels, shown))
    page = pdf_pages.worked(subject, "faithful", own)
    Pdf2uWriter().write([page], pdf_pages.INFO, own / "ours.pdf", lambda _: None)
    rest = (own / "ours.pdf").stat().st_size - sum(one.path.stat().st_size for one in page.layers)

    def coded(data: bytes) -> Coded:
        with Image.open(io.BytesIO(data)) as image:
            alike = likeness.similarity(pixels, np.asarray(image.convert("RGB")))
        return Coded(len(data) + rest, alike)

    def by_quality(quality: float) -> Coded:
        return coded(jpeg.coded(source, (round(quality), min(95, round(quality) + 20))))

    def by_waves(share: float) -> Coded:
        return coded(jpeg2000.coded(pixels, share * source.width * source.height))

    shipped = coded(page.layers[0].path.read_bytes())
    return Whole(
        peer,
        smallest(by_quality, peer.alike, COARSEST, FINEST),
        smallest(by_waves, peer.alike, FEWEST, MANIEST),
        shipped,
        smallest(by_waves, shipped.alike, FEWEST, MANIEST),
    )


def smallest(code: Callable[[float], Coded], wanted: float, low: float, high: float) -> Coded:
    """The least that is as like as wanted; what `high` makes, where nothing is."""
    best = code(high)
    for _ in range(STEPS):
        middle = (low * high) ** 0.5
        found = code(middle)
        if found.alike >= wanted:
            best, high = found, middle
        else:
            low = middle
    return best


def text(pages: Sequence[Subject], folder: Path) -> Iterator[Row]:
    """Deflated bytes of the words laid under a page."""
    for subject in pages:
        if subject.name not in ("cong-van", "hai-cot"):
            continue
        page = pdf_pages.worked(subject, "layered", folder)
        layer = text_layer(page.text, page.height, page.dpi, CharacterSet()).operators
        size, words = len(zlib.compress(layer, 9)), sum(len(one.words) for one in page.text.lines)
        measured = f"{size} B, {size / words:.1f} B a word"
        name = f"text layer, {subject.name}, {words} words"
        yield Row(name, measured, f"under {MOST_TEXT} B", size < MOST_TEXT)
