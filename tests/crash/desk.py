"""A counter with one clerk, its real Intake, and the verbs that are crashed.

Everything is what the program itself uses, but for three seams: a tape plays the scanner, page
work is done in this process when sealing asks for it, and foreign PDFs are read in this process.
So a verb is one single-threaded process, and its n-th system call is always the same one.
"""

import base64
import random
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import msgspec
from PIL import Image, ImageDraw

from scanstation import bootstrap, durable
from scanstation.casework import Casework
from scanstation.casework import Desk as CaseworkDesk
from scanstation.document import Documents, Signature
from scanstation.imaging.load import work_alone
from scanstation.intake import Intake, Parts
from scanstation.model import acts
from scanstation.model.account import Account, Demand
from scanstation.model.delivery import Delivery, QueueRow, ReceiptClaims
from scanstation.model.dossier import Dossier, State
from scanstation.model.events import DossierQueued, Event, PageSaved, PdfAttached
from scanstation.model.page import Mode, PageOrder, WorkedPage
from scanstation.model.profile import (
    Clerk,
    Component,
    Procedure,
    Reading,
    ScanProfile,
    Treatment,
)
from scanstation.model.reckoning import as_scanned, open_accounts
from scanstation.model.removal import ExpungeReason
from scanstation.model.signing import Signer
from scanstation.outbox.folder import Outbox
from scanstation.pagework import work_page
from scanstation.pdf import read as read_pdf
from scanstation.scanner.tape import Tape
from scanstation.settings import Station
from scanstation.signing import station as station_key
from scanstation.signing.pkcs12 import open_key
from scanstation.signing.testing_ca import make_authority, make_clerk_key
from tests.crash.strace import Say

CLERK = Clerk(id="duong", name="Nguyễn Thị Đường")
PROCEDURE = Procedure(
    code="1.001193",
    title="Đăng ký khai sinh",
    source="test",
    components=(
        Component(id="to-khai", title="Tờ khai đăng ký khai sinh"),
        Component(id="giay-to", title="Giấy tờ khác", required=False),
    ),
)
PROFILE = ScanProfile(
    id="tape", driver="tape", feeder=True, dpi=75, mode=Mode.GREY, reading=Reading.NONE
)
_TOML = """id = "tram-1"
agency = "UBND xã Tân Hợp"
min_free_mb = {least}
reserve_mb = 0

[retention]
days = 0

[[clerks]]
id = "duong"
name = "Nguyễn Thị Đường"
"""
_PASSPHRASE = b"mot hai ba"
_A4_AT_75_DPI = (620, 877)


@dataclass(frozen=True)
class Kit:
    """What no crash touches: the paper on the desk and the clerk's key."""

    pages: tuple[Path, ...]
    signed_pdf: Path
    signer: Signer


def make_kit(folder: Path) -> Kit:
    """Paper and key in `folder`; one second for the key."""
    work_alone()  # no threads: this process is forked over and over
    folder.mkdir()
    authority, now, day = make_authority(folder), datetime.now(UTC), timedelta(days=1)
    key = folder / "duong.p12"
    make_clerk_key(authority, CLERK.name, _PASSPHRASE, key, now - day, now + day)
    signer = open_key(key, _PASSPHRASE, bootstrap.CLOCK)
    pages = tuple(_paper(folder / f"page-{number}.pgm", number) for number in range(1, 9))
    return Kit(pages, _signed(folder, pages[-1], signer), signer)


def _paper(path: Path, number: int) -> Path:
    """A page with some print below its corner, no two alike."""
    page = Image.new("L", _A4_AT_75_DPI, 250)
    pen, dice = ImageDraw.Draw(page), random.Random(number)
    for line in range(200, 800, 40):
        for left in range(60, 540, 24):
            if dice.random() < 0.7:
                pen.rectangle((left, line, left + dice.randint(4, 13), line + 9), fill=60)
    page.save(path)
    return path


def _signed(folder: Path, paper: Path, signer: Signer) -> Path:
    """A PDF a citizen signed at home."""
    target, treatment = folder / "signed.pdf", Treatment(reading=Reading.NONE)
    with _documents() as documents:
        signature = Signature(signer, stamped=None)
        for _ in documents.digitise([paper], target, treatment, signature, folder / "scratch"):
            pass
    return target


# --- the station ------------------------------------------------------------------------------


def set_up(folder: Path, *, min_free_mb: int = 0) -> None:
    """A bare station in `folder`, as `station init` and `clerk add` leave it."""
    (folder / "station.toml").write_text(_TOML.format(least=min_free_mb), encoding="utf-8")
    bootstrap.make_station_key(folder)


