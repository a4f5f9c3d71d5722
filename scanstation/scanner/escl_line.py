"""The HTTP under eSCL: one question, one answer, to one address and no other.

Every answer is limited in size and time, certificates are pinned or properly signed, a redirect
is followed only on the same host and port. What an answer means is for escl.py.
"""

import hashlib
import http.client
import queue
import socket
import ssl
import threading
import time
from collections.abc import Generator, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import SplitResult, urlsplit

from scanstation import durable
from scanstation.scanner.escl_words import XML_LIMIT
from scanstation.scanner.watch import Limits

BODY_LIMIT = 200_000_000
"""Bytes of one page; A4 colour at 600 dpi has 104 million uncompressed."""
_PIECE = 1 << 16
_CONNECT_S = 4.0
_REDIRECTS = 3
_PAGE_S = 600.0  # for one whole page, however steadily it drips


class LineFault(Exception):
    """The question was not answered."""


class Unreachable(LineFault):
    """Nobody listens at the address."""


class Broken(LineFault):
    """The connection ended before the answer did."""


class Silent(LineFault):
    """Nothing came for `seconds`."""

    def __init__(self, seconds: float) -> None:
        super().__init__(seconds)
        self.seconds = seconds


class TooLarge(LineFault):
    """More than the limit."""


class Elsewhere(LineFault):
    """The device sends us to another host; its text is that address."""


class Stranger(LineFault):
    """Another certificate than expected; its text is the SHA-256 fingerprint that came."""


class Aborted(LineFault):
    """Our own side stopped."""


@dataclass(frozen=True)
class Answer:
    status: int
    location: str
    body: bytes
    size: int | None = None
    """Bytes announced for a body that is fetched piece by piece; None when not announced."""


