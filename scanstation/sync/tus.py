"""The tus client: announces, sends in bounded PATCHes, commits, fetches the receipt.

The offset is what central says it holds, never what we believe we sent. A 204 to the last PATCH
is not delivery; nothing here ever says it is.
"""

import time
from collections.abc import Iterator
from pathlib import Path
from types import TracebackType
from typing import NoReturn, Self

import msgspec

from scanstation import errors
from scanstation.i18n import _
from scanstation.model.delivery import Announcement
from scanstation.model.profile import CentralSettings
from scanstation.sync import pacing, wire
from scanstation.sync.line import Answer, Line
from scanstation.sync.verdict import Verdict, verdict

PIECE = 8 * 1024
FRUITLESS = 5
"""PATCHes in a row that central answers without holding one byte more."""
COMMIT_PATIENCE = 12
"""Timeouts that central may take for a commit: it reads the whole package again, then fsyncs."""
_LATER_S = 5


class TusTransport:
    """The Transport over HTTP; a context manager that hangs up."""

    def __init__(self, settings: CentralSettings) -> None:
        """Raises UsageError for an unusable address or token file; nothing is dialled yet."""
        self._line = Line(settings.url, settings.timeout_s, _token(settings.token_file))
        self._limit = settings.patch_bytes
        self._commit_patience_s = COMMIT_PATIENCE * settings.timeout_s

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        fault: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._line.hang_up()

    def announce(self, announcement: Announcement, package: Path) -> "TusUpload":
        """PUT the announcement; the upload knows what central already holds."""
        return TusUpload(self, announcement, package, self.put(announcement))

    def put(self, announcement: Announcement) -> wire.Accepted:
        """One PUT of the announcement, the same words however often it is said."""
        answer = self._line.ask(
            "PUT",
            wire.package_path(announcement.package),
            headers={"If-None-Match": "*", "Content-Type": wire.JSON_TYPE},
            body=msgspec.json.encode(announcement),
        )
        self.expect(Verdict.DONE, "PUT", answer, announcement.package)
        try:
            accepted = msgspec.json.decode(answer.body, type=wire.Accepted)
        except msgspec.DecodeError as fault:
            raise self.stranger(_("its answer cannot be read")) from fault
        self._believable(accepted, announcement)
        return accepted

    def measure(self, announcement: Announcement, upload: str) -> int | None:
        """HEAD: the bytes central holds, or None when it does not know the upload."""
        answer = self._line.ask("HEAD", upload)
        if verdict("HEAD", answer.status) is Verdict.ANNOUNCE:
            return None
        self.expect(Verdict.DONE, "HEAD", answer, announcement.package)
        return self.offset_in(answer, announcement.size)

    def patch(self, upload: str, offset: int, length: int, body: Iterator[bytes]) -> Answer:
        """One PATCH of exactly `length` bytes."""
        headers = {
            wire.OFFSET: str(offset),
            "Content-Length": str(length),
            "Content-Type": wire.PATCH_TYPE,
        }
        return self._line.ask("PATCH", upload, headers=headers, body=body)

    def commit(self, announcement: Announcement) -> None:
        """POST the hash; returns only when central says it holds the package for good.

        Raises ArrivedDamaged when central had to drop what arrived.
        """
        answer = self._line.ask(
            "POST",
            wire.commit_path(announcement.package),
            headers={"Content-Type": wire.JSON_TYPE},
            body=msgspec.json.encode(wire.CommitRequest(sha256=announcement.sha256)),
            patience_s=self._commit_patience_s,
        )
        self.expect(Verdict.DONE, "POST", answer, announcement.package)

    def receipt(self, package: str) -> str:
        """GET the receipt; unchecked, as compact JWS."""
        answer = self._line.ask("GET", wire.receipt_path(package))
        self.expect(Verdict.DONE, "GET", answer, package)
        return answer.body.decode("ascii", errors="replace").strip()

    def expect(self, wanted: Verdict, verb: str, answer: Answer, package: str) -> None:
        """Raise what the verdict means unless it is the wanted one."""
        found = verdict(verb, answer.status)
        if found is not wanted:
            self.give_up(found, answer, package)

    def give_up(self, found: Verdict, answer: Answer, package: str) -> NoReturn:
        """The error for a verdict that the caller cannot act on."""
        problem = _problem(answer)
        if found is Verdict.DENIED:
            raise errors.CentralDenied(reason=_reason(problem))
        if found is Verdict.RESEND and problem.code not in _UNFIT:
            raise errors.ArrivedDamaged(package=package)
        if found in (Verdict.REFUSED, Verdict.RESEND, Verdict.HALVE):
            raise errors.CentralRefused(package=package, reason=_reason(problem))
        raise errors.CentralBusy(seconds=min(answer.number(wire.RETRY) or _LATER_S, 3600))

    def stranger(self, problem: str) -> errors.NotCentral:
        """The error for an answer central would not give; the connection is not used again."""
        self._line.hang_up()
        return errors.NotCentral(url=self._line.url, problem=problem)

    def stalled(self) -> errors.CentralUnreachable:
        """The error for a central that answers and takes nothing."""
        return errors.CentralUnreachable(url=self._line.url, problem=_("it takes no more bytes"))

    def offset_in(self, answer: Answer, size: int) -> int:
        """The measured offset of an answer; NotCentral when it cannot be one."""
        offset = answer.number(wire.OFFSET)
        if offset is None or offset > size:
            raise self.stranger(_("its offset is impossible"))
        return offset

    def bounded(self, size: int, max_patch: int) -> int:
        """`size` within every bound of a PATCH."""
        return pacing.within(size, min(self._limit, max_patch))

    def _believable(self, accepted: wire.Accepted, announcement: Announcement) -> None:
        right = 0 <= accepted.offset <= announcement.size and accepted.max_patch > 0
        if not right or not accepted.upload.startswith("/") or accepted.upload.startswith("//"):
            raise self.stranger(_("its answer cannot be read"))


