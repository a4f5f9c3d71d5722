"""What concerns two dossiers at once: pages that move between them, and destroying every copy.

The target holds a page before the source lets it go, so a stop in between leaves it in both and
never in none; `doubled` finds such pages, and moving them again completes the move. It refuses to
undo half a move.
"""

from collections.abc import Callable, Iterator, Sequence
from collections.abc import Set as AbstractSet
from contextlib import contextmanager
from dataclasses import dataclass

from scanstation import errors
from scanstation.holding import Holdings
from scanstation.i18n import _
from scanstation.model.acts import Act, Entry, PagesGiven, PagesTaken, brought
from scanstation.model.dossier import Attachment, Dossier, State
from scanstation.model.expunge import holding
from scanstation.model.fold import next_redo, next_undo, undone_numbers
from scanstation.model.removal import ExpungeReason
from scanstation.workspace.originals import name_of
from scanstation.workspace.store import Holder


@dataclass(frozen=True)
class Doubled:
    """A page that stands in two dossiers: a stop came between taking and giving."""

    dossier: str
    page: str
    source: str
    """Id of the dossier it comes from, where it still stands."""
    source_page: str


@dataclass(frozen=True)
class Destroyed:
    """What an expunging reached, and what it could not."""

    pages: tuple[tuple[str, str], ...]
    """Ids of dossier and page: the page named, and its copies in dossiers it was moved between."""
    same: tuple[str, ...]
    """Ids of other pages of the dossier with the very same image: it lies there until they are
    expunged as well."""
    sealed: tuple[str, ...]
    """Ids of sealed dossiers that hold a copy."""
    unreadable: tuple[str, ...] = ()
    """Ids of dossiers that hold the very file and whose journal cannot be read: it stays there."""


# --- moving -----------------------------------------------------------------------------------


def move(
    held: Holdings, source: str, pages: Sequence[str], target: str, component: str, clerk: str
) -> tuple[Dossier, Dossier]:
    """Move pages and attachments of one dossier to another; source and target afterwards.

    An empty `component` keeps each page's own. Raises UsageError for one and the same dossier,
    and as Holder.receive and Holder.record.
    """
    giving, taking = held.workspace.dossier(source).id, held.workspace.dossier(target).id
    if giving == taking:
        raise errors.UsageError(detail=_("source and target are the same dossier"))
    with held.holding(taking) as to, held.holding(giving) as here:
        if here.dossier.state is not State.OPEN:
            state = _(here.dossier.state)
            raise errors.WrongState(dossier=giving, state=state, act=_("move"))
        ids = to.receive(here, pages, component, clerk)
        return here.record(PagesGiven(ids, taking), clerk), to.dossier


def doubled(held: Holdings, dossier: Dossier) -> tuple[Doubled, ...]:
    """Pages of `dossier` that still stand in the dossier they were moved from."""
    origins = [(one.id, one.origin) for one in dossier.pages if one.origin]
    origins += [(one.id, one.origin) for one in _moved_attachments(dossier) if one.origin]
    there = {origin.dossier: _standing_in(held, origin.dossier) for _id, origin in origins}
    return tuple(
        Doubled(dossier.id, page, origin.dossier, origin.page)
        for page, origin in origins
        if origin.page in there[origin.dossier]
    )


def _moved_attachments(dossier: Dossier) -> list[Attachment]:
    """Those that a clerk moved; a PDF kept for its pages is copied along with them."""
    return [one for one in dossier.attachments if not one.removed and not one.kept_for]


def _standing_in(held: Holdings, dossier: str) -> set[str]:
    try:
        return _standing(held.workspace.dossier(dossier))
    except errors.NoSuchThing:  # purged
        return set()


def _standing(dossier: Dossier) -> set[str]:
    attached = {one.id for one in dossier.attachments if not one.removed}
    return {page.id for page in dossier.pages} | attached


# --- undo and redo ----------------------------------------------------------------------------


