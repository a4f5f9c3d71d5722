"""Verbs over dossiers as a whole: list and find."""

import argparse
import re
from collections.abc import Sequence

from scanstation import errors
from scanstation.cli import Verbs, desk
from scanstation.cli.voice import Voice, table
from scanstation.i18n import _, many
from scanstation.model.dossier import State
from scanstation.model.listing import Listed, Wanted

_ISO = re.compile(r"\d{4}(?:-\d{2}(?:-\d{2})?)?")
_WRITTEN = re.compile(r"(\d{1,2})[/.-](\d{1,2})[/.-](\d{4})")


def register(verbs: Verbs) -> None:
    """Hang the verbs of this module under `dossier`."""
    listing = verbs.add("list", _("all dossiers of this station"), _list)
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
