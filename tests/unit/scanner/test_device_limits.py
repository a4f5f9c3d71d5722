"""The patience a device profile asks for is the patience every driver has."""

import os
import signal
import stat
from contextlib import closing
from pathlib import Path

import msgspec
import pytest
from PIL import Image

from scanstation import errors
from scanstation.model.events import ScanProgress, ScanStarted
from scanstation.model.profile import (
    Certainty,
    DeviceLimits,
    DeviceMatch,
    DeviceProfile,
    ScanProfile,
)
from scanstation.scanner import ScanDriver
from scanstation.scanner.escl import EsclDriver
from scanstation.scanner.sane import SaneDriver
from scanstation.scanner.scanimage import ScanimageDriver
from scanstation.scanner.watch import Limits, limits_of, patient
from tests.helpers.fake_escl import FakeEscl
from tests.helpers.parts import requires_part
from tests.unit.scanner.rigs import BACKENDS, slow


def known(backend: str, **limits: float) -> tuple[DeviceProfile, ...]:
    return (
        DeviceProfile(
            id="slow",
            title="t",
            source="test",
            certainty=Certainty.DRAFT,
            match=(DeviceMatch(backend=backend),),
            limits=DeviceLimits(**limits),
        ),
    )


def hung(driver: ScanDriver, profile: ScanProfile, scratch: Path) -> str:
    """Seconds after which the driver gave up."""
    with closing(driver), pytest.raises(errors.DriverHung) as fault:
        list(driver.scan(profile, scratch))
    return str(fault.value.facts["seconds"])


@pytest.mark.parametrize(
    ("script", "limit"), [("silent", "first_progress_s"), ("stall", "progress_s")]
)
def test_a_network_device_is_waited_for_as_long_as_its_profile_says(
    tmp_path: Path, script: str, limit: str
) -> None:
    Image.effect_noise((600, 600), 90).save(tmp_path / "page.png", dpi=(300, 300))
    with closing(FakeEscl(script, [tmp_path / "page.png"])) as device:
        driver = EsclDriver(known=known("escl", **{limit: 0.25}))
        profile = ScanProfile(id="e", device=device.address, feeder=True)
        assert hung(driver, profile, tmp_path) == "0.25"


@pytest.mark.parametrize(
    ("answered", "limit"), [("nothing", "open_s"), ("*-A*", "first_progress_s")]
)
def test_scanimage_is_waited_for_as_long_as_the_device_s_profile_says(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, answered: str, limit: str
) -> None:
    fake = tmp_path / "scanimage"
    fake.write_text(f'#!/bin/sh\ncase "$*" in {answered}) exit 0;; esac\nexec sleep 60\n')
    fake.chmod(fake.stat().st_mode | stat.S_IEXEC)
    monkeypatch.setenv("PATH", f"{tmp_path}:{os.environ['PATH']}")
    driver = ScanimageDriver(["x"], known=known("x", **{limit: 0.25}))
    profile = ScanProfile(id="x", device="x:0", feeder=True)
    assert hung(driver, profile, tmp_path) == "0.25"


@requires_part("libsane")
@pytest.mark.parametrize(
    ("moment", "limit"), [(ScanStarted, "first_progress_s"), (ScanProgress, "progress_s")]
)
def test_a_device_of_libsane_is_waited_for_as_long_as_its_profile_says(
    tmp_path: Path, moment: type, limit: str
) -> None:
    with closing(SaneDriver(BACKENDS, known=known("test", **{limit: 0.25}))) as driver:
        with pytest.raises(errors.DriverHung) as fault:
            for event in driver.scan(slow(), tmp_path):
                if isinstance(event, moment) and driver.worker_pid:
                    os.kill(driver.worker_pid, signal.SIGSTOP)
        assert fault.value.facts["seconds"] == "0.25"


def test_every_limit_of_a_device_goes_before_the_station_s() -> None:
    own = DeviceLimits(open_s=1, first_progress_s=2, progress_s=3, cancel_s=4, discover_s=5)
    assert limits_of(Limits(), own) == Limits(
        open=1, first_progress=2, progress=3, cancel=4, discover=5
    )
    assert limits_of(Limits(), DeviceLimits()) == Limits()


def test_looking_takes_as_long_as_the_slowest_device_that_may_be_there() -> None:
    slow = known("fujitsu", discover_s=90)
    assert patient(Limits(), slow, ("fujitsu", "test")).discover == 90
    assert patient(Limits(), slow).discover == 90, "no backend named: any may be there"
    assert patient(Limits(), slow, ("test",)).discover == Limits().discover


def test_a_profile_cannot_make_a_clerk_wait_for_a_cancel() -> None:
    with pytest.raises(msgspec.ValidationError, match="cancel_s"):
        msgspec.convert({"cancel_s": 9}, DeviceLimits)
