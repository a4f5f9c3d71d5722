"""What sealing decides: ready or not, where the stamp goes, what the manifest says."""

from pathlib import Path

import pytest
from msgspec import structs

from scanstation import errors
from scanstation.model.account import Demand
from scanstation.model.acts import Entry, Opened, PageAdded, PageRemoved, Parked
from scanstation.model.fold import fold
from scanstation.model.page import Box, PageText, WorkedPage
from scanstation.model.profile import Clerk
from scanstation.model.sealing import (
    Piece,
    bag_names,
    component_entries,
    large_sheets,
    must_be_ready,
    must_be_sound,
    stamp_for,
)
from scanstation.model.signing import PdfReport, Verdict
from tests.unit.model.test_dossier import PROCEDURE, journal, page

DUONG = Clerk(id="duong", name="Nguyễn Thị Đường")


def test_a_complete_dossier_of_this_clerk_may_be_sealed() -> None:
    entries = journal(PageAdded(page("a")))
    must_be_ready(fold(entries), entries, DUONG, Demand.OPTIONAL)


def test_what_is_missing_is_named_by_its_title() -> None:
    entries = journal(PageAdded(page("a", "uy-quyen")))
    with pytest.raises(errors.Incomplete, match="Tờ khai"):
        must_be_ready(fold(entries), entries, DUONG, Demand.OPTIONAL)


def test_a_parked_dossier_is_not_sealed() -> None:
    entries = journal(PageAdded(page("a")), Parked("x"))
    with pytest.raises(errors.WrongState):
        must_be_ready(fold(entries), entries, DUONG, Demand.OPTIONAL)


def test_another_clerks_page_must_be_signed_by_that_clerk() -> None:
    entries = journal(PageAdded(page("a")))
    with pytest.raises(errors.NotYourPages, match="scanned by duong"):
        must_be_ready(fold(entries), entries, Clerk(id="mai", name="Lò Thị Mai"), Demand.OPTIONAL)


def test_another_clerks_removed_page_does_not_count() -> None:
    first, second = journal(PageAdded(page("a")))[0], PageAdded(page("b"))
    entries = [
        first,
        Entry(number=2, at="", clerk="mai", act=PageAdded(page("a"))),
        Entry(number=3, at="", clerk="duong", act=PageRemoved("a", "x")),
        Entry(number=4, at="", clerk="duong", act=second),
    ]
    assert isinstance(first.act, Opened)
    must_be_ready(fold(entries), entries, DUONG, Demand.OPTIONAL)


def worked(stamp: Box | None) -> WorkedPage:
    return WorkedPage(
        width=2480,
        height=3508,
        dpi=300,
        skew=0,
        layers=(),
        text=PageText(lines=(), engine=""),
        findings=(),
        codes=(),
        thumbnail=Path("t"),
        clean=Path("c"),
        stamp=stamp,
    )


def test_the_stamp_lands_in_points_from_the_bottom_left() -> None:
    stamp = stamp_for("Nguyễn Thị Đường", worked(Box(100, 100, 708, 125)), "Tờ khai")
    assert (stamp.place.x, stamp.place.width, stamp.place.height) == pytest.approx((24, 169.92, 30))
    assert stamp.place.y == pytest.approx((3508 - 225) * 0.24)


def test_a_full_corner_asks_instead_of_covering_print() -> None:
    with pytest.raises(errors.StampPlaceTaken, match="Tờ khai"):
        stamp_for("Nguyễn Thị Đường", worked(None), "Tờ khai")


def verdict(**changes: object) -> Verdict:
    facts = {"holder": "A", "signed_at": "", "intact": True, "covers_whole_file": True}
    return Verdict(**{**facts, "trusted": True, **changes})  # type: ignore[arg-type]


def report(*verdicts: Verdict, claim: str = "PDF/A-2u") -> PdfReport:
    return PdfReport(pages=1, claim=claim, signatures=verdicts)


@pytest.mark.parametrize(
    ("found", "problem"),
    [
        (report(), "missing"),
        (report(verdict(intact=False)), "broken"),
        (report(verdict(covers_whole_file=False)), "broken"),
        (report(verdict(trusted=False)), "trusted root"),
        (report(verdict(), claim=""), "«–» instead of PDF/A-2u"),
    ],
)
def test_an_unsound_file_is_never_queued(found: PdfReport, problem: str) -> None:
    with pytest.raises(errors.SelfCheckFailed, match=problem):
        must_be_sound(found, "a.pdf", trusted=True)


def test_a_sound_file_passes_and_trust_counts_only_where_roots_are_given() -> None:
    must_be_sound(report(verdict()), "a.pdf", trusted=True)
    must_be_sound(report(verdict(trusted=False)), "a.pdf", trusted=False)


def piece(component: str, name: str = "x") -> Piece:
    return Piece(
        component=component,
        path=Path(name),
        sha256="0" * 64,
        size=1,
        pages=1,
        claim="PDF/A-2u",
        signatures=(),
    )


def test_names_in_the_bag_follow_the_checklist() -> None:
    dossier = fold(journal(PageAdded(page("a"))))
    names = bag_names(dossier, [piece("to-khai"), piece("to-khai"), piece("uy-quyen")])
    assert [Path(name).name for name in names] == [
        "01-to-khai.pdf",
        "01-to-khai-2.pdf",
        "02-uy-quyen.pdf",
    ]


def test_the_manifest_keeps_absent_components_and_counts_tombstones() -> None:
    dossier = fold(
        journal(PageAdded(page("a")), PageAdded(page("b")), PageRemoved("b", "trang trắng"))
    )
    entries = component_entries(dossier, [piece("to-khai")])
    assert [one.id for one in entries] == [one.id for one in PROCEDURE.components]
    assert [(one.scanned, one.removed, len(one.files)) for one in entries] == [
        (1, 1, 1),
        (0, 0, 0),
        (0, 0, 0),
    ]


@pytest.mark.parametrize(
    ("parts", "sheets"),
    [
        ("00", []),
        ("12", [(1, 2)]),
        ("01230", [(2, 3)]),
        ("1212", [(1, 2), (3, 2)]),
        ("102", []),
        ("1", []),
    ],
)
def test_only_images_that_follow_each_other_are_named_as_one_large_sheet(
    parts: str, sheets: list[tuple[int, int]]
) -> None:
    pages = [structs.replace(page("a"), part=int(part)) for part in parts]
    assert [(one.page, one.images) for one in large_sheets(pages)] == sheets
