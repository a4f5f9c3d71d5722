"""A command's wall time, CPU time and the peak memory of its whole process tree.

Memory is the sum of proportional set sizes (PSS) sampled every 50 ms from /proc, so shared
libraries count once and worker processes count.
"""

import os
import subprocess
import threading
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

_EVERY_S = 0.05


@dataclass(frozen=True)
class Run:
    """One finished command."""

    wall_s: float
    cpu_s: float
    peak_mb: float


def run(command: Sequence[str], environment: dict[str, str] | None = None) -> Run:
    """Run to the end; subprocess.CalledProcessError carries its stderr when it fails."""
    before, started = os.times(), time.monotonic()
    process = subprocess.Popen(
        command,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        env={**os.environ, **(environment or {})},
    )
    peak, done = [0.0], threading.Event()
    watcher = threading.Thread(target=_watch, args=(process.pid, peak, done))
    watcher.start()
    _out, complaint = process.communicate()
    done.set()
    watcher.join()
    if process.returncode:
        raise subprocess.CalledProcessError(process.returncode, command, stderr=complaint)
    after = os.times()
    cpu = (after.children_user + after.children_system) - (
        before.children_user + before.children_system
    )
    return Run(time.monotonic() - started, cpu, peak[0])


def _watch(root: int, peak: list[float], done: threading.Event) -> None:
    while not done.wait(_EVERY_S):
        peak[0] = max(peak[0], _held_kb(_tree(root)) / 1000)


def _tree(root: int) -> set[int]:
    parents: dict[int, int] = {}
    for folder in Path("/proc").iterdir():
        if folder.name.isdigit():
            try:
                fields = (folder / "stat").read_text().rpartition(")")[2].split()
            except OSError:
                continue
            parents[int(folder.name)] = int(fields[1])
    family, grew = {root}, True
    while grew:
        more = {pid for pid, parent in parents.items() if parent in family} - family
        family, grew = family | more, bool(more)
    return family


def _held_kb(family: set[int]) -> int:
    """A child between vfork and exec shows its parent's memory, which counts once."""
    return sum(_pss_kb(mapped) for mapped in {_mapped(pid) for pid in family})


def _mapped(pid: int) -> str:
    """What the kernel says of a process's memory: where it lies, then how much; empty if gone."""
    try:
        return Path(f"/proc/{pid}/smaps_rollup").read_text()
    except OSError:
        return ""


def _pss_kb(mapped: str) -> int:
    sizes = [line.split()[1] for line in mapped.splitlines() if line.startswith("Pss:")]
    return int(sizes[0]) if sizes else 0
