"""What SaneDriver makes of a worker that dies, hangs, babbles or outlives its welcome."""

import os
import select
import signal
import subprocess
import sys
import textwrap
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from scanstation import errors
from scanstation.model.events import PageScanned, ScanProgress
from scanstation.model.page import PageFile
from scanstation.scanner.sane import SaneDriver
from scanstation.scanner.watch import Limits
from tests.helpers.parts import requires_part
from tests.unit.scanner.rigs import (
    BACKENDS,
    feeder,
    pages,
    pixels,
    sheet,
    slow,
)

pytestmark = requires_part("libsane")


@pytest.fixture
def driver() -> Iterator[SaneDriver]:
    own = SaneDriver(BACKENDS, Limits(first_progress=8.0, progress=3.0, cancel=2.0))
    yield own
    own.close()


def test_a_worker_killed_in_a_page_is_a_crash_that_costs_only_that_page(
    driver: SaneDriver, tmp_path: Path
) -> None:
    kept: list[PageFile] = []
    with pytest.raises(errors.DriverCrashed) as crash:
        for event in driver.scan(slow(), tmp_path):
            if isinstance(event, PageScanned):
                kept.append(event.page)
            if isinstance(event, ScanProgress) and event.page == 2:
                os.kill(pid_of(driver), signal.SIGKILL)
    assert crash.value.facts["kept"] == len(kept) >= 1
    assert all(pixels(page).size == (page.width, page.height) for page in kept)
    assert pages(driver.scan(sheet(), tmp_path))


def test_a_worker_that_stops_growing_is_hung_and_the_next_scan_has_a_new_one(
    driver: SaneDriver, tmp_path: Path
) -> None:
    kept, stopped = 0, 0
    with pytest.raises(errors.DriverHung) as hung:
        for event in driver.scan(slow(), tmp_path):
            kept += isinstance(event, PageScanned)
            if isinstance(event, ScanProgress) and event.page == 2 and not stopped:
                stopped = pid_of(driver)
                os.kill(stopped, signal.SIGSTOP)
    assert hung.value.facts["kept"] == kept >= 1
    assert gone(stopped), "a stopped worker must not stay behind"
    assert pages(driver.scan(sheet(), tmp_path))
    assert driver.worker_pid != stopped


def test_a_worker_killed_between_scans_is_replaced_without_a_word(
    driver: SaneDriver, tmp_path: Path
) -> None:
    assert pages(driver.scan(sheet(), tmp_path))
    before = pid_of(driver)
    os.kill(before, signal.SIGKILL)
    while driver.worker_pid == before:
        pass
    assert pages(driver.scan(sheet(), tmp_path))


def test_leaving_a_slow_page_stops_the_device_and_keeps_the_worker(
    driver: SaneDriver, tmp_path: Path
) -> None:
    events = driver.scan(slow(), tmp_path)
    next(event for event in events if isinstance(event, ScanProgress))
    before = pid_of(driver)
    events.close()  # type: ignore[attr-defined]
    assert not list(tmp_path.iterdir())
    assert pages(driver.scan(sheet(), tmp_path))
    assert driver.worker_pid == before


def test_a_second_scan_beside_a_running_one_finds_the_device_busy(
    driver: SaneDriver, tmp_path: Path
) -> None:
    first = driver.scan(feeder(), tmp_path)
    next(first)
    with pytest.raises(errors.DeviceBusy):
        next(driver.scan(sheet(), tmp_path))
    assert len(pages(first)) == 10


def test_closing_from_another_thread_ends_a_running_scan(
    driver: SaneDriver, tmp_path: Path
) -> None:
    events = driver.scan(slow(), tmp_path)
    next(event for event in events if isinstance(event, ScanProgress))
    pid = pid_of(driver)
    closing = threading.Thread(target=driver.close)
    closing.start()
    with pytest.raises((errors.Stopped, errors.DriverCrashed)):
        list(events)
    closing.join()
    assert gone(pid)


def test_a_worker_outlives_the_thread_that_first_used_it(
    driver: SaneDriver, tmp_path: Path
) -> None:
    first = threading.Thread(target=lambda: list(driver.scan(sheet(), tmp_path)))
    first.start()
    first.join()
    before = pid_of(driver)
    assert pages(driver.scan(sheet(), tmp_path))
    assert driver.worker_pid == before


def test_a_worker_unused_for_long_is_replaced(tmp_path: Path) -> None:
    driver = SaneDriver(BACKENDS, Limits(idle=0))
    try:
        assert pages(driver.scan(sheet(), tmp_path))
        before = pid_of(driver)
        assert pages(driver.scan(sheet(), tmp_path))
        assert driver.worker_pid != before
        assert gone(before)
    finally:
        driver.close()


def test_close_leaves_no_process_and_no_folder(driver: SaneDriver, tmp_path: Path) -> None:
    list(driver.scan(sheet(), tmp_path))
    pid = pid_of(driver)
    folder = Path(environment_of(pid)["SANE_CONFIG_DIR"])
    assert (folder / "dll.conf").read_text() == "test\npnm\n"
    driver.close()
    assert gone(pid)
    assert not folder.parent.exists()


def test_noise_on_stdout_from_inside_the_worker_does_not_reach_the_protocol(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "sitecustomize.py").write_text(
        textwrap.dedent("""\
            import os, sys
            os.write(1, b"a library speaks before main\\n")
            def noisy(event, _arguments):
                if event == "open":
                    os.write(1, b'half a line {"type"')
            sys.addaudithook(noisy)
            """)
    )
    monkeypatch.setenv("PYTHONPATH", os.pathsep.join([str(tmp_path), *sys.path]))
    driver = SaneDriver(BACKENDS)
    try:
        assert len(pages(driver.scan(feeder(), tmp_path))) == 10
    finally:
        driver.close()


@pytest.mark.parametrize("stopped", [False, True], ids=["running", "stopped"])
def test_a_worker_dies_with_its_parent(tmp_path: Path, stopped: bool) -> None:
    program = textwrap.dedent("""\
        import sys
        from scanstation.scanner.sane import SaneDriver
        driver = SaneDriver(["test"])
        driver.devices()
        print(driver.worker_pid, flush=True)
        sys.stdin.read()
        """)
    parent = subprocess.Popen(
        [sys.executable, "-c", program],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        env=os.environ | {"TMPDIR": str(tmp_path)},
    )
    assert parent.stdin is not None and parent.stdout is not None
    pid = int(parent.stdout.readline())
    watched = os.pidfd_open(pid)
    if stopped:
        os.kill(pid, signal.SIGSTOP)
    parent.kill()
    parent.wait()
    parent.stdin.close()
    parent.stdout.close()
    ended, _, _ = select.select([watched], [], [], 20)
    os.close(watched)
    assert ended, "the worker is still there"


def pid_of(driver: SaneDriver) -> int:
    assert driver.worker_pid is not None
    return driver.worker_pid


def gone(pid: int) -> bool:
    return not Path(f"/proc/{pid}").exists()


def environment_of(pid: int) -> dict[str, str]:
    raw = Path(f"/proc/{pid}/environ").read_bytes().decode()
    return dict(entry.split("=", 1) for entry in raw.split("\0") if "=" in entry)
