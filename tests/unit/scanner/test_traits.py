"""Which device profile is meant, and what it changes about a scan."""

from pathlib import Path

import pytest

from scanstation import errors, settings
from scanstation.model.events import ScanStarted
from scanstation.model.page import Mode
from scanstation.model.profile import (
    Certainty,
    DeviceLimits,
    DeviceMatch,
    DeviceProfile,
    DeviceQuirks,
    Role,
    ScanProfile,
)
from scanstation.scanner import messages, traits
from scanstation.scanner.draft import draft
from scanstation.scanner.options import Kind, Option, wishes
from scanstation.scanner.sane import SaneDriver
from scanstation.scanner.watch import Limits, Watch
from tests.helpers.parts import requires_part
from tests.unit.scanner.rigs import pages
from tests.unit.scanner.test_serve import FLATBED, WHOLE, Scripted, serve

SHIPPED = settings.shipped_profiles() / "devices"


def device(backend: str = "scripted", model: str = "*", **more: object) -> DeviceProfile:
    given: dict[str, object] = {"id": f"{backend}-{model}", "title": "t", "source": "s"}
    given |= {
        "certainty": Certainty.MEASURED,
        "match": (DeviceMatch(backend=backend, model=model),),
    }
    return DeviceProfile(**(given | more))  # type: ignore[arg-type]


def source(*choices: str) -> Option:
    return Option("source", Kind.STRING, 64, active=True, settable=True, choices=choices)


# --- matching ---------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "backend"),
    [
        ("fujitsu:fi-8170:1234", "fujitsu"),
        ("canon_dr:libusb:001:004", "canon_dr"),
        ("net:10.0.0.9:test:0", "test"),
        ("net:[::1]:epsonds:libusb:001:002", "epsonds"),
        ("pnm", "pnm"),
    ],
)
def test_a_device_s_backend_is_known_also_behind_a_server(name: str, backend: str) -> None:
    assert traits.backend_of(name) == backend


def test_a_profile_for_the_model_goes_before_one_for_the_whole_backend() -> None:
    known = [device("canon_dr"), device("canon_dr", "DR-C225*"), device("fujitsu")]
    found = [traits.fitting(known, "canon_dr", model) for model in ("dr-c225 ii", "DR-C240")]
    assert [one.id for one in found if one] == ["canon_dr-DR-C225*", "canon_dr-*"]
    assert traits.fitting(known, "epson2", "x") is None


MODELS = [
    ("canon_dr", "DR-C225", "canon-dr"),
    ("canon_dr", "P-208II", "canon-dr"),
    ("canon_dr", "DR-C240", "canon-dr-other"),
    ("fujitsu", "fi-8170", "fujitsu-fi"),
    ("fujitsu", "ScanSnap iX1500", "fujitsu-scansnap"),
    ("epjitsu", "ScanSnap S1300", "epjitsu-scansnap"),
    ("epsonds", "DS-530", "epson-ds"),
    ("epson2", "GT-S50", "epson-epson2"),
    ("brother5", "ADS-2700W", "brother-ads"),
    ("escl", "Brother ADS-2700W", "brother-escl"),
    ("hpaio", "HP ScanJet Pro 3000 s3", "hp-scanjet"),
    ("avision", "AV220", "avision"),
    ("kvs20xx", "KV-S1025C", "panasonic-kvs"),
    ("airscan", "Xerox B205", "airscan"),
]


@pytest.mark.parametrize(("backend", "model", "id_"), MODELS)
def test_the_shipped_profiles_know_the_counters_devices(
    tmp_path: Path, backend: str, model: str, id_: str
) -> None:
    found = traits.fitting(settings.Profiles(tmp_path).devices(), backend, model)
    assert found is not None
    assert found.id == id_


@pytest.mark.parametrize("file", sorted(SHIPPED.glob("*.toml")), ids=lambda file: file.stem)
def test_every_shipped_device_profile_is_valid_and_says_where_it_is_from(file: Path) -> None:
    found = settings.load(file, DeviceProfile)
    assert found.id == file.stem
    assert found.match
    assert len(found.source) > 10
    assert found.driver in ("sane", "scanimage", "escl", "none")
    assert found.driver != "none" or found.note, "no driver: then say what else there is"


# --- what it changes --------------------------------------------------------------------------

EPSON2 = settings.load(SHIPPED / "epson-epson2.toml", DeviceProfile)
KVS = settings.load(SHIPPED / "panasonic-kvs.toml", DeviceProfile)


