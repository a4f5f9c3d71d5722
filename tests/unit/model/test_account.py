"""The paper's account: sheets declared, images counted, every difference explained."""

import msgspec
import pytest

from scanstation import errors
from scanstation.model.account import Account, Demand, Fate, Form, difference, faults
from scanstation.model.acts import (
    AccountGiven,
    Act,
    AttachmentAdded,
    Opened,
    PageAdded,
    PageRemoved,
)
from scanstation.model.dossier import Attachment, Dossier, Page
from scanstation.model.fold import fold
from scanstation.model.profile import Clerk, Component, Procedure
from scanstation.model.reckoning import (
    accounts_as_scanned,
    as_scanned,
    decisions,
    open_accounts,
)
from scanstation.model.sealing import component_entries, must_be_ready
from tests.unit.model.test_dossier import journal, page

DUONG = Clerk(id="duong", name="Nguyễn Thị Đường")
PAPER = Account(sheets=2)


def from_duplex(name: str) -> Page:
    return msgspec.structs.replace(page(name), source="ADF Duplex")


def dossier(*acts: Act) -> Dossier:
    return fold(journal(*acts))


def pages(count: int) -> list[PageAdded]:
    return [PageAdded(page(f"p{number}")) for number in range(count)]


def problems(found: Dossier, default: Demand = Demand.REQUIRED) -> list[str]:
    return [one.problem for one in open_accounts(found, default)]


@pytest.mark.parametrize(
    ("account", "images"),
    [
        (Account(sheets=3), 3),
        (Account(sheets=3, two_sided=2), 5),
        (Account(sheets=3, notes=1), 4),
        (Account(sheets=3, two_sided=1, blank_backs=2), 6),
        (Account(sheets=3, left_out=1, why="chỉ xuất trình"), 2),
    ],
)
def test_every_explained_difference_adds_up(account: Account, images: int) -> None:
    assert list(faults(account)) == []
    assert difference(account, images, 0) == ""
    assert difference(account, images + 1, 0) != ""


def test_what_is_short_mentions_the_pages_that_were_removed() -> None:
    assert "3 sheets make 3 images, there are 2" in difference(Account(sheets=3), 2, 0)
    assert "(1 were removed)" in difference(Account(sheets=3), 2, 1)


@pytest.mark.parametrize(
    "account",
    [
        Account(sheets=0),
        Account(sheets=1, notes=-1),
        Account(sheets=1, two_sided=1, blank_backs=1),
        Account(sheets=2, left_out=1),
    ],
)
def test_an_account_that_makes_no_sense_says_why(account: Account) -> None:
    assert next(faults(account))


def test_sealing_asks_where_the_station_demands_it_and_not_where_it_does_not() -> None:
    found = dossier(*pages(2))
    assert problems(found) == ["say how many sheets there are"]
    assert problems(found, Demand.OPTIONAL) == []


def test_a_procedure_s_own_demand_counts_before_the_station_s() -> None:
    asking = Component(id="to-khai", title="Tờ khai", account=Demand.OPTIONAL)
    procedure = Procedure(code="1", title="t", source="s", components=(asking,))
    opened, *rest = journal(*pages(1))
    first = msgspec.structs.replace(opened, act=Opened(dossier="d", procedure=procedure))
    assert problems(fold([first, *rest])) == []


@pytest.mark.parametrize("demand", Demand)
def test_an_account_once_given_must_add_up_whatever_is_demanded(demand: Demand) -> None:
    fits = dossier(*pages(2), AccountGiven("to-khai", PAPER))
    short = dossier(*pages(2), AccountGiven("to-khai", Account(sheets=3)))
    assert problems(fits, demand) == []
    assert problems(short, demand) == ["3 sheets make 3 images, there are 2"]


def test_sealing_is_refused_with_each_component_that_does_not_add_up() -> None:
    entries = journal(*pages(2), AccountGiven("to-khai", Account(sheets=3)))
    with pytest.raises(errors.AccountOpen, match="Tờ khai: 3 sheets make 3 images, there are 2"):
        must_be_ready(fold(entries), entries, DUONG, Demand.REQUIRED)


def test_paper_that_is_no_longer_scanned_is_not_asked_for() -> None:
    gone = dossier(*pages(1), AccountGiven("to-khai", Account(sheets=1)), PageRemoved("p0", "x"))
    assert problems(gone) == []


def test_a_pdf_that_came_signed_has_no_paper() -> None:
    signed = Attachment(
        id="x", sha256="x", component="to-khai", name="a.pdf", pages=9, signatures=1
    )
    assert problems(dossier(AttachmentAdded(signed))) == []


def test_the_usual_case_is_one_image_a_sheet_in_the_form_the_checklist_asks_for() -> None:
    assert as_scanned(dossier(*pages(3)), "to-khai") == Account(sheets=3)
    assert as_scanned(dossier(), "to-khai") is None


def test_a_duplex_feeder_makes_two_images_a_sheet_of_which_blank_backs_were_removed() -> None:
    acts = [PageAdded(from_duplex(f"p{number}")) for number in range(6)]
    found = dossier(*acts, PageRemoved("p1", "trang trắng"), PageRemoved("p3", "trang trắng"))
    usual = as_scanned(found, "to-khai", Fate.KEPT)
    assert usual == Account(sheets=3, two_sided=1, fate=Fate.KEPT)
    assert problems(dossier(*acts, AccountGiven("to-khai", Account(sheets=3, two_sided=3)))) == []


def test_the_usual_account_is_offered_only_where_none_was_given() -> None:
    assert list(accounts_as_scanned(dossier(*pages(2)), Demand.REQUIRED)) == ["to-khai"]
    wrong = dossier(*pages(2), AccountGiven("to-khai", Account(sheets=9)))
    assert accounts_as_scanned(wrong, Demand.REQUIRED) == {}


def test_the_package_counts_each_decision_and_carries_the_account() -> None:
    acts = [
        *pages(4),
        PageRemoved("p0", "trang trắng"),
        PageRemoved("p1", "scanned twice"),
        PageRemoved("p2", "vì lý do khác"),
        AccountGiven("to-khai", Account(sheets=1, form=Form.COMPARED_COPY)),
    ]
    found = dossier(*acts)
    assert decisions(found, "to-khai") == {"blank": 1, "duplicate": 1, "other": 1}
    first, *others = component_entries(found, [])
    assert first.account == Account(sheets=1, form=Form.COMPARED_COPY)
    assert first.decisions == {"blank": 1, "duplicate": 1, "other": 1}
    assert [one.account for one in others] == [None, None]
