"""What the tests of this room share."""

from pathlib import Path

import pytest

FIXTURES = Path(__file__).parents[3] / "fixtures"
SCANS = Path(__file__).parents[4] / "shared" / "scans"


@pytest.fixture(scope="session")
def pages() -> Path:
    """The drawn pages in the repository."""
    return FIXTURES / "pages"


@pytest.fixture(scope="session")
def bad() -> Path:
    """Inputs that must be refused."""
    return FIXTURES / "bad"


@pytest.fixture(scope="session")
def scans() -> Path:
    """Real office scans, kept beside the project and never in it."""
    if not SCANS.is_dir():
        pytest.skip(f"no real scans beside the project ({SCANS.name})")
    return SCANS
