"""The scripted eSCL device is one that a client we did not write (sane-airscan) scans, too."""

from pathlib import Path

import pytest
from PIL import Image

from scanstation.model.events import ScanEnded
from scanstation.model.profile import ScanProfile
from scanstation.scanner.sane import SaneDriver
from tests.helpers.fake_escl import FakeEscl
from tests.helpers.parts import requires_part
from tests.unit.scanner.rigs import pages


@requires_part("libsane", "sane-airscan")
def test_sane_airscan_gets_every_page_of_the_scripted_device(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    Image.linear_gradient("L").resize((2480, 3508)).convert("RGB").save(
        tmp_path / "sheet.png", dpi=(300, 300)
    )
    device = FakeEscl("P 503 P P end", [tmp_path / "sheet.png"])
    (tmp_path / "airscan.conf").write_text(
        f'[devices]\n"Quay" = {device.address}, eSCL\n[options]\ndiscovery = disable\n'
    )
    monkeypatch.setenv("SANE_CONFIG_DIR", str(tmp_path))
    scratch = tmp_path / "scratch"
    scratch.mkdir()
    driver = SaneDriver()
    try:
        profile = ScanProfile(id="a", device="airscan:e0:Quay", source="duplex", feeder=True)
        events = list(driver.scan(profile, scratch))
    finally:
        driver.close()
        device.close()
    assert events[-1] == ScanEnded(pages=3)
    assert {page.source for page in pages(events)} == {"ADF Duplex"}
    assert not device.open_jobs
