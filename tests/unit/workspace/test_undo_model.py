"""Undo and redo against the plainest model there is: a list of snapshots and a place in it.

Every act a clerk can do in one dossier; test_undo_of_moves.py has those between two.
"""

import tempfile
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import NamedTuple

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from scanstation import errors
from scanstation.model.account import Account
from scanstation.model.acts import (
    AccountGiven,
    FieldSet,
    PageMoved,
    PageRemoved,
    PageRotated,
    PagesJoined,
    PagesMoved,
    PagesOrdered,
    Parked,
    Resumed,
)
from scanstation.model.fold import fold
from scanstation.model.page import Mode, PageFile
from scanstation.model.removal import ExpungeReason
from scanstation.workspace.store import Workspace
from tests.unit.workspace.conftest import CLOCK, PROCEDURE


class Line(NamedTuple):
    """A standing page or attachment."""

    id: str
    component: str
    turned: int = 0
    part: int = 0
    parts: int = 0


class Snapshot(NamedTuple):
    """All that undo brings back."""

    pages: tuple[Line, ...] = ()
    attached: tuple[Line, ...] = ()
    told: tuple[tuple[str, object], ...] = ()
    """Of papers and fields."""

    def without(self, gone: str) -> "Snapshot":
        """As if that page or attachment had never come."""
        pages = tuple(one for one in self.pages if one.id != gone)
        return self._replace(pages=pages, attached=tuple(o for o in self.attached if o.id != gone))


COMPONENTS = st.sampled_from(["to-khai", "cccd"])
PLACES = st.integers(0, 7)


