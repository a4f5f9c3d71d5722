"""Checks a receipt before anything may be called delivered.

A hash echoed back is no proof: only the pinned key's signature over exactly the announced package
counts. Everything else is ReceiptInvalid, and the package stays in the queue.
"""

from typing import Any

import msgspec
from joserfc import jws
from joserfc.errors import JoseError, UnsupportedAlgorithmError
from joserfc.jwk import OKPKey

from scanstation import errors
from scanstation.i18n import _
from scanstation.model.delivery import Announcement, ReceiptClaims
from scanstation.sync.wire import RECEIPT_TYP

_ALGORITHMS = ("Ed25519", "EdDSA")
_LONGEST = 16 * 1024
_ECHOED = ("package", "dossier", "station", "sha256", "size", "sequence", "demo")


def check_receipt(receipt: str, announced: Announcement, key_jwk: str) -> ReceiptClaims:
    """The claims of `receipt` (compact JWS), if `key_jwk` (public Ed25519 JWK) signed exactly
    what was `announced` as stored.

    Raises ReceiptInvalid.
    """
    claims = _signed(receipt, key_jwk, announced.package)
    for name in _ECHOED:
        if getattr(claims, name) != getattr(announced, name):
            raise _invalid(announced.package, _("it speaks of another {name}").format(name=name))
    return claims


def read_receipt(receipt: str, key_jwk: str) -> ReceiptClaims:
    """The claims of `receipt` if `key_jwk` signed it, whatever package it is for.

    Raises ReceiptInvalid.
    """
    return _signed(receipt, key_jwk, "?")


def _signed(receipt: str, key_jwk: str, package: str) -> ReceiptClaims:
    claims = _claims(_payload(receipt, package, key_jwk), package)
    if claims.version != 0 or claims.state != "stored":
        raise _invalid(package, f"{claims.state}, {claims.version}")
    return claims


def _payload(receipt: str, package: str, key_jwk: str) -> bytes:
    if len(receipt) > _LONGEST:
        raise _invalid(package, _("it is too long"))
    try:
        key = OKPKey.import_key(msgspec.json.decode(key_jwk, type=dict[str, str | list[str]]))
    except (JoseError, ValueError, KeyError, msgspec.DecodeError) as fault:
        raise _invalid(package, _("the receipt key in station.toml is no public key")) from fault
    try:
        signed = jws.deserialize_compact(receipt, key, registry=_Ed25519Only())
    except (JoseError, ValueError) as fault:
        raise _invalid(package, _("its signature does not match the receipt key")) from fault
    if signed.protected.get("typ") != RECEIPT_TYP:
        raise _invalid(package, _("it is a signature of another kind"))
    return bytes(signed.payload)


class _Ed25519Only(jws.JWSRegistry):
    """joserfc warns of the name "EdDSA" for leaving the curve open; the pinned key closes it."""

    def get_alg(self, name: str) -> Any:
        if name not in _ALGORITHMS:
            raise UnsupportedAlgorithmError(f"algorithm {name!r}")
        return self.algorithms[name]


def _claims(payload: bytes, package: str) -> ReceiptClaims:
    try:
        return msgspec.json.decode(payload, type=ReceiptClaims)
    except msgspec.DecodeError as fault:
        raise _invalid(package, _("its content is not a receipt's")) from fault


def _invalid(package: str, problem: str) -> errors.ReceiptInvalid:
    return errors.ReceiptInvalid(package=package, problem=problem)
