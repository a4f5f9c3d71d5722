"""SaneDriver on the real libsane: its `pnm` backend for pixels, its `test` backend for faults."""

from collections.abc import Iterator
from pathlib import Path

import msgspec
import pytest
from PIL import Image, ImageChops

from scanstation import errors, settings
from scanstation.model.events import ScanEnded, ScanProgress, ScanStarted
from scanstation.model.page import Mode
from scanstation.model.profile import ScanProfile
from scanstation.scanner.sane import SaneDriver
from tests.helpers.parts import requires_part
from tests.unit.scanner.rigs import (
    BACKENDS,
    Options,
    feeder,
    pages,
    pixels,
    pnm,
    sheet,
)

pytestmark = requires_part("libsane")


@pytest.fixture(scope="module")
def shared() -> Iterator[SaneDriver]:
    """One worker for all tests that do not kill it: each meets what the one before left."""
    driver = SaneDriver(BACKENDS)
    yield driver
    driver.close()


# --- pixels -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("mode", "suffix", "sampled"),
    [("RGB", ".ppm", Mode.COLOUR), ("L", ".pgm", Mode.GREY), ("1", ".pbm", Mode.BITONAL)],
)
def test_a_page_comes_through_libsane_with_every_pixel_as_it_was(
    shared: SaneDriver, tmp_path: Path, mode: str, suffix: str, sampled: Mode
) -> None:
    noise = [Image.effect_noise((601, 853), 90) for _ in range(3)]
    original = Image.merge("RGB", noise).convert(mode)
    original.save(tmp_path / f"page{suffix}")
    (page,) = pages(shared.scan(pnm(tmp_path / f"page{suffix}"), tmp_path))
    assert page.mode is sampled
    assert pixels(page).mode == mode
    assert ImageChops.difference(pixels(page), original).getbbox() is None


def test_a_page_bigger_than_any_pipe_comes_through_whole(
    shared: SaneDriver, tmp_path: Path
) -> None:
    original = Image.linear_gradient("L").resize((2480, 3508)).convert("RGB")
    original.save(tmp_path / "a4.ppm")
    (page,) = pages(shared.scan(pnm(tmp_path / "a4.ppm"), tmp_path))
    assert ImageChops.difference(pixels(page), original).getbbox() is None


def test_padded_lines_do_not_skew_the_page(shared: SaneDriver, tmp_path: Path) -> None:
    grid: Options = {"test-picture": "Grid"}
    (plain,) = pages(shared.scan(sheet(grid), tmp_path))
    (padded,) = pages(shared.scan(sheet(grid | {"ppl-loss": 7}), tmp_path))
    assert padded.width == plain.width - 7
    wide = pixels(plain).crop((0, 0, padded.width, plain.height))
    assert ImageChops.difference(pixels(padded), wide).getbbox() is None


def test_one_bit_is_the_same_grid_as_eight_bit(shared: SaneDriver, tmp_path: Path) -> None:
    grid: Options = {"test-picture": "Grid"}
    (grey,) = pages(shared.scan(sheet(grid), tmp_path))
    (bitonal,) = pages(shared.scan(sheet(grid | {"depth": 1, "ppl-loss": 0}), tmp_path))
    assert (grey.mode, bitonal.mode) == (Mode.GREY, Mode.BITONAL)
    assert grey.width % 8, "an odd width is what makes this claim worth something"
    assert ImageChops.difference(pixels(grey), pixels(bitonal).convert("L")).getbbox() is None


@pytest.mark.parametrize("mode", [Mode.GREY, Mode.COLOUR])
def test_sixteen_bit_is_the_same_picture_as_eight_bit(
    shared: SaneDriver, tmp_path: Path, mode: Mode
) -> None:
    pattern: Options = {"test-picture": "Grid"}
    (eight,) = pages(shared.scan(sheet(pattern, mode=mode), tmp_path))
    (sixteen,) = pages(shared.scan(sheet(pattern | {"depth": 16}, mode=mode), tmp_path))
    assert ImageChops.difference(pixels(eight), pixels(sixteen)).getbbox() is None


def test_a_page_of_unknown_length_ends_where_its_data_ends(
    shared: SaneDriver, tmp_path: Path
) -> None:
    events = list(shared.scan(sheet({"hand-scanner": True}), tmp_path))
    (page,) = pages(events)
    assert pixels(page).size == (page.width, page.height)
    assert {e.expected for e in events if isinstance(e, ScanProgress)} == {0}
    assert pages(shared.scan(sheet({"hand-scanner": False}), tmp_path))


