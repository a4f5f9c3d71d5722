"""Which act fits which dossier; pure.

Everything a clerk can ask for is checked here before it is journalled, so that a fold never meets
an act that makes no sense. It refuses acts that only the Holder itself may write.
"""

import unicodedata
from collections.abc import Sequence

from scanstation import errors
from scanstation.i18n import _, mark
from scanstation.model.account import faults
from scanstation.model.acts import (
    AccountGiven,
    Act,
    Entry,
    FieldSet,
    PageMoved,
    PageRemoved,
    PageRotated,
    PagesGiven,
    PagesMoved,
    Parked,
    Resumed,
    Sealed,
    Withdrawn,
)
from scanstation.model.arrange import PagesJoined, PagesOrdered
from scanstation.model.dossier import Attachment, Dossier, Page, State
from scanstation.model.expunge import holding
from scanstation.model.profile import Component

_LONGEST_NAME, _LONGEST_VALUE = 100, 4000
_FITS: dict[type[Act], tuple[str, tuple[State, ...]]] = {
    PageMoved: (mark("move"), (State.OPEN,)),
    PageRotated: (mark("rotate"), (State.OPEN,)),
    PageRemoved: (mark("remove"), (State.OPEN,)),
    PagesMoved: (mark("move"), (State.OPEN,)),
    PagesGiven: (mark("move"), (State.OPEN,)),
    AccountGiven: (mark("declare the paper"), (State.OPEN,)),
    FieldSet: (mark("edit a field"), (State.OPEN,)),
    PagesOrdered: (mark("put in order"), (State.OPEN,)),
    PagesJoined: (mark("join"), (State.OPEN,)),
    Parked: (mark("park"), (State.OPEN,)),
    Resumed: (mark("resume"), (State.PARKED,)),
    # parked: its package was found in the outbox after an unclean stop
    Sealed: (mark("seal"), (State.OPEN, State.PARKED)),
    Withdrawn: (mark("withdraw"), (State.OPEN, State.PARKED, State.SEALED)),
}


def checked(dossier: Dossier, act: Act) -> Act:
    """`act` with full ids, ready for the journal.

    Raises WrongState, NoSuchThing or UsageError; TypeError for an act with a verb of its own
    (adopt, attach, undo, redo).
    """
    if type(act) not in _FITS:
        raise TypeError(f"{type(act).__name__} is not for record()")
    verb, states = _FITS[type(act)]
    must_be(dossier, *states, act=verb)
    match act:
        case PageMoved(page, wanted, position):
            place = component(dossier, wanted).id
            return PageMoved(standing_page(dossier, page).id, place, max(position, 0))
        case PageRotated(page, degrees):
            _must(degrees % 90 == 0, _("a page turns by a multiple of 90 degrees"))
            return PageRotated(standing_page(dossier, page).id, degrees % 360)
        case PageRemoved(page, reason):
            _must(bool(reason.strip()), _("removing a page needs a reason"))
            return PageRemoved(_standing(dossier, page).id, reason.strip())
        case PagesMoved(pages, wanted, position):
            place = component(dossier, wanted).id
            return PagesMoved(all_standing(dossier, pages), place, max(position, 0))
        case PagesGiven(pages, target):
            return PagesGiven(all_standing(dossier, pages), target)
        case PagesOrdered(pages):
            return PagesOrdered(tuple(page.id for page in _standing_pages(dossier, pages)))
        case PagesJoined(pages):
            images = _standing_pages(dossier, pages)
            places = {page.component for page in images}
            _must(len(places) == 1, _("images of one sheet lie in one paper"))
            return PagesJoined(tuple(page.id for page in images))
        case _:
            return _checked_whole(dossier, act, verb)


def _checked_whole(dossier: Dossier, act: Act, verb: str) -> Act:
    """As `checked`, for acts that are not about pages."""
    match act:
        case AccountGiven(wanted, account):
            _must(not (found := next(faults(account), "")), found)
            return AccountGiven(component(dossier, wanted).id, account)
        case FieldSet():
            return _field(dossier, act)
        case Withdrawn(_reason, package):
            if dossier.state is State.SEALED and package != dossier.package:
                must_be(dossier, State.OPEN, State.PARKED, act=verb)
            return act
        case _:
            return act


