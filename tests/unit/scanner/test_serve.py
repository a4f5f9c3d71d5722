"""The story of a scan over a scripted device: what libsane's virtual backends never do."""

import io
import itertools
import threading
from collections.abc import Iterable
from pathlib import Path

import pytest

from scanstation.model.profile import DeviceProfile, ScanProfile
from scanstation.scanner import DeviceInfo, messages, options, pixels
from scanstation.scanner.serve import Failed, Server

FRAME = pixels.Frame(pixels.GREY, 8, width=4, stride=4, lines=2)
WHOLE = (b"abcd", b"", b"efgh")
JAMMED, NO_DOCS = 6, 7


def status(number: int) -> Failed:
    return Failed(messages.Fault(step="scan", status=number))


class Scripted:
    """A device whose pages are lists of chunks; a Failed among them is raised."""

    def __init__(self, *pages: Iterable[bytes | Failed], **offered: options.Option) -> None:
        self._pages = [iter(page) for page in pages]
        self._offered = offered
        self.values: dict[str, options.Value] = {"resolution": 300.0}
        self.calls: list[str] = []

    def find(self) -> tuple[DeviceInfo, ...]:
        return (DeviceInfo(name="net:[::1]:scripted", vendor="", model="", kind=""),)

    def open(self, name: str) -> None:
        self.calls.append(f"open {name}")

    def close(self) -> None:
        self.calls.append("close")

    def names(self) -> tuple[str, ...]:
        return tuple(self._offered)

    def option(self, name: str) -> options.Option | None:
        return self._offered.get(name)

    def read(self, name: str) -> options.Value | None:
        return self.values.get(name)

    def write(self, option: options.Option, value: options.Value) -> None:
        self.calls.append(f"write {option.name}")
        self.values[option.name] = value

    def start(self) -> bool:
        self.calls.append("start")
        return bool(self._pages)

    def frame(self) -> pixels.Frame:
        self._page = self._pages.pop(0)
        return FRAME

    def chunk(self) -> bytes | None:
        chunk = next(self._page, None)
        if isinstance(chunk, Failed):
            raise chunk
        return chunk

    def cancel(self) -> None:
        self.calls.append("cancel")


def serve(
    device: Scripted,
    scratch: Path,
    *profiles: ScanProfile,
    known: tuple[DeviceProfile, ...] = (),
) -> list[messages.Report]:
    """What a worker reports for one scan per profile."""
    reports = io.BytesIO()
    server = Server(device, io.BytesIO(), reports)
    for number, profile in enumerate(profiles):
        scratch.mkdir(exist_ok=True)
        command = messages.StartScan(
            profile=profile, folder=str(scratch), name=f"scan-{number}", known=known
        )
        server._obey(command)
    said = [messages.report(raw) for raw in reports.getvalue().splitlines()]
    return [each for each in said if each is not None]


def outcome(said: list[messages.Report]) -> list[messages.Report]:
    kinds = (messages.PageDone, messages.Ended, messages.Fault)
    return [each for each in said if isinstance(each, kinds)]


FEEDER = ScanProfile(id="f", device="d", feeder=True)
FLATBED = ScanProfile(id="g", device="d")


def test_a_feeder_that_starts_once_more_before_it_says_empty_gives_no_phantom_page(
    tmp_path: Path,
) -> None:
    device = Scripted(WHOLE, [status(NO_DOCS)])
    *pages, ended = outcome(serve(device, tmp_path, FEEDER))
    assert ended == messages.Ended(pages=1)
    assert len(pages) == len(list(tmp_path.iterdir())) == 1


def test_a_feeder_that_runs_out_within_a_page_cuts_that_page(tmp_path: Path) -> None:
    fault = outcome(serve(Scripted(WHOLE, [b"abcd", status(NO_DOCS)]), tmp_path, FEEDER))[-1]
    assert fault == messages.Fault(step="cut", page=2, lines=1, expected=2)


def test_a_short_sheet_in_a_feeder_is_kept_with_a_warning(tmp_path: Path) -> None:
    page, ended = outcome(serve(Scripted([b"abcd"]), tmp_path, FEEDER))
    assert isinstance(page, messages.PageDone)
    assert page.height == 1
    assert "1" in page.warnings[0] and "2" in page.warnings[0]
    assert ended == messages.Ended(pages=1)


def test_a_short_page_of_a_flatbed_is_cut(tmp_path: Path) -> None:
    (fault,) = outcome(serve(Scripted([b"abcd"]), tmp_path, FLATBED))
    assert fault == messages.Fault(step="cut", page=1, lines=1, expected=2)


