"""What IT staff write in TOML: scan profiles, procedures, holidays, stations and clerks.

Defaults are the safe technical superset of the rules: colour, 300 dpi, 1:1.
"""

import re
from datetime import date
from enum import StrEnum
from pathlib import Path

import msgspec

from scanstation.i18n import _
from scanstation.model.account import Demand
from scanstation.model.page import Mode

_STATION_ID = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,63}")
"""The wire's rule: central refuses packages of any other station, for ever."""
_LONGEST_CANCEL_S = 4.0
_LONGEST_WAIT_S = 3600.0
_MOST_PARTS = 9
Setting = str | int | float | bool
"""A device option's value."""


class Reading(StrEnum):
    """How hard to read."""

    NONE = "none"
    QUICK = "quick"
    """Once, while the feeder feeds."""
    THOROUGH = "thorough"
    """Quickly first, then again in other ways when nothing else waits: 2.5 times the work."""


class Keeping(StrEnum):
    """How a component's page is kept in the archive file."""

    FAITHFUL = "faithful"
    """The whole page image, geometry corrected only."""
    LAYERED = "layered"
    """Print as a lossless black stencil, pictures where there is colour, plain paper between; for
    office papers where size matters. A page that would lose something is kept faithfully."""


class OneBit(StrEnum):
    """How black and white is coded: pages of 1 bit, and the print of layered pages."""

    JBIG2 = "jbig2"
    """Generic, lossless, a quarter smaller; never with symbols."""
    G4 = "g4"
    """CCITT group 4, for archives that refuse JBIG2."""


class Treatment(msgspec.Struct, frozen=True, kw_only=True):
    """What page work does to a page; kept with the page, so a restart changes nothing."""

    deskew: bool = True
    reading: Reading = Reading.QUICK
    asked_dpi: int = 0
    """What the device was asked for; 0 for a page that was not scanned here."""
    one_bit: OneBit = OneBit.JBIG2


class Duplex(StrEnum):
    """How both sides of a sheet come from a device that scans one."""

    NONE = "none"
    """They do not; a device with a duplex source needs nothing from the clerk."""
    MANUAL = "manual"
    """All fronts, then the stack turned as it lies: the last sheet's back comes first."""
    MANUAL_IN_ORDER = "manual-in-order"
    """All fronts, then the sheets sorted again: the first sheet's back comes first."""


