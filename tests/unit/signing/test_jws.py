"""Ed25519 seals: only the right key, the right kind and untouched bytes pass."""

import base64
import json
import warnings
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from joserfc import jws as joserfc_jws
from joserfc.jwk import OctKey, OKPKey

from scanstation import errors
from scanstation.signing import jws, station

KIND = "test+jws"


@pytest.fixture(scope="module")
def key(tmp_path_factory: pytest.TempPathFactory) -> jws.Key:
    return jws.create_key(tmp_path_factory.mktemp("key") / "station.key")


def part(value: object) -> str:
    raw = json.dumps(value).encode() if not isinstance(value, bytes) else value
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()


@given(st.binary(max_size=2000))
def test_a_seal_gives_back_its_payload_and_key(key: jws.Key, payload: bytes) -> None:
    found = jws.unseal(key.seal(payload, KIND), KIND, key.public_jwk)

    assert found == jws.Sealed(payload, key.public_jwk)


def test_the_public_key_is_an_rfc_7638_jwk_without_the_secret(key: jws.Key) -> None:
    members = json.loads(key.public_jwk)

    assert list(members) == ["crv", "kty", "x"]
    assert (members["kty"], members["crv"]) == ("OKP", "Ed25519")
    assert " " not in key.public_jwk


def test_the_header_names_algorithm_kind_and_key(key: jws.Key) -> None:
    head = key.seal(b"x", KIND).split(".")[0]
    header = json.loads(base64.urlsafe_b64decode(head + "=="))

    assert header == {"alg": "EdDSA", "typ": KIND, "jwk": json.loads(key.public_jwk)}


def test_a_key_survives_its_file(tmp_path: Path) -> None:
    path = tmp_path / "station.key"
    made = jws.create_key(path)

    again = jws.load_key(path)

    assert again.public_jwk == made.public_jwk
    assert again.seal(b"x", KIND) == made.seal(b"x", KIND)


def test_the_key_file_is_private_and_versioned(tmp_path: Path) -> None:
    path = tmp_path / "station.key"
    jws.create_key(path)

    assert path.stat().st_mode & 0o777 == 0o600
    assert json.loads(path.read_text())["version"] == 0


def test_a_key_is_never_replaced(tmp_path: Path) -> None:
    path = tmp_path / "station.key"
    jws.create_key(path)
    before = path.read_bytes()

    with pytest.raises(errors.KeyUnusable, match="there is a key already"):
        jws.create_key(path)

    assert path.read_bytes() == before


@pytest.mark.parametrize("mode", [0o604, 0o640, 0o660, 0o666])
def test_a_key_file_that_others_can_read_is_refused(tmp_path: Path, mode: int) -> None:
    path = tmp_path / "station.key"
    jws.create_key(path)
    path.chmod(mode)

    with pytest.raises(errors.KeyUnusable, match="chmod 600"):
        jws.load_key(path)


def test_a_missing_key_file_is_refused(tmp_path: Path) -> None:
    with pytest.raises(errors.KeyUnusable, match="No such file"):
        jws.load_key(tmp_path / "none.key")


@pytest.mark.parametrize(
    "content",
    ["", "hello", "[]", "{}", '{"version": 0}', '{"version": "x"}', '{"version":0,"kty":"oct"}'],
)
def test_a_file_of_another_kind_is_refused(tmp_path: Path, content: str) -> None:
    path = tmp_path / "station.key"
    path.write_text(content)
    path.chmod(0o600)

    with pytest.raises(errors.KeyUnusable, match="not an Ed25519 key file"):
        jws.load_key(path)


def test_a_public_key_alone_is_no_key_file(tmp_path: Path, key: jws.Key) -> None:
    path = tmp_path / "station.key"
    path.write_text(json.dumps({"version": 0, **json.loads(key.public_jwk)}))
    path.chmod(0o600)

    with pytest.raises(errors.KeyUnusable):
        jws.load_key(path)


def test_a_key_file_of_a_newer_version_is_refused_untouched(tmp_path: Path) -> None:
    path = tmp_path / "station.key"
    path.write_text('{"version": 1}')
    path.chmod(0o600)

    with pytest.raises(errors.StoreNewer):
        jws.load_key(path)


def test_the_secret_shows_in_no_name_and_no_error(tmp_path: Path) -> None:
    path = tmp_path / "station.key"
    made = jws.create_key(path)
    secret = json.loads(path.read_text())["d"]
    path.write_text(path.read_text().replace('"kty"', '"ktx"'))

    with pytest.raises(errors.KeyUnusable) as refused:
        jws.load_key(path)

    shown = [repr(made), repr(station.KeyFileSigner(made)), repr(refused.value.facts)]
    assert not any(secret in text for text in shown)
    assert refused.value.__cause__ is None


def test_another_key_s_seal_does_not_pass(key: jws.Key, tmp_path: Path) -> None:
    other = jws.create_key(tmp_path / "other.key")

    with pytest.raises(errors.SealInvalid, match="another key"):
        jws.unseal(other.seal(b"x", KIND), KIND, key.public_jwk)
    assert jws.unseal(other.seal(b"x", KIND), KIND).public_jwk == other.public_jwk


