"""The pages of one dossier as page work sees them: orders, results, and what they say together.

Duplicates and proposals show only across pages; a secret paper stops the story here. It waits for
page work only where it says so.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

import msgspec

from scanstation import errors
from scanstation.document import PageWork, order_of
from scanstation.model.dossier import Dossier, Page
from scanstation.model.duplicates import duplicates
from scanstation.model.field import Field, first_of_each
from scanstation.model.page import WorkedPage
from scanstation.model.sealing import is_secret
from scanstation.workspace.store import Holder


class Proposal(msgspec.Struct, frozen=True, kw_only=True):
    """One proposed value of a component, with the page it was read on."""

    component: str
    page: str
    """Id of the page; its number within the component is the field's."""
    field: Field


@dataclass(frozen=True)
class Pages:
    """A dossier's standing pages and the workers that know them."""

    holder: Holder
    work: PageWork
    cleared: set[str]
    """Ids of pages that were looked at and are not secret: each is looked at once, not at every
    page of a pile."""

    def known(self) -> dict[str, WorkedPage]:
        """Pages by id that page work has finished; starts the others, waits for none."""
        found = ((page.id, self.work.peek(order_of(self.holder, page))) for page in self._standing)
        return _with_duplicates({page: it for page, it in found if it}, self.holder.dossier)

    def worked(self) -> dict[str, WorkedPage]:
        """All standing pages by id; waits. Raises what page work raises."""
        orders = [order_of(self.holder, page) for page in self._standing]
        found = {
            page.id: it for page, it in zip(self._standing, self.work.finish(orders), strict=True)
        }
        return _with_duplicates(found, self.holder.dossier)

    def proposals(self) -> tuple[Proposal, ...]:
        """What the pages propose, by component in the checklist's order; waits."""
        dossier, worked = self.holder.dossier, self.worked()
        found = (
            proposal
            for component in dossier.procedure.components
            for proposal in _of_component(dossier.of(component.id), worked)
        )
        return tuple(found)

    def must_not_be_secret(self) -> None:
        """errors.SecretPaper when a page known by now carries a secrecy mark."""
        for page in self._standing:
            if page.id in self.cleared:
                continue
            worked = self.work.peek(order_of(self.holder, page))
            if worked and is_secret(worked):
                raise errors.SecretPaper(page=page.id[-12:])
            if worked:
                self.cleared.add(page.id)

    @property
    def _standing(self) -> tuple[Page, ...]:
        return self.holder.dossier.pages


def _with_duplicates(worked: Mapping[str, WorkedPage], dossier: Dossier) -> dict[str, WorkedPage]:
    copies = {page.id: page.sha256 for page in dossier.pages}
    twice = duplicates(worked, copies)
    return {
        page: msgspec.structs.replace(it, findings=(*it.findings, twice[page]))
        if page in twice
        else it
        for page, it in worked.items()
    }


def _of_component(pages: Iterable[Page], worked: Mapping[str, WorkedPage]) -> Iterable[Proposal]:
    standing = tuple(pages)
    fields = (
        msgspec.structs.replace(field, page=number)
        for number, page in enumerate(standing, start=1)
        for field in worked[page.id].fields
    )
    for one in first_of_each(fields):
        page = standing[one.page - 1]
        yield Proposal(component=page.component, page=page.id, field=one)
