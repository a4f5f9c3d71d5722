"""Kill a piece of work at its n-th step on the file system, as a power button would.

The steps are CPython's audit events (open, rename, link, remove, mkdir, …): a hook in a forked
child sends SIGKILL to itself just before the n-th, so no clean-up code runs. What the page cache
holds survives, as after `kill -9`.
"""

import os
import signal
import sys
import traceback
from collections.abc import Callable
from dataclasses import dataclass

STEPS = {"open", "os.link", "os.rename", "os.remove", "os.mkdir", "os.truncate", "sqlite3.connect"}


@dataclass(frozen=True)
class Outcome:
    """What the parent saw."""

    said: tuple[str, ...]
    """Lines the work announced before it died, in order."""
    killed: bool
    """False: it came to its end before the step was reached."""


def killed_at(step: int, work: Callable[[Callable[[str], None]], None]) -> Outcome:
    """Run `work(say)` in a child that dies at its `step`-th event (1-based)."""
    reading, writing = os.pipe()
    child = os.fork()
    if child == 0:
        os.close(reading)
        _live_and_die(step, work, writing)
    os.close(writing)
    with os.fdopen(reading, "r", encoding="utf-8") as pipe:
        said = tuple(line.rstrip("\n") for line in pipe)
    _, status = os.waitpid(child, 0)
    killed = os.WIFSIGNALED(status)
    assert killed or os.waitstatus_to_exitcode(status) == 0, "the work failed by itself; see stderr"
    return Outcome(said, killed)


def _live_and_die(step: int, work: Callable[[Callable[[str], None]], None], writing: int) -> None:
    left = [step]

    def hook(event: str, _: object) -> None:
        if event in STEPS:
            left[0] -= 1
            if left[0] == 0:
                os.kill(os.getpid(), signal.SIGKILL)

    try:
        sys.addaudithook(hook)
        with os.fdopen(writing, "w", encoding="utf-8") as pipe:
            work(lambda line: print(line, file=pipe, flush=True))
    except BaseException:  # noqa: BLE001 - the top of a child: whatever it was, the parent must know
        traceback.print_exc()
        os._exit(1)
    os._exit(0)
