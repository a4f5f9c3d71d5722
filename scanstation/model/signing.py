"""Signatures as values: the seams that sign, and verdicts that say what their truth means."""

from datetime import datetime
from pathlib import Path
from typing import Protocol

import msgspec

from scanstation.model.page import Box


class StampPlace(msgspec.Struct, frozen=True, kw_only=True):
    """Where the digitising officer's stamp goes on page 1, in points from the bottom left."""

    x: float
    y: float
    width: float
    height: float


class Stamp(msgspec.Struct, frozen=True, kw_only=True):
    """What the visible stamp shows (TT 01/2023 Đ8(1)) and where."""

    name: str
    place: StampPlace


class Signer(Protocol):
    """A clerk's signing key, unlocked for one sealing."""

    @property
    def holder(self) -> str:
        """Name in the certificate."""
        ...

    def sign(self, source: Path, target: Path, stamp: Stamp | None, instant: datetime) -> None:
        """Write `source` with a PAdES B-B signature to `target`; errors.SigningError."""
        ...


class StationSigner(Protocol):
    """The station's own key; it vouches for packages, never for papers."""

    @property
    def public_jwk(self) -> str:
        """Public key as JWK JSON (RFC 7517, RFC 8037)."""
        ...

    def seal(self, payload: bytes) -> str:
        """A compact JWS (RFC 7515, EdDSA) over `payload`."""
        ...


class Verdict(msgspec.Struct, frozen=True, kw_only=True):
    """What is known about one signature in a PDF."""

    holder: str
    signed_at: str
    """ISO 8601 as claimed by the signer's own clock; empty when not stated."""
    intact: bool
    """The signed bytes are the bytes that were signed."""
    covers_whole_file: bool
    """Nothing was added after it, or only what PAdES allows later."""
    trusted: bool
    """The certificate chains to a root given by the caller; revocation is not part of this."""
    revocation: str = "unchecked"
    """"unchecked" offline, "good" or "revoked"."""
    problem: str = ""


class PdfReport(msgspec.Struct, frozen=True, kw_only=True):
    """What `verify` says about a PDF."""

    pages: int
    claim: str
    """The PDF/A level its metadata claims, such as "PDF/A-2u"; a claim, not a proof."""
    signatures: tuple[Verdict, ...]
    made_with: str = ""
    """The tool its metadata names; ScanStation's own files also say how their pages were read."""


class Taken(msgspec.Struct, frozen=True):
    """A place on page 1 the stamp must leave alone, in pixels of the clean page."""

    box: Box
    why: str
