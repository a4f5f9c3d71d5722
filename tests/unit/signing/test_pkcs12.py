"""A clerk's key opens with its passphrase only, and only when it may sign."""

import logging
import traceback
from collections.abc import Callable
from datetime import datetime
from pathlib import Path

import pytest
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, rsa
from cryptography.hazmat.primitives.serialization import pkcs12

from scanstation import errors
from scanstation.model.clock import FrozenClock
from scanstation.signing import verify
from scanstation.signing.pkcs12 import Pkcs12Signer, objection, open_key
from scanstation.signing.testing_ca import Authority, key_usage, make_clerk_key, subject
from scanstation.signing.verify import PadesVerifier
from tests.unit.signing.conftest import CLOCK, INSTANT, NAME, PASSPHRASE, YEAR

KeyMaker = Callable[..., Path]


@pytest.fixture
def odd_key(authority: Authority, tmp_path: Path) -> KeyMaker:
    """A PKCS#12 file with something unusual about it."""

    def make(bits: int = 2048, **uses: bool) -> Path:
        key = rsa.generate_private_key(public_exponent=65537, key_size=bits)
        life = (INSTANT - YEAR, INSTANT + YEAR)
        builder = authority.issue(subject("Lê Thử"), key.public_key(), life)
        if uses:
            builder = builder.add_extension(key_usage(**uses), critical=True)
        return packed(tmp_path, key, builder.sign(authority.key, hashes.SHA256()))

    return make


def packed(folder: Path, key: object, certificate: object, others: object = None) -> Path:
    lock = serialization.BestAvailableEncryption(PASSPHRASE)
    data = pkcs12.serialize_key_and_certificates(None, key, certificate, others, lock)  # type: ignore[arg-type]
    path = folder / "odd.p12"
    path.write_bytes(data)
    return path


def test_the_holder_is_the_name_in_the_certificate(signer: Pkcs12Signer) -> None:
    assert signer.holder == NAME


@pytest.mark.parametrize("wrong", [b"", b"wrong", PASSPHRASE + b" "])
def test_a_wrong_passphrase_is_told_apart_from_a_bad_file(key_file: Path, wrong: bytes) -> None:
    with pytest.raises(errors.WrongPassphrase, match=key_file.name):
        open_key(key_file, wrong, CLOCK)


def test_a_cut_key_file_is_unusable_and_not_blamed_on_the_passphrase(
    key_file: Path, tmp_path: Path
) -> None:
    cut = tmp_path / "cut.p12"
    cut.write_bytes(key_file.read_bytes()[:-7])

    with pytest.raises(errors.KeyUnusable, match=r"not a PKCS#12 file"):
        open_key(cut, PASSPHRASE, CLOCK)


