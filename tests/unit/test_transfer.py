"""Two dossiers at once: a page that moves is never in none, and what is destroyed is nowhere."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from scanstation import durable, errors, transfer
from scanstation.casework import Casework, Desk
from scanstation.holding import Holdings
from scanstation.model.account import Account
from scanstation.model.acts import (
    AccountGiven,
    FieldSet,
    PageMoved,
    PageRemoved,
    Parked,
    Sealed,
    Withdrawn,
)
from scanstation.model.dossier import Dossier, Page
from scanstation.model.fold import next_redo, next_undo
from scanstation.model.page import Mode, PageFile, Taken
from scanstation.model.profile import Clerk, StationSettings
from scanstation.model.removal import ExpungeReason, Removal
from scanstation.model.sealing import copied_by
from scanstation.model.wording import destroyed
from scanstation.outbox.folder import Outbox
from scanstation.workspace.store import Holder, Workspace
from tests.unit.workspace.conftest import CLOCK, PROCEDURE

LAN, MAI = Clerk(id="lan", name="Lan"), Clerk(id="mai", name="Mai")
SECRET = ExpungeReason.SECRET


class Counter:
    """A station's dossiers, two of them open, each with three pages."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.held = Holdings(
            workspace=Workspace(root / "workspace", CLOCK),
            outbox=Outbox(durable.make_folder(root / "outbox"), CLOCK),
            scratch=durable.make_folder(root / "scratch"),
            min_free_mb=1,
        )
        settings = StationSettings(id="T1", agency="UBND xã")
        markers = durable.make_folder(root / "running")
        self.work = Casework(
            Desk(settings=settings, holdings=self.held, running=markers, clock=CLOCK)
        )
        self.scans = 0
        self.one, self.other = (self.dossier() for _ in range(2))

    def dossier(self) -> str:
        made = self.held.workspace.open_dossier(PROCEDURE, "lan", "").id
        with self.held.holding(made) as holder:
            for _ in range(3):
                self.scan(holder)
        return made

    def scan(self, holder: Holder, content: int | None = None, taken: Taken | None = None) -> Page:
        self.scans += 1
        path = self.root / "scan.pgm"
        seed = self.scans if content is None else content
        path.write_bytes(b"P5\n16 9\n255\n" + bytes((seed * 31 + i) % 256 for i in range(144)))
        facts = {"width": 16, "height": 9, "dpi": 300, "mode": Mode.GREY, "source": "máy quét"}
        page = PageFile(path=path, taken=taken, **facts)
        return holder.adopt(page, "to-khai", "lan")

    def now(self, dossier: str) -> Dossier:
        return self.held.workspace.dossier(dossier)

    def ids(self, dossier: str, component: str = "to-khai") -> list[str]:
        return [page.id for page in self.now(dossier).of(component)]

    def give(self, *places: int, component: str = "") -> None:
        pages = [self.ids(self.one)[place] for place in places]
        self.work.give(self.one, pages, self.other, component, LAN)

    def folder(self, dossier: str) -> Path:
        return self.root / "workspace" / "dossiers" / dossier

    def bytes_of(self, dossier: str) -> bytes:
        files = sorted(path for path in self.folder(dossier).rglob("*") if path.is_file())
        return b"".join(path.name.encode() + path.read_bytes() for path in files)


@pytest.fixture
def counter(tmp_path: Path) -> Counter:
    return Counter(tmp_path)


@contextmanager
def unchanged(counter: Counter) -> Iterator[None]:
    before = counter.now(counter.one), counter.now(counter.other)
    yield
    assert (counter.now(counter.one), counter.now(counter.other)) == before


# --- moving -----------------------------------------------------------------------------------


def test_moved_pages_stand_in_the_other_dossier_each_with_its_own_original(
    counter: Counter,
) -> None:
    source = counter.now(counter.one)
    counter.give(0, 2, component="cccd")
    moved = counter.now(counter.other).of("cccd")
    assert [page.sha256 for page in moved] == [source.pages[0].sha256, source.pages[2].sha256]
    assert [page.id for page in counter.now(counter.one).pages] == [source.pages[1].id]
    assert [one.removed_as for one in counter.now(counter.one).tombstones] == [Removal.MOVED] * 2
    view = counter.held.workspace.looking_at(counter.other)
    theirs = [counter.folder(counter.one) / "originals" / view.original(one).name for one in moved]
    for page, path in zip(moved, theirs, strict=True):
        mine = view.original(page)
        assert durable.sha256_of(mine) == page.sha256 == durable.sha256_of(path)
        assert mine.stat().st_ino != path.stat().st_ino


