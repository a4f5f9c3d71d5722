"""The App on the clerk's screen: opens the counter and knows the keys that work everywhere."""

from collections.abc import Iterator

from textual.binding import Binding
from textual.theme import Theme
from textual.widgets import Input

from scanstation import errors
from scanstation.i18n import _, many
from scanstation.model.delivery import QueueRow
from scanstation.model.dossier import Dossier
from scanstation.model.profile import Clerk
from scanstation.model.recovery import RecoveryReport
from scanstation.tui import Counter
from scanstation.tui.agenda import UNSENT
from scanstation.tui.ask import Confirm
from scanstation.tui.checklist import Checklist
from scanstation.tui.clerks import Clerks
from scanstation.tui.frame import WIDE, CounterScreen
from scanstation.tui.home import Home
from scanstation.tui.idle import IdleApp
from scanstation.tui.keybar import bind, labels_of
from scanstation.tui.keys import KeyHelp
from scanstation.tui.new import NewDossier, Visit
from scanstation.tui.news import ClerkChanged, Ended, Work
from scanstation.tui.queue import QueueScreen
from scanstation.tui.recovery import AfterStop
from scanstation.tui.sealing import Sealing

_THEME = Theme(
    name="counter",
    primary="#3b82c4",
    secondary="#5b7f9e",
    accent="#7cc4ff",
    foreground="#e6edf3",
    background="#10171f",
    surface="#161f2a",
    panel="#1f2b39",
    success="#5ecb8b",
    warning="#f2b84b",
    error="#ff7b72",
)