@pytest.mark.parametrize(
    "options",
    [{"depth": 1}, {"three-pass": True}],
    ids=["colour at one bit", "three passes"],
)
def test_frames_that_would_be_garbage_are_refused(
    shared: SaneDriver, tmp_path: Path, options: Options
) -> None:
    with pytest.raises(errors.SettingRefused) as refused:
        list(shared.scan(sheet(options, mode=Mode.COLOUR), tmp_path))
    assert refused.value.facts["option"] == "mode"
    assert not list(tmp_path.iterdir())
    assert pages(shared.scan(sheet({"three-pass": False}, mode=Mode.COLOUR), tmp_path))


# --- the feeder -------------------------------------------------------------------------------


def test_a_feeder_gives_its_ten_sheets_and_no_phantom_page(
    shared: SaneDriver, tmp_path: Path
) -> None:
    events = list(shared.scan(feeder(), tmp_path))
    assert events[-1] == ScanEnded(pages=10)
    assert len(pages(events)) == len(list(tmp_path.iterdir())) == 10
    assert {page.source for page in pages(events)} == {"Automatic Document Feeder"}


def test_a_feeder_profile_finds_the_feeder_of_a_device_that_starts_on_its_flatbed(
    shared: SaneDriver, tmp_path: Path
) -> None:
    assert pages(shared.scan(sheet(), tmp_path))[0].source == "Flatbed"
    assert len(pages(shared.scan(sheet(feeder=True, source=""), tmp_path))) == 10


def test_a_flatbed_profile_takes_one_page_from_a_feeder_too(
    shared: SaneDriver, tmp_path: Path
) -> None:
    profile = sheet(source="Automatic Document Feeder", feeder=False)
    assert len(pages(shared.scan(profile, tmp_path))) == 1
    list(shared.scan(feeder(), tmp_path))  # the test backend counts its sheets across scans


def test_a_pattern_names_the_first_device_that_fits(shared: SaneDriver, tmp_path: Path) -> None:
    (started, *_rest) = shared.scan(sheet(device="t?st:*"), tmp_path)
    assert isinstance(started, ScanStarted)
    assert started.device == "test:0"


def test_the_shipped_demonstration_feeder_gives_its_ten_sheets(tmp_path: Path) -> None:
    shipped = settings.load(settings.shipped_profiles() / "scan/demo-test-feeder.toml", ScanProfile)
    driver = SaneDriver()
    try:
        smaller = msgspec.structs.replace(shipped, dpi=40)
        found = pages(driver.scan(smaller, tmp_path))
    finally:
        driver.close()
    assert len(found) == 10
    assert {page.mode for page in found} == {Mode.COLOUR}


# --- settings ---------------------------------------------------------------------------------


def test_what_the_device_took_is_read_back_and_the_page_has_its_scale(
    shared: SaneDriver, tmp_path: Path
) -> None:
    events = list(shared.scan(sheet(dpi=75, width_mm=100.0, height_mm=120.0), tmp_path))
    started, (page,) = events[0], pages(events)
    assert isinstance(started, ScanStarted)
    assert started.warnings == page.warnings == ()
    assert started.actual["mode"] == "Gray"
    assert float(started.actual["resolution"]) == page.dpi == 75.0
    assert (page.width, page.height) == pytest.approx((100 / 25.4 * 75, 120 / 25.4 * 75), abs=1)


def test_a_rounded_setting_is_told_with_the_start_and_with_every_page(
    shared: SaneDriver, tmp_path: Path
) -> None:
    events = list(shared.scan(sheet(dpi=5000, width_mm=2.0, height_mm=2.0), tmp_path))
    started, (page,) = events[0], pages(events)
    assert isinstance(started, ScanStarted)
    assert started.warnings == page.warnings
    assert "5000" in page.warnings[0] and "1200" in page.warnings[0]
    assert page.dpi == 1200.0


def test_the_pnm_backend_s_nearest_resolution_is_not_called_the_asked_one(
    shared: SaneDriver, tmp_path: Path
) -> None:
    Image.new("L", (10, 10)).save(tmp_path / "p.pgm")
    profile = ScanProfile(
        id="pnm", device="pnm:0", dpi=600, options={"filename": str(tmp_path / "p.pgm")}
    )
    (page,) = pages(shared.scan(profile, tmp_path))
    assert page.dpi == 300.0
    assert any("600" in sentence for sentence in page.warnings)


