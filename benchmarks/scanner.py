"""Promise: the station keeps up with a scanner of 40 pages a minute, in little memory.

libsane's test device is slowed down (read-delay) until an A4 page in colour at 300 dpi takes 1.5 s,
and 50 pages go through the worker into a workspace: scanned, compressed, fsynced, journalled.
`scanimage --batch` beside it writes the same pages to plain files and nothing more. Page work (OCR)
is left out; it runs on the other core. The pattern compresses better than paper does.
"""

import tempfile
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

from benchmarks.measure import run
from scanstation.model.clock import SystemClock
from scanstation.model.events import PageScanned, ScanStarted
from scanstation.model.page import Mode
from scanstation.model.profile import Component, Procedure, ScanProfile, Setting, Treatment
from scanstation.scanner import conf
from scanstation.scanner.sane import SaneDriver
from scanstation.workspace.store import Workspace

PAGES = 50
PER_STACK = 10  # the test device's feeder
PAGE_S = 60 / 40
FEEDER = "Automatic Document Feeder"
PROCEDURE = Procedure(
    code="0", title="bench", source="bench", components=(Component(id="c", title="C"),)
)


def main() -> None:
    """Print the tables."""
    delay = delay_for(PAGE_S)
    print(f"read-delay-duration {delay} µs\n")
    print("| tool | pages | s/page, median | durable after its end, median s | worst s | late |")
    print("|---|--:|--:|--:|--:|--:|")
    with tempfile.TemporaryDirectory() as folder:
        print(row("ScanStation", list(journey(Path(folder), delay))), flush=True)
    print(beside(delay), end="\n\n")
    print("| one page | worker's peak MB | s |")
    print("|---|--:|--:|")
    print(single("A4 600 dpi colour", Mode.COLOUR, 8, 600))
    print(single("A4 300 dpi colour", Mode.COLOUR, 8, 300))
    print(single("A4 600 dpi 1 bit", Mode.GREY, 1, 600))


# --- fifty pages ------------------------------------------------------------------------------


@dataclass(frozen=True)
class Passage:
    """Wall times of one page, and how many others lay waiting when it had become durable."""

    ended: float
    durable: float
    waiting: int


def journey(folder: Path, delay: int) -> Iterator[Passage]:
    """Stack after stack into one dossier."""
    workspace = Workspace(folder / "workspace", SystemClock())
    dossier = workspace.open_dossier(PROCEDURE, "bench", "").id
    scratch = folder / "scratch"
    scratch.mkdir()
    profile = paper(300, Mode.COLOUR, delay=delay)
    with workspace.holding(dossier) as holder, closing(SaneDriver(("test",))) as driver:
        for _stack in range(PAGES // PER_STACK):
            for event in driver.scan(profile, scratch):
                if isinstance(event, PageScanned):
                    ended = event.page.path.stat().st_mtime
                    holder.adopt(event.page, "c", "bench", treatment=Treatment(), replaces="")
                    durable = time.time()
                    event.page.path.unlink(missing_ok=True)
                    yield Passage(ended, durable, len(list(scratch.iterdir())))


def row(name: str, passed: list[Passage]) -> str:
    """`late`: pages that were not durable before the next of their stack had ended."""
    gaps = sorted(
        after.ended - before.ended
        for number, (before, after) in enumerate(pairwise(passed), start=1)
        if number % PER_STACK
    )
    waits = sorted(one.durable - one.ended for one in passed)
    late = sum(one.waiting > 0 for one in passed)
    middle = waits[len(waits) // 2]
    cells = f"{gaps[len(gaps) // 2]:.2f} | {middle:.2f} | {waits[-1]:.2f} | {late}"
    return f"| {name} | {len(passed)} | {cells} |"


def beside(delay: int) -> str:
    """The same stack through scanimage, whose files are neither compressed nor fsynced."""
    words = ["--source", FEEDER, "--mode", "Color", "--resolution", "300", "-x", "210", "-y", "297"]
    words += ["--read-delay=yes", f"--read-delay-duration={delay}", "--format=pnm"]
    with tempfile.TemporaryDirectory() as folder, configured() as settings:
        command = ["scanimage", "-d", "test:0", *words, f"--batch={folder}/%d.pnm"]
        done = run(command, settings)
        ended = sorted(path.stat().st_mtime for path in Path(folder).iterdir())
    gaps = sorted(after - before for before, after in pairwise(ended))
    cells = f"{gaps[len(gaps) // 2]:.2f} | – | – | –"
    return f"| scanimage --batch ({done.peak_mb:.0f} MB) | {len(ended)} | {cells} |"


# --- one page ---------------------------------------------------------------------------------


def single(name: str, mode: Mode, depth: int, dpi: int) -> str:
    """The worker's peak memory and the time from the settings to the page file."""
    begun = took = peak = 0.0
    with tempfile.TemporaryDirectory() as folder, closing(SaneDriver(("test",))) as driver:
        profile = paper(dpi, mode, depth=depth, feeder=False)
        for event in driver.scan(profile, Path(folder)):
            if isinstance(event, ScanStarted):
                begun = time.monotonic()
            if isinstance(event, PageScanned):
                took = time.monotonic() - begun
                peak = high_water_mb(driver.worker_pid or 0)
    return f"| {name} | {peak:.0f} | {took:.2f} |"


def high_water_mb(pid: int) -> float:
    """Largest resident memory a process has had."""
    lines = Path(f"/proc/{pid}/status").read_text("ascii", "replace").splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith("VmHWM")) / 1000


# --- the device -------------------------------------------------------------------------------


def paper(
    dpi: int, mode: Mode, *, depth: int = 8, delay: int = 0, feeder: bool = True
) -> ScanProfile:
    """An A4 page of the test device, slowed down by `delay` µs a buffer."""
    options: dict[str, Setting] = {"depth": depth, "test-picture": "Color pattern"}
    options |= {"test-picture": "Grid"} if depth == 1 else {}
    options["read-delay"] = bool(delay)
    options |= {"read-delay-duration": delay} if delay else {}
    source = FEEDER if feeder else "Flatbed"
    return ScanProfile(
        id="b", device="test:0", source=source, feeder=feeder, dpi=dpi, mode=mode, options=options
    )


def delay_for(seconds: float) -> int:
    """The delay with which a page takes so long: it grows in a straight line."""
    slow, fast = 3000, 1000
    with tempfile.TemporaryDirectory() as folder, closing(SaneDriver(("test",))) as driver:

        def timed(delay: int) -> float:
            profile = paper(300, Mode.COLOUR, delay=delay, feeder=False)
            begun = 0.0
            for event in driver.scan(profile, Path(folder)):
                if isinstance(event, ScanStarted):
                    begun = time.monotonic()
            return time.monotonic() - begun

        timed(fast)
        short, long = timed(fast), timed(slow)
    per_microsecond = (long - short) / (slow - fast)
    wanted = fast + (seconds - short) / per_microsecond
    return max(1000, round(wanted / 1000) * 1000)


@contextmanager
def configured() -> Iterator[dict[str, str]]:
    """An environment in which the test device has A4 paper, as the worker makes itself one."""
    with tempfile.TemporaryDirectory() as name:
        conf.write(Path(name), ["test"])
        yield {"SANE_CONFIG_DIR": name}


if __name__ == "__main__":
    main()
