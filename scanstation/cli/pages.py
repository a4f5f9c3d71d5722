"""Verbs over the pages of an open dossier: move, rotate, remove, replace, give and expunge.

Nothing here deletes but `expunge`, and that asks twice.
"""

import argparse
import sys
from pathlib import Path

from scanstation import errors
from scanstation.cli import Verbs, desk
from scanstation.cli.scanning import hand_for
from scanstation.cli.shown import component_of, page_of, print_dossier
from scanstation.cli.voice import Voice
from scanstation.i18n import _
from scanstation.model import acts
from scanstation.model.acts import Act
from scanstation.model.arrange import PagesJoined, PagesOrdered, collated
from scanstation.model.removal import ExpungeReason
from scanstation.model.slipcode import dossier_in
from scanstation.model.wording import destroyed, expunge_reason, traces


def register(verbs: Verbs) -> None:
    """Hang the verbs of this module on `page`."""
    move = _add(verbs, "move", _("move pages to another component or place"), _move, many=True)
    where = _("component id or number; default: the same")
    move.add_argument("--component", metavar="ID", default="", help=where)
    place = _("1 is the first; 0 last")
    move.add_argument("--position", type=int, default=0, metavar="N", help=place)
    rotate = _add(verbs, "rotate", _("turn a page by quarters, clockwise"), _rotate)
    rotate.add_argument("degrees", type=int, choices=[90, 180, 270], help=_("clockwise"))
    about = _("leave a page out, with a reason; undo brings it back")
    remove = _add(verbs, "remove", about, _remove)
    remove.add_argument("--reason", required=True, metavar="WORDS", help=_("why"))
    about = _("put a new scan or a file in a page's place")
    replace = _add(verbs, "replace", about, _replace)
    replace.add_argument("--file", type=Path, metavar="FILE", help=_("instead of scanning"))
    profile = _("scan profile; default: the station's")
    replace.add_argument("--profile", default="", metavar="ID", help=profile)
    _register_collate(verbs)
    about = _("number pages as images of one large or bound sheet")
    _add(verbs, "join", about, _join, many=True)
    give = _add(verbs, "give", _("move pages to another dossier"), _give, many=True)
    other = _("id of the other dossier or its ending")
    give.add_argument("--to", required=True, type=dossier_in, metavar="ID", help=other)
    theirs = _("component there; default: the one of the same id")
    give.add_argument("--component", metavar="ID", default="", help=theirs)
    _register_expunge(verbs)


def _register_collate(verbs: Verbs) -> None:
    collate = verbs.add(
        "collate",
        _("put fronts and the backs behind them in the paper's order"),
        _collate,
        ("page collate --dossier dac0f1702f17 --component 2 --fronts 12",),
    )
    dossier = _("id or its ending, or the text of its slip's code")
    collate.add_argument("--dossier", required=True, type=dossier_in, metavar="ID", help=dossier)
    where = _("component id or number")
    collate.add_argument("--component", required=True, metavar="ID", help=where)
    fronts = _("how many fronts; as many backs must follow")
    collate.add_argument("--fronts", required=True, type=int, metavar="N", help=fronts)
    first = _("place of the first front; default: 1")
    collate.add_argument("--first", type=int, default=1, metavar="N", help=first)
    order = _("the first sheet's back was scanned first, not the last one's")
    collate.add_argument("--in-order", action="store_true", help=order)


def _register_expunge(verbs: Verbs) -> None:
    about = _("destroy a page's content for good; only its id, who, when and why are kept")
    expunge = _add(verbs, "expunge", about, _expunge)
    reasons = [one.value for one in ExpungeReason]
    why = _("a secret paper, another citizen's paper, or a card scanned only for its code")
    expunge.add_argument("--reason", required=True, choices=reasons, help=why)
    note = _("more about it; nothing from the paper itself")
    expunge.add_argument("--note", default="", metavar="WORDS", help=note)
    sure = _("the page's id once more, in place of the two questions")
    expunge.add_argument("--yes-destroy", default="", metavar="PAGE", help=sure)


def _add(
    verbs: Verbs, name: str, about: str, run: object, *, many: bool = False
) -> argparse.ArgumentParser:
    parser = verbs.add(name, about, run)
    nargs = "+" if many else None
    parser.add_argument("page", nargs=nargs, metavar="PAGE", help=_("page id or its ending"))
    dossier = _("id or its ending, or the text of its slip's code")
    parser.add_argument("--dossier", required=True, type=dossier_in, metavar="ID", help=dossier)
    return parser


