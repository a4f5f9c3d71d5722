"""Printing goes through lp; a scripted one on PATH shows what it is handed."""

from pathlib import Path

import pytest

from scanstation import errors
from scanstation.sheets.printer import print_file


@pytest.fixture
def lp(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """`lp` keeps its arguments and the file; it refuses the printer «hong»."""
    tools = tmp_path / "bin"
    tools.mkdir()
    script = tools / "lp"
    script.write_text(
        '#!/bin/sh\nfor last; do :; done\ncp "$last" "$0.file"\necho "$@" >"$0.said"\n'
        'case "$*" in *hong*) echo "lp: unknown printer hong" >&2; exit 1;; esac\n'
        'echo "request id is quay-2-17 (1 file(s))"\n'
    )
    script.chmod(0o755)
    monkeypatch.setenv("PATH", f"{tools}:/usr/bin:/bin")
    return script


@pytest.fixture
def paper(tmp_path: Path) -> Path:
    path = tmp_path / "-to khai.pdf"
    path.write_bytes(b"%PDF-1.7 x")
    return path


def test_the_printer_gets_the_file_and_a_title(lp: Path, paper: Path) -> None:
    assert print_file(paper, "ScanStation 1", "quay-2") == "request id is quay-2-17 (1 file(s))"
    assert lp.with_name("lp.file").read_bytes() == b"%PDF-1.7 x"
    assert lp.with_name("lp.said").read_text().startswith("-t ScanStation 1 -d quay-2 -- ")


def test_without_a_name_the_system_s_printer_is_meant(lp: Path, paper: Path) -> None:
    print_file(paper, "ScanStation 1")
    assert "-d" not in lp.with_name("lp.said").read_text().split()


def test_a_printer_that_refuses_is_told_in_its_own_words(lp: Path, paper: Path) -> None:
    with pytest.raises(errors.PrinterRefused, match="unknown printer hong"):
        print_file(paper, "ScanStation 1", "hong")


def test_without_cups_the_clerk_hears_what_to_install(
    paper: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(errors.MissingPart, match="cups-client"):
        print_file(paper, "ScanStation 1")
