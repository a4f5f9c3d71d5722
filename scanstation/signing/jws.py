"""Ed25519 keys in files and the compact JWS made with them: package seals and receipts.

RFC 7515 and RFC 8037 with the signer's public key in the header. It refuses any other algorithm,
curve or header, a kind of statement that was not asked for, and a key file others can read.
"""

import json
import os
import re
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

from joserfc import jws
from joserfc.errors import JoseError, UnsupportedAlgorithmError
from joserfc.jwk import OKPKey

from scanstation import durable, errors
from scanstation.i18n import _

ALGORITHM: Final = "EdDSA"
CURVE: Final = "Ed25519"
KEY_VERSION = 0
_PUBLIC = ("crv", "kty", "x")
# One spelling per seal: 64 signature bytes are 86 letters, of which the last holds two bits.
_CANONICAL = re.compile(r"[\w-]+\.[\w-]*\.[\w-]{85}[AQgw]", re.ASCII)
_BROKEN = (JoseError, ValueError, TypeError, LookupError, AttributeError)  # of JSON and joserfc


@dataclass(frozen=True)
class Key:
    """A private key; `public_jwk` is all of it that may be shown."""

    public_jwk: str
    """RFC 7638 form: the required members in order, no spaces."""
    _private: OKPKey = field(repr=False)

    def seal(self, payload: bytes, kind: str) -> str:
        """A compact JWS over `payload`; `kind` becomes the header's `typ`."""
        header = {"alg": ALGORITHM, "typ": kind, "jwk": json.loads(self.public_jwk)}
        return jws.serialize_compact(header, payload, self._private, registry=_registry())


@dataclass(frozen=True)
class Sealed:
    """What a checked JWS said, and the public key it was checked with."""

    payload: bytes
    public_jwk: str


def create_key(path: Path) -> Key:
    """Make a key and write it to `path`, readable by this account only; never replaces a file."""
    key = OKPKey.generate_key(CURVE)
    text = json.dumps({"version": KEY_VERSION, **key.as_dict(private=True)}, indent=1)
    try:
        durable.publish(path, text.encode(), exclusive=True)
    except FileExistsError as fault:
        raise errors.KeyUnusable(key=path.name, problem=_("there is a key already")) from fault
    return Key(public_part(key), key)


def load_key(path: Path) -> Key:
    """The key in `path`; KeyUnusable when it cannot be read or others can, StoreNewer."""
    try:
        with path.open("rb") as stream:
            shared = os.fstat(stream.fileno()).st_mode & 0o077
            text = stream.read()
    except OSError as fault:
        raise errors.KeyUnusable(key=path.name, problem=fault.strerror) from fault
    if shared:
        problem = _("other accounts can read it; chmod 600, or make a new one")
        raise errors.KeyUnusable(key=path.name, problem=problem)
    return _parsed(path, text)


def _parsed(path: Path, text: bytes) -> Key:
    try:
        members = json.loads(text)
        version = members.pop("version")
        if version > KEY_VERSION:
            raise errors.StoreNewer(path=path, found=version, known=KEY_VERSION)
        key = _ed25519(members)
        if not key.is_private:
            raise ValueError("a public key")
    except _BROKEN:
        # Without its cause: a parser's message may quote the key.
        raise errors.KeyUnusable(key=path.name, problem=_("not an Ed25519 key file")) from None
    return Key(public_part(key), key)


def unseal(token: str, kind: str, allowed_jwk: str | None = None) -> Sealed:
    """Check a compact JWS of that kind and give its payload.

    With `allowed_jwk` only that key counts; without, the key in the header, and whether to trust
    it is the caller's matter. Raises SealInvalid.
    """
    try:
        if not _CANONICAL.fullmatch(token):
            raise ValueError("not a compact JWS")
        found = jws.extract_compact(token.encode("ascii"), registry=_registry())
        header = found.headers()
        key = _expected(header, kind, allowed_jwk)
        genuine = jws.validate_compact(found, key, registry=_registry())
    except _BROKEN as fault:
        raise errors.SealInvalid(problem=str(fault) or type(fault).__name__) from fault
    if not genuine:
        raise errors.SealInvalid(problem=_("the signature does not match"))
    return Sealed(found.payload, public_part(key))


def public_part(key: OKPKey) -> str:
    """The public JWK as RFC 7638 writes it, so equal keys are equal strings."""
    members = key.as_dict(private=False)
    return json.dumps({name: members[name] for name in _PUBLIC}, separators=(",", ":"))


def _expected(header: dict[str, Any], kind: str, allowed_jwk: str | None) -> OKPKey:
    """The key to check with; ValueError says what is wrong with the header."""
    if set(header) != {"alg", "typ", "jwk"} or header["typ"] != kind:
        raise ValueError(f"this is not a {kind}")
    if set(header["jwk"]) != set(_PUBLIC):
        raise ValueError("the header's key is not a public Ed25519 key")
    key = _ed25519(header["jwk"])
    if allowed_jwk is not None and public_part(key) != public_part(
        _ed25519(json.loads(allowed_jwk))
    ):
        raise ValueError("it was signed with another key")
    return key


def _ed25519(members: dict[str, Any]) -> OKPKey:
    if members["kty"] != "OKP" or members["crv"] != CURVE:
        raise ValueError("not an Ed25519 key")
    return OKPKey.import_key(members)


class _OnlyEdDSA(jws.JWSRegistry):
    """RFC 9864 deprecates the name "EdDSA" because it leaves the curve open, and joserfc warns.

    Here the curve is pinned by _ed25519, so the name every older library knows stays.
    """

    max_payload_length = 1 << 20

    def get_alg(self, name: str) -> Any:
        if name != ALGORITHM:
            raise UnsupportedAlgorithmError(f"algorithm {name!r} is not {ALGORITHM}")
        return self.algorithms[ALGORITHM]


def _registry() -> jws.JWSRegistry:
    return _OnlyEdDSA()
