"""A package is believed only after every byte of it was accounted for.

The order: version, container, tag files, seal, payload, and whether dossier.json tells of exactly
this payload. It refuses to extract what was not proved, and never writes outside the folder given.
"""

import hashlib
import io
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING, BinaryIO

import msgspec

from scanstation import durable, errors
from scanstation.i18n import _
from scanstation.model.events import Event, FileWritten
from scanstation.model.manifest import (
    COMPONENT,
    FORMAT,
    SOURCE,
    VERSION,
    ComponentFile,
    Manifest,
    PackageReport,
)
from scanstation.model.sealing import ORIGINALS, PAYLOAD, TEXTS
from scanstation.package import (
    BAG_INFO,
    BAGIT,
    DOSSIER,
    EVENTS,
    FIRST,
    HASHES,
    SEAL,
    TAG_HASHES,
    Broken,
    bag,
    seal,
    stored_zip,
)

if TYPE_CHECKING:
    from _typeshed import WriteableBuffer

_LARGEST_TAG = 1 << 20
_LARGEST_RECORD = 64 << 20
_FOLDERS = {COMPONENT: PAYLOAD, SOURCE: ORIGINALS}
_TAGGED = (BAGIT, BAG_INFO, HASHES)


def read_package(path: Path) -> PackageReport:
    """Prove the package whole, unaltered and sealed by the key in the report.

    Raises PackageDamaged with the reason; StoreNewer; UnreadableInput when the file cannot be
    opened at all.
    """
    with _opened(path) as stream:
        try:
            return prove(stream)
        except Broken as fault:
            raise errors.PackageDamaged(file=path.name, problem=str(fault)) from fault
        except OSError as fault:
            raise _unreadable(path, fault) from fault


def prove(stream: BinaryIO) -> PackageReport:
    """As `read_package`, for a stream at its first byte; Broken or StoreNewer."""
    whole = _Hashing(stream)
    container = stored_zip.Reader(whole)
    walk = iter(container)
    tags = _tags(walk, container)
    claims, station_key = _seal(tags)
    hashes = bag.parse_hashes(tags[HASHES])
    records, sizes = _payload(walk, container, hashes)
    info = bag.parse_info(tags[BAG_INFO])
    manifest = _manifest(records[DOSSIER])
    _must_be_list(records[EVENTS])
    if info.get(bag.OXUM) != bag.oxum(sizes.values()):
        raise Broken(f"{bag.OXUM} contradicts the payload")
    if {manifest.package} != {claims.package, info.get(bag.IDENTIFIER)}:
        raise Broken("seal, bag-info.txt and dossier.json name different packages")
    if manifest.station != claims.station:
        raise Broken("seal and dossier.json name different stations")
    _must_tell_of(manifest, hashes, sizes)
    return PackageReport(
        manifest=manifest, sha256=whole.sha256, size=whole.size, station_key=station_key
    )


def declared(path: Path) -> Manifest:
    """What a package's dossier.json says, for a first look at many; only `read_package` proves it.

    Raises PackageDamaged, StoreNewer, NoSuchThing and UnreadableInput.
    """
    try:
        with open_member(path, DOSSIER) as stream:
            return _manifest(stream.read(_LARGEST_RECORD))
    except Broken as fault:
        raise errors.PackageDamaged(file=path.name, problem=str(fault)) from fault
    except OSError as fault:
        raise _unreadable(path, fault) from fault


@contextmanager
def open_member(path: Path, name: str) -> Iterator[BinaryIO]:
    """A read-only stream over one member of a package that `read_package` has proved.

    Raises NoSuchThing, and UnreadableInput when the file cannot be opened.
    """
    with _opened(path) as stream:
        member = stored_zip.find(stream, name)
        if member is None:
            raise errors.NoSuchThing(kind=_("file"), name=name, hint=path.name)
        yield io.BufferedReader(_Window(stream, member.content, member.size))


def extract(path: Path, folder: Path) -> Iterator[Event]:
    """Prove the package, then publish its component files in `folder`, telling of each.

    Raises as `read_package`, and StorageError.
    """
    report = read_package(path)
    for one in _files(report.manifest):
        target = folder / PurePosixPath(one.path).name
        with open_member(path, one.path) as stream:
            durable.publish(target, iter(lambda: stream.read(1 << 20), b""))
        yield FileWritten(path=target, pages=one.pages, signed=bool(one.signatures))


# --- the steps of the proof -------------------------------------------------------------------


def _tags(walk: Iterator[stored_zip.Member], container: stored_zip.Reader) -> dict[str, bytes]:
    """The first five members, the version among them checked as soon as it is known."""
    tags = {}
    for name in FIRST[:5]:
        tags[name] = _small(walk, container, name, _LARGEST_TAG)
        if name == BAG_INFO:
            version = bag.version_of(bag.parse_info(tags[name]))
            if version > VERSION:
                raise errors.StoreNewer(path=BAG_INFO, found=version, known=VERSION)
    if tags[BAGIT] != bag.DECLARATION:
        raise Broken(f"{BAGIT} is not the declaration of a BagIt 1.0 bag")
    expected = {name: hashlib.sha256(tags[name]).hexdigest() for name in _TAGGED}
    if tags[TAG_HASHES] != bag.hashes_text(expected):
        raise Broken(f"{TAG_HASHES} contradicts the tag files")
    return tags


