"""A counter with no rooms behind it, to script what no real part does on demand."""

import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path

import msgspec

from scanstation import errors
from scanstation.model.acts import (
    Act,
    AttachmentAdded,
    Entry,
    Expunged,
    Opened,
    PageAdded,
    PageReplaced,
    PagesGiven,
    PagesMoved,
    Redone,
    Sealed,
    Undone,
    Withdrawn,
)
from scanstation.model.arrival import Arrival, Arrived, Glance, Reached, Seen, Stand
from scanstation.model.asking import Answer, Asked, Hand, Question
from scanstation.model.clock import SystemClock, iso_vietnam, new_id
from scanstation.model.delivery import CourierEvent, Delivery, QueueRow
from scanstation.model.dossier import Attachment, Dossier, Page
from scanstation.model.events import (
    DossierQueued,
    Event,
    PageSaved,
    PaperAwaited,
    PdfAttached,
    ScanProgress,
    ScanStarted,
    Sorted,
    Step,
    Warned,
)
from scanstation.model.fold import fold, next_redo, next_undo
from scanstation.model.listing import Listed, Wanted, listed, plain, said_of
from scanstation.model.page import Finding, Mode, PageText, WorkedPage
from scanstation.model.profile import (
    CentralSettings,
    Clerk,
    Component,
    Procedure,
    ScanProfile,
    StationSettings,
)
from scanstation.model.removal import ExpungeReason
from scanstation.model.signing import Signer, Verdict
from scanstation.model.supplement import Supplemented
from scanstation.pages import Proposal
from scanstation.transfer import Destroyed
from scanstation.tui import Counter

DUONG = Clerk(id="duong", name="Nguyễn Thị Đường", key=Path("duong.p12"))
TUAN = Clerk(id="tuan", name="Phạm Anh Tuấn", key=Path("tuan.p12"))
BIRTH = Procedure(
    code="1.001193",
    title="Đăng ký khai sinh",
    source="test",
    components=(
        Component(id="to-khai", title="Tờ khai đăng ký khai sinh"),
        Component(id="chung-sinh", title="Giấy chứng sinh hoặc văn bản thay thế"),
        Component(id="bo-roi", title="Biên bản [bỏ rơi]", required=False, condition="bỏ rơi"),
        Component(id="tuy-than", title="Giấy tờ tùy thân", required=False, scan=False),
    ),
)
LAND = Procedure(
    code="1.004873",
    title="Xác nhận tình trạng hôn nhân",
    source="test",
    components=(Component(id="to-khai", title="Tờ khai"),),
)
STATION = StationSettings(
    id="H42.15.33-Q2",
    agency="UBND xã Tân Hợp",
    title="Quầy 2",
    default_profile="tape",
    central=CentralSettings(url="http://127.0.0.1:9", receipt_key="{}"),
    clerks=(DUONG, TUAN),
    demo=True,
)


_BOTH = (Answer.GO_ON, Answer.END)
_ALL = (Answer.GO_ON, Answer.PAIR, Answer.END)
QUESTIONS = {
    "N": Asked(question=Question.NEXT, answers=_BOTH, fronts=1),
    "T": Asked(question=Question.TURN, answers=_BOTH, fronts=3),
    "U": Asked(question=Question.UNEVEN, answers=_ALL, fronts=3, backs=2),
}


def a_page(component: str, number: int = 0, dpi: float = 300.0) -> Page:
    identity = new_id(SystemClock().now())
    return Page(
        id=identity,
        sha256=f"{number:064x}",
        suffix=".png",
        component=component,
        width=2480,
        height=3508,
        dpi=dpi,
        mode=Mode.COLOUR,
    )


