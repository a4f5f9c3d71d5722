"""scan on the command line, where it asks in between: books, both sides, large sheets."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.helpers.counter import Counter
from tests.helpers.parts import requires_part

pytestmark = requires_part("libsane")
GLASS = """
id = "glass"
driver = "sane"
backends = ["test"]
device = "test:0"
source = "Flatbed"
dpi = 50
mode = "grey"
reading = "none"
"""


@pytest.fixture
def counter(tmp_path: Path) -> Iterator[Counter]:
    (tmp_path / "glass.toml").write_text(GLASS)
    here = Counter(tmp_path / "station")
    here.must("station", "init", "--id", "Q2", "--agency", "UBND xã Tân Hợp", "--demo")
    here.must("clerk", "add", "duong", "--name", "Nguyễn Thị Đường")
    here.must("clerk", "login", "duong")
    return here


def scan(counter: Counter, typed: str, *options: str) -> tuple[list[dict], str]:
    """Pages as they stand after a scan at which the clerk typed that, and what was said."""
    dossier = counter.new()
    glass = str(counter.folder.parent / "glass.toml")
    words = ("scan", "--dossier", dossier, "--component", "1", "--profile", glass, *options)
    answer = counter.run(*words, stdin=typed)
    assert answer.code == 0, answer.err
    return answer.data["pages"], answer.err


def test_a_book_is_scanned_until_q(counter: Counter) -> None:
    pages, said = scan(counter, "\n\nq\n", "--book")
    assert len(pages) == 3
    assert said.count("Lay the next page on the glass.") == 3
    assert "[q] finished" in said


def test_what_is_no_answer_is_asked_again(counter: Counter) -> None:
    pages, said = scan(counter, "what?\nq\n", "--book")
    assert len(pages) == 1
    assert said.count("[q] finished") == 2


def test_with_nobody_to_ask_a_book_is_one_page(counter: Counter) -> None:
    pages, _said = scan(counter, "", "--book")
    assert len(pages) == 1


def test_the_images_of_a_large_sheet_are_numbered_in_the_listing(counter: Counter) -> None:
    pages, said = scan(counter, "\n", "--parts", "2")
    assert [(page["part"], page["parts"]) for page in pages] == [(1, 2), (2, 2)]
    assert "image 2 of 2 comes next" in said


def test_both_sides_by_hand_end_in_the_paper_s_order(counter: Counter) -> None:
    pages, said = scan(counter, "\n", "--duplex", "manual")
    assert len(pages) == 2
    assert "with the backs where the fronts were" in said
    assert "Fronts and backs are in order (2 pages)" in said


def test_pages_scanned_one_by_one_can_be_joined_to_one_sheet_and_parted(counter: Counter) -> None:
    pages, _said = scan(counter, "\nq\n", "--book")
    ids, dossier = [page["id"] for page in pages], counter.must("dossier", "list")[0]["id"]
    joined = counter.must("page", "join", *ids, "--dossier", dossier)["pages"]
    assert [(page["part"], page["parts"]) for page in joined] == [(1, 2), (2, 2)]
    parted = counter.must("dossier", "undo", dossier)["pages"]
    assert [page["parts"] for page in parted] == [0, 0]


def test_fronts_and_backs_scanned_as_single_pages_can_be_paired_later(counter: Counter) -> None:
    pages, _said = scan(counter, "\n\n\n\nq\n", "--book")
    kept, f1, f2, b2, b1 = (page["id"] for page in pages)
    dossier = counter.must("dossier", "list")[0]["id"]
    words = ("page", "collate", "--dossier", dossier, "--component", "1")
    last_first = counter.must(*words, "--first", "2", "--fronts", "2")["pages"]
    assert [page["id"] for page in last_first] == [kept, f1, b1, f2, b2]
    counter.must("dossier", "undo", dossier)
    in_order = counter.must(*words, "--first", "2", "--fronts", "2", "--in-order")["pages"]
    assert [page["id"] for page in in_order] == [kept, f1, b2, f2, b1]
    counter.must("dossier", "undo", dossier)
    refused = counter.run(*words, "--fronts", "2")
    assert refused.code == 2
    assert "2 fronts, but 3 backs" in refused.err


def test_settings_that_exclude_each_other_are_refused_before_anything_moves(
    counter: Counter,
) -> None:
    dossier = counter.new()
    words = ("scan", "--dossier", dossier, "--component", "1", "--book", "--duplex", "manual")
    answer = counter.run(*words, "--profile", str(counter.folder.parent / "glass.toml"))
    assert answer.code == 2
    assert "no duplex" in answer.err
