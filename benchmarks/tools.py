"""What reads a page in the benchmark: ScanStation, tesseract by itself, OCRmyPDF."""

import os
import subprocess
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

from benchmarks.digitise import PEERS
from benchmarks.subjects import Subject
from scanstation.imaging import load, skew
from scanstation.model.page import PageOrder
from scanstation.pagework import work_page


@dataclass(frozen=True)
class Read:
    """A page as a tool read it."""

    text: str
    reading_s: float
    """CPU of clean-up and reading, children included."""
    whole_s: float
    """CPU of all its page work, coding of the archive's image included."""


def scanstation(subject: Subject, level: str) -> Read:
    """Our page work; what only coding, findings and codes cost is not reading."""
    load.work_alone()
    before = cpu()
    with tempfile.TemporaryDirectory() as folder:
        order = PageOrder(
            original=subject.image,
            dpi=subject.dpi,
            rotation=0,
            deskew=True,
            reading=level,
            keeping="faithful",
            folder=Path(folder),
        )
        text = work_page(order).text.plain
    whole = cpu() - before
    return Read(text, whole - _beside_reading(subject), whole)


def _beside_reading(subject: Subject) -> float:
    """CPU of the same page work without reading, less the clean-up that reading needs."""
    with tempfile.TemporaryDirectory() as folder:
        order = PageOrder(
            original=subject.image,
            dpi=subject.dpi,
            rotation=0,
            deskew=True,
            reading="none",
            keeping="faithful",
            folder=Path(folder),
        )
        before = cpu()
        work_page(order)
        unread = cpu() - before
    before = cpu()
    picture = load.load(subject.image, subject.dpi).picture
    skew.measure(picture)
    return unread - (cpu() - before)


def stock(subject: Subject) -> Read:
    """`tesseract` alone on the raw page."""
    before = cpu()
    text = _said("tesseract", str(subject.image), "-", "-l", "vie")
    spent = cpu() - before
    return Read(text, spent, spent)


def ocrmypdf(subject: Subject) -> Read:
    """`ocrmypdf --deskew` and the text it laid into its PDF."""
    before = cpu()
    with tempfile.TemporaryDirectory() as name:
        source, target = Path(name) / "page.pdf", Path(name) / "out.pdf"
        side = Path(name) / "text.txt"
        dpi = f"{subject.dpi:.0f}"
        _said(
            str(PEERS / "img2pdf"), "--imgsize", f"{dpi}dpi", str(subject.image), "-o", str(source)
        )
        options = ("-l", "vie", "-O3", "--deskew", "--sidecar", str(side))
        _said(str(PEERS / "ocrmypdf"), *options, str(source), str(target))
        spent = cpu() - before
        return Read(side.read_text("utf-8"), spent, spent)


def cpu() -> float:
    """CPU seconds of this process and the children it has waited for."""
    times = os.times()
    return time.process_time() + times.children_user + times.children_system


def _said(*command: str) -> str:
    environment = {**os.environ, "OMP_THREAD_LIMIT": "1"}
    done = subprocess.run(command, capture_output=True, check=True, env=environment)
    return done.stdout.decode("utf-8", "replace")
