"""Signing adds a valid PAdES B-B signature and harms nothing."""

import asyncio
import hashlib
import io
import re
import signal
import subprocess
import sys
from collections.abc import Callable
from datetime import datetime
from pathlib import Path

import pikepdf
import pytest
from asn1crypto import cms, keys, x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.x509 import ExtendedKeyUsage
from cryptography.x509.oid import ExtendedKeyUsageOID
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign import PdfTimeStamper
from pyhanko.sign.timestamps import DummyTimeStamper
from pyhanko_certvalidator.registry import SimpleCertificateStore

from scanstation import durable, errors
from scanstation.model.signing import Stamp
from scanstation.signing.pkcs12 import Pkcs12Signer, open_key
from scanstation.signing.testing_ca import Authority, make_clerk_key, subject
from scanstation.signing.verify import PadesVerifier
from tests.helpers.parts import requires_part
from tests.helpers.verapdf import Verdict as PdfaVerdict
from tests.unit.signing.conftest import CLOCK, INSTANT, NAME, PASSPHRASE, PLACE, YEAR, make_pdfa

STAMP = Stamp(name=NAME, place=PLACE)
Judge = Callable[..., PdfaVerdict]


def contents(pdf: bytes) -> cms.SignedData:
    signature = PdfFileReader(io.BytesIO(pdf)).embedded_signatures[0]
    return signature.signed_data


@pytest.mark.parametrize("stamp", [None, STAMP], ids=["invisible", "visible"])
@requires_part("fonts")
def test_a_signature_is_intact_covers_the_file_and_chains_to_the_root(
    signer: Pkcs12Signer,
    plain: Path,
    tmp_path: Path,
    authority: Authority,
    verifier: PadesVerifier,
    stamp: Stamp | None,
) -> None:
    target = tmp_path / "signed.pdf"

    signer.sign(plain, target, stamp, INSTANT)

    (verdict,) = verifier.report(target, [authority.root]).signatures
    assert verdict.intact
    assert verdict.covers_whole_file
    assert verdict.trusted
    assert (verdict.holder, verdict.problem) == (NAME, "")
    assert verdict.signed_at == "2026-11-22T08:05:03+07:00"


def test_the_original_is_untouched_and_its_bytes_come_first(
    signer: Pkcs12Signer, tmp_path: Path
) -> None:
    source, target = tmp_path / "a.pdf", tmp_path / "b.pdf"
    original = make_pdfa()
    source.write_bytes(original)

    signer.sign(source, target, None, INSTANT)

    assert source.read_bytes() == original
    assert target.read_bytes().startswith(original)
    assert sorted(each.name for each in tmp_path.iterdir()) == ["a.pdf", "b.pdf"]


@pytest.mark.parametrize("stamp", [None, STAMP], ids=["invisible", "visible"])
@requires_part("fonts")
def test_pdfa_2u_holds_before_and_after_signing(
    verapdf: Judge, signer: Pkcs12Signer, plain: Path, tmp_path: Path, stamp: Stamp | None
) -> None:
    target = tmp_path / "signed.pdf"
    signer.sign(plain, target, stamp, INSTANT)

    before, after = verapdf(plain), verapdf(target)

    assert before.compliant, before
    assert after.compliant, after


def test_pdfa_2u_holds_with_every_letter_of_vietnamese_and_two_stamps(
    verapdf: Judge, signer: Pkcs12Signer, signed: Path, tmp_path: Path
) -> None:
    target = tmp_path / "twice.pdf"
    letters = "ăâđêôơư ắằẳẵặ ấầẩẫậ éèẻẽẹ ếềểễệ íìỉĩị óòỏõọ ốồổỗộ ớờởỡợ úùủũụ ứừửữự ýỳỷỹỵ"
    signer.sign(signed, target, Stamp(name=letters.upper(), place=PLACE), INSTANT)

    verdict = verapdf(target)

    assert verdict.compliant, verdict


@requires_part("poppler")
def test_poppler_finds_the_signature_valid(signed: Path) -> None:
    said = subprocess.run(["pdfsig", signed], capture_output=True, text=True, check=False).stdout

    assert "Signature is Valid." in said
    assert "ETSI.CAdES.detached" in said
    assert "SHA-256" in said
    assert "Total document signed" in said


