"""Any scanner that libsane knows, driven from outside the process that talks to it.

Hands on pages as they come, translates faults into the clerk's errors and starts a new worker on
the next use after a crash. It refuses to load libsane here and never repeats a scan by itself:
a page twice is as wrong as a page lost.
"""

import secrets
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path

from scanstation import errors
from scanstation.model.events import (
    PageScanned,
    ScanEnded,
    ScanEvent,
    ScanProgress,
    ScanStarted,
)
from scanstation.model.page import PageFile
from scanstation.model.profile import DeviceProfile, ScanProfile
from scanstation.scanner import DeviceDescription, DeviceInfo, faults, messages
from scanstation.scanner.child import Child, Gone, Silent
from scanstation.scanner.watch import Limits, Watch, limits_of, patient


class SaneDriver:
    """ScanDriver over libsane; `backends` are loaded for a profile that names none itself."""

    def __init__(
        self,
        backends: Sequence[str] = (),
        limits: Limits | None = None,
        known: Sequence[DeviceProfile] = (),
    ) -> None:
        self._backends, self._known = tuple(backends), tuple(known)
        self._limits = limits or Limits()
        self._child: Child | None = None
        self._loaded: tuple[str, ...] = ()
        self._used = 0.0
        self._in_use = threading.Lock()

    @property
    def worker_pid(self) -> int | None:
        """The worker process; None while there is none."""
        return self._child.pid if self._child and self._child.alive else None

    def devices(self) -> tuple[DeviceInfo, ...]:
        """What libsane sees now; errors.DeviceError when a driver hangs, crashes or refuses."""
        found: tuple[DeviceInfo, ...] = ()
        with self._turn(faults.ANY, self._backends) as turn:
            for report in turn.reports(messages.FindDevices()):
                if isinstance(report, messages.Found):
                    found = report.devices
        return found

    def scan(self, profile: ScanProfile, scratch: Path) -> Iterator[ScanEvent]:
        """Scan one page, or a feeder until it is empty; file names never repeat in `scratch`."""
        command = messages.StartScan(
            profile=profile,
            folder=str(scratch.absolute()),
            name=f"scan-{secrets.token_hex(4)}",
            known=self._known,
        )
        with self._turn(profile.device or faults.ANY, self._needed(profile)) as turn:
            for report in turn.reports(command):
                if (event := _event(report, turn.device)) is not None:
                    yield event

    def describe(self, profile: ScanProfile) -> DeviceDescription:
        """What the device of `profile` can do; errors.DeviceError when it does not answer."""
        command = messages.Describe(device=profile.device, known=self._known)
        with self._turn(profile.device or faults.ANY, self._needed(profile)) as turn:
            said = list(turn.reports(command))
        return next(each.description for each in said if isinstance(each, messages.Described))

    def _needed(self, profile: ScanProfile) -> tuple[str, ...]:
        """The backends to load: one is enough where the device's name begins with it."""
        named, colon, _rest = profile.device.partition(":")
        only = (named,) if colon and not set(profile.device) & set("*?") else ()
        return profile.backends or self._backends or only

    def close(self) -> None:
        """Release the device and end the worker; safe to call twice, and from another thread."""
        child, self._child = self._child, None
        if child is not None:
            child.end(self._limits.cancel)

    @contextmanager
    def _turn(self, device: str, backends: tuple[str, ...]) -> Iterator["_Turn"]:
        """The worker for one command; afterwards it is at rest, or gone."""
        if not self._in_use.acquire(blocking=False):
            raise errors.DeviceBusy(device=device, kept=0)
        try:
            limits = patient(self._limits, self._known, backends)
            turn = _Turn(self._ready_child(device, backends), limits, device)
            try:
                yield turn
            finally:
                self._used = time.monotonic()
                if not turn.leave():
                    self._child = None
        finally:
            self._in_use.release()

    def _ready_child(self, device: str, backends: tuple[str, ...]) -> Child:
        recent = time.monotonic() - self._used < self._limits.idle
        if self._child and self._child.alive and self._loaded == backends and recent:
            return self._child
        self.close()
        try:
            child = Child(backends)
        except Gone as fault:
            raise errors.DriverCrashed(device=device, kept=0) from fault
        self._child, self._loaded = child, backends  # before it speaks: close() must find it
        birth = _Turn(child, self._limits, device)
        try:
            for _report in birth.reports(None):
                pass
        finally:
            if not birth.at_rest:
                self._child = None
                child.kill()
        return child


