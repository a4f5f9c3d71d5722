"""One worker process and its private configuration folder, as seen from the parent.

It starts, talks to and ends the process; what the words mean is for sane.py. A silent worker is
ended by force after its limit: a driver stuck in libsane heeds nothing else.
"""

import os
import queue
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import suppress
from pathlib import Path
from tempfile import TemporaryDirectory

from scanstation import i18n
from scanstation.scanner import conf, messages
from scanstation.scanner.watch import Watch

_GRACE_S = 0.5  # between terminate and kill
_SAID = 2000  # bytes of the drivers' last words worth keeping


class Silent(Exception):
    """Nothing grew within the limit; `seconds` says which limit that was."""

    def __init__(self, seconds: float) -> None:
        super().__init__(seconds)
        self.seconds = seconds


class Gone(Exception):
    """The process ended in the middle of something."""


class Child:
    """A running worker that loads `backends` only (all of the system's when empty)."""

    def __init__(self, backends: Sequence[str]) -> None:
        self._folder = TemporaryDirectory(prefix="scanstation-sane-")
        self._dismissed = False
        self._log = Path(self._folder.name) / "said.txt"
        self._reports: queue.Queue[messages.Report | None] = queue.Queue()
        born: queue.Queue[subprocess.Popen[bytes] | OSError] = queue.Queue()
        environment = self._environment(backends)
        threading.Thread(target=self._live, args=(born, environment), daemon=True).start()
        process = born.get()
        if isinstance(process, OSError):
            self._folder.cleanup()
            raise Gone from process
        self._process = process

    def _environment(self, backends: Sequence[str]) -> dict[str, str]:
        environment = os.environ | {"SCANSTATION_LANG": i18n.language()}
        if backends:
            folder = Path(self._folder.name) / "sane.d"
            folder.mkdir()
            conf.write(folder, backends)
            environment["SANE_CONFIG_DIR"] = str(folder)
        return environment

    def _live(
        self, born: "queue.Queue[subprocess.Popen[bytes] | OSError]", environment: dict[str, str]
    ) -> None:
        """A thread that lasts as long as the worker: PR_SET_PDEATHSIG minds the starting thread."""
        try:
            with self._log.open("wb") as log:
                process = subprocess.Popen(
                    [sys.executable, "-m", "scanstation.scanner.worker"],
                    stdin=subprocess.PIPE,
                    stdout=subprocess.PIPE,
                    stderr=log,
                    env=environment,
                    start_new_session=True,  # Ctrl-C is the parent's to handle
                )
        except OSError as fault:
            born.put(fault)
            return
        born.put(process)
        assert process.stdout is not None
        for raw in process.stdout:
            if (report := messages.report(raw)) is not None:
                self._reports.put(report)
        self._reports.put(None)
        process.stdout.close()
        process.wait()

    @property
    def pid(self) -> int:
        return self._process.pid

    @property
    def alive(self) -> bool:
        return self._process.poll() is None

    @property
    def dismissed(self) -> bool:
        """Whether `end` was called: that it is gone then is no crash."""
        return self._dismissed

    def say(self, command: messages.Command) -> None:
        """Send `command`; Gone when nobody is there to read it."""
        assert self._process.stdin is not None
        try:
            self._process.stdin.write(messages.line(command))
            self._process.stdin.flush()
        except (BrokenPipeError, ValueError) as fault:
            raise Gone from fault

    def heard(self, watch: Watch) -> Iterator[messages.Report]:
        """Reports up to the next Ready, included; Silent or Gone when that does not come."""
        while True:
            try:
                report = self._reports.get(timeout=max(watch.left(time.monotonic()), 0))
            except queue.Empty:
                raise Silent(watch.limit) from None
            if report is None:
                self._reports.put(None)  # gone is gone, for whoever asks next too
                raise Gone
            watch.heard(report, time.monotonic())
            yield report
            if isinstance(report, messages.Ready):
                return

    def last_words(self) -> str:
        """The end of what drivers printed, for IT staff."""
        with suppress(OSError):
            return self._log.read_bytes()[-_SAID:].decode(errors="replace").strip()
        return ""

    def end(self, patience: float) -> None:
        """Ask to quit, wait `patience` seconds, then kill; leaves no process and no folder."""
        self._dismissed = True
        with suppress(Gone):
            self.say(messages.Quit())
        if not self._ended_within(patience):
            self.kill()
        self._tidy()

    def kill(self) -> None:
        """End the process and all it started, now; a stopped process too."""
        for number in (signal.SIGTERM, signal.SIGKILL):
            with suppress(ProcessLookupError):
                os.killpg(self._process.pid, number)
            if self._ended_within(_GRACE_S):
                break
        self._tidy()

    def _ended_within(self, seconds: float) -> bool:
        with suppress(subprocess.TimeoutExpired):
            self._process.wait(seconds)
            return True
        return False

    def _tidy(self) -> None:
        assert self._process.stdin is not None
        with suppress(OSError):
            self._process.stdin.close()
        self._folder.cleanup()