def test_who_scanned_a_page_signs_it_whoever_moved_it(counter: Counter) -> None:
    page = counter.ids(counter.one)[0]
    counter.work.give(counter.one, [page], counter.other, "", MAI)
    entries = counter.held.workspace.looking_at(counter.other).entries()
    assert copied_by(counter.now(counter.other), entries) == {"lan"}


def test_undo_of_a_move_is_the_same_in_either_dossier(counter: Counter) -> None:
    before = counter.ids(counter.one), counter.ids(counter.other)
    for where in (counter.one, counter.other):
        counter.give(1)
        after = counter.ids(counter.one), counter.ids(counter.other)
        transfer.undo(counter.held, where, "lan")
        assert (counter.ids(counter.one), counter.ids(counter.other)) == before
        transfer.redo(counter.held, where, "lan")
        assert (counter.ids(counter.one), counter.ids(counter.other)) == after
        transfer.undo(counter.held, where, "lan")


def test_a_move_is_not_half_undone_when_the_other_dossier_went_on(counter: Counter) -> None:
    counter.give(1)
    first = counter.ids(counter.one)[0]
    counter.work.record(counter.one, PageMoved(first, "cccd", 0), LAN)
    with unchanged(counter), pytest.raises(errors.MovedSince, match="another"):
        transfer.undo(counter.held, counter.other, "lan")
    counter.work.record(counter.one, Parked("chờ"), LAN)
    with unchanged(counter), pytest.raises(errors.MovedSince, match="parked"):
        transfer.undo(counter.held, counter.other, "lan")


def test_a_move_cut_short_leaves_the_page_in_both_says_so_and_can_be_completed(
    counter: Counter,
) -> None:
    page = counter.ids(counter.one)[1]
    with (
        counter.held.holding(counter.other) as to,
        counter.held.holding(counter.one) as here,
    ):
        to.receive(here, [page], "", "lan")  # and here the power fails
    (found,) = counter.work.doubled(counter.now(counter.other))
    assert (found.source, found.source_page) == (counter.one, page)
    counter.work.give(counter.one, [page], counter.other, "", LAN)
    assert counter.work.doubled(counter.now(counter.other)) == ()
    assert len(counter.ids(counter.other)) == 4
    assert page not in counter.ids(counter.one)


def test_undo_after_a_move_cut_short_leaves_the_page_where_it_was(counter: Counter) -> None:
    page = counter.ids(counter.one)[1]
    with (
        counter.held.holding(counter.other) as to,
        counter.held.holding(counter.one) as here,
    ):
        to.receive(here, [page], "", "lan")
    transfer.undo(counter.held, counter.other, "lan")
    assert (len(counter.ids(counter.one)), len(counter.ids(counter.other))) == (3, 3)


def test_a_dossier_is_not_moved_into_itself(counter: Counter) -> None:
    with unchanged(counter), pytest.raises(errors.UsageError, match="same dossier"):
        counter.work.give(counter.one, counter.ids(counter.one), counter.one, "", LAN)


@pytest.mark.parametrize("which", ["one", "other"])
def test_nothing_moves_out_of_or_into_a_parked_dossier(counter: Counter, which: str) -> None:
    counter.work.record(getattr(counter, which), Parked("chờ"), LAN)
    with unchanged(counter), pytest.raises(errors.WrongState):
        counter.give(0)


def test_a_dossier_open_elsewhere_is_not_moved_into(counter: Counter) -> None:
    with (
        unchanged(counter),
        counter.held.workspace.holding(counter.other),
        pytest.raises(errors.InUse),
    ):
        counter.give(0)


def test_merging_empties_the_other_dossier_and_leaves_it_open(counter: Counter) -> None:
    counter.work.merge(counter.one, counter.other, "", LAN)
    assert len(counter.ids(counter.one)) == 6
    assert counter.now(counter.other).pages == ()
    assert counter.now(counter.other).state == "open"


# --- within one dossier -----------------------------------------------------------------------


def test_split_takes_the_rest_of_a_component_and_join_brings_it_back(counter: Counter) -> None:
    ids = counter.ids(counter.one)
    counter.work.split(counter.one, ids[1], "cccd", LAN)
    assert counter.ids(counter.one) == ids[:1]
    assert counter.ids(counter.one, "cccd") == ids[1:]
    counter.work.join(counter.one, "cccd", "to-khai", LAN)
    assert counter.ids(counter.one) == ids
    transfer.undo(counter.held, counter.one, "lan")
    transfer.undo(counter.held, counter.one, "lan")
    assert counter.ids(counter.one) == ids