def test_the_cms_is_pades_b_b_with_the_whole_chain(signed: Path) -> None:
    data = contents(signed.read_bytes())
    (info,) = data["signer_infos"]
    attributes = {each["type"].native for each in info["signed_attrs"]}

    assert {"content_type", "message_digest", "signing_certificate_v2"} <= attributes
    assert "signing_time" not in attributes  # PAdES states the time in /M
    names = {each.chosen.subject.native["common_name"] for each in data["certificates"]}
    assert names == {NAME, "Issuing CA", "Root"}


def test_a_pss_signature_is_made_when_asked_for(
    key_file: Path, plain: Path, tmp_path: Path, authority: Authority, verifier: PadesVerifier
) -> None:
    target = tmp_path / "pss.pdf"
    open_key(key_file, PASSPHRASE, CLOCK, pss=True).sign(plain, target, None, INSTANT)

    (info,) = contents(target.read_bytes())["signer_infos"]
    assert info["signature_algorithm"]["algorithm"].native == "rsassa_pss"
    assert verifier.report(target, [authority.root]).signatures[0].trusted


def test_a_second_signature_leaves_the_first_whole(
    signer: Pkcs12Signer,
    signed: Path,
    tmp_path: Path,
    authority: Authority,
    verifier: PadesVerifier,
) -> None:
    target = tmp_path / "twice.pdf"

    signer.sign(signed, target, STAMP, INSTANT)

    verdicts = verifier.report(target, [authority.root]).signatures
    assert [(each.intact, each.covers_whole_file, each.trusted) for each in verdicts] == [
        (True, True, True),
        (True, True, True),
    ]


def test_the_metadata_stays_word_for_word(signed: Path) -> None:
    with pikepdf.open(signed) as after, pikepdf.open(io.BytesIO(make_pdfa())) as before:
        assert after.Root.Metadata.read_bytes() == before.Root.Metadata.read_bytes()
        assert after.trailer.Info == before.trailer.Info


@pytest.mark.parametrize("off", [-2 * YEAR, 2 * YEAR], ids=["not yet valid", "expired"])
def test_nothing_is_written_outside_the_certificates_validity(
    signer: Pkcs12Signer, plain: Path, tmp_path: Path, off: datetime
) -> None:
    with pytest.raises(errors.CertificateExpired):
        signer.sign(plain, tmp_path / "signed.pdf", None, INSTANT + off)

    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("content", [b"", b"no pdf", b"%PDF-1.7\n%%EOF\n"])
def test_what_is_no_pdf_is_not_signed(signer: Pkcs12Signer, tmp_path: Path, content: bytes) -> None:
    source = tmp_path / "a.pdf"
    source.write_bytes(content)

    with pytest.raises(errors.UnreadableInput, match=r"a\.pdf"):
        signer.sign(source, tmp_path / "b.pdf", None, INSTANT)

    assert not (tmp_path / "b.pdf").exists()


DYING = """
import resource, signal, sys
from pathlib import Path
from tests.unit.signing.conftest import CLOCK, INSTANT, PASSPHRASE
from scanstation.signing.pkcs12 import open_key
key, source, target = map(Path, sys.argv[1:])
signer = open_key(key, PASSPHRASE, CLOCK)
signal.signal(signal.SIGXFSZ, signal.SIG_DFL)
resource.setrlimit(resource.RLIMIT_FSIZE, (20_000, 20_000))
signer.sign(source, target, None, INSTANT)
"""


def test_dying_in_the_middle_of_writing_leaves_the_old_target(
    key_file: Path, plain: Path, tmp_path: Path
) -> None:
    target = tmp_path / "signed.pdf"
    target.write_bytes(b"what was here before")

    died = subprocess.run(
        [sys.executable, "-c", DYING, key_file, plain, target], check=False, capture_output=True
    )

    assert died.returncode == -signal.SIGXFSZ, died.stderr
    assert target.read_bytes() == b"what was here before"
    others = [each.name for each in tmp_path.iterdir() if each != target]
    assert all(name.startswith(durable.TEMPORARY) for name in others)


