"""Receipts as files: the central system's signed word, kept word for word beside the ledger.

A receipt's signature is checked by whoever fetched it; here only what it speaks of is compared, so
that no receipt is ever filed under another package. One is never replaced.
"""

import base64
import hashlib
from pathlib import Path

import msgspec

from scanstation import durable, errors
from scanstation.model.delivery import QueueRow, ReceiptClaims

_ECHOED = ("package", "dossier", "sha256", "size", "sequence")


def must_fit(receipt: str, row: QueueRow) -> None:
    """errors.ReceiptInvalid unless the receipt speaks of exactly this package."""
    claims = _claims(receipt, row.package)
    for name in _ECHOED:
        if getattr(claims, name) != getattr(row, name):
            raise _invalid(row.package, f"it speaks of another {name}")


def store(path: Path, receipt: str, row: QueueRow) -> None:
    """Publish the receipt; the same again is fine. ReceiptInvalid when another one is there."""
    try:
        durable.publish(path, receipt.encode("ascii"), exclusive=True)
    except FileExistsError:
        if path.read_bytes() != receipt.encode("ascii"):
            raise _invalid(row.package, f"another one is stored in {path.name}") from None
        durable.sync_folder(path.parent)  # it may have been stored just before a stop


def sha256_of(receipt: str) -> str:
    """What the audit chain notes of a receipt."""
    return hashlib.sha256(receipt.encode("ascii")).hexdigest()


def state_in(row: QueueRow) -> str:
    """What central said of a delivered package: "stored", later "accepted"; ReceiptInvalid."""
    return _claims(row.receipt, row.package).state


def _claims(receipt: str, package: str) -> ReceiptClaims:
    try:
        _, payload, _ = receipt.encode("ascii").split(b".")
        padded = payload + b"=" * (-len(payload) % 4)
        return msgspec.json.decode(base64.urlsafe_b64decode(padded), type=ReceiptClaims)
    except (ValueError, msgspec.DecodeError) as fault:
        raise _invalid(package, "it is not a receipt") from fault


def _invalid(package: str, problem: str) -> errors.ReceiptInvalid:
    return errors.ReceiptInvalid(package=package, problem=problem)
