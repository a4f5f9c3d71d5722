"""The receiver's HTTP: the wire's paths on Starlette, each a few lines over the store.

The only asynchronous code of the house. The newest request for an upload wins: a black-holed
connection must not lock a station out of its own package. Every answer carries Tus-Resumable.
"""

import asyncio
import hmac
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from typing import TypeVar
from weakref import WeakValueDictionary

import msgspec
from starlette.applications import Starlette
from starlette.concurrency import run_in_threadpool
from starlette.requests import ClientDisconnect, Request
from starlette.responses import HTMLResponse, Response
from starlette.routing import Route
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from scanstation import errors
from scanstation.central.board import board
from scanstation.central.refusal import Refusal
from scanstation.central.register import Registered
from scanstation.central.store import Store
from scanstation.model.delivery import Announcement
from scanstation.sync import wire
from scanstation.sync.wire import Code

LARGEST_WORDS = 16 * 1024
"""Bytes of a body that is not a package's."""
SILENCE_S = 60.0
"""A sender that is silent this long is hung up on; what arrived is kept."""
RETRY_S = 60

Endpoint = Callable[[Request], Awaitable[Response]]
Words = TypeVar("Words")


def build_app(store: Store, token: str = "") -> ASGIApp:
    """The receiver as an ASGI application; a `token` makes every request prove itself."""
    desk = _Desk(store)
    routes = [
        Route("/", desk.board, methods=["GET"]),
        Route(wire.package_path("{package}"), _answering(desk.announce), methods=["PUT"]),
        Route(wire.commit_path("{package}"), _answering(desk.commit), methods=["POST"]),
        Route(wire.receipt_path("{package}"), _answering(desk.receipt), methods=["GET"]),
        Route(wire.upload_path("{package}"), _answering(desk.measure), methods=["HEAD"]),
        Route(wire.upload_path("{package}"), _answering(desk.patch), methods=["PATCH"]),
        Route(wire.upload_path("{package}"), _options, methods=["OPTIONS"]),
        Route(wire.UPLOADS, _options, methods=["OPTIONS"]),
        Route(wire.RECEIPTS, _answering(desk.receipts), methods=["GET"]),
    ]
    return _Envelope(Starlette(routes=routes), token, store.options.at_once)


class _Envelope:
    """What every exchange has: central's mark on the answer, the token on the question, a place."""

    def __init__(self, app: ASGIApp, token: str, places: int) -> None:
        self._app = app
        self._proof = f"Bearer {token}".encode() if token else b""
        self._places = places

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        async def signed(message: Message) -> None:
            if message["type"] == "http.response.start":
                mark = (wire.TUS.lower().encode(), wire.TUS_VERSION.encode())
                message["headers"] = [*message.get("headers", []), mark]
            await send(message)

        if scope["type"] != "http":
            return
        given = dict(scope["headers"]).get(b"authorization", b"")
        if self._proof and not hmac.compare_digest(given, self._proof):
            refusal = Refusal(Code.TOKEN, "the access token is missing or wrong")
            await _refused(refusal)(scope, receive, signed)
        elif not self._places:
            await _refused(Refusal(Code.BUSY, "too many at once"))(scope, receive, signed)
        else:
            self._places -= 1
            try:
                await self._app(scope, receive, signed)
            finally:
                self._places += 1


def _answering(endpoint: Endpoint) -> Endpoint:
    """`endpoint` with refusals and storage faults turned into their answers."""

    async def answer(request: Request) -> Response:
        try:
            if not wire.is_package_id(request.path_params.get("package", _ANY)):
                raise Refusal(Code.MALFORMED, "the path holds no package id")
            return await endpoint(request)
        except Refusal as refusal:
            return _refused(refusal)
        except errors.DiskFull as fault:
            return _refused(Refusal(Code.FULL, str(fault)))
        except errors.ScanStationError as fault:
            return _refused(Refusal(Code.FAULT, str(fault)))
        except ClientDisconnect:
            return Response(status_code=408)

    return answer


_ANY = "00000000-0000-0000-0000-000000000000"


def _refused(refusal: Refusal) -> Response:
    retry = {wire.RETRY: str(RETRY_S)} if refusal.status >= 500 else {}
    problem = wire.Problem(code=refusal.code, reason=refusal.reason)
    return _json(problem, refusal.status, retry)


