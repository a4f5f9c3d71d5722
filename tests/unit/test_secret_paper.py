"""A secret paper stops the scan and is never sealed; fields and cards by the command line."""

from pathlib import Path

import pytest
from PIL import Image, ImageDraw, ImageFont

from scanstation import cardread, errors
from scanstation.model.profile import ScanProfile
from scanstation.scanner.tape import Tape
from tests.helpers.counter import PAGES, Counter, copied, set_up, signing_keys
from tests.helpers.parts import requires_part
from tests.unit.imaging.drawing import SERIF

pytestmark = [requires_part("tesseract-vie"), requires_part("fonts")]


@pytest.fixture(scope="module")
def station(tmp_path_factory: pytest.TempPathFactory) -> Counter:
    """Each test works on a copy."""
    folder = tmp_path_factory.mktemp("s")
    with signing_keys(folder / "keys") as authority:
        return set_up(folder / "station", authority)


@pytest.fixture
def counter(tmp_path: Path, station: Counter) -> Counter:
    return copied(station, tmp_path / "station")


def secret(folder: Path) -> Path:
    page = Image.open(PAGES / "qr-corner.jpg").convert("RGB")
    pen = ImageDraw.Draw(page)
    pen.rectangle((230, 330, 470, 400), outline=(205, 30, 45), width=4)
    font = ImageFont.truetype(SERIF, 48)
    pen.text((350, 365), "MẬT", fill=(205, 30, 45), font=font, anchor="mm")
    page.save(folder / "mat.png", dpi=(200, 200))
    return folder / "mat.png"


def test_a_dossier_with_a_secret_page_is_not_sealed_until_the_page_is_gone(
    counter: Counter, tmp_path: Path
) -> None:
    dossier = counter.new()
    counter.must("import", "--dossier", dossier, "--component", "1", secret(tmp_path))
    answer = counter.seal(dossier)
    assert answer.code == 5
    assert "Secret papers must not be digitised here" in answer.err
    assert "TT 03/2025/TT-VPCP" in answer.err
    shown = counter.must("dossier", "show", dossier)
    assert shown["state"] == "open"
    page = shown["pages"][0]["id"]
    counter.must("page", "remove", page, "--dossier", dossier, "--reason", "tài liệu mật")
    counter.must("import", "--dossier", dossier, "--component", "1", PAGES / "qr-corner.jpg")
    assert counter.seal(dossier).code == 0


def test_a_known_secret_page_stops_the_next_one(counter: Counter, tmp_path: Path) -> None:
    dossier = counter.new()
    counter.must("import", "--dossier", dossier, "--component", "1", secret(tmp_path))
    counter.must("dossier", "fields", dossier)
    pages = [PAGES / "blank.jpg", PAGES / "near-blank.jpg"]
    answer = counter.run("import", "--dossier", dossier, "--component", "1", *pages)
    assert answer.code == 5
    assert "secrecy mark" in answer.err
    assert len(counter.must("dossier", "show", dossier)["pages"]) == 1


def test_a_secret_paper_is_not_digitised_without_a_dossier_either(
    counter: Counter, tmp_path: Path
) -> None:
    target = tmp_path / "out.pdf"
    answer = counter.run("digitise", secret(tmp_path), "-o", target)
    assert answer.code == 5
    assert not target.exists()


def test_fields_of_a_letter_are_listed_as_proposals_with_their_evidence(counter: Counter) -> None:
    dossier = counter.new()
    pages = [PAGES / "cong-van.jpg", PAGES / "blank.jpg"]
    counter.must("import", "--dossier", dossier, "--component", "1", *pages)
    found = counter.must("dossier", "fields", dossier)
    by_name = {one["field"]["name"]: one["field"] for one in found}
    assert {"agency", "type", "date", "abstract", "signer"} <= set(by_name)
    assert {one["page"] for one in by_name.values()} == {1}
    assert not any(one["confirmed"] for one in by_name.values())
    assert all(one["box"]["width"] for one in by_name.values())


def test_a_dossier_without_text_proposes_nothing(counter: Counter) -> None:
    dossier = counter.new()
    counter.must("import", "--dossier", dossier, "--component", "1", PAGES / "blank.jpg")
    assert counter.must("dossier", "fields", dossier) == []


def test_the_code_on_a_slip_names_its_dossier(counter: Counter) -> None:
    dossier = counter.new()
    assert counter.must("dossier", "show", f"SSD1|{dossier}|T1")["id"] == dossier


# --- cards that are only shown ----------------------------------------------------------------


def test_a_card_in_a_file_is_read_and_the_station_keeps_nothing(counter: Counter) -> None:
    before = set(counter.folder.rglob("*"))
    found = counter.must("idcard", "read", "--file", PAGES / "cccd-copy.jpg")
    assert found["card"]["number"] == "099176274570"
    assert found["card"]["sex"] == "Nữ"
    assert [one["doubt"] for one in found["doubts"]] == ["unknown-province"]
    assert set(counter.folder.rglob("*")) == before


def test_a_file_without_a_card_is_told(counter: Counter) -> None:
    answer = counter.run("idcard", "read", "--file", PAGES / "qr-corner.jpg")
    assert answer.code == 5
    assert "no ID card" in answer.err


class Watched(Tape):
    """A device that remembers where its images were asked for."""

    def scan(self, profile, scratch):
        self.scratch = scratch
        yield from super().scan(profile, scratch)


@pytest.mark.parametrize(
    ("names", "read"), [(("qr-corner", "cccd-copy"), True), (("blank",), False)]
)
def test_a_scanned_card_lies_in_memory_alone_and_is_gone_afterwards(names, read) -> None:
    device = Watched("P" * len(names), [PAGES / f"{name}.jpg" for name in names])
    profile = ScanProfile(id="t", feeder=True)
    if read:
        assert cardread.from_device(device, profile).card.number == "099176274570"
    else:
        with pytest.raises(errors.UnreadableInput):
            cardread.from_device(device, profile)
    assert device.scratch.is_relative_to("/dev/shm")
    assert not device.scratch.exists()