def _move(args: argparse.Namespace) -> int:
    station = desk.station(args)
    with desk.intake(station) as intake:
        dossier = intake.dossier(args.dossier)
        pages = tuple(page_of(dossier, one) for one in args.page)
        standing = dossier.page(pages[0])
        at = standing.component if standing else ""
        component = component_of(dossier, args.component) if args.component or not at else at
        place = args.position - 1 if args.position > 0 else len(dossier.pages)
        act = acts.PagesMoved(pages, component, place)
        return print_dossier(args, intake.record(dossier.id, act, station.signed_in))


def _act(args: argparse.Namespace, act: Act) -> int:
    station = desk.station(args)
    with desk.intake(station) as intake:
        return print_dossier(args, intake.record(args.dossier, act, station.signed_in))


def _rotate(args: argparse.Namespace) -> int:
    return _act(args, acts.PageRotated(args.page, args.degrees))


def _remove(args: argparse.Namespace) -> int:
    return _act(args, acts.PageRemoved(args.page, args.reason))


def _replace(args: argparse.Namespace) -> int:
    station = desk.station(args)
    clerk = station.signed_in
    with desk.intake(station) as intake:
        dossier = intake.dossier(args.dossier)
        old = dossier.page(page_of(dossier, args.page))
        if old is None:
            raise errors.NoSuchThing(kind=_("page"), name=args.page, hint="")
        if args.file:
            story = intake.take(dossier.id, old.component, [args.file], clerk, old.id)
        else:
            profile = station.profiles.scan(args.profile or station.settings.default_profile)
            given = (profile, clerk, old.id, hand_for(args))
            story = intake.scan(dossier.id, old.component, *given)
        Voice.of(args).follow(story)
        return print_dossier(args, intake.dossier(dossier.id))


def _collate(args: argparse.Namespace) -> int:
    station = desk.station(args)
    with desk.intake(station) as intake:
        dossier = intake.dossier(args.dossier)
        standing = dossier.of(component_of(dossier, args.component))
        pages = standing[max(args.first, 1) - 1 :]
        backs = len(pages) - args.fronts
        if args.fronts < 1 or backs != args.fronts:
            detail = _("{fronts} fronts, but {backs} backs")
            raise errors.UsageError(detail=detail.format(fronts=args.fronts, backs=max(backs, 0)))
        order = collated(args.fronts, backs, last_first=not args.in_order)
        act = PagesOrdered(tuple(pages[place].id for place in order))
        return print_dossier(args, intake.record(dossier.id, act, station.signed_in))


def _join(args: argparse.Namespace) -> int:
    return _act(args, PagesJoined(tuple(args.page)))


def _give(args: argparse.Namespace) -> int:
    station = desk.station(args)
    work = desk.casework(station)
    clerk = station.signed_in
    return print_dossier(args, work.give(args.dossier, args.page, args.to, args.component, clerk))


# --- expunge ----------------------------------------------------------------------------------


def _expunge(args: argparse.Namespace) -> int:
    station = desk.station(args)
    clerk, work, reason = station.signed_in, desk.casework(station), ExpungeReason(args.reason)
    page = work.ever(args.dossier, args.page)
    _must_be_meant(page, reason, args)
    done = work.expunge(args.dossier, page, reason, args.note.strip(), clerk)
    voice = Voice.of(args)
    voice.say(traces())
    voice.data(
        "expunged", done, "\n".join(destroyed(done.pages, done.same, done.sealed, done.unreadable))
    )
    return 0


def _must_be_meant(page: str, reason: ExpungeReason, args: argparse.Namespace) -> None:
    """UsageError unless the clerk confirms twice, or names the page once more."""
    if args.yes_destroy:
        if args.yes_destroy not in (page, page[-12:]):
            raise errors.UsageError(
                detail=_("--yes-destroy names another page; nothing was destroyed")
            )
        return
    if not sys.stdin.isatty():
        raise errors.UsageError(
            detail=_("no terminal to ask twice: use --yes-destroy with the page's id")
        )
    word = _("DESTROY")
    about = _(
        "Page {page} is destroyed for good ({reason}): its image, its cache and what the journal"
        " tells of it. No undo brings it back."
    )
    print(about.format(page=page[-12:], reason=expunge_reason(reason)), file=sys.stderr)
    _must_type(word, _("Type {word} to go on: ").format(word=word))
    _must_type(page[-4:], _("Type the last four signs of the page's id: "))


def _must_type(wanted: str, question: str) -> None:
    try:
        typed = input(question)
    except EOFError:
        typed = ""
    if typed.strip().casefold() != wanted.casefold():
        raise errors.UsageError(detail=_("not confirmed; nothing was destroyed"))
