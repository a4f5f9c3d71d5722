"""The screen reaches no engine, driver, PDF library or network by itself."""

import subprocess
import sys

import pytest

ENGINES = ("cv2", "pikepdf", "pypdfium2", "pyhanko", "httpx", "pytesseract", "pyinsane2")


# textual_image 0.12 takes numpy for sixel, which this screen does not use: it loads with the App.
@pytest.mark.parametrize(
    ("module", "absent"),
    [("scanstation.tui", (*ENGINES, "numpy", "textual")), ("scanstation.tui.app", ENGINES)],
)
def test_importing_the_screen_loads_nothing_heavy(module: str, absent: tuple[str, ...]) -> None:
    code = f"import sys, {module}; print(*sorted(set({absent!r}) & set(sys.modules)))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.split() == []
