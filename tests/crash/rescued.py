"""What must hold of a rescue, whatever stopped it: nothing that lay there is lost, a damaged
journal lies as it was until the new one is whole, and what was told as done is done.
"""

from collections.abc import Iterator
from pathlib import Path

from scanstation import durable
from scanstation.workspace.originals import names_in
from scanstation.workspace.store import Workspace
from tests.crash.rescue import journal_digest
from tests.crash.told import Told


def still_damaged(place: Path, told: Told) -> bool:
    """Whether the dossier folder `place` has the journal it had before the rescue, untouched."""
    if place.name in told.mended or place.name not in told.damaged:
        return False
    return journal_digest(place / "journal") == told.damaged[place.name]


def broken_rescues(workspace: Workspace, folder: Path, told: Told) -> Iterator[str]:
    """A sentence for everything that a rescue lost or only seemed to do."""
    dossiers = folder / "workspace" / "dossiers"
    for dossier, digest in told.damaged.items():
        place = dossiers / dossier
        kept = [place / "journal", *place.glob("damaged-*")]
        if digest not in map(journal_digest, kept):
            yield f"the damaged journal of dossier {dossier} is nowhere"
    for dossier, name in told.originals:
        found = [dossiers / dossier / where / name for where in ("originals", "set-aside")]
        if not any(one.exists() and durable.sha256_of(one) == one.stem for one in found):
            yield f"original {name[:12]}… of dossier {dossier} is lost"
    for one in workspace.recover():
        if one.orphans and one.dossier.id in told.mended:
            yield f"a page of mended dossier {one.dossier.id} is in no entry"
    for dossier, name in told.adopted:
        entries = workspace.looking_at(dossier).entries()
        if name not in {known for entry in entries for known in names_in(entry.act)}:
            yield f"adopted original {name[:12]}… is in no journal"
    yield from _aside(dossiers, told)


def _aside(dossiers: Path, told: Told) -> Iterator[str]:
    for dossier, name in told.aside:
        if not (dossiers / dossier / "set-aside" / name).exists():
            yield f"original {name[:12]}… is not where it was set aside"
    for path in dossiers.glob("*/set-aside/[!.]*"):
        unexplained = not path.with_name(f"{path.name}.json").exists()
        if path.suffix != ".json" and unexplained:
            yield f"nobody knows why {path.name[:12]}… was set aside"


def half_rescued(folder: Path) -> Iterator[str]:
    """What a rescue left half done once the work went on."""
    dossiers = folder / "workspace" / "dossiers"
    for path in (*dossiers.glob("*/journal-new"), *dossiers.glob("*/set-aside/.*")):
        yield f"left for ever: {path.relative_to(dossiers)}"
