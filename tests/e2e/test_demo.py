"""`scanstation demo` shows paper become a receipt, and ends well only if every promise held."""

import subprocess
import sys
from pathlib import Path

import pytest

from tests.helpers.parts import requires_part

pytestmark = [
    requires_part("libsane"),
    requires_part("tesseract-vie"),
    requires_part("fonts"),
    pytest.mark.timeout(300),
]


def demo(folder: Path, *words: str) -> "subprocess.CompletedProcess[str]":
    command = [sys.executable, "-m", "scanstation.cli", "--lang", "en", "demo"]
    return subprocess.run(
        [*command, "--data-dir", str(folder), *words], capture_output=True, text=True, check=False
    )


@pytest.fixture(scope="module")
def shown(tmp_path_factory: pytest.TempPathFactory) -> "tuple[Path, str]":
    folder = tmp_path_factory.mktemp("demo") / "d"
    done = demo(folder)
    assert done.returncode == 0, done.stderr
    return folder, done.stderr


def test_the_queue_holds_and_then_delivers(shown: "tuple[Path, str]") -> None:
    told = shown[1]
    held, delivered = told.index("stay safe in the queue"), told.index("Delivered with receipt")
    assert held < told.index("queued", held) < delivered


def test_what_was_signed_is_pdf_a_2u_for_verapdf(
    shown: "tuple[Path, str]", verapdf: object
) -> None:
    files = sorted((shown[0] / "exported").rglob("*.pdf"))
    assert len(files) == 3
    for file in files:
        verdict = verapdf(file, "2u")  # type: ignore[operator]
        assert verdict.compliant, verdict.failed


def test_central_holds_the_very_bytes_of_the_outbox(shown: "tuple[Path, str]") -> None:
    def files(root: str) -> set[bytes]:
        return {path.read_bytes() for path in (shown[0] / root).rglob("*.ssp.zip")}

    assert len(files("central")) == 2
    assert files("central") == files("station/outbox")


def test_the_passphrase_is_nowhere_in_what_was_told(shown: "tuple[Path, str]") -> None:
    assert "passphrase-fd" in shown[1]
    assert "--passphrase " not in shown[1]


def test_a_folder_that_is_no_demo_is_never_emptied(tmp_path: Path) -> None:
    (tmp_path / "mine.txt").write_text("keep")
    done = demo(tmp_path)
    assert done.returncode == 2
    assert (tmp_path / "mine.txt").read_text() == "keep"
