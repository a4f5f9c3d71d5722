"""Reference receiver: the wire from the other side, one folder and SQLite on loopback.

It answers success only for bytes it has made durable, and refuses demo packages in production.
docs/wire-protocol.md is the contract; a larger engine may stand behind the same paths.
"""

from pathlib import Path

import msgspec


class Ready(msgspec.Struct, frozen=True, kw_only=True):
    """What whoever started a receiver may tell its stations."""

    url: str
    receipt_key: str
    """Public Ed25519 JWK in JSON, for `central.receipt_key` in station.toml."""


class CentralOptions(msgspec.Struct, frozen=True, kw_only=True):
    """How a receiver behaves; the defaults are the safe ones."""

    name: str = "scanstation-central"
    """`issuer` of its receipts."""
    production: bool = True
    """True refuses packages marked as demo."""
    token_file: Path | None = None
    """Holds the bearer token every request must carry; needed to listen beyond loopback."""
    max_patch: int = 1024 * 1024
    """Bytes of one PATCH."""
    max_package: int = 2 * 1024**3
    """Bytes of one package."""
    at_once: int = 256
    """Requests served at the same time; one more is told when to come back."""
    spare: int = 64 * 1024**2
    """Bytes of disk left free, so that the register and receipts can always be written."""
