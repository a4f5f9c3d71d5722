"""How pages lie once a stack is scanned: fronts between backs, images of one sheet; pure.

Pages are durable one by one as they come; what is decided here is journalled afterwards, as one act
that undo takes back whole. Nothing is ever stitched: two images of one sheet stay two pages.
"""

from collections.abc import Sequence
from typing import Protocol, TypeVar

import msgspec


class PagesOrdered(msgspec.Struct, frozen=True, tag="pages-ordered"):
    """Fronts and backs of a stack put in the paper's order."""

    pages: tuple[str, ...]
    """Ids in their new order; they share out the places they had."""


class PagesJoined(msgspec.Struct, frozen=True, tag="pages-joined"):
    """These pages are images of one sheet that is larger than the glass, or bound."""

    pages: tuple[str, ...]
    """Ids in reading order; a single one is a sheet of its own again."""


class _Page(Protocol):
    @property
    def id(self) -> str: ...


_AnyPage = TypeVar("_AnyPage", bound=_Page)


def collated(fronts: int, backs: int, *, last_first: bool) -> tuple[int, ...]:
    """Places in paper order of pages that were scanned as `fronts`, then `backs`.

    Front 1, its back, front 2 … `last_first`: the turned stack began with its last sheet. What has
    no partner stands behind: nobody knows which sheet was missed.
    """
    behind = list(range(fronts, fronts + backs))
    if last_first:
        behind.reverse()
    pairs = min(fronts, backs)
    paired = [place for front in range(pairs) for place in (front, behind[front])]
    return (*paired, *range(pairs, fronts), *behind[pairs:])


def arranged(pages: Sequence[_AnyPage], act: PagesOrdered | PagesJoined) -> tuple[_AnyPage, ...]:
    """`pages` after `act`; ids that no longer stand are passed over."""
    return ordered(pages, act.pages) if isinstance(act, PagesOrdered) else joined(pages, act.pages)


def ordered(pages: Sequence[_AnyPage], wanted: Sequence[str]) -> tuple[_AnyPage, ...]:
    """`pages` with those of `wanted` in that order, in the places they share; others stay."""
    found = {page.id: page for page in pages if page.id in wanted}
    inserted = iter([found[name] for name in wanted if name in found])
    return tuple(next(inserted) if page.id in found else page for page in pages)


def joined(pages: Sequence[_AnyPage], wanted: Sequence[str]) -> tuple[_AnyPage, ...]:
    """`pages` with those of `wanted` numbered as images of one sheet."""
    one = len(wanted) < 2
    count = 0 if one else len(wanted)
    parts = {name: 0 if one else part for part, name in enumerate(wanted, start=1)}
    return tuple(
        msgspec.structs.replace(page, part=parts[page.id], parts=count)  # type: ignore[type-var]
        if page.id in parts
        else page
        for page in pages
    )


def with_the_one_above(pages: Sequence["SheetImage"], page_id: str) -> tuple[str, ...]:
    """Ids for PagesJoined when a page belongs to the sheet above it; empty without one above."""
    names = [page.id for page in pages]
    at = names.index(page_id) if page_id in names else 0
    if at == 0:
        return ()
    length = max(pages[at - 1].part, 1)
    return tuple(names[max(at - length, 0) : at + 1])


class SheetImage(Protocol):
    """A page that may be one image of several."""

    @property
    def id(self) -> str: ...

    @property
    def part(self) -> int: ...