class Line:
    """Asks one eSCL address such as http://10.0.0.7:8080/eSCL; ValueError for anything else."""

    def __init__(self, address: str, certificate: str, limits: Limits) -> None:
        parts = urlsplit(address)
        if parts.scheme not in ("http", "https") or not parts.hostname or parts.username:
            raise ValueError(address)
        if certificate and parts.scheme == "http":  # nobody would ever look at it
            raise ValueError(f"{address}: certificate without https")
        self._host, self._tls = parts.hostname, parts.scheme == "https"
        self._port = parts.port or (443 if self._tls else 80)
        self._root = parts.path.rstrip("/") or "/eSCL"
        self._pinned = certificate.replace(":", "").casefold()
        self.limits = limits
        self._sock: socket.socket | None = None
        self._aborted = threading.Event()

    def path(self, name: str) -> str:
        """The path of a resource below the address."""
        return f"{self._root}/{name}"

    def abort(self) -> None:
        """End whatever is under way, from any thread; every later question is Aborted."""
        self._aborted.set()
        if (sock := self._sock) is not None:
            with suppress(OSError):
                sock.shutdown(socket.SHUT_RDWR)

    def resume(self) -> None:
        """Ask again after an abort: a job must be taken off the device."""
        self._aborted.clear()

    def ask(self, method: str, path: str, body: bytes = b"", seconds: float = 0.0) -> Answer:
        """A small answer, whole; raises LineFault."""
        limit = seconds or self.limits.open
        answer = self._whole(method, path, body, limit)
        for _hop in range(_REDIRECTS):
            if method != "GET" or answer.status not in (301, 302, 303, 307, 308):
                return answer
            answer = self._whole(method, self._same_place(answer.location), body, limit)
        return answer

    def _whole(self, method: str, path: str, body: bytes, limit: float) -> Answer:
        with self._asked(method, path, body, limit) as response:
            whole = b"".join(self._pieces(response, XML_LIMIT, time.monotonic() + limit))
            return Answer(response.status, response.headers.get("Location", ""), whole)

    def fetch(self, path: str, target: Path) -> Generator[Answer | int, None, None]:
        """The answer's head, then how many bytes of it have arrived in `target`, as they come.

        Only a 200 has its body fetched. Raises LineFault, errors.StorageError.
        """
        with self._asked("GET", path, b"", self.limits.first_progress) as response:
            size = response.length
            yield Answer(response.status, "", b"", size)
            if response.status != 200:
                return
            if (size or 0) > BODY_LIMIT:
                raise TooLarge
            self._wait_for(self.limits.progress)
            arrived, until = 0, time.monotonic() + _PAGE_S
            try:
                with target.open("xb") as stream:
                    for piece in self._pieces(response, BODY_LIMIT, until):
                        stream.write(piece)
                        arrived += len(piece)
                        yield arrived
            except OSError as fault:  # the line's own faults are LineFaults by now
                raise durable.storage_fault(target, fault) from fault

    @contextmanager
    def _asked(
        self, method: str, path: str, body: bytes, seconds: float
    ) -> Iterator[http.client.HTTPResponse]:
        connection = self._connected(min(_CONNECT_S, seconds))
        try:
            with self._line_faults(seconds):
                if self._aborted.is_set():
                    raise Aborted
                self._wait_for(seconds)
                # Epson wants the port here also where it is the usual one.
                host = f"[{self._host}]" if ":" in self._host else self._host
                headers = {"Host": f"{host}:{self._port}", "Connection": "close"}
                headers |= {"Content-Type": "text/xml"} if body else {}
                connection.request(method, path, body or None, headers)
                response = connection.getresponse()
            yield response
        finally:
            self._sock = None
            connection.close()

    def _connected(self, seconds: float) -> http.client.HTTPConnection:
        if self._aborted.is_set():
            raise Aborted
        connection = http.client.HTTPConnection(self._host, self._port)
        try:
            connection.sock = self._plugged_in(seconds)
        except ssl.SSLCertVerificationError as fault:
            raise Stranger(self._fingerprint()) from fault
        except OSError as fault:
            raise (Aborted if self._aborted.is_set() else Unreachable) from fault
        if self._pinned and self._tls:
            shown = _sha256(connection.sock)
            if shown != self._pinned:
                connection.close()
                raise Stranger(shown)
        return connection

    def _plugged_in(self, seconds: float) -> socket.socket:
        """Connected, and known to abort() from the first packet on."""
        refused = OSError(self._host)
        for family, address in _addresses(self._host, self._port, seconds):
            self._sock = sock = socket.socket(family, socket.SOCK_STREAM)
            sock.settimeout(seconds)
            try:
                sock.connect(address)
                if self._tls:
                    context = _unchecked() if self._pinned else ssl.create_default_context()
                    self._sock = sock = context.wrap_socket(sock, server_hostname=self._host)
            except OSError as fault:
                sock.close()
                if self._aborted.is_set() or isinstance(fault, ssl.SSLError):
                    raise
                refused = fault
            else:
                return sock
        raise refused

    def _fingerprint(self) -> str:
        """What IT staff compare with the device's own page before they pin it."""
        with suppress(OSError):
            raw = socket.create_connection((self._host, self._port), timeout=_CONNECT_S)
            with raw, _unchecked().wrap_socket(raw) as sock:
                return _sha256(sock)
        return "?"

    @contextmanager
    def _line_faults(self, seconds: float) -> Iterator[None]:
        try:
            yield
        except TimeoutError as fault:
            raise (Aborted() if self._aborted.is_set() else Silent(seconds)) from fault
        except (OSError, http.client.HTTPException, ValueError) as fault:
            raise (Aborted if self._aborted.is_set() else Broken) from fault

    def _pieces(
        self, response: http.client.HTTPResponse, limit: int, until: float
    ) -> Iterator[bytes]:
        arrived, size, seconds = 0, response.length, self.limits.progress
        while size is None or arrived < size:
            with self._line_faults(seconds):
                piece = response.read1(_PIECE)
            if self._aborted.is_set():
                raise Aborted
            if not piece and size is None:
                return
            if not piece:
                raise Broken
            arrived += len(piece)
            if arrived > limit:
                raise TooLarge
            if time.monotonic() > until:
                raise Silent(seconds)
            yield piece

    def _wait_for(self, seconds: float) -> None:
        if self._sock is not None:
            self._sock.settimeout(seconds)

    def _same_place(self, location: str) -> str:
        to = urlsplit(location)
        if to.netloc and (to.scheme, to.hostname, _port(to)) != (
            "https" if self._tls else "http",
            self._host,
            self._port,
        ):
            raise Elsewhere(location)
        return path_of(location) or self._root


def path_of(location: str) -> str:
    """The path of a Location and nothing else: some devices call themselves "localhost"."""
    parts = urlsplit(location)
    return parts.path + (f"?{parts.query}" if parts.query else "")


_Found = list[tuple[int, tuple[Any, ...]]]


def _addresses(host: str, port: int, seconds: float) -> _Found:
    """Where `host` is; OSError when nobody says so in time: a dead name server takes 30 s."""
    answer: queue.Queue[_Found | OSError] = queue.Queue()

    def look() -> None:
        try:
            found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
            answer.put([(family, address) for family, _kind, _proto, _name, address in found])
        except OSError as fault:
            answer.put(fault)

    threading.Thread(target=look, daemon=True).start()
    try:
        found = answer.get(timeout=seconds)
    except queue.Empty:
        raise TimeoutError(host) from None
    if isinstance(found, OSError):
        raise found
    return found


def _port(parts: SplitResult) -> int:
    return parts.port or (443 if parts.scheme == "https" else 80)


def _unchecked() -> ssl.SSLContext:
    """For a certificate that is judged by its fingerprint: devices sign their own."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname = False
    context.verify_mode = ssl.CERT_NONE
    return context


def _sha256(sock: socket.socket) -> str:
    shown = sock.getpeercert(binary_form=True) if isinstance(sock, ssl.SSLSocket) else None
    return hashlib.sha256(shown or b"").hexdigest()
