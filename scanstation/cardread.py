"""An ID card that is only presented: its code is read and its image is never stored.

TT 03/2025/TT-VPCP Đ5(2)(b): papers to be shown need no scan. A driver can only write files, so the
image goes to a private folder in memory (tmpfs) and is unlinked before its code is sought. Without
such a folder it refuses to scan. What it cannot rule out: a PC that swaps writes memory to disk.
"""

import os
from collections.abc import Iterator
from contextlib import closing, contextmanager
from datetime import datetime
from pathlib import Path

import msgspec

from scanstation import durable, errors
from scanstation.extract import idcard
from scanstation.extract.idcard import CardFinding, IdCard
from scanstation.i18n import _
from scanstation.imaging import codes, load
from scanstation.model.clock import VIETNAM
from scanstation.model.events import PageScanned
from scanstation.model.profile import ScanProfile
from scanstation.ownership import clear_abandoned, passing_folder
from scanstation.scanner import ScanDriver

_MEMORY = Path("/dev/shm")
_KINDS = ("tmpfs", "ramfs")


class CardRead(msgspec.Struct, frozen=True, kw_only=True):
    """A card's fields and what in them does not add up."""

    card: IdCard
    doubts: tuple[CardFinding, ...]


def from_file(path: Path) -> CardRead:
    """The card in an image file, which stays as it is; errors.UnreadableInput without one."""
    if not path.is_file():
        raise errors.UnreadableInput(file=path, problem=_("no such file"))
    found = _card_in(load.load(path, 0.0))
    if found is None:
        raise errors.UnreadableInput(file=path.name, problem=_("it shows no ID card's code"))
    return found


def from_device(driver: ScanDriver, profile: ScanProfile) -> CardRead:
    """The first card the device sees; errors as for any scan, UnreadableInput without a card."""
    with in_memory() as scratch, closing_scan(driver, profile, scratch) as pages:
        for path, dpi in pages:
            loaded = load.load(path, dpi)
            path.unlink()
            found = _card_in(loaded)
            if found is not None:
                return found
    problem = _("it shows no ID card's code")
    raise errors.UnreadableInput(file=_("the scanned page"), problem=problem)


@contextmanager
def closing_scan(
    driver: ScanDriver, profile: ScanProfile, scratch: Path
) -> Iterator[Iterator[tuple[Path, float]]]:
    """Pages of one scan with their scale; the device stops when the block ends."""
    events = driver.scan(profile, scratch)
    pages = ((one.page.path, one.page.dpi) for one in events if isinstance(one, PageScanned))
    with closing(pages):
        yield pages


@contextmanager
def in_memory() -> Iterator[Path]:
    """A private folder in memory, gone afterwards; what a killed process left goes first."""
    if _kind_of(_MEMORY) not in _KINDS:
        raise errors.MissingPart(part=str(_MEMORY), install=f"mount -t tmpfs tmpfs {_MEMORY}")
    place = durable.make_folder(_MEMORY / f"scanstation-{os.getuid()}")
    if place.stat().st_uid != os.getuid() or place.is_symlink():
        raise errors.NotYours(path=place)
    place.chmod(0o700)
    clear_abandoned(place)
    with passing_folder(place) as folder:
        yield folder


def _kind_of(place: Path) -> str:
    """The kind of file system mounted at `place`; empty when none is."""
    mounts = Path("/proc/self/mounts").read_text("utf-8", "replace").splitlines()
    return next((line.split()[2] for line in mounts if line.split()[1] == str(place)), "")


def _card_in(loaded: load.Loaded) -> CardRead | None:
    today = datetime.now(VIETNAM).date()
    for code in codes.find(loaded.picture):
        card = idcard.parse(code.text)
        if card is not None:
            return CardRead(card=card, doubts=idcard.check(card, today))
    return None
