"""What each status of central means for each verb: the retry table, in one place.

It decides from verb and status alone; whether an answer is central's at all is decided before.
"""

from enum import Enum, auto


class Verdict(Enum):
    """What to do about an answer."""

    DONE = auto()
    MEASURE = auto()
    """Our offset is wrong: HEAD."""
    ANNOUNCE = auto()
    """Central does not know the upload (any more): say it again."""
    HALVE = auto()
    """The PATCH is too long."""
    RESEND = auto()
    """The bytes arrived altered and were dropped."""
    LATER = auto()
    """Central cannot now; Retry-After says when."""
    DENIED = auto()
    """The station is not let in; no fault of this package."""
    REFUSED = auto()
    """This package is not taken; a person must look."""


_EXACT = {
    ("PATCH", 409): Verdict.MEASURE,
    ("PATCH", 423): Verdict.MEASURE,
    ("PATCH", 404): Verdict.ANNOUNCE,
    ("PATCH", 410): Verdict.ANNOUNCE,
    ("PATCH", 413): Verdict.HALVE,
    ("HEAD", 404): Verdict.ANNOUNCE,
    ("HEAD", 410): Verdict.ANNOUNCE,
    ("POST", 202): Verdict.LATER,
    ("POST", 404): Verdict.LATER,
    ("POST", 409): Verdict.LATER,
    ("POST", 410): Verdict.LATER,
    ("POST", 422): Verdict.RESEND,
    ("GET", 202): Verdict.LATER,
    ("GET", 404): Verdict.LATER,
    ("GET", 410): Verdict.LATER,
}
"""For POST (commit) and GET (receipt) a missing package means a new announcement next pass."""

_ANY_VERB = {
    401: Verdict.DENIED,
    403: Verdict.REFUSED,
    408: Verdict.LATER,
    423: Verdict.LATER,
    425: Verdict.LATER,
    429: Verdict.LATER,
}


def verdict(verb: str, status: int) -> Verdict:
    """What `status` means as an answer to `verb`; redirects never come here."""
    if (verb, status) in _EXACT:
        return _EXACT[verb, status]
    if 200 <= status < 300:
        return Verdict.DONE
    if status in _ANY_VERB:
        return _ANY_VERB[status]
    return Verdict.LATER if status >= 500 else Verdict.REFUSED
