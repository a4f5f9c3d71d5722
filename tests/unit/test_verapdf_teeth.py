"""A judge that never refuses proves nothing: veraPDF must bite before its praise counts."""

import io
from collections.abc import Callable

import pikepdf
import pytest

from tests.helpers.verapdf import Verdict

Judge = Callable[..., Verdict]


def plain_pdf() -> bytes:
    pdf = pikepdf.new()
    pdf.add_blank_page(page_size=(595, 842))
    out = io.BytesIO()
    pdf.save(out)
    return out.getvalue()


@pytest.mark.parametrize("flavour", ["2u", "2b"])
def test_a_plain_pdf_is_refused_for_its_missing_metadata(verapdf: Judge, flavour: str) -> None:
    verdict = verapdf(plain_pdf(), flavour)

    assert not verdict.compliant
    assert "6.6.2.1" in {clause for clause, _, _ in verdict.failed}, verdict


def test_every_refusal_names_clause_test_and_reason(verapdf: Judge) -> None:
    failed = verapdf(plain_pdf()).failed

    assert failed
    assert all(clause.startswith("6.") and test > 0 and message for clause, test, message in failed)


def test_an_unknown_flavour_is_an_error_and_not_a_verdict(verapdf: Judge) -> None:
    with pytest.raises(ValueError, match="flavour"):
        verapdf(plain_pdf(), "9z")
