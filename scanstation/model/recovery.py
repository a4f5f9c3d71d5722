"""What an unclean stop left, as it is told to the clerk; pure.

It names what is on disk and what only the paper can tell. It proposes nothing that deletes.
"""

from collections.abc import Iterator
from pathlib import Path

import msgspec

from scanstation.i18n import _, many
from scanstation.model.dossier import State


class Orphan(msgspec.Struct, frozen=True, kw_only=True):
    """A page stored in the instant before the stop and never announced."""

    path: Path
    stored_at: str
    """ISO 8601 by the station's clock."""
    size: int
    """Bytes."""
    width: int = 0
    height: int = 0
    """Pixels; 0 for a PDF and for what is no image any more."""
    dpi: float = 0.0
    """0 where the file does not say it."""

    @property
    def thumbnail(self) -> Path:
        """What shows it: no smaller image of it was ever made."""
        return self.path

    @property
    def shape(self) -> str:
        """As large as its paper is, where the file says so: what a clerk can hold beside it."""
        if not self.width:
            return self.path.suffix.removeprefix(".").upper()
        if not self.dpi:
            return f"{self.width} × {self.height} px"
        wide, high = (round(side * 25.4 / self.dpi) for side in (self.width, self.height))
        return f"{wide} × {high} mm, {self.dpi:.0f} dpi"


class Survivor(msgspec.Struct, frozen=True, kw_only=True):
    """An unfinished dossier as the stop left it."""

    dossier: str
    applicant: str
    title: str
    state: State
    in_work: bool
    """Whether somebody was working in it when the program died."""
    safe: int
    """Pages and attachments on disk."""
    last_component: str
    """Title of the component that got the last page; empty without pages."""
    last_place: int
    """Pages in that component."""
    orphans: tuple[Orphan, ...]
    lost: tuple[str, ...]
    """Ids of pages whose original is gone."""

    @property
    def needs_a_look(self) -> bool:
        """Whether the clerk should compare it with the paper."""
        return bool(self.in_work or self.orphans or self.lost)


class Broken(msgspec.Struct, frozen=True, kw_only=True):
    """A dossier whose journal cannot be read; nothing of it was changed."""

    dossier: str
    problem: str


class RecoveryReport(msgspec.Struct, frozen=True, kw_only=True):
    """All of it."""

    stopped_at: str
    """When the program that died last had begun; empty when every program ended well."""
    dossiers: tuple[Survivor, ...]
    """All unfinished ones."""
    unreadable: tuple[Broken, ...]

    @property
    def doubtful(self) -> tuple[Survivor, ...]:
        """Those to be compared with the paper."""
        return tuple(one for one in self.dossiers if one.needs_a_look)

    @property
    def is_news(self) -> bool:
        """Whether there is anything to tell."""
        return bool(self.stopped_at or self.doubtful or self.unreadable)


def told(report: RecoveryReport) -> Iterator[str]:
    """The report, a line at a time."""
    if not report.is_news:
        yield _("Every program ended well; nothing waits to be looked at.")
        return
    if report.stopped_at:
        stopped = _("ScanStation was stopped while it worked (begun {at}).")
        yield stopped.format(at=report.stopped_at[:16].replace("T", " "))
    for one in report.doubtful:
        yield from _told_of(one)
    for broken in report.unreadable:
        line = _("{id}: the journal cannot be read ({why}). Nothing was deleted.")
        yield line.format(id=broken.dossier[-12:], why=broken.problem)
        mend = _("  Make it anew from the pages: scanstation recover {id} --rebuild")
        yield mend.format(id=broken.dossier[-12:])
    calm = len(report.dossiers) - len(report.doubtful)
    whole = many(
        "{n} other unfinished dossier is whole.", "{n} other unfinished dossiers are whole.", calm
    )
    if calm:
        yield whole.format(n=calm)


def _told_of(one: Survivor) -> Iterator[str]:
    safe = many("{n} page is safe", "{n} pages are safe", one.safe).format(n=one.safe)
    yield f"{one.dossier[-12:]}  {one.applicant or '–'}, {one.title}: {safe}."
    if one.in_work:
        after = _(
            "  Somebody worked in it: compare with the paper what comes after page {n} of «{c}»."
        )
        none = _("  Somebody worked in it: compare it with the paper; no page was saved yet.")
        yield after.format(n=one.last_place, c=one.last_component) if one.safe else none
    for orphan in one.orphans:
        line = _("  A page was stored at {at} and never shown ({shape}; {size} kB): {path}")
        at, size = orphan.stored_at[11:19], -(-orphan.size // 1000)
        yield line.format(at=at, shape=orphan.shape, size=size, path=orphan.path)
        yield _("  Take it or set it aside: scanstation recover {id} --adopt {name}").format(
            id=one.dossier[-12:], name=orphan.path.name[:12]
        )
    for page in one.lost:
        yield _("  The original of page {id} is gone: scan it again.").format(id=page[-12:])