@dataclass
class FakeIntake:
    """Intake in memory. `script` is what each scan meets.

    P page, J jam, W waits for `go`, E waits for paper until `go`, S is silent until it is closed;
    N, T and U ask: next page, turn the stack, uneven counts.
    """

    script: list[str] = field(default_factory=lambda: ["PP"])
    go: threading.Event = field(default_factory=threading.Event)
    entries: dict[str, list[Entry]] = field(default_factory=dict)
    rows: list[QueueRow] = field(default_factory=list)
    thumbnail: Path | None = None
    findings: dict[str, tuple[Finding, ...]] = field(default_factory=dict)
    """By the SHA-256 of the page, which counts 1, 2, 3 … within a scan."""
    proposed: tuple[Proposal, ...] = ()
    silent: bool = False
    """Whether the scanner says nothing before `go`."""
    device_says: tuple[str, ...] = ()
    answers: list[Answer] = field(default_factory=list)
    """To the questions of the scans."""
    pile: tuple[Sorted, ...] = ()
    """What each scan says at its end about its separators."""
    stamped: list[bool] = field(default_factory=list)
    released: list[tuple[str, str]] = field(default_factory=list)
    """(package, clerk)"""
    slow_seal: bool = False
    seal_faults: list[errors.ScanStationError] = field(default_factory=list)

    def open(self, procedure: Procedure, applicant: str, clerk: Clerk) -> Dossier:
        identity = new_id(SystemClock().now())
        self.entries[identity] = []
        opened = Opened(dossier=identity, procedure=procedure, applicant=applicant, demo=True)
        return self._add(identity, opened, clerk)

    def dossiers(self) -> tuple[Dossier, ...]:
        return tuple(fold(entries) for entries in self.entries.values())

    def listing(self) -> tuple[Listed, ...]:
        return tuple(listed(fold(entries), entries) for entries in self.entries.values())

    def dossier(self, wanted: str) -> Dossier:
        return fold(self.entries[wanted])

    def worked(self, dossier: str) -> Mapping[str, WorkedPage]:
        return {
            page.id: worked_page(self.thumbnail, *self.findings.get(page.sha256, ()))
            for page in self.dossier(dossier).pages
            if self.thumbnail
        }

    def proposals(self, _dossier: str) -> tuple[Proposal, ...]:
        return self.proposed

    def record(self, dossier: str, act: Act, clerk: Clerk) -> Dossier:
        return self._add(dossier, act, clerk)

    def undo(self, dossier: str, clerk: Clerk) -> Dossier:
        entry = next_undo(self.entries[dossier])
        if entry is None:
            raise errors.NoSuchThing(kind="act to undo in", name=dossier, hint="")
        return self._add(dossier, Undone(entry.number), clerk)

    def redo(self, dossier: str, clerk: Clerk) -> Dossier:
        entry = next_redo(self.entries[dossier])
        if entry is None:
            raise errors.NoSuchThing(kind="act to redo in", name=dossier, hint="")
        return self._add(dossier, Redone(entry.number), clerk)

    def scan(
        self,
        dossier: str,
        component: str,
        profile: ScanProfile,
        clerk: Clerk,
        replaces: str = "",
        hand: Hand | None = None,
    ) -> Iterator[Event]:
        if self.silent:
            self.go.wait(20)
        yield ScanStarted(device="tape:0", actual={}, warnings=self.device_says)
        kept = 0
        for step in self.script.pop(0) if self.script else "":
            if step == "W":
                yield ScanProgress(page=kept + 1, lines=1400, expected=3508)
                self.go.wait(20)
            elif step == "J":
                raise errors.PaperJam(kept=kept)
            elif step == "S":
                assert hand is not None
                with hand.stopping(self.go.set):
                    assert self.go.wait(20), "nobody closed the silent scanner"
                raise errors.Stopped(kept=kept)
            elif step in QUESTIONS:
                assert hand is not None
                yield QUESTIONS[step]
                self.answers.append(hand.answer(QUESTIONS[step]))
                if hand.stopped:
                    raise errors.Stopped(kept=kept)
            elif step == "E":
                yield PaperAwaited(seconds=60)
                self.go.wait(20)
            elif step == "!":
                raise ZeroDivisionError("a fault nobody foresaw")
            else:
                kept += 1
                page = msgspec.structs.replace(a_page(component, kept), replaces=replaces)
                self._add(dossier, PageReplaced(page, "x") if replaces else PageAdded(page), clerk)
                yield PageSaved(page=page, position=kept)
        yield from self.pile

    def seal(
        self,
        dossier: str,
        clerk: Clerk,
        signer: Signer,
        *,
        stamp: bool = True,
        as_scanned: bool = False,
    ) -> Iterator[Event]:
        assert as_scanned, "the screen shows the usual account, so signing declares it"
        self.stamped.append(stamp)
        yield Step(what="read", done=1, total=2)
        if self.slow_seal:
            self.go.wait(20)
        if self.seal_faults:
            raise self.seal_faults.pop(0)
        row = a_row(dossier, len(self.rows) + 1)
        self.rows.append(row)
        self._add(dossier, Sealed(row.package, row.sha256, row.sequence), clerk)
        yield DossierQueued(row=row)

    def take(
        self, dossier: str, component: str, inputs: Sequence[Path], clerk: Clerk, replaces: str = ""
    ) -> Iterator[Event]:
        for number, path in enumerate(inputs, start=1):
            if path.suffix == ".pdf":
                one = Attachment(
                    id=new_id(SystemClock().now()),
                    sha256="0" * 64,
                    name=path.name,
                    component=component,
                    pages=1,
                    signatures=1,
                )
                self._add(dossier, AttachmentAdded(one), clerk)
                yield PdfAttached(attachment=one)
                continue
            page = a_page(component, number)
            self._add(dossier, PageAdded(page), clerk)
            yield PageSaved(page=page, position=number)

    def release(self, package: str, clerk: Clerk) -> QueueRow:
        self.released.append((package, clerk.id))
        released = [
            msgspec.structs.replace(row, state=Delivery.QUEUED, reason="")
            if row.package == package
            else row
            for row in self.rows
        ]
        self.rows[:] = released
        return next(row for row in released if row.package == package)

    def _add(self, dossier: str, act: Act, clerk: Clerk) -> Dossier:
        entries = self.entries[dossier]
        at = iso_vietnam(SystemClock().now())
        entries.append(Entry(number=len(entries) + 1, at=at, clerk=clerk.id, act=act))
        return fold(entries)