@pytest.mark.parametrize("content", [b"", b"hello", b"-----BEGIN PRIVATE KEY-----\n"])
def test_a_file_of_another_kind_is_unusable(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "other.p12"
    path.write_bytes(content)

    with pytest.raises(errors.KeyUnusable, match=r"not a PKCS#12 file"):
        open_key(path, PASSPHRASE, CLOCK)


def test_a_missing_key_file_is_unusable(tmp_path: Path) -> None:
    with pytest.raises(errors.KeyUnusable, match="No such file"):
        open_key(tmp_path / "none.p12", PASSPHRASE, CLOCK)


def test_a_file_without_a_private_key_is_unusable(authority: Authority, tmp_path: Path) -> None:
    path = packed(tmp_path, None, None, [authority.certificate])

    with pytest.raises(errors.KeyUnusable, match="no private key"):
        open_key(path, PASSPHRASE, CLOCK)


def test_a_key_without_its_certificate_is_unusable(tmp_path: Path) -> None:
    key = rsa.generate_private_key(public_exponent=65537, key_size=2048)

    with pytest.raises(errors.KeyUnusable, match="no certificate"):
        open_key(packed(tmp_path, key, None), PASSPHRASE, CLOCK)


def test_a_weak_rsa_key_is_unusable(odd_key: KeyMaker) -> None:
    with pytest.raises(errors.KeyUnusable, match="1024 bits is too weak"):
        open_key(odd_key(bits=1024), PASSPHRASE, CLOCK)


def test_a_certificate_for_encryption_only_is_unusable(odd_key: KeyMaker) -> None:
    with pytest.raises(errors.KeyUnusable, match="not for signing"):
        open_key(odd_key(key_encipherment=True), PASSPHRASE, CLOCK)


@pytest.mark.parametrize("use", ["digital_signature", "content_commitment"])
def test_either_signing_use_is_enough(odd_key: KeyMaker, use: str) -> None:
    assert open_key(odd_key(**{use: True}), PASSPHRASE, CLOCK).holder == "Lê Thử"


def test_key_and_certificate_must_belong_together(authority: Authority) -> None:
    stranger = rsa.generate_private_key(public_exponent=65537, key_size=2048)

    assert "belong together" in objection(stranger, authority.certificate)


def test_a_short_elliptic_curve_is_too_weak(authority: Authority) -> None:
    assert "192 bits is too weak" in objection(
        ec.generate_private_key(ec.SECP192R1()), authority.certificate
    )


def test_an_elliptic_curve_of_256_bits_signs(
    authority: Authority, plain: Path, tmp_path: Path, verifier: PadesVerifier
) -> None:
    key = ec.generate_private_key(ec.SECP256R1())
    life = (INSTANT - YEAR, INSTANT + YEAR)
    builder = authority.issue(subject("Lê Thử"), key.public_key(), life)
    path = packed(tmp_path, key, builder.sign(authority.key, hashes.SHA256()))
    target = tmp_path / "signed.pdf"

    open_key(path, PASSPHRASE, CLOCK).sign(plain, target, None, INSTANT)

    (verdict,) = verifier.report(target, [authority.root]).signatures
    assert verdict.intact
    assert verdict.problem == verify.UNKNOWN_ISSUER  # this file holds no chain


def test_a_key_that_no_pades_reader_knows_is_unusable(authority: Authority, tmp_path: Path) -> None:
    key = ed25519.Ed25519PrivateKey.generate()
    life = (INSTANT - YEAR, INSTANT + YEAR)
    builder = authority.issue(subject("Lê Thử"), key.public_key(), life)  # type: ignore[arg-type]
    path = packed(tmp_path, key, builder.sign(authority.key, hashes.SHA256()))

    with pytest.raises(errors.KeyUnusable, match="only RSA and elliptic curve"):
        open_key(path, PASSPHRASE, CLOCK)


@pytest.mark.parametrize(
    ("now", "claim"),
    [(INSTANT - 2 * YEAR, "not valid yet"), (INSTANT + 2 * YEAR, "expired")],
)
def test_a_certificate_outside_its_validity_is_refused_at_the_passphrase_prompt(
    key_file: Path, now: datetime, claim: str
) -> None:
    with pytest.raises(errors.CertificateExpired, match=NAME):
        open_key(key_file, PASSPHRASE, FrozenClock(now))


def test_the_refusal_names_both_ends_of_the_validity(authority: Authority, tmp_path: Path) -> None:
    path = tmp_path / "old.p12"
    make_clerk_key(authority, NAME, PASSPHRASE, path, INSTANT - 2 * YEAR, INSTANT - YEAR)

    with pytest.raises(errors.CertificateExpired) as refused:
        open_key(path, PASSPHRASE, CLOCK)

    assert "2024-11-22T08:05:03+07:00" in refused.value.sentence("vi")
    assert "2025-11-22T08:05:03+07:00" in refused.value.sentence("vi")


def test_the_passphrase_shows_in_no_name_log_or_error(
    key_file: Path, signer: Pkcs12Signer, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    secret = PASSPHRASE.decode()
    told = [repr(signer), str(signer), f"{signer.__dict__}"]

    for wrong in (PASSPHRASE + b"x", PASSPHRASE):
        path = key_file if wrong != PASSPHRASE else tmp_path / "none.p12"
        with pytest.raises(errors.SigningError) as refused:
            open_key(path, wrong, CLOCK)
        told += traceback.format_exception(refused.value)
        told += [refused.value.sentence("vi"), repr(refused.value.facts)]
    told += [record.getMessage() for record in caplog.records]

    for text in told:
        assert secret not in text
        assert repr(PASSPHRASE)[2:-1] not in text
