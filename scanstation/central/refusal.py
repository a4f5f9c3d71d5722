"""Central's ways to say no, as one exception that knows its HTTP status.

A refusal is an answer, not a fault of central; the codes are the wire's words.
"""

from http import HTTPStatus

from scanstation.sync.wire import Code

_STATUS = {
    Code.MALFORMED: HTTPStatus.BAD_REQUEST,
    Code.TOKEN: HTTPStatus.UNAUTHORIZED,
    Code.DEMO: HTTPStatus.FORBIDDEN,
    Code.UNKNOWN: HTTPStatus.NOT_FOUND,
    Code.FORK: HTTPStatus.CONFLICT,
    Code.OFFSET: HTTPStatus.CONFLICT,
    Code.UNFINISHED: HTTPStatus.CONFLICT,
    Code.TOO_LARGE: HTTPStatus.REQUEST_ENTITY_TOO_LARGE,
    Code.ALTERED: HTTPStatus.UNPROCESSABLE_ENTITY,
    Code.PACKAGE: HTTPStatus.UNPROCESSABLE_ENTITY,
    Code.CORRECTS: HTTPStatus.UNPROCESSABLE_ENTITY,
    Code.SUPPLEMENTS: HTTPStatus.UNPROCESSABLE_ENTITY,
    Code.BUSY: HTTPStatus.SERVICE_UNAVAILABLE,
    Code.FULL: HTTPStatus.INSUFFICIENT_STORAGE,
    Code.FAULT: HTTPStatus.INTERNAL_SERVER_ERROR,
}


class Refusal(Exception):
    """`reason` is one English sentence for whoever looks after the station."""

    def __init__(self, code: Code, reason: str, status: int | None = None) -> None:
        self.code = code
        self.reason = reason
        self.status = int(status or _STATUS[code])
        super().__init__(f"{code}: {reason}")
