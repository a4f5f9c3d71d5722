"""The fallback: SANE's own `scanimage` (Debian's sane-utils), for devices our binding fails on.

A process per scan, options as text, its exit code a SANE status. It reads back what the device
took by asking once more with the same settings; it refuses to tell progress it did not hear.
"""

import os
import queue
import re
import secrets
import signal
import subprocess
import threading
from collections.abc import Generator, Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from tempfile import TemporaryDirectory

import msgspec

from scanstation import errors
from scanstation.i18n import _
from scanstation.model.events import PageScanned, ScanEnded, ScanEvent, ScanProgress, ScanStarted
from scanstation.model.page import PageFile
from scanstation.model.profile import DeviceProfile, ScanProfile
from scanstation.scanner import (
    DeviceDescription,
    DeviceInfo,
    conf,
    faults,
    messages,
    options,
    scanimage_words,
    traits,
)
from scanstation.scanner.folder import read_images
from scanstation.scanner.watch import Limits, limits_of, patient

_PROGRESS = re.compile(r"Progress: ([\d.]+)%")
_END, _NO_DOCS = 5, 7  # SANE_Status
_SAID = 40  # lines of stderr worth keeping


class ScanimageDriver:
    """ScanDriver over the program; the device is free again after every scan."""

    def __init__(
        self,
        backends: Sequence[str] = (),
        limits: Limits | None = None,
        known: Sequence[DeviceProfile] = (),
    ) -> None:
        self._backends, self._known = tuple(backends), tuple(known)
        self._limits = limits or Limits()
        self._in_use = threading.Lock()
        self._running: _Run | None = None

    def devices(self) -> tuple[DeviceInfo, ...]:
        """What `scanimage -f` lists; errors.DeviceError, errors.MissingPart."""
        with self._call(ScanProfile(id="", device="")) as call:
            limit = patient(self._limits, self._known, self._backends).discover
            listed = call.text("-f", "%d|%v|%m|%t%n", limit=limit)
        rows = (line.split("|") for line in listed.splitlines())
        return tuple(
            DeviceInfo(name=row[0], vendor=row[1], model=row[2], kind=row[3])
            for row in rows
            if len(row) == 4
        )

    def describe(self, profile: ScanProfile) -> DeviceDescription:
        """What the device of `profile` can do; errors.DeviceError when it does not answer."""
        fits = self._traits(profile.device)
        with self._call(profile, fits) as call:
            offered = scanimage_words.parsed(call.text("-A", limit=self._limits.open))
        return DeviceDescription(
            device=DeviceInfo(name=profile.device, vendor="", model="", kind=""),
            backend=traits.backend_of(profile.device),
            profile=fits.id if fits else "",
            options=tuple(options.described(one, str(now)) for one, now in offered.values()),
        )

    def scan(self, profile: ScanProfile, scratch: Path) -> Iterator[ScanEvent]:
        """Scan one page, or a feeder until it is empty; each page is decoded before it counts."""
        if not self._in_use.acquire(blocking=False):
            raise errors.DeviceBusy(device=profile.device, kept=0)
        try:
            fits = self._traits(profile.device)
            with self._call(profile, fits) as call:
                yield from call.scan(profile, scratch, fits)
        finally:
            self._in_use.release()

    def close(self) -> None:
        """Stop a scan under way, also from another thread; nothing else is held."""
        if (running := self._running) is not None:
            running.stop()

    @contextmanager
    def _call(self, profile: ScanProfile, fits: DeviceProfile | None = None) -> Iterator["_Run"]:
        limits = limits_of(self._limits, fits.limits) if fits else self._limits
        with TemporaryDirectory(prefix="scanstation-scanimage-") as folder:
            run = _Run(profile, Path(folder), self._needed(profile), limits)
            self._running = run
            try:
                yield run
            finally:
                self._running = None
                run.stop()

    def _needed(self, profile: ScanProfile) -> tuple[str, ...]:
        named, colon, _rest = profile.device.partition(":")
        return profile.backends or self._backends or ((named,) if colon else ())

    def _traits(self, device: str) -> DeviceProfile | None:
        backend = traits.backend_of(device)
        possible = traits.candidates(self._known, backend)
        model = ""
        if any(one.model != "*" for each in possible for one in each.match):
            model = next((one.model for one in self.devices() if one.name == device), "")
        return traits.fitting(possible, backend, model)


