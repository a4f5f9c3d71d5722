"""Verbs over paper: scan, import, dossier and page."""

import argparse
from pathlib import Path

from scanstation.cli import Verbs, cases, checklist, desk, fields, pages, printing
from scanstation.cli.shown import print_dossier as _print
from scanstation.cli.voice import Voice
from scanstation.i18n import _
from scanstation.model import acts
from scanstation.model.acts import Act
from scanstation.model.events import FileWritten
from scanstation.model.slipcode import dossier_in


def register(verbs: Verbs) -> None:
    """Hang the verbs of this module."""
    dossiers = verbs.group("dossier", _("citizens' cases and their checklists"))
    _register_dossier(dossiers)
    cases.register(dossiers)
    printing.register(dossiers)
    cases.register_purge(verbs)
    checklist.register(dossiers)
    fields.register(dossiers)
    pages.register(verbs.group("page", _("pages of an open dossier")))


def _id_help() -> str:
    return _("id or its ending, or the text of its slip's code")


def _register_dossier(verbs: Verbs) -> None:
    example = ("dossier new 1.001193 --applicant 'Trần Văn Khánh'",)
    new = verbs.add("new", _("open a dossier for a procedure"), _new, example)
    codes = _("such as 1.004873; «scanstation profile list» names them all")
    new.add_argument("procedure", metavar="CODE", help=codes)
    new.add_argument("--applicant", default="", metavar="NAME", help=_("who brings the papers"))
    for name, about, run in (
        ("show", _("checklist, pages and findings"), _show),
        ("park", _("set aside with a reason"), _park),
        ("resume", _("go on with a parked dossier"), _resume),
        ("undo", _("take back the latest act"), _undo),
        ("redo", _("do again what was undone"), _redo),
        ("withdraw", _("end a dossier without delivery; nothing is deleted"), _withdraw),
        ("correct", _("a new dossier whose package will replace a sealed one's"), _correct),
        ("export", _("write the component files into a folder"), _export),
    ):
        parser = verbs.add(name, about, run)
        parser.add_argument("dossier", type=dossier_in, metavar="ID", help=_id_help())
        if name in ("park", "withdraw", "correct"):
            parser.add_argument("--reason", required=True, metavar="WORDS", help=_("why"))
        if name == "export":
            into = _("folder for the files; made if missing")
            parser.add_argument(
                "-o", "--output", required=True, type=Path, metavar="DIR", help=into
            )
    slip = verbs.add("slip", _("the citizen's provisional intake slip, to be printed"), _slip)
    slip.add_argument("dossier", type=dossier_in, metavar="ID", help=_id_help())
    target = _("the file to write")
    slip.add_argument("-o", "--output", required=True, type=Path, metavar="SLIP.pdf", help=target)


# --- dossiers ---------------------------------------------------------------------------------


def _new(args: argparse.Namespace) -> int:
    station = desk.station(args)
    procedure = station.profiles.procedure(args.procedure)
    with desk.intake(station) as intake:
        return _print(args, intake.open(procedure, args.applicant, station.signed_in))


def _show(args: argparse.Namespace) -> int:
    work = desk.casework(desk.station(args))
    dossier = work.dossier(args.dossier)
    for one in work.doubled(dossier):
        about = _("Page {page} also stands in dossier {other}: a stop cut its move short.")
        about = about.format(page=one.page[-12:], other=one.source[-12:])
        Voice.of(args).say(f"{about} {_('Undo the move, or give it again.')}")
    return _print(args, dossier)


def _act(args: argparse.Namespace, act: Act) -> int:
    station = desk.station(args)
    with desk.intake(station) as intake:
        dossier = intake.dossier(args.dossier)
        return _print(args, intake.record(dossier.id, act, station.signed_in))


def _park(args: argparse.Namespace) -> int:
    return _act(args, acts.Parked(args.reason))


def _resume(args: argparse.Namespace) -> int:
    return _act(args, acts.Resumed())


def _withdraw(args: argparse.Namespace) -> int:
    from scanstation import bootstrap

    station = desk.station(args)
    casework = bootstrap.casework(station)
    return _print(args, casework.withdraw(args.dossier, args.reason, station.signed_in))


def _correct(args: argparse.Namespace) -> int:
    from scanstation import bootstrap

    station = desk.station(args)
    casework = bootstrap.casework(station)
    fresh = casework.correct(args.dossier, args.reason, station.signed_in)
    line = _("Dossier {id} corrects it: change what is wrong, then seal it.")
    Voice.of(args).say(line.format(id=fresh.id[-12:]))
    return _print(args, fresh)


def _undo(args: argparse.Namespace) -> int:
    station = desk.station(args)
    with desk.intake(station) as intake:
        dossier = intake.dossier(args.dossier)
        return _print(args, intake.undo(dossier.id, station.signed_in))


def _redo(args: argparse.Namespace) -> int:
    station = desk.station(args)
    with desk.intake(station) as intake:
        dossier = intake.dossier(args.dossier)
        return _print(args, intake.redo(dossier.id, station.signed_in))


def _export(args: argparse.Namespace) -> int:
    with desk.intake(desk.station(args)) as intake:
        dossier = intake.dossier(args.dossier)
        heard = Voice.of(args).follow(intake.export(dossier.id, args.output))
    paths = [event.path for event in heard if isinstance(event, FileWritten)]
    written = [path for path in paths if path.parent == args.output]
    Voice.of(args).data("files", [str(path) for path in written], "\n".join(map(str, written)))
    return 0


def _slip(args: argparse.Namespace) -> int:
    from scanstation.sheets.slip import write_slip

    station = desk.station(args)
    with desk.intake(station) as intake:
        dossier = intake.dossier(args.dossier)
        since = intake.complete_since(dossier.id)
    slip, unlisted = printing.slip_for(station, dossier, since)
    voice = Voice.of(args)
    for year in unlisted:
        voice.say(
            _("No holidays are known for {year}: only weekends were left out.").format(year=year)
        )
    write_slip(slip, args.output)
    voice.data("slip", {"file": str(args.output), "slip": slip}, str(args.output))
    return 0
