"""A dossier's papers against its pages: which accounts are open, and the account of a usual case.

Pure. Only what was scanned is reckoned: a PDF that came signed has no paper.
"""

from collections import Counter
from collections.abc import Mapping

import msgspec

from scanstation.i18n import _
from scanstation.model.account import Account, Demand, Fate, Form, difference, faults
from scanstation.model.dossier import Dossier, Page
from scanstation.model.profile import Component
from scanstation.model.removal import Removal

_FORMS = {
    "bản chính": Form.ORIGINAL,
    "sổ gốc": Form.REGISTER_COPY,
    "chứng thực": Form.CERTIFIED_COPY,
    "bản sao": Form.CERTIFIED_COPY,
    "đối chiếu": Form.COMPARED_COPY,
    "bản chụp": Form.COMPARED_COPY,
}
"""What a checklist calls a form, the more telling words first."""


class OpenAccount(msgspec.Struct, frozen=True, kw_only=True):
    """A component whose paper and images do not add up, or were never compared."""

    component: Component
    problem: str
    """For the clerk, in the language in force."""


def open_accounts(dossier: Dossier, default: Demand) -> tuple[OpenAccount, ...]:
    """What sealing still has to ask, by the checklist; `default` where a component is silent."""
    found = (
        (one, _problem(dossier, one, one.account or default))
        for one in dossier.procedure.components
    )
    return tuple(
        OpenAccount(component=component, problem=problem) for component, problem in found if problem
    )


def _problem(dossier: Dossier, component: Component, demand: Demand) -> str:
    pages, account = dossier.of(component.id), dossier.accounts.get(component.id)
    if account is None or not pages:
        asked = bool(pages) and demand is Demand.REQUIRED
        return _("say how many sheets there are") if asked else ""
    return problem_with(dossier, component.id, account)


def problem_with(dossier: Dossier, component: str, account: Account) -> str:
    """Why that account does not fit the component's images, for the clerk; empty when it does."""
    images, removed = len(dossier.of(component)), len(_left_out(dossier, component))
    return next(faults(account), "") or difference(account, images, removed)


def as_scanned(dossier: Dossier, component: str, fate: Fate = Fate.RETURNED) -> Account | None:
    """The account of a usual case, to be confirmed by the clerk; None without a scanned page.

    A duplex source makes two images of each sheet, so its sheets are counted; from any other
    source a sheet is taken for one image.
    """
    pages = dossier.of(component)
    if not pages:
        return None
    sheets = _sheets(dossier, component)
    form = _form(dossier.procedure.component(component))
    return Account(form=form, sheets=sheets, two_sided=len(pages) - sheets, fate=fate)


def accounts_as_scanned(dossier: Dossier, default: Demand) -> Mapping[str, Account]:
    """The usual account of every component that sealing would ask about and that has none yet."""
    asked = [one.component.id for one in open_accounts(dossier, default)]
    found = {one: as_scanned(dossier, one) for one in asked if one not in dossier.accounts}
    return {one: account for one, account in found.items() if account is not None}


def _sheets(dossier: Dossier, component: str) -> int:
    standing = dossier.of(component)
    blank = [one for one in _left_out(dossier, component) if one.removed_as is Removal.BLANK]
    made = [*standing, *blank]
    duplex = all("duplex" in page.source.casefold() for page in made)
    sheets = len(made) // 2
    fits = len(made) % 2 == 0 and sheets <= len(standing) <= 2 * sheets
    return sheets if duplex and fits else len(standing)


def _left_out(dossier: Dossier, component: str) -> tuple[Page, ...]:
    """The component's tombstones that no other page stands for."""
    return tuple(
        page
        for page in dossier.tombstones
        if page.component == component and page.removed_as is not Removal.RESCANNED
    )


def _form(component: Component | None) -> Form:
    asked = component.form.casefold() if component else ""
    return next((form for words, form in _FORMS.items() if words in asked), Form.ORIGINAL)


def decisions(dossier: Dossier, component: str) -> dict[str, int]:
    """How often what was decided about the component's images, by class; expunged ones too."""
    pages = [one.removed_as for one in dossier.tombstones if one.component == component]
    received = [
        one.removed_as for one in dossier.attachments if one.component == component and one.removed
    ]
    counts = Counter(str(kind or Removal.OTHER) for kind in (*pages, *received))
    expunged = sum(one.component == component for one in dossier.expunged)
    return dict(sorted(counts.items())) | ({"expunged": expunged} if expunged else {})
