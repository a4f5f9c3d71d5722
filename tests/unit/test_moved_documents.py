"""Pages of a PDF made on a computer that go to another dossier: their words and the PDF itself."""

from pathlib import Path

import pytest

from scanstation import transfer
from scanstation.model.acts import PageRemoved
from scanstation.model.dossier import LENT, SOURCE, Dossier
from scanstation.model.page import Taken
from scanstation.model.sealing import copied_by
from tests.unit.test_transfer import LAN, MAI, SECRET, Counter
from tests.unit.workspace.conftest import PROCEDURE


@pytest.fixture
def counter(tmp_path: Path) -> Counter:
    return Counter(tmp_path)


@pytest.fixture
def letter(counter: Counter) -> Path:
    """Two pages of one PDF stand in a dossier of their own, `counter.one`, and `other` is empty."""
    pdf = counter.root / "đơn.pdf"
    pdf.write_bytes(b"%PDF-1.7 two pages of a letter")
    workspace = counter.held.workspace
    counter.one, counter.other = (workspace.open_dossier(PROCEDURE, "lan", "").id for _ in range(2))
    with counter.held.holding(counter.one) as holder:
        for number in (1, 2):
            counter.scan(holder, taken=Taken(pdf=pdf, page=number, visible=True))
    return pdf


def kept(dossier: Dossier) -> list[str]:
    return [one.kept_for for one in dossier.attachments]


def travels(dossier: Dossier) -> list[str]:
    return [one.name for one in dossier.sources("to-khai")]


def test_the_pdf_of_pages_that_all_move_moves_with_them(counter: Counter, letter: Path) -> None:
    counter.give(0, 1)
    assert travels(counter.now(counter.one)) == []
    assert travels(counter.now(counter.other)) == [letter.name]


def test_a_pdf_in_two_dossiers_lends_its_words_to_both_and_travels_with_neither(
    counter: Counter, letter: Path
) -> None:
    counter.give(1)
    assert kept(counter.now(counter.other)) == [LENT]
    for dossier in (counter.one, counter.other):
        view = counter.held.workspace.looking_at(dossier)
        assert travels(view.dossier) == []
        lent = view.taken(view.dossier.pages[0])
        assert lent and lent.visible and lent.pdf.read_bytes() == letter.read_bytes()
    counter.give(0)
    assert kept(counter.now(counter.other)) == [LENT, SOURCE]
    assert travels(counter.now(counter.other)) == [letter.name]


@pytest.mark.parametrize(("why", "travels_on"), [("không thuộc hồ sơ này", False), ("trắng", True)])
def test_a_pdf_with_a_page_that_belongs_to_no_paper_here_stays_at_the_station(
    counter: Counter, letter: Path, why: str, travels_on: bool
) -> None:
    removed = counter.ids(counter.one)[1]
    counter.work.record(counter.one, PageRemoved(removed, why), LAN)
    assert travels(counter.now(counter.one)) == ([letter.name] if travels_on else [])
    assert counter.held.workspace.looking_at(counter.one).taken(counter.now(counter.one).pages[0])


def test_a_pdf_whose_other_pages_went_to_a_third_dossier_does_not_travel(
    counter: Counter, letter: Path
) -> None:
    second, third = counter.other, counter.held.workspace.open_dossier(PROCEDURE, "lan", "").id
    counter.give(0)
    counter.other = third
    counter.give(0)
    assert [travels(counter.now(one)) for one in (counter.one, second, third)] == [[], [], []]


def test_a_page_that_came_back_makes_its_pdf_whole_again(counter: Counter, letter: Path) -> None:
    counter.give(1)
    back = counter.ids(counter.other)
    counter.work.give(counter.other, back, counter.one, "", LAN)
    assert travels(counter.now(counter.one)) == [letter.name]
    assert len(counter.now(counter.one).attachments) == 1


def test_undo_and_redo_of_a_move_take_the_pdf_with_them(counter: Counter, letter: Path) -> None:
    counter.give(0, 1)
    assert counter.work.doubled(counter.now(counter.other)) == ()
    transfer.undo(counter.held, counter.other, "lan")
    assert kept(counter.now(counter.other)) == []
    assert travels(counter.now(counter.one)) == [letter.name]
    transfer.redo(counter.held, counter.one, "lan")
    assert travels(counter.now(counter.other)) == [letter.name]


def test_whoever_moved_it_the_pdf_is_of_the_clerk_who_brought_it(
    counter: Counter, letter: Path
) -> None:
    counter.work.give(counter.one, counter.ids(counter.one), counter.other, "", MAI)
    entries = counter.held.workspace.looking_at(counter.other).entries()
    assert copied_by(counter.now(counter.other), entries) == {"lan"}


@pytest.mark.parametrize("named", ["one", "other"])
def test_expunging_a_page_destroys_its_pdf_in_every_dossier(
    counter: Counter, letter: Path, named: str
) -> None:
    counter.give(1)
    assert all(letter.read_bytes() in counter.bytes_of(one) for one in (counter.one, counter.other))
    (page,) = counter.ids(getattr(counter, named))
    counter.work.expunge(getattr(counter, named), page, SECRET, "", LAN)
    for one in (counter.one, counter.other):
        assert letter.read_bytes() not in counter.bytes_of(one)
