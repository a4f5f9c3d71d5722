"""How the screen says things: short words with a sign and a colour, never a colour alone; pure.

User text goes in as literal Content, so a name with brackets stays a name.
"""

import unicodedata
from datetime import datetime

from textual.content import Content

from scanstation import errors, i18n
from scanstation.i18n import _, many
from scanstation.model.clock import VIETNAM
from scanstation.model.delivery import Delivery, QueueRow
from scanstation.model.dossier import Attachment, Dossier, Page, State
from scanstation.model.listing import Listed
from scanstation.model.page import Mode, WorkedPage
from scanstation.model.profile import Component
from scanstation.model.reckoning import problem_with
from scanstation.model.wording import finding, finding_word, part_of_sheet
from scanstation.tui.agenda import Case
from scanstation.tui.news import Job, Link, Net, Progress, Work

GOOD, WARN, BAD, DIM = "$text-success", "$text-warning", "$text-error", "$text-muted"
_PAPERS = {"A3": (297, 420), "A4": (210, 297), "A5": (148, 210), "A6": (105, 148)}
_TOLERANCE_MM = 8


def fault_sentence(fault: errors.ScanStationError) -> str:
    """The clerk's sentence in the language in force."""
    return fault.sentence(i18n.language())


def count_of_pages(count: int) -> str:
    """Such as «3 pages»."""
    return many("{n} page", "{n} pages", count).format(n=count)


def clock_time(moment: str) -> str:
    """HH:MM of an ISO moment, as Vietnam's clocks show it."""
    return datetime.fromisoformat(moment).astimezone(VIETNAM).strftime("%H:%M")


def day(moment: str) -> str:
    """dd/mm/yyyy of an ISO moment, as Vietnam writes it."""
    return datetime.fromisoformat(moment).astimezone(VIETNAM).strftime("%d/%m/%Y")


def folded(text: str) -> str:
    """Lower case without marks: «dat dai» finds «Đất đai»."""
    plain = unicodedata.normalize("NFD", text.lower().replace("đ", "d"))
    return "".join(letter for letter in plain if not unicodedata.combining(letter))


def bar(done: int, total: int, width: int = 8) -> str:
    """A progress bar in text with its number."""
    part = min(1.0, done / total) if total else 0.0
    full = round(part * width)
    return f"{'▓' * full}{'░' * (width - full)} {part:>4.0%}"


# --- dossiers ---------------------------------------------------------------------------------


def case_state(case: Case, running: Job | None) -> Content:
    """Where a dossier stands, for the first screen."""
    if running is not None:
        return Content.styled(f"● {_doing(running.work)}", WARN)
    dossier = case.dossier
    match dossier.state:
        case State.PARKED:
            return Content.styled(f"■ {_('parked')}: {dossier.reason}", WARN)
        case State.WITHDRAWN:
            return Content.styled(f"– {_('withdrawn')}: {dossier.reason}", DIM)
        case State.SEALED if case.package is not None:
            return delivery_state(case.package)
        case State.SEALED:
            return Content.styled(f"✓ {_('sealed')}", GOOD)
    if dossier.missing and dossier.acts > 1:
        lacks = _("{n} missing").format(n=len(dossier.missing))
        return Content.assemble(f"○ {_('open')} · ", (lacks, WARN))
    return Content(f"○ {_('open')}")


def idle_state(state: Content, days: int) -> Content:
    """A state of a dossier nobody touched for so many days."""
    mark = many("▲ {n} day idle", "▲ {n} days idle", days).format(n=days)
    return Content.assemble((mark, f"bold {WARN}"), " · ", state)


def listed_state(one: Listed) -> Content:
    """Where a dossier of a list stands, as far as its line tells."""
    sign, style = {
        State.OPEN: ("○", ""),
        State.PARKED: ("■", WARN),
        State.SEALED: ("✓", GOOD),
        State.WITHDRAWN: ("–", DIM),
    }[one.state]
    words = f"{sign} {_(one.state)}" + (f": {one.reason}" if one.reason else "")
    return Content.styled(words, style) if style else Content(words)


def _doing(kind: Work) -> str:
    match kind:
        case Work.SCAN:
            return _("scanning")
        case Work.TAKE:
            return _("taking files")
        case Work.SEAL:
            return _("sealing")


def delivery_state(row: QueueRow) -> Content:
    """Where a package stands."""
    match row.state:
        case Delivery.QUEUED:
            return Content.assemble((f"✓ {_('sealed')}", GOOD), "  ", (f"↑ {_('waiting')}", WARN))
        case Delivery.SENDING:
            part = row.offset / row.size if row.size else 0.0
            return Content.styled(f"↑ {_('sending')} {part:.0%}", WARN)
        case Delivery.DELIVERED:
            return Content.styled(f"✓ {_('receipt checked')}", GOOD)
        case Delivery.HELD:
            return Content.styled(f"× {_('HELD')}: {row.reason}", BAD)


def name_of(dossier: Dossier | Listed) -> str:
    """The dossier in the clerk's words."""
    return dossier.applicant or _("(no name)")


