"""Paper from a file, through CUPS' own `lp`; the only caller of that program.

The job's title is the caller's: it stands in the printer's display and in CUPS' log for everybody,
so no person's name belongs there.
"""

import shutil
import subprocess
from pathlib import Path

from scanstation import errors

_INSTALL = "apt install cups-client"
_PATIENCE_S = 60


def print_file(path: Path, title: str, printer: str = "") -> str:
    """Hand a PDF to the printer, by default the system's; what `lp` said, such as the job's name.

    Raises MissingPart without `lp`; PrinterRefused.
    """
    program = shutil.which("lp")
    if program is None:
        raise errors.MissingPart(part="lp (CUPS)", install=_INSTALL)
    command = [program, "-t", title, *(("-d", printer) if printer else ()), "--", str(path)]
    try:
        done = subprocess.run(
            command,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=_PATIENCE_S,
            check=False,
        )
    except subprocess.TimeoutExpired as fault:
        raise _refused(printer, f"{_PATIENCE_S} s") from fault
    except OSError as fault:
        raise _refused(printer, str(fault)) from fault
    if done.returncode:
        raise _refused(printer, done.stderr.strip() or f"lp: {done.returncode}")
    return done.stdout.strip()


def _refused(printer: str, problem: str) -> errors.PrinterRefused:
    return errors.PrinterRefused(printer=printer or "–", problem=problem)
