"""Verbs over dossiers as a whole: list, find and purge."""

import argparse
import re
from collections.abc import Sequence

from scanstation import errors
from scanstation.cli import Verbs, desk
from scanstation.cli.voice import Voice, table
from scanstation.i18n import _, many
from scanstation.model.dossier import State
from scanstation.model.listing import Listed, Wanted
from scanstation.model.retention import Judged, Tombstone

_ISO = re.compile(r"\d{4}(?:-\d{2}(?:-\d{2})?)?")
_WRITTEN = re.compile(r"(\d{1,2})[/.-](\d{1,2})[/.-](\d{4})")


def register(verbs: Verbs) -> None:
    """Hang the verbs of this module under `dossier`."""
    listing = verbs.add("list", _("all dossiers of this station"), _list)
    idle = _("only unfinished ones nobody touched for so many days, the longest first")
    listing.add_argument("--idle", type=int, metavar="DAYS", help=idle)
    _narrowed(listing)
    example = (
        "dossier find nguyen van duong",
        "dossier find 1.004873 --day 05/01/2026 --clerk duong",
    )
    find = verbs.add(
        "find",
        _("look for dossiers by name, code, number, procedure, day or clerk"),
        _list,
        example,
    )
    words = _("words or their beginnings, with or without tone marks")
    find.add_argument("text", nargs="*", metavar="TEXT", help=words)
    _narrowed(find)
    rebuild = _("make the search index anew from the journals first")
    find.add_argument("--rebuild", action="store_true", help=rebuild)


def _narrowed(parser: argparse.ArgumentParser) -> None:
    states = [state.value for state in State]
    parser.add_argument("--state", choices=states, help=_("only these"))
    code = _("only this procedure, or codes that begin like this")
    parser.add_argument("--procedure", default="", metavar="CODE", help=code)
    day = _("only opened or last worked on that day: 2026-01-05 or 05/01/2026")
    parser.add_argument("--day", default="", metavar="DAY", help=day)
    parser.add_argument("--clerk", default="", metavar="ID", help=_("only what this clerk did"))


def _list(args: argparse.Namespace) -> int:
    from scanstation import bootstrap

    casework = bootstrap.casework(desk.station(args))
    if getattr(args, "rebuild", False):
        count = casework.rebuild_catalogue()
        sentence = many("{n} dossier is indexed anew", "{n} dossiers are indexed anew", count)
        Voice.of(args).say(sentence.format(n=count))
    found = casework.find(_wanted(args))
    if (days := getattr(args, "idle", None)) is not None:
        among = {one.id for one in found}
        found = tuple(one for one in casework.idle(days) if one.id in among)
    empty = _("No dossiers.")
    Voice.of(args).data("dossiers", found, lines_of(found) if found else empty)
    return 0


def _wanted(args: argparse.Namespace) -> Wanted:
    return Wanted(
        text=" ".join(getattr(args, "text", ())),
        procedure=args.procedure,
        day=_day(args.day),
        clerk=args.clerk,
        state=State(args.state) if args.state else None,
    )


def _day(text: str) -> str:
    """An ISO date or its beginning; errors.UsageError for what reads like neither."""
    if written := _WRITTEN.fullmatch(text):
        day, month, year = written.groups()
        return f"{year}-{int(month):02d}-{int(day):02d}"
    if text and not _ISO.fullmatch(text):
        detail = _("--day wants 2026-01-05 or 05/01/2026, not «{text}»").format(text=text)
        raise errors.UsageError(detail=detail)
    return text


def lines_of(found: Sequence[Listed]) -> str:
    """Dossiers for people, one a line."""
    rows = [
        (
            one.id[-12:],
            one.opened_at[:16],
            one.title,
            one.applicant,
            str(one.pages),
            _(one.state),
        )
        for one in found
    ]
    headings = (_("dossier"), _("opened"), _("procedure"), _("applicant"), _("pages"), _("state"))
    return table(rows, *headings)


# --- purge ------------------------------------------------------------------------------------


def register_purge(verbs: Verbs) -> None:
    """Hang `purge`."""
    parser = verbs.add(
        "purge",
        _("let go of dossiers and packages that central holds, after their time"),
        _purge,
        ("purge --dry-run", "purge"),
    )
    how = parser.add_mutually_exclusive_group()
    dry = _("only say what would go, and why the others stay")
    how.add_argument("--dry-run", action="store_true", help=dry)
    history = _("what was purged, when and by whom")
    how.add_argument("--history", action="store_true", help=history)


def _purge(args: argparse.Namespace) -> int:
    from scanstation import bootstrap

    station = desk.station(args)
    casework = bootstrap.casework(station)
    if args.history:
        return _history(args, casework.purged())
    if args.dry_run:
        return _retained(args, casework.retained())
    gone = []
    for one in casework.purge(station.signed_in):
        gone.append(one)
        Voice.of(args).say(_("Purged: {id}").format(id=one.dossier))
    sentence = many("{n} dossier was purged.", "{n} dossiers were purged.", len(gone))
    honest = _("A disk may keep traces of deleted files until it writes over them.")
    text = sentence.format(n=len(gone)) + (f" {honest}" if gone else "")
    Voice.of(args).data("purged", gone, text)
    return 0


def _retained(args: argparse.Namespace, found: Sequence[Judged]) -> int:
    rows = [(one.dossier[-12:], _(one.state), one.kept or _("goes")) for one in found]
    headings = (_("dossier"), _("state"), _("stays because"))
    text = table(rows, *headings) if rows else _("No finished dossiers.")
    Voice.of(args).data("retained", found, text)
    return 0


def _history(args: argparse.Namespace, found: Sequence[Tombstone]) -> int:
    rows = [(one.dossier, one.package or "–", one.purged_at[:16], one.by) for one in found]
    headings = (_("dossier"), _("package"), _("purged at"), _("by"))
    text = table(rows, *headings) if rows else _("Nothing was purged yet.")
    Voice.of(args).data("purged", found, text)
    return 0
