"""Which act fits which dossier; pure.

Everything a clerk can ask for is checked here before it is journalled, so that a fold never meets
an act that makes no sense. It refuses acts that only the Holder itself may write.
"""

from collections.abc import Sequence

from scanstation import errors
from scanstation.i18n import _, mark
from scanstation.model.acts import (
    Act,
    PageMoved,
    PageRemoved,
    PageRotated,
    Parked,
    Resumed,
    Sealed,
    Withdrawn,
)
from scanstation.model.dossier import Attachment, Dossier, Page, State
from scanstation.model.profile import Component

_FITS: dict[type[Act], tuple[str, tuple[State, ...]]] = {
    PageMoved: (mark("move"), (State.OPEN,)),
    PageRotated: (mark("rotate"), (State.OPEN,)),
    PageRemoved: (mark("remove"), (State.OPEN,)),
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


def _no_page(wanted: str) -> errors.NoSuchThing:
    hint = _("It was removed, or the ending fits several pages. Nothing changed.")
    return errors.NoSuchThing(kind=_("page"), name=wanted, hint=hint)


def _must(true: bool, detail: str) -> None:
    if not true:
        raise errors.UsageError(detail=detail)
