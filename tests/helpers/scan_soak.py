"""Hundreds of scan jobs one after the other, most of them disturbed, on the real drivers.

`python -m tests.helpers.scan_soak 200` plays them and prints what was counted; a long test plays
30. The seed is fixed: a run that fails fails again.
"""

import os
import random
import shutil
import signal
import sys
import tempfile
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from PIL import Image

from scanstation import errors
from scanstation.model.events import PageScanned, ScanEvent
from scanstation.model.profile import ScanProfile
from scanstation.scanner.escl import EsclDriver, Patience
from scanstation.scanner.sane import SaneDriver
from scanstation.scanner.scanimage import ScanimageDriver
from scanstation.scanner.watch import Limits
from tests.helpers.fake_escl import FakeEscl
from tests.helpers.scan_faults import draw, sheet

LIMITS = Limits(first_progress=4.0, progress=1.5, cancel=1.0)
_STATUS = ("JAMMED", "NO_DOCS", "COVER_OPEN", "IO_ERROR", "DEVICE_BUSY", "EOF")
_WARM_UP = 10
"""Jobs before memory is measured for the first time: imports, pools, caches."""


@dataclass
class Count:
    jobs: int = 0
    announced: int = 0
    lost: int = 0
    """Pages announced that were not there, not whole, or not in the fault's own count."""
    unexplained: list[str] = field(default_factory=list)
    """Healthy jobs that failed, or faults that are no sentence."""
    ends: Counter[str] = field(default_factory=Counter)
    zombies: int = 0
    left: int = 0
    """Child processes after everything was closed."""
    before_kb: int = 0
    after_kb: int = 0

    @property
    def growth(self) -> float:
        return self.after_kb / self.before_kb - 1


