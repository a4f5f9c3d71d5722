"""Stations that need a clerk's rescue, and the verbs of it: a damaged journal made anew, a page
that no entry speaks of taken in or put out of the way.

What befalls the station tells what must still be there whatever stops the verb, and the verb
what it did.
"""

import hashlib
import os
from collections.abc import Iterator
from pathlib import Path

from PIL import Image

from scanstation.model import acts
from scanstation.model.page import Mode, PageFile
from scanstation.workspace.originals import store_page, store_pdf
from tests.crash.desk import Desk, at_desk
from tests.crash.paper import CLERK, PROCEDURE, Kit

_LONG_AGO = 1_000_000_000


def journal_digest(journal: Path) -> str:
    """SHA-256 over names and bytes of a journal folder; of nothing where there is none."""
    digest = hashlib.sha256()
    for entry in sorted(journal.glob("*.json")):
        digest.update(entry.name.encode() + hashlib.sha256(entry.read_bytes()).digest())
    return digest.hexdigest()


# --- what a bad disk or a stop leaves ---------------------------------------------------------


def damage(folder: Path, kit: Kit) -> list[str]:
    """Two open dossiers: one with an unreadable entry in the middle, one without its first.

    Returns what must not be lost of them, as a verb tells it.
    """
    torn, headless = _two_dossiers(folder, kit)
    (_journal(folder, torn) / "000003.json").write_bytes(b"\0" * 300)
    (_journal(folder, headless) / "000001.json").unlink()
    # Long ago: what the catalogue does about a change within its last second is another call.
    os.utime(_journal(folder, headless), (_LONG_AGO, _LONG_AGO))
    return [line for one in (torn, headless) for line in _of_damaged(folder, one)]


def _two_dossiers(folder: Path, kit: Kit) -> tuple[str, str]:
    with at_desk(folder, kit, lambda _: None) as desk:
        first = desk.intake.open(PROCEDURE, "Lò Văn Tốt", CLERK).id
        desk.scan("PPP")
        desk.take(kit.signed_pdf)
        desk.do(acts.PageRemoved(desk.dossier.of("to-khai")[2].id, "quét nhầm"))
        second = desk.intake.open(PROCEDURE, "Vàng Thị Mỷ", CLERK).id
        list(desk.intake.take(second, "to-khai", kit.pages[3:5], CLERK))
    return first, second


def stray(folder: Path, kit: Kit) -> list[str]:
    """An open dossier with a page and a PDF that were stored and never announced.

    Returns what must not be lost of it, as a verb tells it.
    """
    with at_desk(folder, kit, lambda _: None) as desk:
        for old in desk.unfinished():
            desk.intake.record(old.id, acts.Withdrawn("hết giờ"), CLERK)
        dossier = desk.intake.open(PROCEDURE, "Giàng A Sính", CLERK).id
        desk.scan("P")
    originals = _journal(folder, dossier).with_name("originals")
    with Image.open(kit.pages[6]) as image:
        width, height = image.size
    page = PageFile(path=kit.pages[6], width=width, height=height, dpi=75, mode=Mode.GREY)
    stored = store_page(page, originals), store_pdf(kit.signed_pdf, originals)
    return [f"original {dossier} {one.name}" for one in stored]


def _of_damaged(folder: Path, dossier: str) -> Iterator[str]:
    journal = _journal(folder, dossier)
    yield f"damaged {dossier} {journal_digest(journal)}"
    for original in sorted(journal.with_name("originals").glob("[!.]*")):
        yield f"original {dossier} {original.name}"


def _journal(folder: Path, dossier: str) -> Path:
    return folder / "workspace" / "dossiers" / dossier / "journal"


# --- what the clerk does about it -------------------------------------------------------------


def mend(desk: Desk) -> None:
    """Every unreadable journal is made anew."""
    for broken in desk.work.recovery().unreadable:
        made = desk.work.mend(broken.dossier, PROCEDURE, CLERK)
        desk.say(f"mended {broken.dossier} {made.pages}")
    desk.announce_all()


def adopt(desk: Desk) -> None:
    """Every page no entry speaks of is taken in."""
    for dossier, name in _strays(desk):
        desk.take(desk.work.orphan(dossier, name))
        desk.say(f"adopted {dossier} {name}")


def set_aside(desk: Desk) -> None:
    """Every page no entry speaks of is put out of the way."""
    for dossier, name in _strays(desk):
        desk.work.set_aside(dossier, name, "quét lại rồi", CLERK)
        desk.say(f"aside {dossier} {name}")


def _strays(desk: Desk) -> list[tuple[str, str]]:
    """Dossier and file name of each."""
    survivors = desk.work.recovery().dossiers
    return [(one.dossier, it.path.name) for one in survivors for it in one.orphans]
