"""A counter with one clerk and its real Intake, in one run of the program.

Everything is what the program itself uses, but for three seams: a tape plays the scanner, page
work is done in this process when sealing asks for it, and foreign PDFs are read in this process.
So a verb is one single-threaded process, and its n-th system call is always the same one.
"""

from collections.abc import Iterable, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path

import msgspec

from scanstation import bootstrap, durable
from scanstation.casework import Casework
from scanstation.casework import Desk as CaseworkDesk
from scanstation.intake import Intake, Parts
from scanstation.model import acts
from scanstation.model.dossier import Dossier, State
from scanstation.model.events import DossierQueued, Event, PageSaved, PdfAttached
from scanstation.model.page import Mode
from scanstation.model.profile import Reading, ScanProfile
from scanstation.model.removal import ExpungeReason
from scanstation.outbox.folder import Outbox
from scanstation.scanner.tape import Tape
from scanstation.settings import Station
from scanstation.signing import station as station_key
from tests.crash.paper import CLERK, Kit, documents
from tests.crash.strace import Say

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
    with documents() as maker:
        intake = Intake(
            Parts(
                settings=station.settings,
                holdings=held,
                documents=maker,
                driver=lambda profile: closing(Tape(profile.device, kit.pages)),
                station=station_key.load(bootstrap.station_key(folder)),
                clock=bootstrap.CLOCK,
                glance=bootstrap.glance,
            )
        )
        yield Desk(intake, casework, held.outbox, kit, say)


def _playing(script: str) -> ScanProfile:
    return msgspec.structs.replace(PROFILE, device=script)