def undo(held: Holdings, dossier: str, clerk: str) -> Dossier:
    """Take back the latest act; a move between dossiers is taken back in both.

    Raises MovedSince when the other dossier has newer acts, and as Holder.undo.
    """
    with held.holding(dossier) as here:
        last = next_undo(here.entries())
        if last is None or here.dossier.state is not State.OPEN:
            return here.undo(clerk)
        match last.act:
            case PagesTaken() as taken if _given_up(held, taken, here.dossier.id):
                with _other(held, taken.source) as source:
                    _must_match(next_undo, source, last, here)
                    source.undo(clerk)  # first, so that the pages stand somewhere at any time
                    return here.undo(clerk)
            case PagesGiven(pages, target) if _taken_from(held, here.dossier.id, pages, target):
                with _other(held, target) as taking:
                    _must_match(next_undo, taking, last, here)
                    after = here.undo(clerk)
                    taking.undo(clerk)
                    return after
            case _:
                return here.undo(clerk)


def redo(held: Holdings, dossier: str, clerk: str) -> Dossier:
    """Do again what was undone last, a move between dossiers in both; raises as `undo`."""
    with held.holding(dossier) as here:
        last = next_redo(here.entries())
        if last is None or here.dossier.state is not State.OPEN:
            return here.redo(clerk)
        match last.act:
            case PagesTaken() as taken if not _given_up(held, taken, here.dossier.id):
                with _other(held, taken.source) as source:
                    _must_match(next_redo, source, last, here)
                    after = here.redo(clerk)
                    source.redo(clerk)
                    return after
            case PagesGiven(pages, target) if not _taken_from(held, here.dossier.id, pages, target):
                with _other(held, target) as taking:
                    _must_match(next_redo, taking, last, here)
                    taking.redo(clerk)
                    return here.redo(clerk)
            case _:
                return here.redo(clerk)


def _given_up(held: Holdings, taken: PagesTaken, taker: str) -> bool:
    """Whether the source's entry of that move stands: not so after a stop between the two.

    What became of the pages afterwards does not count: a page removed there was moved all the same.
    """
    try:
        entries = held.workspace.looking_at(taken.source).entries()
    except errors.NoSuchThing:
        return True  # `_other` says that it is gone
    return any(
        isinstance(act, PagesGiven) and act.target == taker and _origins(taken) & {*act.pages}
        for act in _in_force(entries)
    )


def _taken_from(held: Holdings, source: str, pages: Sequence[str], target: str) -> bool:
    """Whether the target's entry of a move of any of the pages stands."""
    try:
        entries = held.workspace.looking_at(target).entries()
    except errors.NoSuchThing:
        return False
    return any(
        isinstance(act, PagesTaken) and act.source == source and _origins(act) & {*pages}
        for act in _in_force(entries)
    )


def _in_force(entries: Sequence[Entry]) -> Iterator[Act]:
    """Acts that are not undone."""
    undone = undone_numbers(entries)
    return (entry.act for entry in entries if entry.number not in undone)


@contextmanager
def _other(held: Holdings, dossier: str) -> Iterator[Holder]:
    try:
        found = held.workspace.dossier(dossier)
    except errors.NoSuchThing as gone:
        raise errors.MovedSince(other=dossier[-12:], why=_("it is gone")) from gone
    if found.state is not State.OPEN:
        raise errors.MovedSince(other=dossier[-12:], why=_(found.state))
    with held.holding(dossier) as holder:
        yield holder


def _must_match(
    following: Callable[[Sequence[Entry]], Entry | None], other: Holder, last: Entry, here: Holder
) -> None:
    """errors.MovedSince unless what the other dossier would take next is the same move's half."""
    entry = following(other.entries())
    halves = (last.act, entry.act if entry else None)
    match halves:
        case (PagesTaken() as taken, PagesGiven(pages, target)):
            fits = target == here.dossier.id and _origins(taken) <= set(pages)
        case (PagesGiven(pages), PagesTaken() as taken):
            fits = taken.source == here.dossier.id and _origins(taken) <= set(pages)
        case _:
            fits = False
    if not fits:
        raise errors.MovedSince(other=other.dossier.id[-12:], why=_("its latest act is another"))


def _origins(taken: PagesTaken) -> set[str]:
    attached = [one.origin for one in taken.attachments if not one.kept_for]
    return {one.page for one in (*(page.origin for page in taken.pages), *attached) if one}


# --- destroying -------------------------------------------------------------------------------