def _small(
    walk: Iterator[stored_zip.Member], container: stored_zip.Reader, name: str, limit: int
) -> bytes:
    """The content of the next member, which must be `name`."""
    member = next(walk, None)
    if member is None or member.name != name:
        raise Broken(f"{name} is not where it must be")
    if member.size > limit:
        raise Broken(f"{name} has {member.size} bytes")
    return b"".join(container.pieces())


def _seal(tags: Mapping[str, bytes]) -> tuple[seal.SealClaims, str]:
    claims, key = seal.unseal(tags[SEAL])
    if claims.version > seal.VERSION:
        raise errors.StoreNewer(path=SEAL, found=claims.version, known=seal.VERSION)
    if claims.tagmanifest_sha256 != hashlib.sha256(tags[TAG_HASHES]).hexdigest():
        raise Broken(f"the seal is for another {TAG_HASHES}")
    return claims, key


def _payload(
    walk: Iterator[stored_zip.Member], container: stored_zip.Reader, hashes: Mapping[str, str]
) -> tuple[dict[str, bytes], dict[str, int]]:
    """The two records, and the sizes of all payload files, hashed to the container's last byte."""
    records = {name: _small(walk, container, name, _LARGEST_RECORD) for name in (DOSSIER, EVENTS)}
    sizes = {name: len(record) for name, record in records.items()}
    found = {name: hashlib.sha256(record).hexdigest() for name, record in records.items()}
    for member in walk:
        digest = hashlib.sha256()
        for piece in container.pieces():
            digest.update(piece)
        found[member.name], sizes[member.name] = digest.hexdigest(), member.size
    if list(found)[2:] != sorted(list(found)[2:]):
        raise Broken("component files are not in order")
    for name in found.keys() ^ hashes.keys():
        raise Broken(f"{name} is either missing or not listed in {HASHES}")
    for name, digest_found in found.items():
        if digest_found != hashes[name]:
            raise Broken(_("{name} is altered").format(name=name))
    return records, sizes


class _About(msgspec.Struct):
    schema: str
    version: int


def _manifest(record: bytes) -> Manifest:
    try:
        about = msgspec.json.decode(record, type=_About)
        if about.schema != FORMAT:
            raise Broken(f"dossier.json is a {about.schema!r}")
        if about.version > VERSION:
            raise errors.StoreNewer(path=DOSSIER, found=about.version, known=VERSION)
        return msgspec.json.decode(record, type=Manifest)
    except (msgspec.DecodeError, UnicodeDecodeError) as fault:
        raise Broken(f"dossier.json: {fault}") from fault


def _must_be_list(record: bytes) -> None:
    try:
        msgspec.json.decode(record, type=list[msgspec.Raw])
    except msgspec.DecodeError as fault:
        raise Broken(f"events.json: {fault}") from fault


def _must_tell_of(manifest: Manifest, hashes: Mapping[str, str], sizes: Mapping[str, int]) -> None:
    """Broken unless dossier.json lists exactly the files packed, each once and in its place."""
    listed = _files(manifest)
    told = {one.path: (one.sha256, one.size) for one in listed}
    packed = {name: (hashes[name], size) for name, size in sizes.items() if name not in FIRST}
    if told != packed or len(told) != len(listed):
        raise Broken("dossier.json does not tell of exactly the files packed")
    for one in listed:
        path = PurePosixPath(one.path)
        kept = (str(path.parent), path.suffix)
        place = (TEXTS, ".json") if manifest.supplements else (_FOLDERS.get(one.role), ".pdf")
        if kept != place:
            raise Broken(f"{one.path} is not a place for a file that is a {one.role}")


def _files(manifest: Manifest) -> list[ComponentFile]:
    return [one for component in manifest.components for one in component.files]


# --- streams ----------------------------------------------------------------------------------


@contextmanager
def _opened(path: Path) -> Iterator[BinaryIO]:
    try:
        stream = path.open("rb")
    except OSError as fault:
        raise _unreadable(path, fault) from fault
    with stream:
        yield stream


def _unreadable(path: Path, fault: OSError) -> errors.UnreadableInput:
    return errors.UnreadableInput(file=path.name, problem=fault.strerror or str(fault))


class _Hashing:
    """Reads on, and knows the hash and length of all that was read."""

    def __init__(self, stream: BinaryIO) -> None:
        self._stream = stream
        self._digest = hashlib.sha256()
        self.size = 0

    def read(self, size: int, /) -> bytes:
        data = self._stream.read(size)
        self._digest.update(data)
        self.size += len(data)
        return data

    @property
    def sha256(self) -> str:
        return self._digest.hexdigest()


class _Window(io.RawIOBase):
    """`size` bytes of `stream` from `start` on."""

    def __init__(self, stream: BinaryIO, start: int, size: int) -> None:
        super().__init__()
        self._stream = stream
        self._left = size
        stream.seek(start)

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: "WriteableBuffer") -> int:
        place = memoryview(buffer).cast("B")
        data = self._stream.read(min(self._left, len(place)))
        self._left -= len(data)
        place[: len(data)] = data
        return len(data)
