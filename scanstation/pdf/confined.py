"""Opens foreign PDFs in a child process, so that a crash or a bomb in a PDF library ends there.

The child gets one order on its standard input, a ceiling on memory and processor time, and answers
with values or with the name of an error. It never gets a key, a dossier or the network's address.
"""

import os
import resource
import signal
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

import msgspec

from scanstation import errors, i18n
from scanstation.i18n import _
from scanstation.model.page import PageFile, PageText
from scanstation.pdf import ForeignPdf, read

MEMORY_BYTES = 3 << 30
"""A page at the pixel limit takes 1.3 GB to draw and hand over."""
SECONDS_TO_INSPECT = 60
SECONDS_PER_PAGE = 20


class _Order(msgspec.Struct, frozen=True, kw_only=True):
    file: Path
    scratch: Path | None
    """None: only inspect, or read the text of `page`."""
    thumbnail: Path | None = None
    """Where to draw page 1 small, beside inspecting."""
    page: int = 0
    size: tuple[int, int] = (0, 0)
    language: str
    seconds: int
    memory: int


class _Answer(msgspec.Struct, frozen=True, kw_only=True):
    found: ForeignPdf | None = None
    pages: tuple[PageFile, ...] = ()
    size: tuple[int, int] = (0, 0)
    """Of the thumbnail, pixels."""
    text: PageText | None = None
    error: str = ""
    """Name of a class in scanstation.errors."""
    facts: dict[str, str] = {}


def _encoded(value: _Order | _Answer) -> bytes:
    return msgspec.json.encode(value, enc_hook=_bytes_of)  # paths are all it meets


def _bytes_of(path: Path) -> str:
    """A path as JSON bears it whatever its bytes are: one letter a byte."""
    return os.fsencode(path).decode("latin-1")


def _path(kind: type, text: str) -> object:
    return kind(os.fsdecode(text.encode("latin-1")))


_DECODE_ORDER = msgspec.json.Decoder(_Order, dec_hook=_path).decode
_DECODE_ANSWER = msgspec.json.Decoder(_Answer, dec_hook=_path).decode


class ConfinedReader:
    """The PdfReader of the station."""

    def __init__(self, memory_bytes: int = MEMORY_BYTES) -> None:
        self._memory = memory_bytes

    def inspect(self, path: Path) -> ForeignPdf:
        """What the PDF is; errors.UnreadableInput, LockedInput or OversizedInput."""
        found = self._ask(path, None, SECONDS_TO_INSPECT).found
        if found is None:
            raise errors.UnreadableInput(file=path.name, problem=_("no answer"))
        return found

    def glance(self, path: Path, thumbnail: Path) -> tuple[ForeignPdf, tuple[int, int]]:
        """What the PDF is, and the size of page 1 drawn to `thumbnail`; errors as `inspect`."""
        answer = self._ask(path, None, SECONDS_TO_INSPECT, thumbnail=thumbnail)
        if answer.found is None:
            raise errors.UnreadableInput(file=path.name, problem=_("no answer"))
        return answer.found, answer.size

    def pages(self, path: Path, scratch: Path) -> Sequence[PageFile]:
        """Every page as an image file in `scratch`; errors as `inspect`."""
        seconds = SECONDS_TO_INSPECT + SECONDS_PER_PAGE * self.inspect(path).pages
        return self._ask(path, scratch, seconds).pages

    def own_text(self, path: Path, page: int, size: tuple[int, int]) -> PageText:
        """What page `page` says, in pixels of its picture of `size`; errors as `inspect`."""
        text = self._ask(path, None, SECONDS_TO_INSPECT, page, size).text
        return text or PageText(lines=(), engine="")

    def _ask(
        self,
        path: Path,
        scratch: Path | None,
        seconds: int,
        page: int = 0,
        size: tuple[int, int] = (0, 0),
        thumbnail: Path | None = None,
    ) -> _Answer:
        order = _Order(
            page=page,
            size=size,
            file=path.absolute(),
            scratch=scratch,
            thumbnail=thumbnail,
            language=i18n.language(),
            seconds=seconds,
            memory=self._memory,
        )
        child = subprocess.run(
            [sys.executable, "-m", "scanstation.pdf.confined"],
            input=_encoded(order),
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            check=False,
        )
        if child.returncode:
            raise _death(path, child.returncode, seconds)
        answer = _DECODE_ANSWER(child.stdout)
        if answer.error:
            raise getattr(errors, answer.error)(**answer.facts)
        return answer


def _death(path: Path, code: int, seconds: int) -> errors.InputError:
    if code in (-signal.SIGXCPU, -signal.SIGKILL):
        limit = _("{seconds} s of processor time").format(seconds=seconds)
        return errors.OversizedInput(file=path.name, found=_("endless work"), limit=limit)
    return errors.UnreadableInput(file=path.name, problem=_("it makes the PDF reader crash"))


def _obey(order: _Order) -> _Answer:
    try:
        if order.page:
            return _Answer(text=read.own_text(order.file, order.page, order.size))
        if order.scratch is None:
            size = read.thumbnail(order.file, order.thumbnail) if order.thumbnail else (0, 0)
            return _Answer(found=read.inspect(order.file), size=size)
        return _Answer(pages=tuple(read.pages(order.file, order.scratch)))
    except errors.ScanStationError as fault:
        facts = {name: i18n.shown(str(value)) for name, value in fault.facts.items()}
        return _Answer(error=fault.code, facts=facts)


def _confine(order: _Order) -> None:
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    resource.setrlimit(resource.RLIMIT_AS, (order.memory, order.memory))
    resource.setrlimit(resource.RLIMIT_CPU, (order.seconds, order.seconds + 5))


def main() -> None:
    """The child: one order in, one answer out."""
    order = _DECODE_ORDER(sys.stdin.buffer.read())
    i18n.choose(order.language)
    _confine(order)
    sys.stdout.buffer.write(_encoded(_obey(order)))


if __name__ == "__main__":
    main()