class TusUpload:
    """One package on its way; see the Upload seam."""

    def __init__(
        self,
        transport: TusTransport,
        announcement: Announcement,
        package: Path,
        accepted: wire.Accepted,
    ) -> None:
        self._transport = transport
        self._announcement = announcement
        self._package = package
        self._fruitless = 0
        self._adopt(accepted)
        self._length = transport.bounded(pacing.FIRST_PATCH, self._max_patch)

    def _adopt(self, accepted: wire.Accepted) -> None:
        self.committed = accepted.state is wire.Holding.STORED
        self.offset = accepted.offset
        self._upload = accepted.upload
        self._max_patch = accepted.max_patch

    def send_next(self) -> int:
        """Send one bounded PATCH and return the offset central measured afterwards.

        A broken connection is dialled anew as long as bytes keep arriving; then NetworkError.
        """
        before = self.offset
        try:
            self._patch(min(self._length, self._announcement.size - before))
        except errors.CentralUnreachable:
            self._length = self._transport.bounded(self._length // 2, self._max_patch)
            if self._fruitless:
                raise
            self._measure()
        self._fruitless = 0 if self.offset > before else self._fruitless + 1
        if self._fruitless >= FRUITLESS:
            raise self._transport.stalled()
        return self.offset

    def _patch(self, length: int) -> None:
        started = time.monotonic()
        body = _slice(self._package, self.offset, length)
        answer = self._transport.patch(self._upload, self.offset, length, body)
        found = verdict("PATCH", answer.status)
        if found is Verdict.DONE:
            self.offset = self._transport.offset_in(answer, self._announcement.size)
            seconds = time.monotonic() - started
            self._length = self._transport.bounded(
                pacing.next_patch(length, seconds, self._max_patch), self._max_patch
            )
        elif found is Verdict.MEASURE:
            self._measure()
        elif found is Verdict.ANNOUNCE:
            self._adopt(self._transport.put(self._announcement))
        elif found is Verdict.HALVE and length > 1:
            self._max_patch = max(1, length // 2)
            self._length = self._transport.bounded(self._length, self._max_patch)
        else:
            self._transport.give_up(found, answer, self._announcement.package)

    def _measure(self) -> None:
        offset = self._transport.measure(self._announcement, self._upload)
        if offset is None:
            self._adopt(self._transport.put(self._announcement))
        else:
            self.offset = offset


def _slice(package: Path, offset: int, length: int) -> Iterator[bytes]:
    """Exactly `length` bytes of the file, in pieces; PackageDamaged when it is shorter."""
    with package.open("rb") as stream:
        stream.seek(offset)
        while length:
            piece = stream.read(min(PIECE, length))
            if not piece:
                raise errors.PackageDamaged(file=package.name, problem=_("it became shorter"))
            length -= len(piece)
            yield piece


def _problem(answer: Answer) -> wire.Problem:
    try:
        return msgspec.json.decode(answer.body, type=wire.Problem)
    except msgspec.DecodeError:
        return wire.Problem(code="", reason=f"HTTP {answer.status}")


_UNFIT = (wire.Code.PACKAGE, wire.Code.CORRECTS)
"""Answers with status 422 that sending the bytes again would not change."""


def _reason(problem: wire.Problem) -> str:
    """Why central says no, in the clerk's language where the code is known."""
    match problem.code:
        case wire.Code.DEMO:
            return _("demo packages are not taken in production")
        case wire.Code.FORK:
            return _("it contradicts what came before; a cloned station or a restored backup?")
        case wire.Code.PACKAGE:
            return _("central cannot read it as a package: {why}").format(why=problem.reason)
        case wire.Code.CORRECTS:
            return _("central does not hold the package it corrects, or as another dossier's")
        case wire.Code.TOO_LARGE:
            return _("it is too large")
        case wire.Code.TOKEN:
            return _("the access token is missing or wrong")
        case _:
            return problem.reason


def _token(file: Path | None) -> str:
    if file is None:
        return ""
    try:
        return file.read_text(encoding="ascii").strip()
    except (OSError, UnicodeDecodeError) as fault:
        detail = _("token file «{file}» cannot be read").format(file=file)
        raise errors.UsageError(detail=detail) from fault