# --- the checklist ----------------------------------------------------------------------------


def component_line(number: int, one: Component, dossier: Dossier) -> Content:
    """A paper of the checklist: number and title, below it what is there."""
    pages = len(dossier.of(one.id)) + sum(found.pages for found in dossier.attached(one.id))
    title = f"{number:>2} {one.title}"
    if problem := _unequal(one, dossier):
        return Content.assemble(title, "\n", (f"! {count_of_pages(pages)}; {problem}", WARN))
    if pages:
        return Content.assemble(title, "\n", (f"✓ {count_of_pages(pages)}", GOOD))
    if one in dossier.missing:
        return Content.assemble(title, "\n", (f"! {_('missing')}", f"bold {WARN}"))
    why = _("only shown, not scanned") if not one.scan else one.condition or _("optional")
    return Content.assemble((title, DIM), "\n", (f"· {why}", DIM))


def _unequal(one: Component, dossier: Dossier) -> str:
    """Why the paper that was declared does not fit the images; empty when it does."""
    account = dossier.accounts.get(one.id)
    return problem_with(dossier, one.id, account) if account and dossier.of(one.id) else ""


def page_line(number: int, page: Page, worked: WorkedPage | None, *, wide: bool) -> Content:
    """A page with its size and whatever inspection noticed; `wide` has room for the numbers."""
    size = f"{number:>2} {paper(page)} {page.dpi:.0f} dpi" if page.dpi else f"{number:>2} ? dpi"
    turned = f" ↻{page.rotation}°" if page.rotation else ""
    head = f"{size} {_mode(page.mode)}{turned}"
    if page.parts:
        head += f"\n   {part_of_sheet(page)}"
    tell = finding if wide else finding_word
    notes = [*page.warnings, *(tell(one) for one in (worked.findings if worked else ()))]
    if notes:
        return Content.assemble(head, "\n", ("! " + "; ".join(notes), WARN))
    if worked is None:
        return Content.assemble(head, "  ", (f"✓ {_('saved')}", GOOD))
    return Content.assemble(head, "  ", (f"✓ {_('in order')}", GOOD))


def attachment_line(one: Attachment) -> Content:
    """An already signed PDF."""
    about = _("signed PDF, kept as received")
    return Content.assemble(" ◆ ", one.name, "\n", (f"✓ {about}", GOOD))


def has_problem(page: Page, worked: WorkedPage | None) -> bool:
    """Whether the clerk should look at the page."""
    return bool(page.warnings) or bool(worked and worked.findings)


def paper(page: Page) -> str:
    """A4 and the like, or millimetres."""
    width, height = (round(side / page.dpi * 25.4) for side in (page.width, page.height))
    for name, (short, long) in _PAPERS.items():
        sides = sorted((width, height))
        if abs(sides[0] - short) <= _TOLERANCE_MM and abs(sides[1] - long) <= _TOLERANCE_MM:
            return name
    return f"{width}×{height} mm"


def _mode(mode: Mode) -> str:
    match mode:
        case Mode.COLOUR:
            return _("colour")
        case Mode.GREY:
            return _("grey")
        case Mode.BITONAL:
            return _("black and white")


# --- work and network -------------------------------------------------------------------------


def job_line(job: Job, progress: Progress) -> str:
    """What a running job does now."""
    if job.work is Work.SEAL:
        step = _(progress.step) if progress.step else _("opening the key")
        return _("Sealing {who}: {step}").format(who=job.about, step=step)
    saved = _("{n} on disk").format(n=progress.saved)
    if job.work is Work.TAKE:
        return _("Taking files for {who} · ✓ {saved}").format(who=job.about, saved=saved)
    if not progress.started:
        return _("Scanning {who}: looking for the scanner").format(who=job.about)
    if progress.waits:
        return _("Scanning {who}: waiting for paper · ✓ {saved}").format(who=job.about, saved=saved)
    if progress.page:
        page = _("page {n}").format(n=progress.page)
        return _("Scanning {who}: {page} · ✓ {saved}").format(who=job.about, page=page, saved=saved)
    return _("Scanning {who} · ✓ {saved}").format(who=job.about, saved=saved)


def link_words(link: Link) -> Content:
    """The network for the head line: sign, words, colour."""
    match link.net:
        case Net.UP:
            return Content.styled(f"● {_('NETWORK')}", GOOD)
        case Net.LOST:
            at = link.since.astimezone(VIETNAM).strftime("%H:%M") if link.since else "?"
            return Content.styled(f"▲ {_('NETWORK LOST since {at}').format(at=at)}", f"bold {BAD}")
        case Net.BUSY:
            return Content.styled(f"▲ {_('CENTRAL BUSY')}", WARN)
        case Net.FAULT:
            return Content.styled(f"▲ {_('SENDING FAILS')}", f"bold {BAD}")
        case Net.UNSET:
            return Content.styled(f"○ {_('no central set')}", WARN)
        case Net.QUIET:
            return Content.styled(f"○ {_('nothing to send')}", DIM)