@pytest.fixture(scope="module")
def timestamper(authority: Authority) -> DummyTimeStamper:
    key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    life = (INSTANT - YEAR, INSTANT + YEAR)
    purpose = ExtendedKeyUsage([ExtendedKeyUsageOID.TIME_STAMPING])
    certificate = (
        authority.issue(subject("TSA"), key.public_key(), life)
        .add_extension(purpose, critical=True)
        .sign(authority.key, hashes.SHA256())
    )
    chain = SimpleCertificateStore()
    chain.register_multiple(
        x509.Certificate.load(each.public_bytes(serialization.Encoding.DER))
        for each in (authority.certificate, authority.root_certificate)
    )
    plain = key.private_bytes(
        serialization.Encoding.DER,
        serialization.PrivateFormat.PKCS8,
        serialization.NoEncryption(),
    )
    return DummyTimeStamper(
        tsa_cert=x509.Certificate.load(certificate.public_bytes(serialization.Encoding.DER)),
        tsa_key=keys.PrivateKeyInfo.load(plain),
        certs_to_embed=chain,
        fixed_dt=INSTANT,
    )


def with_timestamp_in_place(pdf: bytes, timestamper: DummyTimeStamper) -> bytes:
    place = re.search(rb"/Contents <([0-9A-Fa-f]+)>", pdf)
    assert place
    info = cms.ContentInfo.load(bytes.fromhex(place[1].decode()))
    signed = info["content"]["signer_infos"][0]
    digest = hashlib.sha256(signed["signature"].native).digest()
    token = asyncio.run(timestamper.async_timestamp(digest, "sha256"))
    attribute = cms.CMSAttribute({"type": "signature_time_stamp_token", "values": [token]})
    signed["unsigned_attrs"] = cms.CMSAttributes([attribute])
    room = place.end(1) - place.start(1)
    filled = info.dump(force=True).hex().encode().ljust(room, b"0")
    assert len(filled) == room, "the reserved space is too small for a timestamp"
    return pdf[: place.start(1)] + filled + pdf[place.end(1) :]


def test_a_timestamp_fits_later_into_the_reserved_space(
    signed: Path,
    timestamper: DummyTimeStamper,
    tmp_path: Path,
    authority: Authority,
    verifier: PadesVerifier,
) -> None:
    target = tmp_path / "b-t.pdf"
    target.write_bytes(with_timestamp_in_place(signed.read_bytes(), timestamper))

    (verdict,) = verifier.report(target, [authority.root]).signatures
    assert target.stat().st_size == signed.stat().st_size
    assert (verdict.intact, verdict.covers_whole_file, verdict.trusted) == (True, True, True)
    assert len(contents(target.read_bytes())["signer_infos"][0]["unsigned_attrs"]) == 1


def test_a_document_timestamp_is_reported_and_leaves_the_signature_whole(
    signed: Path,
    timestamper: DummyTimeStamper,
    tmp_path: Path,
    authority: Authority,
    verifier: PadesVerifier,
) -> None:
    target = tmp_path / "stamped.pdf"
    writer = IncrementalPdfFileWriter(io.BytesIO(signed.read_bytes()))
    target.write_bytes(PdfTimeStamper(timestamper).timestamp_pdf(writer, "sha256").getvalue())

    signature, timestamp = verifier.report(target, [authority.root]).signatures

    assert (signature.intact, signature.covers_whole_file, signature.trusted) == (True, True, True)
    assert (timestamp.holder, timestamp.signed_at) == ("TSA", "2026-11-22T08:05:03+07:00")
    assert (timestamp.intact, timestamp.covers_whole_file, timestamp.trusted) == (True, True, True)


def test_two_clerks_sign_with_their_own_names(
    authority: Authority, signed: Path, tmp_path: Path, verifier: PadesVerifier
) -> None:
    key, target = tmp_path / "b.p12", tmp_path / "both.pdf"
    make_clerk_key(authority, "Trần Văn Bình", b"khac", key, INSTANT - YEAR, INSTANT + YEAR)
    open_key(key, b"khac", CLOCK).sign(signed, target, None, INSTANT)

    report = verifier.report(target, [authority.root])

    assert [each.holder for each in report.signatures] == [NAME, "Trần Văn Bình"]
