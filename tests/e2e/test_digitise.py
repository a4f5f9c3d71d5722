"""`scanstation digitise` on every fixture page gives a PDF that veraPDF accepts as 2u."""

import re
import subprocess
import sys
import tomllib
import unicodedata
from collections import Counter
from pathlib import Path

import pytest

from tests.helpers.counter import PASSPHRASE, signing_keys
from tests.helpers.parts import requires_part

pytestmark = [
    requires_part("tesseract-vie"),
    requires_part("verapdf"),
    pytest.mark.timeout(900),  # the fixture makes all pages one by one
]

ROOT = Path(__file__).parents[2]
PAGES = ROOT / "fixtures" / "pages"
MANIFEST = tomllib.loads((PAGES / "pages.toml").read_text("utf-8"))["page"]
REAL = ROOT.parent / "shared" / "scans" / "2014 syt nvy.pdf"


def digitise(*words: object, stdin: str = "") -> "subprocess.CompletedProcess[str]":
    return subprocess.run(
        [sys.executable, "-m", "scanstation.cli", "--lang", "en", "digitise", *map(str, words)],
        capture_output=True,
        text=True,
        check=False,
        input=stdin,
    )


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """Every fixture page as a PDF of its own, made by the command line."""
    folder = tmp_path_factory.mktemp("digitised")
    files = {entry["file"]: folder / f"{Path(entry['file']).stem}.pdf" for entry in MANIFEST}
    for name, target in files.items():
        done = digitise(PAGES / name, "-o", target)
        assert done.returncode == 0, f"{name}: {done.stderr}"
    return files


@pytest.mark.parametrize("name", [entry["file"] for entry in MANIFEST])
def test_verapdf_accepts_every_fixture_page_as_2u(
    name: str, made: dict[str, Path], verapdf: "object"
) -> None:
    verdict = verapdf(made[name], "2u")  # type: ignore[operator]
    assert verdict.compliant, verdict.failed


def words(text: str) -> Counter[str]:
    return Counter(re.findall(r"\w+", re.sub("⟦[^⟧]*⟧", "", text)))


def test_the_text_that_comes_out_is_vietnamese_nfc(made: dict[str, Path]) -> None:
    letter = next(name for name in made if name.startswith("cong-van"))
    done = subprocess.run(
        ["pdftotext", made[letter], "-"], capture_output=True, text=True, check=True
    )
    assert unicodedata.is_normalized("NFC", done.stdout)
    truth = words((PAGES / letter).with_suffix(".txt").read_text("utf-8"))
    missed = sum((truth - words(done.stdout)).values())
    assert missed <= 0.05 * sum(truth.values())


def test_a_real_letter_of_2017_is_accepted_too(tmp_path: Path, verapdf: "object") -> None:
    if not REAL.is_file():
        pytest.skip("needs ../shared/scans, which is never committed")
    target = tmp_path / "letter.pdf"
    done = digitise(REAL, "-o", target)
    assert done.returncode == 0, done.stderr
    verdict = verapdf(target, "2u")  # type: ignore[operator]
    assert verdict.compliant, verdict.failed


@pytest.mark.parametrize("signed", [False, True], ids=["unsigned", "signed"])
def test_pages_in_layers_are_2u_before_and_after_signing(
    tmp_path: Path, verapdf: "object", *, signed: bool
) -> None:
    names = ("cong-van", "blank", "straight-1bit")
    pages = [PAGES / entry["file"] for entry in MANIFEST if entry["name"] in names]
    words: list[object] = [*pages, "--keeping", "layered", "--reading", "none"]
    with signing_keys(tmp_path) as authority:
        key = authority.root.parent / "duong.p12"
        sign = ("--key", key, "--passphrase-fd", "0") if signed else ()
        done = digitise(*words, *sign, "-o", tmp_path / "out.pdf", stdin=f"{PASSPHRASE}\n")
    assert done.returncode == 0, done.stderr
    verdict = verapdf(tmp_path / "out.pdf", "2u")  # type: ignore[operator]
    assert verdict.compliant, verdict.failed
    assert (b"/ByteRange" in (tmp_path / "out.pdf").read_bytes()) is signed
