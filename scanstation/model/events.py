"""What the stories tell whoever watches: the CLI prints them, the screen draws them."""

from pathlib import Path

import msgspec

from scanstation.model.delivery import QueueRow
from scanstation.model.dossier import Attachment, Page
from scanstation.model.page import Finding, PageFile


class ScanStarted(msgspec.Struct, frozen=True, kw_only=True):
    """The device took the settings; `actual` is what it read back, by option name."""

    device: str
    actual: dict[str, str]
    warnings: tuple[str, ...] = ()


class ScanProgress(msgspec.Struct, frozen=True, kw_only=True):
    page: int
    """1-based, within this scan."""
    lines: int
    expected: int
    """0 when the device does not know the length beforehand."""


class PageScanned(msgspec.Struct, frozen=True, kw_only=True):
    """A page lies in the scratch folder; not durable yet."""

    page: PageFile


class ScanEnded(msgspec.Struct, frozen=True, kw_only=True):
    pages: int


ScanEvent = ScanStarted | ScanProgress | PageScanned | ScanEnded


class PageSaved(msgspec.Struct, frozen=True, kw_only=True):
    """A page survives a power cut from now on."""

    page: Page
    position: int
    """1-based place in its component."""


class PdfAttached(msgspec.Struct, frozen=True):
    """An already signed PDF was taken byte for byte and survives a power cut."""

    attachment: Attachment


class Noticed(msgspec.Struct, frozen=True, kw_only=True):
    """What inspection remarked on a page that goes into a document."""

    page: int
    """1-based, within the document."""
    findings: tuple[Finding, ...]


class Step(msgspec.Struct, frozen=True, kw_only=True):
    """Progress of long work: `done` of `total` in whatever `what` counts."""

    what: str
    done: int
    total: int


class Warned(msgspec.Struct, frozen=True, kw_only=True):
    """Something the clerk should look at; nothing was changed because of it."""

    vi: str
    en: str

    def sentence(self, language: str) -> str:
        """The remark in "vi" or "en"."""
        return self.vi if language == "vi" else self.en


class SetAside(msgspec.Struct, frozen=True, kw_only=True):
    """A page of the pile that is none of the dossier's: kept, and removed with its reason."""

    page: Page
    component: str
    """Title of the component that follows."""
    reason: str


class Sorted(msgspec.Struct, frozen=True, kw_only=True):
    """A pile with separator sheets has come to its end."""

    found: int
    """Components whose separator was met."""
    expected: int
    """Components of the checklist that are scanned."""
    unmet: tuple[str, ...]
    """Titles of the others, whose sheet was not laid in or not read."""
    loose: int
    """Pages before the first separator; they went to the component asked for."""


class DossierQueued(msgspec.Struct, frozen=True, kw_only=True):
    """A sealed dossier lies in the outbox and survives a power cut."""

    row: QueueRow


class FileWritten(msgspec.Struct, frozen=True, kw_only=True):
    """A PDF was published."""

    path: Path
    pages: int
    signed: bool


Event = (
    ScanEvent
    | PageSaved
    | PdfAttached
    | Noticed
    | Step
    | Warned
    | SetAside
    | Sorted
    | DossierQueued
    | FileWritten
)
