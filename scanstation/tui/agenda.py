"""Which dossiers stand on the first screen, and how many wait for what; pure.

Everything of today and everything unfinished from before: nothing that still needs a hand or a
receipt drops out of sight at midnight.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from scanstation.model.delivery import Delivery, QueueRow
from scanstation.model.dossier import Dossier, State

UNSENT = (Delivery.QUEUED, Delivery.SENDING)


@dataclass(frozen=True)
class Case:
    """A dossier with its package, once it has one."""

    dossier: Dossier
    package: QueueRow | None

    def is_of(self, today: str) -> bool:
        """Opened, queued or delivered on that day (ISO date)."""
        moments = [self.dossier.opened_at]
        if self.package:
            moments += [self.package.queued_at, self.package.delivered_at]
        return any(moment.startswith(today) for moment in moments)

    @property
    def unfinished(self) -> bool:
        """Still needs a hand, or a receipt."""
        if self.dossier.state in (State.OPEN, State.PARKED):
            return True
        return self.package is not None and self.package.state is not Delivery.DELIVERED


@dataclass(frozen=True)
class Counts:
    """What waits."""

    today: int
    open: int
    parked: int
    unsent: int
    held: int


def agenda(dossiers: Sequence[Dossier], queue: Sequence[QueueRow], today: date) -> tuple[Case, ...]:
    """Cases to show, the newest first."""
    own = sorted(queue, key=lambda row: row.sequence, reverse=True)
    packages = {row.dossier: row for row in own if not row.supplements}
    cases = (Case(one, packages.get(one.id)) for one in reversed(dossiers))
    return tuple(one for one in cases if one.unfinished or one.is_of(today.isoformat()))


def counts(cases: Sequence[Case], queue: Sequence[QueueRow], today: date) -> Counts:
    """The numbers of the first screen; the queue counts whole, not only today's part."""
    return Counts(
        today=sum(one.is_of(today.isoformat()) for one in cases),
        open=sum(one.dossier.state is State.OPEN for one in cases),
        parked=sum(one.dossier.state is State.PARKED for one in cases),
        unsent=sum(row.state in UNSENT for row in queue),
        held=sum(row.state is Delivery.HELD for row in queue),
    )
