import pytest

from scanstation.model.page import Mode
from scanstation.scanner.messages import Ended, Fault, Grown, Opening, PageDone, Report, Taken
from scanstation.scanner.watch import Limits, Watch

LIMITS = Limits(discover=30, open=20, first_progress=60, progress=15, cancel=5)
DONE = PageDone(path="p", width=1, height=1, dpi=300, mode=Mode.GREY, source="", warnings=())


def grown(lines: int, page: int = 1) -> Grown:
    return Grown(page=page, lines=lines, expected=3508)


@pytest.mark.parametrize(
    ("report", "limit"),
    [
        (Opening(device="d"), 20),
        (Taken(actual={}, warnings=()), 60),
        (grown(1), 15),
        (DONE, 60),
        (Ended(pages=1), 5),
        (Fault(step="scan"), 5),
    ],
)
def test_each_step_has_its_own_patience(report: Report, limit: float) -> None:
    watch = Watch(LIMITS, 100.0, waiting_for=30)
    assert watch.left(110.0) == 20
    watch.heard(report, 110.0)
    assert watch.left(110.0) == limit
    assert watch.left(110.0 + limit) == 0


def test_a_device_that_answers_without_growing_is_not_alive() -> None:
    watch = Watch(LIMITS, 0.0, waiting_for=30)
    watch.heard(grown(40), 0.0)
    watch.heard(grown(40), 14.0)
    assert watch.left(14.0) == 1


def test_a_device_that_grows_slowly_is_alive() -> None:
    watch = Watch(LIMITS, 0.0, waiting_for=30)
    for step in range(1, 50):
        watch.heard(grown(step), step * 14.0)
    assert watch.left(49 * 14.0) == 15


def test_the_first_line_of_the_next_page_counts_as_growth() -> None:
    watch = Watch(LIMITS, 0.0, waiting_for=30)
    watch.heard(grown(3508), 1.0)
    watch.heard(DONE, 2.0)
    watch.heard(grown(1, page=2), 50.0)
    assert watch.left(50.0) == 15
