"""A file that came without a clerk, from a multifunction device: where it stands, what it shows."""

from enum import StrEnum
from pathlib import Path

import msgspec


class Stand(StrEnum):
    """What became of a file that arrived; also the name of its folder."""

    WAITING = "waiting"
    ASIDE = "aside"
    TAKEN = "taken"


class Fate(msgspec.Struct, frozen=True, kw_only=True):
    """What a clerk decided about a file."""

    version: int = 1
    at: str
    """ISO 8601."""
    clerk: str
    dossier: str = ""
    """Id; empty when it was set aside."""
    component: str = ""
    reason: str = ""
    """Why it was set aside."""


class Arrival(msgspec.Struct, frozen=True, kw_only=True):
    """A file claimed from the folder; its id is a UUIDv7 of that moment."""

    id: str
    name: str
    """As the device wrote it, NFC, safe to print."""
    path: Path
    size: int
    """Bytes."""
    arrived_at: str
    """ISO 8601, when this station claimed it."""
    state: Stand
    fate: Fate | None = None
    """The clerk's decision; of a file that waits, a taking that was begun and not finished."""

    @property
    def folder(self) -> Path:
        """Its own folder, which goes where it goes."""
        return self.path.parent.parent

    @property
    def thumbnail(self) -> Path:
        """Where the picture of its first page lies, once somebody looked."""
        return self.folder / "glance.jpg"


class Glance(msgspec.Struct, frozen=True, kw_only=True):
    """What can be seen of a file without taking it."""

    kind: str = ""
    """"pdf" or "image"; empty when nobody can open it."""
    pages: int = 0
    signatures: int = 0
    width: int = 0
    """Of the thumbnail, pixels; 0 without one."""
    height: int = 0
    problem: str = ""
    """Why it cannot be taken, in the clerk's words; empty when it can."""


class Seen(msgspec.Struct, frozen=True, kw_only=True):
    """A file and what it shows."""

    arrival: Arrival
    glance: Glance


class Unclaimed(msgspec.Struct, frozen=True, kw_only=True):
    """A file in the device's folder that is not claimed yet."""

    name: str
    problem: str
    """Why not, in the clerk's words; empty while it is still being watched."""


class Arrived(msgspec.Struct, frozen=True, kw_only=True):
    """A file was claimed and waits for a clerk; it survives a power cut."""

    arrival: Arrival


class Reached(msgspec.Struct, frozen=True, kw_only=True):
    """The folder answers again."""

    folder: Path
