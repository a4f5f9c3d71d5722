"""The paper's order after both sides, and images of one sheet."""

import pytest

from scanstation.model.acts import Entry, Opened, PageAdded, PageReplaced, Undone
from scanstation.model.arrange import (
    PagesJoined,
    PagesOrdered,
    collated,
    joined,
    ordered,
    with_the_one_above,
)
from scanstation.model.dossier import Dossier, Page
from scanstation.model.fold import fold, next_undo
from scanstation.model.page import Mode
from scanstation.model.profile import Component, Procedure

PROCEDURE = Procedure(code="1", title="t", source="s", components=(Component(id="a", title="A"),))


def page(name: str, **more: object) -> Page:
    facts: dict[str, object] = {"sha256": name, "suffix": ".png", "component": "a"}
    facts |= {"width": 1, "height": 1, "dpi": 300.0, "mode": Mode.GREY}
    return Page(id=name, **(facts | more))  # type: ignore[arg-type]


def after(*acts: object) -> tuple[Dossier, list[Entry]]:
    every = [Opened(dossier="d", procedure=PROCEDURE), *acts]
    entries = [
        Entry(number=number, at="2026-11-22T00:00:00+07:00", clerk="c", act=act)  # type: ignore[arg-type]
        for number, act in enumerate(every, start=1)
    ]
    return fold(entries), entries


def names(dossier: Dossier) -> str:
    return "".join(one.id for one in dossier.of("a"))


@pytest.mark.parametrize(
    ("fronts", "backs", "last_first", "order"),
    [
        (3, 3, True, (0, 5, 1, 4, 2, 3)),
        (3, 3, False, (0, 3, 1, 4, 2, 5)),
        (1, 1, True, (0, 1)),
        (3, 2, True, (0, 4, 1, 3, 2)),
        (2, 3, False, (0, 2, 1, 3, 4)),
        (0, 0, True, ()),
    ],
)
def test_fronts_and_backs_meet(
    fronts: int, backs: int, last_first: bool, order: tuple[int, ...]
) -> None:
    assert collated(fronts, backs, last_first=last_first) == order


@pytest.mark.parametrize("fronts", range(5))
@pytest.mark.parametrize("backs", range(5))
@pytest.mark.parametrize("last_first", [True, False])
def test_no_page_is_lost_or_doubled_however_many_there_are(
    fronts: int, backs: int, last_first: bool
) -> None:
    order = collated(fronts, backs, last_first=last_first)
    assert sorted(order) == list(range(fronts + backs))


def test_pages_share_out_their_own_places_and_leave_the_others_alone() -> None:
    pages = [page(name) for name in "xFGyBA"]
    assert "".join(one.id for one in ordered(pages, tuple("FAGB"))) == "xFAyGB"


def test_a_page_that_no_longer_stands_is_passed_over() -> None:
    pages = [page(name) for name in "FB"]
    assert "".join(one.id for one in ordered(pages, tuple("B?F"))) == "BF"


def test_the_order_is_one_act_and_undo_takes_it_back_whole() -> None:
    added = [PageAdded(page(name)) for name in "FGBA"]
    dossier, entries = after(*added, PagesOrdered(tuple("FAGB")))
    assert names(dossier) == "FAGB"
    undoing = next_undo(entries)
    assert undoing is not None
    dossier, _entries = after(*added, PagesOrdered(tuple("FAGB")), Undone(undoing.number))
    assert names(dossier) == "FGBA"


def test_images_of_one_sheet_are_numbered_and_a_single_one_is_a_sheet_again() -> None:
    both = joined([page("l"), page("r"), page("x")], ("l", "r"))
    assert [(one.part, one.parts) for one in both] == [(1, 2), (2, 2), (0, 0)]
    alone = joined(both, ("l",))[0]
    assert (alone.part, alone.parts) == (0, 0)


def test_an_image_scanned_again_is_the_same_part_of_its_sheet() -> None:
    again = PageReplaced(page("R", replaces="r"), "blurred")
    dossier, _entries = after(
        PageAdded(page("l")), PageAdded(page("r")), PagesJoined(("l", "r")), again
    )
    assert [(one.id, one.part, one.parts) for one in dossier.pages] == [("l", 1, 2), ("R", 2, 2)]


@pytest.mark.parametrize(
    ("parts", "chosen", "wanted"),
    [("000", "b", "ab"), ("120", "c", "abc"), ("012", "c", "bc"), ("000", "a", "")],
)
def test_a_page_is_joined_to_the_whole_sheet_above_it(parts: str, chosen: str, wanted: str) -> None:
    pages = [page(name, part=int(part)) for name, part in zip("abc", parts, strict=True)]
    assert "".join(with_the_one_above(pages, chosen)) == wanted
