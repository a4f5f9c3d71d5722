"""The station's own key: it vouches that a package left this station, never for a paper.

Made once when the station is set up and never replaced in place.
"""

from pathlib import Path

from scanstation.signing import jws

KIND = "ss-seal+jws"


class KeyFileSigner:
    """model.signing.StationSigner over a key file."""

    def __init__(self, key: jws.Key) -> None:
        self._key = key

    def __repr__(self) -> str:
        return f"<KeyFileSigner {self.public_jwk}>"

    @property
    def public_jwk(self) -> str:
        return self._key.public_jwk

    def seal(self, payload: bytes) -> str:
        return self._key.seal(payload, KIND)


def create(path: Path) -> KeyFileSigner:
    """Make the station's key in `path` (mode 0600); KeyUnusable when there is one already."""
    return KeyFileSigner(jws.create_key(path))


def load(path: Path) -> KeyFileSigner:
    """The station's key; KeyUnusable when it cannot be read or other accounts can read it."""
    return KeyFileSigner(jws.load_key(path))


def check(token: str, allowed_jwk: str | None) -> bytes:
    """The payload of a station's seal; SealInvalid, also for a key other than `allowed_jwk`."""
    return jws.unseal(token, KIND, allowed_jwk).payload
