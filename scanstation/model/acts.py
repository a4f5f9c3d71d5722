"""What clerks do to a dossier: one act an entry of its journal, never changed, never dropped."""

import msgspec

from scanstation.model.account import Account
from scanstation.model.arrange import PagesJoined, PagesOrdered
from scanstation.model.dossier import Attachment, Page
from scanstation.model.page import Box
from scanstation.model.profile import Procedure
from scanstation.model.removal import ExpungeReason


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


class PagesMoved(msgspec.Struct, frozen=True, tag="pages-moved"):
    """Split and merge: several pages at once, so that one undo takes all of them back."""

    pages: tuple[str, ...]
    """Ids of pages and attachments, in the order they shall have."""
    component: str
    position: int
    """0-based place among the other standing pages of the component; past the end appends."""


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


class PagesGiven(msgspec.Struct, frozen=True, tag="pages-given"):
    """To another dossier, which holds them already; here they become tombstones."""

    pages: tuple[str, ...]
    target: str
    """Id of the dossier that took them."""


class AccountGiven(msgspec.Struct, frozen=True, tag="account-given"):
    component: str
    account: Account


class FieldSet(msgspec.Struct, frozen=True, tag="field-set"):
    field: str
    value: str
    """NFC; empty takes the field away."""
    confirmed: bool = True
    page: str = ""
    """Id of the page it was read on; empty when it was typed."""
    box: Box | None = None


class Expunged(msgspec.Struct, frozen=True, tag="expunged", kw_only=True):
    """The intention comes first, then the content is destroyed; recovery completes it.

    The entry that brought the page keeps its number and the page's id and nothing else.
    """

    page: str
    """Id of a page or attachment, also of one that was removed or undone."""
    component: str
    reason: ExpungeReason
    note: str = ""


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
    | PagesMoved
    | PageRotated
    | PageRemoved
    | PageReplaced
    | PagesOrdered
    | PagesJoined
    | PagesTaken
    | PagesGiven
    | AccountGiven
    | FieldSet
    | Expunged
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
    PagesMoved,
    PageRotated,
    PageRemoved,
    PageReplaced,
    PagesOrdered,
    PagesJoined,
    PagesTaken,
    PagesGiven,
    AccountGiven,
    FieldSet,
)


def subjects(act: Act) -> frozenset[str]:
    """Ids of the pages and attachments that an act on pages is about; empty for the others."""
    match act:
        case PageAdded(page):
            return frozenset({page.id})
        case PageReplaced(page):
            return frozenset({page.id, page.replaces})
        case AttachmentAdded(attachment):
            return frozenset({attachment.id})
        case PagesTaken():
            return frozenset(one.id for one in brought(act))
        case PagesMoved(pages) | PagesGiven(pages) | PagesOrdered(pages) | PagesJoined(pages):
            return frozenset(pages)
        case PageMoved(page) | PageRotated(page) | PageRemoved(page):
            return frozenset({page})
        case _:
            return frozenset()


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

    version: int = 2
    number: int
    """1, 2, 3 … without a gap."""
    at: str
    """ISO 8601, the station's clock; for people, never for order."""
    clerk: str
    act: Act
