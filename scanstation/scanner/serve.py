"""What the worker does with a command, step by step, whatever library holds the device.

The story of one scan: choose, open, set, then page by page until the end. It refuses to count a
page by anything but the bytes that arrived, and leaves the device at rest after every command.
"""

import fnmatch
import queue
import threading
import time
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import BinaryIO, Protocol

from scanstation.i18n import _
from scanstation.model.profile import DeviceLimits, DeviceProfile, ScanProfile
from scanstation.scanner import (
    DeviceDescription,
    DeviceInfo,
    OptionInfo,
    messages,
    options,
    pixels,
    traits,
)

NO_DOCS, INVALID = 7, 4  # SANE_Status
_EMPTY_READ_S = 0.01
_REPORT_EVERY_S = 0.1
_GRACE_S = 1.0  # for a read to come back by itself before a cancel cuts in
_READABLE = 1024  # bytes; longer values are tables


class Failed(Exception):
    """Carries the Fault that ends the command."""

    def __init__(self, fault: messages.Fault) -> None:
        super().__init__(fault)
        self.fault = fault


class _Cancelled(Exception):
    """The parent asked to stop."""


class Device(Protocol):
    """The one device a worker has open; every verb raises Failed."""

    def find(self) -> tuple[DeviceInfo, ...]: ...

    def open(self, name: str) -> None: ...

    def close(self) -> None:
        """Release the device; fine when none is open."""
        ...

    def names(self) -> tuple[str, ...]:
        """All options of the open device that hold a value."""
        ...

    def option(self, name: str) -> options.Option | None: ...

    def read(self, name: str) -> options.Value | None:
        """The value in force; None when the device has no such option now."""
        ...

    def write(self, option: options.Option, value: options.Value) -> None: ...

    def start(self) -> bool:
        """Begin the next page; False when the feeder has no more paper."""
        ...

    def frame(self) -> pixels.Frame: ...

    def chunk(self) -> bytes | None:
        """The next bytes of the page, b"" when none are there yet, None at its end."""
        ...

    def cancel(self) -> None:
        """Stop the scan; the only verb that another thread may call."""
        ...