class _Run:
    """One scan: a few short questions, then the process that scans."""

    def __init__(
        self, profile: ScanProfile, folder: Path, backends: tuple[str, ...], limits: Limits
    ) -> None:
        self._device, self._folder, self._limits = profile.device, folder, limits
        self._environment = os.environ | {"LC_ALL": "C"}  # values are compared in English
        if backends:
            settings = folder / "sane.d"
            settings.mkdir()
            conf.write(settings, backends)
            self._environment["SANE_CONFIG_DIR"] = str(settings)
        self._process: subprocess.Popen[bytes] | None = None
        self._heard: queue.Queue[str | float | None] = queue.Queue()
        self._said: list[str] = []
        self._stopped = threading.Event()
        self._kept = 0

    # --- the story ----------------------------------------------------------------------------

    def scan(
        self, profile: ScanProfile, scratch: Path, fits: DeviceProfile | None
    ) -> Iterator[ScanEvent]:
        arguments, taken = self._settled(profile, fits)
        yield taken
        name = f"scan-{secrets.token_hex(4)}"
        count = [] if profile.feeder else ["--batch-count=1"]
        pages = self._folder / f"{name}-%04d.pnm"
        self._start(
            *arguments, "--format=pnm", "--progress", f"--batch={pages}", "--batch-print", *count
        )
        dpi = float(taken.actual.get("resolution") or 0)
        lines = round(float(taken.actual.get("br-y") or 0) / 25.4 * dpi)
        while (path := (yield from self._page_file(lines))) is not None:
            page = self._decoded(path, scratch, taken, lines)
            self._kept += 1
            yield PageScanned(page=page)
        self._judge()
        if not self._kept:
            nothing = messages.Fault(step="scan", status=_END)
            raise self._noted(faults.error(nothing, device=self._device, kept=0))
        yield ScanEnded(pages=self._kept)

    def _settled(
        self, profile: ScanProfile, fits: DeviceProfile | None
    ) -> tuple[list[str], ScanStarted]:
        """The arguments for `profile`, and what the device made of them."""
        offered = scanimage_words.parsed(self.text("-A", limit=self._limits.open))
        source, now = offered.get("source", (None, ""))
        try:
            wishes = options.wishes(profile, source, str(now), fits)
            first = scanimage_words.arguments(wishes, offered, final=False)
            actual = self._read_back(first)
            final = scanimage_words.arguments(wishes, actual, final=True)
        except options.Refused as refused:
            raise errors.SettingRefused(
                device=self._device, option=refused.option, value=refused.value, kept=0
            ) from refused
        if final != first:
            actual = self._read_back(final)
        return final, _started(self._device, wishes, actual)

    def _read_back(
        self, arguments: Sequence[str]
    ) -> dict[str, tuple[options.Option, options.Value]]:
        return scanimage_words.parsed(self.text(*arguments, "-A", limit=self._limits.open))

    def _page_file(self, lines: int) -> Generator[ScanEvent, None, Path | None]:
        """Progress until a page file is complete; None when the process has ended."""
        told, limit = 0, self._limits.first_progress
        while (heard := self._next(limit)) is not None:
            if isinstance(heard, str):
                if (path := Path(heard)).is_file():
                    return path
            elif (grown := int(lines * heard / 100)) > told:
                told, limit = grown, self._limits.progress
                yield ScanProgress(page=self._kept + 1, lines=grown, expected=lines)
        return None

    def _decoded(self, path: Path, scratch: Path, taken: ScanStarted, lines: int) -> PageFile:
        try:
            page = next(iter(read_images(path, scratch)))
        except errors.InputError as fault:
            raise errors.PageCut(
                page=self._kept + 1, lines=0, expected=lines, kept=self._kept
            ) from fault
        finally:
            path.unlink(missing_ok=True)
        source, dpi = taken.actual.get("source", ""), float(taken.actual.get("resolution") or 0)
        return msgspec.structs.replace(page, dpi=dpi, source=source, warnings=taken.warnings)

    # --- the process --------------------------------------------------------------------------

    def text(self, *words: str, limit: float) -> str:
        """What a short question prints; raises the clerk's errors."""
        self._start(*words)
        lines: list[str] = []
        while (heard := self._next(limit)) is not None:
            lines += [heard] if isinstance(heard, str) else []
        self._judge()
        return "\n".join(lines)

    def _start(self, *words: str) -> None:
        named = ["-d", self._device] if self._device else []
        self._said, self._heard = [], queue.Queue()
        if self._stopped.is_set():
            raise errors.Stopped(kept=self._kept)
        try:
            process = subprocess.Popen(
                ["scanimage", *named, *words],
                stdin=subprocess.DEVNULL,
                stdout=subprocess.PIPE,
                stderr=subprocess.PIPE,
                env=self._environment,
                cwd=self._folder,
                start_new_session=True,  # Ctrl-C is the parent's to handle
            )
        except FileNotFoundError as fault:
            raise errors.MissingPart(part="scanimage", install="apt install sane-utils") from fault
        self._process = process
        listening = threading.Thread(target=self._complaints, args=(process,), daemon=True)
        listening.start()
        threading.Thread(target=self._lines, args=(process, listening), daemon=True).start()

    def _lines(self, process: "subprocess.Popen[bytes]", complaints: threading.Thread) -> None:
        assert process.stdout is not None
        heard = self._heard
        with process.stdout as stream:
            for raw in stream:
                heard.put(raw.decode(errors="replace").rstrip("\n"))
        complaints.join()
        process.wait()
        heard.put(None)

    def _complaints(self, process: "subprocess.Popen[bytes]") -> None:
        """Progress ends its lines with a carriage return, complaints with a newline."""
        assert process.stderr is not None
        heard, said, line = self._heard, self._said, b""
        with process.stderr as stream:
            while piece := stream.read1(4096):  # type: ignore[attr-defined]  # a BufferedReader
                *whole, line = re.split(rb"[\r\n]", line + piece)
                for raw in whole:
                    text = raw.decode(errors="replace")
                    if found := _PROGRESS.search(text):
                        heard.put(float(found[1]))
                    elif text.strip():
                        said.append(text)
                        del said[:-_SAID]

    def _next(self, limit: float) -> str | float | None:
        try:
            return self._heard.get(timeout=limit)
        except queue.Empty:
            if scanimage_words.failure(self._said)[0]:
                return None  # it complained and then stuck: seen on libsane's test device
            raise self._noted(
                errors.DriverHung(device=self._device, seconds=f"{limit:g}", kept=self._kept)
            ) from None

    def _judge(self) -> None:
        """Raise what the ended process means, if it is a fault."""
        assert self._process is not None
        if self._stopped.is_set():
            raise errors.Stopped(kept=self._kept)
        self._end()
        code = self._process.wait()
        step, status = scanimage_words.failure(self._said)
        if code < 0 and not step:
            raise self._noted(errors.DriverCrashed(device=self._device, kept=self._kept))
        # A complaint counts whatever the exit code: that is 0 for an empty feeder, and in one of
        # twenty faults of the test device a late SIGPIPE makes scanimage leave with 0 as well.
        ran_out = (step, status) == ("scan", _NO_DOCS)
        if (ran_out and self._kept) or (code == 0 and not step):
            return
        fault = messages.Fault(step=step or "scan", status=status or code)
        raise self._noted(faults.error(fault, device=self._device, kept=self._kept))

    def _noted(self, error: errors.ScanStationError) -> errors.ScanStationError:
        error.add_note("\n".join(self._said))
        return error

    def stop(self) -> None:
        """End what runs; the scan under way ends as stopped."""
        self._stopped.set()
        self._end()

    def _end(self) -> None:
        """End the process if it still runs: politely, so that the device rests, then by force.

        Its first SIGINT cancels the page; between two pages it takes a second one to end it.
        """
        process = self._process
        if process is None or process.poll() is not None:
            return
        polite = (signal.SIGINT, self._limits.cancel / 2)
        for number, seconds in (polite, polite, (signal.SIGKILL, 1.0)):
            with suppress(ProcessLookupError):
                os.killpg(process.pid, number)
            with suppress(subprocess.TimeoutExpired):
                process.wait(seconds)
                return


def _started(
    device: str,
    wishes: Sequence[options.Wish],
    actual: dict[str, tuple[options.Option, options.Value]],
) -> ScanStarted:
    dpi = float(str(actual["resolution"][1]) or 0) if "resolution" in actual else 0.0
    sentence = _("{option}: {asked} was asked for, the device took {actual}")
    said = []
    for wish in wishes:
        option, now = actual.get(wish.option, (None, ""))
        if option is None or not option.active:
            continue
        if (asked := options.differs(option, wish, now, dpi)) is not None:
            said.append(sentence.format(option=wish.option, asked=asked, actual=now))
    named = {wish.option for wish in wishes} | {"source", "mode", "depth", "resolution"}
    shown = {
        name: str(actual[name][1]) for name in named if name in actual and actual[name][1] != ""
    }
    return ScanStarted(device=device, actual=shown, warnings=tuple(said))
