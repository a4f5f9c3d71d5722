"""The verb that prints a component: as it was sealed, or as an open dossier stands."""

import argparse
import tempfile
from pathlib import Path

from scanstation import errors
from scanstation.cli import Verbs, desk
from scanstation.cli.voice import Voice
from scanstation.i18n import _
from scanstation.model.dossier import Dossier
from scanstation.model.events import FileWritten


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
    from scanstation.sheets.printer import print_file

    jobs: list[str] = []
    with (
        desk.intake(desk.station(args)) as intake,
        tempfile.TemporaryDirectory(prefix="scanstation-print-") as name,
    ):
        dossier = intake.dossier(args.dossier)
        start = _start_of(dossier, args.component)
        heard = Voice.of(args).follow(intake.export(dossier.id, Path(name)))
        paths = [event.path for event in heard if isinstance(event, FileWritten)]
        files = [path for path in paths if path.name.startswith(start) and path.is_file()]
        if not files:
            hint = _("It has no pages.")
            raise errors.NoSuchThing(kind=_("component"), name=args.component, hint=hint)
        for place, file in enumerate(sorted(files), start=1):
            title = f"ScanStation {dossier.id[-12:]} {start}{place}"  # seen by all: no name
            jobs.append(print_file(file, title, args.printer))
    Voice.of(args).data("printed", jobs, "\n".join(jobs))
    return 0


def _start_of(dossier: Dossier, wanted: str) -> str:
    """How names of the component's files begin, as model.sealing.bag_names makes them."""
    for number, one in enumerate(dossier.procedure.components, start=1):
        if wanted in (one.id, str(number)):
            return f"{number:02d}-"
    known = ", ".join(one.id for one in dossier.procedure.components)
    hint = _("Known: {all}.").format(all=known)
    raise errors.NoSuchThing(kind=_("component"), name=wanted, hint=hint)
