import base64
import json

import msgspec
import pytest

from scanstation import errors
from scanstation.model.delivery import Announcement, ReceiptClaims
from scanstation.signing import jws
from scanstation.sync.receipts import check_receipt, read_receipt
from scanstation.sync.wire import RECEIPT_TYP

ANNOUNCED = Announcement(
    package="0193-p",
    dossier="0193-d",
    station="tram-1",
    sha256="ab" * 32,
    size=1000,
    sequence=7,
)
CLAIMS = ReceiptClaims(
    issuer="central",
    package="0193-p",
    dossier="0193-d",
    station="tram-1",
    sha256="ab" * 32,
    size=1000,
    sequence=7,
    server_sequence=1,
    received_at="2026-01-01T00:00:00+07:00",
)


@pytest.fixture(scope="module")
def key(tmp_path_factory):
    return jws.create_key(tmp_path_factory.mktemp("keys") / "central.json")


@pytest.fixture(scope="module")
def stranger(tmp_path_factory):
    return jws.create_key(tmp_path_factory.mktemp("keys") / "stranger.json")


def sealed(key, **changes):
    claims = msgspec.structs.replace(CLAIMS, **changes)
    return key.seal(msgspec.json.encode(claims), RECEIPT_TYP)


def test_a_receipt_for_exactly_the_announced_package_is_believed(key):
    assert check_receipt(sealed(key), ANNOUNCED, key.public_jwk) == CLAIMS


def test_a_receipt_can_be_read_without_knowing_its_package_but_not_without_its_key(key, stranger):
    assert read_receipt(sealed(key), key.public_jwk) == CLAIMS
    with pytest.raises(errors.ReceiptInvalid):
        read_receipt(sealed(key), stranger.public_jwk)


def test_a_receipt_by_another_key_is_not_believed_though_it_carries_that_key(key, stranger):
    with pytest.raises(errors.ReceiptInvalid, match="signature"):
        check_receipt(sealed(stranger), ANNOUNCED, key.public_jwk)


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("package", "0193-x"),
        ("dossier", "0193-x"),
        ("station", "tram-2"),
        ("sha256", "cd" * 32),
        ("size", 999),
        ("sequence", 8),
        ("demo", True),
    ],
)
def test_a_receipt_that_speaks_of_another(field, value, key):
    with pytest.raises(errors.ReceiptInvalid, match=f"another {field}"):
        check_receipt(sealed(key, **{field: value}), ANNOUNCED, key.public_jwk)


def test_a_receipt_that_does_not_say_stored_is_not_believed(key):
    with pytest.raises(errors.ReceiptInvalid, match="rejected"):
        check_receipt(sealed(key, state="rejected"), ANNOUNCED, key.public_jwk)


def test_a_receipt_of_a_later_version_is_not_believed(key):
    with pytest.raises(errors.ReceiptInvalid, match="stored, 1"):
        check_receipt(sealed(key, version=1), ANNOUNCED, key.public_jwk)


def test_a_package_seal_is_not_taken_for_a_receipt(key):
    other = key.seal(msgspec.json.encode(CLAIMS), "ss-package+jws")
    with pytest.raises(errors.ReceiptInvalid, match="another kind"):
        check_receipt(other, ANNOUNCED, key.public_jwk)


def test_signed_words_that_are_no_receipt_are_not_believed(key):
    with pytest.raises(errors.ReceiptInvalid, match="content"):
        check_receipt(key.seal(b'{"size": "big"}', RECEIPT_TYP), ANNOUNCED, key.public_jwk)


@pytest.mark.parametrize("algorithm", ["none", "HS256"])
def test_a_receipt_without_a_real_signature_is_not_believed(algorithm, key):
    header = base64.urlsafe_b64encode(
        json.dumps({"alg": algorithm, "typ": RECEIPT_TYP}).encode()
    ).rstrip(b"=")
    _, payload, signature = sealed(key).encode().split(b".")
    tail = b"" if algorithm == "none" else signature
    forged = b".".join([header, payload, tail]).decode()
    with pytest.raises(errors.ReceiptInvalid):
        check_receipt(forged, ANNOUNCED, key.public_jwk)


@pytest.mark.parametrize("position", range(0, 400, 13))
def test_a_receipt_with_one_letter_changed_is_not_believed(position, key):
    receipt = sealed(key)
    letter = "A" if receipt[position] != "A" else "B"
    with pytest.raises(errors.ReceiptInvalid):
        check_receipt(
            receipt[:position] + letter + receipt[position + 1 :], ANNOUNCED, key.public_jwk
        )


@pytest.mark.parametrize("rubbish", ["", "a.b.c", "<html>", "\u00e1.b.c", "." * 40_000])
def test_rubbish_is_not_believed(rubbish, key):
    with pytest.raises(errors.ReceiptInvalid):
        check_receipt(rubbish, ANNOUNCED, key.public_jwk)


@pytest.mark.parametrize("wrong", ["", "{}", "[]", '{"kty":"oct","k":"AAAA"}'])
def test_without_a_usable_pinned_key_nothing_is_believed(wrong, key):
    with pytest.raises(errors.ReceiptInvalid):
        check_receipt(sealed(key), ANNOUNCED, wrong)
