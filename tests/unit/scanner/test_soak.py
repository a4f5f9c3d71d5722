"""Thirty disturbed jobs in a row; `python -m tests.helpers.scan_soak 200` plays more of them."""

import pytest

from tests.helpers.parts import requires_part
from tests.helpers.scan_soak import Soak

pytestmark = [
    pytest.mark.long,
    requires_part("libsane"),
    requires_part("scanimage"),
    pytest.mark.timeout(280),
]


def test_thirty_disturbed_jobs_lose_no_announced_page_leave_no_process_and_no_memory() -> None:
    count = Soak(seed=5).run(30)
    assert count.announced > 60, "a soak without pages proves nothing"
    assert count.lost == 0
    assert count.unexplained == []
    assert (count.zombies, count.left) == (0, 0)
    assert count.growth < 0.10
