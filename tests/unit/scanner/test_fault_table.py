"""docs/scanner-faults.md says what happens, because it is what happened."""

import pytest

from scanstation import errors
from tests.helpers import scan_faults
from tests.helpers.parts import requires_part


@pytest.mark.long
@requires_part("libsane")
@requires_part("saned")
@pytest.mark.timeout(600)
def test_the_committed_table_is_what_playing_every_fault_gives() -> None:
    assert scan_faults.table() == scan_faults.TABLE.read_text(encoding="utf-8")


def test_no_row_of_the_committed_table_fails() -> None:
    said = scan_faults.TABLE.read_text(encoding="utf-8")
    assert "FAIL" not in said
    assert said.count("| all | works |") == sum(map(len, scan_faults.CASES.values()))


OF_OTHER_DEVICES = (errors.FolderUnreachable, errors.PrinterRefused)
"""A share that files arrive on, and a printer: test_arrivals.py and test_printer.py."""


@pytest.mark.parametrize(
    "error",
    [
        one
        for one in (*errors.DeviceError.__subclasses__(), *errors.PaperError.__subclasses__())
        if one not in OF_OTHER_DEVICES
    ],
    ids=lambda error: error.__name__,
)
def test_every_error_of_scanner_and_paper_is_provoked_by_some_row(
    error: type[errors.ScanStationError],
) -> None:
    provoked = {kind for cases in scan_faults.CASES.values() for c in cases for kind in c.expected}
    assert error in provoked


def test_a_row_whose_pages_are_lost_would_say_so() -> None:
    jam = scan_faults.CASES["eSCL"][3]
    wrong = scan_faults.Case(jam.fault, (errors.CoverOpen,), jam.rig)
    assert "FAIL: PaperJam" in str(scan_faults.play(wrong))
