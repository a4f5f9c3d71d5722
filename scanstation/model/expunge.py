"""What is left in a journal of a page whose content was destroyed; pure.

The entry keeps its number, the page's id and its place, so that every later act still fits. It
refuses to keep what could tell anything about the paper: hash, size, source, name, value read.
"""

from collections.abc import Iterable, Mapping

import msgspec

from scanstation.model.acts import (
    Act,
    AttachmentAdded,
    Entry,
    Expunged,
    FieldSet,
    PageAdded,
    PageReplaced,
    PagesTaken,
    brought,
)
from scanstation.model.dossier import Attachment, Page
from scanstation.model.page import Mode
from scanstation.model.removal import ExpungeReason


def expunged(entries: Iterable[Entry]) -> dict[str, ExpungeReason]:
    """Reason by id of everything that was expunged or is being expunged."""
    acts = (entry.act for entry in entries)
    return {act.page: act.reason for act in acts if isinstance(act, Expunged)}


def stubbed(entry: Entry, gone: Mapping[str, ExpungeReason]) -> Entry:
    """`entry` without the content of what is gone; itself when it holds none."""
    act = _stub(entry.act, gone)
    return entry if act == entry.act else msgspec.structs.replace(entry, act=act)


def is_destroyed(field_page: str, gone: Mapping[str, ExpungeReason]) -> bool:
    """Whether a value read on that page goes with it: a card is scanned only for its values."""
    return gone.get(field_page, ExpungeReason.CARD) is not ExpungeReason.CARD


def holding(entries: Iterable[Entry]) -> dict[str, Page | Attachment]:
    """Everything ever brought in whose content the journal still names, undone ones too."""
    found = (one for entry in entries for one in brought(entry.act))
    return {one.id: one for one in found if one.sha256}


def _stub(act: Act, gone: Mapping[str, ExpungeReason]) -> Act:
    match act:
        case PageAdded(page) if page.id in gone:
            return PageAdded(_page(page))
        case PageReplaced(page, reason) if page.id in gone:
            return PageReplaced(_page(page), reason)
        case AttachmentAdded(attachment) if attachment.id in gone:
            return AttachmentAdded(_attachment(attachment))
        case PagesTaken():
            return PagesTaken(
                source=act.source,
                pages=tuple(_page(one) if one.id in gone else one for one in act.pages),
                attachments=tuple(
                    _attachment(one) if one.id in gone else one for one in act.attachments
                ),
            )
        case FieldSet(field, _value, confirmed, page) if is_destroyed(page, gone):
            return FieldSet(field, "", confirmed, page)
        case _:
            return act


def _page(page: Page) -> Page:
    return Page(
        id=page.id,
        sha256="",
        suffix="",
        component=page.component,
        width=0,
        height=0,
        dpi=0,
        mode=Mode.BITONAL,
        replaces=page.replaces,
        origin=page.origin,
    )


def _attachment(one: Attachment) -> Attachment:
    return Attachment(
        id=one.id,
        sha256="",
        component=one.component,
        name="",
        pages=0,
        signatures=0,
        origin=one.origin,
    )
