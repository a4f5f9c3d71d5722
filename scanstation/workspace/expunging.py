"""Destroying what the journal says is expunged: caches, then originals, then the entries' content.

The intention is durable before this begins, and an entry loses its content last, so that whatever
a stop left is found and destroyed when the dossier is held again. It refuses to destroy an
original that another page still needs.
"""

import shutil
from collections.abc import Collection, Sequence
from pathlib import Path

from scanstation import durable
from scanstation.model.acts import Entry, brought
from scanstation.model.expunge import expunged, holding, stubbed
from scanstation.workspace import journal
from scanstation.workspace.originals import name_of

JOURNAL = "journal"
ORIGINALS = "originals"
CACHE = "cache"
ASIDE = "set-aside"
DAMAGED = "damaged"
"""Followed by a number: a journal that was set aside when it was made anew."""


def destroy(folder: Path, entries: Sequence[Entry]) -> None:
    """Leave nothing in the dossier's `folder` of what `entries` say is expunged.

    Raises DiskFull or StorageError; doing it again then completes it.
    """
    gone = expunged(entries)
    for page in gone:
        _destroy_cache(folder / CACHE / page)
    _destroy_damaged(folder, gone)
    needed = {name_of(one) for id_, one in holding(entries).items() if id_ not in gone}
    for entry in entries:
        left = stubbed(entry, gone)
        if left is not entry:
            for one in brought(entry.act):
                if one.id in gone and one.sha256 and name_of(one) not in needed:
                    durable.destroy(folder / ORIGINALS / name_of(one))
                    durable.destroy(folder / ASIDE / name_of(one))
            journal.restate(folder / JOURNAL, left)


def same_content(entries: Sequence[Entry], page: str) -> tuple[str, ...]:
    """Ids of other pages, standing or not, whose original is the very same file."""
    known = holding(entries)
    if page not in known:
        return ()
    gone = expunged(entries)
    return tuple(
        id_
        for id_, one in known.items()
        if id_ != page and id_ not in gone and name_of(one) == name_of(known[page])
    )


def _destroy_damaged(folder: Path, gone: Collection[str]) -> None:
    """Entries of damaged journals that name what is gone; whole ones stand in the new one too."""
    for path in folder.glob(f"{DAMAGED}-*/*"):
        told = path.read_bytes()
        if any(page.encode() in told for page in gone):
            durable.destroy(path)


def _destroy_cache(folder: Path) -> None:
    if folder.is_dir():
        for path in sorted(folder.rglob("*")):
            if path.is_file():
                durable.destroy(path)
        shutil.rmtree(folder, ignore_errors=True)
        durable.sync_folder(folder.parent)
