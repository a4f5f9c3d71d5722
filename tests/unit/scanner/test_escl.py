"""EsclDriver against a scripted device on loopback: every quirk that somebody met is a claim."""

import datetime
import hashlib
import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from PIL import Image

from scanstation import errors
from scanstation.model.events import ScanEnded, ScanEvent, ScanProgress, ScanStarted
from scanstation.model.page import Mode
from scanstation.model.profile import ScanProfile
from scanstation.scanner import escl_line
from scanstation.scanner.escl import EsclDriver, Patience
from scanstation.scanner.watch import Limits
from tests.helpers.fake_escl import FakeEscl
from tests.unit.scanner.rigs import pages

QUICK = Patience(pause_s=0.01, job_tries=4, page_tries=6, over_tries=3)
SIZE = (100, 140)  # pixels of the fake sheets: 25.4 mm / 300 dpi each
MILLIMETRES = tuple(side / 300 * 25.4 for side in SIZE)
Device = Callable[..., FakeEscl]


@pytest.fixture
def sheets(tmp_path: Path) -> list[Path]:
    folder = tmp_path / "sheets"
    folder.mkdir()
    made = []
    for number in range(3):
        page = Image.merge("RGB", [Image.effect_noise(SIZE, 40 + 30 * number) for _ in range(3)])
        made.append(folder / f"{number}.png")
        page.save(made[-1], dpi=(300, 300))
    return made


@pytest.fixture
def device(sheets: list[Path]) -> Iterator[Device]:
    made: list[FakeEscl] = []

    def make(script: str, **more: str) -> FakeEscl:
        made.append(FakeEscl(script, sheets, **more))
        return made[-1]

    yield make
    for each in made:
        each.close()


@pytest.fixture
def scratch(tmp_path: Path) -> Path:
    folder = tmp_path / "scratch"
    folder.mkdir()
    return folder


def profile(device: FakeEscl, **more: object) -> ScanProfile:
    given: dict[str, object] = {"id": "e", "driver": "escl", "device": device.address}
    given |= {"feeder": True, "width_mm": MILLIMETRES[0], "height_mm": MILLIMETRES[1]}
    return ScanProfile(**(given | more))  # type: ignore[arg-type]


def driver(**limits: float) -> EsclDriver:
    given = {"first_progress": 5.0, "progress": 2.0, "open": 5.0, "cancel": 2.0}
    return EsclDriver(limits=Limits(**(given | limits)), patience=QUICK)


def scan(device: FakeEscl, scratch: Path, **more: object) -> list[ScanEvent]:
    return list(driver().scan(profile(device, **more), scratch))


def interrupted(device: FakeEscl, scratch: Path, **more: object) -> errors.ScanStationError:
    """The fault of a scan; the pages it says are kept are there, whole, and the job is gone."""
    came: list[ScanEvent] = []
    with pytest.raises(errors.ScanStationError) as fault:
        came.extend(driver().scan(profile(device, **more), scratch))
    files = sorted(scratch.iterdir())
    assert fault.value.facts["kept"] == len(pages(came)) == len(files)
    for file in files:
        Image.open(file).load()
    assert not device.open_jobs, "the next counter would find the device busy"
    return fault.value


# --- pages ------------------------------------------------------------------------------------


def test_a_feeder_gives_its_pages_pixel_for_pixel_with_progress(
    device: Device, scratch: Path, sheets: list[Path]
) -> None:
    events = scan(device("P P P"), scratch)
    assert events[-1] == ScanEnded(pages=3)
    got = [Image.open(page.path).tobytes() for page in pages(events)]
    assert got == [Image.open(sheet).tobytes() for sheet in sheets]
    assert any(isinstance(event, ScanProgress) for event in events)
    assert {page.source for page in pages(events)} == {"Feeder"}


def test_a_flatbed_gives_one_page_and_its_job_is_taken_off_the_device(
    device: Device, scratch: Path
) -> None:
    fake = device("P P")
    assert len(pages(scan(fake, scratch, feeder=False))) == 1
    assert not fake.open_jobs
    assert "<pwg:InputSource>Platen" in fake.orders[0]


@pytest.mark.parametrize("name", ["Duplex", "ADF Duplex", "Khay nạp hai mặt", "duplex"])
def test_duplex_is_asked_for_under_any_name(device: Device, scratch: Path, name: str) -> None:
    fake = device("P P")
    assert len(pages(scan(fake, scratch, source=name))) == 2
    assert "<scan:Duplex>true" in fake.orders[0]


def test_what_the_device_rounds_is_told_and_the_page_has_the_real_scale(
    device: Device, scratch: Path
) -> None:
    fake = device("P", dots="75 150 300")
    started, *_rest = events = scan(fake, scratch, dpi=600, feeder=False)
    assert isinstance(started, ScanStarted)
    assert started.actual["resolution"] == "300"
    assert any("600" in sentence and "300" in sentence for sentence in started.warnings)
    assert pages(events)[0].dpi == pytest.approx(300, abs=0.01)