@dataclass(frozen=True)
class Desk:
    """The counter in one run of the program."""

    intake: Intake
    work: Casework
    outbox: Outbox
    kit: Kit
    say: Say

    def scan(self, script: str, component: str = "to-khai", replaces: str = "") -> None:
        """Scan what the tape plays; every page is announced once it is saved."""
        self._follow(self.intake.scan(self.id, component, _playing(script), CLERK, replaces))

    def take(self, *files: Path) -> None:
        """Import files."""
        self._follow(self.intake.take(self.id, "giay-to", files, CLERK))

    def do(self, act: acts.Act) -> None:
        """Record one act and announce how many there are now."""
        self.announce(self.intake.record(self.id, act, CLERK))

    def seal(self) -> None:
        """Seal; announced once queued."""
        self._follow(self.intake.seal(self.id, CLERK, self.kit.signer, as_scanned=True))

    def announce(self, dossier: Dossier) -> None:
        """Tell that so many acts of this dossier are safe."""
        self.say(f"acts {dossier.id} {dossier.acts}")

    def expunge(self, page: str) -> None:
        """Destroy a page; what must be gone afterwards is told beforehand."""
        holder = self.work.looking_at(self.id)
        kept = next(one for one in holder.dossier.pages if one.id == page)
        content = holder.original(kept).read_bytes()
        _cache(holder.cache(kept, "worked") / "clean.png", content)
        middle = len(content) // 2
        self.say(f"secret {page} {kept.sha256}:{content[middle : middle + 64].hex()}")
        self.work.expunge(self.id, page, ExpungeReason.SECRET, "dấu MẬT", CLERK)
        self.announce(self.dossier)

    def announce_all(self) -> None:
        """Tell of every dossier how many of its acts are safe."""
        for one in self.unfinished():
            self.announce(one)

    @property
    def dossier(self) -> Dossier:
        """The dossier that is worked on: the oldest unfinished one."""
        return self.unfinished()[0]

    def unfinished(self) -> list[Dossier]:
        """Dossiers neither sealed nor withdrawn."""
        return [one for one in self.intake.dossiers() if one.state in (State.OPEN, State.PARKED)]

    @property
    def id(self) -> str:
        return self.dossier.id

    def _follow(self, events: Iterable[Event]) -> None:
        for event in events:
            match event:
                case PageSaved(page=page):
                    self.say(f"page {page.id} {page.sha256}{page.suffix}")
                case PdfAttached(attachment):
                    self.say(f"attachment {attachment.id} {attachment.sha256}.pdf")
                case DossierQueued(row=row):
                    self.say(f"queued {row.package} {row.sha256}")
                case _:
                    pass


def _cache(path: Path, content: bytes) -> None:
    """As page work does it, also when the disk is full."""
    try:
        path.write_bytes(content)
    except OSError as fault:
        raise durable.storage_fault(path, fault) from fault


@contextmanager
def at_desk(folder: Path, kit: Kit, say: Say) -> Iterator[Desk]:
    """Start the program in `folder`: as bootstrap.intake does, with the three seams replaced."""
    station = Station(folder)
    held = bootstrap.holdings(station)
    casework = Casework(
        CaseworkDesk(
            settings=station.settings,
            holdings=held,
            running=bootstrap.running_folder(station),
            clock=bootstrap.CLOCK,
        )
    )
    with _documents() as documents:
        intake = Intake(
            Parts(
                settings=station.settings,
                holdings=held,
                documents=documents,
                driver=lambda profile: closing(Tape(profile.device, kit.pages)),
                station=station_key.load(bootstrap.station_key(folder)),
                clock=bootstrap.CLOCK,
                glance=bootstrap.glance,
            )
        )
        yield Desk(intake, casework, held.outbox, kit, say)


def _playing(script: str) -> ScanProfile:
    return msgspec.structs.replace(PROFILE, device=script)


@contextmanager
def _documents() -> Iterator[Documents]:
    with bootstrap.documents(()) as documents:
        yield replace(documents, pages=_Inline(), reader=read_pdf)


class _Inline:
    """document.PageWork without other processes: nothing is read, so none is started."""

    def begin(self, order: PageOrder) -> None:
        """Nothing: sealing asks for it."""

    def peek(self, order: PageOrder) -> WorkedPage | None:
        return None

    def finish(self, orders: Sequence[PageOrder], *, patient: bool = False) -> Iterator[WorkedPage]:
        for order in orders:
            yield work_page(msgspec.structs.replace(order, reading=Reading.NONE))


# --- the verbs --------------------------------------------------------------------------------

Verb = Callable[[Desk], None]


def open_(desk: Desk) -> None:
    """A dossier; on a bare station the first."""
    desk.announce(desk.intake.open(PROCEDURE, "Lò Thị Mai", CLERK))


def scan(desk: Desk) -> None:
    """Three pages from the feeder, and the second one once more."""
    desk.scan("PPP")
    desk.scan("P", replaces=desk.dossier.of("to-khai")[1].id)


def take(desk: Desk) -> None:
    """Two images no scan is like, and a PDF that is signed already."""
    desk.take(*desk.kit.pages[4:6], desk.kit.signed_pdf)


