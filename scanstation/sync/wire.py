"""The words of the wire, version 0: paths, headers, bodies and the reasons a station is refused.

Both sides import them, so they cannot drift apart; docs/wire-protocol.md says the same in prose.
It refuses ids that could be a path and numbers that could not be a package's.
"""

import re
from enum import StrEnum

import msgspec

from scanstation.model.delivery import Announcement

TUS_VERSION = "1.0.0"
TUS = "Tus-Resumable"
TUS_VERSIONS = "Tus-Version"
OFFSET = "Upload-Offset"
LENGTH = "Upload-Length"
RETRY = "Retry-After"
PATCH_TYPE = "application/offset+octet-stream"
RECEIPT_TYPE = "application/jose"
JSON_TYPE = "application/json"
RECEIPT_TYP = "ss-receipt+jws"
"""`typ` in the protected header of a receipt (RFC 7515 4.1.9)."""

PACKAGES = "/v1/packages"
UPLOADS = "/v1/uploads"
RECEIPTS = "/v1/receipts"

_PACKAGE = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")
_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,63}")
_SHA256 = re.compile(r"[0-9a-f]{64}")
_LARGEST_NUMBER = 2**53
"""Beyond it a JSON reader may round."""


class Holding(StrEnum):
    """What central says it holds of an announced package."""

    RECEIVING = "receiving"
    STORED = "stored"


class Code(StrEnum):
    """Why central says no; stable words for programs, the sentence beside it is for people."""

    MALFORMED = "malformed"
    UNKNOWN = "unknown"
    TOKEN = "token"
    DEMO = "demo"
    FORK = "fork"
    """The same id, or the same station and sequence, with other bytes: a clone or an old backup."""
    OFFSET = "offset"
    UNFINISHED = "unfinished"
    ALTERED = "altered"
    """The bytes that arrived are not the bytes announced; central dropped them."""
    PACKAGE = "package"
    """The bytes are as announced, but they are no valid package."""
    CORRECTS = "corrects"
    """It supersedes a package that is not held here, or is of another station or dossier."""
    SUPPLEMENTS = "supplements"
    """It adds to a package that is not held here, or is of another station or dossier."""
    TOO_LARGE = "too-large"
    FULL = "full"
    FAULT = "fault"
    BUSY = "busy"


class Accepted(msgspec.Struct, frozen=True, kw_only=True):
    """The answer to PUT /v1/packages/{package}."""

    state: Holding
    upload: str
    """Path of the upload, on the same host."""
    offset: int
    """Bytes held."""
    max_patch: int
    """Largest body of one PATCH, bytes."""


class CommitRequest(msgspec.Struct, frozen=True, kw_only=True):
    """The body of POST /v1/packages/{package}/commit."""

    sha256: str


class Problem(msgspec.Struct, frozen=True, kw_only=True):
    """The body of every refusal."""

    code: str
    reason: str
    """One English sentence for whoever looks after the station."""


class NumberedReceipt(msgspec.Struct, frozen=True, kw_only=True):
    server_sequence: int
    package: str
    receipt: str


class ReceiptPage(msgspec.Struct, frozen=True, kw_only=True):
    """The answer to GET /v1/receipts: in server order, `more` when another page follows."""

    receipts: tuple[NumberedReceipt, ...]
    more: bool


def package_path(package: str) -> str:
    """Where a package is announced."""
    return f"{PACKAGES}/{package}"


def commit_path(package: str) -> str:
    """Where a whole package is committed."""
    return f"{PACKAGES}/{package}/commit"


def receipt_path(package: str) -> str:
    """Where its receipt lies."""
    return f"{PACKAGES}/{package}/receipt"


def upload_path(package: str) -> str:
    """Where its bytes go (tus)."""
    return f"{UPLOADS}/{package}"


def is_package_id(text: str) -> bool:
    """True for a lower-case UUID, the only form that may become a file name."""
    return _PACKAGE.fullmatch(text) is not None


def is_station_id(text: str) -> bool:
    """True for a name that is safe as a folder: ASCII letters, digits, dot, dash, underscore."""
    return _NAME.fullmatch(text) is not None


def is_sha256(text: str) -> bool:
    """True for 64 lower-case hex digits."""
    return _SHA256.fullmatch(text) is not None


def flaw(announcement: Announcement) -> str:
    """What in an announcement cannot be true, as an English phrase; empty when nothing is."""
    checks = (
        (announcement.version == 0, "this wire knows version 0 only"),
        (is_package_id(announcement.package), "package is not a lower-case UUID"),
        (is_package_id(announcement.dossier), "dossier is not a lower-case UUID"),
        (is_station_id(announcement.station), "station is not a plain name of at most 64 letters"),
        (is_sha256(announcement.sha256), "sha256 is not 64 hex digits"),
        (0 < announcement.size < _LARGEST_NUMBER, "size is not a number of bytes"),
        (0 < announcement.sequence < _LARGEST_NUMBER, "sequence does not count from 1"),
    )
    return next((phrase for right, phrase in checks if not right), "")
