"""Manifest and files become a package, proved by the reader before anybody can see it.

The same input gives the same bytes. It refuses files that are not what the manifest says.
"""

import hashlib
import os
import zlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

import msgspec

from scanstation import durable, errors
from scanstation.i18n import _
from scanstation.model.manifest import Manifest, PackageReport
from scanstation.model.signing import StationSigner
from scanstation.package import (
    BAG_INFO,
    BAGIT,
    DOSSIER,
    EVENTS,
    HASHES,
    SEAL,
    TAG_HASHES,
    Broken,
    bag,
    seal,
    stored_zip,
)
from scanstation.package.read import prove


@dataclass(frozen=True, slots=True)
class _Source:
    """Where a member's bytes come from, and what they measured when they were looked at."""

    origin: bytes | Path
    size: int
    crc: int
    sha256: str

    def pieces(self) -> Iterator[bytes]:
        return _pieces(self.origin)


def write_package(
    manifest: Manifest,
    files: Mapping[str, Path],
    events: bytes,
    station: StationSigner,
    target: Path,
) -> PackageReport:
    """Publish the package as `target`; `files` by their path in the bag, `events` as JSON.

    Raises SelfCheckFailed when a file is not what the manifest says or the result cannot be
    proved, OversizedInput beyond ZIP's 4 GiB, StorageError, also for a target that exists.
    Nothing is published then.
    """
    try:
        payload = _payload(manifest, files, events)
        members = _tags(manifest, payload, station) | payload
        _must_fit(members, target)
        with durable.writing(target, exclusive=True) as stream:
            _write(members, stream)
            return _proved(stream)
    except Broken as fault:
        raise errors.SelfCheckFailed(file=target.name, problem=str(fault)) from fault
    except FileExistsError as fault:
        raise errors.StorageError(path=target, problem=_("it is there already")) from fault


def _payload(manifest: Manifest, files: Mapping[str, Path], events: bytes) -> dict[str, _Source]:
    """Everything under data/, in the order it is packed."""
    dossier = msgspec.json.format(msgspec.json.encode(manifest), indent=1)
    payload = {DOSSIER: _measured(dossier), EVENTS: _measured(events)}
    for name in sorted(files):
        stored_zip.must_be_name(name)
        try:
            payload[name] = _measured(files[name])
        except OSError as fault:
            raise Broken(f"{name}: {fault.strerror}") from fault
    return payload


def _tags(
    manifest: Manifest, payload: Mapping[str, _Source], station: StationSigner
) -> dict[str, _Source]:
    """What describes and seals the payload, in the order it is packed."""
    tags = {
        BAGIT: _measured(bag.DECLARATION),
        BAG_INFO: _measured(bag.info_text(manifest, [one.size for one in payload.values()])),
        HASHES: _measured(bag.hashes_text({name: one.sha256 for name, one in payload.items()})),
    }
    tags[TAG_HASHES] = _measured(bag.hashes_text({name: one.sha256 for name, one in tags.items()}))
    claims = seal.claims_text(manifest, tags[TAG_HASHES].sha256)
    tags[SEAL] = _measured(station.seal(claims).encode("ascii"))
    return tags


def _must_fit(members: Mapping[str, _Source], target: Path) -> None:
    size = stored_zip.packed_size((name, one.size) for name, one in members.items())
    if size > stored_zip.LARGEST:
        raise errors.OversizedInput(file=target.name, found=f"{size} B", limit="4 GiB")


def _write(members: Mapping[str, _Source], stream: BinaryIO) -> None:
    container = stored_zip.Writer(stream)
    for name, one in members.items():
        container.add(name, one.size, one.crc, one.pieces())
    container.finish()
    stream.flush()


def _proved(stream: BinaryIO) -> PackageReport:
    """Read back what was written, still under its temporary name."""
    with os.fdopen(os.dup(stream.fileno()), "rb") as written:
        written.seek(0)
        return prove(written)


def _measured(origin: bytes | Path) -> _Source:
    size, crc, digest = 0, 0, hashlib.sha256()
    for piece in _pieces(origin):
        size, crc = size + len(piece), zlib.crc32(piece, crc)
        digest.update(piece)
    return _Source(origin, size, crc, digest.hexdigest())


def _pieces(origin: bytes | Path) -> Iterator[bytes]:
    return durable.pieces(origin) if isinstance(origin, Path) else iter((origin,))
