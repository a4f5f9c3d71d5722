"""PDF/A -> signed PDF/A; verification -> verdict; the station's own key.

Private keys stay in their container; a passphrase is never stored or logged. The seams Signer
and StationSigner are words of model.signing: pkcs12.py opens a clerk's key, station.py the
station's. pades.py writes signatures with stamp.py's look, verify.py judges them.
"""

from collections.abc import Sequence
from pathlib import Path
from typing import Protocol

from scanstation.model.signing import PdfReport


class Verifier(Protocol):
    """Judges the signatures of a PDF against given roots."""

    def report(self, path: Path, trust: Sequence[Path]) -> PdfReport:
        """`trust` are PEM files of root CAs; errors.UnreadableInput when it is no PDF.

        A PDF that needs a password is errors.LockedInput.
        """
        ...
