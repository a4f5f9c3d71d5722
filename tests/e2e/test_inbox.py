"""A multifunction device's folder, through the command line and every real part."""

import json
import os
import shutil
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from PIL import Image

from scanstation.signing.testing_ca import Authority
from tests.helpers.counter import PAGES, Counter, set_up, signing_keys
from tests.helpers.parts import requires_part

pytestmark = requires_part("tesseract-vie")
NOWHERE = ("--central", "http://127.0.0.1:9", "--receipt-key")
KEY = '{"kty":"OKP","crv":"Ed25519","x":"11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo"}'
PAGE = PAGES / "straight-1bit.tif"


@pytest.fixture(scope="module")
def authority(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Authority]:
    with signing_keys(tmp_path_factory.mktemp("keys")) as made:
        yield made


@pytest.fixture
def scans(tmp_path: Path) -> Path:
    folder = tmp_path / "quét đến đây"
    folder.mkdir()
    return folder


@pytest.fixture(scope="module")
def station(tmp_path_factory: pytest.TempPathFactory, authority: Authority) -> Path:
    """A station set up once; each test works on a copy."""
    return set_up(tmp_path_factory.mktemp("s") / "station", authority, *NOWHERE, KEY).folder


@pytest.fixture
def bare(tmp_path: Path, station: Path) -> Counter:
    return Counter(shutil.copytree(station, tmp_path / "station"))


@pytest.fixture
def counter(bare: Counter, scans: Path) -> Counter:
    with (bare.folder / "station.toml").open("a") as stream:
        stream.write(f'\n[inbox]\nfolder = "{scans}"\n')
    return bare


def waiting(counter: Counter) -> list[dict[str, Any]]:
    return counter.must("inbox", "list")["files"]  # type: ignore[no-any-return]


def originals(counter: Counter) -> list[Path]:
    return sorted((counter.folder / "workspace").rglob("originals/*"))


def test_a_scan_waits_with_its_preview_and_joins_nothing_until_a_clerk_takes_it(
    counter: Counter, scans: Path
) -> None:
    dossier = counter.new()
    frames = [Image.open(PAGE), Image.open(PAGES / "straight-1bit.tif").rotate(180)]
    frames[0].save(scans / "Scan 7.tif", save_all=True, append_images=frames[1:], dpi=(300, 300))
    (one,) = waiting(counter)
    assert (one["glance"]["kind"], one["glance"]["pages"]) == ("image", 2)
    shown = counter.must("inbox", "show", "Scan 7.tif")
    with Image.open(shown["thumbnail"]) as thumbnail:
        assert thumbnail.width <= 320
        assert thumbnail.size == (one["glance"]["width"], one["glance"]["height"])
    assert counter.must("dossier", "show", dossier)["pages"] == []
    assert list(scans.iterdir()) == []

    words = ("inbox", "take", one["arrival"]["id"][-8:], "--dossier", dossier, "--component", "1")
    taken = counter.must(*words)
    assert [page["source"] for page in taken["pages"]] == ["Scan 7.tif"] * 2
    assert waiting(counter) == []
    (kept,) = counter.must("inbox", "list", "--state", "taken")["files"]
    assert kept["arrival"]["fate"]["dossier"] == dossier
    assert Path(kept["arrival"]["path"]).exists()
    assert counter.run(*words).code == 5, "taken once"


def test_a_signed_pdf_shows_its_signature_and_passes_through_byte_for_byte(
    counter: Counter, scans: Path, tmp_path: Path
) -> None:
    signed = tmp_path / "ký số.pdf"
    words = ("digitise", PAGE, "-o", signed, "--sign", "--reading", "none", "--passphrase-fd", "0")
    assert counter.run(*words, stdin="mot hai ba\n").code == 0
    data = signed.read_bytes()
    shutil.copy(signed, scans / "ký số.pdf")
    (one,) = waiting(counter)
    assert (one["glance"]["pages"], one["glance"]["signatures"]) == (1, 1)
    (verdict,) = counter.must("inbox", "show", "ký số.pdf")["signatures"]
    assert verdict["intact"] and verdict["trusted"]
    assert verdict["holder"] == "Nguyễn Thị Đường"
    dossier = counter.new()
    counter.must("inbox", "take", "ký số.pdf", "--dossier", dossier, "--component", "1")
    assert [path.read_bytes() for path in originals(counter)] == [data]


def test_a_file_set_aside_keeps_its_reason_and_every_byte(counter: Counter, scans: Path) -> None:
    shutil.copy(PAGE, scans / "lạ.tif")
    (one,) = waiting(counter)
    counter.must("inbox", "set-aside", one["arrival"]["id"], "--reason", "của quầy khác")
    assert waiting(counter) == []
    (aside,) = counter.must("inbox", "list", "--state", "aside")["files"]
    assert aside["arrival"]["fate"]["reason"] == "của quầy khác"
    assert Path(aside["arrival"]["path"]).read_bytes() == PAGE.read_bytes()