def test_after_a_jam_the_fault_is_told_before_the_device_is_touched_again(tmp_path: Path) -> None:
    device = Scripted(WHOLE, [b"ab", status(JAMMED)])
    said = serve(device, tmp_path, FEEDER)
    assert isinstance(said[-1], messages.Fault)
    assert device.calls[-2:] == ["cancel", "close"]


@pytest.mark.parametrize("pages", [[WHOLE], [WHOLE, [status(JAMMED)]], [[]]])
def test_a_scan_cancels_the_device_exactly_once_however_it_ends(
    tmp_path: Path, pages: list[list[bytes | Failed]]
) -> None:
    device = Scripted(*pages)
    serve(device, tmp_path, FEEDER)
    assert device.calls.count("cancel") == 1


def test_the_device_is_reopened_for_another_profile_and_kept_for_the_same(tmp_path: Path) -> None:
    device = Scripted(WHOLE, WHOLE, WHOLE)
    serve(device, tmp_path, FLATBED, FLATBED, ScanProfile(id="h", device="d", dpi=200))
    opened = [call for call in device.calls if call in ("open d", "close")]
    assert opened == ["close", "open d", "open d", "close", "open d"]


def test_an_option_with_a_single_choice_is_never_set(tmp_path: Path) -> None:
    only = options.Option(
        name="mode",
        kind=options.Kind.STRING,
        size=9,
        active=True,
        settable=True,
        choices=("Color",),
    )
    device = Scripted(WHOLE, mode=only)
    device.values["mode"] = "Color"
    serve(device, tmp_path, FLATBED)
    assert "write mode" not in device.calls


def test_a_device_name_with_brackets_is_found_by_a_pattern(tmp_path: Path) -> None:
    device = Scripted(WHOLE)
    serve(device, tmp_path, ScanProfile(id="x", device="net:[::1]*"))
    assert "open net:[::1]:scripted" in device.calls


def test_only_growth_is_reported_and_empty_reads_are_not(tmp_path: Path) -> None:
    said = serve(Scripted([b"", b"", b"ab", b"", b"cd", b"efgh"]), tmp_path, FLATBED)
    grown = [each.lines for each in said if isinstance(each, messages.Grown)]
    assert grown and grown == sorted(set(grown)) and min(grown) >= 1


def test_a_cancel_right_behind_its_scan_is_heard(tmp_path: Path) -> None:
    start = messages.StartScan(profile=FEEDER, folder=str(tmp_path), name="scan")
    commands = messages.line(start) + messages.line(messages.Cancel())
    endless = Scripted(itertools.chain(WHOLE, itertools.repeat(b"")))
    reports = io.BytesIO()
    Server(endless, io.BytesIO(commands), reports).run()
    said = [messages.report(raw) for raw in reports.getvalue().splitlines()]
    assert said[-1] == messages.Ready()
    assert not list(tmp_path.iterdir())


# --- holding and letting go -------------------------------------------------------------------


def test_page_after_page_with_one_profile_never_lets_go_of_the_device(tmp_path: Path) -> None:
    device = Scripted(WHOLE, WHOLE, WHOLE)
    serve(device, tmp_path, FLATBED, FLATBED, FLATBED)
    first = device.calls.index("open d")
    assert "close" not in device.calls[first:]


class Idle:
    """A parent that gives one command and then nothing until the device has been let go."""

    def __init__(self, command: bytes, device: "Letting") -> None:
        self._lines, self._device = [command], device

    def __iter__(self) -> "Idle":
        return self

    def __next__(self) -> bytes:
        if self._lines:
            return self._lines.pop()
        assert self._device.let_go.wait(20), "an idle device is never let go"
        raise StopIteration


class Letting(Scripted):
    """Says when it is closed after a scan."""

    let_go = threading.Event()

    def close(self) -> None:
        super().close()
        if "cancel" in self.calls:
            self.let_go.set()


def test_an_idle_device_is_let_go_while_the_worker_stays(tmp_path: Path) -> None:
    device = Letting(WHOLE)
    scan = messages.StartScan(profile=FLATBED, folder=str(tmp_path), name="scan")
    reports = io.BytesIO()
    parent = Idle(messages.line(scan), device)
    Server(device, parent, reports, idle_s=0.01).run()  # type: ignore[arg-type]
    assert outcome(
        [one for raw in reports.getvalue().splitlines() if (one := messages.report(raw))]
    )
    assert device.calls.count("close") == 3, "before the scan, idle, and at the end"
