"""S2: one dossier, its checklist and its pages. Space scans into the component under the cursor.

Nothing here changes a dossier by itself: every act goes to the story (dossier.py).
"""

from collections.abc import Callable, Iterator, Mapping
from functools import partial

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding
from textual.containers import Horizontal
from textual.content import Content
from textual.widgets import OptionList

from scanstation import i18n
from scanstation.i18n import _
from scanstation.model import acts
from scanstation.model.dossier import Dossier, Page, State
from scanstation.model.events import PageSaved, PdfAttached, ScanStarted, Sorted, Warned
from scanstation.model.page import WorkedPage
from scanstation.model.profile import Component, ScanProfile
from scanstation.model.wording import pile
from scanstation.tui import wording
from scanstation.tui.cases import CaseScreen
from scanstation.tui.frame import WIDE, Card
from scanstation.tui.inbox import Chosen, Into, offer, taking
from scanstation.tui.news import DossierChanged, Ended, Job, News, Told, Work
from scanstation.tui.preview import Preview
from scanstation.tui.profiles import Profiles
from scanstation.tui.rows import Choices
from scanstation.tui.scanning import Story
from scanstation.tui.sealing import Sealing

_INSPECTED_EVERY_S = 1.0
_ON_OPEN = {"scan", "take", "undo", "redo", "park", "seal", "profile"}
_ON_PAGE = {"remove", "move", "replace", "turn", "shift", "join"}