class _Desk:
    """The endpoints over one store."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._locks: WeakValueDictionary[str, asyncio.Lock] = WeakValueDictionary()
        self._turns: dict[str, object] = {}

    @asynccontextmanager
    async def _alone(self, package: str) -> AsyncIterator[None]:
        """One step at a time per package."""
        lock = self._locks.setdefault(package, asyncio.Lock())
        async with lock:
            yield

    def _take_turn(self, package: str) -> object:
        """From now on only the caller may write to this upload."""
        turn = self._turns[package] = object()
        return turn

    async def announce(self, request: Request) -> Response:
        announcement = _decoded(await _words(request), Announcement)
        if announcement.package != request.path_params["package"]:
            raise Refusal(Code.MALFORMED, "path and body name different packages")
        self._take_turn(announcement.package)
        async with self._alone(announcement.package):
            accepted, fresh = await run_in_threadpool(self._store.announce, announcement)
        return _json(accepted, 201 if fresh else 200)

    async def measure(self, request: Request) -> Response:
        row = await self._row(request)
        package = row.announcement.package
        self._take_turn(package)
        async with self._alone(package):
            offset = await run_in_threadpool(self._store.offset, row.announcement)
        headers = {
            wire.OFFSET: str(offset),
            wire.LENGTH: str(row.announcement.size),
            "Cache-Control": "no-store",
        }
        return Response(headers=headers)

    async def patch(self, request: Request) -> Response:
        row = await self._row(request)
        size, package = row.announcement.size, row.announcement.package
        offset = _patch_offset(request, size, self._store.options.max_patch)
        turn = self._take_turn(package)
        async with self._alone(package):
            held = await run_in_threadpool(self._store.offset, row.announcement)
        if held != offset:
            raise Refusal(Code.OFFSET, f"{held} bytes are here, not {offset}")
        if held == size:
            return Response(status_code=204, headers={wire.OFFSET: str(held)})
        offset = await self._receive(request, row.announcement, offset, turn)
        return Response(status_code=204, headers={wire.OFFSET: str(offset)})

    async def _receive(
        self, request: Request, announcement: Announcement, offset: int, turn: object
    ) -> int:
        """Append the body as it comes; durable when this returns, kept even when it raises."""
        package = announcement.package
        arrival = await run_in_threadpool(self._store.arrival, announcement)
        try:
            async for piece in _pieces(request):
                async with self._alone(package):
                    if self._turns.get(package) is not turn:
                        raise Refusal(Code.OFFSET, "a newer request took over this upload")
                    offset = await run_in_threadpool(arrival.write, offset, piece)
        finally:
            await run_in_threadpool(arrival.settle)
        return offset

    async def commit(self, request: Request) -> Response:
        row = await self._row(request)
        asked = _decoded(await _words(request), wire.CommitRequest)
        announcement = row.announcement
        if asked.sha256 != announcement.sha256:
            raise Refusal(Code.FORK, "the commit names other bytes than the announcement")
        self._take_turn(announcement.package)
        async with self._alone(announcement.package):
            receipt = await run_in_threadpool(self._store.commit, announcement)
        self._turns.pop(announcement.package, None)
        return _receipt(receipt)

    async def receipt(self, request: Request) -> Response:
        row = await self._row(request)
        if not row.receipt:
            raise Refusal(Code.UNFINISHED, "not stored yet", status=404)
        return _receipt(row.receipt)

    async def receipts(self, request: Request) -> Response:
        station = request.query_params.get("station", "")
        after = request.query_params.get("after", "0")
        if not wire.is_station_id(station) or not _is_number(after):
            raise Refusal(Code.MALFORMED, "ask with ?station=ID&after=NUMBER")
        return _json(await run_in_threadpool(self._store.receipts, station, int(after)))

    async def board(self, _: Request) -> Response:
        return HTMLResponse(await run_in_threadpool(board, self._store))

    async def _row(self, request: Request) -> Registered:
        return await run_in_threadpool(self._store.row, request.path_params["package"])


async def _options(_: Request) -> Response:
    return Response(status_code=204, headers={wire.TUS_VERSIONS: wire.TUS_VERSION})


def _patch_offset(request: Request, size: int, max_patch: int) -> int:
    """The checked offset of a PATCH; Refusal for one that could not be taken whole."""
    if request.headers.get(wire.TUS) != wire.TUS_VERSION:
        raise Refusal(Code.MALFORMED, f"this is tus {wire.TUS_VERSION}", status=412)
    if request.headers.get("content-type") != wire.PATCH_TYPE:
        raise Refusal(Code.MALFORMED, f"a PATCH is {wire.PATCH_TYPE}", status=415)
    offset = _number(request, wire.OFFSET)
    length = _number(request, "content-length")
    if length > max_patch or offset + length > size:
        raise Refusal(Code.TOO_LARGE, f"a PATCH ends at {size} and has at most {max_patch} bytes")
    return offset


def _number(request: Request, header: str) -> int:
    text = request.headers.get(header, "")
    if not _is_number(text):
        raise Refusal(Code.MALFORMED, f"{header} must be a number")
    return int(text)


def _is_number(text: str) -> bool:
    return text.isascii() and text.isdigit() and len(text) < 16


async def _pieces(request: Request) -> AsyncIterator[bytes]:
    """The body as it arrives; a silent sender ends it like a hang-up."""
    stream = request.stream()
    while True:
        try:
            async with asyncio.timeout(SILENCE_S):
                piece = await anext(stream, None)
        except TimeoutError as fault:
            raise ClientDisconnect from fault
        if piece is None:
            return
        if piece:
            yield piece


async def _words(request: Request) -> bytes:
    body = bytearray()
    async for piece in _pieces(request):
        body += piece
        if len(body) > LARGEST_WORDS:
            raise Refusal(Code.TOO_LARGE, f"at most {LARGEST_WORDS} bytes")
    return bytes(body)


def _decoded(body: bytes, kind: type[Words]) -> Words:
    try:
        return msgspec.json.decode(body, type=kind)
    except msgspec.DecodeError as fault:
        raise Refusal(Code.MALFORMED, str(fault)) from fault


def _json(
    value: msgspec.Struct, status: int = 200, headers: dict[str, str] | None = None
) -> Response:
    return Response(msgspec.json.encode(value), status, headers, media_type=wire.JSON_TYPE)


def _receipt(receipt: str) -> Response:
    return Response(receipt.encode("ascii"), media_type=wire.RECEIPT_TYPE)
