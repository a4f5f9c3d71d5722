"""Who holds a dossier may act on it: the one door to open dossiers, for every story at this desk.

It joins workspace and outbox in one respect only: a dossier whose package already lies in the
outbox is sealed, whatever an unclean stop left in its journal. It decides nothing else.
"""

from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

from scanstation import errors
from scanstation.model.acts import Sealed
from scanstation.model.delivery import QueueRow
from scanstation.model.dossier import UNSEALED, Dossier, State
from scanstation.outbox.folder import Outbox
from scanstation.ownership import passing_folder
from scanstation.package.read import read_package
from scanstation.workspace.store import Holder, Workspace, require_space


@dataclass(frozen=True)
class Holdings:
    """The station's dossiers and where their packages lie."""

    workspace: Workspace
    outbox: Outbox
    scratch: Path
    """Folder for private scratch folders that are gone after each act."""
    min_free_mb: int
    """Below this much free space (10^6 bytes) nothing new is begun."""

    @contextmanager
    def holding(self, dossier: str) -> Iterator[Holder]:
        """The dossier as its only owner, marked sealed first if a stop left it queued but open:
        otherwise a clerk could add pages that no package holds.
        """
        with self.workspace.holding(dossier) as holder:
            one = holder.dossier
            if one.state in UNSEALED and (row := self.queued(one.id)):
                holder.record(Sealed(row.package, row.sha256, row.sequence), one.opened_by)
            yield holder

    @contextmanager
    def work_on(self, dossier: str) -> Iterator[tuple[Holder, Path]]:
        """The dossier as its only owner, and a private scratch folder."""
        with self.room() as scratch, self.holding(dossier) as holder:
            yield holder, scratch

    @contextmanager
    def room(self) -> Iterator[Path]:
        """A private scratch folder that is gone afterwards; errors.DiskFull without space."""
        require_space(self.scratch, self.min_free_mb)
        with passing_folder(self.scratch) as scratch:
            yield scratch

    def queued(self, dossier: str) -> QueueRow | None:
        """Its package, also one that an unclean stop left in the folder unlisted."""
        self.outbox.scan(read_package)
        return self.outbox.of_dossier(dossier)

    def current(self, day: str) -> tuple[Dossier, ...]:
        """Dossiers not finished, not delivered, or touched on that day (ISO date), oldest first.

        Of 10,000 these are some hundred: the others are read when somebody opens them. One whose
        journal went bad unnoticed is left out: the report after a stop tells of it.
        """
        waiting, found = self.outbox.current(day), list[Dossier]()
        for line in self.workspace.listing():
            today = line.opened_at.startswith(day) or line.touched_at.startswith(day)
            if line.unfinished or line.id in waiting or today:
                with suppress(errors.StoreDamaged, errors.StoreNewer):
                    found.append(self.workspace.dossier(line.id))
        return tuple(found)

    def settle(self) -> tuple[str, ...]:
        """After an unclean stop: mark dossiers sealed whose package already lies in the outbox,
        and destroy what was still to be expunged. Their ids.

        What cannot be read waits for a person and keeps nobody from working.
        """
        self.outbox.scan(read_package)
        queued = self.outbox.dossiers()
        lines = self.workspace.listing()
        unmarked = [one.id for one in lines if one.unfinished and one.id in queued]
        destroying = [
            one.id
            for one in lines
            if one.expunged and (one.unfinished or one.state is State.WITHDRAWN)
        ]
        for dossier in dict.fromkeys((*unmarked, *destroying)):
            with (
                suppress(errors.InUse, errors.StoreDamaged, errors.StoreNewer),
                self.holding(dossier),
            ):
                pass
        return tuple(unmarked)
