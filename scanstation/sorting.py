"""A pile with separator sheets falls into the components they name.

Every scanned page is read for a separator's code before it is adopted, so that it goes where it
belongs at once. A separator is kept like any page and then removed with its reason: the count of
images equals the count of pages fed (TT 01/2023/TT-VPCP Đ8), and undo brings a wrong guess back.
The empty back of a separator fed on both sides goes the same way. It refuses to guess: a separator
of another procedure stops the pile, and what a damaged one hides shows in the count at the end.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

from scanstation import errors
from scanstation.model.dossier import Page
from scanstation.model.events import SetAside, Sorted
from scanstation.model.page import PageFile
from scanstation.model.profile import Component, Procedure
from scanstation.sheets.payload import Separator, claims_to_separate, parse

SEPARATOR = "tờ phân cách"
SEPARATOR_BACK = "mặt sau tờ phân cách"
"""Reasons in the journal, in the clerk's language like those a clerk gives."""


@dataclass(frozen=True)
class Glance:
    """What is seen of a page before it is adopted."""

    codes: tuple[str, ...]
    blank: bool


Glancer = Callable[[PageFile], Glance]


@dataclass(frozen=True)
class Place:
    """Where a page goes."""

    component: str
    tombstone: str = ""
    """Reason for which it is removed at once; empty for a page of the dossier."""


@dataclass
class Pile:
    """One scan or import in progress: which component the next page belongs to."""

    procedure: Procedure
    component: str
    glance: Glancer | None
    """None for a pile without separators: every page goes to `component`."""
    found: list[str] = field(default_factory=list)
    loose: int = 0
    """Pages before the first separator."""
    _fresh: bool = False

    def place(self, page: PageFile) -> Place:
        """Where `page` goes; errors.StrangeSeparator for a sheet of another procedure."""
        if self.glance is None:
            return Place(self.component)
        seen = self.glance(page)
        separator = self._separator(seen)
        back, self._fresh = self._fresh and seen.blank, separator is not None
        if separator is not None:
            self.component = separator.component
            self.found.append(separator.component)
            return Place(self.component, SEPARATOR)
        if back:
            return Place(self.component, SEPARATOR_BACK)
        self.loose += not self.found
        return Place(self.component)

    def result(self) -> Iterator[Sorted]:
        """What was found of what the checklist has; nothing for a pile without separators."""
        if self.glance is None:
            return
        named = tuple(one for one in self._expected() if one.id in self.found)
        unmet = tuple(one.title for one in self._expected() if one.id not in self.found)
        yield Sorted(
            found=len(named), expected=len(named) + len(unmet), unmet=unmet, loose=self.loose
        )

    def _expected(self) -> Iterator[Component]:
        return (one for one in self.procedure.components if one.scan)

    def _separator(self, seen: Glance) -> Separator | None:
        for text in seen.codes:
            found = parse(text)
            if found is None and claims_to_separate(text):
                raise errors.StrangeSeparator(says=text.partition("|")[2] or "–")
            if found is not None:
                if found.procedure != self.procedure.code or not self._has(found.component):
                    raise errors.StrangeSeparator(says=f"{found.procedure} {found.component}")
                return found
        return None

    def _has(self, component: str) -> bool:
        return any(one.id == component for one in self._expected())


def set_aside(page: Page, place: Place, procedure: Procedure) -> SetAside:
    """What the story says of a page that goes no further."""
    found = procedure.component(place.component)
    title = found.title if found else place.component
    return SetAside(page=page, component=title, reason=place.tombstone)