HALVES = {
    "một nửa.jpg": (PAGES / "cong-van.jpg").read_bytes,
    "một nửa.tif": PAGE.read_bytes,
}


@pytest.mark.parametrize("name", [*HALVES, "một nửa.pdf"])
def test_a_half_written_file_is_not_claimed_and_says_so(
    counter: Counter, scans: Path, tmp_path: Path, name: str
) -> None:
    if name in HALVES:
        whole = HALVES[name]()
    else:
        counter.must("digitise", PAGE, "--reading", "none", "-o", tmp_path / "a.pdf")
        whole = (tmp_path / "a.pdf").read_bytes()
    for written in (whole[: len(whole) // 2], whole[: len(whole) // 2].ljust(len(whole), b"\0")):
        (scans / name).write_bytes(written)
        answer = counter.must("inbox", "list")
        assert answer["files"] == []
        assert [one["name"] for one in answer["unclaimed"]] == [name]
        assert answer["unclaimed"][0]["problem"]
    (scans / name).write_bytes(whole)
    assert [one["arrival"]["name"] for one in waiting(counter)] == [name]


def test_a_broken_file_cannot_be_taken_and_the_dossier_keeps_its_pages(
    counter: Counter, scans: Path
) -> None:
    dossier = counter.new()
    counter.must("import", "--dossier", dossier, "--component", "1", PAGE)
    shutil.copy(PAGES / "cong-van.jpg", scans / "a.jpg")
    (one,) = waiting(counter)
    path = Path(one["arrival"]["path"])
    path.write_bytes(path.read_bytes()[:9000])  # as if its writer had begun anew
    assert "damaged" in waiting(counter)[0]["glance"]["problem"]
    words = ("inbox", "take", "a.jpg", "--dossier", dossier, "--component", "1")
    assert counter.run(*words).code == 5
    assert len(counter.must("dossier", "show", dossier)["pages"]) == 1
    assert [left["arrival"]["name"] for left in waiting(counter)] == ["a.jpg"]


def test_watch_takes_over_what_comes_while_it_runs(counter: Counter, scans: Path) -> None:
    command = [sys.executable, "-m", "scanstation.cli", "--lang", "en", "--data-dir"]
    command += [str(counter.folder), "inbox", "watch"]
    with subprocess.Popen(command, stderr=subprocess.PIPE, text=True) as watcher:
        assert watcher.stderr is not None
        for name in ("một.tif", "hai.tif"):
            shutil.copy(PAGE, scans / name)
            assert name in watcher.stderr.readline()
        shutil.move(scans, scans.with_name("away"))
        assert "cannot be opened" in watcher.stderr.readline()
        shutil.move(scans.with_name("away"), scans)
        assert "answers again" in watcher.stderr.readline()
        shutil.copy(PAGE, scans / "ba.tif")
        assert "ba.tif" in watcher.stderr.readline()
        watcher.send_signal(signal.SIGINT)
        assert watcher.wait(20) == 130
    assert len(waiting(counter)) == 3


@pytest.mark.parametrize(
    ("line", "sentence"),
    [
        ("", "[inbox] needs folder"),
        ('[inbox]\nfolder = "."\n', "must lie apart"),
        ('[inbox]\nfolder = "/"\n', "must lie apart"),
        ('[inbox]\nfoldr = "/x"\n', "did you mean «folder»?"),
        ('[inbox]\nfolder = "/x"\nwatching = "maybe"\n', "watching"),
        ('[inbox]\nfolder = "/no/such/folder"\n', "cannot be opened"),
    ],
)
def test_a_wrong_folder_is_named(bare: Counter, line: str, sentence: str) -> None:
    with (bare.folder / "station.toml").open("a") as stream:
        stream.write(f"\n{line}")
    answer = bare.run("inbox", "list")
    assert answer.code in (2, 3)
    assert sentence in answer.err


def test_doctor_says_whether_files_can_be_moved_out_of_the_folder(
    counter: Counter, scans: Path
) -> None:
    def inbox() -> tuple[int, str]:
        checks = json.loads(counter.run("doctor").out)["data"]
        (found,) = [one for one in checks if one["name"] == "inbox"]
        return found["grade"], found["found"]

    assert inbox() == (0, str(scans))
    scans.rmdir()
    grade, found = inbox()
    assert grade == 1 and str(scans) in found


def test_a_name_whose_bytes_are_no_text_is_listed_and_taken(counter: Counter, scans: Path) -> None:
    shutil.copy(PAGE, scans / os.fsdecode(b"gi\xe2y\nto.tif"))
    (one,) = waiting(counter)
    assert one["arrival"]["name"] == "gi\ufffdy\ufffdto.tif"
    dossier = counter.new()
    words = ("--dossier", dossier, "--component", "1")
    taken = counter.must("inbox", "take", one["arrival"]["id"], *words)
    assert [page["source"] for page in taken["pages"]] == ["gi\ufffdy\ufffdto.tif"]
