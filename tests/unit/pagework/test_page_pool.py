"""The pool of page workers outlives its workers."""

import ast
import multiprocessing
import os
import select
import stat
import subprocess
import sys
import threading
from pathlib import Path

import msgspec
import pytest
from PIL import Image

from scanstation import errors
from scanstation.model.page import PageOrder
from scanstation.model.profile import Keeping, Reading
from scanstation.pagepool import PagePool
from tests.helpers.counter import PAGES

ROOT = Path(__file__).parents[3]


def blank(folder: Path, name: str) -> PageOrder:
    place = folder / name
    place.mkdir()
    Image.new("L", (413, 585), 255).save(place / "page.png", dpi=(50, 50))
    return PageOrder(
        original=place / "page.png",
        dpi=50,
        rotation=0,
        deskew=True,
        reading=Reading.NONE,
        keeping=Keeping.FAITHFUL,
        folder=place,
    )


ENDLESS = """#!/bin/sh
case "$*" in *--version*) echo "tesseract 5.3.0"; exit ;; esac
echo $$ > "$STARTED"
exec sleep 600
"""


def test_a_pool_that_gives_way_ends_its_worker_and_the_engine_at_once(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    engine, started = tmp_path / "bin" / "tesseract", tmp_path / "started"
    engine.parent.mkdir()
    engine.write_text(ENDLESS)
    engine.chmod(stat.S_IRWXU)
    os.mkfifo(started)
    monkeypatch.setenv("STARTED", str(started))
    monkeypatch.setenv("PATH", f"{engine.parent}:{os.environ['PATH']}")
    back = threading.Event()
    order = msgspec.structs.replace(
        blank(tmp_path, "page"), original=PAGES / "near-blank.jpg", dpi=200.0, reading="quick"
    )
    with PagePool(back) as pages:
        pages.begin(order)
        process = os.pidfd_open(int(started.read_text()))
        back.set()
        with pytest.raises(errors.Stopped):
            list(pages.finish([order]))
        ended, _, _ = select.select([process], [], [], 30)
        os.close(process)
        with pytest.raises(errors.Stopped):
            pages.begin(blank(tmp_path, "another"))
    assert ended


def test_a_pool_that_gives_way_works_like_any_while_nobody_comes(tmp_path: Path) -> None:
    with PagePool(threading.Event()) as pages:
        (worked,) = pages.finish([blank(tmp_path, "page")])
    assert worked.width == 413


def kill_workers() -> None:
    """Kill every worker and wait until the pool has noticed."""
    noticing = [one for one in threading.enumerate() if "ExecutorManager" in type(one).__name__]
    for worker in multiprocessing.active_children():
        worker.kill()
    for thread in noticing:
        thread.join()


def test_a_page_that_comes_after_the_workers_died_is_worked_all_the_same(tmp_path: Path) -> None:
    with PagePool() as pages:
        list(pages.finish([blank(tmp_path, "before")]))
        kill_workers()
        after = blank(tmp_path, "after")
        pages.begin(after)
        (worked,) = pages.finish([after])
    assert worked.width == 413


def test_a_page_whose_worker_died_is_tried_once_more(tmp_path: Path) -> None:
    with PagePool() as pages:
        order = blank(tmp_path, "page")
        list(pages.finish([order]))
        pages.begin(order)
        kill_workers()
        (worked,) = pages.finish([order])
    assert worked.width == 413


STARTING = """
import multiprocessing, os, signal, sys
from pathlib import Path
from scanstation.pagepool import PagePool
from tests.unit.pagework.test_page_pool import blank
def main():
    with PagePool() as pages:
        pages.begin(blank(Path(sys.argv[1]), "page"))
        ours = [os.getpid(), *(one.pid for one in multiprocessing.active_children())]
        status = [Path(f"/proc/{one}/status").read_text() for one in ours]
    masks = [line.split()[1] for text in status for line in text.splitlines() if "SigBlk" in line]
    print([bool(int(mask, 16) & 1 << signal.SIGINT - 1) for mask in masks])
main() if __name__ == "__main__" else None
"""


def test_ctrl_c_never_reaches_a_worker_even_while_it_starts(tmp_path: Path) -> None:
    script = tmp_path / "starting.py"  # a process of its own: the first pool is the one in doubt
    script.write_text(STARTING)
    said = subprocess.run(
        [sys.executable, script, tmp_path],
        capture_output=True,
        text=True,
        check=True,
        cwd=ROOT,
        env=os.environ | {"PYTHONPATH": str(ROOT)},
    )
    parent, *workers = ast.literal_eval(said.stdout)
    assert workers
    assert all(workers)
    assert not parent
