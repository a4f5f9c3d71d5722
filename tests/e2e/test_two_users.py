"""One station, two people at the keyboard: another account of the PC, and two programs at once."""

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from scanstation.cli import main
from tests.helpers.counter import ROOT, Counter, set_up, signing_keys

pytestmark = pytest.mark.root
STRANGER = 65534
"""nobody"""


@pytest.fixture
def counter(tmp_path: Path) -> Iterator[Counter]:
    with signing_keys(tmp_path / "keys") as authority:
        yield set_up(tmp_path / "station", authority)


def files_of(folder: Path) -> list[Path]:
    return [folder, *folder.rglob("*")]


def test_every_file_is_for_the_station_s_user_alone(counter: Counter) -> None:
    dossier = counter.new()
    page = ROOT / "fixtures" / "pages" / "straight-1bit.tif"
    counter.must("import", "--dossier", dossier, "--component", "1", page)
    counter.must("dossier", "find", "mai")
    open_to_others = [
        f"{path.relative_to(counter.folder)} {path.stat().st_mode & 0o777:o}"
        for path in files_of(counter.folder)
        if path.stat().st_mode & 0o077
    ]
    assert open_to_others == []


def as_stranger(words: list[str], said: Path) -> tuple[int, str]:
    """Run a verb as another account, in a child whose modules are loaded before it changes."""
    main(["--data-dir", str(said.parent / "nowhere"), "dossier", "list"])
    import scanstation.bootstrap
    import scanstation.casework
    import scanstation.workspace.store  # noqa: F401

    with said.open("wb") as page:
        child = os.fork()
        if child == 0:
            try:
                os.dup2(page.fileno(), 1)
                os.dup2(page.fileno(), 2)
                sys.stdout, sys.stderr = os.fdopen(1, "w"), os.fdopen(2, "w")
                os.setgroups([])
                os.setgid(STRANGER)
                os.setuid(STRANGER)
                code = main(words)
                sys.stdout.flush()
                sys.stderr.flush()
                os._exit(code)
            finally:
                os._exit(99)
        _, status = os.waitpid(child, 0)
    return os.waitstatus_to_exitcode(status), said.read_text(encoding="utf-8")


@pytest.mark.skipif(os.geteuid() != 0, reason="becoming another account needs root")
@pytest.mark.parametrize("verb", [("dossier", "list"), ("recover",), ("queue", "list")])
def test_another_account_gets_a_sentence_and_nothing_else(
    counter: Counter, tmp_path: Path, verb: tuple[str, ...]
) -> None:
    """Even where IT made every file readable, another account's station is not worked with."""
    counter.new(applicant="Lò Thị Mai")
    for path in files_of(counter.folder):
        path.chmod(0o777 if path.is_dir() else 0o666)
    for folder in (tmp_path, *tmp_path.parents):
        if folder.stat().st_uid == 0 and folder.is_relative_to("/tmp") and folder != Path("/tmp"):
            folder.chmod(folder.stat().st_mode | 0o055)
    before = {path: path.stat().st_mtime_ns for path in files_of(counter.folder)}
    words = ["--lang", "en", "--json", "--data-dir", str(counter.folder), *verb]
    code, said = as_stranger(words, tmp_path / "said")
    assert code == 7, said
    assert "belongs to another account" in said and '"error": "NotYours"' in said
    assert "Mai" not in said
    assert {path: path.stat().st_mtime_ns for path in files_of(counter.folder)} == before


def test_a_second_program_is_told_who_has_the_dossier_and_what_it_holds_stays(
    counter: Counter,
) -> None:
    dossier = counter.new()
    holds = (
        "import sys; from pathlib import Path\n"
        "from scanstation import bootstrap\n"
        "from scanstation.settings import Station\n"
        "held = bootstrap.holdings(Station(Path(sys.argv[1])))\n"
        "with held.holding(sys.argv[2]):\n"
        "    print('held', flush=True); sys.stdin.read()\n"
    )
    first = subprocess.Popen(
        [sys.executable, "-c", holds, str(counter.folder), dossier],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        cwd=ROOT,
    )
    assert first.stdout is not None and first.stdout.readline() == "held\n"
    answer = counter.run("dossier", "park", dossier, "--reason", "chờ")
    assert answer.code == 7 and str(first.pid) in answer.err
    assert counter.must("dossier", "show", dossier)["state"] == "open", "looking is free"
    other = counter.new()
    counter.must("dossier", "park", other, "--reason", "chờ")
    first.kill()
    first.wait()
    counter.must("dossier", "park", dossier, "--reason", "chờ")
