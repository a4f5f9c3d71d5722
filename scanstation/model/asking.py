"""What the program asks the clerk while paper lies at the scanner, and the answers there are.

A question is an event like any other, so everybody sees it; the answer comes through a Hand. Who
has nobody to ask answers with the last of `answers`, which never scans and never loses a page.
"""

from collections.abc import Callable
from contextlib import AbstractContextManager
from enum import StrEnum
from typing import Protocol

import msgspec

from scanstation.i18n import _


class Question(StrEnum):
    """Why the scan has paused."""

    NEXT = "next"
    """A page of a book is done."""
    PART = "part"
    """An image of a large sheet is done, another one is to come."""
    TURN = "turn"
    """All fronts are done."""
    UNEVEN = "uneven"
    """There are not as many backs as fronts."""
    TROUBLE = "trouble"
    """A fault, within something that can go on where it stopped."""


class Answer(StrEnum):
    """What the clerk can say."""

    GO_ON = "go-on"
    PAIR = "pair"
    """Put fronts and backs together as far as they go."""
    END = "end"


class Asked(msgspec.Struct, frozen=True, kw_only=True):
    """The scan waits for the clerk."""

    question: Question
    answers: tuple[Answer, ...]
    """The first is the usual one, the last is the answer of nobody."""
    fronts: int = 0
    """Pages of this scan so far; in a scan of both sides its fronts."""
    backs: int = 0
    part: int = 0
    """1-based number of the image that comes next, of `parts` of one sheet."""
    parts: int = 0
    last_first: bool = True
    """Turned as it lies, so that the last sheet's back is scanned first."""
    vi: str = ""
    """The clerk's sentence for a fault."""
    en: str = ""


class Hand(Protocol):
    """The clerk at the scanner, as a scan in a thread sees it."""

    def answer(self, asked: Asked) -> Answer:
        """Wait for the answer; one of `asked.answers`."""
        ...

    def waits(self, seconds: float) -> bool:
        """Wait; True at once when the clerk stops the scan."""
        ...

    @property
    def stopped(self) -> bool:
        """Whether the clerk has stopped the scan."""
        ...

    def stopping(self, close: Callable[[], None]) -> AbstractContextManager[None]:
        """Within this, a stop calls `close` from another thread, however silent the device is."""
        ...


# --- words ------------------------------------------------------------------------------------


def question(asked: Asked, language: str) -> str:
    """What the clerk reads."""
    match asked.question:
        case Question.NEXT:
            return _("Page {n} is done. Lay the next page on the glass.").format(n=asked.fronts)
        case Question.PART:
            said = _("Move the same sheet on: image {part} of {parts} comes next.")
            return said.format(part=asked.part, parts=asked.parts)
        case Question.TURN:
            return _turn(asked)
        case Question.UNEVEN:
            said = _("{fronts} fronts, but {backs} backs: a sheet was missed or pulled twice.")
            return said.format(fronts=asked.fronts, backs=asked.backs)
        case Question.TROUBLE:
            return asked.vi if language == "vi" else asked.en


def _turn(asked: Asked) -> str:
    if asked.last_first:
        how = _(
            "Take the stack out as it lies, do not sort it, and put it back with the backs where"
            " the fronts were and the heads at the same end; the last sheet is scanned first."
        )
    else:
        how = _(
            "Sort the sheets in their first order and put them back with the backs where the fronts"
            " were and the heads at the same end; the first sheet is scanned first."
        )
    done = _("All fronts are scanned ({n}). Now the backs.").format(n=asked.fronts)
    return f"{done} {how}"


def answer_word(asked: Asked, answer: Answer) -> str:
    """What an answer does, for a key or a line."""
    if answer is Answer.PAIR:
        return _("pair them as far as they go")
    ends = answer is Answer.END
    match asked.question:
        case Question.NEXT:
            return _("finished") if ends else _("scan the next page")
        case Question.PART:
            return _("no further image") if ends else _("scan this part")
        case Question.TURN:
            return _("no backs") if ends else _("scan the backs")
        case Question.UNEVEN:
            return _("leave them as scanned") if ends else _("scan the missing backs")
        case Question.TROUBLE:
            return _("stop here") if ends else _("scan on")
