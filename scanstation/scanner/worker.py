"""The child process that alone loads libsane: `python -m scanstation.scanner.worker`.

Backends crash, hang and print; here that costs one process and never a page. Commands come as
lines on stdin, reports go as lines to the real stdout, and fd 1 then belongs to stderr. pyinsane2
(2.0.13) opens devices and describes their options; its daemon and its reading loop are left out,
because they lose big pages and invent empty ones.
"""

import ctypes
import os
import signal
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from typing import Any, BinaryIO

os.environ["PYINSANE_SINGLE_THREAD"] = "1"  # before the import: this process replaces its daemon
from pyinsane2.sane import abstract, rawapi

from scanstation import i18n
from scanstation.scanner import DeviceInfo, messages, options, pixels
from scanstation.scanner.serve import INVALID, NO_DOCS, Failed, Server

_CHUNK = 128 * 1024
_PDEATHSIG = 1  # prctl(2)
_Callback = Callable[[bytes, bytes, bytes], None]


@contextmanager
def _step(name: str, detail: str = "", value: object = "") -> Iterator[None]:
    """Name what is being done, for the fault that a SANE status inside becomes."""
    try:
        yield
    except abstract.SaneException as fault:
        status = fault.status  # a SaneStatus, but a text for an option that is not active
        code = INVALID if isinstance(status, str) else int(status)
        said = messages.Fault(step=name, status=code, detail=detail, value=str(value))
        raise Failed(said) from fault


class Libsane:
    """The one open device of this process, through pyinsane2."""

    def __init__(self) -> None:
        if not rawapi.is_sane_available():
            missing = messages.Fault(step="missing", detail="libsane", value="apt install libsane1")
            raise Failed(missing)
        # Kept for as long as the process lives: pyinsane2 lets its own callback be collected, and
        # a password-protected device then jumps into freed memory.
        self._ask_nobody = _callback(lambda _resource, _login, _password: None)
        version = ctypes.c_int()
        if status := rawapi.SANE_LIB.sane_init(ctypes.byref(version), self._ask_nobody):
            raise Failed(messages.Fault(step="find", status=status))
        rawapi.sane_is_init = 1  # or pyinsane2 starts libsane again, with its callback
        self._scanner: Any = None

    @property
    def _handle(self) -> Any:
        return abstract.sane_dev_handle[1]

    def find(self) -> tuple[DeviceInfo, ...]:
        with _step("find"):
            found = abstract.get_devices()
        return tuple(
            DeviceInfo(name=each.name, vendor=each.vendor, model=each.model, kind=each.dev_type)
            for each in found
        )

    def open(self, name: str) -> None:
        with _step("open", name):
            self._scanner = abstract.Scanner(name)
            self._scanner._open()  # noqa: SLF001 -- pyinsane2 opens a device only in passing

    def close(self) -> None:
        if self._scanner is not None:
            self._scanner._force_close()  # noqa: SLF001 -- pyinsane2 never closes its last device
            self._scanner = None

    def names(self) -> tuple[str, ...]:
        with _step("set"):
            return tuple(name for name in self._scanner.options if name)

    def option(self, name: str) -> options.Option | None:
        raw = self._raw(name)
        return None if raw is None else _option(raw)

    def read(self, name: str) -> options.Value | None:
        raw = self._raw(name)
        if raw is None or not raw.capabilities.is_active():
            return None
        with _step("set", name):
            return options.value_of(_option(raw), raw.value)

    def write(self, option: options.Option, value: options.Value) -> None:
        with _step("set", option.name, value):
            self._raw(option.name).value = options.word(option, value)
            # Setting one option changes others; a Scanner describes them once and never again.
            self._scanner = abstract.Scanner(self._scanner.name)

    def _raw(self, name: str) -> Any:
        with _step("set", name):
            return self._scanner.options.get(name)

    def start(self) -> bool:
        try:
            with _step("scan"):
                rawapi.sane_start(self._handle)
        except StopIteration:
            return False
        return True

    def frame(self) -> pixels.Frame:
        with _step("scan"):
            sent = rawapi.sane_get_parameters(self._handle)
        return pixels.Frame(
            format=sent.format,
            depth=sent.depth,
            width=sent.pixels_per_line,
            stride=sent.bytes_per_line,
            lines=max(sent.lines, 0),
        )

    def chunk(self) -> bytes | None:
        try:
            with _step("scan"):
                return bytes(rawapi.sane_read(self._handle, _CHUNK))
        except EOFError:
            return None
        except StopIteration:
            raise Failed(messages.Fault(step="scan", status=NO_DOCS)) from None

    def cancel(self) -> None:
        rawapi.sane_cancel(self._handle)


def _callback(function: _Callback) -> Any:
    return rawapi.AUTH_CALLBACK_DEF(function)


def _option(raw: Any) -> options.Option:
    kind, limits = options.Kind(int(raw.val_type)), raw.constraint
    scale = options.FIXED_ONE if kind is options.Kind.FIXED else 1
    named = limits if isinstance(limits, list) else []
    low, high = (
        (limits[0] / scale, limits[1] / scale) if isinstance(limits, tuple) else (None, None)
    )
    return options.Option(
        name=raw.name,
        kind=kind,
        size=raw.size,
        active=raw.capabilities.is_active(),
        settable=raw.capabilities.is_settable(),
        pixels=int(raw.unit) == rawapi.SaneUnit.PIXEL,
        choices=tuple(each if isinstance(each, str) else each / scale for each in named),
        low=low,
        high=high,
    )


def _guarded_stdout() -> BinaryIO:
    """The real stdout for reports alone; what drivers print goes to stderr from now on."""
    real = os.dup(1)
    os.dup2(2, 1)
    os.write(real, b"\n")  # ends what was printed while libraries were loading
    return os.fdopen(real, "wb")


def main() -> None:
    """Serve the parent until it quits."""
    ctypes.CDLL(None).prctl(_PDEATHSIG, signal.SIGKILL)  # a stopped worker dies with its parent too
    reports = _guarded_stdout()
    i18n.choose(i18n.preferred())
    with suppress(BrokenPipeError):
        try:
            device = Libsane()
        except Failed as failed:
            reports.write(messages.line(failed.fault))
            reports.close()
            return
        Server(device, sys.stdin.buffer, reports).run()


if __name__ == "__main__":
    main()
