"""A dossier is the fold of its acts; undo is a fold without the undone ones."""

import msgspec
import pytest

from scanstation.model.acts import (
    Act,
    AttachmentAdded,
    Entry,
    Opened,
    PageAdded,
    PageMoved,
    PageRemoved,
    PageReplaced,
    PageRotated,
    Parked,
    Redone,
    Resumed,
    Sealed,
    Undone,
)
from scanstation.model.dossier import Attachment, Dossier, Page, State
from scanstation.model.fold import fold, next_redo, next_undo
from scanstation.model.page import Mode
from scanstation.model.profile import Component, Procedure

PROCEDURE = Procedure(
    code="1.001193",
    title="Đăng ký khai sinh",
    source="test",
    components=(
        Component(id="to-khai", title="Tờ khai"),
        Component(id="uy-quyen", title="Ủy quyền", required=False),
        Component(id="cccd", title="CCCD", scan=False),
    ),
)


def page(name: str, component: str = "to-khai", replaces: str = "") -> Page:
    return Page(
        id=name,
        sha256=name,
        suffix=".png",
        component=component,
        width=10,
        height=10,
        dpi=300,
        mode=Mode.COLOUR,
        replaces=replaces,
    )


def journal(*acts: Act) -> list[Entry]:
    every = (Opened(dossier="d", procedure=PROCEDURE, applicant="Trần Văn Khánh"), *acts)
    return [
        Entry(number=n, at="2026-11-22T08:00:00+07:00", clerk="duong", act=act)
        for n, act in enumerate(every, start=1)
    ]


def order(dossier: Dossier, component: str = "to-khai") -> str:
    return "".join(one.id for one in dossier.of(component))


def test_pages_stand_in_the_order_they_came() -> None:
    assert order(fold(journal(*(PageAdded(page(name)) for name in "abc")))) == "abc"


@pytest.mark.parametrize(("place", "expected"), [(0, "cab"), (1, "acb"), (2, "abc"), (99, "abc")])
def test_moving_within_a_component_puts_the_page_there(place: int, expected: str) -> None:
    acts = [*(PageAdded(page(name)) for name in "abc"), PageMoved("c", "to-khai", place)]
    assert order(fold(journal(*acts))) == expected


def test_moving_to_another_component_leaves_the_first() -> None:
    dossier = fold(
        journal(PageAdded(page("a")), PageAdded(page("b")), PageMoved("a", "uy-quyen", 0))
    )
    assert (order(dossier), order(dossier, "uy-quyen")) == ("b", "a")


def test_turns_add_up() -> None:
    acts = (PageAdded(page("a")), PageRotated("a", 270), PageRotated("a", 180))
    assert fold(journal(*acts)).pages[0].rotation == 90


def test_a_removed_page_stays_as_a_tombstone_with_its_reason() -> None:
    dossier = fold(journal(PageAdded(page("a")), PageRemoved("a", "quét nhầm")))
    assert dossier.pages == ()
    assert [(one.id, one.removed) for one in dossier.tombstones] == [("a", "quét nhầm")]


def test_a_replacement_takes_the_place_of_the_old_page() -> None:
    acts = [*(PageAdded(page(name)) for name in "abc")]
    dossier = fold(journal(*acts, PageReplaced(page("x", replaces="b"), "mờ")))
    assert order(dossier) == "axc"
    assert [one.id for one in dossier.tombstones] == ["b"]


def test_undo_then_redo_ends_where_it_began() -> None:
    before = journal(PageAdded(page("a")), PageRemoved("a", "x"))
    undone = journal(PageAdded(page("a")), PageRemoved("a", "x"), Undone(3))
    redone = journal(PageAdded(page("a")), PageRemoved("a", "x"), Undone(3), Redone(3))
    assert order(fold(undone)) == "a"
    assert fold(redone).tombstones == fold(before).tombstones


def test_undo_takes_the_latest_act_and_redo_the_earliest_undone() -> None:
    entries = journal(PageAdded(page("a")), PageAdded(page("b")))
    assert (latest := next_undo(entries)) is not None
    assert latest.number == 3
    both = journal(PageAdded(page("a")), PageAdded(page("b")), Undone(3), Undone(2))
    assert (first := next_redo(both)) is not None
    assert first.number == 2


def test_a_new_act_buries_what_could_be_redone() -> None:
    entries = journal(PageAdded(page("a")), Undone(2), PageAdded(page("b")))
    assert next_redo(entries) is None


def test_nothing_can_be_undone_after_sealing() -> None:
    entries = journal(PageAdded(page("a")), Sealed("p", "0" * 64, 1))
    assert next_undo(entries) is None
    assert fold(entries).state is State.SEALED


def test_parking_keeps_the_reason_and_resuming_forgets_it() -> None:
    parked = fold(journal(Parked("thiếu giấy tờ")))
    assert (parked.state, parked.reason) == (State.PARKED, "thiếu giấy tờ")
    resumed = fold(journal(Parked("thiếu giấy tờ"), Resumed()))
    assert (resumed.state, resumed.reason) == (State.OPEN, "")


def test_only_required_scanned_components_can_be_missing() -> None:
    assert [one.id for one in fold(journal()).missing] == ["to-khai"]
    assert fold(journal(PageAdded(page("a")))).missing == ()


def test_a_signed_pdf_fills_a_component_and_can_be_removed() -> None:
    attached = Attachment(
        id="x", sha256="x", component="to-khai", name="a.pdf", pages=2, signatures=1
    )
    assert fold(journal(AttachmentAdded(attached))).missing == ()
    removed = fold(journal(AttachmentAdded(attached), PageRemoved("x", "nhầm")))
    assert [one.id for one in removed.missing] == ["to-khai"]


def test_a_journal_survives_json() -> None:
    entries = journal(PageAdded(page("a")), PageRemoved("a", "mờ"), Undone(3))
    assert msgspec.json.decode(msgspec.json.encode(entries), type=list[Entry]) == entries


def test_a_page_is_found_by_the_end_of_its_id_only_when_it_is_unambiguous() -> None:
    dossier = fold(journal(PageAdded(page("xa")), PageAdded(page("ya")), PageAdded(page("b"))))
    assert (found := dossier.page("ya")) is not None
    assert found.id == "ya"
    assert dossier.page("a") is None
    assert dossier.page("") is None


def test_a_journal_without_a_beginning_is_refused() -> None:
    with pytest.raises(ValueError, match="begins with opened"):
        fold(journal(PageAdded(page("a")))[1:])
