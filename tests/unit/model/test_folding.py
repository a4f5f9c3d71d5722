"""Every journal a clerk could write: one act more is no other dossier than the whole fold's."""

from hypothesis import given
from hypothesis import strategies as st

from scanstation.model.account import Account
from scanstation.model.acts import (
    UNDOABLE,
    AccountGiven,
    Act,
    AttachmentAdded,
    Entry,
    Expunged,
    FieldSet,
    PageAdded,
    PageMoved,
    PageRemoved,
    PageReplaced,
    PageRotated,
    PagesGiven,
    PagesMoved,
    PagesTaken,
    Parked,
    Redone,
    Resumed,
    Undone,
    subjects,
)
from scanstation.model.dossier import Attachment
from scanstation.model.expunge import expunged, holding, stubbed
from scanstation.model.fold import advanced, fold, next_redo, next_undo
from scanstation.model.removal import ExpungeReason
from tests.unit.model.test_dossier import journal, page

NAMES = st.sampled_from("abcdef")
COMPONENTS = st.sampled_from(["to-khai", "uy-quyen"])
PLACES = st.integers(0, 4)
SOME = st.lists(NAMES, min_size=1, max_size=3, unique=True).map(tuple)
EXPUNGING = st.builds(
    Expunged, page=NAMES, component=COMPONENTS, reason=st.sampled_from(ExpungeReason)
)
ACTS = st.one_of(
    st.builds(PageMoved, NAMES, COMPONENTS, PLACES),
    st.builds(PagesMoved, SOME, COMPONENTS, PLACES),
    st.builds(PageRotated, NAMES, st.sampled_from([90, 180])),
    st.builds(PageRemoved, NAMES, st.just("trang trắng")),
    st.builds(PagesGiven, SOME, st.just("other")),
    st.builds(AccountGiven, COMPONENTS, st.builds(Account, sheets=PLACES)),
    st.builds(
        FieldSet,
        st.sampled_from(["name", "born"]),
        st.text(max_size=3),
        st.booleans(),
        st.sampled_from(["", *"abcdef"]),
    ),
    st.builds(Parked, st.just("x")),
    st.just(Resumed()),
    EXPUNGING,
    st.sampled_from(["undo", "redo", "add", "replace", "attach", "take"]),
)


def attachment(name: str) -> Attachment:
    return Attachment(
        id=name, sha256="h" + name, component="to-khai", name="đơn.pdf", pages=2, signatures=1
    )


@st.composite
def journals(draw: st.DrawFn) -> list[Entry]:
    """Pages a, b, … come once each; undo and redo take what they would really take."""
    entries, coming = journal(), list("abcdef")
    for wanted in draw(st.lists(ACTS, max_size=14)):
        act = the_act(wanted, entries, coming)
        if act is not None:
            entries = [*entries, entry(len(entries) + 1, act)]
    return entries


def the_act(wanted: Act | str, entries: list[Entry], coming: list[str]) -> Act | None:
    match wanted:
        case "undo":
            last = next_undo(entries)
            return Undone(last.number) if last else None
        case "redo":
            last = next_redo(entries)
            return Redone(last.number) if last else None
        case "add" | "replace" | "attach" | "take":
            return arrival(wanted, coming.pop(0), fold(entries).pages[:1]) if coming else None
        case _:
            assert not isinstance(wanted, str)
            there = holding(entries).keys() - expunged(entries).keys()
            about = subjects(wanted) | {getattr(wanted, "page", "")}
            return wanted if about <= {*there, ""} else None


def arrival(how: str, name: str, standing: tuple[object, ...]) -> Act:
    if how == "attach":
        return AttachmentAdded(attachment(name))
    if how == "take":
        return PagesTaken(source="other", pages=(page(name),))
    old = getattr(standing[0], "id", "") if standing and how == "replace" else ""
    return PageReplaced(page(name, replaces=old), "mờ") if old else PageAdded(page(name))


def entry(number: int, act: Act) -> Entry:
    return Entry(number=number, at=f"t{number}", clerk="duong", act=act)


