"""What a dossier is: its checklist and the pages that stand in it.

An act is never changed or dropped (acts.py); what stands is the fold of them (fold.py). A removed
page stays as a tombstone with its reason.
"""

from enum import StrEnum

import msgspec

from scanstation.model.account import Account
from scanstation.model.page import Box, Mode
from scanstation.model.profile import Component, Procedure, Treatment
from scanstation.model.removal import ExpungeReason, Removal


class State(StrEnum):
    """Where a dossier stands at the station."""

    OPEN = "open"
    PARKED = "parked"
    SEALED = "sealed"
    WITHDRAWN = "withdrawn"


UNSEALED = (State.OPEN, State.PARKED)
SOURCE, LENT, TEXT = "source", "lent", "text"
"""What an attachment may be kept for, other than for itself."""


class Origin(msgspec.Struct, frozen=True, kw_only=True):
    """The dossier a page was moved from; its original lies there as well."""

    dossier: str
    page: str
    """Id of the page or attachment there."""
    clerk: str
    """Who scanned or imported it: by rule the one who signs."""


class Page(msgspec.Struct, frozen=True, kw_only=True):
    """A durable page of a dossier: its untouched original and where it belongs."""

    id: str
    sha256: str
    """Of the stored original file; also its name in the workspace, with `suffix`."""
    suffix: str
    """".png", ".jpg", ".tif": how the original is stored."""
    component: str
    width: int
    height: int
    dpi: float
    """0 when the scale is unknown (a phone photo)."""
    mode: Mode
    source: str = ""
    rotation: int = 0
    """Clockwise quarter turns asked by the clerk: 0, 90, 180 or 270 degrees."""
    removed: str = ""
    """Reason of the tombstone; empty while the page stands."""
    removed_as: Removal | None = None
    removed_by: str = ""
    """Id of the clerk."""
    replaces: str = ""
    """Id of the page it was scanned again for."""
    origin: Origin | None = None
    """None for a page that was scanned or imported here."""
    warnings: tuple[str, ...] = ()
    treatment: Treatment = Treatment()
    part: int = 0
    """1-based number of this image of a large or bound sheet; 0: it shows a whole sheet side."""
    parts: int = 0
    """How many images that sheet was taken in."""
    taken_from: str = ""
    """SHA-256 of the kept PDF it is a page of, when that has text of its own."""
    taken_page: int = 0
    """1 for the first."""


class Attachment(msgspec.Struct, frozen=True, kw_only=True):
    """A PDF a citizen brought, kept byte for byte: signed, or the source of pages."""

    id: str
    sha256: str
    component: str
    name: str
    pages: int
    signatures: int
    origin: Origin | None = None
    removed: str = ""
    removed_as: Removal | None = None
    removed_by: str = ""
    kept_for: str = ""
    """Empty: it is the component itself. "source": its pages were taken into the dossier, and it
    travels beside them. "lent": pages of it stand in another dossier as well, so it only lends its
    text and stays at the station. "text": so does one whose text nobody sees."""


class FieldValue(msgspec.Struct, frozen=True, kw_only=True):
    """What a field holds now."""

    value: str
    confirmed: bool
    """True: a clerk compared it with the paper."""
    page: str = ""
    """Id of the page it was read on; empty when it was typed."""
    box: Box | None = None
    """Where, in pixels of the clean page."""
    clerk: str
    at: str


class Expunction(msgspec.Struct, frozen=True, kw_only=True):
    """What is left of a page or attachment whose content was destroyed."""

    page: str
    component: str
    reason: ExpungeReason
    note: str
    clerk: str
    at: str


class Dossier(msgspec.Struct, frozen=True, kw_only=True):
    """What stands after all acts that were not undone."""

    id: str
    procedure: Procedure
    applicant: str
    opened_at: str
    opened_by: str
    demo: bool = False
    supersedes: str = ""
    """Id of the package its own will correct; empty for a first one."""
    corrects: str = ""
    """Id of the dossier that package is of."""
    state: State = State.OPEN
    reason: str = ""
    """Why it is parked or withdrawn."""
    pages: tuple[Page, ...] = ()
    """Standing pages; the order within a component is the paper's order."""
    tombstones: tuple[Page, ...] = ()
    attachments: tuple[Attachment, ...] = ()
    accounts: dict[str, Account] = {}
    """By component id, as last declared; whether it adds up is for model.reckoning to say."""
    fields: dict[str, FieldValue] = {}
    """By field name."""
    expunged: tuple[Expunction, ...] = ()
    package: str = ""
    acts: int = 0
    """Number of the last journal entry."""

    def of(self, component: str) -> tuple[Page, ...]:
        """Standing pages of a component in order."""
        return tuple(page for page in self.pages if page.component == component)

    def attached(self, component: str) -> tuple[Attachment, ...]:
        """Standing attachments of a component in order of arrival."""
        return tuple(
            one
            for one in self.attachments
            if one.component == component and not one.removed and not one.kept_for
        )

    def sources(self, component: str) -> tuple[Attachment, ...]:
        """Born-digital PDFs that came for a component, while a page taken from them stands.

        None of which a page belongs elsewhere: it shows that page too.
        """
        taken = {page.taken_from for page in self.pages}
        return tuple(
            one
            for one in self.attachments
            if one.component == component
            and not one.removed
            and one.kept_for == SOURCE
            and one.sha256 in taken
            and not self.given_away(one.sha256)
        )

    def given_away(self, pdf: str) -> tuple[Page, ...]:
        """Pages of a kept PDF that stand here no more because they belong elsewhere."""
        here = {(page.taken_from, page.taken_page) for page in self.pages}
        return tuple(
            one
            for one in self.tombstones
            if one.taken_from == pdf
            and one.removed_as in (Removal.MOVED, Removal.FOREIGN)
            and (pdf, one.taken_page) not in here
        )

    def page(self, page_id: str) -> Page | None:
        """The standing page with that id or unambiguous id ending, or None."""
        found = [page for page in self.pages if page.id.endswith(page_id)]
        return found[0] if page_id and len(found) == 1 else None

    @property
    def missing(self) -> tuple[Component, ...]:
        """Required components to be scanned that have neither page nor attachment."""
        return tuple(
            one
            for one in self.procedure.components
            if one.required and one.scan and not self.of(one.id) and not self.attached(one.id)
        )
