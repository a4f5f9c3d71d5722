"""Is this PC fit for the counter? Each check says what it found and what to do.

It looks and never repairs; exit 0 all well, 1 something to see to, 2 something that stops work.
"""

import argparse
import os
import shutil
import sqlite3
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path

import msgspec

from scanstation import errors, i18n
from scanstation.cli import Verbs, desk
from scanstation.cli.voice import Voice
from scanstation.i18n import _
from scanstation.model.delivery import Delivery
from scanstation.settings import Station

_APT = "sudo apt install "
_FONT = Path("/usr/share/fonts/truetype/liberation2/LiberationSerif-Regular.ttf")


class Check(msgspec.Struct, frozen=True):
    """One thing looked at."""

    name: str
    grade: int
    """0 well, 1 see to it, 2 stops work."""
    found: str


def register(verbs: Verbs) -> None:
    """Hang the verb of this module."""
    verbs.add("doctor", _("is this PC fit for the counter?"), _doctor)


def _doctor(args: argparse.Namespace) -> int:
    looks: tuple[Callable[[argparse.Namespace], Iterator[Check]], ...] = (
        _reading,
        _scanning,
        _stamping,
        _disk,
        _station,
    )
    checks = [check for look in looks for check in look(args)]
    marks = ("✓", "!", "✗")
    lines = [f"{marks[check.grade]} {check.name}: {check.found}" for check in checks]
    Voice.of(args).data("doctor", checks, "\n".join(lines))
    return max(check.grade for check in checks)


def _reading(_args: argparse.Namespace) -> Iterator[Check]:
    name = _("Vietnamese reading")
    install = _APT + "tesseract-ocr tesseract-ocr-vie"
    if not shutil.which("tesseract"):
        yield Check(name, 2, _("tesseract is missing: {line}").format(line=install))
        return
    done = subprocess.run(
        ["tesseract", "--list-langs"], capture_output=True, text=True, check=False
    )
    known = done.stdout.split()
    if "vie" in known and "Vietnamese" not in known and "script/Vietnamese" not in known:
        missing = _("tesseract vie; thorough reading would miss less with: {line}")
        yield Check(name, 1, missing.format(line=_APT + "tesseract-ocr-script-viet"))
    elif "vie" in known:
        yield Check(name, 0, "tesseract vie")
    else:
        yield Check(name, 2, _("language vie is missing: {line}").format(line=install))


def _scanning(_args: argparse.Namespace) -> Iterator[Check]:
    from scanstation import bootstrap

    name = _("scanner")
    try:
        found = bootstrap.devices(None)
    except errors.ScanStationError as fault:
        yield Check(name, 1, fault.sentence(i18n.language()))
        return
    named = ", ".join(one.name for one in found)
    yield Check(name, 0 if found else 1, named or _("none answers; importing files still works"))


def _stamping(_args: argparse.Namespace) -> Iterator[Check]:
    if _FONT.is_file():
        yield Check(_("stamp font"), 0, _FONT.name)
    else:
        yield Check(_("stamp font"), 2, _APT + "fonts-liberation2")


def _disk(args: argparse.Namespace) -> Iterator[Check]:
    place = desk.folder(args)
    while not place.exists():
        place = place.parent
    free = shutil.disk_usage(place).free / 1e9
    yield Check(_("disk"), 0 if free > 2 else 1, _("{n:.1f} GB free").format(n=free))
    yield Check("SQLite", 0, sqlite3.sqlite_version)


def _station(args: argparse.Namespace) -> Iterator[Check]:
    name = _("station")
    try:
        station = desk.station(args)
        clerk = station.signed_in.name
    except errors.UsageError as fault:
        yield Check(name, 1, fault.sentence(i18n.language()))
        return
    yield Check(name, 0, f"{station.settings.id}, {clerk}")
    yield from _queue(station.folder, args)
    yield from _inbox(station)


def _inbox(station: Station) -> Iterator[Check]:
    """Files are moved out of the device's folder, so reading it is not enough."""
    from scanstation import mailroom

    if station.settings.inbox.folder is None:
        return
    name = _("inbox")
    try:
        folder = mailroom.folder_of(station)
    except errors.UsageError as fault:
        yield Check(name, 1, fault.sentence(i18n.language()))
        return
    if os.access(folder, os.R_OK | os.W_OK | os.X_OK):
        yield Check(name, 0, str(folder))
    else:
        found = _("this account may not move files out of {folder}, or it is not there")
        yield Check(name, 1, found.format(folder=folder))


def _queue(_folder: Path, args: argparse.Namespace) -> Iterator[Check]:
    from scanstation import bootstrap

    name = _("queue")
    try:
        rows = bootstrap.outbox_of(desk.station(args)).rows(None)
    except errors.ScanStationError as fault:
        yield Check(name, 2, fault.sentence(i18n.language()))
        return
    held = sum(row.state is Delivery.HELD for row in rows)
    waiting = sum(row.state in (Delivery.QUEUED, Delivery.SENDING) for row in rows)
    found = _("{n} waiting, {h} held").format(n=waiting, h=held)
    yield Check(name, 1 if held else 0, found)
