"""What must hold after any stop, and that work then goes on to a package ready for delivery.

Each broken promise is one sentence; no sentence means that the stop was survived. The files are
looked at as they lie, before the program may mend anything; then the program starts.
"""

from collections import Counter
from collections.abc import Iterator, Sequence
from pathlib import Path

import msgspec

from scanstation import bootstrap, durable, errors
from scanstation.model.acts import Entry, PagesGiven, brought
from scanstation.model.delivery import Delivery
from scanstation.model.dossier import State
from scanstation.model.expunge import expunged, holding
from scanstation.model.removal import Removal
from scanstation.outbox.folder import Outbox
from scanstation.package.read import read_package
from scanstation.settings import Station
from scanstation.workspace import journal
from scanstation.workspace.originals import name_of
from scanstation.workspace.store import Workspace
from tests.crash.desk import at_desk
from tests.crash.paper import CLERK, Kit
from tests.crash.rescued import broken_rescues, half_rescued, still_damaged
from tests.crash.told import Told, told_by
from tests.crash.verbs import finish

_JOURNALS = "workspace/dossiers/*/journal"


def broken_promises(folder: Path, said: Sequence[str], kit: Kit) -> tuple[str, ...]:
    """Everything that is not as it must be in the station of `folder`; empty is good."""
    try:
        return lost_on_disk(folder, said) or tuple(_after_finishing(folder, said, kit))
    except errors.ScanStationError as fault:
        return (f"the work cannot go on: {fault.code}: {fault}",)


def lost_on_disk(folder: Path, said: Sequence[str]) -> tuple[str, ...]:
    """The part of the promises that holds before anybody goes on working."""
    try:
        return (*_half_files(folder, told_by(said)), *_after_start(folder, told_by(said)))
    except errors.ScanStationError as fault:
        return (f"the station does not start: {fault.code}: {fault}",)


# --- files as they lie ------------------------------------------------------------------------


def _half_files(folder: Path, told: Told) -> Iterator[str]:
    """Files under a final name that are not whole."""
    destroying = {name for place in folder.glob(_JOURNALS) for name in _being_destroyed(place)}
    for path in _final(folder, "workspace/dossiers/*/originals/*"):
        if durable.sha256_of(path) != path.stem and path.name not in destroying:
            yield f"original {path.name[:12]}… is not what its name says"
    for path in _final(folder, f"{_JOURNALS}/*"):
        if still_damaged(path.parents[1], told):
            continue
        try:
            msgspec.json.decode(path.read_bytes(), type=Entry)
        except msgspec.DecodeError as fault:
            yield f"journal entry {path.name}: {fault}"
    for path in _final(folder, "outbox/packages/*"):
        try:
            read_package(path)
        except errors.ScanStationError as fault:
            yield f"package {path.name} does not prove whole: {fault}"


def _being_destroyed(place: Path) -> Iterator[str]:
    """Names of originals that a stop may have left half overwritten: recovery destroys them."""
    try:
        entries = journal.read(place)
    except errors.StorageError:
        return  # a damaged journal excuses nothing
    gone = expunged(entries)
    yield from (name_of(one) for id_, one in holding(entries).items() if id_ in gone)


def _final(folder: Path, pattern: str) -> Iterator[Path]:
    for path in sorted(folder.glob(pattern)):
        if not path.name.startswith(durable.TEMPORARY):
            yield path


# --- the program starts -----------------------------------------------------------------------


def _after_start(folder: Path, told: Told) -> Iterator[str]:
    station = Station(folder)
    with bootstrap.intake(station) as intake:
        intake.dossiers()
    workspace = Workspace(folder / "workspace", bootstrap.CLOCK)
    for one in workspace.unreadable():
        if not still_damaged(folder / "workspace" / "dossiers" / one.dossier, told):
            yield f"dossier {one.dossier} cannot be read: {one.problem}"
    for recovered in workspace.recover():
        for identity in recovered.lost:
            yield f"the original of {identity} is lost"
    yield from _announced(workspace, told)
    yield from _moved(workspace)
    yield from _destroyed(folder, workspace, told)
    yield from _purged(workspace, folder, told)
    yield from _queue(folder, told)
    yield from broken_rescues(workspace, folder, told)


def _moved(workspace: Workspace) -> Iterator[str]:
    """A page that left for another dossier stands or lies removed in one, or was expunged, or
    that dossier was purged.
    """
    dossiers = workspace.dossiers()
    entries = [one for each in dossiers for one in workspace.looking_at(each.id).entries()]
    there = {kept.id for one in dossiers for kept in (*one.pages, *one.tombstones)}
    there |= {one.id for each in dossiers for one in each.attachments} | expunged(entries).keys()
    arrived = {
        kept.origin.page
        for entry in entries
        for kept in brought(entry.act)
        if kept.origin and kept.id in there
    }
    purged = {one.dossier for one in workspace.tombstones()}
    arrived |= {
        page
        for entry in entries
        if isinstance(entry.act, PagesGiven) and entry.act.target in purged
        for page in entry.act.pages
    }
    for dossier in dossiers:
        left = [*dossier.tombstones, *(one for one in dossier.attachments if one.removed)]
        for kept in left:
            if kept.removed_as is Removal.MOVED and kept.id not in arrived:
                yield f"page {kept.id} left dossier {dossier.id} and arrived nowhere"


