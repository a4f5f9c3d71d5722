"""Who signed: the name on the right, beside the receivers or below the signer's title.

A signature block may stand anywhere on the last page of a text. It refuses names that stand in
running text, and says nothing when the block's own marks were not read.
"""

import re
from collections.abc import Iterator, Sequence

from scanstation.extract.layout import Piece, bare, unsure
from scanstation.model.field import Field, FieldName
from scanstation.model.page import Box, WorkedPage

_REACH = 0.28
"""Share of the page height from the title or «Nơi nhận» down to the name: 0.1 to 0.22 on 15
letters."""
_TITLES = re.compile(
    r"\b(chu tich|chu tic|giam doc|giam d|truong|chanh|bo truong|thu truong|cuc truong)\b"
)
_RECEIVERS = re.compile(r"^\W*(noi|moi) nhan\b")
_FILED = re.compile(r"^\W*luu\W+vt\b")


def signer(every: Sequence[Piece], page: WorkedPage, number: int) -> Iterator[Field]:
    """The lowest name of the first signature block, if there is one."""
    for name in names(every, page)[-1:]:
        yield Field(
            name=FieldName.SIGNER,
            value=name.text,
            page=number,
            box=name.box,
            confidence=name.confidence,
            unsure=unsure(name.words),
        )


def names(every: Sequence[Piece], page: WorkedPage) -> list[Piece]:
    """Names in the block's reach, from above."""
    top = anchor(every, page)
    if top is None:
        return []
    below = (one for one in every if top < one.box.y <= top + _REACH * page.height)
    right = [one for one in below if one.middle > 0.55 * page.width and _is_name(one.text)]
    return sorted(right, key=lambda one: one.box.y)


def anchor(every: Sequence[Piece], page: WorkedPage) -> int | None:
    """Where a signature block begins, pixels from the top; None when the page shows none."""
    receivers = [one.box.y for one in every if _RECEIVERS.match(bare(one.text))]
    filed = [one.box.y for one in every if _FILED.match(bare(one.text))]
    titles = [
        one.box.y
        for one in every
        if one.middle > 0.58 * page.width
        and one.box.width < 0.45 * page.width
        and one.text.isupper()
        and _TITLES.search(bare(one.text))
    ]
    if receivers:
        return min(receivers) - round(0.01 * page.height)
    if titles:
        return titles[0]
    return filed[0] - round(_REACH / 2 * page.height) if filed else None


def unread_place(every: Sequence[Piece], page: WorkedPage) -> Box | None:
    """Where a name should stand and none was read: under a seal, or stamped in coloured ink."""
    top = anchor(every, page)
    if top is None or names(every, page):
        return None
    left, high = int(0.5 * page.width), round(_REACH * page.height)
    top = max(0, top)
    return Box(left, top, page.width - left, min(high, page.height - top))


def _is_name(text: str) -> bool:
    words = text.split()
    return 2 <= len(words) <= 5 and all(word.isalpha() and word.istitle() for word in words)
