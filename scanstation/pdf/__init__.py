"""Pages and text -> PDF/A-2u bytes, and safe reading of PDFs made elsewhere.

Only read.py opens foreign files. This room refuses to write a file it has not checked.
"""

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Protocol

import msgspec

from scanstation.model.page import PageFile, WorkedPage
from scanstation.pdf.record import DocumentRecord


class DocumentInfo(msgspec.Struct, frozen=True, kw_only=True):
    """What the file says about itself (XMP, rules of 11/2025 guidance where they fit)."""

    title: str
    created_at: str
    """ISO 8601 with offset; fixed by the caller, so the same input gives the same bytes."""
    identifier: str = ""
    creator_tool: str = "ScanStation"
    record: DocumentRecord = DocumentRecord()
    """Its kind is the title where nothing else is said."""


class ForeignPdf(msgspec.Struct, frozen=True, kw_only=True):
    """What a PDF somebody brought is, before anything is done with it."""

    pages: int
    signatures: int
    claim: str
    """"PDF/A-2b" and the like as its metadata claims; empty without one."""
    title: str = ""
    """As its metadata says."""


class PdfWriter(Protocol):
    """Writes and checks one PDF/A-2u."""

    def write(
        self,
        pages: Sequence[WorkedPage],
        info: DocumentInfo,
        target: Path,
        progress: Callable[[int], None],
    ) -> None:
        """Write `target`; errors.SelfCheckFailed when the result is not what was asked."""
        ...


class PdfReader(Protocol):
    """Looks into PDFs made elsewhere."""

    def inspect(self, path: Path) -> ForeignPdf:
        """errors.UnreadableInput, LockedInput or OversizedInput when it cannot be used."""
        ...

    def pages(self, path: Path, scratch: Path) -> Sequence[PageFile]:
        """Render every page at its own resolution into `scratch`."""
        ...
