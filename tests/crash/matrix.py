"""Every verb, stopped at every call that changes the station's files; then promises are checked.

points()              the calls of each verb, counted once undisturbed
promises_after()      one stop and one start: the broken promises
promises_when_full()  the same, but the call fails because the disk is full
"""

import math
import shutil
from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from scanstation import errors
from tests.crash.aftermath import broken_promises
from tests.crash.desk import at_desk, set_up
from tests.crash.ground import Ground, HarnessFault
from tests.crash.paper import Kit
from tests.crash.strace import SYNCING, Call, Say, killed_at, traced
from tests.crash.verbs import SPOILS, VERBS, finish

NO_SYNC = f"{','.join(SYNCING)}:retval=0"
"""strace answers 0 in the kernel's place: the call does nothing."""
FILLING = ("write", "pwrite64", "sendfile", "openat", "mkdir", "link", "rename", *SYNCING)
"""Calls that fail on a full disk."""


@dataclass(frozen=True)
class Point:
    """One place to stop; without a call it is right after the verb's last word."""

    verb: str
    call: Call | None

    def __str__(self) -> str:
        place = f"{self.call.syscall} {self.call.nth} {self.call.what}" if self.call else "its end"
        return f"{self.verb}: {place}"


class Matrix:
    """The verbs of a day on one ground; `work` keeps the station as it was before each verb."""

    def __init__(self, ground: Ground, kit: Kit, work: Path) -> None:
        self._ground, self._kit = ground, kit
        self._bases = {verb: work / "bases" / ground.name / verb for verb in VERBS}
        self._calls: dict[str, tuple[Call, ...]] = {}
        self._told: dict[str, list[str]] = {verb: [] for verb in VERBS}
        self._live_a_day()

    def points(self) -> tuple[Point, ...]:
        """Every place to stop, in the order of the day."""
        return tuple(
            Point(verb, call) for verb, calls in self._calls.items() for call in (*calls, None)
        )

    def promises_after(self, point: Point, *, syncing: bool = True) -> tuple[str, ...]:
        """Stop there, start again, and give the promises that were broken."""
        self._ground.lay(self._bases[point.verb])
        inject = () if syncing else (NO_SYNC,)
        work, root = partial(self._work, point.verb), self._ground.station
        if point.call is None:
            said = traced(work, root, inject).said
        else:
            said = killed_at(point.call, work, root, inject).said
        self._ground.crash()
        return self._broken(point, said)

    def promises_when_full(self, point: Point) -> tuple[str, ...]:
        """Let the call at `point` fail with ENOSPC; the clerk must be told of the full disk."""
        if point.call is None or point.call.syscall not in FILLING:
            raise ValueError(f"a full disk is not noticed at {point}")
        self._ground.lay(self._bases[point.verb])
        full = f"{point.call.syscall}:error=ENOSPC:when={point.call.nth}"
        said = list(traced(partial(self._refused, point.verb), self._ground.station, (full,)).said)
        refusal = said.pop() if said and said[-1].startswith("refused") else ""
        broken = self._broken(point, said)
        # SQLite does not say why it could not open or sync a file.
        fit = ("DiskFull", "StorageError") if "ledger" in point.call.what else ("DiskFull",)
        known = not refusal or refusal.removeprefix("refused ") in fit
        return broken if known else (f"the clerk is told: {refusal}", *broken)

    def syncs(self, verb: str) -> tuple[tuple[Call, ...], int]:
        """The calls by which the verb makes things durable, and how many it announces."""
        self._ground.lay(self._bases[verb])
        outcome = traced(partial(self._work, verb), self._ground.station)
        return tuple(one for one in outcome.calls if one.syscall in SYNCING), len(outcome.said)

    def _broken(self, point: Point, said: Sequence[str]) -> tuple[str, ...]:
        told = (*self._told[point.verb], *said)
        return broken_promises(self._ground.station, told, self._kit)

    def _refused(self, verb: str, say: Say) -> None:
        try:
            self._work(verb, say)
        except errors.ScanStationError as fault:
            say(f"refused {fault.code}")

    def _work(self, verb: str, say: Say) -> None:
        with at_desk(self._ground.station, self._kit, say) as desk:
            VERBS[verb](desk)

    def _live_a_day(self) -> None:
        """Keep the station as it is before each verb, and count the verb's calls."""
        set_up(self._bare())
        self._rehearse()
        station = self._ground.station
        for verb, base in self._bases.items():
            if verb == "recover":
                self._stop_between_package_and_row()
            if spoil := SPOILS.get(verb):
                self._told[verb] = spoil(station, self._kit)
            shutil.copytree(station, base)
            self._ground.lay(base)
            self._calls[verb] = traced(partial(self._work, verb), station).calls

    def _bare(self) -> Path:
        self._ground.lay(None)
        return self._ground.station

    def _rehearse(self) -> None:
        """Once in this process, so that nothing is left to import when the calls are counted."""
        bare = self._ground.station.with_name("rehearsal")
        shutil.copytree(self._ground.station, bare)
        for name, verb in (*VERBS.items(), ("", finish)):
            if spoil := SPOILS.get(name):
                spoil(bare, self._kit)
            with at_desk(bare, self._kit, lambda _: None) as desk:
                verb(desk)
        shutil.rmtree(bare)

    def _stop_between_package_and_row(self) -> None:
        """The stop that leaves most to settle: the package lies there, the ledger knows nothing."""
        calls = self._calls["seal"]
        links = [
            number
            for number, call in enumerate(calls)
            if call.syscall in ("link", "linkat") and ".zip" in call.what
        ]
        if not links:
            raise HarnessFault("sealing did not put a package into the outbox")
        self._ground.lay(self._bases["seal"])
        killed_at(calls[links[0] + 1], partial(self._work, "seal"), self._ground.station)


def sample(points: Sequence[Point], count: int) -> tuple[Point, ...]:
    """At least `count` points, evenly over the calls of each verb and at least one of each."""
    found: list[Point] = []
    for verb in dict.fromkeys(point.verb for point in points):
        its = [point for point in points if point.verb == verb]
        share = math.ceil(count * len(its) / len(points))
        found += [its[(2 * number + 1) * len(its) // (2 * share)] for number in range(share)]
    return tuple(found)
