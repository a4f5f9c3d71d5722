"""One page's text, codes and stamps -> its proposals and what in them a clerk must look at."""

from collections.abc import Sequence
from datetime import date

import msgspec

from scanstation.extract import idcard, letter, marks
from scanstation.extract.layout import Piece, pieces
from scanstation.extract.signer import signer, unread_place
from scanstation.model.box import Box
from scanstation.model.field import Evidence, Field, FieldName, first_of_each
from scanstation.model.page import Finding, FindingKind, PageText, WorkedPage

_READ_AT_ALL = 1.0


class StampText(msgspec.Struct, frozen=True):
    """What one framed or red stamp says."""

    text: str
    box: Box
    confidence: float


def propose(page: WorkedPage, stamps: Sequence[StampText], today: date) -> WorkedPage:
    """The page with its fields, and the findings SECRET and CARD_DOUBT where they are due."""
    found = (
        *idcard.fields(page, 0, today),
        *letter.fields(page),
        *_urgency(page, stamps),
    )
    remarks = (*_secrecy(page, stamps), *idcard.doubts(page, today))
    return msgspec.structs.replace(
        page, fields=first_of_each(found), findings=(*page.findings, *remarks)
    )


def again(page: WorkedPage) -> WorkedPage:
    """The page with what its text proposes now; codes and stamps are not read from it and stay.

    So does a value that only the text before gave, and any finding; a secrecy mark may be added.
    """
    evidence = {kind: [one for one in page.fields if one.evidence is kind] for kind in Evidence}
    anew = (*evidence[Evidence.CODE], *letter.fields(page), *evidence[Evidence.STAMP])
    known = any(one.kind is FindingKind.SECRET for one in page.findings)
    remarks = () if known else _secrecy(page, ())
    return msgspec.structs.replace(
        page,
        fields=first_of_each((*anew, *page.fields)),
        findings=(*page.findings, *remarks),
    )


def with_signer(page: WorkedPage, second: PageText) -> WorkedPage:
    """The page with a signer found by reading the place of the name again."""
    read = (*pieces(page.text), *pieces(second))
    return msgspec.structs.replace(page, fields=(*page.fields, *signer(read, page, 0)))


def unread_name(page: WorkedPage) -> Box | None:
    """Where a signer's name was expected and not read."""
    return unread_place(pieces(page.text), page)


def _secrecy(page: WorkedPage, stamps: Sequence[StampText]) -> tuple[Finding, ...]:
    """The surest secrecy mark, printed or stamped."""
    printed = [one.confidence for _, one in marks.in_head(pieces(page.text), page.height)]
    pressed = [one.confidence for one in stamps if marks.stamped(one.text) in marks.SECRECY]
    sure = max((*printed, *pressed), default=0.0)
    return (Finding(FindingKind.SECRET, sure, _READ_AT_ALL),) if printed or pressed else ()


def _urgency(page: WorkedPage, stamps: Sequence[StampText]) -> tuple[Field, ...]:
    """The degree of urgency, stamped in the head or printed there on a line of its own."""
    pressed = ((marks.stamped(one.text), one.box, one.confidence) for one in stamps)
    printed = ((marks.stamped(one.text), one.box, one.confidence) for one in _head(page))
    return tuple(
        Field(
            name=FieldName.URGENCY,
            value=degree,
            box=box,
            confidence=confidence,
            evidence=Evidence.STAMP,
        )
        for degree, box, confidence in (*pressed, *printed)
        if degree in marks.URGENCY
    )


def _head(page: WorkedPage) -> tuple[Piece, ...]:
    return tuple(
        one for one in pieces(page.text) if one.box.y < page.height / 3 and one.text.isupper()
    )
