"""saned on loopback: a scanner server that tests kill, freeze and lock with a password."""

import fcntl
import os
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.helpers.parts import SBIN

PORT = 6566  # libsane's net backend knows no other
DEVICE = "net:127.0.0.1:test:0"


class Saned:
    """saned with the test backend; all of its processes are one group."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self.process: subprocess.Popen[bytes] | None = None
        folder.mkdir()
        (folder / "dll.conf").write_text("test\n")
        (folder / "test.conf").write_text("number_of_devices 1\ngeometry_max 300.0\n")
        (folder / "saned.conf").write_text("127.0.0.1\n")

    def start(self) -> None:
        program = shutil.which("saned", path=SBIN)
        assert program is not None
        self.process = subprocess.Popen(
            [program, "-l", "-b", "127.0.0.1", "-p", str(PORT)],
            env=os.environ | {"SANE_CONFIG_DIR": str(self._folder)},
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
        )
        deadline = time.monotonic() + 10
        while not answers():
            assert self.process.poll() is None, "saned ended"
            assert time.monotonic() < deadline, "saned does not listen"

    def signal(self, number: int) -> None:
        assert self.process is not None
        os.killpg(self.process.pid, number)

    def stop(self) -> None:
        if self.process is not None and self.process.poll() is None:
            self.signal(signal.SIGKILL)
        if self.process is not None:
            self.process.wait()


def answers() -> bool:
    try:
        socket.create_connection(("127.0.0.1", PORT), timeout=1).close()
    except OSError:
        return False
    return True


@contextmanager
def saned(folder: Path) -> Iterator[Saned]:
    """A server that is not started yet, configured in the new `folder`; one at a time."""
    lock = Path(tempfile.gettempdir()) / "scanstation-test-port-6566.lock"
    with lock.open("w") as held:
        fcntl.flock(held, fcntl.LOCK_EX)  # one port, perhaps several test processes
        made = Saned(folder)
        try:
            yield made
        finally:
            made.stop()
