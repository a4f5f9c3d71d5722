"""ScanimageDriver on the real scanimage, and what its text means."""

import os
import signal
import stat
from collections.abc import Iterator
from pathlib import Path

import pytest
from PIL import Image, ImageChops

from scanstation import errors
from scanstation.model.events import PageScanned, ScanEnded, ScanProgress, ScanStarted
from scanstation.model.page import Mode
from scanstation.model.profile import ScanProfile
from scanstation.scanner.options import Kind, Refused, Wish
from scanstation.scanner.scanimage import ScanimageDriver
from scanstation.scanner.scanimage_words import arguments, failure, parsed
from scanstation.scanner.watch import Limits
from tests.helpers.parts import requires_part
from tests.unit.scanner.rigs import BACKENDS, feeder, pages, pixels, pnm, sheet, slow
from tests.unit.scanner.test_sane import FAULTS

real = requires_part("scanimage")

SAID = """
All options specific to device `fujitsu:fi-8170:1':
  Scan Mode:
    --source ADF Front|ADF Duplex [ADF Front]
        Selects the scan source (such as a document-feeder).
    --mode Lineart|Gray|Color [Color]
    --resolution 50..600dpi (in steps of 1) [300]
    --page-height 0..355.6mm (in steps of 0.0211639) [inactive]
    --brightness auto|-100..100% (in steps of 1) [0]
    --swcrop[=(yes|no)] [no]
    --ald[=(yes|no)] [inactive]
    --dots 75|150|300dpi [75]
    --serial <string> [A1] [read-only]
    -x 0..215.9mm (in steps of 0.1) [210]
    --gamma-table 0..255,... (in steps of 1) [0]
"""


def test_every_kind_of_option_is_read() -> None:
    found = parsed(SAID)
    option = {name: one for name, (one, _now) in found.items()}
    assert option["source"].choices == ("ADF Front", "ADF Duplex")
    assert (option["resolution"].low, option["resolution"].high) == (50, 600)
    assert (option["brightness"].low, option["brightness"].high) == (-100, 100)
    assert option["swcrop"].kind is Kind.BOOL
    assert option["dots"].choices == (75, 150, 300)
    assert not option["serial"].settable
    assert not option["page-height"].active
    assert found["br-x"][1] == 210
    assert found["swcrop"][1] is False


def test_wishes_become_arguments_in_their_order() -> None:
    wishes = [
        *(Wish("source", ("adf duplex",)), Wish("resolution", (1000,)), Wish("swcrop", (True,))),
        *(Wish("br-x", (210.0,), millimetres=True), Wish("page-height", (297.0,), required=False)),
    ]
    assert arguments(wishes, parsed(SAID), final=True) == [
        *("--source=ADF Duplex", "--resolution=600", "--swcrop=yes", "-x", "210")
    ]


@pytest.mark.parametrize("name", ["ald", "serial", "nothing"])
def test_an_option_that_cannot_be_set_is_refused_at_last(name: str) -> None:
    with pytest.raises(Refused):
        arguments([Wish(name, (1,))], parsed(SAID), final=True)


@pytest.mark.parametrize(
    ("line", "meant"),
    [
        ("scanimage: open of device pnm:9 failed: Invalid argument", ("open", 4)),
        ("scanimage: sane_read: Document feeder jammed", ("scan", 6)),
        ("scanimage: sane_start: Scanner cover is open", ("scan", 8)),
        ("Scanned page 1. (scanner status = 6)", ("", 0)),
    ],
)
def test_a_complaint_is_a_step_and_a_status(line: str, meant: tuple[str, int]) -> None:
    assert failure(["noise", line, "Batch terminated, 1 page scanned"]) == meant


# --- the real program -------------------------------------------------------------------------


@pytest.fixture
def driver() -> Iterator[ScanimageDriver]:
    own = ScanimageDriver(BACKENDS, Limits(first_progress=8.0, progress=3.0, cancel=2.0))
    yield own
    own.close()


@real
@pytest.mark.parametrize("mode", ["RGB", "L", "1"])
def test_a_page_comes_with_every_pixel_as_it_was(
    driver: ScanimageDriver, tmp_path: Path, mode: str
) -> None:
    original = Image.effect_noise((301, 427), 90).convert(mode)
    original.save(tmp_path / "p.pnm", format="PPM")
    (page,) = pages(driver.scan(pnm(tmp_path / "p.pnm"), tmp_path))
    assert pixels(page).mode == mode
    assert ImageChops.difference(pixels(page), original).getbbox() is None