class UndoAgainstSnapshots(RuleBasedStateMachine):
    @initialize()
    def begin(self) -> None:
        self.folder = tempfile.TemporaryDirectory()
        self.root = Path(self.folder.name)
        self.workspace = Workspace(self.root / "workspace", CLOCK)
        self.dossier = self.workspace.open_dossier(PROCEDURE, "lan", "").id
        self.context = self.workspace.holding(self.dossier)
        self.holder = self.context.__enter__()
        self.history = [Snapshot()]
        self.about: list[frozenset[str]] = [frozenset()]
        """The pages each step was about; none for what is told."""
        self.gone: set[str] = set()
        self.now = 0

    def teardown(self) -> None:
        self.context.__exit__(None, None, None)
        self.folder.cleanup()

    @property
    def here(self) -> Snapshot:
        return self.history[self.now]

    def did(self, *about: str, **after: object) -> None:
        self.history = [*self.history[: self.now + 1], self.here._replace(**after)]
        self.about = [*self.about[: self.now + 1], frozenset(about)]
        self.now += 1

    # --- paper comes --------------------------------------------------------------------------

    @rule(component=COMPONENTS)
    def adopt(self, component: str) -> None:
        page = self.holder.adopt(self.scan(), component, "lan").id
        self.did(page, pages=(*self.here.pages, Line(page, component)))

    @rule(component=COMPONENTS)
    def attach(self, component: str) -> None:
        path = self.root / "signed.pdf"
        path.write_bytes(b"%PDF-1.7 signed")
        one = self.holder.attach(path, component, "lan", path.name, 1, 1).id
        self.did(one, attached=(*self.here.attached, Line(one, component)))

    @precondition(lambda self: self.here.pages)
    @rule(which=PLACES)
    def replace(self, which: int) -> None:
        old = self.pick(which)
        fresh = self.holder.adopt(self.scan(), old.component, "lan", replaces=old.id).id
        self.changed([old], [old._replace(id=fresh, turned=0)], fresh, old.id)

    # --- and is put in order ------------------------------------------------------------------

    @precondition(lambda self: self.everything)
    @rule(which=PLACES)
    def remove(self, which: int) -> None:
        one = self.everything[which % len(self.everything)].id
        self.holder.record(PageRemoved(one, "blank"), "lan")
        self.did(one, **self.here.without(one)._asdict())

    @precondition(lambda self: self.here.pages)
    @rule(which=PLACES, degrees=st.sampled_from([90, 180, 270]))
    def rotate(self, which: int, degrees: int) -> None:
        page = self.pick(which)
        self.holder.record(PageRotated(page.id, degrees), "lan")
        self.changed([page], [page._replace(turned=(page.turned + degrees) % 360)], page.id)

    @precondition(lambda self: self.here.pages)
    @rule(which=PLACES, component=COMPONENTS, position=PLACES)
    def move(self, which: int, component: str, position: int) -> None:
        page = self.pick(which)
        self.holder.record(PageMoved(page.id, component, position), "lan")
        rest = [one for one in self.here.pages if one != page]
        there = [one for one in rest if one.component == component]
        there.insert(position, page._replace(component=component))
        elsewhere = [one for one in rest if one.component != component]
        self.did(page.id, pages=(*elsewhere, *there))

    @precondition(lambda self: self.everything)
    @rule(first=PLACES, other=PLACES, component=COMPONENTS)
    def move_several(self, first: int, other: int, component: str) -> None:
        lines = self.everything
        chosen = dict.fromkeys((lines[first % len(lines)], lines[other % len(lines)]))
        self.put([one.id for one in chosen], component)

    @precondition(lambda self: self.here.pages)
    @rule(which=PLACES, component=COMPONENTS)
    def split(self, which: int, component: str) -> None:
        self.put(self.holder.from_page_on(self.pick(which).id), component)

    @precondition(lambda self: self.here.pages)
    @rule(which=PLACES, component=COMPONENTS)
    def merge_components(self, which: int, component: str) -> None:
        self.put(self.holder.all_of(self.pick(which).component), component)

    @precondition(lambda self: self.here.pages)
    @rule(which=PLACES)
    def put_in_order(self, which: int) -> None:
        lines = self.beside(self.pick(which))
        turned = lines[::-1]
        self.holder.record(PagesOrdered(tuple(one.id for one in turned)), "lan")
        self.changed(lines, turned, *(one.id for one in lines))

    @precondition(lambda self: self.here.pages)
    @rule(which=PLACES, count=st.integers(1, 3))
    def call_one_sheet(self, which: int, count: int) -> None:
        lines = self.beside(self.pick(which))[:count]
        ids = tuple(one.id for one in lines)
        self.holder.record(PagesJoined(ids), "lan")
        parts = len(lines) if len(lines) > 1 else 0
        joined = [
            one._replace(part=part if parts else 0, parts=parts)
            for part, one in enumerate(lines, start=1)
        ]
        self.changed(lines, joined, *ids)

    # --- and told of --------------------------------------------------------------------------

    @rule(component=COMPONENTS, sheets=st.integers(1, 3))
    def account(self, component: str, sheets: int) -> None:
        account = Account(sheets=sheets)
        self.holder.record(AccountGiven(component, account), "lan")
        rest = tuple(one for one in self.here.told if one[0] != component)
        self.did(told=(*rest, (component, account)))

    @rule(field=st.sampled_from(["name", "born"]), value=st.sampled_from(["", "Mai", "Mây"]))
    def set_field(self, field: str, value: str) -> None:
        self.holder.record(FieldSet(field, value), "lan")
        rest = tuple(one for one in self.here.told if one[0] != field)
        self.did(told=(*rest, (field, value)) if value else rest)

    # --- what undo does not know --------------------------------------------------------------

    @rule()
    def park_and_resume(self) -> None:
        self.holder.record(Parked("chờ giấy tờ"), "lan")
        for verb in (self.holder.undo, self.holder.redo):
            self.must_refuse(verb, errors.WrongState)
        self.holder.record(Resumed(), "lan")

    @precondition(lambda self: self.everything)
    @rule(which=PLACES)
    def expunge(self, which: int) -> None:
        """No step brings it back, and what was about nothing else is no step any more."""
        one = self.everything[which % len(self.everything)].id
        self.holder.expunge(one, ExpungeReason.SECRET, "", "lan")
        self.gone.add(one)
        dead = [bool(about) and about <= self.gone for about in self.about]
        self.now -= sum(dead[: self.now + 1])
        alive = [place for place, is_dead in enumerate(dead) if not is_dead]
        self.history = [self.history[place].without(one) for place in alive]
        self.about = [self.about[place] for place in alive]

    @rule()
    def undo(self) -> None:
        if self.now:
            self.holder.undo("lan")
            self.now -= 1
        else:
            self.must_refuse(self.holder.undo, errors.NoSuchThing)

    @rule()
    def redo(self) -> None:
        if self.now + 1 < len(self.history):
            self.holder.redo("lan")
            self.now += 1
        else:
            self.must_refuse(self.holder.redo, errors.NoSuchThing)

    @rule()
    def restart(self) -> None:
        self.context.__exit__(None, None, None)
        self.context = Workspace(self.root / "workspace", CLOCK).holding(self.dossier)
        self.holder = self.context.__enter__()

    @invariant()
    def each_component_shows_the_pages_of_the_model_in_order(self) -> None:
        dossier = self.holder.dossier
        for component in ("to-khai", "cccd"):
            pages = [one for one in self.here.pages if one.component == component]
            assert [
                Line(page.id, page.component, page.rotation, page.part, page.parts)
                for page in dossier.of(component)
            ] == pages
            attached = [one for one in self.here.attached if one.component == component]
            assert [Line(one.id, one.component) for one in dossier.attached(component)] == attached

    @invariant()
    def papers_and_fields_are_those_of_the_model(self) -> None:
        dossier = self.holder.dossier
        values = {name: one.value for name, one in dossier.fields.items()}
        assert dict(self.here.told) == {**dossier.accounts, **values}

    @invariant()
    def the_acts_one_by_one_are_the_journal_s_fold(self) -> None:
        assert self.holder.dossier == fold(self.holder.entries())

    @property
    def everything(self) -> tuple[Line, ...]:
        return (*self.here.pages, *self.here.attached)

    def pick(self, which: int) -> Line:
        return self.here.pages[which % len(self.here.pages)]

    def beside(self, page: Line) -> list[Line]:
        return [one for one in self.here.pages if one.component == page.component]

    def changed(self, old: Sequence[Line], new: Sequence[Line], *about: str) -> None:
        """`old` become `new`, each in its place."""
        became = dict(zip(old, new, strict=True))
        self.did(*about, pages=tuple(became.get(one, one) for one in self.here.pages))

    def put(self, ids: Sequence[str], component: str) -> None:
        """Move these behind everything in a component."""
        self.holder.record(PagesMoved(tuple(ids), component, len(self.here.pages)), "lan")
        known = {one.id: one._replace(component=component) for one in self.everything}
        standing = {one.id for one in self.here.pages}
        moved = [known[one] for one in ids if one in standing]
        rest = tuple(one for one in self.here.pages if one.id not in ids)
        attached = tuple(
            one._replace(component=component) if one.id in ids else one
            for one in self.here.attached
        )
        self.did(*ids, pages=(*rest, *moved), attached=attached)

    def scan(self) -> PageFile:
        path = self.root / "scan.pbm"
        path.write_bytes(b"P4\n8 1\n\x55")
        return PageFile(path=path, width=8, height=1, dpi=300, mode=Mode.BITONAL)

    def must_refuse(
        self, verb: Callable[[str], object], fault: type[errors.ScanStationError]
    ) -> None:
        before = self.holder.dossier.acts
        try:
            verb("lan")
        except fault:
            assert self.holder.dossier.acts == before
        else:
            raise AssertionError("there was nothing to do, yet it did something")


TestUndo = UndoAgainstSnapshots.TestCase
TestUndo.settings = settings(max_examples=40, stateful_step_count=25, deadline=None)
