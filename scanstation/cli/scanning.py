"""Verbs that bring paper into a dossier: scan and import. A scan may ask in between, on stderr."""

import argparse
import sys
import time
from collections.abc import Callable
from contextlib import AbstractContextManager, nullcontext
from pathlib import Path
from typing import TYPE_CHECKING

from scanstation import errors
from scanstation.cli import Verbs, desk
from scanstation.cli.shown import component_of, print_dossier
from scanstation.cli.voice import Voice
from scanstation.i18n import _
from scanstation.model.asking import Answer, Asked, answer_word
from scanstation.model.dossier import Dossier
from scanstation.model.profile import Duplex
from scanstation.model.slipcode import dossier_in

if TYPE_CHECKING:
    from scanstation.model.asking import Hand
    from scanstation.model.profile import ScanProfile

_KEYS = {Answer.GO_ON: "", Answer.PAIR: "p", Answer.END: "q"}


def register(verbs: Verbs) -> None:
    """Hang the verbs of this module."""
    scan = verbs.add(
        "scan",
        _("scan paper into a component of a dossier"),
        _scan,
        (
            "scan --dossier dac0f1702f17 --component to-khai",
            "scan --dossier dac0f1702f17 --component 2 --profile sane-flatbed-300",
            "scan --dossier dac0f1702f17 --component 2 --duplex manual",
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
    _register_stack(scan)
    take = verbs.add(
        "import",
        _("take images and PDFs into a component"),
        _import,
        ("import --dossier dac0f1702f17 --component 2 page-1.jpg page-2.jpg signed.pdf",),
    )
    _into(take)
    files = _("images or PDFs; a PDF that is already signed is kept byte for byte")
    take.add_argument("inputs", nargs="+", type=Path, metavar="FILE", help=files)


def _into(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--dossier",
        required=True,
        type=dossier_in,
        metavar="ID",
        help=_("id or its ending, or the text of its slip's code"),
    )
    parser.add_argument("--component", default="", metavar="ID", help=_("component id or number"))
    sheets = _("separator sheets in the pile say which component follows")
    parser.add_argument("--separators", action="store_true", help=sheets)


def _register_stack(scan: argparse.ArgumentParser) -> None:
    kinds = [kind.value for kind in Duplex]
    both = _("fronts, then backs: «manual» turns the stack as it lies")
    scan.add_argument("--duplex", choices=kinds, help=both)
    book = _("page after page from the glass; asks after each")
    scan.add_argument("--book", action="store_true", help=book)
    parts = _("images of one large or bound sheet, kept as numbered pages")
    scan.add_argument("--parts", type=int, metavar="N", help=parts)
    wait = _("wait so long for paper in an empty feeder")
    scan.add_argument("--wait-for-paper", type=float, metavar="SECONDS", help=wait)


# --- scanning and importing -------------------------------------------------------------------


def _scan(args: argparse.Namespace) -> int:
    station = desk.station(args)
    clerk = station.signed_in
    named = station.profiles.scan(args.profile or station.settings.default_profile)
    profile = _as_asked(named, args)
    with desk.intake(station) as intake:
        dossier = intake.dossier(args.dossier)
        component = _start(dossier, args.component, profile.separators)
        told = intake.scan(dossier.id, component, profile, clerk, "", hand_for(args))
        Voice.of(args).follow(told)
        return print_dossier(args, intake.dossier(dossier.id))


def _as_asked(profile: "ScanProfile", args: argparse.Namespace) -> "ScanProfile":
    """The profile with what the command line says instead; errors.UsageError."""
    import msgspec

    given = dict(_option(text) for text in args.option)
    changes = {
        "device": args.device or profile.device,
        "dpi": args.dpi or profile.dpi,
        "options": profile.options | given,
        "duplex": Duplex(args.duplex) if args.duplex else profile.duplex,
        "book": args.book or profile.book,
        "separators": args.separators or profile.separators,
        "parts": profile.parts if args.parts is None else args.parts,
        "wait_for_paper_s": profile.wait_for_paper_s
        if args.wait_for_paper is None
        else args.wait_for_paper,
    }
    try:
        return msgspec.structs.replace(profile, **changes)
    except ValueError as fault:
        raise errors.UsageError(detail=str(fault)) from fault


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
        return print_dossier(args, intake.dossier(dossier.id))


def _start(dossier: Dossier, wanted: str, separators: bool) -> str:
    """Where the first page goes; a pile with separators may leave it open."""
    scanned = [one.id for one in dossier.procedure.components if one.scan]
    if separators and not wanted and scanned:
        return scanned[0]
    if not wanted:
        raise errors.UsageError(detail=_("name a component, or lay in separator sheets"))
    return component_of(dossier, wanted)


# --- asking -----------------------------------------------------------------------------------


def hand_for(args: argparse.Namespace) -> "Hand":
    """Who answers what a scan asks: the lines of standard input."""
    return _Terminal(Voice.of(args))


class _Terminal:
    """A Hand that asks line by line; the end of input is nobody there. Ctrl-C stops a scan."""

    stopped = False

    def __init__(self, voice: Voice) -> None:
        self._voice = voice

    def answer(self, asked: Asked) -> Answer:
        """Ask until a line is one of the answers; the question itself was told as an event."""
        known = {_KEYS[one]: one for one in asked.answers}
        offered = "  ".join(
            f"[{_KEYS[one] or 'Enter'}] {answer_word(asked, one)}" for one in asked.answers
        )
        while True:
            self._voice.ask(offered)
            line = sys.stdin.readline()
            if not line:
                return asked.answers[-1]
            if (answer := known.get(line.strip().casefold())) is not None:
                return answer

    def waits(self, seconds: float) -> bool:
        """Wait; only Ctrl-C cuts it short."""
        time.sleep(seconds)
        return False

    def stopping(self, close: Callable[[], None]) -> AbstractContextManager[None]:
        """Ctrl-C reaches a waiting read by itself."""
        del close
        return nullcontext()
