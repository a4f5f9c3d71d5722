"""Originals that no journal entry speaks of: stored in the instant before a stop, never announced.

They are found by comparing folder and journal, and put aside with who, when and why beside them.
Nothing here deletes.
"""

from pathlib import Path

import msgspec

from scanstation import durable, errors
from scanstation.i18n import _
from scanstation.workspace import Recovered
from scanstation.workspace.holder import Holder
from scanstation.workspace.originals import name_of, names_in


class Aside(msgspec.Struct, frozen=True):
    """What is kept beside a file that was put aside."""

    at: str
    clerk: str
    reason: str


def recovered(holder: Holder, originals: Path, *, in_work: bool = False) -> Recovered:
    """What the files in `originals` say of the dossier that `holder` has."""
    stored = {path.name: path for path in originals.glob("[!.]*")}
    dossier = holder.dossier
    known = {name for entry in holder.entries() for name in names_in(entry.act)}
    standing = [(page.id, name_of(page)) for page in dossier.pages]
    standing += [(one.id, name_of(one)) for one in dossier.attachments if not one.removed]
    return Recovered(
        dossier=dossier,
        orphans=tuple(stored[name] for name in sorted(stored.keys() - known)),
        lost=tuple(identity for identity, name in standing if name not in stored),
        in_work=in_work,
    )


def orphan_of(found: Recovered, wanted: str) -> Path:
    """The orphan whose file name begins with `wanted`; errors.NoSuchThing."""
    fits = [path for path in found.orphans if wanted and path.name.startswith(wanted)]
    if len(fits) == 1:
        return fits[0]
    hint = _("See «scanstation recover».")
    raise errors.NoSuchThing(kind=_("page without an entry"), name=wanted, hint=hint)


def put_aside(orphan: Path, folder: Path, why: Aside) -> Path:
    """Move it into `folder`, where a note says why before it comes. Raises StorageError."""
    durable.make_folder(folder)
    durable.publish(folder / f"{orphan.name}.json", msgspec.json.encode(why))
    try:
        durable.move(orphan, folder / orphan.name)
    except OSError as fault:
        raise durable.storage_fault(orphan, fault) from fault
    return folder / orphan.name