class _Turn:
    """One command to a worker, and what is known about it so far."""

    def __init__(self, child: Child, limits: Limits, device: str) -> None:
        self._child = child
        self._limits = limits
        self._fault: messages.Fault | None = None
        self._error: errors.ScanStationError | None = None
        self.device = device
        self.kept = 0
        self.at_rest = False
        self._ended = True

    def reports(self, command: messages.Command | None) -> Iterator[messages.Report]:
        """Reports until the worker is at rest; then the fault, if there was one, is raised."""
        limit = self._limits.discover if command else self._limits.open
        watch = Watch(self._limits, time.monotonic(), waiting_for=limit)
        self._ended = not isinstance(command, messages.StartScan)
        try:
            if command:
                self._child.say(command)
            for report in self._child.heard(watch):
                self._note(report)
                yield report
        except Silent as fault:
            raise self._told(self._hung(fault)) from fault
        except Gone as fault:
            raise self._told(self._gone()) from fault
        if self._fault or not self._ended:
            raise self._told(errors.Stopped(kept=self.kept))

    def _note(self, report: messages.Report) -> None:
        match report:
            case messages.Opening(device=device, limits=own):
                self.device, self._limits = device, limits_of(self._limits, own)
            case messages.PageDone():
                self.kept += 1
            case messages.Fault():
                self._fault = report
            case messages.Ended():
                self._ended = True
            case messages.Ready():
                self.at_rest = True
            case _:
                pass

    def _gone(self) -> errors.ScanStationError:
        if self._child.dismissed:
            return errors.Stopped(kept=self.kept)
        return errors.DriverCrashed(device=self.device, kept=self.kept)

    def _hung(self, fault: Silent) -> errors.DriverHung:
        return errors.DriverHung(device=self.device, seconds=f"{fault.seconds:g}", kept=self.kept)

    def _told(self, otherwise: errors.ScanStationError) -> errors.ScanStationError:
        """The fault the worker reported, or else `otherwise`, with the drivers' own last words."""
        error = otherwise
        if self._fault:
            error = faults.error(self._fault, device=self.device, kept=self.kept)
        if said := self._child.last_words():
            error.add_note(said)
        self._error = error
        return error

    def leave(self) -> bool:
        """Stop what still runs. False when the worker is not fit for another command."""
        if not self.at_rest:
            with suppress(Silent, Gone):
                self._child.say(messages.Cancel())
                limit = self._limits.cancel
                watch = Watch(self._limits, time.monotonic(), waiting_for=limit)
                for report in self._child.heard(watch):
                    self._note(report)
        if not self.at_rest:
            self._child.kill()
        elif isinstance(self._error, errors.DeviceError):
            # A backend that lost its device keeps the dead connection: the net backend then
            # answers every later open with a broken pipe.
            self._child.end(self._limits.cancel)
        else:
            return True
        return False


def _event(report: messages.Report, device: str) -> ScanEvent | None:
    match report:
        case messages.Taken():
            return ScanStarted(device=device, actual=report.actual, warnings=report.warnings)
        case messages.Grown():
            return ScanProgress(page=report.page, lines=report.lines, expected=report.expected)
        case messages.PageDone():
            return PageScanned(page=_page(report))
        case messages.Ended():
            return ScanEnded(pages=report.pages)
        case _:
            return None


def _page(done: messages.PageDone) -> PageFile:
    return PageFile(
        path=Path(done.path),
        width=done.width,
        height=done.height,
        dpi=done.dpi,
        mode=done.mode,
        source=done.source,
        warnings=done.warnings,
    )
