"""A driver that says nothing at all is left within five seconds too, in every state it can be in.

`test_cancel.py` stops drivers that speak; here each one is silent, and only close() from another
thread, as the screen's Esc calls it, can end the wait. The five seconds are the promise.
"""

import os
import queue
import signal
import socket
import stat
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, closing, contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest
from PIL import Image

from scanstation import errors
from scanstation.model.events import PageScanned, ScanEvent, ScanProgress, ScanStarted
from scanstation.model.profile import ScanProfile
from scanstation.scanner import ScanDriver
from scanstation.scanner.escl import EsclDriver
from scanstation.scanner.sane import SaneDriver
from scanstation.scanner.scanimage import ScanimageDriver
from tests.helpers.fake_escl import FakeEscl
from tests.helpers.parts import require_part
from tests.unit.scanner.rigs import BACKENDS, sheet, slow

PROMISE_S = 5.0


@dataclass
class Silence:
    driver: ScanDriver
    begin: Callable[[Path], object]
    """Blocks until somebody calls the driver's close()."""
    reached: threading.Event
    """Set when the driver is in the state that is meant."""


Setting = Callable[[Path, pytest.MonkeyPatch], AbstractContextManager[Silence]]


def scanning(driver: ScanDriver, profile: ScanProfile) -> Callable[[Path], object]:
    return lambda scratch: list(driver.scan(profile, scratch))


# --- eSCL -------------------------------------------------------------------------------------


@contextmanager
def deaf(scheme: str, *, accepting: bool) -> Iterator[tuple[str, threading.Event]]:
    """An address where a call is taken and never answered, or not even taken."""
    called = threading.Event()
    with closing(socket.create_server(("127.0.0.1", 0), backlog=0)) as server:
        address = server.getsockname()
        lines: list[socket.socket] = []

        def take() -> None:
            lines.append(server.accept()[0])
            called.set()

        if accepting:
            threading.Thread(target=take, daemon=True).start()
        else:
            lines += [_queued(address) for _number in range(4)]  # no room left in the queue
            called.set()
        yield f"{scheme}://127.0.0.1:{address[1]}/eSCL", called
        for line in lines:
            line.close()


def _queued(address: tuple[str, int]) -> socket.socket:
    line = socket.socket()
    line.setblocking(False)
    line.connect_ex(address)
    return line


def escl_opening(scheme: str, *, accepting: bool) -> Setting:
    @contextmanager
    def state(_folder: Path, _patch: pytest.MonkeyPatch) -> Iterator[Silence]:
        with deaf(scheme, accepting=accepting) as (address, called):
            driver = EsclDriver()
            yield Silence(driver, scanning(driver, ScanProfile(id="e", device=address)), called)

    return state


@contextmanager
def escl_discovery(_folder: Path, _patch: pytest.MonkeyPatch) -> Iterator[Silence]:
    with deaf("http", accepting=True) as (address, called):
        driver = EsclDriver([address, address])
        yield Silence(driver, lambda _scratch: driver.devices(), called)


def escl_page(script: str, kind: type) -> Setting:
    """A device silent from its first event of `kind` on."""

    @contextmanager
    def state(folder: Path, _patch: pytest.MonkeyPatch) -> Iterator[Silence]:
        picture = folder / "page.png"
        Image.effect_noise((900, 900), 90).save(picture, dpi=(300, 300))
        device, driver = FakeEscl(script, [picture]), EsclDriver()
        profile = ScanProfile(id="e", device=device.address, feeder=True)
        with closing(device):
            yield until(driver, profile, kind, lambda: None)

    return state


def until(
    driver: ScanDriver, profile: ScanProfile, kind: type, then: Callable[[], None]
) -> Silence:
    reached = threading.Event()

    def scan(scratch: Path) -> None:
        for event in driver.scan(profile, scratch):
            if isinstance(event, kind) and not reached.is_set():
                then()
                reached.set()

    return Silence(driver, scan, reached)


# --- libsane ----------------------------------------------------------------------------------


def sane_frozen_at(kind: type[ScanEvent]) -> Setting:
    @contextmanager
    def state(_folder: Path, _patch: pytest.MonkeyPatch) -> Iterator[Silence]:
        require_part("libsane")
        with closing(SaneDriver(BACKENDS)) as driver:
            yield until(driver, slow(), kind, lambda: freeze(driver))

    return state