def test_the_usual_account_is_declared_in_one_go_and_undone(counter: Counter) -> None:
    after = counter.work.declare_as_scanned(counter.one, LAN)
    assert after.accounts == {"to-khai": Account(sheets=3)}
    assert transfer.undo(counter.held, counter.one, "lan").accounts == {}


# --- destroying -------------------------------------------------------------------------------


def test_an_expunged_page_is_nowhere_in_its_folder_and_leaves_who_and_why(
    counter: Counter,
) -> None:
    with counter.held.holding(counter.one) as holder:
        page = holder.dossier.pages[1]
        content = holder.original(page).read_bytes()
        (holder.cache(page, "worked") / "clean.jpg").write_bytes(b"what the paper shows")
        holder.record(FieldSet("name", "Lò Thị Mai", True, page.id), "lan")
    assert content in counter.bytes_of(counter.one)
    done = counter.work.expunge(counter.one, page.id[-12:], SECRET, "dấu MẬT", LAN)
    assert done == transfer.Destroyed(pages=((counter.one, page.id),), same=(), sealed=())
    left = counter.bytes_of(counter.one)
    traces = (content, page.sha256.encode(), b"what the paper shows", "Lò Thị Mai".encode())
    assert [one for one in traces if one in left] == []
    (gone,) = counter.now(counter.one).expunged
    assert (gone.page, gone.reason, gone.note, gone.clerk) == (page.id, SECRET, "dấu MẬT", "lan")
    assert counter.now(counter.one).fields == {}
    assert page.id not in counter.ids(counter.one)


def test_an_expunged_page_is_not_left_in_a_journal_that_was_made_anew_either(
    counter: Counter,
) -> None:
    page = counter.now(counter.one).pages[0]
    folder = counter.root / "workspace" / "dossiers" / counter.one
    (folder / "journal" / "000003.json").unlink()
    damaged = counter.work.mend(counter.one, None, LAN).damaged
    assert page.sha256.encode() in (damaged / "000002.json").read_bytes()
    counter.work.expunge(counter.one, page.id, SECRET, "", LAN)
    assert page.sha256.encode() not in counter.bytes_of(counter.one)
    assert not (damaged / "000002.json").exists()
    assert (damaged / "000004.json").exists(), "entries of other pages stay"


def test_neither_undo_nor_redo_brings_an_expunged_page_back(counter: Counter) -> None:
    page = counter.ids(counter.one)[2]
    counter.work.record(counter.one, PageRemoved(page, "x"), LAN)
    counter.work.expunge(counter.one, page, SECRET, "", LAN)
    with counter.held.holding(counter.one) as holder:
        while next_undo(holder.entries()):
            assert page not in {one.id for one in holder.undo("lan").pages}
        while next_redo(holder.entries()):
            assert page not in {one.id for one in holder.redo("lan").pages}
    with pytest.raises(errors.NoSuchThing):
        counter.work.expunge(counter.one, page, SECRET, "", LAN)


def test_a_page_whose_scan_was_undone_can_be_expunged(counter: Counter) -> None:
    with counter.held.holding(counter.one) as holder:
        page = counter.scan(holder)
        path = holder.original(page)
        holder.undo("lan")
    counter.work.expunge(counter.one, page.id, SECRET, "", LAN)
    assert not path.exists()


def test_a_signed_pdf_is_expunged_like_a_page(counter: Counter, tmp_path: Path) -> None:
    paper = tmp_path / "Lò Thị Mai.pdf"
    paper.write_bytes(b"%PDF-1.7\n" + bytes(range(256)))
    with counter.held.holding(counter.one) as holder:
        kept = holder.attach(paper, "cccd", "lan", paper.name, 1, 1)
    counter.work.expunge(counter.one, kept.id, ExpungeReason.OTHER_CITIZEN, "", LAN)
    left = counter.bytes_of(counter.one)
    assert paper.read_bytes() not in left
    assert "Lò Thị Mai".encode() not in left
    assert counter.now(counter.one).attachments == ()


def test_an_image_that_another_page_shares_stays_and_is_named(counter: Counter) -> None:
    with counter.held.holding(counter.one) as holder:
        first, twin = counter.scan(holder, 99), counter.scan(holder, 99)
        path = holder.original(first)
    assert counter.work.expunge(counter.one, first.id, SECRET, "", LAN).same == (twin.id,)
    assert durable.sha256_of(path) == path.stem
    assert counter.work.expunge(counter.one, twin.id, SECRET, "", LAN).same == ()
    assert not path.exists()