class ScanProfile(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Device, source and settings for a scan, and what happens to the pages."""

    id: str
    title: str = ""
    driver: str = "sane"
    """"sane", "scanimage" or "escl"."""
    device: str = ""
    """SANE device name or glob, empty takes the first found; for escl its address."""
    certificate: str = ""
    """SHA-256 of the certificate an https device shows; empty wants a properly signed one."""
    backends: tuple[str, ...] = ()
    """SANE backends to load (private dll.conf); empty loads the system's list."""
    source: str = ""
    """Device source, such as "ADF Duplex" or a Role; empty leaves the device's own default."""
    feeder: bool = False
    """True: scan until the feeder is empty. False: one page per scan."""
    dpi: int = 300
    mode: Mode = Mode.COLOUR
    width_mm: float = 210.0
    height_mm: float = 297.0
    options: dict[str, Setting] = {}
    """Further device options by SANE name, set after the ones above, in order."""
    duplex: Duplex = Duplex.NONE
    book: bool = False
    """True: page after page from the glass until the clerk stops."""
    parts: int = 1
    """Images of one sheet that is larger than the glass, or bound; kept as so many pages."""
    wait_for_paper_s: float = 0.0
    """How long to wait for paper when a scan finds the feeder empty; 0 gives up at once."""
    deskew: bool = True
    reading: Reading = Reading.QUICK
    separators: bool = False
    """True: sheets of `profile separators` lie in the pile and say which component follows."""
    one_bit: OneBit = OneBit.JBIG2

    def __post_init__(self) -> None:
        if not 1 <= self.parts <= _MOST_PARTS:
            raise ValueError(_("parts: {n} images of one sheet").format(n=self.parts))
        if not 0 <= self.wait_for_paper_s <= _LONGEST_WAIT_S:
            rule = _("wait_for_paper_s: 0 to {most:g} seconds")
            raise ValueError(rule.format(most=_LONGEST_WAIT_S))
        if self.book and (self.feeder or self.duplex is not Duplex.NONE):
            raise ValueError(_("book = true is for the glass: no feeder, no duplex"))
        if self.parts > 1 and self.duplex is not Duplex.NONE:
            raise ValueError(_("parts and duplex exclude each other"))
        if self.separators and self.duplex is Duplex.MANUAL:
            raise ValueError(_("separators sort one pass: both sides by hand come in two"))

    @property
    def treatment(self) -> Treatment:
        """The part of the profile that stays with its pages."""
        return Treatment(
            deskew=self.deskew,
            reading=self.reading,
            asked_dpi=self.dpi,
            one_bit=self.one_bit,
        )


class Role(StrEnum):
    """What paper does in a device's source."""

    FLATBED = "flatbed"
    FEEDER = "feeder"
    """One side of every sheet."""
    BACK = "back"
    DUPLEX = "duplex"
    CARD = "card"
    CARD_BACK = "card-back"
    CARD_DUPLEX = "card-duplex"


class Certainty(StrEnum):
    """How sure a device profile is."""

    MEASURED = "measured"
    """Scanned with, on the device."""
    READ = "read"
    """In the driver's code or configuration."""
    REMEMBERED = "remembered"
    """In hearsay: try it before you rely on it."""
    DRAFT = "draft"
    """Written by `devices probe`, looked at by nobody."""


class DeviceMatch(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Globs without regard to case; both must fit."""

    backend: str
    """SANE backend, or "escl"."""
    model: str = "*"


class DeviceLimits(
    msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, omit_defaults=True
):
    """Seconds before this device counts as hung; 0 keeps the station's own."""

    open_s: float = 0.0
    first_progress_s: float = 0.0
    progress_s: float = 0.0
    cancel_s: float = 0.0
    """At most 4: a clerk who stops has the screen back within five."""
    discover_s: float = 0.0
    """Looking for devices, while this kind may be among them."""

    def __post_init__(self) -> None:
        if self.cancel_s > _LONGEST_CANCEL_S:
            rule = _("limits.cancel_s: {given:g} seconds, {most:g} at most")
            raise ValueError(rule.format(given=self.cancel_s, most=_LONGEST_CANCEL_S))


class DeviceQuirks(
    msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, omit_defaults=True
):
    """What a device needs that others do not."""

    reopen: bool = False
    """Let go of the device after every scan."""
    page_pause_s: float = 0.0
    """eSCL: wait before asking for the next page, or it says "no more" too early."""


class DeviceProfile(
    msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, omit_defaults=True
):
    """How to talk to a kind of device; found by what the device says it is."""

    id: str
    title: str
    source: str
    """Where this was taken from, with its date."""
    certainty: Certainty
    match: tuple[DeviceMatch, ...]
    driver: str = "sane"
    """"sane", "scanimage", "escl", or "none": no driver for this system."""
    note: str = ""
    """For IT staff: vendor packages, other ways."""
    order: tuple[str, ...] = ()
    """Options in the order they must be set; others come behind."""
    sources: dict[Role, dict[str, Setting]] = {}
    """The options that choose a source; most devices have just one, `source`."""
    modes: dict[Mode, tuple[str, ...]] = {}
    """The device's own names of modes, tried before the usual ones."""
    limits: DeviceLimits = DeviceLimits()
    quirks: DeviceQuirks = DeviceQuirks()


class Component(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One required paper of a checklist."""

    id: str
    """Short ASCII id, unique in its procedure."""
    title: str
    required: bool = True
    scan: bool = True
    """False: only presented, or taken from a database, and never scanned."""
    keeping: Keeping = Keeping.FAITHFUL
    form: str = ""
    """Form of the paper, such as "bản chính"."""
    condition: str = ""
    """When it is needed, in the clerk's words; a conditional component is never required."""
    account: Demand | None = None
    """Whether sealing waits for the paper's account; None leaves it to the station."""


class Procedure(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """An administrative procedure with its checklist."""

    code: str
    title: str
    source: str
    """Decree or portal the checklist was taken from, with its date."""
    components: tuple[Component, ...]
    working_days: int = 0
    """0: the same day, or the next working day after 15:00."""

    def __post_init__(self) -> None:
        _must_differ([component.id for component in self.components])

    def component(self, wanted: str) -> Component | None:
        """The component with that id or 1-based position, or None."""
        for position, component in enumerate(self.components, start=1):
            if wanted in (component.id, str(position)):
                return component
        return None

    def keeping_of(self, component: str) -> Keeping:
        """How pages of the component with that id are kept; faithfully when it is unknown."""
        kept = {one.id: one.keeping for one in self.components}
        return kept.get(component, Keeping.FAITHFUL)


class Holidays(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Days of one year, besides Saturdays and Sundays, on which the counter is closed."""

    year: int
    source: str
    """The act or notice they were taken from, and which of them are provisional."""
    dates: tuple[date, ...]

    def __post_init__(self) -> None:
        strangers = ", ".join(day.isoformat() for day in self.dates if day.year != self.year)
        if strangers:
            raise ValueError(f"not in {self.year}: {strangers}")


class Clerk(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Who scans and signs at a station."""

    id: str
    name: str
    key: Path | None = None
    """The PKCS#12 file of the clerk's personal signing key."""


class CentralSettings(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Where packages go and whose receipts count."""

    url: str = ""
    receipt_key: str = ""
    """The central system's receipt key, a public Ed25519 JWK in JSON."""
    patch_bytes: int = 262144
    """Largest single PATCH."""
    timeout_s: float = 10.0
    token_file: Path | None = None


class Acceptance(StrEnum):
    """What central must have said of a package before the station lets go of it."""

    RECEIPT = "receipt"
    """That it holds the package."""
    ACCEPTED = "accepted"
    """That its archive took it in."""


class RetentionSettings(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """How long a station keeps what it has delivered; only `scanstation purge` removes anything."""

    days: int = 30
    """From delivery until pages, caches, catalogue entry and package file may go."""
    withdrawn_days: int = 0
    """From the withdrawal of a dossier that was never sealed; 0 keeps it."""
    acceptance: Acceptance = Acceptance.RECEIPT

    def __post_init__(self) -> None:
        if self.days < 0 or self.withdrawn_days < 0:
            raise ValueError(_("days are counted from 0"))


USUAL_PROFILE = "sane-adf-300"
"""The scan profile of a station that names none."""


class Watching(StrEnum):
    """How changes in a folder are noticed between two looks."""

    AUTO = "auto"
    """Events of the kernel; polling where the folder lies on another machine."""
    EVENTS = "events"
    POLL = "poll"


class InboxSettings(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The folder a multifunction device scans into."""

    folder: Path | None = None
    """None: this station has none."""
    watching: Watching = Watching.AUTO


class StationSettings(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The station.toml of one PC."""

    id: str
    agency: str
    title: str = ""
    language: str = "auto"
    default_profile: str = USUAL_PROFILE
    min_free_mb: int = 500
    """A scan does not start with less free disk than this."""
    account: Demand = Demand.REQUIRED
    """Whether sealing waits for the account of each component's paper."""
    reserve_mb: int = 16
    """Kept on disk so that journal and ledger can be written when it is full; 0 keeps none."""
    read_again_after_min: float = 10.0
    """Minutes without a key, scan or sealing after which the screen reads delivered dossiers
    thoroughly; 0 for never."""
    trust: tuple[Path, ...] = ()
    """PEM files of the CAs that clerk certificates must chain to; empty trusts none but says so."""
    central: CentralSettings = CentralSettings()
    retention: RetentionSettings = RetentionSettings()
    inbox: InboxSettings = InboxSettings()
    clerks: tuple[Clerk, ...] = ()
    demo: bool = False
    """True for throw-away stations; a production receiver refuses their packages."""

    def __post_init__(self) -> None:
        if not _STATION_ID.fullmatch(self.id):
            rule = _("station id «{id}»: only letters A to Z, digits, dots and dashes, 64 at most")
            raise ValueError(rule.format(id=self.id))
        _must_differ([clerk.id for clerk in self.clerks])


def _must_differ(ids: list[str]) -> None:
    """ValueError when two clerks or components could be taken for each other."""
    if twice := next((one for one in ids if ids.count(one) > 1), None):
        raise ValueError(_("«{id}» stands there twice").format(id=twice))
