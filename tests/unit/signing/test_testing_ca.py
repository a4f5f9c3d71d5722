"""The throw-away authority cannot be mistaken for a real one."""

from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives.serialization import pkcs12
from cryptography.x509.oid import NameOID

from scanstation.signing.testing_ca import MARK, Authority, make_clerk_key
from tests.unit.signing.conftest import INSTANT, NAME, PASSPHRASE, YEAR


def test_every_certificate_says_that_it_is_a_demo(authority: Authority, key_file: Path) -> None:
    _, clerk, chain = pkcs12.load_key_and_certificates(key_file.read_bytes(), PASSPHRASE)

    assert clerk is not None
    assert len(chain) == 2
    for certificate in (clerk, *chain, x509.load_pem_x509_certificate(authority.root.read_bytes())):
        (mark,) = certificate.subject.get_attributes_for_oid(NameOID.ORGANIZATION_NAME)
        assert mark.value == MARK == "ScanStation DEMO"


def test_a_clerk_s_certificate_has_the_given_name_and_validity(
    authority: Authority, tmp_path: Path
) -> None:
    path = tmp_path / "clerk.p12"
    make_clerk_key(authority, NAME, b"x", path, INSTANT - 2 * YEAR, INSTANT - YEAR)
    _, clerk, _ = pkcs12.load_key_and_certificates(path.read_bytes(), b"x")

    assert clerk is not None
    assert clerk.subject.get_attributes_for_oid(NameOID.COMMON_NAME)[0].value == NAME
    assert clerk.not_valid_before_utc == INSTANT - 2 * YEAR
    assert clerk.not_valid_after_utc == INSTANT - YEAR


def test_the_authority_s_keys_reach_no_disk_and_no_log(authority: Authority) -> None:
    assert [each.name for each in authority.root.parent.iterdir()] == ["demo-root.pem"]
    assert "RSAPrivateKey" not in repr(authority)


def test_key_files_are_private_to_the_account(key_file: Path) -> None:
    assert key_file.stat().st_mode & 0o077 == 0
