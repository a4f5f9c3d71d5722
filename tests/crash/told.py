"""What a process had announced before it died: the promises it is held to."""

from collections.abc import Sequence
from dataclasses import dataclass, field

from tests.crash.ground import HarnessFault


@dataclass(frozen=True)
class Told:
    """The last words of the dead."""

    stored: dict[str, str] = field(default_factory=dict)
    """File name of its original by id of page or attachment."""
    acts: dict[str, int] = field(default_factory=dict)
    """Number of the last announced act by dossier."""
    queued: dict[str, str] = field(default_factory=dict)
    """SHA-256 by package."""
    secret: dict[str, tuple[str, bytes]] = field(default_factory=dict)
    """SHA-256 and some bytes, by id, of a page that was about to be destroyed."""
    purged: dict[str, str] = field(default_factory=dict)
    """Package by dossier."""
    damaged: dict[str, str] = field(default_factory=dict)
    """By dossier: digest of a journal that could not be read and was about to be made anew."""
    mended: set[str] = field(default_factory=set)
    """Dossiers whose journal was made anew."""
    originals: set[tuple[str, str]] = field(default_factory=set)
    """Dossier and file name of originals that a rescue must not lose."""
    adopted: set[tuple[str, str]] = field(default_factory=set)
    """Of these, the ones that were taken in."""
    aside: set[tuple[str, str]] = field(default_factory=set)
    """Of these, the ones that were put out of the way."""


def told_by(said: Sequence[str]) -> Told:
    """The words, sorted. Raises HarnessFault for one that no verb says."""
    told = Told()
    for line in said:
        kind, identity, value = line.split()
        match kind:
            case "page" | "attachment":
                told.stored[identity] = value
            case "acts":
                told.acts[identity] = int(value)
            case "queued":
                told.queued[identity] = value
            case "secret":
                sha256, _, content = value.partition(":")
                told.secret[identity] = (sha256, bytes.fromhex(content))
            case "purged":
                told.purged[identity] = value
            case "damaged":
                told.damaged[identity] = value
            case "mended":
                told.mended.add(identity)
            case "original":
                told.originals.add((identity, value))
            case "adopted":
                told.adopted.add((identity, value))
            case "aside":
                told.aside.add((identity, value))
            case _:
                raise HarnessFault(f"nobody says {line!r}")
    return told