def test_a_page_shorter_than_asked_carries_a_warning(device: Device, scratch: Path) -> None:
    (page,) = pages(scan(device("P"), scratch, height_mm=40.0))
    assert any("140" in sentence for sentence in page.warnings)


# --- what devices do instead of answering -----------------------------------------------------


@pytest.mark.parametrize(
    "script",
    ["503 503 P 503 P", "P P 409", "P P 410", "P P empty", "P early P", "P P 404 404"],
    ids=lambda script: script.replace(" ", "-"),
)
def test_two_pages_are_two_pages_however_the_device_says_wait_and_no_more(
    device: Device, scratch: Path, script: str
) -> None:
    events = scan(device(script), scratch)
    assert events[-1] == ScanEnded(pages=2)


def test_a_device_that_is_busy_at_first_is_asked_again(device: Device, scratch: Path) -> None:
    assert len(pages(scan(device("P", post="503 409 503"), scratch))) == 1


def test_a_device_that_stays_busy_is_busy(device: Device, scratch: Path) -> None:
    assert isinstance(interrupted(device("P", post="503 " * 9), scratch), errors.DeviceBusy)


@pytest.mark.parametrize(
    ("adf", "error"),
    [
        ("Empty", errors.FeederEmpty),
        ("Jam", errors.PaperJam),
        ("HatchOpen", errors.CoverOpen),
        ("Mispick", errors.PaperJam),
        ("MultipickDetected", errors.MultiFeed),
    ],
)
def test_the_feeder_is_looked_at_before_a_job_is_made(
    device: Device, scratch: Path, adf: str, error: type[Exception]
) -> None:
    fake = device("P", adf=adf)
    assert isinstance(interrupted(fake, scratch), error)
    assert not any(asked.startswith("POST") for asked in fake.asked)
    assert len(pages(scan(fake, scratch, feeder=False))) == 1, "the glass needs no feeder"


@pytest.mark.parametrize(
    ("script", "error", "kept"),
    [
        ("P jam", errors.PaperJam, 1),
        ("P P hatch", errors.CoverOpen, 2),
        ("P pick", errors.MultiFeed, 1),
        ("empty", errors.FeederEmpty, 0),
        ("P garbage", errors.DeviceFault, 1),
        ("P torn", errors.PageCut, 1),
        ("P cut", errors.DeviceLost, 1),
        ("P drop", errors.DeviceLost, 1),
        ("P huge", errors.DeviceFault, 1),
        ("P 500", errors.DeviceFault, 1),
        ("P elsewhere", errors.DeviceFault, 1),
        ("P P lost", errors.PageCut, 2),
        ("P " + "503 " * 9, errors.DriverHung, 1),
        ("end", errors.FeederEmpty, 0),
    ],
    ids=lambda value: value.strip().replace(" ", "-")[:12] if isinstance(value, str) else "",
)
def test_a_fault_is_the_clerk_s_error_keeps_the_pages_before_it_and_the_next_scan_works(
    device: Device, scratch: Path, script: str, error: type[Exception], kept: int
) -> None:
    fake = device(script)
    fault = interrupted(fake, scratch)
    assert type(fault) is error
    assert fault.facts["kept"] == kept
    fake.script, fake.adf = ["P"], "Loaded"
    assert len(pages(scan(fake, scratch))) == 1


def test_a_device_that_falls_silent_in_a_page_is_hung(device: Device, scratch: Path) -> None:
    fake = device("P silent")
    quick = EsclDriver(limits=Limits(first_progress=0.3, cancel=1.0), patience=QUICK)
    with pytest.raises(errors.DriverHung) as hung:
        list(quick.scan(profile(fake), scratch))
    assert hung.value.facts["kept"] == len(list(scratch.iterdir())) == 1


def test_a_device_that_is_off_is_not_found(device: Device, scratch: Path) -> None:
    fake = device("P")
    fake.close()
    with pytest.raises(errors.DeviceNotFound):
        list(driver().scan(profile(fake), scratch))


@pytest.mark.parametrize("state", ["Stopped", "Down"])
def test_a_device_out_of_order_is_a_fault(device: Device, scratch: Path, state: str) -> None:
    assert isinstance(interrupted(device("P", state=state), scratch), errors.DeviceFault)


# --- settings ---------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("more", "option"),
    [
        ({"mode": Mode.BITONAL}, "mode"),
        ({"source": "Transparency"}, "source"),
        ({"source": "Flatbed"}, "source"),
        ({"options": {"brightness": 3}}, "brightness"),
        ({"options": {"format": "application/pdf"}}, "format"),
    ],
)
def test_what_the_device_does_not_have_is_refused_by_name(
    device: Device, scratch: Path, more: dict[str, object], option: str
) -> None:
    fault = interrupted(device("P"), scratch, **more)
    assert isinstance(fault, errors.SettingRefused)
    assert fault.facts["option"] == option


def test_a_feeder_profile_on_a_mere_flatbed_is_refused(device: Device, scratch: Path) -> None:
    assert isinstance(interrupted(device("P", inlets="platen"), scratch), errors.SettingRefused)


