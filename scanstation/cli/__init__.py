"""The command line: verbs over the two stories, data on stdout, narration on stderr.

Each fault ends in one sentence and its exit code (scanstation/errors). This module imports
neither the screen nor anything that touches pixels; a verb loads what it needs when it runs.
"""

import argparse
import errno
import os
import sys
import tempfile
from collections.abc import Sequence
from itertools import pairwise
from pathlib import Path

from scanstation import __version__, durable, errors, i18n
from scanstation.i18n import _


def main(argv: Sequence[str] | None = None) -> int:
    """Run one verb; the return value is the exit code."""
    os.umask(0o077)  # citizens' papers: whatever this program and its children write is private
    words = list(sys.argv[1:] if argv is None else argv)
    i18n.choose(_language(words))
    args = _parser().parse_args(words)
    if args.lang:
        i18n.choose(args.lang)
    try:
        return int(args.run(args) or 0)
    except errors.ScanStationError as fault:
        return _tell(fault, as_json=args.json)
    except KeyboardInterrupt:
        return _tell(errors.Stopped(kept=_("All saved")), as_json=args.json)
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0
    except Exception as fault:  # the top: a sentence and a place to look, never a bare traceback
        if os.environ.get("SCANSTATION_DEBUG"):
            raise
        return _tell(_unforeseen(fault), as_json=args.json)


def _unforeseen(fault: Exception) -> errors.ScanStationError:
    """A full disk may speak up anywhere; nothing else is explained at the top."""
    if isinstance(fault, OSError) and fault.errno in (errno.ENOSPC, errno.EDQUOT):
        return durable.storage_fault(Path(fault.filename or tempfile.gettempdir()), fault)
    return errors.ScanStationError(detail=f"{type(fault).__name__}: {fault}")


def _language(words: Sequence[str]) -> str:
    """The last --lang, as argparse takes it: help and complaints are written while it parses."""
    language = i18n.preferred()
    for word, following in pairwise([*words, ""]):
        asked = following if word == "--lang" else word.removeprefix("--lang=")
        if word.startswith("--lang") and asked in i18n.LANGUAGES:
            language = asked
    return language


def _tell(fault: errors.ScanStationError, *, as_json: bool) -> int:
    from scanstation.cli.voice import Voice

    Voice(as_json=as_json).fault(fault)
    return fault.exit_code


def _parser() -> argparse.ArgumentParser:
    from scanstation.cli import (
        delivery,
        demo,
        devices,
        doctor,
        idcard,
        inbox,
        papers,
        recovery,
        scanning,
        sealing,
        station,
    )

    parser = argparse.ArgumentParser(
        prog="scanstation",
        description=_(
            "Turns the papers citizens bring to the counter into signed, archived, delivered"
            " dossiers. Without a verb it opens the screen."
        ),
        epilog=_(
            "Exit codes: 0 done, 2 usage or settings, 3 scanner, 4 paper, 5 input or dossier,"
            " 6 signing, 7 disk, 8 network (the queue is safe), 9 refused by central,"
            " 10 damaged data, 11 a part is not installed, 130 stopped."
        ),
        parents=[_common()],
    )
    version = f"scanstation {__version__}"
    parser.add_argument("--version", action="version", version=version, help=_("show the version"))
    parser.set_defaults(run=_screen, json=False, quiet=False, lang="", data_dir=None)
    verbs = parser.add_subparsers(metavar=_("VERB"), title=_("verbs"))
    for room in (
        scanning,
        papers,
        idcard,
        inbox,
        devices,
        sealing,
        delivery,
        recovery,
        station,
        doctor,
        demo,
    ):
        room.register(Verbs(verbs))
    return parser


def _common() -> argparse.ArgumentParser:
    """Options every verb takes, before or after its name."""
    common = argparse.ArgumentParser(add_help=False, argument_default=argparse.SUPPRESS)
    group = common.add_argument_group(_("options of every verb"))
    group.add_argument("--data-dir", metavar="DIR", help=_("folder of this station's data"))
    group.add_argument("--lang", choices=i18n.LANGUAGES, help=_("language of sentences"))
    group.add_argument("--json", action="store_true", help=_("data as JSON on stdout"))
    group.add_argument("--quiet", action="store_true", help=_("no narration on stderr"))
    return common


class Verbs:
    """Where the rooms of this command line hang their verbs."""

    def __init__(self, parsers: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
        self._parsers = parsers

    def add(
        self, name: str, about: str, run: object = None, examples: Sequence[str] = ()
    ) -> argparse.ArgumentParser:
        """A verb with its help line and what one types after `scanstation`."""
        lines = [f"{_('examples')}:", *(f"  scanstation {one}" for one in examples)]
        parser = self._parsers.add_parser(
            name,
            help=about,
            description=about,
            parents=[_common()],
            epilog="\n".join(lines) if examples else None,
            formatter_class=argparse.RawDescriptionHelpFormatter,
        )
        if run is not None:
            parser.set_defaults(run=run)
        return parser

    def group(self, name: str, about: str) -> "Verbs":
        """A noun whose verbs follow it, such as `dossier new`."""
        parser = self.add(name, about)

        def lost(_args: argparse.Namespace) -> int:
            parser.print_help(sys.stderr)
            return errors.UsageError.exit_code

        parser.set_defaults(run=lost)
        return Verbs(parser.add_subparsers(metavar=_("VERB"), title=_("verbs")))


def _screen(args: argparse.Namespace) -> int:
    from scanstation.cli.screen import open_screen

    return open_screen(args)
