"""Settings -> stories: the only module that names concrete backends.

Heavy imports happen here, inside the functions that need them, so that a verb loads only what it
uses: `scanstation sync` runs on a machine with no scanner, OCR or screen installed.
"""

import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, closing, contextmanager, suppress
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Protocol

import msgspec

from scanstation import durable, errors
from scanstation.courier import Courier
from scanstation.document import Documents
from scanstation.i18n import _
from scanstation.model.clock import SystemClock
from scanstation.model.delivery import CourierEvent
from scanstation.model.events import PageScanned, ScanStarted
from scanstation.model.page import PageFile, WorkedPage
from scanstation.model.profile import CentralSettings, DeviceProfile, ScanProfile, Treatment
from scanstation.model.signing import PdfReport, Signer
from scanstation.outbox import ScanResult
from scanstation.outbox.folder import Outbox
from scanstation.ownership import clear_abandoned, running
from scanstation.package.read import read_package
from scanstation.pagepool import PagePool
from scanstation.pdf import DocumentInfo, ForeignPdf
from scanstation.scanner import Describes, DeviceDescription, DeviceInfo, ScanDriver
from scanstation.settings import Profiles, Station
from scanstation.signing import Verifier

if TYPE_CHECKING:
    from scanstation.cardread import CardRead
    from scanstation.casework import Casework
    from scanstation.holding import Holdings
    from scanstation.intake import Intake
    from scanstation.model.supplement import Supplemented
    from scanstation.sorting import Glance

CLOCK = SystemClock()


def station_key(folder: Path) -> Path:
    """Where the station's own private key lies."""
    return folder / "station.key"


def outbox_of(station: Station) -> Outbox:
    """The station's outbox; the folder appears on first use."""
    return Outbox(durable.make_folder(station.folder / "outbox"), CLOCK)


@contextmanager
def documents(
    trust: tuple[Path, ...], agency: str = "", imported: Treatment | None = None
) -> Iterator[Documents]:
    """The document maker with its page workers, which end with the context."""
    with PagePool() as pages:
        yield Documents(
            images=_images,
            pages=pages,
            writer=_Writer(),
            reader=_Reader(),
            verifier=_Verifier(),
            trust=trust,
            clock=CLOCK,
            agency=agency,
            imported=imported or Treatment(),
        )


def _imported(station: Station) -> Treatment:
    """Files are coded as the usual scan profile says; what is wrong in it is for scans to tell."""
    with suppress(errors.ScanStationError):
        return Treatment(one_bit=station.profiles.scan(station.settings.default_profile).one_bit)
    return Treatment()


def _images(path: Path, scratch: Path) -> Iterator[PageFile]:
    from scanstation.scanner.folder import read_images

    return read_images(path, scratch)


class _Writer:
    """The PDF/A writer, loaded when the first page is written: listing dossiers needs none."""

    def write(
        self,
        pages: Sequence[WorkedPage],
        info: DocumentInfo,
        target: Path,
        progress: Callable[[int], None],
    ) -> None:
        from scanstation.pdf.assemble import Pdf2uWriter

        Pdf2uWriter().write(pages, info, target, progress)


class _Reader:
    """The confined reader of foreign PDFs, loaded when the first one comes."""

    def inspect(self, path: Path) -> ForeignPdf:
        from scanstation.pdf.confined import ConfinedReader

        return ConfinedReader().inspect(path)

    def pages(self, path: Path, scratch: Path) -> Sequence[PageFile]:
        from scanstation.pdf.confined import ConfinedReader

        return ConfinedReader().pages(path, scratch)


class _Verifier:
    """The judge of signatures, loaded when there is one to judge."""

    def report(self, path: Path, trust: Sequence[Path]) -> PdfReport:
        from scanstation.signing.verify import PadesVerifier

        return PadesVerifier(CLOCK).report(path, trust)


def holdings(station: Station) -> "Holdings":
    """The station's dossiers, settled after whatever happened before."""
    from scanstation.holding import Holdings
    from scanstation.workspace.store import Workspace

    found = Holdings(
        workspace=Workspace(durable.make_folder(station.folder / "workspace"), CLOCK),
        outbox=outbox_of(station),
        scratch=scratch(station.folder),
        min_free_mb=station.settings.min_free_mb,
    )
    half = 0 if station.settings.demo else station.settings.reserve_mb * 500_000
    found.workspace.keep_reserve(half)
    found.outbox.keep_reserve(half)
    found.workspace.finish_leaving()
    found.settle()
    return found


