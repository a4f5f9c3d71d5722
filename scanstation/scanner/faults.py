"""The one table from what a SANE device reports to the clerk's errors.

A status means different things at different moments: "invalid" while opening is a scanner that
is switched off, "invalid" while setting is a profile that asks for too much.
"""

import os
from pathlib import Path

from scanstation import durable, errors
from scanstation.i18n import _
from scanstation.scanner.messages import Fault

ANY = "SANE"
"""The device's name in a sentence while none is chosen yet."""

# SANE_Status, SANE standard 1.06, 4.2.7
_UNSUPPORTED, _CANCELLED, _BUSY, _INVALID, _END, _JAMMED, _NO_DOCS = 1, 2, 3, 4, 5, 6, 7
_COVER, _IO, _NO_MEMORY, _DENIED, _WARMING_UP, _LOCKED = 8, 9, 10, 11, 12, 13

_ERRORS: dict[int, type[errors.ScanStationError]] = {
    _BUSY: errors.DeviceBusy,
    _JAMMED: errors.PaperJam,
    _NO_DOCS: errors.FeederEmpty,
    _COVER: errors.CoverOpen,
    _IO: errors.DeviceLost,
    _DENIED: errors.DeviceDenied,
    _WARMING_UP: errors.DeviceBusy,
    _LOCKED: errors.DeviceDenied,
}
_WHILE_OPENING: dict[int, type[errors.ScanStationError]] = {
    _INVALID: errors.DeviceNotFound,
    _IO: errors.DeviceNotFound,
}


def error(fault: Fault, *, device: str, kept: int) -> errors.ScanStationError:
    """The error the clerk sees for `fault`, after `kept` pages of `device` were handed over."""
    match fault.step:
        case "set":
            return errors.SettingRefused(
                device=device, option=fault.detail, value=fault.value, kept=kept
            )
        case "cut":
            return errors.PageCut(
                page=fault.page, lines=fault.lines, expected=fault.expected, kept=kept
            )
        case "write":
            return _disk(fault)
        case "missing":
            return errors.MissingPart(part=fault.detail, install=fault.value)
    table = _ERRORS | _WHILE_OPENING if fault.step in ("find", "open") else _ERRORS
    if known := table.get(fault.status):
        if known is errors.DeviceNotFound and device == ANY:
            known = errors.NoScanner
        return known(device=device, kept=kept)
    return errors.DeviceFault(device=device, problem=_words(fault.status), kept=kept)


def _disk(fault: Fault) -> errors.ScanStationError:
    problem = OSError(fault.status, os.strerror(fault.status))
    return durable.storage_fault(Path(fault.detail), problem)


def _words(status: int) -> str:
    return {
        _UNSUPPORTED: _("it does not support this"),
        _CANCELLED: _("stopped at the device"),
        _INVALID: _("it refuses to scan with these settings"),
        _END: _("it ended without data"),
        _NO_MEMORY: _("it is out of memory"),
    }.get(status, _("unknown status") + f" {status}")