def _destroyed(folder: Path, workspace: Workspace, told: Told) -> Iterator[str]:
    """Of a page whose destruction the journal speaks of, nothing is left in any dossier."""
    entries = [
        one for each in workspace.dossiers() for one in workspace.looking_at(each.id).entries()
    ]
    gone = expunged(entries)
    for identity, (sha256, content) in told.secret.items():
        if identity not in gone:
            continue
        for path in sorted((folder / "workspace").rglob("*")):
            if path.is_file():
                found = path.read_bytes()
                if content in found or sha256.encode() in found or sha256 in path.name:
                    yield f"destroyed page {identity} is still in {path.relative_to(folder)}"


def _announced(workspace: Workspace, told: Told) -> Iterator[str]:
    stored: dict[str, Path] = {}
    acts: dict[str, int] = {}
    gone: set[str] = set()
    secret = {sha256 for sha256, _ in told.secret.values()}
    for dossier in workspace.dossiers():
        view = workspace.looking_at(dossier.id)
        acts[dossier.id] = len(view.entries())
        gone |= expunged(view.entries()).keys()
        for page in (*dossier.pages, *dossier.tombstones):
            stored[page.id] = view.original(page)
        for one in dossier.attachments:
            stored[one.id] = view.attachment(one)
    for identity, name in told.stored.items():
        if identity in gone and Path(name).stem in secret:
            continue
        path = stored.get(identity)
        if path is None:
            yield f"announced page {identity} is in no journal"
        elif path.name != name or durable.sha256_of(path) != path.stem:
            yield f"announced page {identity} is not what was announced"
    for identity, count in told.acts.items():
        if acts.get(identity, 0) < count:
            yield f"act {count} of dossier {identity} was announced, {acts.get(identity, 0)} stand"


def _purged(workspace: Workspace, folder: Path, told: Told) -> Iterator[str]:
    """What was told of as purged is gone, and accounted for."""
    graves = {one.dossier for one in workspace.tombstones()}
    for dossier, package in told.purged.items():
        if dossier not in graves:
            yield f"purged dossier {dossier} has no tombstone"
        left = [path for path in folder.rglob("*") if path.name.startswith((dossier, package))]
        for path in left:
            if path.parent.name not in ("purged", "receipts"):
                yield f"of purged dossier {dossier} is left: {path.relative_to(folder)}"


def _queue(folder: Path, told: Told) -> Iterator[str]:
    outbox = Outbox(folder / "outbox", bootstrap.CLOCK)
    outbox.audit_check()
    rows = outbox.rows()
    if [row.sequence for row in rows] != list(range(1, len(rows) + 1)):
        yield f"the sequence has gaps: {[row.sequence for row in rows]}"
    for dossier, count in Counter(row.dossier for row in rows).items():
        if count > 1:
            yield f"dossier {dossier} has {count} packages"
    known = {row.package: row.sha256 for row in rows if row.state is Delivery.QUEUED}
    graves = {one.package for one in Workspace(folder / "workspace", bootstrap.CLOCK).tombstones()}
    rows = tuple(row for row in rows if row.package not in graves or outbox.path_of(row).exists())
    for package, sha256 in told.queued.items():
        if known.get(package) != sha256:
            yield f"announced package {package} is not in the queue"
    for row in rows:
        if read_package(outbox.path_of(row)).sha256 != row.sha256:
            yield f"package {row.package} is not the one that was queued"
    if len(list(_final(folder, "outbox/packages/*"))) != len(rows):
        yield "the folder of packages and the queue differ"


def _left_over(folder: Path) -> Iterator[str]:
    """Citizens' papers a stop left half written where nobody looks and no purge comes by."""
    for place in ("scratch", "outbox/packages", "workspace/leaving"):
        for path in (folder / place).glob("*"):
            if place != "outbox/packages" or path.name.startswith(durable.TEMPORARY):
                yield f"left for ever: {place}/{path.name}"


# --- and the work goes on ---------------------------------------------------------------------


def _after_finishing(folder: Path, said: Sequence[str], kit: Kit) -> list[str]:
    more = list(said)
    with at_desk(folder, kit, more.append) as desk:
        finish(desk)
        list(desk.work.purge(CLERK))  # what a stop kept from going
    then = told_by(more)
    found = [*_half_files(folder, then), *_after_start(folder, then), *_left_over(folder)]
    found += half_rescued(folder)
    outbox = Outbox(folder / "outbox", bootstrap.CLOCK)
    queued = {row.dossier: row for row in outbox.rows()}
    for dossier in Workspace(folder / "workspace", bootstrap.CLOCK).dossiers():
        row = queued.get(dossier.id)
        if row is not None and row.state is Delivery.DELIVERED:
            found.append(f"dossier {dossier.id} could not be purged")
            continue
        if dossier.state is State.WITHDRAWN:
            continue
        if dossier.state is not State.SEALED or row is None or row.package != dossier.package:
            found.append(f"dossier {dossier.id} could not be brought to the queue")
            continue
        manifest = read_package(outbox.path_of(row)).manifest
        packed = {one.id: one.scanned for one in manifest.components}
        if packed != {one.id: len(dossier.of(one.id)) for one in dossier.procedure.components}:
            found.append(f"package {row.package} has not the pages of its dossier")
    return found
