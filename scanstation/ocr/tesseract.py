"""Tesseract behind the Reader seam; the only file that imports pytesseract.

Words come with boxes and the engine's own confidence, NFC, in its reading order. It refuses to
guess another language when Vietnamese is missing, and to wait for ever. pytesseract's own
image_to_… calls leave the text in a world-readable /tmp, so only its runner is used, on files in
a private folder beside the image, where no stray zone file (NAME.uzn) can mislead the engine.
"""

import csv
import os
import subprocess
import tempfile
import unicodedata
from collections.abc import Iterator, Sequence
from pathlib import Path

import msgspec
import pytesseract
from pytesseract.pytesseract import run_tesseract

from scanstation import durable, errors
from scanstation.i18n import _
from scanstation.model.page import Box, PageText, TextLine, Word

INSTALL = "apt install tesseract-ocr tesseract-ocr-vie"
_WORD_LEVEL = "5"
_TURN_ONLY = "--psm 0"
_ONE_LINE = "--psm 7"
SCRIPT = ("Vietnamese", "script/Vietnamese")
"""The model of the whole script, other than the language's: Debian's name and the engine's own."""


class Orientation(msgspec.Struct, frozen=True):
    """Which way up the engine thinks a page lies."""

    clockwise: int
    """Degrees the page must be turned by to stand upright: 0, 90, 180 or 270."""
    confidence: float
    """The engine's own score; above 2 it is rarely wrong, 0 when it could not tell."""


class Tesseract:
    """Reads Vietnamese with one thread per process: the page workers already use every core.

    OMP_THREAD_LIMIT=1 took 1.1 s where the default took 5.1 s per page on two cores.
    """

    def __init__(self, *, language: str = "vie", limit_s: float = 120.0) -> None:
        """`limit_s` bounds one page; a dense A4 at 300 dpi takes 1 to 3 s."""
        self.language = language
        self.limit_s = limit_s

    def read(self, image: Path, dpi: float, psm: int = 3) -> PageText:
        """Words of an uncompressed image; errors.MissingPart, ReadingTimeout, UnreadableInput.

        `psm` is the engine's page layout: 3 finds it, 6 is one block, 7 one line.
        """
        config = f"--dpi {dpi:.0f} --psm {psm} -c tessedit_create_tsv=1"
        table = self._run(image, self.language, config, "tsv")
        engine = f"tesseract {pytesseract.get_tesseract_version()} {self.language} quick"
        return PageText(lines=tuple(_lines(table)), engine=engine)

    def read_lines(self, images: Sequence[Path], dpi: float) -> tuple[tuple[Word, ...], ...]:
        """The words of images that each hold one line, in one run; they lie in one folder."""
        if not images:
            return ()
        listing = images[0].parent / "lines.txt"
        listing.write_text("".join(f"{image}\n" for image in images), "utf8")
        config = f"--dpi {dpi:.0f} {_ONE_LINE} -c tessedit_create_tsv=1"
        found: dict[int, list[Word]] = {number: [] for number in range(1, len(images) + 1)}
        for row in _rows(self._run(listing, self.language, config, "tsv")):
            found[int(row["page_num"])].append(_word(row))
        return tuple(tuple(words) for words in found.values())

    def orientation(self, image: Path, dpi: float) -> Orientation:
        """Which way up an image lies (osd.traineddata, a dependency of Debian's tesseract)."""
        try:
            report = self._run(image, "osd", f"--dpi {dpi:.0f} {_TURN_ONLY}", "osd")
        except errors.UnreadableInput:
            return Orientation(0, 0.0)
        facts = dict(line.split(": ", 1) for line in report.splitlines() if ": " in line)
        return Orientation(int(facts["Rotate"]), float(facts["Orientation confidence"]))

    def _run(self, image: Path, language: str, config: str, extension: str) -> str:
        os.environ["OMP_THREAD_LIMIT"] = "1"
        try:
            with tempfile.TemporaryDirectory(dir=image.parent) as folder:
                out = Path(folder) / "out"
                run_tesseract(
                    str(image), str(out), extension, language, config, timeout=self.limit_s
                )
                return out.with_suffix(f".{extension}").read_text("utf8")
        except pytesseract.TesseractNotFoundError as fault:
            raise errors.MissingPart(part="tesseract", install=INSTALL) from fault
        except OSError as fault:
            raise durable.storage_fault(image, fault) from fault
        except RuntimeError as fault:
            raise self._translated(fault, image, language) from fault

    def _translated(
        self, fault: RuntimeError, image: Path, language: str
    ) -> errors.ScanStationError:
        """A TesseractError is a RuntimeError with the engine's words; its timeout is a bare one."""
        said = str(fault)
        if "traineddata" in said or "Failed loading language" in said:
            part = _("tesseract's language «{name}»").format(name=language)
            return errors.MissingPart(part=part, install=INSTALL)
        if "timeout" in said:
            return errors.ReadingTimeout(file=image.name, seconds=f"{self.limit_s:g}")
        return errors.UnreadableInput(file=image.name, problem=f"tesseract: {said[:200]}")


def script_model() -> str:
    """The model of SCRIPT this machine has, or an empty string.

    pytesseract's own list leaves out names with capitals.
    """
    try:
        asked = subprocess.run(
            [pytesseract.pytesseract.tesseract_cmd, "--list-langs"],
            capture_output=True,
            text=True,
            check=False,
        )
    except OSError:
        return ""
    known = asked.stdout.split()
    return next((name for name in SCRIPT if name in known), "")


def _rows(table: str) -> Iterator[dict[str, str]]:
    for row in csv.DictReader(table.splitlines(), delimiter="\t", quoting=csv.QUOTE_NONE):
        if row["level"] == _WORD_LEVEL and row["text"].strip():
            yield row


def _lines(table: str) -> Iterator[TextLine]:
    place, words = "", list[Word]()
    for row in _rows(table):
        here = f"{row['block_num']} {row['par_num']} {row['line_num']}"
        if words and here != place:
            yield TextLine(tuple(words))
            words = []
        place = here
        words.append(_word(row))
    if words:
        yield TextLine(tuple(words))


def _word(row: dict[str, str]) -> Word:
    box = Box(*(int(row[side]) for side in ("left", "top", "width", "height")))
    return Word(unicodedata.normalize("NFC", row["text"].strip()), box, float(row["conf"]))
