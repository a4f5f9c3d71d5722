"""What verbs share: the station of this run, its signed-in clerk, and secrets from a descriptor."""

import argparse
import getpass
import os
import sys
from contextlib import AbstractContextManager
from pathlib import Path
from typing import TYPE_CHECKING

from scanstation import errors, i18n, settings
from scanstation.i18n import _
from scanstation.settings import Station

if TYPE_CHECKING:
    from scanstation.casework import Casework
    from scanstation.intake import Intake

_PASSPHRASE_LIMIT = 4096


def folder(args: argparse.Namespace) -> Path:
    """The data folder: --data-dir, then SCANSTATION_DATA_DIR, then the user's own."""
    named = args.data_dir or os.environ.get("SCANSTATION_DATA_DIR")
    return Path(named).absolute() if named else settings.default_folder()


def station(args: argparse.Namespace) -> Station:
    """The station; its language counts unless --lang was given."""
    found = Station(folder(args))
    if not args.lang and found.settings.language in i18n.LANGUAGES:
        i18n.choose(found.settings.language)
    return found


def profiles(args: argparse.Namespace) -> settings.Profiles:
    """The profiles that hold here, with or without a station."""
    return settings.Profiles(folder(args))


def intake(found: Station) -> AbstractContextManager["Intake"]:
    """The first story for this station."""
    from scanstation import bootstrap

    return bootstrap.intake(found)


def casework(found: Station) -> "Casework":
    """What is done beside scanning and sealing; no page worker is started."""
    from scanstation import bootstrap

    return bootstrap.casework(found)


def passphrase(args: argparse.Namespace, key: Path | None) -> bytes:
    """The key's passphrase from --passphrase-fd or a prompt; never an argument or environment."""
    if args.passphrase_fd is not None:
        try:
            return os.read(args.passphrase_fd, _PASSPHRASE_LIMIT).rstrip(b"\r\n")
        except OSError as fault:
            detail = f"--passphrase-fd {args.passphrase_fd}: {fault.strerror}"
            raise errors.UsageError(detail=detail) from fault
    if not sys.stdin.isatty():
        raise errors.UsageError(detail=_("no terminal to ask the passphrase: use --passphrase-fd"))
    name = key.name if key else "–"
    try:
        return getpass.getpass(_("Passphrase of {key}: ").format(key=name)).encode()
    except EOFError as fault:  # Ctrl-D: nobody wants to sign
        raise errors.Stopped(kept=_("All saved")) from fault


def passphrase_option(parser: argparse.ArgumentParser) -> None:
    """The option `passphrase` reads."""
    parser.add_argument(
        "--passphrase-fd",
        type=int,
        metavar="N",
        help=_("read the signing key's passphrase from this file descriptor"),
    )