@pytest.mark.parametrize("named", ["one", "other"])
def test_what_was_moved_is_destroyed_in_both_dossiers(counter: Counter, named: str) -> None:
    page = counter.now(counter.one).pages[1]
    counter.give(1)
    copy = counter.now(counter.other).pages[-1]
    wanted = page.id if named == "one" else copy.id
    done = counter.work.expunge(getattr(counter, named), wanted, SECRET, "", LAN)
    assert set(done.pages) == {(counter.one, page.id), (counter.other, copy.id)}
    for dossier in (counter.one, counter.other):
        assert page.sha256.encode() not in counter.bytes_of(dossier)


def test_a_page_that_left_and_came_back_is_destroyed_with_all_it_was(counter: Counter) -> None:
    page = counter.now(counter.one).pages[1]
    counter.give(1)
    counter.work.merge(counter.one, counter.other, "", LAN)
    back = next(one for one in counter.now(counter.one).pages if one.sha256 == page.sha256)
    done = counter.work.expunge(counter.one, back.id, SECRET, "", LAN)
    assert len(done.pages) == 3
    assert done.same == ()
    for dossier in (counter.one, counter.other):
        assert page.sha256.encode() not in counter.bytes_of(dossier)


def test_a_copy_in_a_sealed_dossier_is_named_because_it_stays(counter: Counter) -> None:
    counter.give(1)
    copy = counter.now(counter.other).pages[-1]
    with counter.held.workspace.holding(counter.one) as holder:
        holder.record(Sealed("p", "0" * 64, 1), "lan")
    done = counter.work.expunge(counter.other, copy.id, SECRET, "", LAN)
    assert done.sealed == (counter.one,)
    assert done.pages == ((counter.other, copy.id),)


def test_a_copy_is_found_where_the_catalogue_knows_nothing_of_it(
    counter: Counter, tmp_path: Path
) -> None:
    """A stop came between the move's two entries, then the other dossier was finished."""
    page = counter.now(counter.one).pages[0]
    with counter.held.holding(counter.one) as here, counter.held.holding(counter.other) as there:
        there.receive(here, [page.id], "", "lan")
        there.record(Withdrawn("mở nhầm"), "lan")
    (tmp_path / "workspace" / "catalogue.sqlite").write_bytes(b"spoiled")
    done = counter.work.expunge(counter.one, page.id, SECRET, "", LAN)
    assert {dossier for dossier, _ in done.pages} == {counter.one, counter.other}
    assert page.sha256.encode() not in counter.bytes_of(counter.other)


def test_a_copy_behind_an_unreadable_journal_is_named_because_it_stays(counter: Counter) -> None:
    page = counter.now(counter.one).pages[0]
    counter.give(0)
    (counter.folder(counter.other) / "journal" / "000002.json").write_bytes(b"?")
    done = counter.work.expunge(counter.one, page.id, SECRET, "", LAN)
    assert done.unreadable == (counter.other,)
    assert page.sha256.encode() not in counter.bytes_of(counter.one)
    said = destroyed(done.pages, done.same, done.sealed, done.unreadable)
    assert any(counter.other[-12:] in line and "cannot be read" in line for line in said)


def test_a_sealed_dossier_is_not_touched(counter: Counter) -> None:
    page = counter.ids(counter.one)[0]
    with counter.held.workspace.holding(counter.one) as holder:
        holder.record(Sealed("p", "0" * 64, 1), "lan")
    with unchanged(counter), pytest.raises(errors.SealedForGood):
        counter.work.expunge(counter.one, page, SECRET, "", LAN)


def test_expunging_without_a_clerk_or_of_nothing_changes_nothing(counter: Counter) -> None:
    with unchanged(counter), pytest.raises(errors.NoSuchThing):
        counter.work.expunge(counter.one, "nobody", SECRET, "", LAN)
    with unchanged(counter), pytest.raises(errors.NotSignedIn):
        counter.work.expunge(
            counter.one, counter.ids(counter.one)[0], SECRET, "", Clerk(id="", name="")
        )


def test_an_account_of_an_unknown_component_or_without_sheets_is_refused(
    counter: Counter,
) -> None:
    with unchanged(counter):
        with pytest.raises(errors.NoSuchThing):
            counter.work.record(counter.one, AccountGiven("nowhere", Account(sheets=1)), LAN)
        with pytest.raises(errors.UsageError, match="at least 1"):
            counter.work.record(counter.one, AccountGiven("to-khai", Account(sheets=0)), LAN)
        with pytest.raises(errors.UsageError, match="name"):
            counter.work.record(counter.one, FieldSet(" ", "x"), LAN)
