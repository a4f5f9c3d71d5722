"""Network scanners that speak eSCL (AirScan), without any driver of their maker.

The story of a job: look, ask, fetch page by page, tidy up. It refuses to trust a device's answer
before it is decoded, and to lose pages over the many ways in which devices say "no more".
"""

import secrets
import threading
import time
from collections.abc import Callable, Generator, Iterator, Sequence
from contextlib import closing, contextmanager, suppress
from pathlib import Path

import msgspec

from scanstation import errors
from scanstation.i18n import _
from scanstation.model.events import PageScanned, ScanEnded, ScanEvent, ScanProgress
from scanstation.model.page import PageFile
from scanstation.model.profile import DeviceProfile, ScanProfile
from scanstation.scanner import (
    DeviceDescription,
    DeviceInfo,
    escl_line,
    escl_order,
    escl_words,
    options,
    traits,
)
from scanstation.scanner.escl_find import neighbours
from scanstation.scanner.escl_line import Line
from scanstation.scanner.escl_words import Capabilities, Order, Status
from scanstation.scanner.folder import read_images
from scanstation.scanner.watch import Limits, limits_of, patient

_IMAGES = (b"\xff\xd8\xff", b"\x89PNG\r\n", b"II*\x00", b"MM\x00*")
_PAPER: dict[str, type[errors.PaperError]] = {
    "Empty": errors.FeederEmpty,
    "Jam": errors.PaperJam,
    "Mispick": errors.PaperJam,
    "HatchOpen": errors.CoverOpen,
    "MultipickDetected": errors.MultiFeed,
}
_BUSY, _OVER = (409, 503), (404, 409, 410)


class Patience(msgspec.Struct, frozen=True, kw_only=True):
    """How often a device that says "not now" is asked again; the numbers are sane-airscan's."""

    pause_s: float = 1.0
    job_tries: int = 10
    page_tries: int = 30
    over_tries: int = 5
    """After "no more" while the device's own count says there is more (Brother, Xerox B205)."""


class EsclDriver:
    """ScanDriver over fixed addresses such as "http://10.0.0.7/eSCL", a profile's `device`."""

    def __init__(
        self,
        addresses: Sequence[str] = (),
        limits: Limits | None = None,
        patience: Patience | None = None,
        certificate: str = "",
        known: Sequence[DeviceProfile] = (),
        neighbours: Callable[[], tuple[str, ...]] = neighbours,
    ) -> None:
        self._known, self._neighbours = tuple(known), neighbours
        self._addresses, self._certificate = tuple(addresses), certificate
        self._limits, self._patience = limits or Limits(), patience or Patience()
        self._in_use = threading.Lock()
        self._left = threading.Event()
        self._job: _Job | None = None

    def devices(self) -> tuple[DeviceInfo, ...]:
        """Those of the addresses, or else of the neighbours, that answer as eSCL scanners."""
        found = []
        self._left.clear()
        until = time.monotonic() + patient(self._limits, self._known, ("escl",)).discover
        for address in self._addresses or self._neighbours():
            if self._left.is_set():
                raise errors.Stopped(kept=0)
            if time.monotonic() > until:
                break
            with (
                suppress(errors.DeviceNotFound, errors.DeviceLost, errors.DriverHung),
                self._at_work(address, self._certificate) as job,
            ):
                model = job.capabilities().model
                found.append(DeviceInfo(name=address, vendor="", model=model, kind="eSCL"))
        return tuple(found)

    def describe(self, profile: ScanProfile) -> DeviceDescription:
        """What the device says of itself; errors.DeviceError when it does not."""
        with self._at_work(profile.device, profile.certificate or self._certificate) as job:
            can = job.capabilities()
            fits = traits.fitting(self._known, "escl", can.model)
            return escl_order.described(profile.device, can, fits.id if fits else "")

    def scan(self, profile: ScanProfile, scratch: Path) -> Iterator[ScanEvent]:
        """Scan one page, or a feeder until it is empty; each page is decoded before it counts."""
        certificate = profile.certificate or self._certificate
        if not self._in_use.acquire(blocking=False):
            raise errors.DeviceBusy(device=profile.device, kept=0)
        try:
            with self._at_work(profile.device, certificate) as job:
                yield from job.run(profile, scratch)
        finally:
            self._in_use.release()

    def close(self) -> None:
        """Stop what is under way, also from another thread; nothing else is held."""
        self._left.set()
        if (job := self._job) is not None:
            job.abort()

    @contextmanager
    def _at_work(self, address: str, certificate: str) -> Iterator["_Job"]:
        """A job that close() can find."""
        try:
            line = Line(address, certificate, self._limits)
        except ValueError as fault:
            raise errors.SettingRefused(
                device="eSCL", option="device", value=address, kept=0
            ) from fault
        job = self._job = _Job(line, address, self._limits, self._patience, self._known)
        try:
            with job.clerks_errors():
                yield job
        finally:
            self._job = None


