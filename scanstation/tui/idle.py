"""What the screen does while nobody is there: delivered dossiers are read again, one at a time.

It gives way at once to whoever comes back: a key, the mouse, a scan or a sealing. What was read by
then is kept, so the next pause goes on from there. A fault is told once and ends it until the
screen is opened anew.
"""

import math
import time
from functools import partial
from threading import Event

from textual import events, work

from scanstation import errors
from scanstation.model.supplement import Supplemented
from scanstation.tui import Counter
from scanstation.tui.news import Ended
from scanstation.tui.work import WorkingApp, as_fault

_LOOK_EVERY_S = 30.0


class IdleApp(WorkingApp, inherit_bindings=False):
    """The part of the App that knows whether somebody is there."""

    def __init__(self, counter: Counter) -> None:
        super().__init__(counter)
        minutes = counter.station.read_again_after_min
        wanted = counter.read_again is not None and minutes > 0
        self._pause_s = 60 * minutes if wanted else math.inf
        self._touched = time.monotonic()
        self._aside: Event | None = None
        """Ends the reading that runs; None while none does."""
        self._told_secret: set[str] = set()

    def on_mount(self) -> None:
        if math.isfinite(self._pause_s):
            self.set_interval(min(_LOOK_EVERY_S, self._pause_s), self._look)

    def on_unmount(self) -> None:
        self.touch()

    async def on_event(self, event: events.Event) -> None:
        """Every key, click and paste passes here."""
        if isinstance(event, events.InputEvent | events.Paste):
            self.touch()
        await super().on_event(event)

    @property
    def reading_again(self) -> bool:
        """Whether the pause is being used."""
        return self._aside is not None

    def touch(self) -> None:
        """Somebody is there."""
        self._touched = time.monotonic()
        if self._aside is not None:
            self._aside.set()

    def ended(self, news: Ended) -> None:
        self.touch()
        super().ended(news)

    def _look(self) -> None:
        if self.jobs:
            self.touch()
        elif not self.reading_again and time.monotonic() - self._touched >= self._pause_s:
            self._aside = Event()
            self._read_again(self._aside)

    @work(thread=True, exit_on_error=False, group="idle")
    def _read_again(self, aside: Event) -> None:
        fault: errors.ScanStationError | None = None
        try:
            for one in self.counter.read_again(aside) if self.counter.read_again else ():
                self.post_message(self.Reported(partial(self._heard, one)))
        except errors.Stopped:
            pass
        except Exception as problem:  # noqa: BLE001 the top of a worker
            fault = as_fault(problem)
        self.post_message(self.Reported(partial(self._rested, fault)))

    def _heard(self, one: Supplemented) -> None:
        """What became of one dossier; a secret one is told once, the others are silent."""
        if one.row is not None:
            self.deliver()
        if one.secret and one.dossier not in self._told_secret:
            self._told_secret.add(one.dossier)
            self.trouble(errors.SecretSealed(dossier=one.dossier[-12:]))

    def _rested(self, fault: errors.ScanStationError | None) -> None:
        """Another look comes after another pause."""
        self._aside = None
        self._touched = time.monotonic()
        if fault is not None:
            self._pause_s = math.inf
            self.trouble(fault)

    def trouble(self, fault: errors.ScanStationError) -> None:
        """What happened while nobody was there; the App says it."""
        raise NotImplementedError
