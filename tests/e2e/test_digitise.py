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
    pytest.mark.timeout(900),  # six pages and more in one test, on a machine that may be busy
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


GROUP = 6
"""Pages in a file: starting a program and its workers takes as long as reading a page quickly."""


@pytest.mark.parametrize("first", range(0, len(MANIFEST), GROUP))
def test_verapdf_accepts_every_fixture_page_as_2u(
    first: int, tmp_path: Path, verapdf: "object"
) -> None:
    group = MANIFEST[first : first + GROUP]
    pages = [PAGES / entry["file"] for entry in group]
    done = digitise(*pages, "--reading", "quick", "-o", tmp_path / "out.pdf")
    assert done.returncode == 0, done.stderr
    verdict = verapdf(tmp_path / "out.pdf", "2u")  # type: ignore[operator]
    assert verdict.compliant, ([entry["name"] for entry in group], verdict.failed)


def words(text: str) -> Counter[str]:
    return Counter(re.findall(r"\w+", re.sub("⟦[^⟧]*⟧", "", text)))


def test_the_text_that_comes_out_is_vietnamese_nfc(tmp_path: Path) -> None:
    letter, target = PAGES / "cong-van.jpg", tmp_path / "out.pdf"
    done = digitise(letter, "-o", target)
    assert done.returncode == 0, done.stderr
    done = subprocess.run(["pdftotext", target, "-"], capture_output=True, text=True, check=True)
    assert unicodedata.is_normalized("NFC", done.stdout)
    truth = words(letter.with_suffix(".txt").read_text("utf-8"))
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