def expunge(
    held: Holdings, dossier: str, page: str, reason: ExpungeReason, note: str, clerk: str
) -> Destroyed:
    """Destroy a page's content here and in every unsealed dossier it was moved from or to.

    A PDF it was taken from goes with it, wherever pages took it along.

    The dossier named comes last, so that a stop in between can be repeated. Raises as
    Holder.expunge; InUse when one of the dossiers is open elsewhere.
    """
    with held.holding(dossier) as here:
        if here.dossier.state is State.SEALED:
            raise errors.SealedForGood(dossier=here.dossier.id)
        wanted, its_id = here.ever(page), here.dossier.id
        alike = {one: _with_its_file(held, its_id, one) for one in (wanted, *here.lending(wanted))}
        copies, *of_pdfs = (_copies(held, its_id, one, its) for one, its in alike.items())
        pdfs = [copy for each in of_pdfs for copy in each]
        own = [one for place, one in copies if place == its_id]  # it left and came back
        same = tuple(one for one in here.same_content(wanted) if one not in own)
        done, sealed = [], []
        for other, its_page in (*copies, *pdfs):
            if other == its_id:
                continue
            if held.workspace.dossier(other).state is State.SEALED:
                sealed.append(other)
                continue
            with held.holding(other) as holder:
                if (other, its_page) in copies:
                    done.append((other, holder.expunge(its_page, reason, note, clerk)))
                elif its_page in holding(holder.entries()):  # else it went with its page
                    holder.expunge(its_page, reason, note, clerk)
        done += [(its_id, here.expunge(one, reason, note, clerk)) for one in (*own, wanted)]
    holding_it = sorted({one for its in alike.values() for one in its})
    unreadable = tuple(one for one in holding_it if _is_unreadable(held, one))
    return Destroyed(
        tuple(done), same=same, sealed=tuple(dict.fromkeys(sealed)), unreadable=unreadable
    )


def _is_unreadable(held: Holdings, dossier: str) -> bool:
    try:
        held.workspace.dossier(dossier)
    except (errors.StoreDamaged, errors.StoreNewer):
        return True
    return False


def _with_its_file(held: Holdings, dossier: str, page: str) -> set[str]:
    """Dossiers in which the very file of a page lies, whatever catalogue and journals say."""
    files = {
        name_of(one)
        for entry in _entries(held, dossier)
        for one in brought(entry.act)
        if one.id == page and one.sha256
    }
    return {found for name in files for found in held.workspace.with_original(name)}


def _copies(
    held: Holdings, dossier: str, page: str, alike: AbstractSet[str]
) -> list[tuple[str, str]]:
    """Dossier and id of every other copy of a page that a journal still names.

    Read are the journals of what is unfinished and of those `alike`: all of 10,000 take seconds.
    """
    seen, waiting = {(dossier, page)}, [(dossier, page)]
    maybe = alike | {line.id for line in held.workspace.listing() if line.unfinished}
    while waiting:
        here, one = waiting.pop(0)
        for found in (*_upward(held, here, one), *_downward(held, here, one, maybe)):
            if found not in seen:
                seen.add(found)
                waiting.append(found)
    return sorted(seen - {(dossier, page)})


def _entries(held: Holdings, dossier: str) -> tuple[Entry, ...]:
    try:
        return held.workspace.looking_at(dossier).entries()
    except (errors.NoSuchThing, errors.StoreDamaged, errors.StoreNewer):  # purged, or unreadable
        return ()


def _upward(held: Holdings, dossier: str, page: str) -> Iterator[tuple[str, str]]:
    for entry in _entries(held, dossier):
        for one in brought(entry.act):
            if one.id == page and one.origin:
                there = _entries(held, one.origin.dossier)
                if one.origin.page in {
                    it.id for old in there for it in brought(old.act) if it.sha256
                }:
                    yield one.origin.dossier, one.origin.page


def _downward(
    held: Holdings, dossier: str, page: str, maybe: AbstractSet[str]
) -> Iterator[tuple[str, str]]:
    """In dossiers that took it, also where a stop or an undo left no word of it here."""
    acts = [entry.act for entry in _entries(held, dossier)]
    targets = {act.target for act in acts if isinstance(act, PagesGiven) and page in act.pages}
    for target in sorted((targets | maybe) - {dossier}):
        for entry in _entries(held, target):
            for one in brought(entry.act):
                origin = one.origin
                if origin and (origin.dossier, origin.page) == (dossier, page) and one.sha256:
                    yield target, one.id
