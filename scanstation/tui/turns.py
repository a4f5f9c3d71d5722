"""Acts on one dossier, done one after the other in the order of the keys.

Two threads could overtake each other, and a dossier has one owner at a time: the second of two
quick keys would be refused. After a fault the acts behind it are dropped, not tried.
"""

from collections import deque
from collections.abc import Callable

from textual.dom import DOMNode

from scanstation.errors import ScanStationError
from scanstation.model.dossier import Dossier
from scanstation.tui.work import WorkingApp


class Turns:
    """The acts that wait for their turn; `done` and `refused` are told on the screen's thread."""

    def __init__(
        self,
        asker: DOMNode,
        done: Callable[[Dossier], None],
        refused: Callable[[ScanStationError], None],
    ) -> None:
        self._asker = asker
        self._done = done
        self._refused = refused
        self._waiting: deque[Callable[[], Dossier]] = deque()

    def __bool__(self) -> bool:
        return bool(self._waiting)

    def add(self, desk: WorkingApp, act: Callable[[], Dossier]) -> None:
        """Do `act` when the ones before it are done."""
        self._waiting.append(act)
        if len(self._waiting) == 1:
            self._next(desk)

    def _next(self, desk: WorkingApp) -> None:
        def done(dossier: Dossier) -> None:
            self._waiting.popleft()
            self._done(dossier)
            if self._waiting:
                self._next(desk)

        def refused(fault: ScanStationError) -> None:
            self._waiting.clear()
            self._refused(fault)

        desk.ask(self._asker, self._waiting[0], done, refused)
