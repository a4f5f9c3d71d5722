"""Why a page is not in the package: the classes that a sealed package counts.

Clerks give reasons in their own words; a class is told from the words they are offered. It decides
nothing about a page.
"""

from enum import StrEnum


class Removal(StrEnum):
    """Class of a tombstone."""

    BLANK = "blank"
    DUPLICATE = "duplicate"
    RESCANNED = "rescanned"
    FOREIGN = "not-of-this-dossier"
    UNREADABLE = "unreadable"
    MOVED = "moved"
    """It stands in another dossier now."""
    OTHER = "other"


class ExpungeReason(StrEnum):
    """Why content is destroyed; there is no other reason."""

    SECRET = "secret"
    """A paper with a secrecy mark: it must not be digitised (TT 01/2023/TT-VPCP)."""
    OTHER_CITIZEN = "other-citizen"
    CARD = "card"
    """An identity card scanned only to read its code; the fields read from it stay."""


_WORDS = {
    Removal.BLANK: ("blank", "trắng"),
    Removal.DUPLICATE: ("twice", "duplicate", "trùng", "hai lần"),
    Removal.FOREIGN: ("not of this dossier", "không thuộc", "nhầm"),
    Removal.UNREADABLE: ("unreadable", "blurred", "không đọc được", "mờ"),
}


def classified(reason: str) -> Removal:
    """The class that the words of a reason speak of, in either language."""
    words = reason.casefold()
    for kind, signs in _WORDS.items():
        if any(sign in words for sign in signs):
            return kind
    return Removal.OTHER