@contextmanager
def intake(station: Station) -> Iterator["Intake"]:
    """The first story."""
    from scanstation.intake import Intake, Parts
    from scanstation.signing.station import load

    settings = station.settings
    facts = (settings.trust, settings.agency, _imported(station))
    with running(running_folder(station)), documents(*facts) as maker:
        yield Intake(
            Parts(
                settings=station.settings,
                holdings=holdings(station),
                documents=maker,
                driver=partial(_driver, station.profiles.devices()),
                station=load(station_key(station.folder)),
                clock=CLOCK,
                glance=glance,
            )
        )


def casework(station: Station) -> "Casework":
    """What is done with dossiers beside scanning and sealing; needs no page workers."""
    from scanstation.casework import Casework, Desk

    return Casework(
        Desk(
            settings=station.settings,
            holdings=holdings(station),
            running=running_folder(station),
            clock=CLOCK,
        )
    )


def supplements(
    station: Station, *, wait: bool, gives_way: threading.Event | None = None
) -> Iterator["Supplemented"]:
    """Queue the better texts of delivered dossiers; with `wait` read now what is not read yet.
    Reading ends at once when `gives_way` is set, by errors.Stopped."""
    from scanstation import supplementing
    from scanstation.pagework import recalled
    from scanstation.signing.station import load

    with running(running_folder(station)), PagePool(gives_way) as pages:
        parts = supplementing.Parts(
            holdings=holdings(station),
            pages=pages,
            recall=recalled,
            station=load(station_key(station.folder)),
            clock=CLOCK,
            gives_way=gives_way,
        )
        yield from supplementing.supplement(parts, wait=wait)


def running_folder(station: Station) -> Path:
    """Where every program at work leaves its marker; one whose process is dead tells of a stop."""
    return durable.make_folder(station.folder / "running")


def glance(page: PageFile) -> "Glance":
    """What separators need to know of a page before it is kept: 30 to 60 ms."""
    from scanstation.imaging import codes, inspect, load
    from scanstation.sorting import Glance

    picture = load.load(page.path, page.dpi).picture
    seen = tuple(code.text for code in codes.find(picture))
    return Glance(codes=seen, blank=not seen and inspect.marks(picture) == 0)


def scratch(folder: Path) -> Path:
    """The scratch folder, without what dead processes left in it: it may show citizens' papers."""
    place = durable.make_folder(folder / "scratch")
    clear_abandoned(place)
    return place


def devices(profile: ScanProfile | None) -> tuple[DeviceInfo, ...]:
    """Scanners that answer now, looked for the way `profile` does; SANE's without one."""
    with _driver((), profile or ScanProfile(id="", driver="sane")) as driver:
        return driver.devices()


def describe(profile: ScanProfile, profiles: Profiles) -> DeviceDescription:
    """What the device of a scan profile says it can do."""
    with _driver(profiles.devices(), profile) as driver:
        return driver.describe(profile)


def device_draft(said: DeviceDescription) -> DeviceProfile:
    """A device profile to finish by hand."""
    from scanstation.scanner.draft import draft

    return draft(said)


class Trial(msgspec.Struct, frozen=True, kw_only=True):
    """One page scanned for the look of it, and thrown away."""

    device: str
    actual: dict[str, str]
    """What the device read back, by option."""
    warnings: tuple[str, ...]
    width: int
    height: int
    dpi: float
    """As the device reported it after the scan."""
    width_mm: float
    """At that scale; 0 when it is unknown."""
    height_mm: float
    mode: str
    skew: float
    """Degrees by which the print leans."""
    black: float
    """Share of the page that carries ink, 0 to 1."""
    seconds: float


def try_device(profile: ScanProfile, profiles: Profiles) -> Trial:
    """Scan one page of `profile` and measure it; errors as for any scan."""
    with TemporaryDirectory(prefix="scanstation-test-") as folder:
        started, begun = None, time.monotonic()
        with _driver(profiles.devices(), profile) as driver:
            for event in driver.scan(profile, Path(folder)):
                started = event if isinstance(event, ScanStarted) else started
                if isinstance(event, PageScanned) and started is not None:
                    return _measured(started, event.page, time.monotonic() - begun)
    raise errors.FeederEmpty(kept=0)


