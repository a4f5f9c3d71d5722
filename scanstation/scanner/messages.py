"""What the scanner's parent and its child process say to each other: one JSON object per line.

Commands go down the child's stdin, reports come up its stdout. A line that is none of these is
noise of a driver and is dropped by `report`; nothing here starts a process or opens a device.
"""

import msgspec

from scanstation.model.page import Mode
from scanstation.model.profile import DeviceLimits, DeviceProfile, ScanProfile
from scanstation.scanner import DeviceDescription, DeviceInfo

# --- commands ---------------------------------------------------------------------------------


class FindDevices(msgspec.Struct, frozen=True, tag=True):
    """List what libsane sees."""


class StartScan(msgspec.Struct, frozen=True, tag=True, kw_only=True):
    profile: ScanProfile
    folder: str
    name: str
    """Page files become "{folder}/{name}-0001.ppm" and so on."""
    known: tuple[DeviceProfile, ...] = ()
    """Device profiles to look the device up in."""


class Describe(msgspec.Struct, frozen=True, tag=True, kw_only=True):
    """Open a device and tell what it can do; nothing moves."""

    device: str
    known: tuple[DeviceProfile, ...] = ()


class Cancel(msgspec.Struct, frozen=True, tag=True):
    """Stop the scan under way; without one it means nothing."""


class Quit(msgspec.Struct, frozen=True, tag=True):
    """Release the device and end; the end of stdin says the same."""


Command = FindDevices | StartScan | Describe | Cancel | Quit

# --- reports ----------------------------------------------------------------------------------


class Ready(msgspec.Struct, frozen=True, tag=True):
    """The child waits for a command: said once at birth and once after each command."""


class Found(msgspec.Struct, frozen=True, tag=True, kw_only=True):
    devices: tuple[DeviceInfo, ...]


class Described(msgspec.Struct, frozen=True, tag=True, kw_only=True):
    description: DeviceDescription


class Opening(msgspec.Struct, frozen=True, tag=True, kw_only=True):
    device: str
    limits: DeviceLimits = DeviceLimits()
    """This kind of device's own."""


class Taken(msgspec.Struct, frozen=True, tag=True, kw_only=True):
    """The device took the settings; `actual` was read back, by option name."""

    actual: dict[str, str]
    warnings: tuple[str, ...]


class Grown(msgspec.Struct, frozen=True, tag=True, kw_only=True):
    """More lines of a page have arrived; never sent when nothing grew."""

    page: int
    lines: int
    expected: int
    """0 when the device does not know the length beforehand."""


class PageDone(msgspec.Struct, frozen=True, tag=True, kw_only=True):
    """A page file is complete on the disk (not yet durable)."""

    path: str
    width: int
    height: int
    dpi: float
    mode: Mode
    source: str
    warnings: tuple[str, ...]


class Ended(msgspec.Struct, frozen=True, tag=True, kw_only=True):
    pages: int


class Fault(msgspec.Struct, frozen=True, tag=True, kw_only=True):
    """Why the command failed; `Ready` still follows once the device is at rest."""

    step: str
    """"find", "open", "set", "scan", "cut", "write" or "missing"."""
    status: int = 0
    """SANE_Status, 0 to 13; for "write" the errno."""
    detail: str = ""
    """Device, option or part that is meant, by step."""
    value: str = ""
    page: int = 0
    lines: int = 0
    expected: int = 0


Report = Ready | Found | Described | Opening | Taken | Grown | PageDone | Ended | Fault

_ENCODER = msgspec.json.Encoder()
_COMMANDS = msgspec.json.Decoder(Command)
_REPORTS = msgspec.json.Decoder(Report)


def line(message: Command | Report) -> bytes:
    """`message` as one line, newline included."""
    return _ENCODER.encode(message) + b"\n"


def command(raw: bytes) -> Command:
    """The command in `raw`; msgspec.DecodeError when it is none."""
    found: Command = _COMMANDS.decode(raw)
    return found


def report(raw: bytes) -> Report | None:
    """The report in `raw`, or None for noise."""
    try:
        found: Report = _REPORTS.decode(raw)
    except (msgspec.DecodeError, UnicodeDecodeError):
        return None
    return found
