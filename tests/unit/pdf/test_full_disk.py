"""A disk that fills up while a PDF is written: the clerk's error, at whatever byte it comes."""

from pathlib import Path

from scanstation.pdf.assemble import Pdf2uWriter
from tests.helpers.limited import refused_beyond
from tests.unit.pdf.worked import INFO, picture, quiet, worked

STEP = 331
"""Bytes between two limits; odd, so that buffers of 8192 are cut at many places."""


def test_a_limit_at_any_byte_is_a_storage_error_and_never_the_end_of_the_process(
    tmp_path: Path,
) -> None:
    page, target = worked(tmp_path, picture(1)), tmp_path / "out.pdf"
    Pdf2uWriter().write([page], INFO, tmp_path / "whole.pdf", quiet)
    whole = (tmp_path / "whole.pdf").stat().st_size
    limits = range(whole - 9000, whole, STEP)
    assert len(limits) > 20
    for limit in limits:
        assert refused_beyond(limit, lambda: Pdf2uWriter().write([page], INFO, target, quiet))
        assert not target.exists()
