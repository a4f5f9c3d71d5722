"""ZIP without compression in one canonical form, written and read front to back.

zipfile forgives much: bytes before, between and after members, headers that contradict each other,
overlapping members. Here all that is determined is compared, so every byte of a container is
either a member's content or equal to what it must be (APPNOTE 6.3.10; no Zip64, no descriptors).
"""

import re
import struct
import zlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import BinaryIO, Protocol

from scanstation.i18n import _
from scanstation.package import Broken

_LOCAL = struct.Struct("<4s5H3I2H")
_CENTRAL = struct.Struct("<4s6H3I5H2I")
_END = struct.Struct("<4s4H2IH")
_LOCAL_SIGNATURE = b"PK\x03\x04"
_CENTRAL_SIGNATURE = b"PK\x01\x02"
_END_SIGNATURE = b"PK\x05\x06"

_VERSION = 20
_MADE_BY = 3 << 8 | _VERSION  # Unix
_MODE = 0o100644 << 16
_MIDNIGHT, _NEW_YEAR_1980 = 0, 1 << 5 | 1  # ZIP's earliest moment: the same input, the same bytes

LARGEST = 0xFFFF_FFFF
"""Bytes of a whole container, by the width of ZIP's offsets."""
MOST = 0xFFFF
"""Members."""
_LONGEST_NAME = 200
_PIECE = 1 << 20
_PART = r"[A-Za-z0-9](?:[A-Za-z0-9._-]*[A-Za-z0-9_-])?"
_NAME = re.compile(rf"{_PART}(?:/{_PART})*")


@dataclass(frozen=True, slots=True)
class Member:
    """One file in the container."""

    name: str
    size: int
    crc: int
    start: int
    """Where its header begins in the container."""

    @property
    def content(self) -> int:
        """Where its bytes begin."""
        return self.start + _LOCAL.size + len(self.name)


def must_be_name(name: str) -> None:
    """Broken unless `name` is a relative path of plain ASCII names, safe on every file system."""
    if len(name) > _LONGEST_NAME or not _NAME.fullmatch(name):
        raise Broken(f"member name {name[:_LONGEST_NAME]!r}")


class Writer:
    """Appends members to `stream` and then, by `finish`, the directory."""

    def __init__(self, stream: BinaryIO) -> None:
        self._stream = stream
        self._members: list[Member] = []
        self._place = 0

    def add(self, name: str, size: int, crc: int, content: Iterable[bytes]) -> None:
        """Append `content`; Broken when it is not of that size and CRC-32."""
        must_be_name(name)
        member = Member(name, size, crc, self._place)
        self._stream.write(_local(member))
        found_size, found_crc = 0, 0
        for piece in content:
            found_size, found_crc = found_size + len(piece), zlib.crc32(piece, found_crc)
            self._stream.write(piece)
        if (found_size, found_crc) != (size, crc):
            raise Broken(_("{name} changed while it was packed").format(name=name))
        self._members.append(member)
        self._place = member.content + size

    def finish(self) -> None:
        """Append the directory."""
        self._stream.write(_directory(self._members, self._place))


def packed_size(members: Iterable[tuple[str, int]]) -> int:
    """Bytes of a container with members of these names and sizes."""
    each = _LOCAL.size + _CENTRAL.size
    return _END.size + sum(each + 2 * len(name) + size for name, size in members)


class Readable(Protocol):
    """All that walking a container takes."""

    def read(self, size: int, /) -> bytes: ...


class Reader:
    """Walks a container from its first byte to its last; forward only."""

    def __init__(self, stream: Readable) -> None:
        self._stream = stream
        self._members: list[Member] = []
        self._left = 0
        self._crc = 0

    def __iter__(self) -> Iterator[Member]:
        """Members in order; the content of each is read with `pieces` before the next is asked for.

        At the end the directory has been compared and nothing follows it. Raises Broken.
        """
        place, seen = 0, set[str]()
        while (signature := self._stream.read(4)) == _LOCAL_SIGNATURE:
            member = self._header(signature, place)
            if member.name.lower() in seen:
                raise Broken(f"{member.name} is there twice")
            seen.add(member.name.lower())
            self._members.append(member)
            self._left, self._crc = member.size, 0
            yield member
            if self._left:
                raise Broken(f"{member.name} was not read")
            place = member.content + member.size
        expected = _directory(self._members, place)
        if signature + self._stream.read(len(expected)) != expected:
            raise Broken(_("the container is cut short or its directory contradicts it"))

    def pieces(self) -> Iterator[bytes]:
        """The content of the member just given, checked against its CRC-32 at its end."""
        member = self._members[-1]
        while self._left:
            piece = _exactly(self._stream, min(self._left, _PIECE))
            self._left -= len(piece)
            self._crc = zlib.crc32(piece, self._crc)
            yield piece
        if self._crc != member.crc:
            raise Broken(_("{name} is altered").format(name=member.name))

    def _header(self, signature: bytes, place: int) -> Member:
        fixed = signature + _exactly(self._stream, _LOCAL.size - len(signature))
        *_, crc, _size, size, name_length, _extra = _LOCAL.unpack(fixed)
        if name_length > _LONGEST_NAME:
            raise Broken("a member name is too long")
        name = _exactly(self._stream, name_length).decode("ascii", "replace")
        must_be_name(name)
        member = Member(name, size, crc, place)
        if fixed + name.encode("ascii") != _local(member):
            raise Broken(f"the header of {name} is not as it must be")
        if len(self._members) >= MOST or member.content + size > LARGEST:
            raise Broken("the container is larger than its format allows")
        return member


def find(stream: BinaryIO, wanted: str) -> Member | None:
    """The member of that name in a container that was read before; nothing is checked again."""
    place = 0
    while len(fixed := stream.read(_LOCAL.size)) == _LOCAL.size:
        signature, *_, crc, _size, size, name_length, _extra = _LOCAL.unpack(fixed)
        if signature != _LOCAL_SIGNATURE:
            break
        member = Member(stream.read(name_length).decode("ascii", "replace"), size, crc, place)
        if member.name == wanted:
            return member
        place = stream.seek(member.content + size)
    return None


def _exactly(stream: Readable, size: int) -> bytes:
    data = stream.read(size)
    if len(data) != size:
        raise Broken(_("the file is cut short"))
    return data


def _local(member: Member) -> bytes:
    fixed = (_VERSION, 0, 0, _MIDNIGHT, _NEW_YEAR_1980)
    sizes = (member.crc, member.size, member.size)
    name = member.name.encode("ascii")
    return _LOCAL.pack(_LOCAL_SIGNATURE, *fixed, *sizes, len(name), 0) + name


def _directory(members: list[Member], start: int) -> bytes:
    entries = b"".join(_central(member) for member in members)
    count = len(members)
    return entries + _END.pack(_END_SIGNATURE, 0, 0, count, count, len(entries), start, 0)


def _central(member: Member) -> bytes:
    fixed = (_MADE_BY, _VERSION, 0, 0, _MIDNIGHT, _NEW_YEAR_1980)
    sizes = (member.crc, member.size, member.size)
    name = member.name.encode("ascii")
    place = (0, 0, _MODE, member.start)
    return _CENTRAL.pack(_CENTRAL_SIGNATURE, *fixed, *sizes, len(name), 0, 0, *place) + name
