"""The words of the outbox and of the wire: states, receipts, and what the clerk is told."""

from enum import StrEnum

import msgspec

from scanstation.model.manifest import PackageReport


class Delivery(StrEnum):
    """States of a package in the ledger."""

    QUEUED = "queued"
    SENDING = "sending"
    DELIVERED = "delivered"
    """A stored, signature-checked receipt matches hash, size and id."""
    HELD = "held"
    """A person must look: damaged, refused, missing."""


class QueueRow(msgspec.Struct, frozen=True, kw_only=True):
    """One package in the ledger."""

    package: str
    dossier: str
    file: str
    """Name in the outbox folder."""
    sha256: str
    size: int
    sequence: int
    state: Delivery
    offset: int = 0
    """Bytes the central system said it holds, at the last look."""
    reason: str = ""
    queued_at: str
    delivered_at: str = ""
    receipt: str = ""
    """The receipt as compact JWS, once delivered."""
    supplements: str = ""
    """Id of the package it adds to; empty for a dossier's own package. Not in a ledger made anew
    from a receipt alone: a dossier's own package is always its first."""


class ReceiptClaims(msgspec.Struct, frozen=True, kw_only=True):
    """What the central system signs (typ "ss-receipt+jws"): it durably holds exactly this."""

    version: int = 0
    issuer: str
    package: str
    dossier: str
    station: str
    sha256: str
    size: int
    sequence: int
    """The station's sequence, echoed."""
    server_sequence: int
    received_at: str
    state: str = "stored"
    demo: bool = False


class Announcement(msgspec.Struct, frozen=True, kw_only=True):
    """What a station says before the bytes: PUT /v1/packages/{package}."""

    version: int = 0
    package: str
    dossier: str
    station: str
    sha256: str
    size: int
    sequence: int
    demo: bool = False


def announcement_of(report: PackageReport) -> Announcement:
    """What a station says of a package it has just read, and what central finds in the bytes."""
    manifest = report.manifest
    return Announcement(
        package=manifest.package,
        dossier=manifest.dossier,
        station=manifest.station,
        sha256=report.sha256,
        size=report.size,
        sequence=manifest.sequence,
        demo=manifest.demo,
    )


class Sending(msgspec.Struct, frozen=True, kw_only=True):
    """Central measured how much of a package it holds."""

    package: str
    offset: int
    """Bytes, 0 to `size`."""
    size: int


class Delivered(msgspec.Struct, frozen=True, kw_only=True):
    """The receipt is stored and its signature, hash, size and ids were checked."""

    package: str
    receipt: ReceiptClaims


class Held(msgspec.Struct, frozen=True, kw_only=True):
    """This package waits for a person; the others went on."""

    package: str
    reason: str


class Waiting(msgspec.Struct, frozen=True, kw_only=True):
    """Nothing goes out now; the next pass begins after `seconds` or at a wake-up."""

    reason: str
    """The clerk's sentence; empty when all is quiet."""
    seconds: float


CourierEvent = Sending | Delivered | Held | Waiting