def _measured(started: ScanStarted, page: PageFile, seconds: float) -> Trial:
    from scanstation.imaging import ink, load, skew

    picture = load.load(page.path, page.dpi).picture
    scale = 25.4 / page.dpi if page.dpi else 0.0
    return Trial(
        device=started.device,
        actual=started.actual,
        warnings=page.warnings,
        width=page.width,
        height=page.height,
        dpi=page.dpi,
        width_mm=round(page.width * scale, 1),
        height_mm=round(page.height * scale, 1),
        mode=page.mode.value,
        skew=round(skew.measure(picture).angle, 2),
        black=round(float(ink.mask(picture).mean()), 4),
        seconds=round(seconds, 2),
    )


def card_of(source: Path | ScanProfile, profiles: Profiles) -> "CardRead":
    """An ID card's fields from an image file, or from a device, whose image stays in memory."""
    from scanstation.cardread import from_device, from_file

    if isinstance(source, Path):
        return from_file(source)
    with _driver(profiles.devices(), source) as driver:
        return from_device(driver, source)


def verifier() -> Verifier:
    """Who judges signatures."""
    return _Verifier()


def make_station_key(folder: Path) -> None:
    """The station's key pair, made once; one that a setting up cut short left behind stays."""
    from scanstation.signing import station

    if not station_key(folder).exists():
        station.create(station_key(durable.make_folder(folder)))


def public_key(folder: Path) -> str:
    """The public half of the station's key, as JWK JSON."""
    from scanstation.signing import station

    return station.load(station_key(folder)).public_jwk


class _Scanner(ScanDriver, Describes, Protocol):
    """What every driver of a device is."""


def _driver(
    known: Sequence[DeviceProfile], profile: ScanProfile
) -> AbstractContextManager[_Scanner]:
    match profile.driver:
        case "sane":
            from scanstation.scanner.sane import SaneDriver

            return closing(SaneDriver(profile.backends, known=known))
        case "scanimage":
            from scanstation.scanner.scanimage import ScanimageDriver

            return closing(ScanimageDriver(profile.backends, known=known))
        case "escl":
            from scanstation.scanner.escl import EsclDriver

            return closing(
                EsclDriver(
                    (profile.device,) * bool(profile.device),
                    certificate=profile.certificate,
                    known=known,
                )
            )
    detail = _("scan profile «{id}»: there is no driver «{driver}»")
    raise errors.UsageError(detail=detail.format(id=profile.id, driver=profile.driver))


def unlock(key: Path | None, passphrase: bytes) -> Signer:
    """A clerk's PKCS#12 key, opened for one sealing."""
    from scanstation.signing.pkcs12 import open_key

    if key is None:
        raise errors.KeyUnusable(key="–", problem=_("this clerk has no key in station.toml"))
    return open_key(key, passphrase, CLOCK)


def rebuild_outbox(station: Station) -> ScanResult:
    """The ledger made anew from packages and receipts; the old one is set aside."""
    from scanstation.outbox.rebuild import rebuild
    from scanstation.sync.receipts import read_receipt

    check = partial(read_receipt, key_jwk=station.settings.central.receipt_key)
    return rebuild(station.folder / "outbox", CLOCK, read_package, check)


# --- the second story -------------------------------------------------------------------------


@contextmanager
def courier(outbox: Outbox, central: CentralSettings) -> Iterator[Courier]:
    """The second story; errors.UsageError when station.toml names no central system."""
    from scanstation.sync.receipts import check_receipt
    from scanstation.sync.tus import TusTransport

    if not central.url or not central.receipt_key:
        raise errors.UsageError(detail=_("station.toml: [central] needs url and receipt_key"))
    check = partial(check_receipt, key_jwk=central.receipt_key)
    with TusTransport(central) as transport:
        yield Courier(outbox, transport, read_package, check)


def watching(courier: Courier, outbox: Outbox) -> Iterator[CourierEvent]:
    """Deliver whenever something changes in the outbox, and every minute, until interrupted."""
    from scanstation.outbox.watch import watching as changes

    with changes(outbox.folder) as wake:
        yield from courier.watch(threading.Event(), wake)
