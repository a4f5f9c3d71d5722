"""What is printed of a dossier: a component, as sealed or as it stands, and the intake slip."""

import argparse
import tempfile
from collections.abc import Callable, Iterable
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

from scanstation import errors
from scanstation.cli import Verbs, desk
from scanstation.cli.voice import Voice
from scanstation.i18n import _
from scanstation.model import deadline
from scanstation.model.dossier import Dossier
from scanstation.model.events import Event, FileWritten
from scanstation.settings import Station

if TYPE_CHECKING:
    from scanstation.sheets import Slip


def register(verbs: Verbs) -> None:
    """Hang `print` under `dossier`."""
    example = (
        "dossier print dac0f1702f17 to-khai",
        "dossier print dac0f1702f17 2 --printer quay-2",
    )
    parser = verbs.add("print", _("print a component on paper"), _print, example)
    parser.add_argument("dossier", metavar="ID", help=_("id or its ending"))
    parser.add_argument("component", metavar="COMPONENT", help=_("component id or number"))
    name = _("as «lpstat -p» names it; default: the system's")
    parser.add_argument("--printer", default="", metavar="NAME", help=name)


def _print(args: argparse.Namespace) -> int:
    with desk.intake(desk.station(args)) as intake:
        dossier = intake.dossier(args.dossier)

        def export(folder: Path) -> Iterable[Event]:
            return Voice.of(args).follow(intake.export(dossier.id, folder))

        jobs = print_component(dossier, args.component, export, args.printer)
    Voice.of(args).data("printed", jobs, "\n".join(jobs))
    return 0


def print_component(
    dossier: Dossier,
    component: str,
    export: Callable[[Path], Iterable[Event]],
    printer: str = "",
) -> list[str]:
    """Print what `export` writes of a component (id or number); what the printer said of each file.

    Raises NoSuchThing for a component without pages, and as print_file.
    """
    from scanstation.sheets.printer import print_file

    start = _start_of(dossier, component)
    with tempfile.TemporaryDirectory(prefix="scanstation-print-") as name:
        paths = [event.path for event in export(Path(name)) if isinstance(event, FileWritten)]
        files = [path for path in paths if path.name.startswith(start) and path.is_file()]
        if not files:
            hint = _("It has no pages.")
            raise errors.NoSuchThing(kind=_("component"), name=component, hint=hint)
        return [
            print_file(file, f"ScanStation {dossier.id[-12:]} {start}{place}", printer)
            for place, file in enumerate(sorted(files), start=1)  # titles are seen by all: no name
        ]


def print_slip(station: Station, dossier: Dossier, complete_since: str) -> str:
    """Print the citizen's intake slip; what the printer said. Raises as print_file."""
    from scanstation.sheets.printer import print_file
    from scanstation.sheets.slip import write_slip

    slip, _unlisted = slip_for(station, dossier, complete_since)
    with tempfile.TemporaryDirectory(prefix="scanstation-print-") as name:
        write_slip(slip, file := Path(name, "slip.pdf"))
        return print_file(file, f"ScanStation {dossier.id[-12:]}")


def slip_for(
    station: Station, dossier: Dossier, complete_since: str
) -> "tuple[Slip, tuple[int, ...]]":
    """The slip, and the years on the way to its date whose holidays are not known."""
    from scanstation.sheets.wording import slip_of

    received = datetime.fromisoformat(complete_since or dossier.opened_at)
    calendars = station.profiles.holidays()
    days = dossier.procedure.working_days
    due = deadline.expected(received, days, deadline.days_off(calendars))
    slip = slip_of(dossier, station.settings, received, due)
    unlisted = deadline.unlisted_years(received, due, calendars) if slip.expected else ()
    return slip, tuple(unlisted)


def _start_of(dossier: Dossier, wanted: str) -> str:
    """How names of the component's files begin, as model.sealing.bag_names makes them."""
    for number, one in enumerate(dossier.procedure.components, start=1):
        if wanted in (one.id, str(number)):
            return f"{number:02d}-"
    known = ", ".join(one.id for one in dossier.procedure.components)
    hint = _("Known: {all}.").format(all=known)
    raise errors.NoSuchThing(kind=_("component"), name=wanted, hint=hint)
