"""Verbs over files that arrive without a clerk: what waits, what it shows, where it goes."""

import argparse
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from scanstation.cli import Verbs, desk
from scanstation.cli.shown import component_of, describe
from scanstation.cli.voice import Voice, table
from scanstation.i18n import _
from scanstation.model import wording
from scanstation.model.arrival import Seen, Stand
from scanstation.model.slipcode import dossier_in

if TYPE_CHECKING:
    from scanstation.arrivals import Arrivals
    from scanstation.intake import Intake


def register(verbs: Verbs) -> None:
    """Hang the verbs of this module."""
    inbox = verbs.group("inbox", _("files a multifunction device left in the folder"))
    listing = inbox.add("list", _("take over what is finished; list what waits"), _list)
    states = [stand.value for stand in Stand]
    listing.add_argument(
        "--state", choices=states, default=Stand.WAITING.value, help=_("only these")
    )
    inbox.add("watch", _("stay and take over whatever comes"), _watch)
    show = inbox.add("show", _("what a file shows, and what its signatures are worth"), _show)
    which = _("id, its ending, or the file's name")
    show.add_argument("file", metavar="FILE", help=which)
    example = ("inbox take 5d1c2a77 --dossier dac0f1702f17 --component 2",)
    take = inbox.add("take", _("take files into a component"), _take, example)
    take.add_argument("files", nargs="+", metavar="FILE", help=which)
    take.add_argument(
        "--dossier",
        required=True,
        type=dossier_in,
        metavar="ID",
        help=_("id or its ending, or the text of its slip's code"),
    )
    component = _("component id or number")
    take.add_argument("--component", required=True, metavar="ID", help=component)
    aside = inbox.add("set-aside", _("out of the way, with a reason; nothing is deleted"), _aside)
    aside.add_argument("file", metavar="FILE", help=which)
    aside.add_argument("--reason", required=True, metavar="WORDS", help=_("why"))


@contextmanager
def _opened(args: argparse.Namespace) -> Iterator[tuple["Arrivals", "Intake"]]:
    from scanstation import mailroom

    station = desk.station(args)
    mailroom.folder_of(station)  # before anything heavy is loaded
    with desk.intake(station) as intake:
        yield mailroom.arrivals(station, intake.take), intake


def _list(args: argparse.Namespace) -> int:
    with _opened(args) as (arrivals, _intake):
        left = arrivals.settle()
        seen = [arrivals.seen(one) for one in arrivals.arrivals(Stand(args.state))]
    lines = [table([_row(one) for one in seen], *_headings())] if seen else [_("No files.")]
    lines += [f"… {one.name}: {one.problem or _('still coming')}" for one in left]
    Voice.of(args).data("inbox", {"files": seen, "unclaimed": left}, "\n".join(lines))
    return 0


def _headings() -> tuple[str, ...]:
    return _("file"), _("arrived"), _("name"), _("pages"), _("kB"), _("state")


def _row(one: Seen) -> tuple[str, ...]:
    arrival, glance = one.arrival, one.glance
    kb, when = str(-(-arrival.size // 1000)), arrival.arrived_at[:16]
    return arrival.id[-8:], when, arrival.name, str(glance.pages or "–"), kb, wording.arrival(one)


def _watch(args: argparse.Namespace) -> int:
    with _opened(args) as (arrivals, _intake):
        Voice.of(args).follow(arrivals.watch(threading.Event()))
    return 0


def _show(args: argparse.Namespace) -> int:
    with _opened(args) as (arrivals, _intake):
        seen = arrivals.seen(arrivals.arrival(args.file))
        verdicts = arrivals.verdicts(seen)
    picture = str(seen.arrival.thumbnail) if seen.glance.width else "–"
    rows = zip(_headings(), (seen.arrival.id, *_row(seen)[1:]), strict=True)
    lines = [f"{name}: {value}" for name, value in rows]
    lines += [_("picture of page 1: {file}").format(file=picture)]
    lines += [wording.verdict(one) for one in verdicts]
    facts = {"file": seen, "thumbnail": picture, "signatures": verdicts}
    Voice.of(args).data("arrival", facts, "\n".join(lines))
    return 0


def _take(args: argparse.Namespace) -> int:
    voice = Voice.of(args)
    with _opened(args) as (arrivals, intake):
        clerk = desk.station(args).signed_in
        dossier = intake.dossier(args.dossier)
        component = component_of(dossier, args.component)
        for wanted in args.files:
            voice.follow(arrivals.take(wanted, dossier.id, component, clerk))
        dossier = intake.dossier(dossier.id)
    voice.data("dossier", dossier, describe(dossier))
    return 0


def _aside(args: argparse.Namespace) -> int:
    with _opened(args) as (arrivals, _intake):
        clerk = desk.station(args).signed_in
        one = arrivals.set_aside(args.file, args.reason, clerk)
    Voice.of(args).data("arrival-aside", one, one.name)
    return 0