@real
def test_what_the_device_took_is_read_back_and_told(
    driver: ScanimageDriver, tmp_path: Path
) -> None:
    events = list(driver.scan(sheet(dpi=5000, width_mm=2.0, height_mm=2.0), tmp_path))
    started, (page,) = events[0], pages(events)
    assert isinstance(started, ScanStarted)
    assert page.dpi == 1200.0
    assert any("5000" in sentence and "1200" in sentence for sentence in page.warnings)
    assert started.actual["mode"] == "Gray"


@real
def test_an_option_that_another_one_awakens_is_set(driver: ScanimageDriver, tmp_path: Path) -> None:
    profile = sheet({"read-limit": True, "read-limit-size": 777})
    started = next(driver.scan(profile, tmp_path))
    assert isinstance(started, ScanStarted)
    assert float(started.actual["read-limit-size"]) == 777


@real
@pytest.mark.parametrize(("status", "error"), FAULTS, ids=[name for name, _ in FAULTS])
def test_a_fault_is_the_same_error_as_through_the_binding(
    driver: ScanimageDriver, tmp_path: Path, status: str, error: type[Exception]
) -> None:
    with pytest.raises(errors.ScanStationError) as fault:
        list(driver.scan(feeder({"read-return-value": f"SANE_STATUS_{status}"}), tmp_path))
    assert type(fault.value) is error, status
    assert fault.value.facts["kept"] == 0
    assert not list(tmp_path.iterdir())
    assert len(pages(driver.scan(feeder(), tmp_path))) == 10


@real
def test_a_device_that_is_not_there_is_not_found(driver: ScanimageDriver, tmp_path: Path) -> None:
    with pytest.raises(errors.DeviceNotFound):
        list(driver.scan(sheet(device="pnm:9"), tmp_path))


@real
@pytest.mark.parametrize(
    ("number", "error"),
    [(signal.SIGKILL, errors.DriverCrashed), (signal.SIGSTOP, errors.DriverHung)],
)
def test_a_process_that_dies_or_freezes_costs_that_page_and_leaves_nothing_behind(
    driver: ScanimageDriver, tmp_path: Path, number: int, error: type[Exception]
) -> None:
    kept, sent = 0, 0
    with pytest.raises(error) as fault:
        for event in driver.scan(slow(), tmp_path):
            kept += isinstance(event, PageScanned)
            if isinstance(event, ScanProgress) and event.page == 2 and not sent:
                assert driver._running is not None and driver._running._process is not None
                sent = driver._running._process.pid
                os.kill(sent, number)
    assert isinstance(fault.value, errors.ScanStationError)
    assert fault.value.facts["kept"] == kept == len(list(tmp_path.iterdir())) >= 1
    assert not Path(f"/proc/{sent}").exists()
    assert pages(driver.scan(sheet(), tmp_path))


@real
def test_devices_are_listed_and_described(driver: ScanimageDriver) -> None:
    assert "test:0" in {device.name for device in driver.devices()}
    said = driver.describe(ScanProfile(id="x", device="test:0"))
    found = said.option("source")
    assert found is not None
    assert "Automatic Document Feeder" in found.choices


def test_without_the_program_the_clerk_hears_what_to_install(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(errors.MissingPart, match="sane-utils"):
        ScanimageDriver().devices()


def test_the_end_of_the_stack_is_an_end_and_an_empty_feeder_is_not(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Here scanimage says NO_DOCS with exit code 7; with the test device its code is 0."""
    fake = tmp_path / "scanimage"
    fake.write_text(
        '#!/bin/sh\ncase "$*" in *--batch*) ;; *) exit 0;; esac\n'
        'if [ -e "$FULL" ]; then cp "$FULL" p.pnm; echo "$PWD/p.pnm"; fi\n'
        'echo "scanimage: sane_start: Document feeder out of documents" >&2\nexit 7\n'
    )
    fake.chmod(fake.stat().st_mode | stat.S_IEXEC)
    Image.new("L", (9, 9)).save(tmp_path / "sheet.pnm", format="PPM")
    monkeypatch.setenv("PATH", f"{tmp_path}:{os.environ['PATH']}")
    profile = ScanProfile(id="x", device="x:0", feeder=True, mode=Mode.GREY)
    monkeypatch.setenv("FULL", str(tmp_path / "sheet.pnm"))
    scratch = tmp_path / "scratch"
    scratch.mkdir()
    assert list(ScanimageDriver(["x"]).scan(profile, scratch))[-1] == ScanEnded(pages=1)
    monkeypatch.setenv("FULL", "")
    with pytest.raises(errors.FeederEmpty):
        list(ScanimageDriver(["x"]).scan(profile, scratch))
