"""What a clerk does with the papers of a dossier besides scanning and moving: declare, destroy.

It asks, and hands the act to the story; destroying asks twice (expunging.py).
"""

from collections.abc import Iterable, Mapping
from functools import partial
from typing import TYPE_CHECKING

from scanstation import errors
from scanstation.i18n import _
from scanstation.model import acts
from scanstation.model.account import Account
from scanstation.model.dossier import Page, State
from scanstation.model.page import FindingKind, WorkedPage
from scanstation.model.profile import Clerk, Component
from scanstation.model.wording import destroyed, traces
from scanstation.tui.account import PaperAccount
from scanstation.tui.ask import Notice
from scanstation.tui.expunging import Destroy, Grounds, Why
from scanstation.tui.fields import Fields
from scanstation.tui.frame import Card
from scanstation.tui.moving import MovingScreen
from scanstation.tui.news import Job

if TYPE_CHECKING:
    from scanstation.transfer import Destroyed


class PapersScreen(MovingScreen):
    """A screen that knows what was noticed on the pages."""

    _worked: Mapping[str, WorkedPage]
    """By page id, as far as page work has finished."""

    def look(self) -> None:
        """Read the dossier afresh."""
        raise NotImplementedError

    def action_account(self) -> None:
        """Say how much paper there is and what happens to it."""
        self.declare(self._component)

    def declare(self, component: Component) -> None:
        """Ask for the account of that component."""

        def declared(account: Account | None) -> None:
            if account is not None:
                self._record(acts.AccountGiven(component.id, account))

        self.app.push_screen(PaperAccount(self._dossier, component), declared)

    def action_fields(self) -> None:
        """Compare what was read with the paper."""
        self.app.push_screen(Fields(self._dossier), lambda _: self.look())

    # --- destroying ---------------------------------------------------------------------------

    def _may_destroy(self, job: Job | None) -> bool:
        return bool(self._chosen) and job is None and self._dossier.state is not State.SEALED

    @property
    def _is_secret(self) -> bool:
        """Whether the page under the cursor carries a secrecy mark."""
        worked = self._worked.get(self._chosen)
        return worked is not None and _secret(worked)

    def warn_of_secrets(self, fresh: Iterable[WorkedPage]) -> None:
        """Say it as soon as inspection has found one, also where no scan runs that could stop."""
        if self._dossier.state is not State.SEALED and any(map(_secret, fresh)):
            about = _("A page carries a SECRECY MARK: Tab goes to it, ^X destroys it for good.")
            self.say(about)
            self.app.bell()

    def action_expunge_secret(self) -> None:
        """The same, where the key stands at the foot."""
        self.action_expunge()

    def action_expunge(self) -> None:
        """Destroy the page under the cursor: why, twice whether, then what is left to know."""
        page, clerk = self._chosen, self._clerk()
        if clerk is None:
            return

        def explained(grounds: Grounds | None) -> None:
            if grounds is not None:
                done = partial(self._destroy, page, grounds, clerk)
                self.app.push_screen(Destroy(page, grounds.reason), done)

        self.app.push_screen(Why(), explained)

    def _destroy(self, page: str, grounds: Grounds, clerk: Clerk, sure: bool | None) -> None:
        if sure:
            facts = (self._dossier.id, page, grounds.reason, grounds.note, clerk)
            self.ask(partial(self.desk.counter.casework.expunge, *facts), self._destroyed)

    def _destroyed(self, done: "Destroyed") -> None:
        self.query_one(Card).clear()
        self.look()
        self.desk.changed()
        lines = [*destroyed(done.pages, done.same, done.sealed, done.unreadable), "", traces()]
        self.app.push_screen(Notice(_("Destroyed"), "\n".join(lines)))

    def offer_destroying(self, fault: errors.SecretPaper) -> str:
        """Put the cursor on the secret page; the words of the card's offer."""
        page = self._dossier.page(str(fault.facts["page"]))
        if page is None:
            return ""
        self.point_at(page)
        return _("^X destroys this page for good.")

    def point_at(self, page: Page) -> None:
        """Put the cursor on that page."""
        raise NotImplementedError

    def show_fault(self, fault: errors.ScanStationError) -> None:
        """A secret paper comes with the way to get rid of it."""
        if isinstance(fault, errors.SecretPaper) and (offer := self.offer_destroying(fault)):
            self.query_one(Card).show(fault, offer)
        else:
            super().show_fault(fault)


def _secret(worked: WorkedPage) -> bool:
    return any(one.kind is FindingKind.SECRET for one in worked.findings)