class Server:
    """Takes commands until it is told to quit or its parent is gone."""

    def __init__(
        self, device: Device, commands: BinaryIO, reports: BinaryIO, idle_s: float = 60.0
    ) -> None:
        """After `idle_s` without a command other programs may have the device."""
        self._idle_s = idle_s
        self._device = device
        self._incoming, self._reports = commands, reports
        self._commands: queue.Queue[messages.Command] = queue.Queue()
        self._stop = threading.Event()
        self._at_rest = threading.Event()
        self._scanning = threading.Lock()
        self._profile: ScanProfile | None = None
        self._traits: DeviceProfile | None = None
        self._models: dict[str, DeviceInfo] = {}

    # --- commands -----------------------------------------------------------------------------

    def run(self) -> None:
        threading.Thread(target=self._listen, daemon=True).start()
        while True:
            self._at_rest.set()
            self._say(messages.Ready())
            command = self._next()
            if isinstance(command, messages.Quit):
                break
            self._obey(command)
        self._device.close()

    def _listen(self) -> None:
        """On a thread: a cancel must be heard while the device blocks."""
        for raw in self._incoming:
            command = messages.command(raw)
            if isinstance(command, messages.Quit):
                break
            if isinstance(command, messages.Cancel):
                self._interrupt()
            else:
                self._stop.clear()  # here, not when it is taken: a cancel right behind it counts
                self._at_rest.clear()
                self._commands.put(command)
        self._commands.put(messages.Quit())  # the end of stdin says it too
        self._interrupt()

    def _interrupt(self) -> None:
        self._stop.set()
        if not self._at_rest.wait(_GRACE_S):
            self._cancel()  # SANE allows this from anywhere, to end a blocked read

    def _next(self) -> messages.Command:
        try:
            return self._commands.get(timeout=self._idle_s)
        except queue.Empty:
            self._release()
            return self._commands.get()

    def _obey(self, command: messages.Command) -> None:
        try:
            match command:
                case messages.FindDevices():
                    self._say(messages.Found(devices=self._find()))
                case messages.Describe():
                    self._describe(command)
                case messages.StartScan():
                    self._scan(command)
        except _Cancelled:
            self._cancel()
        except Failed as failed:
            self._say(failed.fault)  # first: coming to rest may take the process with it
            self._cancel()
            self._release()

    def _say(self, report: messages.Report) -> None:
        self._reports.write(messages.line(report))
        self._reports.flush()

    def _pause(self) -> None:
        if self._stop.is_set():
            raise _Cancelled

    # --- the story of a scan ------------------------------------------------------------------

    def _scan(self, command: messages.StartScan) -> None:
        profile = command.profile
        self._open(profile, command.known)
        taken = messages.Taken(warnings=self._set(profile), actual=self._actual(profile))
        self._say(taken)
        pages = 0
        self._scanning.acquire()
        while self._begins(pages + 1) and self._page(command, pages + 1, taken):
            pages += 1
            if not profile.feeder:
                break
        self._cancel()  # SANE wants it after the last page too
        if self._traits and self._traits.quirks.reopen:
            self._release()
        self._say(messages.Ended(pages=pages))

    def _open(self, profile: ScanProfile, known: tuple[DeviceProfile, ...]) -> None:
        """Keep the device for the same profile only: options of one never leak into the next."""
        name = self._choose(profile.device)
        self._traits = self._known(name, known)
        own = self._traits.limits if self._traits else DeviceLimits()
        self._say(messages.Opening(device=name, limits=own))
        if self._profile != profile:
            self._release()
        self._device.open(name)
        self._profile = profile

    def _known(self, name: str, known: tuple[DeviceProfile, ...]) -> DeviceProfile | None:
        """The device's profile; it is looked for only where the model makes a difference."""
        backend = traits.backend_of(name)
        possible = traits.candidates(known, backend)
        named = any(one.model != "*" for each in possible for one in each.match)
        return traits.fitting(possible, backend, self._info(name).model if named else "")

    def _info(self, name: str) -> DeviceInfo:
        if name not in self._models:
            self._find()
        unknown = DeviceInfo(name=name, vendor="", model="", kind="")
        return self._models.setdefault(name, unknown)

    def _find(self) -> tuple[DeviceInfo, ...]:
        found = self._device.find()
        self._models |= {each.name: each for each in found}
        return found

    def _describe(self, command: messages.Describe) -> None:
        name = self._choose(command.device)
        info = self._info(name)
        fits = self._known(name, command.known)
        self._say(messages.Opening(device=name))
        self._release()
        self._device.open(name)
        said = DeviceDescription(
            device=info,
            backend=traits.backend_of(name),
            profile=fits.id if fits else "",
            options=tuple(self._option_infos()),
        )
        self._release()
        self._say(messages.Described(description=said))

    def _option_infos(self) -> Iterator[OptionInfo]:
        for name in self._device.names():
            if (option := self._device.option(name)) is not None:
                value = ""
                with suppress(Failed):  # some options can be set but not read
                    value = str(self._device.read(name) or "") if option.size <= _READABLE else ""
                yield options.described(option, value)

    def _release(self) -> None:
        self._profile = None
        self._device.close()

    def _choose(self, wanted: str) -> str:
        """The device a profile means; only a pattern costs a look around."""
        if wanted and not set(wanted) & set("*?"):
            return wanted
        pattern = wanted.replace("[", "[[]") or "*"
        for device in self._find():
            if fnmatch.fnmatchcase(device.name, pattern):
                return device.name
        raise Failed(messages.Fault(step="open", status=INVALID, detail=wanted))

    def _cancel(self) -> None:
        """Stop a scan under way; once per scan, whichever thread comes first."""
        with suppress(RuntimeError):
            self._scanning.release()
            self._device.cancel()

    # --- settings -----------------------------------------------------------------------------

    def _set(self, profile: ScanProfile) -> tuple[str, ...]:
        source = self._device.option("source")
        now = str(self._device.read("source") or "")
        try:
            wishes = options.wishes(profile, source, now, self._traits)
            said = [self._grant(wish) for wish in wishes]
        except options.Refused as refused:
            fault = messages.Fault(step="set", detail=refused.option, value=refused.value)
            raise Failed(fault) from refused
        return tuple(sentence for sentence in said if sentence)

    def _grant(self, wish: options.Wish) -> str | None:
        """Set one option and read it back; a sentence when the device took something else."""
        option = self._device.option(wish.option)
        if option is None or not option.active or not option.settable:
            if wish.required:
                raise options.Refused(wish.option, wish.values[0])
            return None
        dpi = self._dpi()
        if len(option.choices) != 1:  # some devices refuse even their only choice (Epson DS-310)
            self._device.write(option, options.spelt(option, wish, dpi))
        actual = self._device.read(wish.option)
        asked = None if actual is None else options.differs(option, wish, actual, dpi)
        if asked is None:
            return None
        sentence = _("{option}: {asked} was asked for, the device took {actual}")
        return sentence.format(option=wish.option, asked=asked, actual=actual)

    def _actual(self, profile: ScanProfile) -> dict[str, str]:
        names = ["source", "mode", "depth", "resolution", "br-x", "br-y", *profile.options]
        values = {name: self._device.read(name) for name in names}
        return {name: str(value) for name, value in values.items() if value is not None}

    def _dpi(self) -> float:
        return float(self._device.read("resolution") or 0)

    def _dpi_now(self, taken: messages.Taken) -> float:
        """What the device reports after a page; a device that won't say costs no page."""
        with suppress(Failed):
            return self._dpi()
        return float(taken.actual.get("resolution", 0))

    # --- pixels -------------------------------------------------------------------------------

    def _begins(self, page: int) -> bool:
        self._pause()
        if self._device.start():
            return True
        if page == 1:
            raise Failed(messages.Fault(step="scan", status=NO_DOCS))
        return False

    def _page(self, command: messages.StartScan, page: int, taken: messages.Taken) -> bool:
        """Read and store one page; False when the feeder ran out only after it had begun."""
        frame = self._device.frame()
        try:
            pixels.check(frame)
        except pixels.FrameRefused as refused:
            fault = messages.Fault(step="set", detail="mode", value=str(refused))
            raise Failed(fault) from refused
        if (raw := self._read(frame, page)) is None:
            return False
        height = len(raw) // frame.stride
        cut = _cut(page, height, frame.lines, feeder=command.profile.feeder)
        path = Path(command.folder) / f"{command.name}-{page:04}{frame.suffix}"
        _write(path, pixels.pnm(frame, raw))
        self._say(
            messages.PageDone(
                path=str(path),
                width=frame.width,
                height=height,
                dpi=self._dpi_now(taken),
                mode=frame.mode,
                source=taken.actual.get("source", ""),
                warnings=taken.warnings + cut,
            )
        )
        return True

    def _read(self, frame: pixels.Frame, page: int) -> bytearray | None:
        """All bytes of one page; None when there was no sheet after an earlier page."""
        raw, lines, told = bytearray(), 0, 0.0
        try:
            while (chunk := self._chunk()) is not None:
                raw += chunk
                if not chunk:
                    time.sleep(_EMPTY_READ_S)  # a lost network device answers so for ever
                grown = len(raw) // frame.stride
                if grown > lines and time.monotonic() - told > _REPORT_EVERY_S:
                    lines, told = grown, time.monotonic()
                    self._say(messages.Grown(page=page, lines=lines, expected=frame.lines))
        except Failed as failed:
            if failed.fault.status != NO_DOCS:
                raise
            if raw:
                raise _short(page, len(raw) // frame.stride, frame.lines) from failed
            if page == 1:
                raise
            return None
        return raw

    def _chunk(self) -> bytes | None:
        """As the device's; a fault that our own cancel caused is not a fault."""
        self._pause()
        try:
            return self._device.chunk()
        finally:
            self._pause()


def _short(page: int, lines: int, expected: int) -> Failed:
    return Failed(messages.Fault(step="cut", page=page, lines=lines, expected=expected))


def _cut(page: int, height: int, expected: int, *, feeder: bool) -> tuple[str, ...]:
    """Refuse an empty page, and on a flatbed a short one; a feeder's sheet may be a short sheet."""
    if height and height >= expected:
        return ()
    if not height or not feeder:
        raise _short(page, height, expected)
    sentence = _("short page: {lines} of {expected} lines; compare it with the sheet")
    return (sentence.format(lines=height, expected=expected),)


def _write(path: Path, pieces: tuple[bytes, bytes | memoryview]) -> None:
    try:
        with path.open("xb") as stream:
            stream.writelines(pieces)
    except OSError as fault:
        with suppress(OSError):
            path.unlink()
        raise Failed(
            messages.Fault(step="write", status=fault.errno or 0, detail=str(path))
        ) from fault
