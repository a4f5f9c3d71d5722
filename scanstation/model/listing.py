"""Dossiers as lines of a list, and how their words are compared there; pure.

A line is derived from a journal and says nothing the journal does not. Words are compared without
tone marks, because clerks type names with and without them.
"""

import unicodedata
from collections.abc import Sequence

import msgspec

from scanstation.model.acts import Entry, Sealed
from scanstation.model.dossier import UNSEALED, Dossier, State

_STROKED = str.maketrans({"đ": "d", "Đ": "D"})  # a letter of its own, not a d with a mark


class Listed(msgspec.Struct, frozen=True, kw_only=True):
    """One dossier in a list."""

    id: str
    state: State
    reason: str = ""
    """Why it is parked or withdrawn."""
    applicant: str
    procedure: str
    """Its code."""
    title: str
    """The procedure's."""
    opened_at: str
    touched_at: str
    """ISO 8601 of its latest act."""
    clerks: tuple[str, ...]
    """Ids of everybody who acted on it, in order of their first act."""
    pages: int
    """Standing page images and pages of standing attachments."""
    package: str = ""
    sequence: int = 0
    """Its package's place in the station's sequence; 0 while it has none."""
    supersedes: str = ""
    """Id of the package it corrects or will correct."""
    demo: bool = False
    expunged: bool = False
    """Whether anything was expunged: a stop may have left some of it."""
    acts: int
    """Number of its last journal entry."""

    @property
    def unfinished(self) -> bool:
        """Whether somebody still has to seal or withdraw it."""
        return self.state in UNSEALED


class Indexed(msgspec.Struct, frozen=True, kw_only=True):
    """What is known of a dossier for finding it: the line that is listed, and what never is."""

    line: Listed
    values: tuple[str, ...]
    """Of its fields, as they stand; citizens' data, so they are searched and not shown."""
    destroyed: int
    """How many of its pages and attachments were expunged."""


class Wanted(msgspec.Struct, frozen=True, kw_only=True):
    """What a dossier is looked for by; what is empty does not count."""

    text: str = ""
    """Words or beginnings of words of name, code, procedure, id, package or fields' values, in any
    order.
    """
    procedure: str = ""
    """Its code, or the code's beginning."""
    day: str = ""
    """ISO date, or the beginning of one, on which it was opened or last touched."""
    clerk: str = ""
    state: State | None = None


def listed(dossier: Dossier, entries: Sequence[Entry]) -> Listed:
    """The line of a dossier whose journal is `entries`."""
    standing = [one for one in dossier.attachments if not one.removed and not one.kept_for]
    sealed = [one.act.sequence for one in entries if isinstance(one.act, Sealed)]
    return Listed(
        id=dossier.id,
        state=dossier.state,
        reason=dossier.reason,
        applicant=dossier.applicant,
        procedure=dossier.procedure.code,
        title=dossier.procedure.title,
        opened_at=dossier.opened_at,
        touched_at=entries[-1].at,
        clerks=tuple(dict.fromkeys(entry.clerk for entry in entries)),
        pages=len(dossier.pages) + sum(one.pages for one in standing),
        package=dossier.package,
        sequence=sealed[-1] if sealed else 0,
        supersedes=dossier.supersedes,
        demo=dossier.demo,
        expunged=bool(dossier.expunged),
        acts=dossier.acts,
    )


def indexed(dossier: Dossier, entries: Sequence[Entry]) -> Indexed:
    """The dossier whose journal is `entries`, for the index."""
    return Indexed(
        line=listed(dossier, entries),
        values=tuple(dict.fromkeys(one.value for one in dossier.fields.values())),
        destroyed=len(dossier.expunged),
    )


def said_of(line: Listed, values: Sequence[str] = ()) -> str:
    """Everything a dossier is found by, with its tone marks."""
    number = str(line.sequence) if line.sequence else ""
    words = (line.applicant, line.procedure, line.title, line.id, line.package, number, line.reason)
    return unicodedata.normalize("NFC", " ".join(filter(None, (*words, *values)))).casefold()


def plain(text: str) -> str:
    """`text` in small letters without marks: «Nguyễn Văn Đường» is "nguyen van duong"."""
    letters = unicodedata.normalize("NFD", text.translate(_STROKED).casefold())
    return "".join(one for one in letters if not unicodedata.combining(one))


def marked_words(text: str) -> tuple[str, ...]:
    """The words of `text` that carry marks, as `said_of` writes them."""
    words = unicodedata.normalize("NFC", text).casefold().split()
    return tuple(word for word in words if plain(word) != word)
