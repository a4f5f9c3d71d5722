"""The wire to the central system: tus 1.0 with bounded PATCHes, then commit, then receipt.

The contract is docs/wire-protocol.md. An answer without Tus-Resumable is not the central system.
"""

from pathlib import Path
from typing import Protocol

from scanstation.model.delivery import Announcement


class Upload(Protocol):
    """One announced package on its way."""

    offset: int
    """Bytes the central system said it holds."""
    committed: bool
    """True when the central system already holds it for good."""

    def send_next(self) -> int:
        """Send one bounded PATCH and return the new offset measured by the central system."""
        ...


class Transport(Protocol):
    """A way to the central system; errors.NetworkError or RejectedError from every verb."""

    def announce(self, announcement: Announcement, package: Path) -> Upload:
        """Say what comes and learn how much of it is already there."""
        ...

    def commit(self, announcement: Announcement) -> None:
        """Ask the central system to hold the bytes for good."""
        ...

    def receipt(self, package: str) -> str:
        """The signed receipt as compact JWS."""
        ...
