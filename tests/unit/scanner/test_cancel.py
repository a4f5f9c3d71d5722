"""A clerk who stops a scan has the screen back within five seconds, whatever the device does.

The one place where times are asserted: the five seconds are the promise. All drivers have their
default limits here, as at a counter.
"""

import os
import signal
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from PIL import Image

from scanstation import errors
from scanstation.model.events import PageScanned, ScanEvent, ScanProgress
from scanstation.model.profile import ScanProfile
from scanstation.scanner import ScanDriver
from scanstation.scanner.escl import EsclDriver
from scanstation.scanner.sane import SaneDriver
from scanstation.scanner.scanimage import ScanimageDriver
from tests.helpers.fake_escl import FakeEscl
from tests.helpers.parts import requires_part
from tests.unit.scanner.rigs import BACKENDS, sheet, slow

PROMISE_S = 5.0
Stop = Callable[[], None]


def after(events: Iterator[ScanEvent], kind: type, then: Stop) -> float:
    """Seconds from `then`, called at the first event of `kind`, until the scan has ended."""
    begun = 0.0
    with pytest.raises((errors.Stopped, errors.DriverCrashed)):
        for event in events:
            if isinstance(event, kind) and not begun:
                begun = time.monotonic()
                threading.Thread(target=then).start()
    return time.monotonic() - begun


def leaving(events: Iterator[ScanEvent], kind: type, first: Stop = lambda: None) -> float:
    """Seconds that closing the scan takes at the first event of `kind`."""
    next(event for event in events if isinstance(event, kind))
    first()
    begun = time.monotonic()
    events.close()  # type: ignore[attr-defined]
    return time.monotonic() - begun


def freeze(driver: ScanDriver) -> None:
    if isinstance(driver, SaneDriver):
        assert driver.worker_pid
        os.kill(driver.worker_pid, signal.SIGSTOP)
    if isinstance(driver, ScanimageDriver):
        assert driver._running is not None and driver._running._process is not None
        os.kill(driver._running._process.pid, signal.SIGSTOP)


@pytest.fixture(params=[SaneDriver, ScanimageDriver], ids=["sane", "scanimage"])
def driver(request: pytest.FixtureRequest) -> Iterator[ScanDriver]:
    made: ScanDriver = request.param(BACKENDS)
    yield made
    made.close()


local = [requires_part("libsane"), requires_part("scanimage")]


@pytest.mark.parametrize("kind", [ScanProgress, PageScanned], ids=["in a page", "between pages"])
class TestLocalDevices:
    pytestmark = local

    def test_leaving(self, driver: ScanDriver, tmp_path: Path, kind: type) -> None:
        assert leaving(driver.scan(slow(), tmp_path), kind) < PROMISE_S

    @pytest.mark.long
    def test_leaving_a_frozen_driver(self, driver: ScanDriver, tmp_path: Path, kind: type) -> None:
        events = driver.scan(slow(), tmp_path)
        assert leaving(events, kind, lambda: freeze(driver)) < PROMISE_S

    def test_closing_from_another_thread(
        self, driver: ScanDriver, tmp_path: Path, kind: type
    ) -> None:
        assert after(driver.scan(slow(), tmp_path), kind, driver.close) < PROMISE_S

    @pytest.mark.long
    def test_closing_a_frozen_driver_from_another_thread(
        self, driver: ScanDriver, tmp_path: Path, kind: type
    ) -> None:
        def stop() -> None:
            freeze(driver)
            driver.close()

        assert after(driver.scan(slow(), tmp_path), kind, stop) < PROMISE_S


@pytest.mark.long
@requires_part("libsane")
def test_a_worker_that_does_not_even_open_is_left_in_time(tmp_path: Path) -> None:
    driver = SaneDriver(BACKENDS)
    list(driver.scan(sheet(), tmp_path))
    freeze(driver)
    begun: list[float] = []

    def stop() -> None:
        begun.append(time.monotonic())
        driver.close()

    threading.Timer(0.2, stop).start()
    with pytest.raises((errors.Stopped, errors.DriverCrashed)):
        list(driver.scan(sheet(), tmp_path))
    assert time.monotonic() - begun[0] < PROMISE_S


@pytest.mark.parametrize("script", ["P silent", "P 503 503 503 503 503 503 503"])
def test_a_network_device_that_keeps_us_waiting_is_left_in_time(
    tmp_path: Path, script: str
) -> None:
    Image.new("L", (90, 90)).save(tmp_path / "page.png", dpi=(300, 300))
    device, driver = FakeEscl(script, [tmp_path / "page.png"]), EsclDriver()
    profile = ScanProfile(id="e", device=device.address, feeder=True)
    try:
        assert after(driver.scan(profile, tmp_path), PageScanned, driver.close) < PROMISE_S
    finally:
        device.close()