def test_options_are_set_in_the_device_s_order() -> None:
    order = ("resolution", "source", "mode")
    found = wishes(ScanProfile(id="x", source="ADF"), None, "", device(order=order))
    assert [wish.option for wish in found][:3] == list(order)


def test_both_sides_may_be_an_option_of_their_own() -> None:
    offered = source("Flatbed", "Automatic Document Feeder")
    found = wishes(ScanProfile(id="x", source="duplex", feeder=True), offered, "Flatbed", EPSON2)
    assert [(wish.option, wish.values[0]) for wish in found][:2] == [
        ("source", "Automatic Document Feeder"),
        ("adf-mode", "Duplex"),
    ]


@pytest.mark.parametrize(("asked", "both"), [("ADF Duplex", True), ("", False)])
def test_a_device_without_sources_is_asked_for_sides_by_its_switch(asked: str, both: bool) -> None:
    found = wishes(ScanProfile(id="x", source=asked, feeder=True), None, "", KVS)
    assert (found[0].option, found[0].values) == ("duplex", (both,))


def test_the_very_name_of_a_source_goes_before_what_the_profile_takes_it_for() -> None:
    known = device(sources={Role.FEEDER: {"source": "ADF Front"}})
    offered = source("Flatbed", "ADF Front", "Automatic Document Feeder")
    profile = ScanProfile(id="x", source="Automatic Document Feeder", feeder=True)
    assert wishes(profile, offered, "Flatbed", known)[0].values == (profile.source,)


def test_a_device_s_own_mode_name_is_tried_first() -> None:
    known = device(modes={Mode.GREY: ("Grauton",)})
    found = wishes(ScanProfile(id="x", mode=Mode.GREY), None, "", known)
    assert found[0].values[:2] == ("Grauton", "Gray")


def test_a_device_s_limits_count_from_the_moment_it_is_opened() -> None:
    watch = Watch(Limits(open=5, first_progress=6), 0.0, waiting_for=5)
    own = DeviceLimits(first_progress_s=90.0)
    watch.heard(messages.Opening(device="d", limits=own), 1.0)
    assert watch.left(1.0) == 5
    watch.heard(messages.Taken(actual={}, warnings=()), 2.0)
    assert watch.left(2.0) == 90


def test_a_device_that_must_be_let_go_is_let_go_after_every_scan(tmp_path: Path) -> None:
    known = (device("d", quirks=DeviceQuirks(reopen=True)),)
    held, let_go = Scripted(WHOLE), Scripted(WHOLE)
    serve(held, tmp_path, FLATBED)
    serve(let_go, tmp_path / "b", FLATBED, known=known)
    assert held.calls[-1] == "cancel"
    assert let_go.calls[-1] == "close"


# --- real libsane -----------------------------------------------------------------------------


@requires_part("libsane")
def test_a_scan_uses_the_profile_that_fits_the_device(tmp_path: Path) -> None:
    """The profile's source is not the scan profile's word: only a match can have chosen it."""
    name = "Automatic Document Feeder"
    known = device("test", "frontend-*", sources={Role.BACK: {"source": name}})
    driver = SaneDriver(("test",), known=[known])
    try:
        profile = ScanProfile(id="x", device="test:0", source="Mặt sau khay nạp", dpi=50)
        (started, *_rest) = events = list(driver.scan(profile, tmp_path))
        with pytest.raises(errors.SettingRefused):
            list(SaneDriver(("test",)).scan(profile, tmp_path))
    finally:
        driver.close()
    assert isinstance(started, ScanStarted)
    assert started.actual["source"] == name
    assert pages(events)


@requires_part("libsane")
def test_a_probe_names_options_and_its_draft_is_a_valid_profile(tmp_path: Path) -> None:
    driver = SaneDriver(known=settings.Profiles(tmp_path).devices())
    try:
        said = driver.describe(ScanProfile(id="x", device="test:0"))
    finally:
        driver.close()
    assert (said.backend, said.profile) == ("test", "sane-test")
    found = said.option("source")
    assert found is not None
    assert found.choices == ("Flatbed", "Automatic Document Feeder")
    settings.write_new(tmp_path / "draft.toml", draft(said))
    written = settings.load(tmp_path / "draft.toml", DeviceProfile)
    assert written.certainty is Certainty.DRAFT
    assert written.sources[Role.FEEDER] == {"source": "Automatic Document Feeder"}
    assert written.modes[Mode.COLOUR] == ("Color",)
    with pytest.raises(errors.UsageError):
        settings.write_new(tmp_path / "draft.toml", draft(said))
