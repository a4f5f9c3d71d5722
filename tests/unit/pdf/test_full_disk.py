"""A disk that fills up while a PDF is written: the clerk's error, at whatever byte it comes."""

import os
import resource
import traceback
from pathlib import Path

from scanstation import errors
from scanstation.model.page import WorkedPage
from scanstation.pdf.assemble import Pdf2uWriter
from tests.unit.pdf.worked import INFO, picture, quiet, worked

STEP = 331
"""Bytes between two limits; odd, so that buffers of 8192 are cut at many places."""


def test_a_limit_at_any_byte_is_a_storage_error_and_never_the_end_of_the_process(
    tmp_path: Path,
) -> None:
    page = worked(tmp_path, picture(1))
    Pdf2uWriter().write([page], INFO, tmp_path / "whole.pdf", quiet)
    whole = (tmp_path / "whole.pdf").stat().st_size
    refused = 0
    for limit in range(whole - 9000, whole, STEP):
        status = _limited(limit, page, tmp_path / "out.pdf")
        assert os.waitstatus_to_exitcode(status) == 0, f"at {limit} of {whole} bytes"
        assert not (tmp_path / "out.pdf").exists()
        refused += 1
    assert refused > 20


def _limited(limit: int, page: WorkedPage, target: Path) -> int:
    """Write in a child that may not write more than `limit` bytes to a file; its wait status."""
    child = os.fork()
    if child == 0:
        code = 1
        try:
            resource.setrlimit(resource.RLIMIT_FSIZE, (limit, limit))
            Pdf2uWriter().write([page], INFO, target, quiet)
        except errors.StorageError:
            code = 0
        except BaseException:  # noqa: BLE001 - the top of a child
            traceback.print_exc()
        os._exit(code)
    return os.waitpid(child, 0)[1]
