"""SIGKILL at random moments, again and again on one station: no strace, no pattern, no mercy."""

import os
import random
import signal
import time
from dataclasses import dataclass
from pathlib import Path

from scanstation.model.acts import Withdrawn
from tests.crash.aftermath import broken_promises, lost_on_disk
from tests.crash.desk import CLERK, Kit, at_desk, open_, set_up
from tests.crash.ground import HarnessFault
from tests.crash.strace import Say, live

LONGEST_S = 0.12
"""A child needs 20 ms to start and 10 ms a page, on a machine that does nothing else."""
_STARTS = 4
"""On a busy one a child may live as long as so many starts take there."""
_PER_DOSSIER = 20
_MORE_THAN_IT_CAN = "P" * 200


@dataclass(frozen=True)
class Storm:
    """What many kills did."""

    kills: int
    announced: int
    """Pages."""
    broken: tuple[str, ...]


def storm(folder: Path, kit: Kit, kills: int, seed: int) -> Storm:
    """Kill a scanning child `kills` times; its dossier is withdrawn after every 20."""
    dice, said, broken = random.Random(seed), list[str](), list[str]()
    set_up(folder)
    longest = LONGEST_S
    for number in range(kills):
        if number % _PER_DOSSIER == 0:
            longest = max(LONGEST_S, _STARTS * _next_dossier(folder, kit))
        fresh = _killed_after(dice.uniform(0, longest), folder, kit)
        broken += lost_on_disk(folder, fresh)
        said += fresh
    _next_dossier(folder, kit)
    broken += broken_promises(folder, said, kit)
    return Storm(kills, len(said), tuple(broken))


def _next_dossier(folder: Path, kit: Kit) -> float:
    """Seconds it took."""
    started = time.monotonic()
    with at_desk(folder, kit, lambda _: None) as desk:
        for old in desk.unfinished():
            desk.intake.record(old.id, Withdrawn("hết giờ"), CLERK)
        open_(desk)
    return time.monotonic() - started


def _killed_after(seconds: float, folder: Path, kit: Kit) -> tuple[str, ...]:
    """What a scanning child announced in that time."""
    said_end, say_end = os.pipe()
    child = os.fork()
    if child == 0:
        os.close(said_end)
        live(lambda say: _scan(folder, kit, say), say_end)
    os.close(say_end)
    time.sleep(seconds)
    os.kill(child, signal.SIGKILL)
    with os.fdopen(said_end, encoding="utf-8") as pipe:
        said = tuple(line.rstrip("\n") for line in pipe)
    _, status = os.waitpid(child, 0)
    if not os.WIFSIGNALED(status):
        raise HarnessFault(f"the child ended by itself ({status}); see stderr")
    return said


def _scan(folder: Path, kit: Kit, say: Say) -> None:
    with at_desk(folder, kit, say) as desk:
        desk.scan(_MORE_THAN_IT_CAN)
