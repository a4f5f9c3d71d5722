"""S3: what is about to be signed, by whom; the passphrase; how far it is; what came of it.

The passphrase lives in the field until Enter and in the thread until the key is open, nowhere
else. Leaving while it signs stops nothing: the job belongs to the App.
"""

from collections.abc import Iterator, Mapping
from functools import partial

from textual.app import ComposeResult
from textual.binding import Binding
from textual.content import Content
from textual.widgets import Label, ProgressBar, Static

from scanstation import errors
from scanstation.i18n import _, many
from scanstation.model.delivery import QueueRow
from scanstation.model.dossier import Dossier
from scanstation.model.events import DossierQueued, Event
from scanstation.model.page import WorkedPage
from scanstation.model.profile import Clerk, Component
from scanstation.model.reckoning import accounts_as_scanned, open_accounts
from scanstation.tui import Counter, wording
from scanstation.tui.frame import Card, Dialog
from scanstation.tui.news import Ended, Job, News, Told, Work
from scanstation.tui.vninput import VnInput


class Sealing(Dialog[bool | Component]):
    """Closes with True once the dossier is queued, or with the component whose paper the clerk
    wants to declare first.
    """

    def __init__(self, dossier: Dossier, worked: Mapping[str, WorkedPage], clerk: Clerk) -> None:
        self._dossier, self._worked, self._clerk = dossier, worked, clerk
        self._stamp = True
        self._job = Job(Work.SEAL, dossier.id, wording.name_of(dossier))
        self._queued: QueueRow | None = None
        super().__init__()

    def keys(self) -> Iterator[Binding]:
        yield Binding("enter", "sign", _("SIGN"), priority=True)
        yield Binding("enter", "close", _("Done"), priority=True)
        yield Binding("ctrl+k", "account", _("The paper"), priority=True)
        yield Binding("escape", "aside", _("Go on in the background"))
        yield Binding("escape", "leave", _("Back"))

    def heading(self) -> str:
        return _("Sign and queue")

    def body(self) -> ComposeResult:
        yield Static(markup=False, id="summary")
        yield Label(_("Passphrase of the signing key"), id="ask")
        yield VnInput(password=True, id="passphrase")
        yield ProgressBar(show_eta=False)
        yield Static(markup=False, id="result")

    def on_mount(self) -> None:
        self.desk.news.subscribe(self, self.hear)
        self._result(Content(""))
        self._draw()

    def check_action(self, action: str, _parameters: tuple[object, ...]) -> bool | None:
        """Sign when it can be signed, close when it is done."""
        running = self.is_attached and self._job in self.desk.jobs
        match action:
            case "sign":
                return self._ready and not running and self._queued is None
            case "close":
                return self._queued is not None
            case "aside":
                return running
            case "leave":
                return not running and self._queued is None
            case "account":
                return not running and self._queued is None and self._declarable is not None
        return True

    @property
    def _declarable(self) -> Component | None:
        """Whose paper does not add up; else the first whose usual account is shown."""
        demand = self.desk.counter.station.account
        waiting = [one.component for one in open_accounts(self._dossier, demand)]
        wrong = [one for one in waiting if one.id in self._dossier.accounts]
        return next(iter((*wrong, *waiting)), None)

    @property
    def _ready(self) -> bool:
        return not self._dossier.missing and self._clerk.key is not None

    def _draw(self) -> None:
        running = self._job in self.desk.jobs
        asking = self._ready and not running and self._queued is None
        self.query_one("#summary", Static).update(self._summary())
        self.query_one("#ask").display = self.query_one("#passphrase").display = asking
        self.query_one(ProgressBar).display = running
        if asking:
            self.query_one("#passphrase").focus()
        self.refresh_bindings()

    def _summary(self) -> Content:
        dossier = self._dossier
        there = [
            one
            for one in dossier.procedure.components
            if dossier.of(one.id) or dossier.attached(one.id)
        ]
        parts = _("{n} of {all} papers · {pages}").format(
            n=len(there),
            all=len(dossier.procedure.components),
            pages=wording.count_of_pages(len(dossier.pages)),
        )
        lines = [Content(f"{wording.name_of(dossier)} · {dossier.procedure.title}"), Content(parts)]
        if self._queued is not None:
            return Content("\n").join(lines)
        about = (self._completeness(), *self._papers(), *self._remarks(), self._signer())
        return Content("\n").join([*lines, *about])

    def _completeness(self) -> Content:
        if missing := self._dossier.missing:
            names = "; ".join(one.title for one in missing)
            about = _("! MISSING: {names}. Go back and scan, or park the dossier (F6).")
            return Content.styled(about.format(names=names), wording.WARN)
        return Content.styled(f"✓ {_('the checklist is complete')}", wording.GOOD)

    def _papers(self) -> Iterator[Content]:
        """The paper's account: what signing declares, or what has to be put right before."""
        demand = self.desk.counter.station.account
        usual = accounts_as_scanned(self._dossier, demand)
        if sheets := sum(one.sheets for one in usual.values()):
            count = many("{n} sheet", "{n} sheets", sheets).format(n=sheets)
            yield Content(_("You declare: {n}, all scanned, given back").format(n=count))
        for one in open_accounts(self._dossier, demand):
            if one.component.id not in usual:
                line = f"! {one.component.title}: {one.problem}"
                offer = _("^K declares this paper again")
                yield Content.styled(f"{line}. {offer}", wording.WARN)

    def _remarks(self) -> Iterator[Content]:
        marked = [
            page
            for page in self._dossier.pages
            if wording.has_problem(page, self._worked.get(page.id))
        ]
        waiting = len(self._dossier.pages) - len(self._worked)
        if waiting > 0:
            about = _("… {n} still being inspected")
            yield Content(about.format(n=wording.count_of_pages(waiting)))
        if marked:
            about = _("! {n} with warnings: look at them before you sign (Esc, Tab)")
            line = about.format(n=wording.count_of_pages(len(marked)))
            yield Content.styled(line, wording.WARN)
        if not self._stamp:
            yield Content.styled(_("! It will be sealed WITHOUT a visible stamp"), wording.WARN)

    def _signer(self) -> Content:
        key = self._clerk.key
        if key is None:
            about = _("× {name} has no signing key at this station. Tell your IT staff.")
            return Content.styled(about.format(name=self._clerk.name), wording.BAD)
        return Content(_("Signer: {name} ({key})").format(name=self._clerk.name, key=key.name))

    # --- the work -----------------------------------------------------------------------------

    def action_sign(self) -> None:
        """Open the key and seal."""
        self.query_one("#passphrase", VnInput).when_typed(self._sign)

    def _sign(self) -> None:
        field = self.query_one("#passphrase", VnInput)
        passphrase = field.value.encode()
        field.value = ""
        if not passphrase:
            self.app.bell()
            return
        self.query_one(Card).clear()
        facts = (self._dossier.id, self._clerk, passphrase, self._stamp)
        if not self.desk.begin(self._job, partial(signing, self.desk.counter, *facts)):
            self.say(_("Another dossier is being sealed. Wait a moment."))
        self._draw()

    def hear(self, news: News) -> None:
        """How far it is, and what came of it."""
        match news:
            case Told(job=self._job, event=DossierQueued(row=row)):
                self._queued = row
            case Told(job=self._job, progress=progress):
                bar = self.query_one(ProgressBar)
                bar.update(total=progress.total or None, progress=progress.done)
                self._result(Content(wording.job_line(self._job, progress)))
            case Ended(job=self._job):
                self._over()

    def _over(self) -> None:
        result = Content("")
        if self._queued is not None:
            about = _("Sealed and queued as number {n}. It goes out when there is a network.")
            line = f"✓ {about.format(n=self._queued.sequence)}"
            result = Content.styled(line, f"bold {wording.GOOD}")
        self._result(result)
        self._draw()

    def _result(self, words: Content) -> None:
        place = self.query_one("#result", Static)
        place.display = bool(words.plain)
        place.update(words)

    def concerns(self, job: Job) -> bool:
        """Whether this dialog tells what became of `job`."""
        return job == self._job

    def show_fault(self, fault: errors.ScanStationError) -> None:
        if isinstance(fault, errors.StampPlaceTaken):
            self._stamp = False
            fault = StampLeftOut(**fault.facts)
        super().show_fault(fault)
        self._draw()

    def action_close(self) -> None:
        """Queued: nothing is left to do here."""
        self.dismiss(True)

    def action_aside(self) -> None:
        """Take the next citizen while it goes on."""
        self.dismiss(True)

    def action_account(self) -> None:
        """Nothing was signed; first the paper that does not add up."""
        if component := self._declarable:
            self.dismiss(component)

    def action_leave(self) -> None:
        """Back to the pages; nothing was signed."""
        self.dismiss(False)


class StampLeftOut(errors.StampPlaceTaken):
    """The same fault where the next step is one key away."""

    vi = (
        "Góc trên bên trái trang 1 của «{component}» đã kín chữ hoặc mã, không còn chỗ cho khung"
        " chữ ký. Chưa ký gì. Gõ lại mật khẩu rồi Enter để ký không khung; chữ ký số vẫn có giá"
        " trị như thường."
    )
    en = (
        "The top left corner of page 1 of «{component}» is full of print or codes, so the stamp"
        " has no place. Nothing was signed. Type the passphrase again to sign without a visible"
        " stamp; the signature holds just the same."
    )


def signing(
    counter: Counter, dossier: str, clerk: Clerk, passphrase: bytes, stamp: bool
) -> Iterator[Event]:
    """Unlock, then the sealing story."""
    signer = counter.unlock(clerk, passphrase)
    yield from counter.intake.seal(dossier, clerk, signer, stamp=stamp, as_scanned=True)
