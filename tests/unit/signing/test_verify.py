"""Verdicts say what is true: intact, covered, trusted, and why not."""

import csv
from datetime import timedelta
from pathlib import Path

import pikepdf
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from scanstation import errors
from scanstation.model.clock import FrozenClock
from scanstation.signing import Verifier, verify
from scanstation.signing.pkcs12 import Pkcs12Signer
from scanstation.signing.testing_ca import Authority, make_authority
from scanstation.signing.verify import PadesVerifier
from tests.unit.signing.conftest import INSTANT, NAME, YEAR, make_pdfa

SCANS = Path(__file__).parents[4] / "shared" / "scans"


def test_without_roots_a_signature_is_intact_but_untrusted(
    signed: Path, verifier: Verifier
) -> None:
    (verdict,) = verifier.report(signed, []).signatures

    assert verdict.intact
    assert not verdict.trusted
    assert verdict.problem == verify.UNKNOWN_ISSUER
    assert verdict.revocation == "unchecked"


def test_a_stranger_s_root_lends_no_trust(signed: Path, verifier: Verifier, tmp_path: Path) -> None:
    stranger = make_authority(tmp_path, INSTANT)

    (verdict,) = verifier.report(signed, [stranger.root]).signatures

    assert not verdict.trusted


def test_pages_and_claim_are_read_from_the_file(verifier: Verifier, tmp_path: Path) -> None:
    path = tmp_path / "three.pdf"
    path.write_bytes(make_pdfa(pages=3))

    report = verifier.report(path, [])

    assert (report.pages, report.claim, report.signatures) == (3, "PDF/A-2u", ())


def test_a_file_that_claims_nothing_has_an_empty_claim(verifier: Verifier, tmp_path: Path) -> None:
    path = tmp_path / "plain.pdf"
    pdf = pikepdf.new()
    pdf.add_blank_page()
    pdf.save(path)

    assert verifier.report(path, []).claim == ""


def test_a_certificate_that_has_expired_since_is_no_longer_trusted(
    signed: Path, authority: Authority
) -> None:
    later = PadesVerifier(FrozenClock(INSTANT + 2 * YEAR))

    (verdict,) = later.report(signed, [authority.root]).signatures

    assert verdict.intact
    assert not verdict.trusted
    assert verdict.problem == verify.OUT_OF_TIME


def test_a_certificate_is_trusted_to_its_last_day(signed: Path, authority: Authority) -> None:
    last = PadesVerifier(FrozenClock(INSTANT + YEAR - timedelta(hours=1)))

    assert last.report(signed, [authority.root]).signatures[0].trusted


@pytest.mark.parametrize("content", [b"", b"hello", b"%PDF-1.7", b"PK\x03\x04", b"\0" * 5000])
def test_what_is_no_pdf_is_refused(verifier: Verifier, tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "a.pdf"
    path.write_bytes(content)

    with pytest.raises(errors.UnreadableInput, match=r"a\.pdf"):
        verifier.report(path, [])


def test_a_missing_file_is_refused(verifier: Verifier, tmp_path: Path) -> None:
    with pytest.raises(errors.UnreadableInput, match="No such file"):
        verifier.report(tmp_path / "none.pdf", [])


@pytest.mark.parametrize("content", [b"", b"hello"])
def test_a_root_that_is_no_certificate_is_refused_and_not_ignored(
    verifier: Verifier, signed: Path, tmp_path: Path, content: bytes
) -> None:
    path = tmp_path / "root.pem"
    path.write_bytes(content)

    with pytest.raises(errors.UnreadableInput, match=r"root\.pem"):
        verifier.report(signed, [path])


def test_a_locked_pdf_is_refused(verifier: Verifier, tmp_path: Path) -> None:
    path = tmp_path / "locked.pdf"
    pdf = pikepdf.new()
    pdf.add_blank_page()
    pdf.save(path, encryption=pikepdf.Encryption(user="a", owner="b"))

    with pytest.raises(errors.LockedInput):
        verifier.report(path, [])


def test_a_changed_byte_breaks_the_signature(
    verifier: Verifier, signed: Path, authority: Authority, tmp_path: Path
) -> None:
    altered = bytearray(signed.read_bytes())
    altered[altered.index(b"595")] = ord("6")
    path = tmp_path / "altered.pdf"
    path.write_bytes(altered)

    (verdict,) = verifier.report(path, [authority.root]).signatures

    assert not verdict.intact
    assert not verdict.trusted
    assert verdict.problem == verify.ALTERED
    assert verdict.holder == NAME


@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.floats(0, 1, exclude_max=True), st.integers(1, 255))
def test_no_flipped_byte_of_the_signed_range_passes_or_crashes(
    signed: Path, authority: Authority, verifier: Verifier, tmp_path: Path, at: float, flip: int
) -> None:
    data = bytearray(signed.read_bytes())
    start, end = data.index(b"/Contents <") + 10, data.index(b"/ByteRange")
    place = int(at * (len(data) - (end - start)))
    data[place if place < start else place + end - start] ^= flip
    path = tmp_path / "flipped.pdf"
    path.write_bytes(data)

    try:
        report = verifier.report(path, [authority.root])
    except errors.InputError:
        return
    assert not any(each.intact or each.trusted for each in report.signatures)