def a_row(
    dossier: str, number: int, state: Delivery = Delivery.QUEUED, **facts: object
) -> QueueRow:
    row = QueueRow(
        package=new_id(SystemClock().now()),
        dossier=dossier,
        file="x.zip",
        sha256="0" * 64,
        size=900_000,
        sequence=number,
        state=state,
        queued_at=iso_vietnam(SystemClock().now()),
    )
    return msgspec.structs.replace(row, **facts)


def worked_page(thumbnail: Path, *findings: Finding) -> WorkedPage:
    return WorkedPage(
        width=2480,
        height=3508,
        dpi=300,
        skew=0,
        layers=(),
        text=PageText(lines=(), engine=""),
        findings=findings,
        codes=(),
        thumbnail=thumbnail,
        clean=thumbnail,
        stamp=None,
    )


@dataclass
class FakeCourier:
    """Each pass plays the next list of events or faults; after the last one nothing happens."""

    passes: list[Sequence[CourierEvent | errors.ScanStationError]] = field(default_factory=list)
    ran: int = 0

    def deliver(self) -> Iterator[CourierEvent]:
        self.ran += 1
        for event in self.passes.pop(0) if self.passes else ():
            if isinstance(event, errors.ScanStationError):
                raise event
            yield event


@dataclass
class FakeDoor:
    """Who is signed in, and the passphrase that opens a key."""

    now: Clerk | None = DUONG
    passphrase: bytes = "mật khẩu".encode()

    def sign_in(self, wanted: str) -> Clerk:
        self.now = next(one for one in STATION.clerks if one.id == wanted)
        return self.now

    def unlock(self, clerk: Clerk, passphrase: bytes) -> Signer:
        if passphrase != self.passphrase:
            raise errors.WrongPassphrase(key=clerk.key)
        return None  # type: ignore[return-value]


@dataclass
class FakeArrivals:
    """Files that wait, in memory; `coming` is what the watch tells before it rests."""

    intake: FakeIntake
    files: dict[str, Seen] = field(default_factory=dict)
    coming: list[Arrived | Reached | Warned] = field(default_factory=list)
    aside: list[tuple[str, str, str]] = field(default_factory=list)
    """(file, reason, clerk)"""
    judged: tuple[Verdict, ...] = ()
    taking_fault: errors.ScanStationError | None = None

    def add(self, name: str, **glance: object) -> Seen:
        identity = new_id(SystemClock().now())
        arrival = Arrival(
            id=identity,
            name=name,
            path=Path("/inbox", identity, "paper", name),
            size=123_456,
            arrived_at="2026-11-22T08:05:00+07:00",
            state=Stand.WAITING,
        )
        facts = {"kind": "image", "pages": 1} | glance
        self.files[identity] = Seen(arrival=arrival, glance=Glance(**facts))  # type: ignore[arg-type]
        return self.files[identity]

    def waiting(self) -> tuple[Arrival, ...]:
        return tuple(one.arrival for one in self.files.values())

    def seen(self, arrival: Arrival) -> Seen:
        return self.files[arrival.id]

    def verdicts(self, _seen: Seen) -> tuple[Verdict, ...]:
        return self.judged

    def watch(self, stop: threading.Event) -> Iterator[Arrived | Reached | Warned]:
        yield from self.coming
        stop.wait(20)

    def take(self, wanted: str, dossier: str, component: str, clerk: Clerk) -> Iterator[Event]:
        name = self.files[wanted].arrival.name
        yield from self.intake.take(dossier, component, [Path(name)], clerk)
        if self.taking_fault:
            raise self.taking_fault
        del self.files[wanted]

    def set_aside(self, wanted: str, reason: str, clerk: Clerk) -> Arrival:
        self.aside.append((self.files[wanted].arrival.name, reason, clerk.id))
        return self.files.pop(wanted).arrival


