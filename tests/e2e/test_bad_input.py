"""Bad input gets a clear sentence and its exit code, and loses nothing."""

import http.server
import json
import os
import shutil
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from pyhanko.pdf_utils import generic
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter

from scanstation.signing.testing_ca import Authority
from tests.helpers.counter import PAGES, ROOT, Counter, copied, set_up, signing_keys
from tests.helpers.parts import requires_part

pytestmark = requires_part("tesseract-vie")

BAD = ROOT / "fixtures" / "bad"
PAGE = PAGES / "straight-1bit.tif"
KEY = '{"kty":"OKP","crv":"Ed25519","x":"11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo"}'
NOWHERE = ("--central", "http://127.0.0.1:9", "--receipt-key", KEY)


@pytest.fixture(scope="module")
def authority(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Authority]:
    with signing_keys(tmp_path_factory.mktemp("keys")) as made:
        yield made


@pytest.fixture(scope="module")
def station(tmp_path_factory: pytest.TempPathFactory, authority: Authority) -> Counter:
    """With one dossier that has its page; each test works on a copy."""
    made = set_up(tmp_path_factory.mktemp("s") / "station", authority, *NOWHERE)
    begin(made)
    return made


@pytest.fixture
def counter(tmp_path: Path, station: Counter) -> Counter:
    return copied(station, tmp_path / "station")


def begin(counter: Counter) -> str:
    dossier = counter.new()
    counter.must("import", "--dossier", dossier, "--component", "giay-de-nghi", PAGE)
    return dossier


def with_a_page(counter: Counter) -> str:
    """The dossier each station begins with."""
    (folder,) = (counter.folder / "workspace" / "dossiers").iterdir()
    return folder.name


def pages_of(counter: Counter, dossier: str) -> int:
    return len(counter.must("dossier", "show", dossier)["pages"])


@pytest.mark.parametrize("name", sorted(path.name for path in BAD.iterdir()))
def test_a_bad_file_is_named_and_the_dossier_keeps_its_page(counter: Counter, name: str) -> None:
    dossier = with_a_page(counter)
    answer = counter.run("import", "--dossier", dossier, "--component", "1", BAD / name)
    assert answer.code == 5
    assert name in answer.err
    assert "untouched" in answer.err
    assert "Traceback" not in answer.err
    assert pages_of(counter, dossier) == 1


@pytest.mark.parametrize("name", sorted(path.name for path in BAD.iterdir()))
def test_digitise_names_a_bad_file_and_writes_nothing(tmp_path: Path, name: str) -> None:
    target = tmp_path / "out.pdf"
    answer = Counter(tmp_path / "none").run("digitise", BAD / name, "-o", target)
    assert answer.code == 5
    assert name in answer.err
    assert not target.exists()


def test_digitise_refuses_a_signed_pdf(counter: Counter, tmp_path: Path) -> None:
    signed = signed_pdf(counter, tmp_path)
    answer = counter.run("digitise", signed, "-o", tmp_path / "again.pdf")
    assert answer.code == 5
    assert "already carries a digital signature" in answer.err


def test_a_dossier_takes_a_signed_pdf_byte_for_byte(counter: Counter, tmp_path: Path) -> None:
    signed = signed_pdf(counter, tmp_path)
    dossier = counter.new()
    counter.must("import", "--dossier", dossier, "--component", "1", signed)
    assert counter.seal(dossier).code == 0
    counter.must("dossier", "export", dossier, "-o", tmp_path / "out")
    (exported,) = (tmp_path / "out").glob("*.pdf")
    assert exported.read_bytes() == signed.read_bytes()


def signed_pdf(counter: Counter, folder: Path) -> Path:
    target = folder / "signed.pdf"
    words = ("digitise", PAGE, "-o", target, "--sign", "--passphrase-fd", "0")
    answer = counter.run(*words, stdin="mot hai ba\n")
    assert answer.code == 0, answer.err
    return target


