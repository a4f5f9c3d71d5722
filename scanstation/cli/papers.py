"""Verbs over paper: scan, import, dossier and page."""

import argparse
from datetime import datetime
from pathlib import Path

from scanstation import errors
from scanstation.cli import Verbs, desk, fields
from scanstation.cli.voice import Voice, table
from scanstation.i18n import _
from scanstation.model import deadline
from scanstation.model import dossier as acts
from scanstation.model.dossier import Act, Dossier, Page, State
from scanstation.model.events import FileWritten


def register(verbs: Verbs) -> None:
    """Hang the verbs of this module."""
    scan = verbs.add(
        "scan",
        _("scan paper into a component of a dossier"),
        _scan,
        (
            "scan --dossier dac0f1702f17 --component to-khai",
            "scan --dossier dac0f1702f17 --component 2 --profile sane-flatbed-300",
            "scan --dossier dac0f1702f17 --separators",
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
    fields.register(dossiers)
    _register_page(verbs.group("page", _("pages of an open dossier")))


def _into(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--dossier", required=True, metavar="ID", help=_("id or its ending"))
    parser.add_argument("--component", default="", metavar="ID", help=_("component id or number"))
    sheets = _("separator sheets in the pile say which component follows")
    parser.add_argument("--separators", action="store_true", help=sheets)


def _register_dossier(verbs: Verbs) -> None:
    example = ("dossier new 1.001193 --applicant 'Trần Văn Khánh'",)
    new = verbs.add("new", _("open a dossier for a procedure"), _new, example)
    codes = _("such as 1.004873; «scanstation profile list» names them all")
    new.add_argument("procedure", metavar="CODE", help=codes)
    new.add_argument("--applicant", default="", metavar="NAME", help=_("who brings the papers"))
    listing = verbs.add("list", _("all dossiers of this station"), _list)
    states = [state.value for state in State]
    listing.add_argument("--state", choices=states, help=_("only these"))
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
        parser.add_argument("dossier", metavar="ID", help=_("id or its ending"))
        if name in ("park", "withdraw"):
            parser.add_argument("--reason", required=True, metavar="WORDS", help=_("why"))
        if name == "export":
            into = _("folder for the files; made if missing")
            parser.add_argument(
                "-o", "--output", required=True, type=Path, metavar="DIR", help=into
            )
    slip = verbs.add("slip", _("the citizen's provisional intake slip, to be printed"), _slip)
    slip.add_argument("dossier", metavar="ID", help=_("id or its ending"))
    target = _("the file to write")
    slip.add_argument("-o", "--output", required=True, type=Path, metavar="SLIP.pdf", help=target)


def _register_page(verbs: Verbs) -> None:
    for name, about, run in (
        ("move", _("move a page to another component or place"), _move),
        ("rotate", _("turn a page by quarters, clockwise"), _rotate),
        ("remove", _("leave a page out, with a reason; undo brings it back"), _remove),
        ("replace", _("put a new scan or a file in a page's place"), _replace),
    ):
        parser = verbs.add(name, about, run)
        parser.add_argument("page", metavar="PAGE", help=_("page id or its ending"))
        parser.add_argument("--dossier", required=True, metavar="ID", help=_("id or its ending"))
        if name == "move":
            where = _("component id or number; default: the same")
            parser.add_argument("--component", metavar="ID", default="", help=where)
            place = _("1 is the first; 0 last")
            parser.add_argument("--position", type=int, default=0, metavar="N", help=place)
        if name == "rotate":
            parser.add_argument("degrees", type=int, choices=[90, 180, 270], help=_("clockwise"))
        if name == "remove":
            parser.add_argument("--reason", required=True, metavar="WORDS", help=_("why"))
        if name == "replace":
            parser.add_argument("--file", type=Path, metavar="FILE", help=_("instead of scanning"))
            profile = _("scan profile; default: the station's")
            parser.add_argument("--profile", default="", metavar="ID", help=profile)


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
        separators=args.separators or profile.separators,
    )
    with desk.intake(station) as intake:
        dossier = intake.dossier(args.dossier)
        component = _start(dossier, args.component, profile.separators)
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
        component = _start(dossier, args.component, args.separators)
        story = intake.take(dossier.id, component, args.inputs, clerk, separators=args.separators)
        Voice.of(args).follow(story)
        return _print(args, intake.dossier(dossier.id))


def _start(dossier: Dossier, wanted: str, separators: bool) -> str:
    """Where the first page goes; a pile with separators may leave it open."""
    scanned = [one.id for one in dossier.procedure.components if one.scan]
    if separators and not wanted and scanned:
        return scanned[0]
    if not wanted:
        raise errors.UsageError(detail=_("name a component, or lay in separator sheets"))
    return _component(dossier, wanted)


def _component(dossier: Dossier, wanted: str) -> str:
    if found := dossier.procedure.component(wanted):
        return found.id
    known = ", ".join(f"{n} {one.id}" for n, one in enumerate(dossier.procedure.components, 1))
    raise errors.NoSuchThing(
        kind=_("component"), name=wanted, hint=_("Known: {all}.").format(all=known)
    )


# --- dossiers ---------------------------------------------------------------------------------


def _new(args: argparse.Namespace) -> int:
    station = desk.station(args)
    procedure = station.profiles.procedure(args.procedure)
    with desk.intake(station) as intake:
        return _print(args, intake.open(procedure, args.applicant, station.signed_in))


def _list(args: argparse.Namespace) -> int:
    with desk.intake(desk.station(args)) as intake:
        found = [one for one in intake.dossiers() if args.state in (None, one.state)]
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


def _show(args: argparse.Namespace) -> int:
    with desk.intake(desk.station(args)) as intake:
        return _print(args, intake.dossier(args.dossier))


def _print(args: argparse.Namespace, dossier: Dossier) -> int:
    Voice.of(args).data("dossier", dossier, describe(dossier))
    return 0


def describe(dossier: Dossier) -> str:
    """A dossier for people: a head, then the checklist with its pages."""
    head = f"{dossier.id}  {dossier.procedure.code} {dossier.procedure.title}"
    about = f"{dossier.applicant or '–'}  [{_(dossier.state)}] {dossier.reason}".rstrip()
    lines = [head, about]
    for number, one in enumerate(dossier.procedure.components, start=1):
        pages = dossier.of(one.id)
        count = len(pages) + sum(found.pages for found in dossier.attached(one.id))
        mark = "✓" if count else ("!" if one in dossier.missing else "·")
        note = "" if one.scan else _(" (not scanned)")
        lines.append(f"  {mark} {number} {one.id}: {one.title}{note}  {count or '–'}")
        lines += [f"        {_page_line(page)}" for page in pages]
        lines += [f"        {it.id[-12:]}  {it.name}" for it in dossier.attached(one.id)]
    return "\n".join(lines)


def _page_line(page: Page) -> str:
    turned = f" ↻{page.rotation}°" if page.rotation else ""
    return f"{page.id[-12:]}  {page.width}×{page.height} {page.dpi:g} dpi{turned}"


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


# --- pages ------------------------------------------------------------------------------------


def _page(dossier: Dossier, wanted: str) -> str:
    if page := dossier.page(wanted):
        return page.id
    for attachment in dossier.attachments:
        if wanted and attachment.id.endswith(wanted) and not attachment.removed:
            return attachment.id
    hint = _("See «scanstation dossier show {id}».").format(id=dossier.id[-12:])
    raise errors.NoSuchThing(kind=_("page"), name=wanted, hint=hint)


def _move(args: argparse.Namespace) -> int:
    station = desk.station(args)
    with desk.intake(station) as intake:
        dossier = intake.dossier(args.dossier)
        page = _page(dossier, args.page)
        standing = dossier.page(page)
        at = standing.component if standing else ""
        component = _component(dossier, args.component) if args.component else at
        place = args.position - 1 if args.position > 0 else len(dossier.pages)
        act = acts.PageMoved(page, component, place)
        return _print(args, intake.record(dossier.id, act, station.signed_in))


def _rotate(args: argparse.Namespace) -> int:
    station = desk.station(args)
    with desk.intake(station) as intake:
        dossier = intake.dossier(args.dossier)
        act = acts.PageRotated(_page(dossier, args.page), args.degrees)
        return _print(args, intake.record(dossier.id, act, station.signed_in))


def _remove(args: argparse.Namespace) -> int:
    station = desk.station(args)
    with desk.intake(station) as intake:
        dossier = intake.dossier(args.dossier)
        act = acts.PageRemoved(_page(dossier, args.page), args.reason)
        return _print(args, intake.record(dossier.id, act, station.signed_in))


def _replace(args: argparse.Namespace) -> int:
    station = desk.station(args)
    clerk = station.signed_in
    with desk.intake(station) as intake:
        dossier = intake.dossier(args.dossier)
        old = dossier.page(_page(dossier, args.page))
        if old is None:
            raise errors.NoSuchThing(kind=_("page"), name=args.page, hint="")
        if args.file:
            story = intake.take(dossier.id, old.component, [args.file], clerk, old.id)
        else:
            profile = station.profiles.scan(args.profile or station.settings.default_profile)
            story = intake.scan(dossier.id, old.component, profile, clerk, old.id)
        Voice.of(args).follow(story)
        return _print(args, intake.dossier(dossier.id))