def edit(desk: Desk) -> None:
    """Every act a clerk can do to pages, undone and redone; parked and resumed."""
    first, *_, last = desk.dossier.of("to-khai")
    desk.do(acts.PageMoved(first.id, "giay-to", 0))
    desk.do(acts.PageRotated(last.id, 90))
    desk.do(acts.PageRemoved(last.id, "quét nhầm"))
    desk.announce(desk.intake.undo(desk.id, CLERK))
    desk.announce(desk.intake.redo(desk.id, CLERK))
    desk.do(acts.Parked("chờ giấy tờ"))
    desk.do(acts.Resumed())


def declare(desk: Desk) -> None:
    """The paper's account and a field, undone and redone; a component split and joined again."""
    desk.do(acts.AccountGiven("to-khai", Account(sheets=1, two_sided=1)))
    page = desk.dossier.of("to-khai")[0].id
    desk.do(acts.FieldSet("name", "Lò Thị Mai", page=page))
    desk.do(acts.FieldSet("name", "Lò Thị Mây", page=page))
    desk.announce(desk.intake.undo(desk.id, CLERK))
    desk.announce(desk.work.split(desk.id, page, "giay-to", CLERK))
    desk.announce(desk.work.join(desk.id, "giay-to", "to-khai", CLERK))
    desk.announce(desk.intake.undo(desk.id, CLERK))
    desk.announce(desk.intake.undo(desk.id, CLERK))
    desk.announce(desk.intake.redo(desk.id, CLERK))
    desk.announce(desk.intake.undo(desk.id, CLERK))


def move(desk: Desk) -> None:
    """Pages to the next citizen's dossier, taken back in both, given again, and all merged back."""
    here, other = desk.id, desk.intake.open(PROCEDURE, "Vàng A Pháo", CLERK).id
    pages = [desk.dossier.of("to-khai")[0].id, desk.dossier.of("giay-to")[1].id]
    desk.work.give(here, pages, other, "", CLERK)
    desk.announce_all()
    desk.intake.undo(other, CLERK)
    desk.announce_all()
    desk.intake.redo(here, CLERK)
    desk.announce_all()
    desk.work.merge(here, other, "", CLERK)
    desk.announce_all()
    desk.announce(desk.intake.record(other, acts.Withdrawn("nhập vào hồ sơ khác"), CLERK))


def expunge(desk: Desk) -> None:
    """A page that was moved between two dossiers, and one that only ever lay in this one; then
    the right paper is scanned.
    """
    _, own, moved = (page.id for page in desk.dossier.of("giay-to"))
    desk.expunge(moved)
    desk.expunge(own)
    desk.scan("P")


def seal(desk: Desk) -> None:
    """Write, sign, pack and queue."""
    _recount(desk)
    desk.seal()


def correct(desk: Desk) -> None:
    """The sealed dossier once more, with its pages, as the clerk's next one."""
    sealed = next(one for one in desk.intake.listing() if one.state is State.SEALED)
    desk.announce(desk.work.correct(sealed.id, "sai tên", CLERK))


def purge(desk: Desk) -> None:
    """Central holds every package for long enough; they go, and their dossiers."""
    for row in desk.outbox.rows():
        if row.state is not Delivery.DELIVERED:
            desk.outbox.deliver(row.package, _receipt(row))
    for gone in desk.work.purge(CLERK):
        desk.say(f"purged {gone.dossier} {gone.package}")


def _receipt(row: QueueRow) -> str:
    """What central would say; its signature is the courier's matter."""
    claims = ReceiptClaims(
        issuer="central",
        package=row.package,
        dossier=row.dossier,
        station="tram-1",
        sha256=row.sha256,
        size=row.size,
        sequence=row.sequence,
        server_sequence=row.sequence,
        received_at=row.queued_at,
    )
    payload = base64.urlsafe_b64encode(msgspec.json.encode(claims)).rstrip(b"=").decode()
    return f"x.{payload}.x"


def recover(desk: Desk) -> None:
    """Nothing but the start of the program, which settles what a stop left."""


VERBS: dict[str, Verb] = {
    "open": open_,
    "scan": scan,
    "import": take,
    "edit": edit,
    "declare": declare,
    "move": move,
    "expunge": expunge,
    "seal": seal,
    "correct": correct,
    "purge": purge,
    "recover": recover,
}
"""In the order of a day: each begins where the one before it ended."""


def finish(desk: Desk) -> None:
    """Whatever is unfinished is brought to the queue; if nothing is, the next citizen's dossier."""
    if not desk.unfinished():
        open_(desk)
    for _ in desk.unfinished():
        if desk.dossier.state is State.PARKED:
            desk.do(acts.Resumed())
        desk.scan("P")
        _recount(desk)
        desk.seal()


def _recount(desk: Desk) -> None:
    """The paper as it is now, where an account no longer adds up."""
    for open_one in open_accounts(desk.dossier, Demand.REQUIRED):
        found = as_scanned(desk.dossier, open_one.component.id)
        if found:
            desk.do(acts.AccountGiven(open_one.component.id, found))
