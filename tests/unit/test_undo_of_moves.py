"""Pages that move between two dossiers, undone and redone, against a model of snapshots.

A move is one step in both dossiers: it is taken back and done again in both or in neither.
"""

import tempfile
from collections.abc import Callable
from itertools import count
from pathlib import Path

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from scanstation import durable, errors
from scanstation.casework import Casework, Desk
from scanstation.holding import Holdings
from scanstation.model.acts import PageRemoved, PageRotated
from scanstation.model.dossier import Dossier
from scanstation.model.page import Mode, PageFile
from scanstation.model.profile import Clerk, StationSettings
from scanstation.outbox.folder import Outbox
from scanstation.transfer import redo, undo
from scanstation.workspace.store import Workspace
from tests.unit.test_transfer import Counter, unchanged
from tests.unit.workspace.conftest import CLOCK, PROCEDURE

LAN = Clerk(id="lan", name="Lan")
Lines = tuple[tuple[str, int], ...]
"""Id and rotation of each standing page, in order."""
SIDES, PLACES = st.integers(0, 1), st.integers(0, 5)


class Side:
    """One dossier of the model: snapshots, the steps between them and a place."""

    def __init__(self, dossier: str) -> None:
        self.dossier = dossier
        self.history: list[Lines] = [()]
        self.steps = [0]
        self.now = 0

    @property
    def pages(self) -> Lines:
        return self.history[self.now]

    def did(self, step: int, after: Lines) -> None:
        self.history = [*self.history[: self.now + 1], after]
        self.steps = [*self.steps[: self.now + 1], step]
        self.now += 1

    def next_undo(self) -> int:
        """The step undo would take back; 0 for none."""
        return self.steps[self.now]

    def next_redo(self) -> int:
        """The step redo would do again; 0 for none."""
        return self.steps[self.now + 1] if self.now + 1 < len(self.steps) else 0