def test_an_unknown_profile_key_names_file_line_and_nearest(
    counter: Counter, tmp_path: Path
) -> None:
    profile = tmp_path / "scan" / "mine.toml"
    profile.parent.mkdir()
    profile.write_text('id = "mine"\nsorce = "ADF"\n')
    answer = counter.run("profile", "check", profile)
    assert answer.code == 2
    assert "mine.toml, line 2: unknown key «sorce», did you mean «source»?" in answer.err


def test_missing_tesseract_gives_the_install_line(tmp_path: Path) -> None:
    counter = Counter(tmp_path, {"PATH": str(tmp_path)})
    answer = counter.run("digitise", PAGE, "-o", tmp_path / "out.pdf")
    assert answer.code == 11
    assert "apt install tesseract-ocr tesseract-ocr-vie" in answer.err


def test_a_missing_language_gives_the_install_line(tmp_path: Path) -> None:
    counter = Counter(tmp_path, {"TESSDATA_PREFIX": str(tmp_path)})
    answer = counter.run("digitise", PAGE, "-o", tmp_path / "out.pdf")
    assert answer.code == 11
    assert "apt install tesseract-ocr tesseract-ocr-vie" in answer.err


@requires_part("libsane")
def test_no_scanner_says_what_to_check(counter: Counter) -> None:
    dossier = with_a_page(counter)
    words = ("scan", "--dossier", dossier, "--component", "1", "--profile", "demo-pnm")
    answer = counter.run(*words, "--device", "pnm:77")
    assert answer.code == 3
    assert "Check power and cable" in answer.err
    assert pages_of(counter, dossier) == 1


@requires_part("libsane")
@pytest.mark.parametrize(
    ("status", "sentence"),
    [
        ("SANE_STATUS_NO_DOCS", "The feeder is empty"),
        ("SANE_STATUS_JAMMED", "Paper jam"),
        ("SANE_STATUS_COVER_OPEN", "cover is open"),
    ],
)
def test_a_paper_fault_keeps_the_pages_before_it(
    counter: Counter, status: str, sentence: str
) -> None:
    dossier = with_a_page(counter)
    words = ("scan", "--dossier", dossier, "--component", "1", "--profile", "demo-test-feeder")
    answer = counter.run(*words, "--option", f"read-return-value={status}")
    assert answer.code == 4
    assert sentence in answer.err
    assert pages_of(counter, dossier) == 1


def test_a_wrong_passphrase_signs_nothing(counter: Counter) -> None:
    dossier = with_a_page(counter)
    answer = counter.seal(dossier, passphrase="sai")
    assert answer.code == 6
    assert "passphrase" in answer.err
    assert "Nothing was signed" in answer.err
    assert counter.must("dossier", "show", dossier)["state"] == "open"


def test_an_expired_certificate_signs_nothing(counter: Counter, authority: Authority) -> None:
    key = authority.root.parent / "old.p12"
    counter.must("clerk", "add", "cu", "--name", "Nguyễn Thị Đường", "--key", key)
    counter.must("clerk", "login", "cu")
    dossier = with_a_page(counter)
    answer = counter.seal(dossier)
    assert answer.code == 6
    assert "valid only from" in answer.err
    assert counter.must("queue", "list") == []


def test_an_incomplete_dossier_names_what_is_missing(counter: Counter) -> None:
    answer = counter.seal(counter.new("1.001193"))
    assert answer.code == 5
    assert "Tờ khai đăng ký khai sinh" in answer.err


def test_sealing_without_a_terminal_or_descriptor_explains_itself(counter: Counter) -> None:
    answer = counter.run("seal", with_a_page(counter))
    assert answer.code == 2
    assert "--passphrase-fd" in answer.err


def test_an_unreachable_central_keeps_the_queue(counter: Counter) -> None:
    dossier = with_a_page(counter)
    assert counter.seal(dossier).code == 0
    answer = counter.run("sync", "--once")
    assert answer.code == 8
    assert "stay safe in the queue" in answer.err
    assert [row["state"] for row in counter.must("queue", "list")] == ["queued"]


