"""Open dossiers on disk: adopts pages, journals every act, parks, recovers.

A page is announced only after its original and its journal entry survive a power cut. Derived
files are cache and may be deleted at any time. This room refuses to decode page images beyond
what lossless storage needs.

    store.py      Workspace: all dossiers under one root; who may open them; what a crash left
    holder.py     Holder: the one owner of a dossier, who alone may write to it
    rules.py      which act fits which state; pure
    journal.py    one file an act
    catalogue.py  the search index; derived
    mending.py    a damaged journal made anew from what is left
    originals.py  page images and signed PDFs under the name of their SHA-256
"""

from dataclasses import dataclass
from pathlib import Path

from scanstation.errors import StorageError
from scanstation.model.dossier import Dossier


@dataclass(frozen=True, kw_only=True, slots=True)
class Unreadable:
    """A dossier that cannot be folded. Its files were left as they are."""

    dossier: str
    problem: StorageError
    """StoreNewer or StoreDamaged, naming the file."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Recovered:
    """An unfinished dossier as the last stop left it."""

    dossier: Dossier
    orphans: tuple[Path, ...]
    """Originals no journal entry speaks of: stored in the instant before the stop, never
    announced, kept for a person to look at."""
    lost: tuple[str, ...]
    """Ids of standing pages and attachments whose original is gone; empty unless somebody
    deleted files by hand."""
    in_work: bool
    """Whether its owner died owning it: the page in the scanner then may be missing."""

    @property
    def safe(self) -> int:
        """Standing pages and attachments whose original is on disk."""
        standing = [one for one in self.dossier.attachments if not one.removed]
        return len(self.dossier.pages) + len(standing) - len(self.lost)
