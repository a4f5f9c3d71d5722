"""After sealing: a correcting dossier beside the sealed one, or a package held back.

A sealed dossier and its package never change. What was delivered cannot be taken back; the
correction is a package of its own that says which one it supersedes.
"""

from contextlib import suppress

from scanstation import errors
from scanstation.holding import Holdings
from scanstation.i18n import _
from scanstation.model.acts import Withdrawn
from scanstation.model.delivery import Delivery, QueueRow
from scanstation.model.dossier import Dossier, State
from scanstation.workspace.store import Correction


def correct(held: Holdings, wanted: str, reason: str, clerk_id: str) -> Dossier:
    """A new dossier with the pages of a sealed one, whose package will supersede that one's.

    A stop leaves it whole or empty; correcting again then fills it. Pages keep who scanned them.
    Raises WrongState, UsageError without a reason, AlreadyCorrected, and as Holder.receive.
    """
    source = held.workspace.looking_at(wanted)
    old = source.dossier
    if old.state is not State.SEALED:
        raise errors.WrongState(dossier=old.id, state=_(old.state), act=_("correct"))
    if not reason.strip():
        raise errors.UsageError(detail=_("a correction needs a reason"))
    fresh = _begun(held, old) or _opened(held, old, reason.strip(), clerk_id)
    attached = [one.id for one in old.attachments if not one.removed]
    with held.holding(fresh) as to:
        to.receive(source, [*(page.id for page in old.pages), *attached], "", clerk_id)
        return to.dossier


def _opened(held: Holdings, old: Dossier, reason: str, clerk_id: str) -> str:
    correction = Correction(package=old.package, dossier=old.id, reason=reason)
    facts = (old.procedure, clerk_id, old.applicant, old.demo, correction)
    return held.workspace.open_dossier(*facts).id


def _begun(held: Holdings, old: Dossier) -> str:
    """A correction a stop left empty; AlreadyCorrected by any other that stands."""
    for line in held.workspace.listing():
        if line.supersedes != old.package or line.state is State.WITHDRAWN:
            continue
        if line.acts == 1 and line.unfinished:
            return line.id
        raise errors.AlreadyCorrected(dossier=old.id[-12:], other=line.id[-12:])
    return ""


def withdraw(held: Holdings, wanted: str, reason: str, clerk_id: str) -> Dossier:
    """End a dossier without delivery. A sealed one's package is held in the outbox, and kept.

    The package is held first, so that a stop in between sends nothing. Raises CannotTakeBack once
    central has, or may have, all of it; and as Holder.record.
    """
    with held.holding(wanted) as holder:
        dossier = holder.dossier
        if dossier.state is not State.SEALED:
            return holder.record(Withdrawn(reason), clerk_id)
        row = held.outbox.row(dossier.package)
        if row.state is Delivery.DELIVERED or (row.state is Delivery.SENDING and row.offset):
            raise errors.CannotTakeBack(dossier=dossier.id[-12:])
        why = _("withdrawn by {clerk}: {reason}").format(clerk=clerk_id, reason=reason)
        held.outbox.hold(row.package, why, by=clerk_id)
        return holder.record(Withdrawn(reason, row.package), clerk_id)


def release(held: Holdings, wanted: str, clerk_id: str) -> QueueRow:
    """Queue a held package again; WrongState for one whose dossier was withdrawn."""
    row = held.outbox.row(wanted)
    with suppress(errors.NoSuchThing):  # the ledger may know a dossier of another disk
        dossier = held.workspace.dossier(row.dossier)
        if dossier.state is State.WITHDRAWN:
            state = _(dossier.state)
            raise errors.WrongState(dossier=dossier.id, state=state, act=_("send its package"))
    return held.outbox.release(row.package, by=clerk_id)
