"""One HTTP connection to central: asks, and hands back an answer only if central gave it.

The only importer of httpx. Redirects are never followed; an answer without Tus-Resumable is a
portal's or a proxy's; every wait has an end; after any fault the next request dials anew.
"""

import os
import socket
import ssl
import threading
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager, suppress
from types import TracebackType
from typing import Self

import httpx
import msgspec

from scanstation import __version__, errors
from scanstation.i18n import _
from scanstation.sync import wire

ANSWER_LIMIT = 256 * 1024
SEND_BUFFER = 16 * 1024
UNSENT_LIMIT = 8 * 1024
"""Small buffers keep the measured progress honest, and a drop loses little of the link's time."""
_LOOPBACK = {"localhost", "127.0.0.1", "::1"}


_KEPT_S = 2.0
"""An idle connection is not used again after this; common servers close it after 5 s, and one that
is closed while the next request goes out looks like a broken line."""


class Answer(msgspec.Struct, frozen=True, kw_only=True):
    """What central said; header names are lower-case."""

    status: int
    headers: dict[str, str]
    body: bytes

    def number(self, header: str) -> int | None:
        """A header's value as a count, or None."""
        text = self.headers.get(header.lower(), "")
        return int(text) if text.isascii() and text.isdigit() and len(text) < 16 else None


class Line:
    """A connection that is dialled when needed; use as a context manager or `hang_up`."""

    def __init__(self, url: str, timeout_s: float, token: str = "") -> None:
        """`timeout_s` limits each connect, each write and each silence of central.

        Raises UsageError for an address that would send dossiers in the clear.
        """
        self.url = url.rstrip("/")
        self._timeout_s = timeout_s
        self._headers = {wire.TUS: wire.TUS_VERSION, "Accept-Encoding": "identity"}
        self._headers["User-Agent"] = f"scanstation/{__version__}"
        if token:
            self._headers["Authorization"] = f"Bearer {token}"
        self._trust: ssl.SSLContext | None = None
        self._client: httpx.Client | None = None
        self._socket: socket.socket | None = None
        self._is_local = _is_local(self.url)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        fault: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.hang_up()

    def hang_up(self) -> None:
        """Close the connection; the next `ask` dials anew."""
        if self._client is not None:
            self._client.close()
        self._client, self._socket = None, None

    def ask(
        self,
        verb: str,
        path: str,
        *,
        headers: Mapping[str, str] | None = None,
        body: bytes | Iterable[bytes] = b"",
        patience_s: float | None = None,
    ) -> Answer:
        """Send one request and read the whole answer.

        `patience_s` is how long central may take from the last sent byte to the last received
        one; without it three times the timeout. Raises CentralUnreachable or NotCentral.
        """
        try:
            answer = self._exchange(verb, path, headers or {}, body, patience_s)
        except (httpx.HTTPError, httpx.InvalidURL) as fault:
            raise self._translated(fault) from fault
        except BaseException:
            self.hang_up()
            raise
        self._must_be_central(answer)
        return answer

    def _exchange(
        self,
        verb: str,
        path: str,
        headers: Mapping[str, str],
        body: bytes | Iterable[bytes],
        patience_s: float | None,
    ) -> Answer:
        client = self._client or self._dial()
        patience = patience_s or 3 * self._timeout_s
        limits = httpx.Timeout(self._timeout_s, read=patience)
        with (
            self._patience(patience) as watch,
            client.stream(
                verb,
                self.url + path,
                headers=self._headers | dict(headers),
                content=body,
                timeout=limits,
                extensions={"trace": watch},
            ) as response,
        ):
            return Answer(
                status=response.status_code,
                headers={name.lower(): value for name, value in response.headers.items()},
                body=self._whole(response),
            )

    def _whole(self, response: httpx.Response) -> bytes:
        body = bytearray()
        for piece in response.iter_raw():
            body += piece
            if len(body) > ANSWER_LIMIT:
                raise errors.NotCentral(url=self.url, problem=_("the answer has no end"))
        return bytes(body)

    def _must_be_central(self, answer: Answer) -> None:
        if 300 <= answer.status < 400:
            problem = _("it redirects elsewhere")
        elif answer.headers.get(wire.TUS.lower()) != wire.TUS_VERSION:
            kind = answer.headers.get("content-type", "").split(";")[0]
            problem = f"HTTP {answer.status} {kind}".rstrip()
        else:
            return
        self.hang_up()
        raise errors.NotCentral(url=self.url, problem=problem)

    def _dial(self) -> httpx.Client:
        if self._trust is None:
            self._trust = _trust(self.url)
        options = _socket_options(self._timeout_s)
        kept = httpx.Limits(keepalive_expiry=_KEPT_S)
        transport = httpx.HTTPTransport(verify=self._trust, limits=kept, socket_options=options)
        self._client = httpx.Client(
            verify=self._trust,
            transport=transport,
            follow_redirects=False,
            trust_env=not self._is_local,  # the office's proxy has no business on loopback
        )
        return self._client

    @contextmanager
    def _patience(self, seconds: float) -> Iterator["_Watch"]:
        watch = _Watch(self, seconds)
        try:
            yield watch
        finally:
            watch.rest()

    def _translated(self, fault: httpx.HTTPError | httpx.InvalidURL) -> errors.NetworkError:
        self.hang_up()
        if _caused_by_tls(fault):
            problem = _("its certificate is not trusted; is the date of this PC right?")
            return errors.NotCentral(url=self.url, problem=problem)
        return errors.CentralUnreachable(url=self.url, problem=_said(fault))

    def remember(self, connection: socket.socket) -> None:
        """Keep hold of the connection in use, so that a watch can cut it."""
        self._socket = connection

    def cut(self) -> None:
        """End the connection under a blocked read; safe from another thread."""
        connection = self._socket
        if connection is None:
            return
        with suppress(OSError), socket.socket(fileno=os.dup(connection.fileno())) as twin:
            twin.shutdown(socket.SHUT_RDWR)