@dataclass
class FakeCasework:
    """Casework over the dossiers of a FakeIntake; `faults` are raised by the next verbs."""

    intake: FakeIntake
    faults: list[errors.ScanStationError] = field(default_factory=list)
    destroyed: list[tuple[str, ExpungeReason, str, str]] = field(default_factory=list)
    """(page, reason, note, clerk)"""
    given: list[tuple[tuple[str, ...], str]] = field(default_factory=list)
    """(pages, target)"""

    def find(self, wanted: Wanted) -> tuple[Listed, ...]:
        words = plain(wanted.text).split()
        return tuple(
            one
            for one in self.intake.listing()
            if all(word in plain(said_of(one)) for word in words)
            and one.opened_at.startswith(wanted.day)
        )

    def idle(self, days: int) -> tuple[Listed, ...]:
        latest = iso_vietnam(SystemClock().now() - timedelta(days=days))
        lines = self.intake.listing()
        return tuple(one for one in lines if one.unfinished and one.touched_at <= latest)

    def record(self, dossier: str, act: Act, clerk: Clerk) -> Dossier:
        self._may_fail()
        return self.intake.record(dossier, act, clerk)

    def correct(self, dossier: str, reason: str, clerk: Clerk) -> Dossier:
        self._may_fail()
        old = self.intake.dossier(dossier)
        fresh = self.intake.open(old.procedure, old.applicant, clerk)
        for page in old.pages:
            self.intake.record(fresh.id, PageAdded(page), clerk)
        return self.intake.dossier(fresh.id)

    def withdraw(self, dossier: str, reason: str, clerk: Clerk) -> Dossier:
        self._may_fail()
        return self.intake.record(dossier, Withdrawn(reason), clerk)

    def split(self, dossier: str, page: str, component: str, clerk: Clerk) -> Dossier:
        standing = self.intake.dossier(dossier)
        here = [one.id for one in standing.of(standing.page(page).component)]
        moved = tuple(here[here.index(page) :])
        return self.intake.record(dossier, PagesMoved(moved, component, 99), clerk)

    def give(
        self, dossier: str, pages: Sequence[str], target: str, component: str, clerk: Clerk
    ) -> Dossier:
        self._may_fail()
        self.given.append((tuple(pages), target))
        self.intake.record(dossier, PagesGiven(tuple(pages), target), clerk)
        return self.intake.dossier(target)

    def expunge(
        self, dossier: str, page: str, reason: ExpungeReason, note: str, clerk: Clerk
    ) -> Destroyed:
        self._may_fail()
        self.destroyed.append((page, reason, note, clerk.id))
        standing = self.intake.dossier(dossier).page(page)
        act = Expunged(page=page, component=standing.component, reason=reason, note=note)
        self.intake.record(dossier, act, clerk)
        return Destroyed(pages=((dossier, page),), same=(), sealed=())

    def _may_fail(self) -> None:
        if self.faults:
            raise self.faults.pop(0)


@dataclass
class FakePrinter:
    """What was printed, by dossier and component; the slip has none."""

    printed: list[tuple[str, str]] = field(default_factory=list)

    def component(self, dossier: Dossier, component: str) -> str:
        self.printed.append((dossier.id, component))
        return "request id is quay-2-7 (1 file(s))"

    def slip(self, dossier: Dossier) -> str:
        return self.component(dossier, "")


def fake_counter(
    intake: FakeIntake,
    courier: FakeCourier | None = None,
    door: FakeDoor | None = None,
    station: StationSettings = STATION,
    arrivals: FakeArrivals | None = None,
    casework: "FakeCasework | None" = None,
    printer: "FakePrinter | None" = None,
    read_again: Callable[[threading.Event], Iterator[Supplemented]] | None = None,
) -> Counter:
    door, printer = door or FakeDoor(), printer or FakePrinter()
    return Counter(
        station=station,
        clerks=STATION.clerks,
        signed_in=lambda: door.now,
        sign_in=door.sign_in,
        intake=intake,  # type: ignore[arg-type]
        casework=casework or FakeCasework(intake),  # type: ignore[arg-type]
        procedures=lambda: (BIRTH, LAND),
        profiles=lambda: (
            ScanProfile(id="tape", title="Máy thử", driver="tape", feeder=True),
            ScanProfile(id="flat", title="Mặt kính", driver="tape"),
        ),
        unlock=door.unlock,
        queue=lambda: tuple(intake.rows),
        release=intake.release,
        deliver=(courier or FakeCourier()).deliver,
        print_component=printer.component,
        print_slip=printer.slip,
        arrivals=arrivals,  # type: ignore[arg-type]
        read_again=read_again,
    )
