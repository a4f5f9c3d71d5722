"""Verbs over paper: scan, import, dossier and page."""

import argparse
from datetime import datetime
from pathlib import Path

from scanstation import errors
from scanstation.cli import Verbs, checklist, desk, pages
from scanstation.cli.shown import component_of as _component
from scanstation.cli.shown import print_dossier as _print
from scanstation.cli.voice import Voice, table
from scanstation.i18n import _
from scanstation.model import acts, deadline
from scanstation.model.acts import Act
from scanstation.model.dossier import Dossier, State
from scanstation.model.events import FileWritten
from scanstation.model.slipcode import dossier_in


def register(verbs: Verbs) -> None:
    """Hang the verbs of this module."""
    scan = verbs.add(
        "scan",
        _("scan paper into a component of a dossier"),
        _scan,
        (
            "scan --dossier dac0f1702f17 --component to-khai",
            "scan --dossier dac0f1702f17 --component 2 --profile sane-flatbed-300",
        ),
    )
    _into(scan)
    scan.add_argument(
        "--profile", default="", metavar="ID", help=_("scan profile; default: the station's")
    )
    scan.add_argument(
        "--dpi", type=int, metavar="N", help=_("resolution, instead of the profile's")
    )
    scan.add_argument(
        "--device", default="", metavar="NAME", help=_("scanner, instead of the profile's")
    )
    scan.add_argument(
        "--option", action="append", default=[], metavar="NAME=VALUE", help=_("a device option")
    )
    take = verbs.add(
        "import",
        _("take images and PDFs into a component"),
        _import,
        ("import --dossier dac0f1702f17 --component 2 page-1.jpg page-2.jpg signed.pdf",),
    )
    _into(take)
    files = _("images or PDFs; a PDF that is already signed is kept byte for byte")
    take.add_argument("inputs", nargs="+", type=Path, metavar="FILE", help=files)
    dossiers = verbs.group("dossier", _("citizens' cases and their checklists"))
    _register_dossier(dossiers)
    checklist.register(dossiers)
    pages.register(verbs.group("page", _("pages of an open dossier")))


def _into(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--dossier", required=True, type=dossier_in, metavar="ID", help=_id_help())
    parser.add_argument(
        "--component", required=True, metavar="ID", help=_("component id or number")
    )


def _id_help() -> str:
    return _("id or its ending, or the text of its slip's code")


def _register_dossier(verbs: Verbs) -> None:
    example = ("dossier new 1.001193 --applicant 'Trần Văn Khánh'",)
    new = verbs.add("new", _("open a dossier for a procedure"), _new, example)
    codes = _("such as 1.004873; «scanstation profile list» names them all")
    new.add_argument("procedure", metavar="CODE", help=codes)
    new.add_argument("--applicant", default="", metavar="NAME", help=_("who brings the papers"))
    listing = verbs.add("list", _("all dossiers of this station"), _list)
    states = [state.value for state in State]
    listing.add_argument("--state", choices=states, help=_("only these"))
    idle = _("only unfinished ones nobody touched for so many days, the longest first")
    listing.add_argument("--idle", type=int, metavar="DAYS", help=idle)
    for name, about, run in (
        ("show", _("checklist, pages and findings"), _show),
        ("park", _("set aside with a reason"), _park),
        ("resume", _("go on with a parked dossier"), _resume),
        ("undo", _("take back the latest act"), _undo),
        ("redo", _("do again what was undone"), _redo),
        ("withdraw", _("end a dossier without sealing; nothing is deleted"), _withdraw),
        ("export", _("write the component files into a folder"), _export),
    ):
        parser = verbs.add(name, about, run)
        parser.add_argument("dossier", type=dossier_in, metavar="ID", help=_id_help())
        if name in ("park", "withdraw"):
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


# --- scanning and importing -------------------------------------------------------------------


def _scan(args: argparse.Namespace) -> int:
    import msgspec

    station = desk.station(args)
    clerk = station.signed_in
    profile = station.profiles.scan(args.profile or station.settings.default_profile)
    given = dict(_option(text) for text in args.option)
    profile = msgspec.structs.replace(
        profile,
        device=args.device or profile.device,
        dpi=args.dpi or profile.dpi,
        options=profile.options | given,
    )
    with desk.intake(station) as intake:
        dossier = intake.dossier(args.dossier)
        component = _component(dossier, args.component)
        Voice.of(args).follow(intake.scan(dossier.id, component, profile, clerk))
        return _print(args, intake.dossier(dossier.id))


def _option(text: str) -> tuple[str, str | int | float | bool]:
    name, equals, value = text.partition("=")
    if not equals:
        raise errors.UsageError(
            detail=_("--option wants NAME=VALUE, not «{text}»").format(text=text)
        )
    if value in ("true", "false"):
        return name, value == "true"
    for kind in (int, float):
        try:
            return name, kind(value)
        except ValueError:
            continue
    return name, value


def _import(args: argparse.Namespace) -> int:
    station = desk.station(args)
    clerk = station.signed_in
    with desk.intake(station) as intake:
        dossier = intake.dossier(args.dossier)
        component = _component(dossier, args.component)
        Voice.of(args).follow(intake.take(dossier.id, component, args.inputs, clerk))
        return _print(args, intake.dossier(dossier.id))


# --- dossiers ---------------------------------------------------------------------------------


def _new(args: argparse.Namespace) -> int:
    station = desk.station(args)
    procedure = station.profiles.procedure(args.procedure)
    with desk.intake(station) as intake:
        return _print(args, intake.open(procedure, args.applicant, station.signed_in))


def _list(args: argparse.Namespace) -> int:
    with desk.intake(desk.station(args)) as intake:
        known = intake.dossiers() if args.idle is None else _idle(args)
        found = [one for one in known if args.state in (None, one.state)]
    rows = [
        (
            one.id[-12:],
            one.opened_at[:16],
            one.procedure.title,
            one.applicant,
            str(len(one.pages)),
            _(one.state),
        )
        for one in found
    ]
    headings = (_("dossier"), _("opened"), _("procedure"), _("applicant"), _("pages"), _("state"))
    text = table(rows, *headings) if rows else _("No dossiers.")
    Voice.of(args).data("dossiers", found, text)
    return 0


def _idle(args: argparse.Namespace) -> tuple[Dossier, ...]:
    return desk.casework(desk.station(args)).idle(args.idle)


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
    return _act(args, acts.Withdrawn(args.reason))


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
    from scanstation.sheets.wording import slip_of

    station = desk.station(args)
    with desk.intake(station) as intake:
        dossier = intake.dossier(args.dossier)
        received = datetime.fromisoformat(intake.complete_since(dossier.id) or dossier.opened_at)
    calendars = station.profiles.holidays()
    days = dossier.procedure.working_days
    due = deadline.expected(received, days, deadline.days_off(calendars))
    slip = slip_of(dossier, station.settings, received, due)
    voice = Voice.of(args)
    for year in deadline.unlisted_years(received, due, calendars) if slip.expected else ():
        voice.say(
            _("No holidays are known for {year}: only weekends were left out.").format(year=year)
        )
    write_slip(slip, args.output)
    voice.data("slip", {"file": str(args.output), "slip": slip}, str(args.output))
    return 0
