"""A dossier becomes a slip's values: what stands is counted, nothing is promised too early."""

from datetime import UTC, date, datetime

import msgspec
import pytest

from scanstation import errors
from scanstation.model.acts import (
    Act,
    AttachmentAdded,
    Entry,
    Opened,
    PageAdded,
    PageRemoved,
    Parked,
    Redone,
    Undone,
    Withdrawn,
)
from scanstation.model.dossier import Attachment, Page
from scanstation.model.fold import complete_since, fold
from scanstation.model.page import Mode
from scanstation.model.profile import Component, Procedure, StationSettings
from scanstation.sheets import Paper, Slip
from scanstation.sheets.wording import looks_official, moment, payload, promise, slip_of, total

PROCEDURE = Procedure(
    code="1.001193",
    title="Đăng ký\nkhai  sinh",
    source="test",
    components=(
        Component(id="to-khai", title="Tờ khai"),
        Component(id="chung-sinh", title="Giấy chứng sinh"),
        Component(id="uy-quyen", title="Ủy quyền", required=False),
        Component(id="cccd", title="CCCD", scan=False),
    ),
)
STATION = StationSettings(id="T1", agency="UBND xã Tân Hợp", title="Quầy 2")
NOON = datetime(2026, 11, 20, 5, tzinfo=UTC)
DUE = date(2026, 11, 23)


def page(name: str, component: str) -> Act:
    return PageAdded(
        Page(
            id=name,
            sha256=name,
            suffix=".png",
            component=component,
            width=10,
            height=10,
            dpi=300,
            mode=Mode.COLOUR,
        )
    )


def journal(*acts: Act) -> list[Entry]:
    """Entry n happened on day n."""
    every = (Opened(dossier="d", procedure=PROCEDURE, applicant="Tra\u0302\u0300n Khánh"), *acts)
    return [
        Entry(number=n, at=f"2026-11-{n:02d}T08:00:00+07:00", clerk="duong", act=act)
        for n, act in enumerate(every, start=1)
    ]


def slip(*acts: Act, station: StationSettings = STATION) -> Slip:
    return slip_of(fold(journal(*acts)), station, NOON, DUE)


ATTACHED = AttachmentAdded(
    Attachment(id="x", sha256="x", component="chung-sinh", name="x.pdf", pages=4, signatures=1)
)


def test_standing_pages_and_signed_pdfs_are_counted_in_the_checklists_order() -> None:
    made = slip(ATTACHED, page("a", "to-khai"), page("b", "to-khai"), page("c", "chung-sinh"))
    assert made.papers == (Paper(title="Tờ khai", pages=2), Paper(title="Giấy chứng sinh", pages=5))
    assert total(made) == "Cộng: 2 loại giấy tờ, 7 trang"
    assert made.missing == ()
    assert made.expected == DUE


def test_a_removed_page_is_not_on_the_slip() -> None:
    made = slip(page("a", "to-khai"), page("b", "to-khai"), PageRemoved("b", "trùng"))
    assert made.papers == (Paper(title="Tờ khai", pages=1),)


def test_no_day_is_expected_while_something_required_is_missing() -> None:
    made = slip(page("a", "to-khai"), Parked("thiếu giấy tờ"))
    assert made.missing == ("Giấy chứng sinh",)
    assert made.expected is None
    assert "dự kiến" in promise(made.expected)


def test_the_day_is_never_shown_without_the_word_expected() -> None:
    assert promise(DUE) == "Thứ Hai, ngày 23/11/2026 (dự kiến)"
    assert promise(date(2026, 11, 22)).startswith("Chủ nhật, ngày 22/11/2026")


def test_a_withdrawn_dossier_gets_no_slip() -> None:
    with pytest.raises(errors.WrongState):
        slip(page("a", "to-khai"), Withdrawn("công dân rút"))


def test_texts_are_one_line_with_composed_letters() -> None:
    made = slip()
    assert made.procedure == "Đăng ký khai sinh"
    assert made.applicant == "Trần Khánh"


def test_a_trial_station_marks_its_slips() -> None:
    assert not slip().demo
    assert slip(station=msgspec.structs.replace(STATION, demo=True)).demo


def test_the_payload_parts_in_three() -> None:
    assert payload(slip()).split("|") == ["SSD1", "d", "T1"]


def test_the_time_of_receipt_is_vietnamese() -> None:
    assert moment(datetime(2026, 11, 19, 17, 5, tzinfo=UTC)) == (
        "00 giờ 05 phút, Thứ Sáu, ngày 20/11/2026"
    )


@pytest.mark.parametrize(
    "text",
    ["019ab4f2-7c31-7e5f-8a9b-3f5c7e89a0b1", "1.001193", "2.000815.000.00.00.H55", "H42.15.33-Q2"],
)
def test_the_stations_own_words_do_not_look_official(text: str) -> None:
    assert not looks_official(text)


# --- since when a dossier is complete ---------------------------------------------------------


@pytest.mark.parametrize(
    ("acts", "since"),
    [
        ((), ""),
        ((page("a", "to-khai"),), ""),
        ((page("a", "to-khai"), page("b", "chung-sinh")), "2026-11-03"),
        ((page("a", "to-khai"), Parked("x"), ATTACHED, page("c", "uy-quyen")), "2026-11-04"),
        ((page("a", "to-khai"), ATTACHED, PageRemoved("a", "x")), ""),
        (
            (page("a", "to-khai"), ATTACHED, PageRemoved("a", "x"), page("b", "to-khai")),
            "2026-11-05",
        ),
        ((page("a", "to-khai"), ATTACHED, PageRemoved("a", "x"), Undone(4)), "2026-11-03"),
        ((page("a", "to-khai"), ATTACHED, Undone(3)), ""),
        ((page("a", "to-khai"), ATTACHED, Undone(3), Redone(3)), "2026-11-03"),
    ],
    ids=[
        "nothing handed in",
        "half handed in",
        "complete with the last required paper",
        "a later optional paper changes nothing",
        "a paper taken back",
        "handed in anew",
        "the removal was undone",
        "the addition was undone",
        "and redone",
    ],
)
def test_days_are_counted_from_the_act_that_completed_the_checklist(
    acts: tuple[Act, ...], since: str
) -> None:
    assert complete_since(journal(*acts))[:10] == since


def test_a_checklist_without_required_papers_is_complete_from_the_start() -> None:
    optional = tuple(msgspec.structs.replace(one, required=False) for one in PROCEDURE.components)
    free = msgspec.structs.replace(PROCEDURE, components=optional)
    opened = Entry(number=1, at="now", clerk="c", act=Opened(dossier="d", procedure=free))
    assert complete_since([opened]) == "now"