class Soak:
    """Plays jobs; `count` says what came of them."""

    def __init__(self, seed: int) -> None:
        self._dice = random.Random(seed)
        self.count = Count()
        self._folder = Path(tempfile.mkdtemp(prefix="scanstation-soak-"))
        (self._folder / "sheets").mkdir()
        self._sheets = draw(self._folder / "sheets", 3, "png")
        self._sane = SaneDriver(("test",), LIMITS)
        self._scanimage = ScanimageDriver(("test",), LIMITS)

    def run(self, jobs: int) -> Count:
        kinds = (self._healthy, self._status, self._signal, self._left, self._closed)
        more = (self._escl, self._fallback)
        for number in range(jobs):
            self.count.jobs += 1
            self._dice.choice((*kinds, *more))()
            self.count.zombies += sum(state == "Z" for state in children().values())
            if number == min(_WARM_UP, jobs // 3):
                self.count.before_kb = resident_kb()
        self._sane.close()
        self._scanimage.close()
        self.count.after_kb = resident_kb()
        self.count.left = len(children())
        shutil.rmtree(self._folder)
        return self.count

    # --- jobs ---------------------------------------------------------------------------------

    def _healthy(self) -> None:
        with self._job("whole") as job:
            job(self._sane.scan(sheet(), job.scratch))
            if job.announced != 10:
                self.count.unexplained.append(f"{job.announced} of 10 pages")

    def _status(self) -> None:
        status = self._dice.choice(_STATUS)
        with self._job(status) as job:
            job(self._sane.scan(sheet(read_return_value=f"SANE_STATUS_{status}"), job.scratch))

    def _signal(self) -> None:
        number = self._dice.choice((signal.SIGKILL, signal.SIGSTOP))
        page = self._dice.randint(1, 9)
        with self._job(number.name) as job:

            def meddle() -> None:
                if job.announced == page and self._sane.worker_pid:
                    os.kill(self._sane.worker_pid, number)

            job(self._sane.scan(self._slow(), job.scratch), meddle)

    def _left(self) -> None:
        page = self._dice.randint(1, 9)
        with self._job("left") as job:
            events = self._sane.scan(self._slow(), job.scratch)

            def meddle() -> None:
                if job.announced == page:
                    events.close()  # type: ignore[attr-defined]

            job(events, meddle)

    def _closed(self) -> None:
        page = self._dice.randint(1, 9)
        with self._job("closed") as job:

            def meddle() -> None:
                if job.announced == page:
                    closing.start()

            closing = threading.Thread(target=self._sane.close)
            job(self._sane.scan(self._slow(), job.scratch), meddle)
            if closing.ident is not None:
                closing.join()

    def _escl(self) -> None:
        word = self._dice.choice(("jam", "cut", "drop", "garbage", "lost", "503", "empty"))
        pages = "P " * self._dice.randint(0, 9)
        device = FakeEscl(f"{pages}{word}", self._sheets)
        patience = Patience(pause_s=0.01, page_tries=3, over_tries=2)
        with self._job(f"eSCL {word}") as job:
            driver = EsclDriver(limits=LIMITS, patience=patience)
            profile = ScanProfile(id="e", device=device.address, feeder=True)
            job(driver.scan(profile, job.scratch))
        device.close()

    def _fallback(self) -> None:
        with self._job("scanimage") as job:
            job(self._scanimage.scan(sheet(), job.scratch))

    def _slow(self) -> ScanProfile:
        return sheet(read_delay=True, read_delay_duration=1000)

    @contextmanager
    def _job(self, name: str) -> Iterator["_Job"]:
        scratch = Path(tempfile.mkdtemp(dir=self._folder))
        job = _Job(scratch)
        yield job
        self.count.announced += job.announced
        self.count.lost += job.lost()
        self.count.ends[f"{name}: {job.end}"] += 1
        if job.end == "ScanStationError":
            self.count.unexplained.append(name)
        shutil.rmtree(scratch)


class _Job:
    """One scan: what it announced, how it ended."""

    def __init__(self, scratch: Path) -> None:
        self.scratch = scratch
        self.end = "end"
        self._paths: list[Path] = []
        self._kept: object = None

    @property
    def announced(self) -> int:
        return len(self._paths)

    def __call__(
        self, events: Iterator[ScanEvent], meddle: Callable[[], None] = lambda: None
    ) -> None:
        try:
            for event in events:
                if isinstance(event, PageScanned):
                    self._paths.append(event.page.path)
                    meddle()
        except errors.ScanStationError as fault:
            self.end, self._kept = fault.code, fault.facts.get("kept")

    def lost(self) -> int:
        miscounted = self._kept is not None and self._kept != self.announced
        return sum(not _whole(path) for path in self._paths) + miscounted


def _whole(path: Path) -> bool:
    try:
        with Image.open(path) as image:
            image.load()
    except OSError:
        return False
    return True


def children() -> dict[int, str]:
    """State letters of this process's children."""
    found = {}
    for folder in Path("/proc").iterdir():
        if folder.name.isdigit():
            try:
                fields = (folder / "stat").read_text().rpartition(")")[2].split()
            except OSError:
                continue
            if int(fields[1]) == os.getpid():
                found[int(folder.name)] = fields[0]
    return found


def resident_kb() -> int:
    """Memory of this process."""
    pages = int(Path("/proc/self/statm").read_text().split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE") // 1024


def main() -> int:
    """Play as many jobs as the command line says; 0 when nothing was lost."""
    jobs, begun = int(sys.argv[1]) if len(sys.argv) > 1 else 200, time.monotonic()
    count = Soak(seed=3).run(jobs)
    print(f"jobs {count.jobs} in {time.monotonic() - begun:.0f} s, pages {count.announced}")
    print(f"lost {count.lost}, zombies {count.zombies}, children left {count.left}")
    print(f"parent {count.before_kb} -> {count.after_kb} kB ({count.growth:+.1%})")
    print(f"unexplained {count.unexplained}")
    for end, times in sorted(count.ends.items()):
        print(f"  {times:3} {end}")
    return int(bool(count.lost or count.zombies or count.left or count.unexplained))


if __name__ == "__main__":
    sys.exit(main())
