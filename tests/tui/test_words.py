"""The pure half of the screen."""

from datetime import UTC, datetime

import pytest
from msgspec.structs import replace

from scanstation import errors
from scanstation.model.delivery import Sending
from scanstation.model.events import PageSaved, ScanProgress, Step
from scanstation.tui.new import matching
from scanstation.tui.news import Link, Net, Progress
from scanstation.tui.rows import Column, line, widths
from scanstation.tui.wording import bar, folded, paper
from tests.tui.fake import BIRTH, LAND, a_page

NOON = datetime(2026, 9, 12, 5, 0, tzinfo=UTC)
LATER = datetime(2026, 9, 12, 6, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("size", "name"),
    [((2480, 3508), "A4"), ((3508, 2480), "A4"), ((1748, 2480), "A5"), ((1012, 638), "86×54 mm")],
)
def test_paper_is_named_by_its_size_either_way_round(size: tuple[int, int], name: str) -> None:
    assert paper(replace(a_page("x"), width=size[0], height=size[1])) == name


def test_marks_and_case_do_not_matter_when_a_procedure_is_looked_for() -> None:
    assert folded("Đất ĐAI, Nguyễn") == "dat dai, nguyen"
    assert matching((BIRTH, LAND), "sinh khai") == (BIRTH,)
    assert matching((BIRTH, LAND), "1.004873") == (LAND,)
    assert matching((BIRTH, LAND), "") == (BIRTH, LAND)
    assert matching((BIRTH, LAND), "khai hon") == ()


def test_a_bar_never_exceeds_its_width_and_an_unknown_whole_is_empty() -> None:
    assert bar(1, 2, 4) == "▓▓░░  50%"
    assert bar(9, 2, 4) == "▓▓▓▓ 100%"
    assert bar(1, 0, 4) == "░░░░   0%"


def test_progress_counts_what_is_saved_and_forgets_the_page_on_the_glass() -> None:
    progress = Progress().after(ScanProgress(page=1, lines=5, expected=10))
    assert (progress.page, progress.done, progress.total) == (1, 5, 10)
    progress = progress.after(PageSaved(page=a_page("x"), position=1))
    assert (progress.page, progress.total, progress.saved) == (0, 0, 1)
    assert progress.after(Step(what="read", done=1, total=3)).total == 3


def test_the_first_loss_of_the_network_counts_until_central_answers() -> None:
    lost = errors.CentralUnreachable(url="x", problem="y")
    link = Link(Net.QUIET).ended(lost, NOON)
    assert link.ended(lost, LATER).since == NOON
    assert link.ended(errors.InUse(thing="x", owner="1"), LATER) == link
    assert link.heard(Sending(package="p", offset=0, size=1)).net is Net.UP
    assert link.ended(None, LATER).net is Net.QUIET
    assert link.ended(errors.CentralDenied(reason="x"), LATER).net is Net.FAULT
    assert link.ended(errors.CentralBusy(seconds=3), LATER).net is Net.BUSY


def test_columns_share_what_is_left_and_texts_are_cut_to_them() -> None:
    columns = (Column("a", 3), Column("b", 4, share=1), Column("c", 3, right=True))
    assert widths(columns, 20) == (3, 10, 3)
    assert line(("x", "một hai ba bốn", "7"), columns, 20).plain == "x    một hai b…    7"