class Checklist(CaseScreen):
    """The dossier on the counter."""

    def __init__(self, dossier: Dossier) -> None:
        self._worked: Mapping[str, WorkedPage] = {}
        self._fresh = ""
        self._profiles: tuple[ScanProfile, ...] = ()
        super().__init__(dossier)

    def keys(self) -> Iterator[Binding]:
        yield Binding("space", "scan", _("Scan"), priority=True)
        yield Binding("enter", "next", _("Next paper"), priority=True)
        yield Binding("f8", "seal", _("SIGN & QUEUE"))
        yield Binding("tab", "problem", _("Next warning"), priority=True)
        yield Binding("f4", "replace", _("Scan again"))
        yield Binding("delete", "remove", _("Remove"))
        yield Binding("f9", "take", _("Take files"))
        yield Binding("f3", "move", _("Move"))
        yield Binding("ctrl+r", "turn", _("Turn"), show=False)
        yield Binding("ctrl+z", "undo", _("Undo"))
        yield Binding("ctrl+y", "redo", _("Redo"), show=False)
        yield Binding("ctrl+up", "shift(-1)", _("Page up"), show=False)
        yield Binding("ctrl+down", "shift(1)", _("Page down"), show=False)
        yield Binding("ctrl+t", "join", _("Same sheet"), show=False)
        yield Binding("ctrl+k", "account", _("The paper"), show=False)
        yield Binding("ctrl+e", "fields", _("Values"), show=False)
        yield Binding("ctrl+x", "expunge_secret", _("Destroy page"))
        yield Binding("ctrl+x", "expunge", _("Destroy page"), show=False)
        yield Binding("f6", "park", _("Park"))
        yield Binding("f6", "resume", _("Go on with it"))
        yield Binding("ctrl+p", "profile", _("Profile"))
        yield Binding("ctrl+o", "more", _("More"))
        yield Binding("left", "side('components')", _("Checklist"), show=False, priority=True)
        yield Binding("right", "side('pages')", _("Pages"), show=False, priority=True)
        yield Binding("escape", "stop", _("STOP"))
        yield Binding("escape", "leave", _("Back"))

    def body(self) -> ComposeResult:
        with Horizontal(id="panes"):
            yield Choices("components", hang=3)
            yield Choices("pages", hang=3)
            yield Preview()

    def on_mount(self) -> None:
        self.query_one("#components").border_title = _("CHECKLIST")
        self.query_one(Preview).border_title = _("PAGE")
        self._show(self._dossier, first=True)
        self.query_one("#components").focus()
        self.set_interval(_INSPECTED_EVERY_S, self._inspect)
        self.look()
        self.ask(self.desk.counter.profiles, self._know_profiles)

    def on_resize(self) -> None:
        """A wide screen has room for the numbers of a warning."""
        if self.query("#pages"):
            self._show_pages()

    # --- drawing ------------------------------------------------------------------------------

    def look(self) -> None:
        """Read the dossier afresh."""
        self.ask(partial(self.desk.counter.intake.dossier, self._dossier.id), self._show)

    def show_dossier(self, dossier: Dossier) -> None:
        self._show(dossier)

    def beside(self, dossier: Dossier) -> "Checklist":
        return Checklist(dossier)

    def _show(self, dossier: Dossier, *, first: bool = False) -> None:
        if dossier.acts < self._dossier.acts:
            return  # an answer that was overtaken
        self._dossier = dossier
        lines = [
            (one.id, wording.component_line(number, one, dossier))
            for number, one in enumerate(dossier.procedure.components, start=1)
        ]
        wanted = dossier.missing[0].id if first and dossier.missing else ""
        self._list("components").fill(lines, wanted)
        self._show_pages()
        self.show_head()
        self.refresh_bindings()
        self._inspect()

    def _show_pages(self) -> None:
        chosen = self._component
        pages = self._dossier.of(chosen.id)
        wide = self.app.size.width >= WIDE
        lines = [
            (page.id, wording.page_line(number, page, self._worked.get(page.id), wide=wide))
            for number, page in enumerate(pages, start=1)
        ]
        lines += [
            (one.id, wording.attachment_line(one)) for one in self._dossier.attached(chosen.id)
        ]
        shown = self._list("pages")
        count = wording.count_of_pages(len(pages))
        shown.border_title = Content(f"{count} · {chosen.title}")
        wanted = not lines and chosen.scan and self._dossier.state is State.OPEN
        shown.border_subtitle = _("Space scans into this paper") if wanted else ""
        shown.fill(lines, self._fresh if any(name == self._fresh for name, _ in lines) else "")
        self._show_preview()

    def _show_preview(self) -> None:
        self.query_one(Preview).show(self._worked.get(self._list("pages").chosen))

    def _inspect(self) -> None:
        if any(page.id not in self._worked for page in self._dossier.pages):
            self.ask(partial(self.desk.counter.intake.worked, self._dossier.id), self._inspected)

    def _inspected(self, worked: Mapping[str, WorkedPage]) -> None:
        if worked.keys() != self._worked.keys():
            self.warn_of_secrets(worked[new] for new in worked.keys() - self._worked.keys())
            self._worked = worked
            self._show_pages()
            self.refresh_bindings()

    def _list(self, which: str) -> Choices:
        return self.query_one(f"#{which}", Choices)

    @property
    def _component(self) -> Component:
        chosen = self._dossier.procedure.component(self._list("components").chosen)
        return chosen or self._dossier.procedure.components[0]

    @property
    def _chosen(self) -> str:
        """Id of the page or attachment under the cursor."""
        return self._list("pages").chosen if self.is_mounted else ""

    @property
    def _page(self) -> Page | None:
        return self._dossier.page(self._chosen) if self._chosen else None

    @on(OptionList.OptionHighlighted, "#components")
    def _component_chosen(self) -> None:
        self._show_pages()
        self.refresh_bindings()

    @on(OptionList.OptionHighlighted, "#pages")
    def _page_chosen(self) -> None:
        self._show_preview()
        self.refresh_bindings()

    def hear(self, news: News) -> None:
        super().hear(news)
        match news:
            case Told(job=job, event=ScanStarted(warnings=warnings)) if self.concerns(job):
                if warnings:
                    self.say("\n".join(warnings))
            case Told(job=job, event=Warned() as warned) if self.concerns(job):
                self.say(warned.sentence(i18n.language()))
            case Told(job=job, event=Sorted() as result) if self.concerns(job):
                self.say(pile(result))
            case Told(job=job, event=PageSaved(page=page)) if self.concerns(job):
                self._fresh = page.id
                self.look()
            case Told(job=job, event=PdfAttached(attachment=attachment)) if self.concerns(job):
                self._fresh = attachment.id
                self.look()
            case Ended(job=job) if self.concerns(job):
                self.look()
            case DossierChanged():
                self.refresh_bindings()

    # --- keys ---------------------------------------------------------------------------------

    def check_action(self, action: str, _parameters: tuple[object, ...]) -> bool | None:
        """Only what the dossier allows now."""
        job = self.desk.job_on(self._dossier.id) if self.is_attached else None
        scanning = job is not None and job.work is not Work.SEAL
        free = self._dossier.state is State.OPEN and job is None
        match action:
            case "stop":
                return scanning
            case "leave":
                return not scanning
            case "resume":
                return self._dossier.state is State.PARKED
            case "remove":
                return free and bool(self._chosen)
            case "account":
                return free and self.is_mounted and bool(self._dossier.of(self._component.id))
            case "fields":
                return free and bool(self._dossier.pages)
            case "expunge" | "expunge_secret":
                return self._may_destroy(job) and self._is_secret == (action == "expunge_secret")
            case "problem":
                return any(self._is_problem(page) for page in self._dossier.pages)
            case "more" | "correct" | "withdraw" | "print" | "slip":
                return self.is_mounted and self.may(action, job)
            case _ if action in _ON_PAGE:
                return free and self._page is not None
            case _ if action in _ON_OPEN:
                return free
        return True

    def action_side(self, which: str) -> None:
        """Go to the checklist or to the pages."""
        self._list(which).focus()

    def action_next(self) -> None:
        """The next paper that is scanned; after the last one the first."""
        listed = [one for one in self._dossier.procedure.components if one.scan]
        places = [place for place, one in enumerate(listed) if one.id == self._component.id]
        if listed:
            after = places[0] + 1 if places else 0
            self._list("components").choose(listed[after % len(listed)].id)

    def action_problem(self) -> None:
        """The next page with a warning, in the checklist's order."""
        ordered = [
            page for one in self._dossier.procedure.components for page in self._dossier.of(one.id)
        ]
        names = [page.id for page in ordered]
        start = names.index(self._chosen) + 1 if self._chosen in names else 0
        turned = [*ordered[start:], *ordered[:start]]
        if found := next((page for page in turned if self._is_problem(page)), None):
            self.point_at(found)

    def point_at(self, page: Page) -> None:
        self._fresh = page.id
        self._list("components").choose(page.component)
        self._show_pages()
        self._list("pages").focus()

    def _is_problem(self, page: Page) -> bool:
        return wording.has_problem(page, self._worked.get(page.id))

    def action_leave(self) -> None:
        """Take the card away, or go back to the counter."""
        if not self.query_one(Card).clear():
            self.dismiss()

    # --- scanning -----------------------------------------------------------------------------

    def action_scan(self) -> None:
        """Scan into the component under the cursor."""
        if self._component.scan:
            self._scan(self._component.id)
        else:
            self.say(_("This paper is only shown, not scanned."))

    def action_replace(self) -> None:
        """Scan the page under the cursor again, in its place."""
        if page := self._page:
            self._scan(page.component, page.id)

    def action_stop(self) -> None:
        """End the scan after this page; what was saved stays."""
        if job := self.desk.job_on(self._dossier.id):
            self.desk.stop(job)
            self.say(_("Stopping. Saved pages are kept."))

    def _scan(self, component: str, replaces: str = "") -> None:
        story, hand = self.scan_story(component, replaces)
        busy = _("The scanner is busy with another dossier.")
        self._begin(Work.SCAN, story, busy, hand.stop)

    def action_take(self) -> None:
        """Take files into the component under the cursor: those that wait, or by path."""
        component = self._component

        def take(chosen: Chosen) -> None:
            counter, dossier = self.desk.counter, self._dossier.id
            busy = _("Files are being taken into another dossier.")
            self._begin(Work.TAKE, partial(taking, counter, dossier, component.id, chosen), busy)

        offer(self, Into(component.title, take))

    def _begin(
        self, kind: Work, story: Story, busy: str, stop: Callable[[], None] = lambda: None
    ) -> None:
        clerk = self._clerk()
        if clerk is None or self._turns:
            return
        self.query_one(Card).clear()
        job = Job(kind, self._dossier.id, wording.name_of(self._dossier))
        if not self.desk.begin(job, partial(story, clerk), stop):
            self.say(busy)
        self.refresh_bindings()

    def _know_profiles(self, profiles: tuple[ScanProfile, ...]) -> None:
        self._profiles = profiles
        now = next((one for one in profiles if one.id == self._profile), None)
        self.query_one("#components").border_subtitle = Content(
            (now and now.title) or self._profile
        )

    @property
    def _profile(self) -> str:
        """Id of the scan profile in force."""
        mine = self.desk.profile
        return mine.id if mine else self.desk.counter.station.default_profile

    def action_profile(self) -> None:
        """Choose how to scan, for all following scans."""
        self.app.push_screen(Profiles(self._profiles, self._profile), self._profile_chosen)

    def _profile_chosen(self, wanted: str | None) -> None:
        found = next((one for one in self._profiles if one.id == wanted), None)
        self.desk.profile = found or self.desk.profile
        self._know_profiles(self._profiles)

    # --- acts ---------------------------------------------------------------------------------

    def action_remove(self) -> None:
        """Leave a page out, with a reason; undo brings it back."""
        chosen = self._chosen
        reasons = (
            _("blank page"),
            _("scanned twice"),
            _("not of this dossier"),
            _("unreadable"),
        )
        heading = _("Remove this page? Undo (^Z) brings it back.")
        self._with_reason(heading, reasons, lambda reason: acts.PageRemoved(chosen, reason))

    def action_shift(self, by: int) -> None:
        """Move the page up or down within its component."""
        if page := self._page:
            place = self._dossier.of(page.component).index(page) + by
            if place >= 0:
                self._record(acts.PageMoved(page.id, page.component, place))

    def action_join(self) -> None:
        """The page is another image of the sheet above it."""
        self.join_with_the_one_above(self._chosen)

    def action_turn(self) -> None:
        """Turn the page a quarter clockwise."""
        self._record(acts.PageRotated(self._chosen, 90))

    def action_seal(self) -> None:
        """Sign, pack and queue."""
        if clerk := self._clerk():
            self.query_one(Card).clear()
            self.app.push_screen(Sealing(self._dossier, self._worked, clerk), self._sealed)

    def _sealed(self, outcome: bool | Component | None) -> None:
        if isinstance(outcome, Component):
            self._list("components").choose(outcome.id)
            self.declare(outcome)
        elif outcome:
            self.dismiss()
