"""The verb after a stop: what is safe, what may be missing, and what a clerk may do about it."""

import argparse

from scanstation import errors
from scanstation.cli import Verbs, desk
from scanstation.cli.voice import Voice
from scanstation.i18n import _, many
from scanstation.model.recovery import told


def register(verbs: Verbs) -> None:
    """Hang `recover`."""
    parser = verbs.add(
        "recover",
        _("what a power cut or a crash left; deletes nothing"),
        _recover,
        (
            "recover",
            "recover dac0f1702f17 --adopt 3fa9c1 --component to-khai",
            "recover dac0f1702f17 --set-aside 3fa9c1 --reason 'quét lại rồi'",
            "recover dac0f1702f17 --rebuild",
        ),
    )
    parser.add_argument("dossier", nargs="?", default="", metavar="ID", help=_("id or its ending"))
    what = parser.add_mutually_exclusive_group()
    adopt = _(
        "put a stored page that was never shown into the dossier; a name's beginning is enough"
    )
    what.add_argument("--adopt", default="", metavar="PAGE", help=adopt)
    aside = _("put such a page out of the way; it is kept")
    what.add_argument("--set-aside", default="", metavar="PAGE", help=aside)
    rebuild = _("set an unreadable journal aside and make it anew from the pages")
    what.add_argument("--rebuild", action="store_true", help=rebuild)
    where = _("component id or number, with --adopt; default: where the last page went")
    parser.add_argument("--component", default="", metavar="ID", help=where)
    parser.add_argument("--reason", default="", metavar="WORDS", help=_("why, with --set-aside"))
    code = _("the dossier's procedure, with --rebuild, where even that is unreadable")
    parser.add_argument("--procedure", default="", metavar="CODE", help=code)


def _recover(args: argparse.Namespace) -> int:
    if not args.dossier:
        if args.adopt or args.set_aside or args.rebuild:
            raise errors.UsageError(detail=_("name the dossier"))
        return _report(args)
    if args.adopt:
        return _adopt(args)
    if args.set_aside:
        return _set_aside(args)
    return _rebuild(args) if args.rebuild else _report(args)


def _report(args: argparse.Namespace) -> int:
    from scanstation import bootstrap

    casework = bootstrap.casework(desk.station(args))
    report = casework.recovery()
    Voice.of(args).data("recovery", report, "\n".join(told(report)))
    casework.acknowledge()
    return 0


def _adopt(args: argparse.Namespace) -> int:
    from scanstation import bootstrap
    from scanstation.cli.shown import describe

    station = desk.station(args)
    clerk = station.signed_in
    orphan = bootstrap.casework(station).orphan(args.dossier, args.adopt)
    with desk.intake(station) as intake:
        dossier = intake.dossier(args.dossier)
        last = dossier.pages[-1].component if dossier.pages else "1"
        Voice.of(args).follow(intake.take(dossier.id, args.component or last, [orphan], clerk))
        dossier = intake.dossier(dossier.id)
    Voice.of(args).data("dossier", dossier, describe(dossier))
    return 0


def _set_aside(args: argparse.Namespace) -> int:
    from scanstation import bootstrap

    if not args.reason.strip():
        raise errors.UsageError(detail=_("--set-aside needs --reason"))
    station = desk.station(args)
    casework = bootstrap.casework(station)
    kept = casework.set_aside(args.dossier, args.set_aside, args.reason.strip(), station.signed_in)
    Voice.of(args).data("set-aside", str(kept), str(kept))
    return 0


def _rebuild(args: argparse.Namespace) -> int:
    from scanstation import bootstrap

    station = desk.station(args)
    procedure = station.profiles.procedure(args.procedure) if args.procedure else None
    made = bootstrap.casework(station).mend(args.dossier, procedure, station.signed_in)
    entries = many("{n} entry kept", "{n} entries kept", made.kept).format(n=made.kept)
    pages = many("{n} page found again", "{n} pages found again", made.pages).format(n=made.pages)
    compare = _("Compare the dossier with the paper; the damaged journal is in {folder}.")
    text = f"{entries}, {pages}. {compare.format(folder=made.damaged)}"
    value = {
        "dossier": made.dossier,
        "kept": made.kept,
        "pages": made.pages,
        "damaged": str(made.damaged),
    }
    Voice.of(args).data("mended", value, text)
    return 0
