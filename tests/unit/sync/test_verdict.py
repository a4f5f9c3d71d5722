import pytest

from scanstation.sync.verdict import Verdict, verdict


@pytest.mark.parametrize(
    ("verb", "status", "expected"),
    [
        ("PUT", 201, Verdict.DONE),
        ("PUT", 200, Verdict.DONE),
        ("PUT", 409, Verdict.REFUSED),
        ("PUT", 413, Verdict.REFUSED),
        ("PATCH", 204, Verdict.DONE),
        ("PATCH", 409, Verdict.MEASURE),
        ("PATCH", 404, Verdict.ANNOUNCE),
        ("PATCH", 410, Verdict.ANNOUNCE),
        ("PATCH", 413, Verdict.HALVE),
        ("HEAD", 404, Verdict.ANNOUNCE),
        ("POST", 200, Verdict.DONE),
        ("POST", 202, Verdict.LATER),
        ("POST", 422, Verdict.RESEND),
        ("GET", 404, Verdict.LATER),
        ("PUT", 400, Verdict.REFUSED),
        ("PATCH", 415, Verdict.REFUSED),
    ],
)
def test_a_status_means_what_the_fault_table_says(verb, status, expected):
    assert verdict(verb, status) is expected


@pytest.mark.parametrize("verb", ["PUT", "HEAD", "PATCH", "POST", "GET"])
@pytest.mark.parametrize(
    ("status", "expected"),
    [
        (401, Verdict.DENIED),
        (403, Verdict.REFUSED),
        (408, Verdict.LATER),
        (429, Verdict.LATER),
        (500, Verdict.LATER),
        (502, Verdict.LATER),
        (503, Verdict.LATER),
        (507, Verdict.LATER),
    ],
)
def test_some_statuses_mean_the_same_for_every_verb(verb, status, expected):
    assert verdict(verb, status) is expected