@pytest.mark.parametrize(
    ("options", "option"),
    [
        ({"no-such-option": 1}, "no-such-option"),
        ({"read-limit": False, "read-limit-size": 5}, "read-limit-size"),
        ({"test-picture": "Landscape"}, "test-picture"),
        ({"ppl-loss": "seven"}, "ppl-loss"),
        ({"red-gamma-table": 7}, "red-gamma-table"),
    ],
    ids=["unknown", "inactive", "no such choice", "not a number", "a table"],
)
def test_an_option_the_device_does_not_take_is_refused_by_name(
    shared: SaneDriver, tmp_path: Path, options: Options, option: str
) -> None:
    with pytest.raises(errors.SettingRefused) as refused:
        list(shared.scan(sheet(options), tmp_path))
    assert refused.value.facts["option"] == option
    assert pages(shared.scan(sheet(), tmp_path))


def test_an_option_that_another_one_awakens_can_be_set_after_it(
    shared: SaneDriver, tmp_path: Path
) -> None:
    (started, *_rest) = shared.scan(sheet({"read-limit": True, "read-limit-size": 777}), tmp_path)
    assert isinstance(started, ScanStarted)
    assert started.actual["read-limit-size"] == "777"
    assert pages(shared.scan(sheet({"read-limit": False}), tmp_path))


# --- faults, and life after them --------------------------------------------------------------

FAULTS = [
    ("UNSUPPORTED", errors.DeviceFault),
    ("CANCELLED", errors.DeviceFault),
    ("DEVICE_BUSY", errors.DeviceBusy),
    ("INVAL", errors.DeviceFault),
    ("EOF", errors.PageCut),
    ("JAMMED", errors.PaperJam),
    ("NO_DOCS", errors.FeederEmpty),
    ("COVER_OPEN", errors.CoverOpen),
    ("IO_ERROR", errors.DeviceLost),
    ("NO_MEM", errors.DeviceFault),
    ("ACCESS_DENIED", errors.DeviceDenied),
]


@pytest.mark.parametrize(("status", "error"), FAULTS, ids=[name for name, _ in FAULTS])
@pytest.mark.parametrize("make", [sheet, feeder])
def test_a_fault_is_the_clerk_s_error_and_the_next_scan_works_on_the_same_driver(
    shared: SaneDriver, tmp_path: Path, make: object, status: str, error: type[Exception]
) -> None:
    profile = feeder if make is feeder else sheet
    with pytest.raises(errors.ScanStationError) as fault:
        list(shared.scan(profile({"read-return-value": f"SANE_STATUS_{status}"}), tmp_path))
    assert type(fault.value) is error
    assert fault.value.facts["kept"] == 0
    assert not list(tmp_path.iterdir())
    assert pages(shared.scan(profile(), tmp_path))


@pytest.mark.parametrize(
    ("switch", "error"),
    [
        ("status-jammed", errors.PaperJam),
        ("status-coveropen", errors.CoverOpen),
        ("status-nodocs", errors.FeederEmpty),
        ("status-ioerror", errors.DeviceLost),
        ("status-nomem", errors.DeviceFault),
        ("status-accessdenied", errors.DeviceDenied),
        ("status-eof", errors.PageCut),
    ],
)
def test_the_pnm_backend_s_faults_are_the_same_errors(
    shared: SaneDriver, tmp_path: Path, switch: str, error: type[Exception]
) -> None:
    Image.new("L", (10, 10)).save(tmp_path / "p.pgm")
    with pytest.raises(error):
        list(shared.scan(pnm(tmp_path / "p.pgm", {"status": False, switch: True}), tmp_path))
    well: Options = {"status": True, switch: False}
    assert pages(shared.scan(pnm(tmp_path / "p.pgm", well), tmp_path))


def test_a_page_that_stops_half_way_is_cut_and_not_kept(shared: SaneDriver, tmp_path: Path) -> None:
    whole = tmp_path / "p.ppm"
    Image.effect_noise((300, 400), 90).convert("RGB").save(whole)
    whole.write_bytes(whole.read_bytes()[: 300 * 3 * 150])
    scratch = tmp_path / "scratch"
    scratch.mkdir()
    with pytest.raises(errors.PageCut) as cut:
        list(shared.scan(pnm(whole), scratch))
    assert (cut.value.facts["lines"], cut.value.facts["expected"]) == (149, 400)
    assert not list(scratch.iterdir())


@pytest.mark.parametrize("device", ["pnm:9", "fujitsu:fi-8170:1", "nosuch*"])
def test_a_device_that_is_not_there_is_not_found(
    shared: SaneDriver, tmp_path: Path, device: str
) -> None:
    with pytest.raises(errors.DeviceNotFound) as missing:
        list(shared.scan(sheet(device=device), tmp_path))
    assert missing.value.facts["device"] == device


def test_a_scratch_folder_that_refuses_is_a_storage_error(
    shared: SaneDriver, tmp_path: Path
) -> None:
    with pytest.raises(errors.StorageError):
        list(shared.scan(sheet(), tmp_path / "gone"))
