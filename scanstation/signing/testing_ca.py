"""A throw-away certification authority for the demo and the tests.

Root, issuing CA and clerks' PKCS#12 files, every subject marked "ScanStation DEMO". The authority's
own keys live in memory only, so nothing it made can be extended later.
"""

from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import pkcs12
from cryptography.x509.oid import NameOID

from scanstation import durable

MARK = "ScanStation DEMO"
_LIFE = timedelta(days=3650)


@dataclass(frozen=True)
class Authority:
    """Root and issuing CA; `root` is the PEM file for whoever shall trust them."""

    root: Path
    root_certificate: x509.Certificate
    certificate: x509.Certificate
    key: rsa.RSAPrivateKey = field(repr=False)

    def issue(
        self, subject: x509.Name, key: rsa.RSAPublicKey, life: tuple[datetime, datetime]
    ) -> x509.CertificateBuilder:
        """A certificate to be extended and signed with `key`, valid for `life`."""
        return _certificate(subject, self.certificate.subject, key, life).add_extension(
            x509.AuthorityKeyIdentifier.from_issuer_public_key(self.key.public_key()),
            critical=False,
        )


def make_authority(folder: Path, now: datetime | None = None) -> Authority:
    """A fresh authority; writes `demo-root.pem` into `folder`. Valid ten years around `now`."""
    middle = now or datetime.now(UTC)
    life = (middle - _LIFE / 2, middle + _LIFE / 2)
    root_key, key = _new_key(), _new_key()
    root_name, name = subject("Root"), subject("Issuing CA")
    root = _as_ca(_certificate(root_name, root_name, root_key.public_key(), life), root_key)
    issuing = _as_ca(_certificate(name, root_name, key.public_key(), life), root_key)
    pem = folder / "demo-root.pem"
    durable.publish(pem, root.public_bytes(serialization.Encoding.PEM))
    return Authority(pem, root, issuing, key)


def make_clerk_key(
    authority: Authority,
    name: str,
    passphrase: bytes,
    target: Path,
    valid_from: datetime,
    valid_until: datetime,
) -> None:
    """Write a PKCS#12 file with a new RSA-2048 key for `name` and its whole chain."""
    key = _new_key()
    life = (valid_from, valid_until)
    certificate = (
        authority.issue(subject(name), key.public_key(), life)
        .add_extension(key_usage(digital_signature=True, content_commitment=True), critical=True)
        .sign(authority.key, hashes.SHA256())
    )
    write_pkcs12(target, key, certificate, authority, passphrase)


def write_pkcs12(
    target: Path,
    key: rsa.RSAPrivateKey,
    certificate: x509.Certificate,
    authority: Authority,
    passphrase: bytes,
) -> None:
    """Write key, certificate and the authority's chain, locked by `passphrase`."""
    chain = [authority.certificate, authority.root_certificate]
    lock = serialization.BestAvailableEncryption(passphrase)
    durable.publish(
        target, pkcs12.serialize_key_and_certificates(None, key, certificate, chain, lock)
    )


def subject(name: str) -> x509.Name:
    """C=VN, O=ScanStation DEMO, CN=`name`."""
    return x509.Name(
        [
            x509.NameAttribute(NameOID.COUNTRY_NAME, "VN"),
            x509.NameAttribute(NameOID.ORGANIZATION_NAME, MARK),
            x509.NameAttribute(NameOID.COMMON_NAME, name),
        ]
    )


def key_usage(**uses: bool) -> x509.KeyUsage:
    """The extension with only the given uses."""
    every = {
        "digital_signature": False,
        "content_commitment": False,
        "key_encipherment": False,
        "data_encipherment": False,
        "key_agreement": False,
        "key_cert_sign": False,
        "crl_sign": False,
        "encipher_only": False,
        "decipher_only": False,
    }
    return x509.KeyUsage(**every | uses)


def _new_key() -> rsa.RSAPrivateKey:
    return rsa.generate_private_key(public_exponent=65537, key_size=2048)


def _certificate(
    name: x509.Name, issuer: x509.Name, key: rsa.RSAPublicKey, life: tuple[datetime, datetime]
) -> x509.CertificateBuilder:
    return x509.CertificateBuilder(
        issuer, name, key, x509.random_serial_number(), *life
    ).add_extension(x509.SubjectKeyIdentifier.from_public_key(key), critical=False)


def _as_ca(builder: x509.CertificateBuilder, issuer: rsa.RSAPrivateKey) -> x509.Certificate:
    return (
        builder.add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .add_extension(key_usage(key_cert_sign=True, crl_sign=True), critical=True)
        .add_extension(
            x509.AuthorityKeyIdentifier.from_issuer_public_key(issuer.public_key()), critical=False
        )
        .sign(issuer, hashes.SHA256())
    )