def test_a_seal_of_another_kind_does_not_pass(key: jws.Key) -> None:
    with pytest.raises(errors.SealInvalid, match="not a test"):
        jws.unseal(key.seal(b"x", "other+jws"), KIND)


@pytest.mark.parametrize("segment", [0, 1, 2])
def test_a_changed_letter_does_not_pass(key: jws.Key, segment: int) -> None:
    parts = key.seal(b"the payload", KIND).split(".")
    middle = len(parts[segment]) // 2
    letter = "A" if parts[segment][middle] != "A" else "B"
    parts[segment] = parts[segment][:middle] + letter + parts[segment][middle + 1 :]

    with pytest.raises(errors.SealInvalid):
        jws.unseal(".".join(parts), KIND, key.public_jwk)


@pytest.mark.parametrize("change", [lambda t: t + "=", lambda t: t[:-1] + chr(ord(t[-1]) + 1)])
def test_a_signature_spelt_another_way_does_not_pass(
    key: jws.Key, change: Callable[[str], str]
) -> None:
    with pytest.raises(errors.SealInvalid, match="not a compact JWS"):
        jws.unseal(change(key.seal(b"x", KIND)), KIND, key.public_jwk)


@pytest.mark.parametrize("token", ["", ".", "..", "a.b.c", "ê.b.c", "{}", "e30.e30.e30"])
def test_what_is_no_jws_does_not_pass(key: jws.Key, token: str) -> None:
    with pytest.raises(errors.SealInvalid):
        jws.unseal(token, KIND, key.public_jwk)


def test_the_none_algorithm_does_not_pass(key: jws.Key) -> None:
    header = {"alg": "none", "typ": KIND, "jwk": json.loads(key.public_jwk)}

    with pytest.raises(errors.SealInvalid):
        jws.unseal(f"{part(header)}.{part(b'x')}.", KIND, key.public_jwk)


def test_a_mac_made_with_the_public_key_does_not_pass(key: jws.Key) -> None:
    public = json.loads(key.public_jwk)
    header = {"alg": "HS256", "typ": KIND, "jwk": public}
    shared = OctKey.import_key(base64.urlsafe_b64decode(public["x"] + "="))
    token = joserfc_jws.serialize_compact(header, b"x", shared, algorithms=["HS256"])

    with pytest.raises(errors.SealInvalid):
        jws.unseal(token, KIND)


@pytest.mark.parametrize("extra", [{"crit": ["b64"], "b64": False}, {"kid": "x"}, {"crit": []}])
def test_a_header_with_more_than_we_write_does_not_pass(
    key: jws.Key, extra: dict[str, object]
) -> None:
    head, payload, signature = key.seal(b"x", KIND).split(".")
    header = json.loads(base64.urlsafe_b64decode(head + "==")) | extra

    with pytest.raises(errors.SealInvalid):
        jws.unseal(f"{part(header)}.{payload}.{signature}", KIND)


def test_a_header_that_leaks_a_private_key_does_not_pass() -> None:
    key = OKPKey.generate_key("Ed25519")
    header = {"alg": "EdDSA", "typ": KIND, "jwk": key.as_dict(private=True)}
    with warnings.catch_warnings(action="ignore"):
        token = joserfc_jws.serialize_compact(header, b"x", key, algorithms=["EdDSA"])

    with pytest.raises(errors.SealInvalid):
        jws.unseal(token, KIND)


def test_an_ed448_key_does_not_pass() -> None:
    key = OKPKey.generate_key("Ed448")
    header = {"alg": "EdDSA", "typ": KIND, "jwk": key.as_dict(private=False)}
    with warnings.catch_warnings(action="ignore"):
        token = joserfc_jws.serialize_compact(header, b"x", key, algorithms=["EdDSA"])

    with pytest.raises(errors.SealInvalid):
        jws.unseal(token, KIND)


def test_a_large_list_of_files_can_be_sealed(key: jws.Key) -> None:
    payload = b"x" * 500_000

    assert jws.unseal(key.seal(payload, KIND), KIND).payload == payload


def test_sealing_and_checking_warn_of_nothing(key: jws.Key) -> None:
    with warnings.catch_warnings(action="error"):
        jws.unseal(key.seal(b"x", KIND), KIND)


def test_a_station_seals_and_others_check_with_its_public_key(tmp_path: Path) -> None:
    path = tmp_path / "station.key"
    made, loaded = station.create(path), station.load(path)

    token = loaded.seal(b"the package's hashes")

    assert station.check(token, made.public_jwk) == b"the package's hashes"
    assert station.check(token, None) == b"the package's hashes"


def test_a_receipt_is_no_station_seal(key: jws.Key) -> None:
    with pytest.raises(errors.SealInvalid):
        station.check(key.seal(b"x", "ss-receipt+jws"), key.public_jwk)


def test_a_folder_where_the_key_should_be_is_refused(tmp_path: Path) -> None:
    (tmp_path / "station.key").mkdir()

    with pytest.raises(errors.KeyUnusable, match="directory"):
        jws.load_key(tmp_path / "station.key")
