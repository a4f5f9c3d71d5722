"""FlakyCentral("ok 503:7 drop"): the real receiver, spoiled as the script says.

One word is one exchange; when the script is used up, every exchange is honest. A word may name a
verb before a dot, such as "PATCH.drop": it waits for the next exchange with that verb.
"""

import socket
import threading

from tests.helpers.wiretap import (
    PHASES,
    HungUp,
    Message,
    Wiretap,
    length_of,
    read_body,
    read_head,
    some,
)

STATUS = b"HTTP/1.1 %d Spoiled\r\nTus-Resumable: 1.0.0\r\nContent-Length: %d\r\n%s\r\n%s"
PORTAL = b"<html>Xin moi dang nhap WiFi</html>"


class FlakyCentral(Wiretap):
    """Words:
    ok         the honest exchange
    drop       the receiver does its work, the answer is lost
    cut        the connection breaks in the middle of the request's body
    portal     200 with HTML and no Tus-Resumable
    302        a redirect with Tus-Resumable to this very server
    truncated  an honest answer that ends in the middle
    drip       an answer that comes one byte at a time and has no end
    silent     no answer at all
    altered    one byte of the request's body is flipped on the way
    503:7      that status, here with Retry-After: 7
    body:TEXT  200 with TEXT as body and Tus-Resumable
    """

    def __init__(self, upstream: int, script: str) -> None:
        self._script = script.split()
        self.spoiled: list[str] = []
        self._over = threading.Event()
        super().__init__(upstream)

    @property
    def used_up(self) -> bool:
        """True when every word had its turn; a test that ends before proves nothing."""
        return not self._script

    def close(self) -> None:
        self._over.set()
        super().close()

    def exchange(self, station: socket.socket) -> None:
        head, body = read_head(station)
        word = self._next(head.split(b" ", 1)[0].decode())
        if word == "cut":
            self._cut(station, head, body)
        request = read_body(station, head, body)
        self.seen.append(request)
        self._answer(station, request, word)

    def _next(self, verb: str) -> str:
        if not self._script:
            return "ok"
        wanted, _, word = self._script[0].partition(".")
        if wanted in PHASES and wanted != verb:
            return "ok"
        self.spoiled.append(self._script.pop(0))
        return word if wanted in PHASES else self.spoiled[-1]

    def _cut(self, station: socket.socket, head: bytes, body: bytes) -> None:
        """Pass on the head and half of the body, then break both connections."""
        half = length_of(head) // 2
        while len(body) < half:
            body += some(station)
        with self.receiver() as central:
            central.sendall(head + body[:half])
        raise HungUp

    def _answer(self, station: socket.socket, request: Message, word: str) -> None:
        if word == "ok":
            station.sendall(self.honest(request).raw)
        elif word == "drop":
            self.honest(request)
            raise HungUp
        elif word == "portal":
            size = b"Content-Length: %d" % len(PORTAL)
            station.sendall(b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n%s\r\n\r\n" % size)
            station.sendall(PORTAL)
        elif word == "302":
            place = b"Location: http://127.0.0.1:%d%s\r\n" % (self.port, request.path.encode())
            station.sendall(STATUS % (302, 0, place, b""))
        elif word == "truncated":
            answer = self.honest(request).raw
            station.sendall(answer[: len(answer) * 2 // 3])
            raise HungUp
        elif word == "drip":
            self._drip(station)
        elif word == "silent":
            self._over.wait()
            raise HungUp
        elif word == "altered":
            flipped = bytes([request.body[0] ^ 1]) + request.body[1:]
            station.sendall(self.honest(Message(request.head, flipped)).raw)
        elif word.startswith("body:"):
            text = word[5:].encode()
            station.sendall(STATUS % (200, len(text), b"", text))
        else:
            self._status(station, word)

    def _status(self, station: socket.socket, word: str) -> None:
        status, _, seconds = word.partition(":")
        retry = b"Retry-After: %s\r\n" % seconds.encode() if seconds else b""
        station.sendall(STATUS % (int(status), 0, retry, b""))

    def _drip(self, station: socket.socket) -> None:
        station.sendall(b"HTTP/1.1 200 OK\r\nX-Drip: ")
        while not self._over.wait(0.05):
            station.sendall(b"a")
        raise HungUp
