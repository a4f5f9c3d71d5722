"""What clerks do to a dossier: one act an entry of its journal, never changed, never dropped."""

import msgspec

from scanstation.model.dossier import Attachment, Page
from scanstation.model.profile import Procedure


class Opened(msgspec.Struct, frozen=True, tag="opened", kw_only=True):
    dossier: str
    procedure: Procedure
    applicant: str = ""
    demo: bool = False
    supersedes: str = ""
    """Id of the package it corrects; empty for a first one."""
    corrects: str = ""
    """Id of the dossier that package is of."""
    reason: str = ""
    """Why it is corrected."""


class PageAdded(msgspec.Struct, frozen=True, tag="page-added"):
    page: Page


class AttachmentAdded(msgspec.Struct, frozen=True, tag="attachment-added"):
    attachment: Attachment


class PageMoved(msgspec.Struct, frozen=True, tag="page-moved"):
    page: str
    component: str
    position: int
    """0-based place among the component's standing pages; past the end appends."""


class PageRotated(msgspec.Struct, frozen=True, tag="page-rotated"):
    page: str
    degrees: int
    """Clockwise, a multiple of 90, added to what stands."""


class PageRemoved(msgspec.Struct, frozen=True, tag="page-removed"):
    page: str
    """Id of a page or an attachment."""
    reason: str


class PageReplaced(msgspec.Struct, frozen=True, tag="page-replaced"):
    page: Page
    """Its `replaces` names the page whose place it takes."""
    reason: str


class PagesTaken(msgspec.Struct, frozen=True, tag="pages-taken", kw_only=True):
    """From another dossier, each with an original of its own here; PagesGiven comes after it."""

    source: str
    """Id of the dossier they come from."""
    pages: tuple[Page, ...] = ()
    attachments: tuple[Attachment, ...] = ()


class Parked(msgspec.Struct, frozen=True, tag="parked"):
    reason: str


class Resumed(msgspec.Struct, frozen=True, tag="resumed"):
    pass


class Sealed(msgspec.Struct, frozen=True, tag="sealed"):
    package: str
    sha256: str
    sequence: int


class Withdrawn(msgspec.Struct, frozen=True, tag="withdrawn"):
    reason: str
    package: str = ""
    """Of a sealed dossier: its package, which is held in the outbox and was never delivered."""


class Rebuilt(msgspec.Struct, frozen=True, tag="rebuilt", kw_only=True):
    """The journal was unreadable; what follows was made from what was left of it."""

    damaged: str
    """Folder beside the journal in which the damaged one is kept."""
    kept: int
    """Entries before the damage; they are as they were."""
    pages: int
    """Pages found again behind it."""


class Undone(msgspec.Struct, frozen=True, tag="undone"):
    number: int


class Redone(msgspec.Struct, frozen=True, tag="redone"):
    number: int


Act = (
    Opened
    | PageAdded
    | AttachmentAdded
    | PageMoved
    | PageRotated
    | PageRemoved
    | PageReplaced
    | PagesTaken
    | Parked
    | Resumed
    | Sealed
    | Withdrawn
    | Rebuilt
    | Undone
    | Redone
)
UNDOABLE = (
    PageAdded,
    AttachmentAdded,
    PageMoved,
    PageRotated,
    PageRemoved,
    PageReplaced,
    PagesTaken,
)


def brought(act: Act) -> tuple[Page | Attachment, ...]:
    """The pages and attachments that an act brings into the dossier."""
    match act:
        case PageAdded(page) | PageReplaced(page):
            return (page,)
        case AttachmentAdded(attachment):
            return (attachment,)
        case PagesTaken():
            return (*act.pages, *act.attachments)
        case _:
            return ()


class Entry(msgspec.Struct, frozen=True, kw_only=True):
    """One act in a dossier's journal."""

    version: int = 1
    number: int
    """1, 2, 3 … without a gap."""
    at: str
    """ISO 8601, the station's clock; for people, never for order."""
    clerk: str
    act: Act
