"""Another station's process that has a device, or was killed while it had one."""

import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

_PROGRAM = """
import sys
from scanstation.scanner import holders
with holders.using(sys.argv[1], sys.argv[2]):
    print("held", flush=True)
    sys.stdin.read()
"""


@contextmanager
def another_station(
    temporary: Path, device: str, clerk: str, *, killed: bool = False
) -> Iterator[int]:
    """Its process id; with `killed` it is dead and its file is left behind."""
    process = subprocess.Popen(
        [sys.executable, "-c", _PROGRAM, device, clerk],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        env=os.environ | {"TMPDIR": str(temporary), "PYTHONPATH": os.pathsep.join(sys.path)},
    )
    assert process.stdin is not None and process.stdout is not None
    assert process.stdout.readline() == b"held\n"
    if killed:
        process.kill()
        process.wait()
    try:
        yield process.pid
    finally:
        process.stdin.close()
        process.stdout.close()
        process.wait()
