"""What the stories tell whoever watches: the CLI prints them, the screen draws them."""

from collections.abc import Sequence
from enum import StrEnum
from pathlib import Path

import msgspec

from scanstation.model.arrange import PagesJoined, PagesOrdered
from scanstation.model.asking import Asked
from scanstation.model.delivery import QueueRow
from scanstation.model.dossier import Attachment, Page
from scanstation.model.page import Finding, PageFile


class Side(StrEnum):
    """Which side of the stack a page is of, while order is not decided."""

    ANY = ""
    FRONT = "front"
    BACK = "back"


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
    side: Side = Side.ANY


class PaperAwaited(msgspec.Struct, frozen=True, kw_only=True):
    """The feeder is empty; it is looked at again and again."""

    seconds: float
    """For at most so long."""


class Arranged(msgspec.Struct, frozen=True, kw_only=True):
    """Fronts and backs of this scan are in the paper's order."""

    order: tuple[int, ...]
    """0-based numbers of this scan's pages, as they came."""


class Joined(msgspec.Struct, frozen=True, kw_only=True):
    """Pages of this scan are images of one sheet."""

    pages: tuple[int, ...]
    """0-based numbers of this scan's pages, as they came."""


def act_of(event: object, pages: Sequence[str]) -> PagesOrdered | PagesJoined | None:
    """What the journal says of `event`, for a scan that gave `pages` so far; None for most."""
    match event:
        case Arranged(order=order):
            return PagesOrdered(tuple(pages[place] for place in order))
        case Joined(pages=images):
            return PagesJoined(tuple(pages[place] for place in images))
    return None


class ScanEnded(msgspec.Struct, frozen=True, kw_only=True):
    pages: int


Pause = Asked | PaperAwaited
ScanEvent = ScanStarted | ScanProgress | PageScanned | ScanEnded | Pause | Arranged | Joined


class PageSaved(msgspec.Struct, frozen=True, kw_only=True):
    """A page survives a power cut from now on."""

    page: Page
    position: int
    """1-based place in its component, so far."""
    side: Side = Side.ANY


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
