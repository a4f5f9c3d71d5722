"""Which eSCL scanners there are in this network segment: one question over multicast DNS.

A one-shot query from a port of our own (RFC 6762, 5.1), so no service runs here and no library is
needed. Answers come from anybody: a packet that is not well formed is dropped, and an address is
only ever a place to ask, with the certificate rules of every other.
"""

import ipaddress
import socket
import struct
import time
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass, field

EVERYBODY = ("224.0.0.251", 5353)
_SERVICES = {"_uscan._tcp.local": "http", "_uscans._tcp.local": "https"}
_A, _PTR, _TXT, _SRV = 1, 12, 16, 33
_UNICAST = 0x8001  # class IN, answer to me alone
_NAME_BYTES = 255
_LARGEST = 9000


@dataclass
class _Said:
    """Records of all answers."""

    instances: dict[str, str] = field(default_factory=dict)
    """Instance -> service."""
    places: dict[str, tuple[str, int]] = field(default_factory=dict)
    """Instance -> host name and port."""
    roots: dict[str, str] = field(default_factory=dict)
    """Instance -> resource path of its TXT record."""
    hosts: dict[str, str] = field(default_factory=dict)
    """Host name -> IPv4 address."""


def neighbours(seconds: float = 2.0, ask: tuple[str, int] = EVERYBODY) -> tuple[str, ...]:
    """Addresses for a profile's `device`, https before http for the same device; sorted.

    Devices behind a router or another VLAN do not answer: their address must be written down.
    """
    said = _Said()
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as line, suppress(OSError):
        line.setsockopt(socket.IPPROTO_IP, socket.IP_MULTICAST_TTL, 1)
        line.sendto(_question(), ask)
        for packet in _heard(line, time.monotonic() + seconds):
            with suppress(ValueError, IndexError, struct.error):
                _note(packet, said)
    return tuple(sorted(_addresses(said)))


def _question() -> bytes:
    asked = b"".join(_wire(name) + struct.pack("!HH", _PTR, _UNICAST) for name in _SERVICES)
    return struct.pack("!6H", 0, 0, len(_SERVICES), 0, 0, 0) + asked


def _wire(name: str) -> bytes:
    labels = (label.encode() for label in name.split("."))
    return b"".join(bytes([len(label)]) + label for label in labels) + b"\0"


def _heard(line: socket.socket, until: float) -> Iterator[bytes]:
    while (left := until - time.monotonic()) > 0:
        line.settimeout(left)
        try:
            yield line.recv(_LARGEST)
        except TimeoutError:
            return


def _addresses(said: _Said) -> Iterator[str]:
    secure = {
        said.places[one][0]
        for one, kind in said.instances.items()
        if _SERVICES[kind] == "https" and one in said.places
    }
    for instance, service in said.instances.items():
        host, port = said.places.get(instance, ("", 0))
        scheme = _SERVICES[service]
        if host in said.hosts and port and (scheme == "https" or host not in secure):
            root = said.roots.get(instance, "eSCL").strip("/")
            yield f"{scheme}://{said.hosts[host]}:{port}/{root}"


# --- packets (RFC 1035, 4.1) ------------------------------------------------------------------


def _note(packet: bytes, said: _Said) -> None:
    _id, flags, questions, *counts = struct.unpack_from("!6H", packet)
    if not flags & 0x8000:
        return
    at = 12
    for _number in range(questions):
        at = _name(packet, at)[1] + 4
    for _number in range(sum(counts)):
        name, at = _name(packet, at)
        kind, _class, _ttl, size = struct.unpack_from("!HHIH", packet, at)
        at += 10
        _record(said, kind, name, packet, at, size)
        at += size


def _record(said: _Said, kind: int, name: str, packet: bytes, at: int, size: int) -> None:
    if kind == _PTR and name in _SERVICES:
        said.instances[_name(packet, at)[0]] = name
    elif kind == _SRV:
        (port,) = struct.unpack_from("!H", packet, at + 4)
        said.places[name] = (_name(packet, at + 6)[0], port)
    elif kind == _TXT:
        said.roots[name] = next(_texts(packet[at : at + size]), "eSCL")
    elif kind == _A and size == 4:
        said.hosts[name] = str(ipaddress.IPv4Address(packet[at : at + 4]))


def _texts(data: bytes) -> Iterator[str]:
    """The `rs` of a TXT record."""
    while data:
        one, data = data[1 : 1 + data[0]], data[1 + data[0] :]
        if one.lower().startswith(b"rs="):
            yield one[3:].decode("ascii")


def _name(packet: bytes, at: int) -> tuple[str, int]:
    """A name and where it ends; pointers go backwards only, so there is no endless one."""
    labels: list[str] = []
    end, limit, total = 0, at, 0
    while length := packet[at]:
        if length >= 0xC0:
            end = end or at + 2
            at = (length & 0x3F) << 8 | packet[at + 1]
            if at >= limit:
                raise ValueError("a pointer forwards")
            limit = at
            continue
        label = packet[at + 1 : at + 1 + length]
        total += length + 1
        if total > _NAME_BYTES or len(label) < length:
            raise ValueError("a name too long")
        labels.append(label.decode("utf-8").casefold())
        at += 1 + length
    return ".".join(labels), end or at + 1
