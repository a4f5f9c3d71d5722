"""SaneDriver against a real scanner server on loopback that is killed, frozen or asks a password.

Left to themselves libsane and pyinsane2 answer these with an endless loop, a cancel that blocks
for ever and a segmentation fault.
"""

import signal
from collections.abc import Iterator
from pathlib import Path

import pytest

from scanstation import errors
from scanstation.model.events import PageScanned, ScanProgress
from scanstation.model.page import Mode
from scanstation.model.profile import ScanProfile
from scanstation.scanner.sane import SaneDriver
from scanstation.scanner.watch import Limits
from tests.helpers.parts import requires_part
from tests.helpers.saned import DEVICE, Saned, saned

pytestmark = [requires_part("libsane"), requires_part("saned")]


@pytest.fixture
def server(tmp_path: Path) -> Iterator[Saned]:
    with saned(tmp_path / "server") as made:
        yield made


@pytest.fixture
def driver(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[SaneDriver]:
    """A station whose IT staff wrote a net.conf; the private configuration must carry it along."""
    system = tmp_path / "sane.d"
    system.mkdir()
    (system / "net.conf").write_text("connect_timeout = 5\n127.0.0.1\n")
    monkeypatch.setenv("SANE_CONFIG_DIR", str(system))
    own = SaneDriver(["net"], Limits(first_progress=8.0, progress=4.0, cancel=2.0))
    yield own
    own.close()


def feeder(*, slow: bool) -> ScanProfile:
    delay: dict[str, str | int | float | bool] = {"read-delay": slow}
    if slow:
        delay["read-delay-duration"] = 10000
    return ScanProfile(id="net", device=DEVICE, mode=Mode.GREY, dpi=75, feeder=True, options=delay)


def kept_until(driver: SaneDriver, scratch: Path, server: Saned, number: int) -> int:
    """Pages handed over by a scan whose server gets a signal in its second page."""
    kept, sent = 0, False
    for event in driver.scan(feeder(slow=True), scratch):
        kept += isinstance(event, PageScanned)
        if isinstance(event, ScanProgress) and event.page == 2 and not sent:
            server.signal(number)
            sent = True
    return kept


def count(driver: SaneDriver, scratch: Path) -> int:
    return sum(isinstance(e, PageScanned) for e in driver.scan(feeder(slow=False), scratch))


def test_a_network_feeder_gives_its_ten_sheets(
    server: Saned, driver: SaneDriver, tmp_path: Path
) -> None:
    server.start()
    assert DEVICE in {device.name for device in driver.devices()}
    assert count(driver, tmp_path) == 10


@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGSTOP])
def test_a_server_that_dies_or_freezes_within_a_page_costs_that_page_and_no_more(
    server: Saned, driver: SaneDriver, tmp_path: Path, number: int
) -> None:
    server.start()
    scratch = tmp_path / "scratch"
    scratch.mkdir()
    with pytest.raises((errors.DriverHung, errors.DeviceLost)) as lost:
        kept_until(driver, scratch, server, number)
    assert lost.value.facts["kept"] == len(list(scratch.iterdir())) >= 1
    server.stop()
    server.start()
    assert count(driver, scratch) == 10


def test_a_server_that_is_off_is_a_device_not_found(
    server: Saned, driver: SaneDriver, tmp_path: Path
) -> None:
    server.start()
    server.stop()
    with pytest.raises(errors.DeviceNotFound):
        count(driver, tmp_path)


def test_a_password_the_station_does_not_have_is_a_refusal_not_a_crash(
    server: Saned, driver: SaneDriver, tmp_path: Path
) -> None:
    (tmp_path / "server" / "saned.users").write_text("clerk:a-secret:test\n")
    server.start()
    with pytest.raises(errors.DeviceDenied):
        count(driver, tmp_path)
