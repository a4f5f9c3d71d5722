"""A clerk's signing key in a PKCS#12 file: opened with its passphrase for one sealing.

It refuses a key that a verifier would later refuse: too weak, not made for signing, or outside its
certificate's validity. The passphrase is used once and kept nowhere.
"""

from collections.abc import Sequence
from datetime import datetime
from pathlib import Path

from asn1crypto import x509  # type: ignore[import-untyped]  # pyHanko speaks it, untyped
from asn1crypto.pkcs12 import Pfx  # type: ignore[import-untyped]  # as above
from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa
from cryptography.hazmat.primitives.serialization import pkcs12
from cryptography.x509 import Certificate, ExtensionNotFound, KeyUsage
from cryptography.x509.oid import NameOID
from pyhanko.sign.signers import Signer
from pyhanko_certvalidator.registry import SimpleCertificateStore

from scanstation import errors
from scanstation.i18n import _
from scanstation.model.clock import Clock, iso_vietnam
from scanstation.model.signing import Stamp
from scanstation.signing.pades import write_signed

RSA_BITS, EC_BITS = 2048, 256  # TT 15/2025/TT-BKHCN
SigningKey = rsa.RSAPrivateKey | ec.EllipticCurvePrivateKey


class Pkcs12Signer:
    """model.signing.Signer over an opened PKCS#12 file; shows nothing of the key."""

    def __init__(self, certificate: Certificate, engine: Signer) -> None:
        self._certificate = certificate
        self._engine = engine

    def __repr__(self) -> str:
        return f"<Pkcs12Signer of {self.holder}>"

    @property
    def holder(self) -> str:
        return holder_of(self._certificate)

    def sign(self, source: Path, target: Path, stamp: Stamp | None, instant: datetime) -> None:
        check_validity(self._certificate, instant)
        write_signed(self._engine, source, target, stamp, instant)


def open_key(path: Path, passphrase: bytes, clock: Clock, *, pss: bool = False) -> Pkcs12Signer:
    """Open the key in `path`; with `pss` an RSA key signs RSASSA-PSS instead of PKCS#1 v1.5.

    Raises WrongPassphrase, KeyUnusable, or CertificateExpired when it is not valid now.
    """
    key, certificate, others = _contents(path, passphrase)
    if problem := objection(key, certificate):
        raise errors.KeyUnusable(key=path.name, problem=problem)
    check_validity(certificate, clock.now())
    return Pkcs12Signer(certificate, _Engine(key, certificate, others, pss=pss))


class _Engine(Signer):
    """pyHanko's hands on the key. Its own SimpleSigner re-reads the key for every file: 35 ms."""

    def __init__(
        self,
        key: SigningKey,
        certificate: Certificate,
        others: Sequence[Certificate],
        *,
        pss: bool,
    ) -> None:
        chain = SimpleCertificateStore()  # type: ignore[no-untyped-call]  # pyHanko's gap
        chain.register_multiple(_for_pyhanko(each) for each in others)
        super().__init__(
            prefer_pss=pss, signing_cert=_for_pyhanko(certificate), cert_registry=chain
        )
        self._key = key

    async def async_sign_raw(
        self,
        data: bytes,
        digest_algorithm: str,  # noqa: ARG002  # pades.py asks for SHA-256 only
        dry_run: bool = False,  # noqa: ARG002  # a local key has no reason to pretend
    ) -> bytes:
        digest = hashes.SHA256()
        if isinstance(self._key, ec.EllipticCurvePrivateKey):
            return self._key.sign(data, ec.ECDSA(digest))
        if self.prefer_pss:
            longest = padding.PSS(padding.MGF1(digest), padding.PSS.MAX_LENGTH)
            return self._key.sign(data, longest, digest)
        return self._key.sign(data, padding.PKCS1v15(), digest)


def check_validity(certificate: Certificate, instant: datetime) -> None:
    """Raise CertificateExpired when `instant` is outside the certificate's validity."""
    start, end = certificate.not_valid_before_utc, certificate.not_valid_after_utc
    if not start <= instant <= end:
        raise errors.CertificateExpired(
            holder=holder_of(certificate),
            valid_from=iso_vietnam(start),
            valid_until=iso_vietnam(end),
        )


def holder_of(certificate: Certificate) -> str:
    """The name in the certificate: common name, else organisation, else the whole subject."""
    for oid in (NameOID.COMMON_NAME, NameOID.ORGANIZATION_NAME):
        for attribute in certificate.subject.get_attributes_for_oid(oid):
            return str(attribute.value)
    return certificate.subject.rfc4514_string()


def _contents(path: Path, passphrase: bytes) -> tuple[SigningKey, Certificate, list[Certificate]]:
    try:
        data = path.read_bytes()
    except OSError as fault:
        raise errors.KeyUnusable(key=path.name, problem=fault.strerror) from fault
    try:
        key, certificate, others = pkcs12.load_key_and_certificates(data, passphrase)
    except UnsupportedAlgorithm as fault:
        raise errors.KeyUnusable(key=path.name, problem=_("its encryption is too old")) from fault
    except ValueError as fault:
        if _is_pkcs12(data):
            raise errors.WrongPassphrase(key=path.name) from fault
        raise errors.KeyUnusable(key=path.name, problem=_("not a PKCS#12 file")) from fault
    if key is None:
        raise errors.KeyUnusable(key=path.name, problem=_("it holds no private key"))
    if not isinstance(key, SigningKey):
        problem = _("only RSA and elliptic curve keys sign documents")
        raise errors.KeyUnusable(key=path.name, problem=problem)
    if certificate is None:
        raise errors.KeyUnusable(key=path.name, problem=_("it holds no certificate for its key"))
    return key, certificate, others


def _is_pkcs12(data: bytes) -> bool:
    """Whether the outer structure is whole; only then can a failure mean the passphrase."""
    try:
        return bool(Pfx.load(data, strict=True)["version"].native)
    except ValueError:
        return False


def objection(key: SigningKey, certificate: Certificate) -> str:
    """What a verifier would hold against signatures by this key, or an empty string."""
    kind, needed = ("RSA", RSA_BITS) if isinstance(key, rsa.RSAPrivateKey) else ("ECDSA", EC_BITS)
    if key.key_size < needed:
        return _("{kind} of {bits} bits is too weak, {needed} are needed").format(
            kind=kind, bits=key.key_size, needed=needed
        )
    if key.public_key() != certificate.public_key():
        return _("key and certificate do not belong together")
    return "" if _may_sign(certificate) else _("its certificate is not for signing documents")


def _may_sign(certificate: Certificate) -> bool:
    """RFC 5280, 4.2.1.3: without the extension every use is allowed."""
    try:
        usage = certificate.extensions.get_extension_for_class(KeyUsage).value
    except ExtensionNotFound:
        return True
    return usage.digital_signature or usage.content_commitment


def _for_pyhanko(certificate: Certificate) -> x509.Certificate:
    return x509.Certificate.load(certificate.public_bytes(serialization.Encoding.DER))
