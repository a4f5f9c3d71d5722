"""The station's seal: a compact JWS over the hash of the bag's tag manifest.

It proves that the holder of a station key packed exactly this; whether that key is one to trust is
for the caller. It refuses every algorithm but Ed25519 (RFC 8037) and every header it does not know.
"""

import base64
import binascii
from typing import Literal

import msgspec
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from scanstation.model.manifest import Manifest
from scanstation.package import Broken

VERSION = 0


class SealClaims(msgspec.Struct, frozen=True, kw_only=True):
    """What the seal says."""

    version: int = VERSION
    package: str
    station: str
    tagmanifest_sha256: str


class _Jwk(msgspec.Struct, forbid_unknown_fields=True):
    crv: Literal["Ed25519"]
    kty: Literal["OKP"]
    x: str


class _Header(msgspec.Struct, forbid_unknown_fields=True):
    alg: Literal["EdDSA", "Ed25519"]  # RFC 8037 and its newer name from RFC 9864
    typ: Literal["ss-seal+jws"]
    jwk: _Jwk


def claims_text(manifest: Manifest, tagmanifest_sha256: str) -> bytes:
    """The bytes a station signs."""
    claims = SealClaims(
        package=manifest.package,
        station=manifest.station,
        tagmanifest_sha256=tagmanifest_sha256,
    )
    return msgspec.json.encode(claims)


def unseal(token: bytes) -> tuple[SealClaims, str]:
    """The claims and the public key they are signed with (RFC 7638 form); Broken."""
    try:
        signed, _, signature = token.rpartition(b".")
        head, _, payload = signed.partition(b".")
        header = msgspec.json.decode(_decoded(head), type=_Header)
        key = Ed25519PublicKey.from_public_bytes(_decoded(header.jwk.x.encode("ascii")))
        key.verify(_decoded(signature), signed)
        claims = msgspec.json.decode(_decoded(payload), type=SealClaims)
    except InvalidSignature as fault:
        raise Broken("the seal's signature does not match") from fault
    except (msgspec.DecodeError, ValueError) as fault:
        raise Broken(f"the seal is not a station's: {fault}") from fault
    return claims, msgspec.json.encode(header.jwk).decode("ascii")


def _decoded(part: bytes) -> bytes:
    """Base64url in its only canonical form (RFC 7515 section 2); ValueError for any other."""
    try:
        data = base64.urlsafe_b64decode(part + b"=" * (-len(part) % 4))
    except binascii.Error as fault:
        raise ValueError("not base64url") from fault
    if base64.urlsafe_b64encode(data).rstrip(b"=") != part:
        raise ValueError("not canonical base64url")
    return data
