"""What holds for any screen about one dossier: its head line, and acts on it as a whole.

Acts are done one after the other, and the screen draws what the story says stands afterwards.
"""

from collections.abc import Callable
from functools import partial

from scanstation import errors
from scanstation.i18n import _
from scanstation.model import acts
from scanstation.model.dossier import Dossier, State
from scanstation.model.profile import Clerk
from scanstation.tui import wording
from scanstation.tui.ask import Reason
from scanstation.tui.frame import Card, CounterScreen
from scanstation.tui.news import Job
from scanstation.tui.turns import Turns


class DossierScreen(CounterScreen):
    """A full screen about the dossier on the counter."""

    def __init__(self, dossier: Dossier) -> None:
        self._dossier = dossier
        self._turns = Turns(self, self._acted, self.show_fault)
        super().__init__()

    def show_dossier(self, dossier: Dossier) -> None:
        """Draw the dossier as it stands now."""
        raise NotImplementedError

    def where(self) -> str:
        one = self._dossier
        state = "" if one.state is State.OPEN else f"[{self._state()}] "
        return f"{state}{wording.name_of(one)} · {one.procedure.title}"

    def _state(self) -> str:
        words = {State.PARKED: _("parked"), State.SEALED: _("sealed")}
        word = words.get(self._dossier.state, _("withdrawn"))
        return f"{word}: {self._dossier.reason}" if self._dossier.reason else word

    def concerns(self, job: Job) -> bool:
        return job.dossier == self._dossier.id

    def action_park(self) -> None:
        """Set the dossier aside."""
        reasons = (
            _("papers are missing"),
            _("waiting for the citizen"),
            _("another counter"),
        )
        self._with_reason(_("Park the dossier, because"), reasons, acts.Parked)

    def action_resume(self) -> None:
        """Go on with a parked dossier."""
        self._record(acts.Resumed())

    def action_undo(self) -> None:
        """Take back the latest act."""
        self._do(lambda clerk: self.desk.counter.intake.undo(self._dossier.id, clerk))

    def action_redo(self) -> None:
        """Do again what was undone."""
        self._do(lambda clerk: self.desk.counter.intake.redo(self._dossier.id, clerk))

    def _with_reason(
        self, heading: str, reasons: tuple[str, ...], act: Callable[[str], acts.Act]
    ) -> None:
        def answered(reason: str | None) -> None:
            if reason is not None:
                self._record(act(reason))

        self.app.push_screen(Reason(heading, reasons, _("Do it")), answered)

    def _record(self, act: acts.Act) -> None:
        self._do(lambda clerk: self.desk.counter.intake.record(self._dossier.id, act, clerk))

    def _do(self, act: Callable[[Clerk], Dossier]) -> None:
        if clerk := self._clerk():
            self._turns.add(self.desk, partial(act, clerk))

    def _acted(self, dossier: Dossier) -> None:
        self.query_one(Card).clear()
        self.show_dossier(dossier)
        self.desk.changed()

    def _clerk(self) -> Clerk | None:
        if self.desk.clerk is None:
            self.show_fault(errors.NotSignedIn())
        return self.desk.clerk
