"""The ledger's memory: a chain of events where nothing can be changed, dropped or put in between.

h(n) = SHA-256(h(n-1) || event(n)), h(0) = 32 zero bytes. Whoever can rewrite the whole chain can
forge it: only a head noted elsewhere (day sheet, central system) shows that. Pure.
"""

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass

import msgspec

from scanstation.i18n import _
from scanstation.model.delivery import Delivery

GENESIS = bytes(32).hex()
VERSION = 1


class AuditEvent(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One change of a package's state; its JSON in this order of members is what is hashed."""

    version: int
    at: str
    """ISO 8601 by the station's clock; for people, never for order."""
    by: str
    """Clerk id, or "courier", "scan" or "station" for what happens by itself."""
    what: str
    """"queued", "found", "sending", "held", "released", "delivered", "purged", "rebuilt"."""
    package: str = ""
    sha256: str = ""
    """Of the package, or of the receipt when delivered."""
    sequence: int = 0
    state: Delivery | None = None
    """The package's state from here on."""
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Link:
    """An event as stored."""

    number: int
    event: str
    """Canonical JSON."""
    hash: str


@dataclass(frozen=True, slots=True)
class Head:
    """The end of a chain that holds."""

    number: int
    """Events in the chain."""
    hash: str


class ChainBroken(Exception):
    """What is wrong with the chain; ledger.py turns it into errors.LedgerBroken."""


def follow(head: Head, event: AuditEvent) -> Link:
    """The link that comes after `head`."""
    canonical = msgspec.json.encode(event).decode()
    return Link(head.number + 1, canonical, _hash(head.hash, canonical))


def check(chain: Iterable[Link]) -> tuple[Head, dict[str, Delivery]]:
    """The head and each package's state after all events; ChainBroken naming the first bad link."""
    head = Head(0, GENESIS)
    states: dict[str, Delivery] = {}
    for link in chain:
        if link.number != head.number + 1 or link.hash != _hash(head.hash, link.event):
            problem = _("event {n} of the chain was altered or removed")
            raise ChainBroken(problem.format(n=head.number + 1))
        event = decoded(link)
        if event.state is not None:
            states[event.package] = event.state
        head = Head(link.number, link.hash)
    return head, states


def decoded(link: Link) -> AuditEvent:
    """The event of a link; ChainBroken when it is none this version knows."""
    try:
        event = msgspec.json.decode(link.event, type=AuditEvent)
    except msgspec.DecodeError as fault:
        raise ChainBroken(f"event {link.number}: {fault}") from fault
    if event.version > VERSION:
        raise ChainBroken(f"event {link.number} is of version {event.version}")
    return event


def _hash(previous: str, event: str) -> str:
    return hashlib.sha256(bytes.fromhex(previous) + event.encode()).hexdigest()
