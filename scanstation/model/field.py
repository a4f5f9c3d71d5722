"""A proposed value with its evidence: what was read, where, how surely, and who agreed."""

from enum import StrEnum

import msgspec

from scanstation.model.page import Box


class FieldName(StrEnum):
    """Fields the rules ask for (TT 01/2023/TT-VPCP Đ9) that this station can propose."""

    NUMBER_SYMBOL = "number-symbol"
    PLACE = "place"
    DATE = "date"
    """ISO 8601, as far as it was read: "2025-01" when the day was not."""
    TYPE = "type"
    AGENCY = "agency"
    SIGNER = "signer"
    PERSONAL_NUMBER = "personal-number"
    OLD_NUMBER = "old-number"
    NAME = "name"
    BORN = "born"
    SEX = "sex"
    RESIDENCE = "residence"
    CARD_ISSUED = "card-issued"


class Field(msgspec.Struct, frozen=True, kw_only=True):
    """One extracted value; a proposal until a clerk confirms it."""

    name: FieldName
    value: str
    """As read, NFC; never silently corrected."""
    page: int
    """1-based page of the component it was read on."""
    box: Box
    """Where, in pixels of the clean page."""
    confidence: float
    """0 to 100: the engine's mean over the words, 100 for a code with its own checksum."""
    confirmed: bool = False
