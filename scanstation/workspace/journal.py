"""A dossier's journal: one file an act, so that a power cut can tear no line.

Entries are numbered 1, 2, 3 … and never changed, but for what an expunging destroys in them. It
refuses to guess: a gap, an entry that does not parse or one from a newer version is named and
nothing is deleted.
"""

import re
from collections.abc import Iterator
from pathlib import Path

import msgspec

from scanstation import durable, errors, reserve
from scanstation.i18n import _
from scanstation.model.acts import Entry
from scanstation.model.dossier import Dossier
from scanstation.model.fold import fold

VERSION = 2
_NAME = re.compile(r"(\d{6,})\.json")
_encoder = msgspec.json.Encoder()
_decoder = msgspec.json.Decoder(Entry)


class _Versioned(msgspec.Struct):
    version: int


_version_decoder = msgspec.json.Decoder(_Versioned)


def append(folder: Path, entry: Entry) -> None:
    """Publish `entry` durably. Raises StorageError; StoreDamaged when its number is taken."""
    path = folder / f"{entry.number:06d}.json"
    reserve.before_vital(folder.parents[2])  # the store's root
    try:
        durable.publish(path, _encoder.encode(entry), exclusive=True)
    except FileExistsError as taken:
        raise errors.StoreDamaged(path=path, problem=_("another program wrote it")) from taken


def restate(folder: Path, entry: Entry) -> None:
    """Put `entry` in the place of the one with its number and destroy that one's bytes."""
    durable.publish_over(folder / f"{entry.number:06d}.json", _encoder.encode(entry))


def read(folder: Path) -> tuple[Entry, ...]:
    """All entries in order; empty when there are none.

    Raises StoreNewer, or StoreDamaged naming the file that is missing or unreadable.
    """
    return tuple(_entry(folder / f"{number:06d}.json", number) for number in _gap_free(folder))


def folded(folder: Path, dossier: str) -> tuple[tuple[Entry, ...], Dossier]:
    """Entries and the dossier they add up to; StoreDamaged unless they are those of `dossier`."""
    entries = read(folder)
    try:
        result = fold(entries)
    except ValueError as fault:
        raise errors.StoreDamaged(path=folder, problem=str(fault)) from fault
    if result.id != dossier:
        raise errors.StoreDamaged(
            path=folder, problem=_("it is the journal of {id}").format(id=result.id)
        )
    return entries, result


def _gap_free(folder: Path) -> Iterator[int]:
    try:
        names = [match[1] for path in folder.iterdir() if (match := _NAME.fullmatch(path.name))]
    except OSError as fault:
        raise errors.StoreDamaged(path=folder, problem=fault.strerror) from fault
    for expected, number in enumerate(sorted(map(int, names)), start=1):
        if number != expected:
            missing = folder / f"{expected:06d}.json"
            raise errors.StoreDamaged(path=missing, problem=_("this entry is missing"))
        yield number


def _entry(path: Path, number: int) -> Entry:
    try:
        data = path.read_bytes()
        version = _version_decoder.decode(data).version
        if version > VERSION:
            raise errors.StoreNewer(path=path, found=version, known=VERSION)
        entry = _decoder.decode(data)
    except (OSError, msgspec.DecodeError, UnicodeDecodeError) as fault:
        raise errors.StoreDamaged(path=path, problem=str(fault)) from fault
    if entry.number != number:
        raise errors.StoreDamaged(
            path=path, problem=_("it says it is entry {n}").format(n=entry.number)
        )
    return entry
