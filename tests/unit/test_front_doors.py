"""Each front door loads only what it uses; shown by what is absent after the import."""

import subprocess
import sys

import pytest

HEAVY = ("numpy", "cv2", "pikepdf", "pypdfium2", "pyhanko", "pytesseract", "pyinsane2", "PIL")

DOORS = {
    "scanstation.cli": (*HEAVY, "textual", "httpx", "starlette", "uvicorn", "rich"),
    "scanstation.intake": (*HEAVY[:-1], "textual", "httpx", "starlette"),
    "scanstation.courier": (*HEAVY, "textual", "httpx", "starlette"),
    "scanstation.model.dossier": (*HEAVY, "textual", "httpx", "cryptography"),
    "scanstation.sync.tus": (*HEAVY, "textual", "starlette"),
    "scanstation.outbox": (*HEAVY, "textual", "httpx"),
    "scanstation.package": (*HEAVY, "textual", "httpx"),
    "scanstation.bootstrap": (*HEAVY, "textual", "httpx", "starlette"),
    "scanstation.mailroom": (*HEAVY, "pillow_heif", "watchdog", "textual", "httpx", "starlette"),
}


@pytest.mark.parametrize("door", DOORS)
def test_a_front_door_loads_only_what_it_uses(door: str) -> None:
    program = f"import sys, {door}; print(*sys.modules)"
    done = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=True
    )
    loaded = set(done.stdout.split())
    assert door in loaded
    assert loaded & set(DOORS[door]) == set()


def test_sync_runs_where_no_scanner_reading_or_screen_is_installed(tmp_path: str) -> None:
    absent = (*HEAVY, "textual", "starlette", "uvicorn", "watchdog")
    program = (
        "import sys\n"
        f"for name in {absent!r}: sys.modules[name] = None\n"
        "from scanstation.cli import main\n"
        f"sys.exit(main(['--lang', 'en', '--data-dir', {str(tmp_path)!r}, *sys.argv[1:]]))\n"
    )

    def scanstation(*words: str) -> "subprocess.CompletedProcess[str]":
        return subprocess.run(
            [sys.executable, "-c", program, *words], capture_output=True, text=True, check=False
        )

    key = '{"kty":"OKP","crv":"Ed25519","x":"11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo"}'
    where = ("--central", "http://127.0.0.1:9", "--receipt-key", key)
    made = scanstation("station", "init", "--id", "S1", "--agency", "UBND xã Tân Hợp", *where)
    assert made.returncode == 0, made.stderr
    done = scanstation("sync", "--once")
    assert done.returncode == 0, done.stderr
    assert "The queue is empty." in done.stdout
