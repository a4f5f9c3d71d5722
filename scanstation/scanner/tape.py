"""A scanner that plays a script, for demonstrations and for faults no real device shows on demand.

`Tape("PPJP", pages)`: two pages, a jam, and on the next scan one more page. It refuses to be
cleverer than a device: after a fault it goes on where the paper stopped.
"""

from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

import msgspec

from scanstation import errors
from scanstation.model.events import PageScanned, ScanEnded, ScanEvent, ScanStarted
from scanstation.model.page import PageFile
from scanstation.model.profile import ScanProfile
from scanstation.scanner import DeviceInfo
from scanstation.scanner.folder import read_images

NAME = "tape:0"
_Fault = Callable[[int], errors.ScanStationError]

# Letter -> the error after `kept` pages of this scan.
_FAULTS: dict[str, _Fault] = {
    "J": lambda kept: errors.PaperJam(kept=kept),
    "C": lambda kept: errors.CoverOpen(kept=kept),
    "M": lambda kept: errors.MultiFeed(kept=kept),
    "D": lambda kept: errors.PageCut(page=kept + 1, lines=201, expected=3508, kept=kept),
    "B": lambda kept: errors.DeviceBusy(device=NAME, kept=kept),
    "L": lambda kept: errors.DeviceLost(device=NAME, kept=kept),
    "H": lambda kept: errors.DriverHung(device=NAME, seconds="15", kept=kept),
    "X": lambda kept: errors.DriverCrashed(device=NAME, kept=kept),
}


class Tape:
    """ScanDriver over a script.

    P page, E feeder empty, J jam, C cover open, M several sheets at once, D cut page, B busy,
    L device lost, H hung, X crash. As on a device, E ends a scan that has pages and is
    errors.FeederEmpty otherwise; so is the end of the script. `pages` are played in turn,
    over and over.
    """

    def __init__(self, script: str, pages: Sequence[Path]) -> None:
        if unknown := set(script) - set(_FAULTS) - set("PE"):
            raise ValueError(f"unknown on a tape: {sorted(unknown)}")
        if "P" in script and not pages:
            raise ValueError("a tape that scans needs pages")
        self._script, self._at = script, 0
        self._pages, self._turned = tuple(pages), 0

    def devices(self) -> tuple[DeviceInfo, ...]:
        return (DeviceInfo(name=NAME, vendor="ScanStation", model="Tape", kind="virtual device"),)

    def scan(self, profile: ScanProfile, scratch: Path) -> Iterator[ScanEvent]:
        """Play on: one page, or with a feeder up to the next E, fault or end of the script."""
        yield ScanStarted(device=NAME, actual={"resolution": str(profile.dpi)})
        kept = 0
        while (step := self._step()) == "P":
            page = self._page(profile, scratch)
            kept += 1
            yield PageScanned(page=page)
            if not profile.feeder:
                break
        if fault := _FAULTS.get(step):
            raise fault(kept)
        if not kept:
            raise errors.FeederEmpty(kept=0)
        yield ScanEnded(pages=kept)

    def close(self) -> None:
        """Nothing is held; the script stays where it is."""

    def _step(self) -> str:
        step = self._script[self._at : self._at + 1] or "E"
        self._at += 1
        return step

    def _page(self, profile: ScanProfile, scratch: Path) -> PageFile:
        path = self._pages[self._turned % len(self._pages)]
        self._turned += 1
        page = next(iter(read_images(path, scratch)))
        return msgspec.structs.replace(page, dpi=page.dpi or float(profile.dpi), source=NAME)
