"""devices list, probe and test: what IT staff type when a scanner arrives."""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from scanstation import i18n
from scanstation.cli import main
from tests.helpers.fake_escl import FakeEscl
from tests.helpers.parts import requires_part


def data(capsys: pytest.CaptureFixture[str], *words: str) -> object:
    assert main(["--json", *words]) == 0
    return json.loads(capsys.readouterr().out)["data"]


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    monkeypatch.setenv("SCANSTATION_DATA_DIR", str(tmp_path / "station"))
    yield tmp_path
    i18n.choose("en")  # main chose for the whole process


@requires_part("libsane")
def test_probe_names_the_options_and_writes_a_draft_that_check_accepts(
    home: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    draft = home / "new.toml"
    said = data(capsys, "devices", "probe", "test:0", "--write", str(draft))
    assert isinstance(said, dict)
    assert said["profile"] == "sane-test"
    assert "Flatbed" in next(one for one in said["options"] if one["name"] == "source")["choices"]
    assert main(["profile", "check", str(draft)]) == 0


@requires_part("libsane")
def test_test_scans_one_page_and_reports_what_the_device_really_took(
    home: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    said = data(capsys, "devices", "test", "test:0", "--profile", "demo-test-feeder")
    assert isinstance(said, dict)
    assert said["dpi"] == 300
    assert (said["width_mm"], said["height_mm"]) == pytest.approx((210, 297), abs=1)
    assert 0 < said["black"] < 1


def test_an_escl_device_is_probed_and_tested_by_its_address(
    home: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    device = FakeEscl("P", [_png(home)])
    try:
        probed = data(capsys, "devices", "probe", device.address)
        tested = data(capsys, "devices", "test", device.address)
    finally:
        device.close()
    assert isinstance(probed, dict) and isinstance(tested, dict)
    assert probed["backend"] == "escl"
    assert tested["width"] == 200
    assert tested["black"] == pytest.approx(0.25, abs=0.02)
    assert not list(home.rglob("*.part"))


def _png(folder: Path) -> Path:
    from PIL import Image

    page = Image.new("L", (200, 200), 255)
    page.paste(0, (50, 50, 150, 150))
    page.save(folder / "page.png", dpi=(300, 300))
    return folder / "page.png"


def test_a_device_that_is_not_there_is_a_sentence_and_exit_code_3(
    home: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["devices", "probe", "http://127.0.0.1:9/eSCL"]) == 3
    assert "127.0.0.1:9" in capsys.readouterr().err


def test_every_shipped_profile_passes_profile_check(
    home: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    checked = data(capsys, "profile", "check")
    assert any("devices/canon-dr.toml" in str(file) for file in checked)  # type: ignore[attr-defined]