class MovesAgainstSnapshots(RuleBasedStateMachine):
    @initialize()
    def begin(self) -> None:
        self.folder = tempfile.TemporaryDirectory()
        root = self.root = Path(self.folder.name)
        self.held = Holdings(
            workspace=Workspace(root / "workspace", CLOCK),
            outbox=Outbox(durable.make_folder(root / "outbox"), CLOCK),
            scratch=durable.make_folder(root / "scratch"),
            min_free_mb=1,
        )
        settings = StationSettings(id="T1", agency="UBND xã")
        running = durable.make_folder(root / "running")
        self.work = Casework(Desk(settings, self.held, running, CLOCK))
        opened = [self.held.workspace.open_dossier(PROCEDURE, "lan", "").id for _ in range(2)]
        self.sides = [Side(one) for one in opened]
        self.numbers = count(1)
        self.moves: set[int] = set()

    def teardown(self) -> None:
        self.folder.cleanup()

    def has_pages(self) -> bool:
        return any(side.pages for side in self.sides)

    @rule(at=SIDES)
    def scan(self, at: int) -> None:
        side = self.sides[at]
        path = self.root / "scan.pbm"
        path.write_bytes(b"P4\n8 1\n\x55")
        page = PageFile(path=path, width=8, height=1, dpi=300, mode=Mode.BITONAL)
        with self.held.holding(side.dossier) as holder:
            kept = holder.adopt(page, "to-khai", "lan").id
        side.did(next(self.numbers), (*side.pages, (kept, 0)))

    @precondition(has_pages)
    @rule(at=SIDES, which=PLACES)
    def rotate(self, at: int, which: int) -> None:
        side = self.with_pages(at)
        page, turned = side.pages[which % len(side.pages)]
        self.work.record(side.dossier, PageRotated(page, 90), LAN)
        after = tuple((o, (turned + 90) % 360) if o == page else (o, t) for o, t in side.pages)
        side.did(next(self.numbers), after)

    @precondition(has_pages)
    @rule(at=SIDES, which=PLACES)
    def remove(self, at: int, which: int) -> None:
        side = self.with_pages(at)
        page, _ = side.pages[which % len(side.pages)]
        self.work.record(side.dossier, PageRemoved(page, "blank"), LAN)
        side.did(next(self.numbers), tuple(one for one in side.pages if one[0] != page))

    @precondition(has_pages)
    @rule(at=SIDES, first=PLACES, last=PLACES)
    def give(self, at: int, first: int, last: int) -> None:
        side = self.with_pages(at)
        chosen = side.pages[first % len(side.pages) :][: last + 1]
        other = self.other(side)
        self.work.give(side.dossier, [one for one, _ in chosen], other.dossier, "", LAN)
        self.moved(side, other, chosen)

    @precondition(has_pages)
    @rule(at=SIDES)
    def merge(self, at: int) -> None:
        side = self.with_pages(at)
        other = self.other(side)
        self.work.merge(other.dossier, side.dossier, "", LAN)
        self.moved(side, other, side.pages)

    def moved(self, side: Side, other: Side, chosen: Lines) -> None:
        step = next(self.numbers)
        self.moves.add(step)
        arrived = self.now_in(other).pages[-len(chosen) :]
        turned = [turned for _, turned in chosen]
        came = tuple((page.id, turn) for page, turn in zip(arrived, turned, strict=True))
        side.did(step, tuple(one for one in side.pages if one not in chosen))
        other.did(step, (*other.pages, *came))

    @rule(at=SIDES)
    def undo(self, at: int) -> None:
        self.step(at, Side.next_undo, undo, -1)

    @rule(at=SIDES)
    def redo(self, at: int) -> None:
        self.step(at, Side.next_redo, redo, +1)

    def step(
        self,
        at: int,
        following: Callable[[Side], int],
        verb: Callable[[Holdings, str, str], Dossier],
        by: int,
    ) -> None:
        side = self.sides[at]
        other, step = self.other(side), following(side)
        if not step:
            self.must_refuse(verb, side, errors.NoSuchThing)
        elif step in self.moves and following(other) != step:
            self.must_refuse(verb, side, errors.MovedSince)
        else:
            verb(self.held, side.dossier, "lan")
            side.now += by
            other.now += by if step in self.moves else 0

    def must_refuse(
        self,
        verb: Callable[[Holdings, str, str], Dossier],
        side: Side,
        fault: type[errors.ScanStationError],
    ) -> None:
        try:
            verb(self.held, side.dossier, "lan")
        except fault:
            return
        raise AssertionError("it should have refused")

    @invariant()
    def both_dossiers_show_the_pages_of_the_model(self) -> None:
        for side in self.sides:
            assert [(one.id, one.rotation) for one in self.now_in(side).pages] == [*side.pages]

    @invariant()
    def no_page_stands_in_both(self) -> None:
        for side in self.sides:
            assert self.work.doubled(self.now_in(side)) == ()

    def with_pages(self, at: int) -> Side:
        return self.sides[at] if self.sides[at].pages else self.sides[1 - at]

    def other(self, side: Side) -> Side:
        return self.sides[1 - self.sides.index(side)]

    def now_in(self, side: Side) -> Dossier:
        return self.held.workspace.dossier(side.dossier)


TestMoves = MovesAgainstSnapshots.TestCase
TestMoves.settings = settings(max_examples=25, stateful_step_count=20, deadline=None)


# --- found by hand ----------------------------------------------------------------------------


def test_a_move_is_not_half_undone_when_the_page_was_removed_where_it_went(
    tmp_path: Path,
) -> None:
    counter = Counter(tmp_path)
    counter.give(0)
    arrived = counter.ids(counter.other)[-1]
    counter.work.record(counter.other, PageRemoved(arrived, "trắng"), LAN)
    with unchanged(counter), pytest.raises(errors.MovedSince):
        undo(counter.held, counter.one, "lan")
    undo(counter.held, counter.other, "lan")
    undo(counter.held, counter.one, "lan")
    assert (len(counter.ids(counter.one)), len(counter.ids(counter.other))) == (3, 3)


def test_a_move_is_not_half_redone_when_the_page_was_removed_where_it_came_from(
    tmp_path: Path,
) -> None:
    counter = Counter(tmp_path)
    page = counter.ids(counter.one)[0]
    counter.give(0)
    undo(counter.held, counter.one, "lan")
    counter.work.record(counter.one, PageRemoved(page, "trắng"), LAN)
    with unchanged(counter), pytest.raises(errors.MovedSince):
        redo(counter.held, counter.other, "lan")
