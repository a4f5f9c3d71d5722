"""A proposed value with its evidence: what was read, where, how surely, and who agreed."""

from collections.abc import Iterable
from enum import StrEnum

import msgspec

from scanstation.model.box import Box


class FieldName(StrEnum):
    """Fields the rules ask for (TT 01/2023/TT-VPCP Đ9) that this station can propose."""

    NUMBER_SYMBOL = "number-symbol"
    PLACE = "place"
    DATE = "date"
    """ISO 8601, as far as it was read: "2025-01" when the day was not."""
    TYPE = "type"
    AGENCY = "agency"
    ABSTRACT = "abstract"
    SIGNER = "signer"
    URGENCY = "urgency"
    PERSONAL_NUMBER = "personal-number"
    OLD_NUMBER = "old-number"
    NAME = "name"
    BORN = "born"
    SEX = "sex"
    RESIDENCE = "residence"
    CARD_ISSUED = "card-issued"


class Evidence(StrEnum):
    """What a value was read from."""

    CODE = "code"
    PRINT = "print"
    STAMP = "stamp"
    HANDWRITING = "handwriting"
    """Part of it is written by hand and left out of the value: the clerk types it."""


class Field(msgspec.Struct, frozen=True, kw_only=True):
    """One extracted value; a proposal until a clerk confirms it."""

    name: FieldName
    value: str
    """As read, NFC; never silently corrected."""
    page: int = 0
    """1-based page of the component it was read on; 0 while the page stands alone."""
    box: Box
    """Where, in pixels of the clean page."""
    confidence: float
    """0 to 100: the engine's mean over the words, 100 for a code with its own checksum."""
    evidence: Evidence = Evidence.PRINT
    doubts: tuple[str, ...] = ()
    """Rules that the value breaks, by name; the value may be right and the rule wrong."""
    unsure: tuple[str, ...] = ()
    """Words it was read from that are in doubt (Word.doubt), as they were read."""
    confirmed: bool = False

    @property
    def to_type(self) -> bool:
        """Whether a clerk must type it: handwriting, or a number or date not surely read."""
        exact = self.name in (FieldName.NUMBER_SYMBOL, FieldName.DATE)
        return self.evidence is Evidence.HANDWRITING or (exact and bool(self.unsure))


def first_of_each(fields: Iterable[Field]) -> tuple[Field, ...]:
    """The proposals of a component: the first of every kind, page by page.

    What follows a letter in the same component is its annexes, whose own heads and signers are
    not the letter's.
    """
    kept: dict[FieldName, Field] = {}
    for one in fields:
        kept.setdefault(one.name, one)
    return tuple(kept.values())
