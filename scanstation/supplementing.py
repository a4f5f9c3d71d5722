"""After delivery: a thorough text that came too late for the seal follows as a package of its own.

Sealing takes the best reading that is finished and waits for none. Once central holds the package
and every page is read thoroughly, one supplement goes after it; the sealed package stays as it is.
It refuses to make a second one, one for a package that could still be held or withdrawn, and one
for pages that turn out to be secret: that is told instead.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from threading import Event

import msgspec

from scanstation import __version__, durable, errors, i18n
from scanstation.document import PageWork, order_of
from scanstation.holding import Holdings
from scanstation.i18n import many
from scanstation.model.clock import Clock, iso_vietnam, new_id
from scanstation.model.delivery import Delivery, QueueRow
from scanstation.model.dossier import State
from scanstation.model.manifest import ComponentEntry, ComponentFile, Manifest
from scanstation.model.page import PageOrder, WorkedPage
from scanstation.model.profile import Reading
from scanstation.model.sealing import TEXT, is_secret
from scanstation.model.signing import StationSigner
from scanstation.model.supplement import Supplemented, is_better, name_of, quickly_read, text_of
from scanstation.outbox import Turn
from scanstation.package.read import declared, read_package
from scanstation.package.write import write_package
from scanstation.workspace.store import Holder


@dataclass(frozen=True)
class Parts:
    """What bootstrap hands to the story."""

    holdings: Holdings
    pages: PageWork
    recall: Callable[[PageOrder], WorkedPage | None]
    """The result of exactly this order, if it is finished; starts nothing."""
    station: StationSigner
    clock: Clock
    gives_way: Event | None = None
    """Once it is set no further dossier is begun."""


@dataclass(frozen=True)
class _Text:
    """One component's text file and its line in the manifest."""

    entry: ComponentEntry
    path: Path


def supplement(parts: Parts, *, wait: bool) -> Iterator[Supplemented]:
    """Queue a supplement for every dossier that is due, telling of each, oldest first.

    With `wait` what was read once only is read thoroughly now, else what is not read yet is left
    for another time; so is a dossier somebody holds, or one with an unreadable page or package.
    Raises StorageError, MissingPart, LedgerBroken, and Stopped for a set `gives_way`.
    """
    for dossier in _due(parts.holdings):
        if parts.gives_way is not None and parts.gives_way.is_set():
            raise errors.Stopped(kept=0)
        try:
            found = _supplemented(parts, dossier, wait=wait)
        except _ITS_OWN as fault:
            found = Supplemented(
                dossier=dossier,
                waits=fault.sentence(i18n.language()),
                secret=isinstance(fault, errors.SecretSealed),
            )
        if found is not None:
            yield found


_ITS_OWN = (errors.InUse, errors.InputError, errors.PackageDamaged, errors.StoreDamaged)
"""What concerns one dossier and not the next."""


def _due(held: Holdings) -> list[str]:
    """Sealed dossiers of which central holds the package and nothing more was made."""
    held.outbox.scan(read_package)
    packages: dict[str, list[QueueRow]] = {}
    for row in held.outbox.rows():
        packages.setdefault(row.dossier, []).append(row)
    lines = (line for line in held.workspace.listing() if line.state is State.SEALED)
    return [line.id for line in lines if _is_due(packages.get(line.id, []))]


def _is_due(rows: list[QueueRow]) -> bool:
    return len(rows) == 1 and rows[0].state is Delivery.DELIVERED and not rows[0].supplements


def _supplemented(parts: Parts, dossier: str, *, wait: bool) -> Supplemented | None:
    """What became of a due dossier; None where no page has a better text to come."""
    held = parts.holdings
    view = held.workspace.looking_at(dossier)
    sealed = declared(held.outbox.target(view.dossier.package))
    quick = [entry for entry in sealed.components if quickly_read(entry)]
    orders = {entry.id: _orders(view, entry) for entry in quick}
    every = [order for some in orders.values() for order in some]
    if wait:
        for _page in parts.pages.finish(every, patient=True):
            pass
    read = {key: [parts.recall(order) for order in some] for key, some in orders.items()}
    if left := sum(page is None for pages in read.values() for page in pages):
        waits = many(
            "{n} page is not read thoroughly yet", "{n} pages are not read thoroughly yet", left
        )
        return Supplemented(dossier=dossier, waits=waits.format(n=left))
    whole = {key: [page for page in pages if page] for key, pages in read.items()}
    if any(is_secret(page) for pages in whole.values() for page in pages):
        raise errors.SecretSealed(dossier=dossier[-12:])
    better = {key: pages for key, pages in whole.items() if is_better(pages)}
    if not better:
        return None
    row = _queued(parts, dossier, better)
    return Supplemented(dossier=dossier, row=row) if row else None


def _orders(view: Holder, entry: ComponentEntry) -> list[PageOrder]:
    """The thorough reading of a component's pages, those that nobody wants read left out."""
    orders = (order_of(view, page) for page in view.dossier.of(entry.id))
    return [
        order
        if order.reading == Reading.NONE
        else msgspec.structs.replace(order, reading=Reading.THOROUGH.value)
        for order in orders
    ]


def _queued(parts: Parts, dossier: str, better: dict[str, list[WorkedPage]]) -> QueueRow | None:
    """Write and admit the supplement; None when one is there by now, also one a stop left unlisted.

    The dossier is held meanwhile, so that no purge takes it away.
    """
    held = parts.holdings
    with (
        held.room() as scratch,
        held.workspace.holding(dossier) as holder,
        held.outbox.sealing(read_package) as turn,
    ):
        if held.outbox.supplements_of(dossier):
            return None
        sealed = read_package(held.outbox.target(holder.dossier.package)).manifest
        texts = [_written(entry, better.get(entry.id, []), scratch) for entry in sealed.components]
        manifest = _manifest(sealed, texts, turn, parts.clock)
        files = {one.path: text.path for text in texts for one in text.entry.files}
        target = held.outbox.target(manifest.package)
        return held.outbox.admit(write_package(manifest, files, b"[]", parts.station, target))


def _written(entry: ComponentEntry, pages: list[WorkedPage], scratch: Path) -> _Text:
    """The component's line, and its text file in `scratch` where there is a better text."""
    path = scratch / f"{entry.id}.json"
    line = ComponentEntry(number=entry.number, id=entry.id, title=entry.title, form=entry.form)
    file = quickly_read(entry)
    if file is None or not pages:
        return _Text(line, path)
    path.write_bytes(msgspec.json.encode(text_of(entry.id, file, pages)))
    told = ComponentFile(
        path=name_of(entry),
        sha256=durable.sha256_of(path),
        size=path.stat().st_size,
        pages=len(pages),
        claim=TEXT,
        made_with="; ".join(["ScanStation", *sorted({one.text.engine for one in pages} - {""})]),
    )
    return _Text(msgspec.structs.replace(line, files=(told,)), path)


def _manifest(sealed: Manifest, texts: list[_Text], turn: Turn, clock: Clock) -> Manifest:
    """As the sealed package says of the dossier; made by the station, by no clerk."""
    now = clock.now()
    return msgspec.structs.replace(
        sealed,
        package=new_id(now),
        sequence=turn.sequence,
        previous=turn.previous,
        supersedes="",
        corrects="",
        supplements=sealed.package,
        sealed_at=iso_vietnam(now),
        clerk="",
        clerk_name="",
        software=f"scanstation {__version__}",
        components=tuple(text.entry for text in texts),
    )
