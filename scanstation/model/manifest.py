"""The words of a package: what dossier.json says (package-format.md, version 0)."""

import msgspec

from scanstation.model.account import Account
from scanstation.model.signing import Verdict

FORMAT = "scanstation.package"
VERSION = 0
COMPONENT, SOURCE = "component", "source"
"""Roles of files."""


class ComponentFile(msgspec.Struct, frozen=True, kw_only=True):
    """One file of a sealed component."""

    path: str
    """Inside the bag, such as data/representations/rep1/data/01-to-khai.pdf."""
    sha256: str
    size: int
    pages: int
    claim: str
    """"PDF/A-2u", "as received" for a PDF a citizen brought, "text" in a supplement."""
    role: str = COMPONENT
    """"component": the paper itself. "source": the born-digital PDF its pages were taken from."""
    made_with: str = ""
    """With what the station made it and how it read the pages, such as "ScanStation; tesseract
    5.3.0 vie quick"; empty for a file it did not make."""
    signatures: tuple[Verdict, ...] = ()


class LargeSheet(msgspec.Struct, frozen=True, kw_only=True):
    """A sheet larger than the glass, or bound, that stands in the file as several pages."""

    page: int
    """1-based page of the component's scanned file that shows its first image."""
    images: int
    """How many pages of the file show it, this one and those behind it."""


class ComponentEntry(msgspec.Struct, frozen=True, kw_only=True):
    """One line of the checklist as it was sealed."""

    number: int
    id: str
    title: str
    form: str = ""
    files: tuple[ComponentFile, ...] = ()
    scanned: int = 0
    """Page images in the files."""
    removed: int = 0
    """Tombstones: images taken and left out, each with a reason in events.json."""
    decisions: dict[str, int] = {}
    """How often what was decided: model.removal.Removal's classes of what was left out, pages and
    received PDFs, and "expunged" for what was destroyed."""
    account: Account | None = None
    """The clerk's account of the paper; None where none was asked for, or nothing was scanned."""
    large_sheets: tuple[LargeSheet, ...] = ()


class Manifest(msgspec.Struct, frozen=True, kw_only=True):
    """dossier.json: the package's account of itself."""

    schema: str = FORMAT
    version: int = VERSION
    package: str
    """UUIDv7 minted at sealing."""
    dossier: str
    case_code: str = ""
    """The official code, bound later by the central system; never invented here."""
    procedure: str
    procedure_title: str
    applicant: str
    agency: str
    station: str
    sequence: int
    """The station's gap-free count; the order of packages."""
    previous: str = ""
    """SHA-256 of the station's previous package file; empty for the first."""
    supersedes: str = ""
    """Id of the package this one corrects; a package itself never changes."""
    corrects: str = ""
    """Id of the dossier the superseded package is of; empty without one."""
    supplements: str = ""
    """Id of the package of the same dossier this one adds a better text to; empty for the
    dossier's own package."""
    sealed_at: str
    clerk: str
    """Who sealed; empty in a supplement, which the station makes by itself."""
    clerk_name: str
    software: str
    demo: bool = False
    components: tuple[ComponentEntry, ...]


class PackageReport(msgspec.Struct, frozen=True, kw_only=True):
    """What reading a package proves."""

    manifest: Manifest
    sha256: str
    """Of the package file."""
    size: int
    station_key: str
    """JWK JSON of the key that signed the seal; whether to trust it is the caller's matter."""