@given(journals())
def test_one_act_more_is_what_the_whole_fold_says(entries: list[Entry]) -> None:
    dossier = fold(entries[:1])
    for number, one in enumerate(entries[1:], start=1):
        dossier = advanced(dossier, entries[:number], one)
        assert dossier == fold(entries[: number + 1])


@given(journals())
def test_destroying_what_was_expunged_changes_nothing_else_in_the_dossier(
    entries: list[Entry],
) -> None:
    gone = expunged(entries)
    left = [stubbed(one, gone) for one in entries]
    assert fold(left) == fold(entries)
    assert not holding(left).keys() & gone.keys()
    assert [stubbed(one, gone) for one in left] == left


@given(journals())
def test_neither_undo_nor_redo_ever_brings_back_what_was_expunged(entries: list[Entry]) -> None:
    gone = expunged(entries)
    while last := next_redo(entries):
        entries = [*entries, entry(len(entries) + 1, Redone(last.number))]
    while last := next_undo(entries):
        assert not subjects(last.act) or subjects(last.act) - gone.keys()
        entries = [*entries, entry(len(entries) + 1, Undone(last.number))]
        dossier = fold(entries)
        there = {one.id for one in (*dossier.pages, *dossier.tombstones, *dossier.attachments)}
        assert not there & gone.keys()
        assert {one.page for one in dossier.expunged} == gone.keys()


@given(journals())
def test_a_page_stands_once_or_lies_once(entries: list[Entry]) -> None:
    dossier = fold(entries)
    ids = [one.id for one in (*dossier.pages, *dossier.tombstones)]
    assert len(ids) == len(set(ids))


def test_an_undone_act_is_found_again_by_redo_whatever_its_kind() -> None:
    kinds = (
        PagesMoved(("a",), "uy-quyen", 0),
        PagesGiven(("a",), "other"),
        PagesTaken(source="other", pages=(page("b"),)),
        AccountGiven("to-khai", Account(sheets=1)),
        FieldSet("name", "Lò Thị Mai"),
    )
    assert {type(one) for one in kinds} <= set(UNDOABLE)
    for act in kinds:
        entries = journal(PageAdded(page("a")), act)
        undone = [*entries, entry(4, Undone(3))]
        redone = [*undone, entry(5, Redone(3))]
        before, again = fold(entries[:2]), fold(entries)
        assert fold(undone).pages == before.pages
        assert fold(undone).accounts == before.accounts
        assert fold(undone).fields == before.fields
        assert fold(redone).pages == again.pages
        assert (fold(redone).accounts, fold(redone).fields) == (again.accounts, again.fields)


def test_several_pages_move_together_in_the_order_they_are_named() -> None:
    entries = journal(*(PageAdded(page(name)) for name in "abcd"), PagesMoved(("d", "b"), "1x", 0))
    dossier = fold(entries)
    assert "".join(one.id for one in dossier.of("1x")) == "db"
    assert "".join(one.id for one in dossier.of("to-khai")) == "ac"


def test_values_read_from_a_card_outlive_it_and_those_from_a_secret_paper_do_not() -> None:
    read = (PageAdded(page("a")), FieldSet("name", "Lò Thị Mai", True, "a"))
    for reason in ExpungeReason:
        entries = journal(*read, Expunged(page="a", component="to-khai", reason=reason))
        left = [stubbed(one, expunged(entries)) for one in entries]
        kept = reason is ExpungeReason.CARD
        assert ("name" in fold(left).fields) is kept
        assert ("Lò Thị Mai" in repr(left)) is kept


def test_an_expunged_page_leaves_who_when_and_why() -> None:
    act = Expunged(page="a", component="to-khai", reason=ExpungeReason.SECRET, note="dấu MẬT")
    (left,) = fold(journal(PageAdded(page("a")), act)).expunged
    assert (left.clerk, left.at, left.note) == ("duong", "2026-11-22T08:00:00+07:00", "dấu MẬT")