class _Job:
    """One job on one device, and what is known about it so far."""

    def __init__(
        self,
        line: Line,
        device: str,
        limits: Limits,
        patience: Patience,
        known: tuple[DeviceProfile, ...],
    ) -> None:
        self._line, self._device, self._known = line, device, known
        self._limits, self._patience = limits, patience
        self._stop = threading.Event()
        self._path = ""
        self._lines = 0
        self._kept = 0

    def abort(self) -> None:
        """Once: a second time would cut off the tidying up."""
        if not self._stop.is_set():
            self._stop.set()
            self._line.abort()

    def capabilities(self) -> Capabilities:
        answer = self._line.ask("GET", self._line.path("ScannerCapabilities"))
        if answer.status != 200:
            raise self._refusal(answer.status)
        return escl_words.capabilities(answer.body)

    # --- the story ----------------------------------------------------------------------------

    def run(self, profile: ScanProfile, scratch: Path) -> Iterator[ScanEvent]:
        can = self.capabilities()
        fits = traits.fitting(self._known, "escl", can.model)
        pause = fits.quirks.page_pause_s if fits else 0.0
        if fits:
            self._limits = self._line.limits = limits_of(self._limits, fits.limits)
        order = escl_order.order(profile, can)
        taken = escl_order.started(self._device, profile, order)
        self._look(order)
        name = f"escl-{secrets.token_hex(4)}"
        self._lines = round(order.height * order.dpi / escl_words.UNITS_PER_INCH)
        self._path = self._begin(order)
        yield taken
        try:
            while body := (yield from self._next(scratch / f"{name}-{self._kept + 1:04}.part")):
                page = self._page(body, scratch, order, taken.warnings)
                self._kept += 1
                yield PageScanned(page=page)
                if not profile.feeder:
                    break
                self._wait(pause)
            if profile.feeder or not self._kept:
                self._settle(order)
        finally:
            self._tidy()
        yield ScanEnded(pages=self._kept)

    def _look(self, order: Order) -> None:
        """Paper first: some devices call an empty feeder a jam once the job runs (Canon MF410)."""
        status = self._status()
        if order.source != "Platen":
            self._check_paper(status)
        if status.state in ("Stopped", "Down"):
            raise self._fault(_("it is out of order ({state})").format(state=status.state))

    def _begin(self, order: Order) -> str:
        for _try in self._tries(self._patience.job_tries):
            path = self._line.path("ScanJobs")
            answer = self._line.ask("POST", path, escl_words.settings(order))
            if answer.status == 201 and (job := escl_line.path_of(answer.location)):
                return job.rstrip("/")
            if answer.status not in _BUSY:
                raise self._refusal(answer.status)
            if order.source != "Platen":
                self._check_paper(self._status())
        raise errors.DeviceBusy(device=self._device, kept=0)

    def _next(self, part: Path) -> Generator[ScanEvent, None, Path | None]:
        """Events while a page comes; the value is its file, or None when there is no more."""
        waited = over = 0
        while waited < self._patience.page_tries:
            status = yield from self._fetched(part)
            if status == 200:
                return part
            if status in _OVER:
                over += 1
                if self._is_over(status) or over >= self._patience.over_tries:
                    return None
            elif status == 503:
                self._check_paper(self._status(), empty=False)
            else:
                raise self._refusal(status)
            waited += 1
            self._wait(self._patience.pause_s)
        raise escl_line.Silent(waited * self._patience.pause_s)

    def _fetched(self, part: Path) -> Generator[ScanEvent, None, int]:
        """Progress while the body comes; the value is the answer's status."""
        status, size, told = 0, None, 0
        fetching = self._line.fetch(f"{self._path}/NextDocument", part)
        with self._no_half_page(part), closing(fetching):
            for heard in fetching:
                if isinstance(heard, escl_line.Answer):
                    status, size = heard.status, heard.size
                elif size and (lines := self._lines * heard // size) > told:
                    told = lines
                    yield ScanProgress(page=self._kept + 1, lines=lines, expected=self._lines)
        return status

    @contextmanager
    def _no_half_page(self, part: Path) -> Iterator[None]:
        try:
            yield
        except BaseException:
            part.unlink(missing_ok=True)
            raise

    def _is_over(self, status: int) -> bool:
        """Whether "no more" is meant: not while the device counts pages we have not got."""
        now = self._status()
        self._check_paper(now, empty=False)
        emptied = self._kept > 0 and now.adf == "Empty"
        job = now.job(self._path)
        if job is None or job.completed is None:
            return self._kept > 0 or status != 409
        running = job.state in ("Pending", "Processing") and not emptied
        return job.completed <= self._kept and not job.waiting and not running

    def _settle(self, order: Order) -> None:
        """What the end of the pages means: nothing scanned, all there, or a page lost."""
        now = self._status()
        if not self._kept:
            if order.source != "Platen":
                self._check_paper(now)
            raise self._fault(_("it ended without data"))
        job = now.job(self._path)
        if job is not None and (job.completed or 0) > self._kept:
            raise errors.PageCut(
                page=self._kept + 1, lines=0, expected=self._lines, kept=self._kept
            )

    def _tidy(self) -> None:
        """Take the job off the device, or the next counter finds it busy; at most one try.

        A third of the limit each to connect, to answer and to end the answer.
        """
        self._line.resume()
        with suppress(escl_line.LineFault):
            self._line.ask("DELETE", self._path, seconds=self._limits.cancel / 3)

    # --- pages --------------------------------------------------------------------------------

    def _page(self, body: Path, scratch: Path, order: Order, warnings: tuple[str, ...]) -> PageFile:
        """Decode `body`: a device in trouble answers 200 with anything at all."""
        with body.open("rb") as stream:
            known = stream.read(8).startswith(_IMAGES)
        try:
            page = next(iter(read_images(body, scratch)))
        except (errors.InputError, StopIteration) as fault:
            if known:
                number = self._kept + 1
                raise errors.PageCut(
                    page=number, lines=0, expected=self._lines, kept=self._kept
                ) from fault
            raise self._fault(_("what it sent is no image")) from fault
        finally:
            body.unlink(missing_ok=True)
        dpi = page.dpi or float(order.dpi)
        said = escl_order.rounded("resolution", order.dpi, dpi)
        if page.height < self._lines * (1 - options.TOLERANCE):
            sentence = _("short page: {lines} of {expected} lines; compare it with the sheet")
            said += (sentence.format(lines=page.height, expected=self._lines),)
        return msgspec.structs.replace(page, dpi=dpi, source=order.source, warnings=warnings + said)

    # --- states and faults --------------------------------------------------------------------

    def _status(self) -> Status:
        """How the device is; unknown when it does not say, which is no fault by itself."""
        answer = self._line.ask("GET", self._line.path("ScannerStatus"))
        if answer.status == 200:
            with suppress(escl_words.Unreadable):
                return escl_words.status(answer.body)
        return Status()

    def _check_paper(self, status: Status, *, empty: bool = True) -> None:
        """Raise what the feeder reports; it is also "Empty" while its last pages are fetched."""
        fault = _PAPER.get(status.adf)
        if fault is not None and (empty or fault is not errors.FeederEmpty):
            raise fault(kept=self._kept)

    def _tries(self, count: int) -> Iterator[int]:
        for number in range(count):
            if number:
                self._wait(self._patience.pause_s)
            yield number

    def _wait(self, seconds: float) -> None:
        if self._stop.wait(seconds):
            raise escl_line.Aborted

    def _refusal(self, status: int) -> errors.ScanStationError:
        if status in (401, 403):
            return errors.DeviceDenied(device=self._device, kept=self._kept)
        if status in _BUSY:
            return errors.DeviceBusy(device=self._device, kept=self._kept)
        if status in _OVER and not self._path:
            return errors.DeviceNotFound(device=self._device, kept=self._kept)
        return self._fault(_("it answers with status {status}").format(status=status))

    def _fault(self, problem: str) -> errors.DeviceFault:
        return errors.DeviceFault(device=self._device, problem=problem, kept=self._kept)

    @contextmanager
    def clerks_errors(self) -> Iterator[None]:
        """The line's faults as the clerk's."""
        try:
            yield
        except options.Refused as refused:
            raise errors.SettingRefused(
                device=self._device, option=refused.option, value=refused.value, kept=0
            ) from refused
        except (escl_line.LineFault, escl_words.Unreadable) as fault:
            raise self._clerks(fault) from fault

    def _clerks(self, fault: Exception) -> errors.ScanStationError:
        said: Callable[[str], errors.ScanStationError] = self._fault
        match fault:
            case escl_line.Aborted():
                return errors.Stopped(kept=self._kept)
            case escl_line.Unreachable() if not self._path:
                return errors.DeviceNotFound(device=self._device, kept=self._kept)
            case escl_line.Silent(seconds=seconds):
                shown = f"{seconds:g}"
                return errors.DriverHung(device=self._device, seconds=shown, kept=self._kept)
            case escl_line.TooLarge():
                return said(_("it sent more than any page has"))
            case escl_line.Elsewhere():
                return said(_("it refers to another address: {url}").format(url=fault))
            case escl_line.Stranger():
                return said(_("unknown certificate, SHA-256 {print}").format(print=fault))
            case escl_words.Unreadable():
                return said(_("it does not speak eSCL ({problem})").format(problem=fault))
        return errors.DeviceLost(device=self._device, kept=self._kept)
