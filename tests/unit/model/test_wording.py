"""What the clerk reads about values."""

import pytest

from scanstation import i18n
from scanstation.model import wording
from scanstation.model.page import Finding, FindingKind


@pytest.mark.parametrize(
    ("finding", "said"),
    [
        (Finding(FindingKind.BLURRED, 41.26, 60.0), "blurred (41.3, limit 60)"),
        (Finding(FindingKind.SHORT, 279.4, 287.0), "too short (279 mm, limit 287 mm)"),
        (
            Finding(FindingKind.LOW_RESOLUTION, 100.0, 200.0),
            "low resolution (100 dpi, limit 200 dpi)",
        ),
        (Finding(FindingKind.UPSIDE_DOWN, 180.0, 0.0), "upside down (180°)"),
    ],
)
def test_a_finding_is_said_with_its_unit_and_a_limit_only_where_there_is_one(
    finding: Finding, said: str
) -> None:
    i18n.choose("en")
    assert wording.finding(finding) == said
