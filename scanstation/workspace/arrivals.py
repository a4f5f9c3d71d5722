"""Pages that come from another dossier: which ones, their own originals here, and the act.

Copied, not linked: what one dossier destroys must not be torn out of the other unasked. It refuses
an original whose bytes are not what its name says.
"""

from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from pathlib import Path

import msgspec

from scanstation import durable, errors
from scanstation.i18n import _
from scanstation.model.acts import Entry, PagesTaken
from scanstation.model.clock import new_id
from scanstation.model.dossier import LENT, SOURCE, TEXT, Attachment, Dossier, Origin, Page
from scanstation.model.sealing import copiers
from scanstation.workspace import rules

Kept = Page | Attachment


def standing(dossier: Dossier, wanted: Sequence[str]) -> list[Kept]:
    """The standing pages and attachments with these ids or endings, in the order given.

    Raises NoSuchThing; UsageError without one.
    """
    known: dict[str, Kept] = {one.id: one for one in dossier.pages}
    known |= {one.id: one for one in dossier.attachments}
    return [known[one] for one in rules.all_standing(dossier, wanted)]


def not_yet_here(coming: Sequence[Kept], source: str, here: Dossier) -> list[Kept]:
    """Those of `coming` that do not stand in `here` from an earlier, unfinished move."""
    origins = [one.origin for one in here.pages]
    origins += [one.origin for one in here.attachments if not one.removed]
    taken = {one.page for one in origins if one and one.dossier == source}
    return [one for one in coming if one.id not in taken]


def sources(
    coming: Sequence[Kept], places: Sequence[str], there: Dossier, here: Dossier
) -> Iterator[Attachment]:
    """The kept PDFs that pages were taken from and that come along, as they shall stand `here`.

    Only one whose every page comes is a source again; else it lends its text and goes no further,
    because it shows pages that belong elsewhere.
    """
    places_by_pdf: dict[str, str] = {}
    for one, place in zip(coming, places, strict=True):
        if isinstance(one, Page) and one.taken_from:
            places_by_pdf.setdefault(one.taken_from, place)
    for pdf, place in places_by_pdf.items():
        kept = _kept_for(pdf, there.attachments)
        known = _kept_for(pdf, (*here.attachments, *coming))
        for kind in (SOURCE, LENT, TEXT):
            if kind in kept:
                wanted = LENT if kind == SOURCE and not _whole(pdf, coming, there, here) else kind
                if not known.keys() & {SOURCE, wanted}:
                    yield msgspec.structs.replace(kept[kind], component=place, kept_for=wanted)
                break


def _kept_for(pdf: str, among: Iterable[Kept]) -> dict[str, Attachment]:
    return {
        one.kept_for: one
        for one in among
        if isinstance(one, Attachment) and one.sha256 == pdf and one.kept_for and not one.removed
    }


def _whole(pdf: str, coming: Sequence[Kept], there: Dossier, here: Dossier) -> bool:
    """Whether no page of it stays there or stands in a third dossier."""
    ids = {one.id for one in coming}
    stay = any(page.taken_from == pdf and page.id not in ids for page in there.pages)
    return not stay and all(one.removed.endswith(here.id) for one in there.given_away(pdf))


def copy(original: Path, folder: Path) -> None:
    """An original of its own, under the same name. Raises StoreDamaged, DiskFull, StorageError."""
    target = folder / original.name
    if target.is_file() and durable.sha256_of(target) == target.stem:
        durable.sync_folder(folder)
        return
    if durable.sha256_of(original) != original.stem:
        raise errors.StoreDamaged(path=original, problem=_("it is not what its name says"))
    durable.publish_file(original, target)


def taken(
    coming: Sequence[Kept],
    places: Sequence[str],
    source: str,
    entries: Sequence[Entry],
    instant: datetime,
) -> PagesTaken:
    """The act by which they stand here, each with a new id and where it came from."""
    clerks = copiers(entries)
    pages: list[Page] = []
    attachments: list[Attachment] = []
    for one, place in zip(coming, places, strict=True):
        origin = Origin(dossier=source, page=one.id, clerk=clerks[one.id])
        facts = {"id": new_id(instant), "component": place, "origin": origin}
        if isinstance(one, Page):
            pages.append(msgspec.structs.replace(one, replaces="", **facts))
        else:
            attachments.append(msgspec.structs.replace(one, **facts))
    return PagesTaken(source=source, pages=tuple(pages), attachments=tuple(attachments))