def all_standing(dossier: Dossier, wanted: Sequence[str]) -> tuple[str, ...]:
    """Full ids of standing pages and attachments, each once, in the order given.

    Raises NoSuchThing; UsageError when there is none.
    """
    _must(bool(wanted), _("no page was named"))
    return tuple(dict.fromkeys(_standing(dossier, one).id for one in wanted))


def ever_here(entries: Sequence[Entry], wanted: str) -> Page | Attachment:
    """What came in under that id or its unambiguous ending and was not destroyed; NoSuchThing."""
    found = [one for id_, one in holding(entries).items() if id_.endswith(wanted)]
    if not wanted or len(found) != 1:
        raise _no_page(wanted)
    return found[0]


def sources_of(entries: Sequence[Entry], page: Page | Attachment) -> tuple[Attachment, ...]:
    """The kept PDFs that hold the same page as a born-digital `page`: they go with it."""
    taken = page.taken_from if isinstance(page, Page) else ""
    return tuple(
        one
        for one in holding(entries).values()
        if isinstance(one, Attachment) and one.kept_for and one.sha256 == taken
    )


def _field(dossier: Dossier, act: FieldSet) -> FieldSet:
    name = unicodedata.normalize("NFC", act.field).strip()
    value = unicodedata.normalize("NFC", act.value).strip()
    _must(0 < len(name) <= _LONGEST_NAME, _("a field needs a name of at most 100 letters"))
    _must(len(value) <= _LONGEST_VALUE, _("a value has at most 4000 letters"))
    page = standing_page(dossier, act.page).id if act.page else ""
    return FieldSet(name, value, act.confirmed, page, act.box)


def must_be(dossier: Dossier, *states: State, act: str) -> None:
    """errors.WrongState unless the dossier is in one of `states`."""
    if dossier.state not in states:
        raise errors.WrongState(dossier=dossier.id, state=_(dossier.state), act=_(act))


def must_be_signed_in(clerk_id: str) -> None:
    """errors.NotSignedIn without a clerk."""
    if not clerk_id.strip():
        raise errors.NotSignedIn()


def component(dossier: Dossier, wanted: str) -> Component:
    """The component with that id or 1-based position; errors.NoSuchThing."""
    found = dossier.procedure.component(wanted)
    if found is None:
        known = ", ".join(one.id for one in dossier.procedure.components)
        hint = _("This procedure has: {known}.").format(known=known)
        raise errors.NoSuchThing(kind=_("component"), name=wanted, hint=hint)
    return found


def standing_page(dossier: Dossier, wanted: str) -> Page:
    """The standing page with that id or unambiguous id ending; errors.NoSuchThing."""
    page = dossier.page(wanted)
    if page is None:
        raise _no_page(wanted)
    return page


def _standing(dossier: Dossier, wanted: str) -> Page | Attachment:
    """A standing page or attachment; an ending must be unambiguous among both."""
    found: list[Page | Attachment] = [one for one in dossier.pages if one.id.endswith(wanted)]
    found += [one for one in dossier.attachments if one.id.endswith(wanted) and not one.removed]
    if not wanted or len(found) != 1:
        raise _no_page(wanted)
    return found[0]


def _standing_pages(dossier: Dossier, wanted: Sequence[str]) -> list[Page]:
    found = [standing_page(dossier, one) for one in wanted]
    _must(len({page.id for page in found}) == len(found), _("a page was named twice"))
    return found


def _no_page(wanted: str) -> errors.NoSuchThing:
    hint = _("It was removed, or the ending fits several pages. Nothing changed.")
    return errors.NoSuchThing(kind=_("page"), name=wanted, hint=hint)


def _must(true: bool, detail: str) -> None:
    if not true:
        raise errors.UsageError(detail=detail)
