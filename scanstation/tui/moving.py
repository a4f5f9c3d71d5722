"""Where a page goes: to another component, alone or with all behind it, or to another dossier.

To another dossier takes two steps, because a wrong one would hold a stranger's paper.
"""

from functools import partial

from textual.content import Content

from scanstation.i18n import _
from scanstation.model import acts
from scanstation.model.dossier import Dossier, State
from scanstation.model.listing import Listed, Wanted
from scanstation.model.profile import Clerk, Component
from scanstation.tui import wording
from scanstation.tui.ask import Confirm, Pick
from scanstation.tui.scanning import ScanningScreen

_ALL_BEHIND, _ELSEWHERE = "\x00behind", "\x00elsewhere"
"""Among component ids, which hold no NUL."""


class MovingScreen(ScanningScreen):
    """A screen with a cursor on a component and on a page."""

    @property
    def _component(self) -> Component:
        """Under the cursor."""
        raise NotImplementedError

    @property
    def _chosen(self) -> str:
        """Id of the page or attachment under the cursor, or an empty string."""
        raise NotImplementedError

    def action_move(self) -> None:
        """Ask where to; the page goes to the end of what is chosen."""
        page, last = self._chosen, len(self._dossier.pages)
        lines = [
            *self._components(),
            (_ALL_BEHIND, Content(_("This page and all behind it …"))),
            (_ELSEWHERE, Content(_("To another dossier …"))),
        ]

        def moved(wanted: str | None) -> None:
            if wanted == _ALL_BEHIND:
                self._split(page)
            elif wanted == _ELSEWHERE:
                self._find_target(page)
            elif wanted is not None:
                self._record(acts.PageMoved(page, wanted, last))

        self.app.push_screen(Pick(_("Move the page to"), lines, self._component.id), moved)

    def _components(self) -> list[tuple[str, Content]]:
        return [
            (one.id, wording.component_line(number, one, self._dossier))
            for number, one in enumerate(self._dossier.procedure.components, start=1)
            if one.scan
        ]

    def _split(self, page: str) -> None:
        casework, dossier, here = self.desk.counter.casework, self._dossier.id, self._component.id
        lines = [line for line in self._components() if line[0] != here]

        def chosen(wanted: str | None) -> None:
            if wanted is not None:
                self._do(lambda clerk: casework.split(dossier, page, wanted, clerk))

        self.app.push_screen(Pick(_("Move this page and all behind it to"), lines), chosen)

    # --- another dossier ----------------------------------------------------------------------

    def _find_target(self, page: str) -> None:
        find = partial(self.desk.counter.casework.find, Wanted(state=State.OPEN))
        self.ask(find, partial(self._pick_target, page))

    def _pick_target(self, page: str, found: tuple[Listed, ...]) -> None:
        others = {one.id: one for one in reversed(found) if one.id != self._dossier.id}
        if not others:
            self.say(_("No other dossier is open."))
            return
        lines = [(one.id, Content(_about(one))) for one in others.values()]

        def chosen(wanted: str | None) -> None:
            if wanted is not None:
                read = partial(self.desk.counter.intake.dossier, wanted)
                self.ask(read, partial(self._pick_place, page))

        self.app.push_screen(Pick(_("Move the page to the dossier of"), lines), chosen)

    def _pick_place(self, page: str, target: Dossier) -> None:
        if target.procedure.component(self._component.id):
            self._confirm(page, target, "")
            return
        lines = [
            (one.id, wording.component_line(number, one, target))
            for number, one in enumerate(target.procedure.components, start=1)
            if one.scan
        ]

        def chosen(wanted: str | None) -> None:
            if wanted is not None:
                self._confirm(page, target, wanted)

        self.app.push_screen(Pick(_("To which of its papers?"), lines), chosen)

    def _confirm(self, page: str, target: Dossier, component: str) -> None:
        lines = (
            _("From: {here}").format(here=_named(self._dossier)),
            _("To: {there}").format(there=_named(target)),
            _("Undo (^Z) takes it back in both."),
        )

        def agreed(sure: bool | None) -> None:
            if sure:
                self._give(page, target.id, component)

        heading = _("Move the page to another dossier?")
        self.app.push_screen(Confirm(heading, "\n".join(lines), _("Move")), agreed)

    def _give(self, page: str, target: str, component: str) -> None:
        counter, here = self.desk.counter, self._dossier.id

        def act(clerk: Clerk) -> Dossier:
            counter.casework.give(here, (page,), target, component, clerk)
            return counter.intake.dossier(here)

        self._do(act)


def _about(one: Listed) -> str:
    return f"{wording.name_of(one)}\n{one.title} · {wording.day(one.opened_at)}"


def _named(one: Dossier) -> str:
    return f"{wording.name_of(one)} · {one.procedure.title}"
