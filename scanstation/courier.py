"""The second story: each package in the outbox goes to central and comes back as a receipt.

It reads like the journey: look, verify, announce, send, commit, check the receipt, and only then
say delivered. One bad package never stops the next; a bad network stops nothing but this pass.
"""

import random
import threading
from collections.abc import Callable, Generator, Iterator
from contextlib import closing
from pathlib import Path

from scanstation import errors, i18n
from scanstation.model.delivery import (
    Announcement,
    CourierEvent,
    Delivered,
    Delivery,
    Held,
    QueueRow,
    ReceiptClaims,
    Sending,
    Waiting,
    announcement_of,
)
from scanstation.model.manifest import PackageReport
from scanstation.outbox import Outbox
from scanstation.sync import Transport, pacing

ReadPackage = Callable[[Path], PackageReport]
"""Proves a package file whole and genuine, or raises PackageDamaged."""
CheckReceipt = Callable[[str, Announcement], ReceiptClaims]
"""Proves a receipt signed by our central for exactly this, or raises ReceiptInvalid."""

_SLICE_S = 0.5
"""How soon a stop is heard while waiting."""


class Courier:
    """Brings what is queued to central; several may exist, one at a time works (lock file)."""

    def __init__(
        self,
        outbox: Outbox,
        transport: Transport,
        read_package: ReadPackage,
        check_receipt: CheckReceipt,
    ) -> None:
        self._outbox = outbox
        self._transport = transport
        self._read = read_package
        self._check = check_receipt

    def deliver(self) -> Generator[CourierEvent]:
        """One pass over the queue in the station's sequence, telling what happens.

        Packages that are damaged or refused are held and the pass goes on. Raises NetworkError or
        CentralDenied at once, ReceiptInvalid after the others have had their turn; in each case
        the packages stay queued. Raises InUse while another courier works. Closing the iterator
        between two events stops cleanly; central keeps what arrived.
        """
        doubt: errors.ReceiptInvalid | None = None
        with self._outbox.courier_lock():
            for row in self._outbox.scan(self._read).missing:
                yield Held(package=row.package, reason=row.reason)
            for row in self._queue():
                try:
                    yield from self._bring(row)
                except _PERSONAL as refusal:
                    yield self._hold(row, refusal)
                except errors.ReceiptInvalid as fault:
                    doubt = fault
                except errors.WrongState:
                    continue  # a person held it while it was going out
        if doubt is not None:
            raise doubt

    def watch(self, stop: threading.Event, wake: threading.Event) -> Iterator[CourierEvent]:
        """Deliver at once, at every wake-up and every minute, until `stop`.

        Faults that time can mend become Waiting with growing, jittered pauses.
        """
        failures = 0
        while not stop.is_set():
            wake.clear()
            rest = Waiting(reason="", seconds=pacing.REST_S)
            try:
                with closing(self.deliver()) as events:
                    for event in events:
                        failures = 0
                        yield event
                        if stop.is_set():
                            return
            except _MENDING as fault:
                failures += 1
                seconds = pacing.pause(fault, failures, random.random())
                rest = Waiting(reason=fault.sentence(i18n.language()), seconds=seconds)
            yield rest
            _wait(stop, wake, rest.seconds)

    def _queue(self) -> list[QueueRow]:
        rows = [*self._outbox.rows(Delivery.QUEUED), *self._outbox.rows(Delivery.SENDING)]
        return sorted(rows, key=lambda row: row.sequence)

    def _bring(self, row: QueueRow) -> Iterator[CourierEvent]:
        announcement = self._verified(row)
        try:
            yield from self._send(announcement, row)
        except errors.ArrivedDamaged:
            yield from self._send_again(announcement, row)
        receipt = self._transport.receipt(row.package)
        claims = self._check(receipt, announcement)
        self._outbox.deliver(row.package, receipt)
        yield Delivered(package=row.package, receipt=claims)

    def _verified(self, row: QueueRow) -> Announcement:
        """The announcement of a package whose bytes are still the queued ones."""
        path = self._outbox.path_of(row)
        if not path.is_file():
            raise errors.PackageDamaged(file=row.file, problem=i18n._("the file is missing"))
        report = self._read(path)
        if (report.sha256, report.manifest.package) != (row.sha256, row.package):
            problem = i18n._("it is not the file that was queued")
            raise errors.PackageDamaged(file=row.file, problem=problem)
        return announcement_of(report)

    def _send(self, announcement: Announcement, row: QueueRow) -> Iterator[CourierEvent]:
        """Every byte to central and central's word that it holds them for good.

        Tells only of growth, so an event means progress.
        """
        upload = self._transport.announce(announcement, self._outbox.path_of(row))
        while not upload.committed and upload.offset < announcement.size:
            before = upload.offset
            offset = upload.send_next()
            self._outbox.sending(row.package, offset)
            if offset > before:
                yield Sending(package=row.package, offset=offset, size=announcement.size)
        if not upload.committed:
            self._transport.commit(announcement)

    def _send_again(self, announcement: Announcement, row: QueueRow) -> Iterator[CourierEvent]:
        """Once more from the first byte; altered twice is a matter for a person."""
        try:
            yield from self._send(announcement, row)
        except errors.ArrivedDamaged as fault:
            raise errors.CentralRefused(
                package=row.package, reason=i18n._("it arrived altered twice")
            ) from fault

    def _hold(self, row: QueueRow, fault: errors.ScanStationError) -> Held:
        reason = fault.sentence(i18n.language())
        self._outbox.hold(row.package, reason)
        return Held(package=row.package, reason=reason)


_PERSONAL = (
    errors.PackageDamaged,
    errors.UnreadableInput,
    errors.StoreNewer,
    errors.CentralRefused,
)
"""What is wrong with one package and needs a person."""

_MENDING = (
    errors.NetworkError,
    errors.CentralDenied,
    errors.ReceiptInvalid,
    errors.InUse,
    errors.DiskFull,
)
"""What a person or time can mend while the courier goes on asking."""


def _wait(stop: threading.Event, wake: threading.Event, seconds: float) -> None:
    """Until woken, stopped or `seconds` passed."""
    while seconds > 0 and not stop.is_set() and not wake.wait(min(_SLICE_S, seconds)):
        seconds -= _SLICE_S
