"""A wiretap that kills the courier or the receiver at a chosen moment of a chosen phase.

The phase is read from the request line that really passes, so the histogram counts what happened,
not what was meant to happen.
"""

import random
import socket
import time
from collections.abc import Callable
from dataclasses import dataclass

from tests.helpers.wiretap import (
    PHASES,
    HungUp,
    Message,
    Wiretap,
    length_of,
    read_body,
    read_head,
    read_message,
    some,
)

VICTIMS = ("courier", "receiver")
MOMENTS = ("request", "working", "answer")
LONGEST_WORK_S = 0.03
"""A commit of 300 kB takes 10 to 30 ms here; the kill falls anywhere within."""


@dataclass(frozen=True)
class Kill:
    """`share` of the phase's moment that passes before the kill, 0 to 1."""

    phase: str
    victim: str
    moment: str
    share: float


class Killer(Wiretap):
    """Kills once per plan, on the first exchange of the planned phase."""

    def __init__(self, upstream: int, kill: Callable[[str], None]) -> None:
        self._kill = kill
        self._plan: Kill | None = None
        self.done: list[Kill] = []
        super().__init__(upstream)

    def plan(self, kill: Kill) -> None:
        self._plan = kill

    @property
    def waiting(self) -> bool:
        return self._plan is not None

    def exchange(self, station: socket.socket) -> None:
        head, body = read_head(station)
        phase = PHASES[head.split(b" ", 1)[0].decode()]
        if self._plan is None or self._plan.phase != phase:
            station.sendall(self.honest(read_body(station, head, body)).raw)
            return
        plan, self._plan = self._plan, None
        with self.receiver() as central:
            getattr(self, f"_in_{plan.moment}")(plan, station, central, head, body)
        raise HungUp

    def _strike(self, plan: Kill) -> None:
        self._kill(plan.victim)
        self.done.append(plan)

    def _in_request(
        self, plan: Kill, station: socket.socket, central: socket.socket, head: bytes, body: bytes
    ) -> None:
        passing = int(plan.share * (len(head) + length_of(head)))
        while len(head) + len(body) < passing:
            body += some(station)
        central.sendall((head + body)[:passing])
        self._strike(plan)

    def _in_working(
        self, plan: Kill, station: socket.socket, central: socket.socket, head: bytes, body: bytes
    ) -> None:
        central.sendall(read_body(station, head, body).raw)
        time.sleep(plan.share * LONGEST_WORK_S)
        self._strike(plan)

    def _in_answer(
        self, plan: Kill, station: socket.socket, central: socket.socket, head: bytes, body: bytes
    ) -> None:
        request = read_body(station, head, body)
        central.sendall(request.raw)
        answer: Message = read_message(central, bodiless=request.verb == "HEAD")
        station.sendall(answer.raw[: int(plan.share * len(answer.raw))])
        self._strike(plan)


def plans(count: int, seed: int) -> list[Kill]:
    """`count` kills: every phase, victim and moment in turn, at a random place, in random order."""
    dice = random.Random(seed)
    phases = list(dict.fromkeys(PHASES.values()))
    found = [
        Kill(phases[n % 4], VICTIMS[n // 4 % 2], MOMENTS[(n + n // 8) % 3], dice.random())
        for n in range(count)
    ]
    dice.shuffle(found)
    return found
