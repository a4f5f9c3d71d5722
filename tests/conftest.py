"""What every test may ask for. Room-specific fixtures stay beside their tests."""

import signal
from collections.abc import Callable

import pytest
from hypothesis import settings

from scanstation import i18n
from tests.helpers import verapdf as judge
from tests.helpers.parts import require_part

# A shared machine stalls for seconds at times: a slow example is no wrong one.
settings.register_profile("house", deadline=None, print_blob=True)
settings.load_profile("house")

# A shell's background job starts with Ctrl-C ignored, and children would inherit that.
signal.signal(signal.SIGINT, signal.default_int_handler)


def pytest_runtest_setup(item: pytest.Item) -> None:
    i18n.choose("en")  # a verb that ran in this process may have left its language
    for mark in item.iter_markers("requires_part"):
        for name in mark.args:
            require_part(name)


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """What a proof measured stays in the log: `record_property("proof", "60 points, 0 lost")`."""
    for outcome in ("passed", "failed"):
        for report in terminalreporter.getreports(outcome):
            for name, value in report.user_properties:
                if name == "proof":
                    terminalreporter.write_line(f"{report.nodeid.rpartition('::')[2]}: {value}")


@pytest.fixture(scope="session")
def verapdf() -> Callable[..., judge.Verdict]:
    """`verapdf(path_or_bytes, "2u")` gives the real veraPDF's Verdict; one JVM per test process."""
    require_part("verapdf")
    return judge.judge