@settings(max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.integers(0, 5000), st.sampled_from(b"0123456789abcdefABCDEF<> ("))
def test_a_mangled_signature_container_is_a_verdict_and_never_a_crash(
    signed: Path, authority: Authority, verifier: Verifier, tmp_path: Path, at: int, byte: int
) -> None:
    data = bytearray(signed.read_bytes())
    data[data.index(b"/Contents <") + 11 + at] = byte
    path = tmp_path / "mangled.pdf"
    path.write_bytes(data)

    try:
        report = verifier.report(path, [authority.root])
    except errors.InputError:
        return
    assert len(report.signatures) <= 1


def test_a_page_added_after_signing_is_noticed(
    verifier: Verifier, signed: Path, authority: Authority, tmp_path: Path
) -> None:
    from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter

    path = tmp_path / "grown.pdf"
    with signed.open("rb") as stream:
        writer = IncrementalPdfFileWriter(stream)
        page = writer.root["/Pages"]["/Kids"][0]
        page["/Rotate"] = page["/MediaBox"][2]
        writer.update_container(page)
        with path.open("wb") as out:
            writer.write(out)

    (verdict,) = verifier.report(path, [authority.root]).signatures

    assert verdict.intact
    assert not verdict.covers_whole_file
    assert verdict.problem == verify.ADDED


def test_an_unsigned_pdf_has_no_verdicts(
    verifier: Verifier, plain: Path, signer: Pkcs12Signer
) -> None:
    assert verifier.report(plain, []).signatures == ()


def real_scans() -> list[tuple[str, int, list[str]]]:
    table = SCANS / "truth.tsv"
    if not table.exists():
        return []
    with table.open(encoding="utf-8", newline="") as stream:
        rows = list(csv.reader(stream, delimiter="\t"))[1:]
    return [(row[0], int(row[1]), row[-1].split(" || ")) for row in rows]


@pytest.mark.skipif(not SCANS.exists(), reason="no real scans beside this checkout")
@pytest.mark.parametrize(("file", "pages", "signatures"), real_scans())
def test_real_signed_letters_are_reported_intact_with_the_reason_for_mistrust(
    verifier: Verifier, authority: Authority, file: str, pages: int, signatures: list[str]
) -> None:
    report = verifier.report(SCANS / file, [authority.root])

    assert report.pages == pages
    assert len(report.signatures) == len(signatures)
    for verdict, truth in zip(report.signatures, signatures, strict=True):
        holder, _, digest, *_ = truth.split("; ")
        assert verdict.holder == holder
        assert verdict.intact
        assert verdict.covers_whole_file
        assert not verdict.trusted
        assert verdict.problem == (verify.SHA1 if digest == "SHA1" else verify.UNKNOWN_ISSUER)


@pytest.mark.skipif(not SCANS.exists(), reason="no real scans beside this checkout")
def test_the_time_of_an_old_letter_is_the_one_its_tsa_confirms(verifier: Verifier) -> None:
    (verdict,) = verifier.report(SCANS / "01CT.pdf", []).signatures

    assert verdict.signed_at == "2021-01-05T08:15:24+07:00"  # TSA: 08:15:33; CMS: 15:15:32


def test_bytes_behind_the_last_signed_one_are_noticed(signed: Path, verifier: Verifier) -> None:
    (before,) = verifier.report(signed, []).signatures
    assert before.covers_whole_file
    whole = signed.read_bytes()
    signed.write_bytes(whole + b"\n")
    assert verifier.report(signed, []).signatures[0].covers_whole_file
    signed.write_bytes(whole + b"more than was signed")
    (after,) = verifier.report(signed, []).signatures
    assert after.intact
    assert not after.covers_whole_file
    assert "added" in after.problem