class CounterApp(IdleApp, inherit_bindings=False):
    """`scanstation` alone."""

    CSS_PATH = "counter.tcss"
    ENABLE_COMMAND_PALETTE = False  # its own words are English literals
    HORIZONTAL_BREAKPOINTS = [(0, "-narrow"), (WIDE, "-wide")]  # noqa: RUF012 textual's own shape
    TITLE = "ScanStation"

    def __init__(self, counter: Counter) -> None:
        super().__init__(counter)
        self._leaving = False
        bind(self, self._keys())

    @staticmethod
    def _keys() -> Iterator[Binding]:
        yield Binding("f1", "keys", _("Keys"), show=False, priority=True)
        yield Binding("f2", "new_dossier", _("New dossier"), show=False)
        yield Binding("f7", "show_queue", _("Queue"), show=False)
        yield Binding("f12", "switch_clerk", _("Clerk"), show=False)
        yield Binding("ctrl+q", "leave", _("Leave"), show=False, priority=True)
        yield Binding("ctrl+c", "leave", _("Leave"), show=False, priority=True)

    def get_default_screen(self) -> Home:
        """The counter."""
        return Home()

    def on_mount(self) -> None:
        self.register_theme(_THEME)
        self.theme = _THEME.name
        self.ask(self.screen, self.counter.recovery, self._recovered, self._tell)

    def _recovered(self, report: RecoveryReport | None) -> None:
        """What a stop left comes first, then who is here."""
        if report is None or not report.is_news:
            self._read(told=False)
        else:
            self.push_screen(AfterStop(report), lambda _: self._read(told=True))

    def _read(self, *, told: bool) -> None:
        counter = self.counter

        def signed_in() -> Clerk | None:
            if told:
                counter.acknowledge()
            return counter.signed_in()

        self.ask(self.screen, signed_in, self._here, self._tell)

    # --- keys that work everywhere ------------------------------------------------------------

    def action_keys(self) -> None:
        """F1: the keys of this screen."""
        if not isinstance(self.screen, KeyHelp):
            self.push_screen(KeyHelp(labels_of(self.screen, everything=True)))

    def action_new_dossier(self) -> None:
        """F2: who comes, what for, then the checklist."""
        if self.clerk is None:
            self.action_switch_clerk()
            return
        self.push_screen(NewDossier(), self._open)

    def _open(self, visit: Visit | None) -> None:
        clerk = self.clerk
        if visit is not None and clerk is not None:
            self.ask(
                self.screen,
                lambda: self.counter.intake.open(visit.procedure, visit.applicant, clerk),
                self._opened,
                self._tell,
            )

    def _opened(self, dossier: Dossier) -> None:
        while len(self.screen_stack) > 1:
            self.pop_screen()
        self.push_screen(Checklist(dossier))
        self.changed()

    def action_show_queue(self) -> None:
        """F7: the outbox."""
        if not isinstance(self.screen, QueueScreen):
            self.push_screen(QueueScreen())

    def action_switch_clerk(self) -> None:
        """F12: somebody else takes the counter."""
        if self.counter.clerks:
            self.push_screen(Clerks(self.counter.clerks, self.clerk), self._switched)
        else:
            self._tell(errors.NoClerk())

    def _switched(self, wanted: str | None) -> None:
        if wanted is not None:
            screen = self.screen
            self.ask(screen, lambda: self.counter.sign_in(wanted), self._here, self._tell)

    def _here(self, clerk: Clerk | None) -> None:
        self.clerk = clerk
        self.news.publish(ClerkChanged())
        if clerk is None:
            self.action_switch_clerk()

    # --- faults and leaving -------------------------------------------------------------------

    def _tell(self, fault: errors.ScanStationError) -> None:
        self._full_screen().show_fault(fault)

    def trouble(self, fault: errors.ScanStationError) -> None:
        self._tell(fault)

    def _say(self, sentence: str) -> None:
        self._full_screen().say(sentence)

    def _full_screen(self) -> CounterScreen:
        """The full screen in sight; the counter lies under everything."""
        found = (one for one in reversed(self.screen_stack) if isinstance(one, CounterScreen))
        return next(found)

    def ended(self, news: Ended) -> None:
        super().ended(news)
        if self._leaving and not self.jobs:
            self.exit()
        elif news.fault is not None:
            self._tell_who_asked(news, news.fault)
        elif news.job.work is Work.SEAL:
            done = _("Sealed and queued: {who}").format(who=news.job.about)
            self._say(f"✓ {done}")

    def _tell_who_asked(self, news: Ended, fault: errors.ScanStationError) -> None:
        for screen in reversed(self.screen_stack):
            if isinstance(screen, CounterScreen | Sealing) and screen.concerns(news.job):
                screen.show_fault(fault)
                return

    def action_leave(self) -> None:
        """Ctrl+C or Ctrl+Q: ask, say what is running and what is not sent; twice means yes."""
        field = self.focused
        if isinstance(field, Input) and field.selected_text and not field.password:
            field.action_copy()
        elif isinstance(self.screen, Leave):
            self.screen.dismiss(True)
        elif not self._leaving:
            self.ask(self.screen, self.counter.queue, self._ask_to_leave, self._leave_anyhow)

    def _leave_anyhow(self, _fault: errors.ScanStationError) -> None:
        self._ask_to_leave(())

    def _ask_to_leave(self, queue: tuple[QueueRow, ...]) -> None:
        unsent = sum(row.state in UNSENT for row in queue)
        self.push_screen(Leave(tuple(job.work for job in self.jobs), unsent), self._leave)

    def _leave(self, agreed: bool | None) -> None:
        if not agreed:
            return
        if not self.jobs:
            self.exit()
            return
        self._leaving = True
        for job in tuple(self.jobs):
            self.stop(job)
        self._say(_("Stopping. Saved pages are kept."))


class Leave(Confirm):
    """Really?"""

    def __init__(self, running: tuple[Work, ...], unsent: int) -> None:
        lines = [_("All saved pages stay on this PC.")]
        if Work.SCAN in running:
            lines.append(_("A SCAN IS RUNNING: it stops after this page."))
        if Work.TAKE in running:
            lines.append(_("FILES ARE BEING TAKEN: it stops after this page."))
        if Work.SEAL in running:
            lines.append(_("A SEALING IS RUNNING: it stops and the dossier stays open."))
        if unsent:
            waiting = many(
                "{n} sealed dossier is not sent yet; it goes out when ScanStation runs.",
                "{n} sealed dossiers are not sent yet; they go out when ScanStation runs.",
                unsent,
            )
            lines.append(waiting.format(n=unsent))
        super().__init__(_("Leave ScanStation?"), "\n".join(lines), _("Leave"))
