import resource
import subprocess
import sys
import threading
from pathlib import Path

import pytest
from watchdog.events import (
    FileCreatedEvent,
    FileMovedEvent,
    FileSystemEvent,
)

from scanstation import durable
from scanstation.outbox.watch import _Waker, watching
from tests.unit.outbox.conftest import package_id

PACKAGE = f"{package_id(1)}.ssp.zip"
SOON = 20.0


def test_a_published_package_wakes_whoever_waits(tmp_path: Path) -> None:
    with watching(tmp_path) as wake:
        for number in (1, 2):
            durable.publish(tmp_path / f"{package_id(number)}.ssp.zip", b"x", exclusive=True)
            assert wake.wait(SOON)
            wake.clear()


def test_a_package_that_disappears_wakes_too(tmp_path: Path) -> None:
    (tmp_path / PACKAGE).write_bytes(b"x")
    with watching(tmp_path) as wake:
        (tmp_path / PACKAGE).unlink()
        assert wake.wait(SOON)


def test_the_callers_own_event_is_set(tmp_path: Path) -> None:
    mine = threading.Event()
    with watching(tmp_path, mine) as wake:
        assert wake is mine
        (tmp_path / PACKAGE).write_bytes(b"x")
        assert mine.wait(SOON)


@pytest.mark.parametrize(
    ("event", "wakes"),
    [
        (FileCreatedEvent(f"/o/{PACKAGE}"), True),
        (FileMovedEvent(f"/o/.tmp-{PACKAGE}.abcd", f"/o/{PACKAGE}"), True),
        (FileCreatedEvent(f"/o/.tmp-{PACKAGE}.abcd"), False),
        (FileCreatedEvent("/o/photo.jpg"), False),
        (FileCreatedEvent("/o/ledger.sqlite-journal"), False),
    ],
)
def test_only_packages_wake(event: FileSystemEvent, wakes: bool) -> None:
    wake = threading.Event()
    _Waker(wake).dispatch(event)
    assert wake.is_set() is wakes


class Counting(threading.Event):
    times = 0

    def set(self) -> None:
        self.times += 1
        super().set()


def test_reading_a_package_wakes_nobody(tmp_path: Path) -> None:
    other = tmp_path / f"{package_id(2)}.ssp.zip"
    for path in (tmp_path / PACKAGE, other):
        path.write_bytes(b"x")
    with watching(tmp_path, Counting()) as wake:
        (tmp_path / PACKAGE).read_bytes()
        other.unlink()
        assert wake.wait(SOON)
        assert isinstance(wake, Counting)
        assert wake.times == 1, "events come in order: the reading was before the removal"


STARVED = """
import os, resource, sys
from pathlib import Path
from scanstation.outbox import watch

folder = Path(sys.argv[1])
soft = 64
resource.setrlimit(resource.RLIMIT_NOFILE, (soft, soft))
taken = []
try:
    while True:
        taken.append(os.open("/dev/null", os.O_RDONLY))
except OSError:
    pass
for descriptor in taken[-int(sys.argv[2]):]:
    os.close(descriptor)
with watch.watching(folder) as wake:
    (folder / sys.argv[3]).write_bytes(b"x")
    print("woken" if wake.wait(20) else "not woken")
"""


def test_without_inotify_the_folder_is_polled(tmp_path: Path) -> None:
    """Two free descriptors are too few for inotify and its pipe, and enough for polling."""
    assert resource.getrlimit(resource.RLIMIT_NOFILE)[1] >= 64
    ran = subprocess.run(
        [sys.executable, "-c", STARVED, tmp_path, "2", PACKAGE],
        capture_output=True,
        text=True,
        check=False,
    )
    assert ran.stdout.strip() == "woken", ran.stderr
