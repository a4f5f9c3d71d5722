"""The paper's account: what the clerk says was handed in, and whether the images bear it out.

TT 01/2023/TT-VPCP Đ8(2): originals are reconciled with copies, one image for each printed side in
order, two for a page with a sticky note. It refuses to guess: a difference is explained, or open.
"""

from collections.abc import Iterator
from enum import StrEnum

import msgspec

from scanstation.i18n import _


class Demand(StrEnum):
    """Whether sealing waits for a component's account."""

    REQUIRED = "required"
    OPTIONAL = "optional"
    """It may be missing; one that was given must add up all the same."""


class Form(StrEnum):
    """What kind of paper was handed in (TT 01/2023/TT-VPCP Đ5)."""

    ORIGINAL = "original"
    REGISTER_COPY = "register-copy"
    CERTIFIED_COPY = "certified-copy"
    COMPARED_COPY = "compared-copy"
    """A photocopy that the clerk compared with the original."""


class Fate(StrEnum):
    """What happens to the paper after scanning."""

    RETURNED = "returned"
    KEPT = "kept"
    FORWARDED = "forwarded"


class Account(msgspec.Struct, frozen=True, kw_only=True):
    """One component's paper, declared by the clerk; images are counted, never declared."""

    form: Form = Form.ORIGINAL
    sheets: int
    """At least 1."""
    two_sided: int = 0
    """Sheets with print on both sides: one image more each."""
    notes: int = 0
    """Pages with a sticky note, scanned with it and without it: one image more each."""
    blank_backs: int = 0
    """Blank backs that were kept as images: one image more each."""
    left_out: int = 0
    """Printed sides that were not scanned; `why` says for what reason."""
    why: str = ""
    fate: Fate = Fate.RETURNED

    @property
    def images(self) -> int:
        """How many images such paper makes."""
        return self.sheets + self.two_sided + self.notes + self.blank_backs - self.left_out


def faults(account: Account) -> Iterator[str]:
    """Why the account makes no sense in itself, a sentence each; none when it does."""
    numbers = (account.two_sided, account.notes, account.blank_backs, account.left_out)
    if account.sheets < 1 or min(numbers) < 0:
        yield _("the number of sheets is at least 1, the others are not below 0")
    elif account.two_sided + account.blank_backs > account.sheets:
        yield _("there are more backs than sheets")
    if account.left_out and not account.why.strip():
        yield _("a side that was not scanned needs a reason")


def difference(account: Account, images: int, removed: int) -> str:
    """What does not add up, for the clerk; empty when it does.

    `images` are the component's standing pages, `removed` its tombstones that nothing replaced.
    """
    if account.images == images:
        return ""
    told = _("{sheets} sheets make {expected} images, there are {images}").format(
        sheets=account.sheets, expected=account.images, images=images
    )
    if images < account.images and removed:
        told += " " + _("({n} were removed)").format(n=removed)
    return told
