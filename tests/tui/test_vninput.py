"""Vietnamese as UniKey types it, in a real pty, and whatever form letters arrive in."""

import asyncio
import fcntl
import os
import pty
import struct
import subprocess
import sys
import termios
import unicodedata
from pathlib import Path

import pytest
from textual import events
from textual.app import App, ComposeResult

from scanstation.tui.vninput import VnInput

ROOT = Path(__file__).parents[2]
# Telex «dduwowcj tieengs»: each composed letter comes with the Backspaces that make room for it.
UNIKEY = ["d", "\x7fđ", "u", "\x7fư", "o", "\x7fơ", "c", "\x7f\x7fợc", " "]
UNIKEY += ["t", "i", "e", "\x7fê", "n", "g", "\x7f\x7f\x7fếng"]


def typed_in_a_pty(writes: list[bytes], result: Path) -> str:
    """What the field holds after these writes and Enter."""
    ours, theirs = pty.openpty()
    fcntl.ioctl(theirs, termios.TIOCSWINSZ, struct.pack("HHHH", 24, 80, 0, 0))
    command = [sys.executable, "-m", "tests.tui.vnfield", str(result)]
    environment = os.environ | {"TERM": "xterm-256color", "PYTHONPATH": str(ROOT)}
    child = subprocess.Popen(
        command, cwd=ROOT, env=environment, stdin=theirs, stdout=theirs, stderr=theirs
    )
    os.close(theirs)
    try:
        _read_until(ours, b"READY")
        for write in writes:
            os.write(ours, write)
        os.write(ours, b"\r")
        _read_until(ours, None)
        child.wait(30)
    finally:
        child.kill()
        child.wait()
        os.close(ours)
    return result.read_text(encoding="utf-8")


def _read_until(terminal: int, mark: bytes | None) -> None:
    """Read what the screen draws until the mark, or until the program closes the terminal."""
    seen = b""
    while mark is None or mark not in seen:
        try:
            piece = os.read(terminal, 65536)
        except OSError:  # EIO: the other side is closed
            piece = b""
        if not piece:
            assert mark is None, f"the screen never showed {mark!r}: {seen[-2000:]!r}"
            return
        seen += piece


@pytest.mark.parametrize("how", ["composed letters in one write", "one write", "byte for byte"])
def test_what_unikey_types_is_what_stands_there(how: str, tmp_path: Path) -> None:
    keys = [key.encode() for key in UNIKEY]
    if how == "one write":
        keys = [b"".join(keys)]
    elif how == "byte for byte":
        keys = [bytes([byte]) for byte in b"".join(keys)]
    assert typed_in_a_pty(keys, tmp_path / "typed") == "được tiếng"


def field_after(*steps: object) -> tuple[str, int]:
    """Value and cursor of a VnInput after keys (str), pastes (Paste) and values (dict)."""

    class Field(App[None]):
        def compose(self) -> ComposeResult:
            yield VnInput()

    async def run() -> tuple[str, int]:
        app = Field()
        async with app.run_test() as pilot:
            field = app.query_one(VnInput)
            for step in steps:
                if isinstance(step, events.Paste):
                    field.post_message(step)
                    await pilot.pause()
                elif isinstance(step, dict):
                    field.value = step["value"]
                else:
                    await pilot.press(str(step))
            await pilot.pause()
            return field.value, field.cursor_position

    return asyncio.run(run())


def test_pasted_decomposed_letters_are_composed_and_one_backspace_removes_one_letter() -> None:
    name = "Nguyễn Thị Đường"
    pasted = events.Paste(unicodedata.normalize("NFD", name))
    assert field_after(pasted) == (name, len(name))
    assert field_after(pasted, "left", "left", "backspace") == ("Nguyễn Thị Đưng", 13)


def test_a_combining_mark_joins_the_letter_before_it_also_in_the_middle() -> None:
    acute = events.Paste("\u0301")
    assert field_after("t", "ê", "n", "left", acute) == ("tến", 2)


def test_a_value_set_by_the_program_is_composed() -> None:
    assert field_after({"value": unicodedata.normalize("NFD", "tiếng")})[0] == "tiếng"


def test_editing_keys_still_edit() -> None:
    assert field_after("a", "b", "c", "home", "delete", "end", "left", "backspace") == ("c", 0)
    assert field_after("a", "b", "ctrl+h", "c", "right", "d") == ("acd", 3)
