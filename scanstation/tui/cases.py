"""What a clerk does with a dossier as a whole, sealed ones too: correct, withdraw, print; and the
list of everything that can be done, because the foot of an 80-column screen has no room for it.
"""

from collections.abc import Callable, Iterator
from functools import partial

from textual.content import Content
from textual.screen import Screen

from scanstation import errors
from scanstation.i18n import _
from scanstation.model.dossier import Dossier, State
from scanstation.tui.ask import Pick, Reason
from scanstation.tui.frame import Card
from scanstation.tui.news import Job
from scanstation.tui.papers import PapersScreen


class CaseScreen(PapersScreen):
    """A screen about one dossier in whatever state."""

    def beside(self, dossier: Dossier) -> Screen[None]:
        """The same screen about another dossier."""
        raise NotImplementedError

    def may(self, action: str, job: Job | None) -> bool:
        """Whether this module's act can be done now."""
        state, component = self._dossier.state, self._component.id
        has_papers = bool(self._dossier.of(component) or self._dossier.attached(component))
        return job is None and {
            "correct": state is State.SEALED,
            "withdraw": state is not State.WITHDRAWN,
            "print": has_papers,
            "slip": state is not State.WITHDRAWN,
        }.get(action, True)

    def action_more(self) -> None:
        """Everything that can be done now and has no place at the foot."""
        lines = [
            (action, Content(about))
            for action, about in self._offers()
            if self.check_action(action, ())
        ]

        def chosen(action: str | None) -> None:
            if action is not None:
                getattr(self, f"action_{action}")()

        self.app.push_screen(Pick(_("What to do?"), lines), chosen)

    def _offers(self) -> Iterator[tuple[str, str]]:
        yield "account", _("Declare the paper of this component (^K)")
        yield "fields", _("Confirm the values read from the pages (^E)")
        yield "turn", _("Turn the page (^R)")
        yield "join", _("Page and the one above: images of the same sheet (^T)")
        yield "move", _("Move the page or a part of the pile (F3)")
        yield "print", _("Print this component")
        yield "slip", _("Print the citizen's intake slip")
        yield "correct", _("Correct: a new dossier whose package replaces this one's")
        yield "withdraw", _("Withdraw the dossier: it is not delivered, nothing is deleted")
        yield "expunge", _("Destroy this page for good (^X)")
        yield "expunge_secret", _("Destroy this page for good (^X)")

    # --- ending and correcting ----------------------------------------------------------------

    def action_withdraw(self) -> None:
        """End it without delivery, with a reason."""
        heading = _("Withdraw the dossier, because")
        reasons: tuple[str, ...] = (
            _("opened by mistake"),
            _("the citizen takes it back"),
            _("taken in twice"),
        )
        if self._dossier.state is State.SEALED:
            heading = _("Hold the sealed package back and withdraw, because")
            reasons = (_("sealed by mistake"), _("the citizen takes it back"))
        casework, dossier = self.desk.counter.casework, self._dossier.id

        def answered(reason: str | None) -> None:
            if reason is not None:
                self._do(lambda clerk: casework.withdraw(dossier, reason, clerk))

        self.app.push_screen(Reason(heading, reasons, _("Do it")), answered)

    def action_correct(self) -> None:
        """Open a new dossier with these pages; its package supersedes this one's."""
        clerk, dossier = self._clerk(), self._dossier.id
        if clerk is None:
            return
        reasons = (_("wrong or missing page"), _("unreadable page"), _("central asked for it"))

        def answered(reason: str | None) -> None:
            if reason is not None:
                verb = self.desk.counter.casework.correct
                self.ask(partial(verb, dossier, reason, clerk), self._corrected)

        heading = _("Correct the sealed dossier, because")
        self.app.push_screen(Reason(heading, reasons, _("Do it")), answered)

    def _corrected(self, fresh: Dossier) -> None:
        self.query_one(Card).clear()
        self.app.push_screen(self.beside(fresh))
        self.desk.changed()

    # --- printing -----------------------------------------------------------------------------

    def action_print(self) -> None:
        """The component under the cursor, as sealed or as it stands."""
        verb = self.desk.counter.print_component
        self._print(partial(verb, self._dossier, self._component.id))

    def action_slip(self) -> None:
        """The citizen's provisional slip."""
        self._print(partial(self.desk.counter.print_slip, self._dossier))

    def _print(self, act: Callable[[], str]) -> None:
        self.say(_("Printing …"))
        self.ask(act, self._printed)

    def _printed(self, said: str) -> None:
        self.say(_("With the printer: {said}").format(said=said))

    def show_fault(self, fault: errors.ScanStationError) -> None:
        """What central has cannot be taken back: the way on is a correction."""
        if isinstance(fault, errors.CannotTakeBack):
            offer = _("^O leads to «Correct»: a new package that replaces this one.")
            self.query_one(Card).show(fault, offer)
        else:
            super().show_fault(fault)
