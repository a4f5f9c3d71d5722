"""What the screens learn from work that runs elsewhere: pure values and their fold.

A job is a story running in a thread of the App; it outlives the screen that asked for it.
"""

from dataclasses import dataclass, replace
from datetime import datetime
from enum import Enum, auto

from scanstation.errors import (
    CentralBusy,
    InUse,
    NetworkError,
    ScanStationError,
)
from scanstation.model.arrival import Arrived, Reached
from scanstation.model.delivery import CourierEvent, Delivered, Held, Sending
from scanstation.model.events import (
    Event,
    FileWritten,
    PageSaved,
    PaperAwaited,
    PdfAttached,
    ScanProgress,
    ScanStarted,
    Step,
    Warned,
)


class Work(Enum):
    """Long work there can be one of at a time."""

    SCAN = auto()
    TAKE = auto()
    """Files instead of paper."""
    SEAL = auto()


@dataclass(frozen=True)
class Job:
    """One long work on one dossier."""

    work: Work
    dossier: str
    about: str
    """The dossier in the clerk's words."""


@dataclass(frozen=True)
class Progress:
    """What a job has told so far."""

    started: bool = False
    """The scanner took the settings; before that it is looked for."""
    step: str = ""
    """English word of the step, to be translated; empty before the first one."""
    page: int = 0
    """Page on the glass, 1-based; 0 when none is."""
    done: int = 0
    total: int = 0
    """0: unknown."""
    waits: bool = False
    """The feeder is empty and is looked at again and again."""
    saved: int = 0
    """Pages and files of this job that survive a power cut."""

    def after(self, event: Event) -> "Progress":
        """With what `event` adds."""
        match event:
            case ScanStarted():
                return replace(self, started=True)
            case PaperAwaited():
                return replace(self, waits=True)
            case ScanProgress(page=page, lines=lines, expected=expected):
                return replace(self, page=page, done=lines, total=expected, waits=False)
            case Step(what=what, done=done, total=total):
                return replace(self, step=what, done=done, total=total)
            case PageSaved() | PdfAttached():
                return replace(self, saved=self.saved + 1, page=0, done=0, total=0, waits=False)
            case FileWritten():
                return replace(self, saved=self.saved + 1)
            case _:
                return self


class Net(Enum):
    """What is known about the way to central."""

    QUIET = auto()
    """Nothing is left to send, so nobody asked."""
    UNSET = auto()
    """station.toml names no central system."""
    UP = auto()
    LOST = auto()
    BUSY = auto()
    FAULT = auto()
    """Central answers, but something needs a person."""


@dataclass(frozen=True)
class Link:
    """The way to central, as the last pass found it."""

    net: Net
    since: datetime | None = None
    """When it was lost; None otherwise."""
    fault: ScanStationError | None = None

    def heard(self, event: CourierEvent) -> "Link":
        """After an event of a pass: central measured, answered or refused something."""
        return Link(Net.UP) if isinstance(event, Sending | Delivered) else self

    def ended(self, fault: ScanStationError | None, instant: datetime) -> "Link":
        """After a pass that ended with `fault`, or well: then nothing is left to send."""
        match fault:
            case None:
                return self if self.net in (Net.UP, Net.UNSET) else Link(Net.QUIET)
            case InUse():  # another courier of this station is at work: no news
                return self
            case CentralBusy():
                return Link(Net.BUSY, fault=fault)
            case NetworkError():
                since = self.since if self.net is Net.LOST else instant
                return Link(Net.LOST, since, fault)
            case _:
                return Link(Net.FAULT, fault=fault)


@dataclass(frozen=True)
class Begun:
    """A job has begun; nothing was heard of it yet."""

    job: Job


@dataclass(frozen=True)
class Told:
    """A running job told something."""

    job: Job
    event: Event
    progress: Progress


@dataclass(frozen=True)
class Ended:
    """A job is over; `fault` is None when it ended well."""

    job: Job
    progress: Progress
    fault: ScanStationError | None


@dataclass(frozen=True)
class Couriered:
    """The courier told something, or its pass is over (None)."""

    event: CourierEvent | None

    @property
    def changes_queue(self) -> bool:
        """Whether a row of the queue may have changed."""
        return self.event is None or isinstance(self.event, Sending | Delivered | Held)


@dataclass(frozen=True)
class LinkChanged:
    """The network came, went or was looked at again."""

    link: Link


@dataclass(frozen=True)
class ClerkChanged:
    """Somebody signed in."""


@dataclass(frozen=True)
class DossierChanged:
    """A dossier was opened or an act was done."""


@dataclass(frozen=True)
class FilesArrived:
    """A file waits for a clerk, or their folder is out of reach or answers again."""

    event: Arrived | Reached | Warned


News = FilesArrived | Begun | Told | Ended | Couriered | LinkChanged | ClerkChanged | DossierChanged