def sane_frozen_before(begin: Callable[[SaneDriver, Path], object]) -> Setting:
    @contextmanager
    def state(folder: Path, _patch: pytest.MonkeyPatch) -> Iterator[Silence]:
        require_part("libsane")
        with closing(SaneDriver(BACKENDS)) as driver:
            list(driver.scan(sheet(), folder))
            freeze(driver)
            reached = threading.Event()
            reached.set()
            yield Silence(driver, lambda scratch: begin(driver, scratch), reached)

    return state


@contextmanager
def sane_being_born(folder: Path, patch: pytest.MonkeyPatch) -> Iterator[Silence]:
    """A worker that hangs before it has said its first word."""
    (folder / "born").mkdir()
    hang = f"import time\nopen({str(folder / 'born' / 'it')!r}, 'w').close()\ntime.sleep(60)\n"
    (folder / "sitecustomize.py").write_text(hang)
    patch.setenv("PYTHONPATH", os.pathsep.join([str(folder), *sys.path]))
    with closing(SaneDriver(BACKENDS)) as driver:
        yield Silence(driver, scanning(driver, sheet()), appearing(folder / "born" / "it"))


def freeze(driver: SaneDriver) -> None:
    assert driver.worker_pid
    os.kill(driver.worker_pid, signal.SIGSTOP)


def appearing(path: Path) -> threading.Event:
    seen = threading.Event()

    def look() -> None:
        while not path.exists():
            os.sched_yield()
        seen.set()

    threading.Thread(target=look, daemon=True).start()
    return seen


# --- scanimage --------------------------------------------------------------------------------


def scanimage_silent(answered: str, begin: Callable[[ScanimageDriver, Path], object]) -> Setting:
    """A program that heeds no SIGINT and is silent on every question but `answered`."""

    @contextmanager
    def state(folder: Path, patch: pytest.MonkeyPatch) -> Iterator[Silence]:
        fake, called = folder / "scanimage", folder / "called"
        fake.write_text(
            f'#!/bin/sh\ntrap "" INT\ncase "$*" in {answered}) exit 0;; esac\n'
            f": > {called}\nwhile :; do sleep 60; done\n"
        )
        fake.chmod(fake.stat().st_mode | stat.S_IEXEC)
        patch.setenv("PATH", f"{folder}:{os.environ['PATH']}")
        with closing(ScanimageDriver(["x"])) as driver:
            yield Silence(driver, lambda scratch: begin(driver, scratch), appearing(called))

    return state


def scan_x(driver: ScanimageDriver, scratch: Path) -> object:
    return list(driver.scan(ScanProfile(id="x", device="x:0", feeder=True), scratch))


STATES: dict[str, Setting] = {
    "escl: connecting": escl_opening("http", accepting=False),
    "escl: opening": escl_opening("http", accepting=True),
    "escl: shaking hands (TLS)": escl_opening("https", accepting=True),
    "escl: discovery": escl_discovery,
    "escl: first line awaited": escl_page("silent", ScanStarted),
    "escl: in a page": escl_page("stall", ScanProgress),
    "escl: between pages": escl_page("P silent", PageScanned),
    "sane: worker being born": sane_being_born,
    "sane: discovery": sane_frozen_before(lambda driver, _scratch: driver.devices()),
    "sane: opening": sane_frozen_before(lambda driver, at: list(driver.scan(sheet(), at))),
    "sane: first line awaited": sane_frozen_at(ScanStarted),
    "sane: in a page": sane_frozen_at(ScanProgress),
    "sane: between pages": sane_frozen_at(PageScanned),
    "scanimage: discovery": scanimage_silent("nothing", lambda d, _scratch: d.devices()),
    "scanimage: opening": scanimage_silent("nothing", scan_x),
    "scanimage: first line awaited": scanimage_silent("*-A*", scan_x),
}


@pytest.mark.long
@pytest.mark.parametrize("state", STATES.values(), ids=STATES.keys())
def test_a_silent_driver_is_left_in_time_and_says_that_it_was_stopped(
    state: Setting, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    scratch = tmp_path / "scratch"
    scratch.mkdir()
    told: queue.Queue[BaseException | None] = queue.Queue()

    def run() -> None:
        try:
            silence.begin(scratch)
        except errors.ScanStationError as fault:
            told.put(fault)
        else:
            told.put(None)

    with state(tmp_path, monkeypatch) as silence:
        threading.Thread(target=run, daemon=True).start()
        assert silence.reached.wait(20), "the state was never reached"
        begun = time.monotonic()
        threading.Thread(target=silence.driver.close, daemon=True).start()
        fault = told.get(timeout=30)
        assert time.monotonic() - begun < PROMISE_S
        assert isinstance(fault, errors.Stopped)
