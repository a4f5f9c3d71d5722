"""The words of a supplement: a better text of pages that were sealed before it was there."""

from collections.abc import Iterable

import msgspec

from scanstation.model.delivery import QueueRow
from scanstation.model.manifest import ComponentEntry, ComponentFile
from scanstation.model.page import TextLine, WorkedPage
from scanstation.model.sealing import MADE, TEXTS

SCHEMA = "scanstation.text"
VERSION = 0
_QUICK = " quick"
"""How the name of an engine ends that read a page once."""


class PageReading(msgspec.Struct, frozen=True, kw_only=True):
    """One page of the sealed file and what was read on it."""

    page: int
    """1-based, in the file named."""
    width: int
    """Pixels of the page the boxes are measured on; all of it is the PDF page."""
    height: int
    dpi: float
    engine: str
    """Engine, models and level, such as "tesseract 5.3.0 vie+script/Vietnamese thorough"."""
    lines: tuple[TextLine, ...]


class ComponentText(msgspec.Struct, frozen=True, kw_only=True):
    """One text file of a supplement (package-format.md, section 9)."""

    schema: str = SCHEMA
    version: int = VERSION
    component: str
    file: str
    """Path of the PDF in the package that is supplemented."""
    sha256: str
    """Of that PDF."""
    pages: tuple[PageReading, ...]


class Supplemented(msgspec.Struct, frozen=True, kw_only=True):
    """What became of one dossier whose package was sealed with a quick text."""

    dossier: str
    row: QueueRow | None = None
    """The supplement that is queued now."""
    waits: str = ""
    """Why there is none yet, in the clerk's words; empty with a row."""
    secret: bool = False
    """A secrecy mark was found that nobody saw before sealing; `waits` says what to do."""


def quickly_read(entry: ComponentEntry) -> ComponentFile | None:
    """The scanned file of a sealed component, if a page of it was read once only."""
    made = next((one for one in entry.files if one.claim == MADE), None)
    once = made is not None and any(tool.endswith(_QUICK) for tool in made.made_with.split("; "))
    return made if once else None


def is_better(pages: Iterable[WorkedPage]) -> bool:
    """Whether any page was read in more ways than once; a page without print never is."""
    return any(page.text.engine and not page.text.engine.endswith(_QUICK) for page in pages)


def text_of(component: str, file: ComponentFile, pages: Iterable[WorkedPage]) -> ComponentText:
    """The text file for a sealed component's scanned file; `pages` in that file's order."""
    return ComponentText(
        component=component,
        file=file.path,
        sha256=file.sha256,
        pages=tuple(
            PageReading(
                page=number,
                width=page.width,
                height=page.height,
                dpi=page.dpi,
                engine=page.text.engine,
                lines=page.text.lines,
            )
            for number, page in enumerate(pages, start=1)
        ),
    )


def name_of(entry: ComponentEntry) -> str:
    """Where the component's text lies in the bag."""
    return f"{TEXTS}/{entry.number:02d}-{entry.id}.json"
