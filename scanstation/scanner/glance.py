"""A look at a file that arrived: does it open to its end, how many pages, what is on the first.

Images come from outside, so they are decoded in a child process with limits on memory and time.
It refuses to call a file whole whose end is missing or was only reserved.
"""

import os
import resource
import subprocess
import sys
from pathlib import Path

import msgspec

from scanstation import durable, errors, i18n
from scanstation.i18n import _
from scanstation.model.arrival import Glance
from scanstation.scanner.folder import each_frame

SIZE = (320, 640)
"""Most pixels of a thumbnail across and down."""
MEMORY_BYTES = 3 << 30
SECONDS = 120
_TAIL = 1024  # ISO 32000-1 Annex H: readers look for %%EOF in the last 1024 bytes
_QUALITY = 80


class _Answer(msgspec.Struct, frozen=True, kw_only=True):
    glance: Glance = Glance()
    error: str = ""
    """Name of a class in scanstation.errors."""
    facts: dict[str, str] = {}


def ending(path: Path) -> str:
    """What the last bytes say against a file being whole; empty when nothing does.

    A writer may reserve a file's length first and fill it later: until then its end is zeros.
    """
    with path.open("rb") as stream:
        begins = stream.read(_TAIL)
        stream.seek(-min(_TAIL, os.fstat(stream.fileno()).st_size), os.SEEK_END)
        ends = stream.read()
    if not begins:
        return _("the file is empty")
    if not ends.strip(b"\0") or (b"%PDF-" in begins and b"%%EOF" not in ends):
        return _("its end is missing so far")
    return ""


def glance(path: Path, thumbnail: Path | None) -> Glance:
    """What an image file shows; its first page is drawn to `thumbnail`.

    Raises errors.UnreadableInput or errors.OversizedInput for a file that is damaged, cut short
    or too large, StorageError for the thumbnail.
    """
    target = str(thumbnail or "")
    child = subprocess.run(
        [sys.executable, "-m", "scanstation.scanner.glance", i18n.language(), str(path), target],
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        check=False,
    )
    if child.returncode:
        problem = _("it makes the reader of images crash or never end")
        raise errors.UnreadableInput(file=i18n.shown(path.name), problem=problem)
    answer = msgspec.json.decode(child.stdout, type=_Answer)
    if answer.error:
        fault: errors.ScanStationError = getattr(errors, answer.error)(**answer.facts)
        raise fault
    return answer.glance


def _look(path: Path, thumbnail: Path | None) -> Glance:
    pages, size = 0, (0, 0)
    for frame in each_frame(path):
        pages += 1
        if pages == 1 and thumbnail is not None:
            frame.thumbnail(SIZE)
            size = frame.size
            try:
                with thumbnail.open("wb") as stream:
                    picture = frame.convert("L" if frame.mode == "1" else frame.mode)
                    picture.save(durable.without_descriptor(stream), "JPEG", quality=_QUALITY)
            except OSError as fault:
                raise durable.storage_fault(thumbnail, fault) from fault
    return Glance(kind="image", pages=pages, width=size[0], height=size[1])


def _answer(path: Path, thumbnail: Path | None) -> _Answer:
    try:
        return _Answer(glance=_look(path, thumbnail))
    except errors.ScanStationError as fault:
        facts = {name: i18n.shown(str(value)) for name, value in fault.facts.items()}
        return _Answer(error=fault.code, facts=facts)
    except MemoryError:
        facts = {"file": i18n.shown(path.name), "found": _("more than fits in memory")}
        return _Answer(error="OversizedInput", facts=facts | {"limit": f"{MEMORY_BYTES >> 30} GB"})


def main() -> None:
    """The child: language, file and thumbnail as arguments, one answer on standard output."""
    language, path, thumbnail = sys.argv[1:]
    i18n.choose(language)
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY_BYTES, MEMORY_BYTES))
    resource.setrlimit(resource.RLIMIT_CPU, (SECONDS, SECONDS + 5))
    answer = _answer(Path(path), Path(thumbnail) if thumbnail else None)
    sys.stdout.buffer.write(msgspec.json.encode(answer))


if __name__ == "__main__":
    main()