class _Watch:
    """httpx's trace hook: from the last sent byte on, an answer that drips has `seconds`.

    A read timeout alone never ends an answer that comes one byte at a time.
    """

    def __init__(self, line: Line, seconds: float) -> None:
        self._line = line
        self._timer = threading.Timer(seconds, line.cut)
        self._timer.daemon = True

    def __call__(self, event: str, info: Mapping[str, object]) -> None:
        if event.endswith(("connect_tcp.complete", "start_tls.complete")):
            stream = info["return_value"]
            connection = stream.get_extra_info("socket")  # type: ignore[attr-defined]
            self._line.remember(connection)
        elif event in ("http11.send_request_body.complete", "http11.send_request_body.failed"):
            with suppress(RuntimeError):  # started already
                self._timer.start()

    def rest(self) -> None:
        self._timer.cancel()


def _is_local(url: str) -> bool:
    """Whether central is this machine; UsageError for an address that is not safe elsewhere."""
    try:
        parts = httpx.URL(url)
    except httpx.InvalidURL as fault:
        detail = _("central.url «{url}» is no address").format(url=url)
        raise errors.UsageError(detail=detail) from fault
    local = parts.host in _LOOPBACK
    if parts.scheme == "https" or (parts.scheme == "http" and local):
        return local
    detail = _("central.url «{url}»: dossiers travel over https:// only").format(url=url)
    raise errors.UsageError(detail=detail)


def _trust(url: str) -> ssl.SSLContext:
    """This machine's CAs; none for plain HTTP on loopback, where reading them is 50 ms lost."""
    if httpx.URL(url).scheme == "https":
        return httpx.create_ssl_context()
    return ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)


def _socket_options(stall_s: float) -> list[tuple[int, int, int]]:
    options = [
        (socket.IPPROTO_TCP, socket.TCP_NODELAY, 1),
        (socket.SOL_SOCKET, socket.SO_SNDBUF, SEND_BUFFER),
    ]
    linux = {"TCP_NOTSENT_LOWAT": UNSENT_LIMIT, "TCP_USER_TIMEOUT": int(stall_s * 1000)}
    for name, value in linux.items():
        if hasattr(socket, name):
            options.append((socket.IPPROTO_TCP, getattr(socket, name), value))
    return options


def _caused_by_tls(fault: BaseException | None) -> bool:
    while fault is not None:
        if isinstance(fault, ssl.SSLCertVerificationError):
            return True
        fault = fault.__cause__ or fault.__context__
    return False


def _said(fault: Exception) -> str:
    if isinstance(fault, httpx.TimeoutException):
        return _("no answer in time")
    if isinstance(fault, httpx.ConnectError):
        return _("no connection")
    return _("the connection broke")