def test_an_altered_package_is_held_and_kept(counter: Counter) -> None:
    assert counter.seal(with_a_page(counter)).code == 0
    (package,) = counter.folder.rglob("*.ssp.zip")
    damaged = bytearray(package.read_bytes())
    damaged[len(damaged) // 2] ^= 1
    package.write_bytes(damaged)
    answer = counter.run("sync", "--once")
    assert answer.code != 0
    (row,) = counter.must("queue", "list")
    assert row["state"] == "held"
    assert package.read_bytes() == bytes(damaged)


def test_a_package_cut_short_is_held_and_kept(counter: Counter) -> None:
    assert counter.seal(with_a_page(counter)).code == 0
    (package,) = counter.folder.rglob("*.ssp.zip")
    package.write_bytes(package.read_bytes()[:-100])
    assert counter.run("sync", "--once").code != 0
    assert [row["state"] for row in counter.must("queue", "list")] == ["held"]
    assert counter.run("verify", package).code == 10


class Portal(http.server.BaseHTTPRequestHandler):
    """A captive portal: 200 and a page of HTML for everything."""

    def _page(self) -> None:
        self.send_response(200)
        self.send_header("Content-Type", "text/html")
        self.end_headers()
        self.wfile.write(b"<html>Please log in</html>")

    do_GET = do_PUT = do_HEAD = do_PATCH = do_POST = do_OPTIONS = _page  # noqa: N815 - http.server calls them so

    def log_message(self, *_: object) -> None:
        """Say nothing."""


def test_a_portal_answering_200_is_not_central(tmp_path: Path, authority: Authority) -> None:
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), Portal) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        url = f"http://127.0.0.1:{server.server_port}"
        counter = set_up(tmp_path / "s", authority, "--central", url, "--receipt-key", KEY)
        assert counter.seal(begin(counter)).code == 0
        answer = counter.run("sync", "--once")
        server.shutdown()
    assert answer.code == 8
    assert "is not the central system" in answer.err
    assert [row["state"] for row in counter.must("queue", "list")] == ["queued"]


@pytest.mark.parametrize("store", ["workspace", "outbox"])
def test_a_store_of_a_newer_version_is_left_alone(counter: Counter, store: str) -> None:
    import sqlite3

    with_a_page(counter)
    if store == "workspace":
        (about,) = counter.folder.glob("workspace/workspace.json")
        about.write_text('{"schema":"scanstation.workspace","version":99}')
    else:
        counter.must("queue", "list")
        ledger = counter.folder / "outbox" / "ledger.sqlite"
        with sqlite3.connect(ledger) as database:
            database.execute("PRAGMA user_version = 99")
    answer = counter.run("dossier" if store == "workspace" else "queue", "list")
    assert answer.code == 7
    assert "newer version" in answer.err


def test_a_page_is_replaced_by_one_page_never_by_the_first_of_many(
    counter: Counter, tmp_path: Path
) -> None:
    dossier = with_a_page(counter)
    (page,) = counter.must("dossier", "show", dossier)["pages"]
    many = tmp_path / "many.pdf"
    counter.must("digitise", PAGE, PAGE, "-o", many, "--reading", "none")
    words = ("page", "replace", page["id"], "--dossier", dossier, "--file")
    answer = counter.run(*words, many)
    assert answer.code == 5
    assert "a replacement is one" in answer.err
    assert counter.must("dossier", "show", dossier)["pages"] == [page]
    replaced = counter.must(*words, PAGES / "cong-van.jpg")
    assert [one["replaces"] for one in replaced["pages"]] == [page["id"]]


def test_a_setting_up_cut_short_is_done_again_with_the_key_it_made(tmp_path: Path) -> None:
    counter = Counter(tmp_path / "s")
    init = ("station", "init", "--id", "T1", "--agency", "UBND")
    counter.must(*init)
    key = counter.must("station", "show")["key"]
    (counter.folder / "station.toml").unlink()  # as if it had stopped before the last step
    counter.must(*init)
    assert counter.must("station", "show")["key"] == key


