"""Every call that writes, of every verb: killed, unplugged, disk full; then 1,000 random kills.

`python -m benchmarks.crash 100` makes it that many random kills.
"""

import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from pathlib import Path

from tests.crash import ground, strace
from tests.crash.ground import Folder, disk
from tests.crash.matrix import FILLING, Matrix, Point
from tests.crash.paper import Kit, make_kit
from tests.crash.storm import storm

KILLS = 1000


def main(kills: int = KILLS) -> None:
    if problem := strace.missing():
        print(f"not run: {problem}")
        return
    print("| stop | points | announced and lost, or another promise broken | time |")
    print("|---|---|---|---|")
    with tempfile.TemporaryDirectory() as name:
        work = Path(name).resolve()
        kit = make_kit(work / "kit")
        killed(kit, _new(work / "kill"))
        unplugged(kit, _new(work / "power"))
        stormed(kit, _new(work / "storm"), kills)


def killed(kit: Kit, work: Path) -> None:
    matrix = Matrix(Folder(work), kit, work)
    points = matrix.points()
    row("kill -9", points, matrix.promises_after)
    syncs, announced = matrix.syncs("scan")
    full = [point for point in points if point.call and point.call.syscall in FILLING]
    row("disk full (ENOSPC)", full, matrix.promises_when_full)
    print(f"| fsyncs per announced page | {announced} pages | {len(syncs) / announced:.1f} | |")


def unplugged(kit: Kit, work: Path) -> None:
    if problem := ground.missing():
        print(f"| power cut | not run | {problem} | |")
        return
    with disk(work) as image:
        matrix = Matrix(image, kit, work)
        points = matrix.points()
        row("power cut", points, matrix.promises_after)
        row(
            "power cut, fsync off (must lose)",
            [point for point in points if point.call is None],
            lambda point: matrix.promises_after(point, syncing=False),
        )


def stormed(kit: Kit, work: Path, kills: int) -> None:
    started = time.monotonic()
    weather = storm(work, kit, kills, seed=1)
    pages = f"{weather.kills} kills, {weather.announced} pages announced"
    print(f"| random kill -9 | {pages} | {len(weather.broken)} | {took(started)} |", flush=True)
    for sentence in weather.broken:
        print(f"    {sentence}")


def row(name: str, points: Sequence[Point], stop: Callable[[Point], tuple[str, ...]]) -> None:
    started = time.monotonic()
    broken = {str(point): found for point in points if (found := stop(point))}
    print(f"| {name} | {len(points)} | {len(broken)} | {took(started)} |", flush=True)
    for point, sentences in broken.items():
        print(f"    {point}: {'; '.join(sentences)}", file=sys.stderr)


def took(started: float) -> str:
    return f"{time.monotonic() - started:.0f} s"


def _new(folder: Path) -> Path:
    folder.mkdir()
    return folder


if __name__ == "__main__":
    main(*map(int, sys.argv[1:2]))
