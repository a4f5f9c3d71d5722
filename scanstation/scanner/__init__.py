"""Paper -> page image files in a scratch folder, whatever the device.

This room refuses to make pages durable (the workspace does) and never scans again by itself.
"""

from collections.abc import Iterator
from pathlib import Path
from typing import Protocol

import msgspec

from scanstation.model.events import ScanEvent
from scanstation.model.profile import ScanProfile


class DeviceInfo(msgspec.Struct, frozen=True, kw_only=True):
    """A device that could be scanned with now."""

    name: str
    """What a profile's `device` names, such as "pnm:0"."""
    vendor: str
    model: str
    kind: str


class OptionInfo(msgspec.Struct, frozen=True, kw_only=True):
    """One thing that can be set on a device."""

    name: str
    kind: str
    """"yes-no", "number", "text" or "table"."""
    choices: tuple[str | float, ...] = ()
    low: float | None = None
    high: float | None = None
    active: bool = True
    """False while another option puts it out of use."""
    settable: bool = True
    value: str = ""


class DeviceDescription(msgspec.Struct, frozen=True, kw_only=True):
    """What a device says it can do, in its own words."""

    device: DeviceInfo
    backend: str
    """SANE backend, or "escl"."""
    profile: str
    """Id of the device profile that fits; empty when none does."""
    options: tuple[OptionInfo, ...]

    def option(self, name: str) -> OptionInfo | None:
        """The option of that name."""
        return next((option for option in self.options if option.name == name), None)


class Describes(Protocol):
    """A driver that can ask a device what it is, without scanning."""

    def describe(self, profile: ScanProfile) -> DeviceDescription:
        """The device of `profile`; raises errors.DeviceError."""
        ...


class ScanDriver(Protocol):
    """One way to get pages; a context manager owns the device for its lifetime."""

    def devices(self) -> tuple[DeviceInfo, ...]:
        """Devices this driver sees; errors.DeviceError when it cannot even look."""
        ...

    def scan(self, profile: ScanProfile, scratch: Path) -> Iterator[ScanEvent]:
        """Yield events page by page; files in `scratch` belong to the caller.

        A fault is raised as errors.DeviceError or errors.PaperError with `kept` = pages
        already yielded. Closing the iterator stops the device.
        """
        ...

    def close(self) -> None:
        """Release the device; safe to call twice."""
        ...