def test_a_station_is_not_set_up_with_a_root_that_is_not_there(tmp_path: Path) -> None:
    counter = Counter(tmp_path / "s")
    missing = ("--trust", tmp_path / "none.pem")
    assert counter.run("station", "init", "--id", "T1", "--agency", "U", *missing).code == 5
    assert not counter.folder.exists()


def test_a_file_whose_name_is_no_text_is_imported_and_named_readably(
    counter: Counter, tmp_path: Path
) -> None:
    dossier = counter.new()
    odd = tmp_path / os.fsdecode(b"gi\xe2y to.tif")
    shutil.copy(PAGE, odd)
    shown = counter.must("import", "--dossier", dossier, "--component", "1", odd)
    assert [page["source"] for page in shown["pages"]] == ["gi\ufffdy to.tif"]


def test_a_missing_file_whose_name_is_no_text_still_gets_its_sentence(tmp_path: Path) -> None:
    missing = tmp_path / os.fsdecode(b"gi\xe2y.tif")
    answer = Counter(tmp_path).run("digitise", missing, "-o", tmp_path / "out.pdf")
    assert answer.code == 5
    assert json.loads(answer.out)["schema"] == "scanstation.error/0"


def test_a_file_the_disk_does_not_give_is_named(tmp_path: Path) -> None:
    unreadable = Path("/proc/self/mem")  # opens, then every read fails as on a scratched disc
    for words in (("digitise", unreadable, "-o", tmp_path / "out.pdf"), ("verify", unreadable)):
        answer = Counter(tmp_path).run(*words)
        assert answer.code == 5
        assert "mem" in answer.err


def test_the_longest_name_a_disk_takes_is_written(tmp_path: Path) -> None:
    target = tmp_path / ("ế" * 83 + "12.pdf")
    assert len(os.fsencode(target.name)) == 255
    Counter(tmp_path).must("digitise", PAGE, "--reading", "none", "-o", target)
    assert target.exists()


def test_an_export_lists_what_it_wrote_and_nothing_that_lay_there(
    counter: Counter, tmp_path: Path
) -> None:
    dossier = with_a_page(counter)
    (tmp_path / "z.pdf").write_bytes(b"another dossier's")
    open_files = counter.must("dossier", "export", dossier, "-o", tmp_path)
    assert counter.seal(dossier).code == 0
    sealed_files = counter.must("dossier", "export", dossier, "-o", tmp_path)
    assert open_files == sealed_files == [str(tmp_path / "01-giay-de-nghi.pdf")]


def test_a_receiver_that_is_stopped_has_written_one_json_document(tmp_path: Path) -> None:
    command = [sys.executable, "-m", "scanstation.cli", "--json", "central", "serve"]
    command += ["--root", str(tmp_path), "--port", "0"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as receiver:
        assert receiver.stdout is not None
        said = "".join(iter(receiver.stdout.readline, "}\n")) + "}"
        receiver.send_signal(signal.SIGINT)
        rest, _ = receiver.communicate(timeout=20)
    assert json.loads(said)["schema"] == "scanstation.central/0"
    assert (rest, receiver.returncode) == ("", 130)


def test_a_page_changed_after_signing_fails_verification(counter: Counter, tmp_path: Path) -> None:
    dossier = with_a_page(counter)
    assert counter.seal(dossier).code == 0
    (signed,) = map(Path, counter.must("dossier", "export", dossier, "-o", tmp_path))
    assert counter.run("verify", signed).code == 0
    with signed.open("rb+") as stream:
        update = IncrementalPdfFileWriter(stream)
        page = update.root["/Pages"]["/Kids"][0].get_object()
        page["/Rotate"] = generic.NumberObject(180)
        update.update_container(page)
        update.write_in_place()
    assert counter.run("verify", signed).code == 10
