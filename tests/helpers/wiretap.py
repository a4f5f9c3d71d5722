"""A man in the middle of the wire: reads HTTP exchange by exchange and may spoil each one.

It stands between the real courier and the real receiver, so that faults are the only fake part.
"""

import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass

PHASES = {"PUT": "create", "HEAD": "patch", "PATCH": "patch", "POST": "commit", "GET": "receipt"}


@dataclass
class Message:
    """A request or an answer: `head` up to the empty line, `body` whole."""

    head: bytes
    body: bytes

    @property
    def verb(self) -> str:
        return self.head.split(b" ", 1)[0].decode()

    @property
    def path(self) -> str:
        return self.head.split(b" ", 2)[1].decode()

    @property
    def phase(self) -> str:
        return PHASES[self.verb]

    @property
    def raw(self) -> bytes:
        return self.head + self.body


class HungUp(Exception):
    """The other side closed before a whole message came."""


def read_head(stream: socket.socket, rest: bytes = b"") -> tuple[bytes, bytes]:
    """The head of the next message and what came behind it."""
    while b"\r\n\r\n" not in rest:
        rest += some(stream)
    head, body = rest.split(b"\r\n\r\n", 1)
    return head + b"\r\n\r\n", body


def length_of(head: bytes) -> int:
    for line in head.lower().split(b"\r\n"):
        if line.startswith(b"content-length:"):
            return int(line.split(b":")[1])
    return 0


def read_message(stream: socket.socket, *, bodiless: bool = False) -> Message:
    head, body = read_head(stream)
    return Message(head, b"") if bodiless else read_body(stream, head, body)


def read_body(stream: socket.socket, head: bytes, body: bytes) -> Message:
    """The message whose head, and perhaps some of its body, was read already."""
    while len(body) < length_of(head):
        body += some(stream)
    return Message(head, body)


def some(stream: socket.socket) -> bytes:
    """What came next; HungUp when nothing will."""
    data = stream.recv(65536)
    if not data:
        raise HungUp
    return data


class Wiretap:
    """Listens on loopback and hands every exchange to `exchange`; subclasses spoil it there."""

    def __init__(self, upstream: int) -> None:
        """`upstream` is the receiver's port on loopback; it may change between exchanges."""
        self.upstream = upstream
        self.seen: list[Message] = []
        self.connections = 0
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port = self._listener.getsockname()[1]
        self._open: set[socket.socket] = set()
        threading.Thread(target=self._accept, daemon=True).start()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def close(self) -> None:
        self._listener.close()
        for connection in list(self._open):
            hang_up(connection)

    def __enter__(self):
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def _accept(self) -> None:
        with suppress(OSError):
            while True:
                connection, _ = self._listener.accept()
                self.connections += 1
                threading.Thread(target=self._serve, args=(connection,), daemon=True).start()

    def _serve(self, connection: socket.socket) -> None:
        self._open.add(connection)
        with suppress(HungUp, OSError), connection:
            while True:
                self.exchange(connection)
        self._open.discard(connection)

    def exchange(self, station: socket.socket) -> None:
        """One request from the station and its answer; HungUp ends the connection."""
        request = read_message(station)
        self.seen.append(request)
        station.sendall(self.honest(request).raw)

    def honest(self, request: Message) -> Message:
        """What the real receiver answers."""
        with self.receiver() as central:
            central.sendall(request.raw)
            return read_message(central, bodiless=request.verb == "HEAD")

    @contextmanager
    def receiver(self) -> Iterator[socket.socket]:
        with socket.create_connection(("127.0.0.1", self.upstream), timeout=30) as central:
            yield central


def hang_up(connection: socket.socket) -> None:
    """Close so that the other side notices, even under a blocked read."""
    with suppress(OSError):
        connection.shutdown(socket.SHUT_RDWR)
    connection.close()
