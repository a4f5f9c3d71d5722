"""The wheel carries its profiles and works away from the checkout."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with nothing but the installed wheel."""
    folder = tmp_path_factory.mktemp("wheel")
    build = [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(folder)]
    subprocess.run(build, cwd=ROOT, check=True, capture_output=True)
    (wheel,) = folder.glob("*.whl")
    install = [sys.executable, "-m", "pip", "install", "--quiet", "--no-deps", "--no-index"]
    subprocess.run([*install, "--target", str(folder / "site"), wheel], check=True)
    return folder / "site"


def scanstation(site: Path, *words: str, language: str = "en") -> str:
    return subprocess.run(
        [sys.executable, "-m", "scanstation.cli", "--lang", language, *words],
        cwd=site.parent,
        env={**os.environ, "PYTHONPATH": str(site)},
        check=True,
        capture_output=True,
        text=True,
    ).stdout


def test_the_wheel_is_what_runs(site: Path) -> None:
    found = subprocess.run(
        [sys.executable, "-c", "import scanstation; print(scanstation.__file__)"],
        cwd=site.parent,
        env={**os.environ, "PYTHONPATH": str(site)},
        check=True,
        capture_output=True,
        text=True,
    )
    assert Path(found.stdout.strip()).is_relative_to(site)


def test_the_wheel_knows_every_profile_of_the_checkout(site: Path) -> None:
    data = json.loads(scanstation(site, "profile", "list", "--json"))["data"]
    shipped = {path.stem for path in (ROOT / "profiles").glob("[sp]*/*.toml")}
    assert {row["id"] for row in data} == shipped


def test_the_wheel_digitises_a_page(site: Path, tmp_path: Path) -> None:
    page = next((ROOT / "fixtures" / "pages").glob("straight-1bit.tif"))
    target = tmp_path / "out.pdf"
    scanstation(site, "digitise", str(page), "-o", str(target), "--reading", "none")
    assert target.read_bytes().startswith(b"%PDF-1.7")


def test_the_wheel_speaks_vietnamese(site: Path) -> None:
    told = scanstation(site, "--help", language="vi")
    assert told.startswith("cách dùng: scanstation [-h]")
    assert "hồ sơ đã ký, chờ gửi về trung tâm" in told