def test_a_pin_for_an_address_without_tls_is_refused(device: Device, scratch: Path) -> None:
    with pytest.raises(errors.SettingRefused):
        scan(device("P"), scratch, certificate="00" * 32)


@pytest.mark.parametrize("address", ["", "pnm:0", "ftp://10.0.0.1/eSCL", "http://u:p@10.0.0.1/"])
def test_what_is_no_address_is_refused(scratch: Path, address: str) -> None:
    with pytest.raises(errors.SettingRefused):
        list(driver().scan(ScanProfile(id="e", device=address), scratch))


# --- hostile answers --------------------------------------------------------------------------

BOMB = '<!DOCTYPE x [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;">]><x>&b;</x>'


@pytest.mark.parametrize(
    "caps",
    [BOMB, "<html>login</html>", "not xml", "<a>" * 90 + "</a>" * 90, "<x>" + "y" * 1_100_000],
    ids=["entities", "a portal", "text", "deep", "large"],
)
def test_capabilities_that_are_not_ones_are_a_fault_and_nothing_worse(
    device: Device, scratch: Path, caps: str
) -> None:
    assert isinstance(interrupted(device("P", caps=caps), scratch), errors.DeviceFault)


def test_a_body_that_never_ends_is_given_up_at_the_limit(device: Device, tmp_path: Path) -> None:
    fake = device("endless")
    line = escl_line.Line(fake.address, "", Limits())
    with pytest.raises(escl_line.TooLarge):
        list(line.fetch("/eSCL/x/NextDocument", tmp_path / "body"))
    assert (tmp_path / "body").stat().st_size <= escl_line.BODY_LIMIT


# --- certificates -----------------------------------------------------------------------------


@pytest.fixture
def certificate(tmp_path: Path) -> Path:
    """A self-signed certificate as a device makes it, with its key, in one PEM file."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "mfp")])
    now = datetime.datetime.now(datetime.UTC)
    made = x509.CertificateBuilder(name, name, key.public_key(), x509.random_serial_number())
    made = made.not_valid_before(now - datetime.timedelta(days=1))
    signed = made.not_valid_after(now + datetime.timedelta(days=9)).sign(key, hashes.SHA256())
    pem = serialization.Encoding.PEM
    plain = serialization.NoEncryption()
    private = key.private_bytes(pem, serialization.PrivateFormat.PKCS8, plain)
    path = tmp_path / "device.pem"
    path.write_bytes(private + signed.public_bytes(pem))
    return path


def fingerprint(certificate: Path) -> str:
    loaded = x509.load_pem_x509_certificate(certificate.read_bytes())
    return hashlib.sha256(loaded.public_bytes(serialization.Encoding.DER)).hexdigest()


def test_a_pinned_certificate_is_enough_with_or_without_colons(
    device: Device, scratch: Path, certificate: Path
) -> None:
    fake = device("P P")
    fake.secure(certificate)
    pin = fingerprint(certificate).upper()
    colons = ":".join(pin[at : at + 2] for at in range(0, 64, 2))
    assert len(pages(scan(fake, scratch, certificate=colons))) == 2


@pytest.mark.parametrize("pin", ["", "00" * 32])
def test_an_unknown_certificate_is_refused_with_its_fingerprint_before_anything_is_asked(
    device: Device, scratch: Path, certificate: Path, pin: str
) -> None:
    fake = device("P")
    fake.secure(certificate)
    fault = interrupted(fake, scratch, certificate=pin)
    assert isinstance(fault, errors.DeviceFault)
    assert fingerprint(certificate) in str(fault)
    assert fake.asked == []


# --- stopping ---------------------------------------------------------------------------------


def test_leaving_a_scan_takes_the_job_off_the_device(device: Device, scratch: Path) -> None:
    fake = device("P P P")
    events = driver().scan(profile(fake), scratch)
    for event in events:
        if pages([event]):
            break
    events.close()  # type: ignore[attr-defined]
    assert not fake.open_jobs


def test_closing_from_another_thread_ends_a_wait_and_takes_the_job_off_the_device(
    device: Device, scratch: Path
) -> None:
    fake = device("P silent")
    own = driver(first_progress=60.0)
    events = own.scan(profile(fake), scratch)
    closing = threading.Thread(target=own.close)
    with pytest.raises(errors.Stopped) as stopped:
        for event in events:
            if pages([event]):
                threading.Thread(target=_when_asked, args=(fake, 2, closing)).start()
    closing.join()
    assert stopped.value.facts["kept"] == 1
    assert not fake.open_jobs


def _when_asked(fake: FakeEscl, times: int, then: threading.Thread) -> None:
    while sum("NextDocument" in asked for asked in fake.asked) < times:
        fake.over.wait(0.01)
    then.start()


def test_only_addresses_that_answer_are_devices(device: Device) -> None:
    fake, dead = device(""), device("")
    dead.close()
    (found,) = EsclDriver([fake.address, dead.address]).devices()
    assert (found.name, found.model) == (fake.address, "Fake MFP 1")
