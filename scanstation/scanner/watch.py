"""How long a silent device is waited for, judged by what has grown and by nothing else.

A dead network scanner keeps answering reads with 0 bytes for ever, so an answering driver proves
nothing. Pure: whoever watches brings the time.
"""

from collections.abc import Collection, Iterable

import msgspec

from scanstation.model.profile import DeviceLimits, DeviceProfile
from scanstation.scanner import traits
from scanstation.scanner.messages import (
    Described,
    Ended,
    Fault,
    Found,
    Grown,
    Opening,
    PageDone,
    Ready,
    Report,
    Taken,
)


class Limits(msgspec.Struct, frozen=True, kw_only=True):
    """Seconds before a device counts as hung."""

    discover: float = 30.0
    """Stock libsane without any scanner takes 8.4 s to look."""
    open: float = 20.0
    """Also the settings, and the child's own start."""
    first_progress: float = 60.0
    """First line of each page: a cold lamp, a feeder, a network device that buffers a page."""
    progress: float = 15.0
    """Between two growths within a page."""
    cancel: float = 3.5
    """From cancel or fault until the device is at rest; killing it takes up to another second,
    and the clerk has the screen back within five."""
    idle: float = 60.0
    """A worker unused for longer is replaced: its connections may have gone stale."""


def limits_of(station: Limits, device: DeviceLimits) -> Limits:
    """The station's limits, but the device's where it has its own."""
    return msgspec.structs.replace(
        station,
        discover=device.discover_s or station.discover,
        open=device.open_s or station.open,
        first_progress=device.first_progress_s or station.first_progress,
        progress=device.progress_s or station.progress,
        cancel=device.cancel_s or station.cancel,
    )


def patient(
    station: Limits, known: Iterable[DeviceProfile], backends: Collection[str] = ()
) -> Limits:
    """The station's limits, looking for as long as the slowest device of `backends` needs.

    Which device is there is not known before it was found; no backend named means any.
    """
    longest = station.discover
    for profile in known:
        loaded = [traits.candidates((profile,), one) for one in backends]
        if any(loaded) or not backends:
            longest = max(longest, profile.limits.discover_s)
    return msgspec.structs.replace(station, discover=longest)


class Watch:
    """The deadline that is in force, in the seconds of the clock its user reads."""

    def __init__(self, limits: Limits, now: float, *, waiting_for: float) -> None:
        self._limits = limits
        self._lines = (0, 0)
        self._restart(now, waiting_for)

    def left(self, now: float) -> float:
        """Seconds until the device counts as hung; 0 or less when it does."""
        return self._since + self.limit - now

    def heard(self, report: Report, now: float) -> None:
        """Move the deadline if `report` shows that something went forward."""
        match report:
            case Opening(limits=own):
                self._limits = limits_of(self._limits, own)
                self._restart(now, self._limits.open)
            case Taken() | PageDone():
                self._restart(now, self._limits.first_progress)
            case Grown(page=page, lines=lines) if (page, lines) > self._lines:
                self._lines = (page, lines)
                self._restart(now, self._limits.progress)
            case Ended() | Fault() | Found() | Described():
                self._restart(now, self._limits.cancel)
            case Ready() | Grown():
                pass

    def _restart(self, now: float, limit: float) -> None:
        self._since, self.limit = now, limit
