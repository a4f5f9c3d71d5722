"""SIGKILL at random moments, again and again on one station: no strace, no pattern, no mercy."""

import os
import random
import signal
import time
from dataclasses import dataclass
from pathlib import Path

from scanstation.model.acts import Withdrawn
from tests.crash.aftermath import broken_promises, lost_on_disk
from tests.crash.desk import at_desk, set_up
from tests.crash.ground import HarnessFault
from tests.crash.paper import CLERK, Kit
from tests.crash.strace import Say, live
from tests.crash.verbs import open_

MOST_PAGES = 8
"""A child is killed after 0 to that many announced pages, and some part of a page later: a moment
told in pages proves as much on a loaded machine as on an idle one."""
_START_S = 0.02
"""What a child needs to start."""
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
    for number in range(kills):
        if number % _PER_DOSSIER == 0:
            _next_dossier(folder, kit)
        fresh = _killed_after(dice.randrange(MOST_PAGES + 1), dice.random(), folder, kit)
        broken += lost_on_disk(folder, fresh)
        said += fresh
    _next_dossier(folder, kit)
    broken += broken_promises(folder, said, kit)
    return Storm(kills, len(said), tuple(broken))


def _next_dossier(folder: Path, kit: Kit) -> None:
    with at_desk(folder, kit, lambda _: None) as desk:
        for old in desk.unfinished():
            desk.intake.record(old.id, Withdrawn("hết giờ"), CLERK)
        open_(desk)


def _killed_after(pages: int, share: float, folder: Path, kit: Kit) -> tuple[str, ...]:
    """What a scanning child announced that is killed `share` of a page after its `pages`-th."""
    said_end, say_end = os.pipe()
    child = os.fork()
    if child == 0:
        os.close(said_end)
        live(lambda say: _scan(folder, kit, say), say_end)
    os.close(say_end)
    with os.fdopen(said_end, encoding="utf-8") as pipe:
        said, gap, last = list[str](), 0.0, time.monotonic()
        for _ in range(pages):
            said.append(pipe.readline())
            gap, last = time.monotonic() - last, time.monotonic()
        time.sleep(share * (gap or _START_S))
        os.kill(child, signal.SIGKILL)
        said += pipe
    _, status = os.waitpid(child, 0)
    if not os.WIFSIGNALED(status):
        raise HarnessFault(f"the child ended by itself ({status}); see stderr")
    return tuple(line.rstrip("\n") for line in said)


def _scan(folder: Path, kit: Kit, say: Say) -> None:
    with at_desk(folder, kit, say) as desk:
        desk.scan(_MORE_THAN_IT_CAN)
