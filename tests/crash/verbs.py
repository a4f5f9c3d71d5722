"""What a clerk does in a day, as verbs that can be stopped anywhere.

VERBS in the order of a day; SPOILS what happens to the station's files before some of them.
"""

import base64
from collections.abc import Callable
from pathlib import Path

import msgspec

from scanstation.model import acts
from scanstation.model.account import Account, Demand
from scanstation.model.delivery import Delivery, QueueRow, ReceiptClaims
from scanstation.model.dossier import State
from scanstation.model.reckoning import as_scanned, open_accounts
from tests.crash import rescue
from tests.crash.desk import Desk
from tests.crash.paper import CLERK, PROCEDURE, Kit

Verb = Callable[[Desk], None]


def open_(desk: Desk) -> None:
    """A dossier; on a bare station the first."""
    desk.announce(desk.intake.open(PROCEDURE, "Lò Thị Mai", CLERK))


def scan(desk: Desk) -> None:
    """Three pages from the feeder, and the second one once more."""
    desk.scan("PPP")
    desk.scan("P", replaces=desk.dossier.of("to-khai")[1].id)


def take(desk: Desk) -> None:
    """Two images no scan is like, and a PDF that is signed already."""
    desk.take(*desk.kit.pages[4:6], desk.kit.signed_pdf)


def edit(desk: Desk) -> None:
    """Every act a clerk can do to pages, undone and redone; parked and resumed."""
    first, *_, last = desk.dossier.of("to-khai")
    desk.do(acts.PageMoved(first.id, "giay-to", 0))
    desk.do(acts.PageRotated(last.id, 90))
    desk.do(acts.PageRemoved(last.id, "quét nhầm"))
    desk.announce(desk.intake.undo(desk.id, CLERK))
    desk.announce(desk.intake.redo(desk.id, CLERK))
    desk.do(acts.Parked("chờ giấy tờ"))
    desk.do(acts.Resumed())


def declare(desk: Desk) -> None:
    """The paper's account and a field, undone and redone; a component split and joined again."""
    desk.do(acts.AccountGiven("to-khai", Account(sheets=1, two_sided=1)))
    page = desk.dossier.of("to-khai")[0].id
    desk.do(acts.FieldSet("name", "Lò Thị Mai", page=page))
    desk.do(acts.FieldSet("name", "Lò Thị Mây", page=page))
    desk.announce(desk.intake.undo(desk.id, CLERK))
    desk.announce(desk.work.split(desk.id, page, "giay-to", CLERK))
    desk.announce(desk.work.join(desk.id, "giay-to", "to-khai", CLERK))
    desk.announce(desk.intake.undo(desk.id, CLERK))
    desk.announce(desk.intake.undo(desk.id, CLERK))
    desk.announce(desk.intake.redo(desk.id, CLERK))
    desk.announce(desk.intake.undo(desk.id, CLERK))


def move(desk: Desk) -> None:
    """Pages to the next citizen's dossier, taken back in both, given again, and all merged back."""
    here, other = desk.id, desk.intake.open(PROCEDURE, "Vàng A Pháo", CLERK).id
    pages = [desk.dossier.of("to-khai")[0].id, desk.dossier.of("giay-to")[1].id]
    desk.work.give(here, pages, other, "", CLERK)
    desk.announce_all()
    desk.intake.undo(other, CLERK)
    desk.announce_all()
    desk.intake.redo(here, CLERK)
    desk.announce_all()
    desk.work.merge(here, other, "", CLERK)
    desk.announce_all()
    desk.announce(desk.intake.record(other, acts.Withdrawn("nhập vào hồ sơ khác"), CLERK))


def expunge(desk: Desk) -> None:
    """A page that was moved between two dossiers, and one that only ever lay in this one; then
    the right paper is scanned.
    """
    _, own, moved = (page.id for page in desk.dossier.of("giay-to"))
    desk.expunge(moved)
    desk.expunge(own)
    desk.scan("P")


def seal(desk: Desk) -> None:
    """Write, sign, pack and queue."""
    _recount(desk)
    desk.seal()


def correct(desk: Desk) -> None:
    """The sealed dossier once more, with its pages, as the clerk's next one."""
    sealed = next(one for one in desk.intake.listing() if one.state is State.SEALED)
    desk.announce(desk.work.correct(sealed.id, "sai tên", CLERK))


def purge(desk: Desk) -> None:
    """Central holds every package for long enough; they go, and their dossiers."""
    for row in desk.outbox.rows():
        if row.state is not Delivery.DELIVERED:
            desk.outbox.deliver(row.package, _receipt(row))
    for gone in desk.work.purge(CLERK):
        desk.say(f"purged {gone.dossier} {gone.package}")


def _receipt(row: QueueRow) -> str:
    """What central would say; its signature is the courier's matter."""
    claims = ReceiptClaims(
        issuer="central",
        package=row.package,
        dossier=row.dossier,
        station="tram-1",
        sha256=row.sha256,
        size=row.size,
        sequence=row.sequence,
        server_sequence=row.sequence,
        received_at=row.queued_at,
    )
    payload = base64.urlsafe_b64encode(msgspec.json.encode(claims)).rstrip(b"=").decode()
    return f"x.{payload}.x"


def recover(desk: Desk) -> None:
    """Nothing but the start of the program, which settles what a stop left."""


VERBS: dict[str, Verb] = {
    "open": open_,
    "scan": scan,
    "import": take,
    "edit": edit,
    "declare": declare,
    "move": move,
    "expunge": expunge,
    "seal": seal,
    "correct": correct,
    "purge": purge,
    "recover": recover,
    "mend": rescue.mend,
    "adopt": rescue.adopt,
    "set-aside": rescue.set_aside,
}
"""In the order of a day: each begins where the one before it ended."""
SPOILS: dict[str, Callable[[Path, Kit], list[str]]] = {
    "mend": rescue.damage,
    "adopt": rescue.stray,
    "set-aside": rescue.stray,
}
"""What befalls the station before these; each tells what must not be lost of it."""


def finish(desk: Desk) -> None:
    """What cannot be read is made anew and whatever is unfinished is brought to the queue; if
    nothing is, the next citizen's dossier.
    """
    rescue.mend(desk)
    if not desk.unfinished():
        open_(desk)
    for _ in desk.unfinished():
        if desk.dossier.state is State.PARKED:
            desk.do(acts.Resumed())
        desk.scan("P")
        _recount(desk)
        desk.seal()


def _recount(desk: Desk) -> None:
    """The paper as it is now, where an account no longer adds up."""
    for open_one in open_accounts(desk.dossier, Demand.REQUIRED):
        found = as_scanned(desk.dossier, open_one.component.id)
        if found:
            desk.do(acts.AccountGiven(open_one.component.id, found))
