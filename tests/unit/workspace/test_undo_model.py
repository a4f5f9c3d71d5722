"""Undo and redo against the plainest model there is: a list of snapshots and a place in it."""

import tempfile
from pathlib import Path

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
    PagesMoved,
)
from scanstation.model.fold import fold
from scanstation.model.page import Mode, PageFile
from scanstation.workspace.store import Workspace
from tests.unit.workspace.conftest import CLOCK, PROCEDURE

Line = tuple[str, str, int]
Lines = tuple[Line, ...]
Told = tuple[tuple[str, object], ...]
Snapshot = tuple[Lines, Told]
"""The pages, and what was told of papers and fields."""
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
        self.history: list[Snapshot] = [((), ())]
        self.now = 0

    def teardown(self) -> None:
        self.context.__exit__(None, None, None)
        self.folder.cleanup()

    @property
    def pages(self) -> Lines:
        return self.history[self.now][0]

    @property
    def told(self) -> Told:
        return self.history[self.now][1]

    def did(self, after: Lines, told: Told | None = None) -> None:
        snapshot = (after, self.told if told is None else told)
        self.history = [*self.history[: self.now + 1], snapshot]
        self.now += 1

    @rule(component=COMPONENTS)
    def adopt(self, component: str) -> None:
        page = self.holder.adopt(self.scan(), component, "lan")
        self.did((*self.pages, (page.id, component, 0)))

    @precondition(lambda self: self.pages)
    @rule(which=PLACES)
    def replace(self, which: int) -> None:
        old, component, _ = self.pick(which)
        fresh = self.holder.adopt(self.scan(), component, "lan", replaces=old)
        line = (fresh.id, component, 0)
        self.did(tuple(line if one[0] == old else one for one in self.pages))

    @precondition(lambda self: self.pages)
    @rule(which=PLACES)
    def remove(self, which: int) -> None:
        page, _, _ = self.pick(which)
        self.holder.record(PageRemoved(page, "blank"), "lan")
        self.did(tuple(one for one in self.pages if one[0] != page))

    @precondition(lambda self: self.pages)
    @rule(which=PLACES, degrees=st.sampled_from([90, 180, 270]))
    def rotate(self, which: int, degrees: int) -> None:
        page, component, turned = self.pick(which)
        self.holder.record(PageRotated(page, degrees), "lan")
        line = (page, component, (turned + degrees) % 360)
        self.did(tuple(line if one[0] == page else one for one in self.pages))

    @precondition(lambda self: self.pages)
    @rule(which=PLACES, component=COMPONENTS, position=PLACES)
    def move(self, which: int, component: str, position: int) -> None:
        page, _, turned = self.pick(which)
        self.holder.record(PageMoved(page, component, position), "lan")
        there = [one for one in self.pages if one[1] == component and one[0] != page]
        elsewhere = [one for one in self.pages if one[1] != component and one[0] != page]
        there.insert(position, (page, component, turned))
        self.did((*elsewhere, *there))

    @precondition(lambda self: self.pages)
    @rule(first=PLACES, other=PLACES, component=COMPONENTS)
    def move_several(self, first: int, other: int, component: str) -> None:
        chosen = tuple(dict.fromkeys((self.pick(first), self.pick(other))))
        ids = tuple(one[0] for one in chosen)
        self.holder.record(PagesMoved(ids, component, len(self.pages)), "lan")
        rest = tuple(one for one in self.pages if one not in chosen)
        self.did((*rest, *((id_, component, turned) for id_, _, turned in chosen)))

    @rule(component=COMPONENTS, sheets=st.integers(1, 3))
    def account(self, component: str, sheets: int) -> None:
        account = Account(sheets=sheets)
        self.holder.record(AccountGiven(component, account), "lan")
        rest = tuple(one for one in self.told if one[0] != component)
        self.did(self.pages, (*rest, (component, account)))

    @rule(field=st.sampled_from(["name", "born"]), value=st.sampled_from(["", "Mai", "Mây"]))
    def set_field(self, field: str, value: str) -> None:
        self.holder.record(FieldSet(field, value), "lan")
        rest = tuple(one for one in self.told if one[0] != field)
        self.did(self.pages, (*rest, (field, value)) if value else rest)

    @rule()
    def undo(self) -> None:
        if self.now:
            self.holder.undo("lan")
            self.now -= 1
        else:
            self.must_refuse(self.holder.undo)

    @rule()
    def redo(self) -> None:
        if self.now + 1 < len(self.history):
            self.holder.redo("lan")
            self.now += 1
        else:
            self.must_refuse(self.holder.redo)

    @rule()
    def restart(self) -> None:
        self.context.__exit__(None, None, None)
        self.context = Workspace(self.root / "workspace", CLOCK).holding(self.dossier)
        self.holder = self.context.__enter__()

    @invariant()
    def each_component_shows_the_pages_of_the_model_in_order(self) -> None:
        for component in ("to-khai", "cccd"):
            expected = [one for one in self.pages if one[1] == component]
            standing = self.holder.dossier.of(component)
            assert [(page.id, page.component, page.rotation) for page in standing] == expected

    @invariant()
    def papers_and_fields_are_those_of_the_model(self) -> None:
        dossier = self.holder.dossier
        values = {name: one.value for name, one in dossier.fields.items()}
        assert dict(self.told) == {**dossier.accounts, **values}

    @invariant()
    def the_acts_one_by_one_are_the_journal_s_fold(self) -> None:
        assert self.holder.dossier == fold(self.holder.entries())

    def pick(self, which: int) -> Line:
        return self.pages[which % len(self.pages)]

    def scan(self) -> PageFile:
        path = self.root / "scan.pbm"
        path.write_bytes(b"P4\n8 1\n\x55")
        return PageFile(path=path, width=8, height=1, dpi=300, mode=Mode.BITONAL)

    def must_refuse(self, verb: object) -> None:
        before = self.holder.dossier.acts
        try:
            verb("lan")  # type: ignore[operator]
        except errors.NoSuchThing:
            assert self.holder.dossier.acts == before
        else:
            raise AssertionError("there was nothing to do, yet it did something")


TestUndo = UndoAgainstSnapshots.TestCase
TestUndo.settings = settings(max_examples=40, stateful_step_count=25, deadline=None)
