"""Settings -> the third story: names the concrete backends of arriving files, as bootstrap does.

Apart from bootstrap because a station without such a folder loads none of it.
"""

from collections.abc import Callable
from pathlib import Path

from scanstation import errors, i18n
from scanstation.arrivals import ArrivalParts, Arrivals, TakeIn
from scanstation.i18n import _
from scanstation.model.arrival import Glance
from scanstation.model.clock import SystemClock
from scanstation.model.signing import Verdict
from scanstation.scanner.inbox import Inbox, InboxParts
from scanstation.settings import Station

CLOCK = SystemClock()


def arrivals(station: Station, take: TakeIn) -> Arrivals:
    """The files that arrive without a clerk; `take` is how the first story imports files.

    errors.UsageError when station.toml names no folder for them, or a forbidden one.
    """
    from scanstation.scanner.inbox_watch import watching

    source = folder_of(station)
    parts = InboxParts(
        source=source,
        home=station.folder / "inbox",
        owner=station.settings.id,
        clock=CLOCK,
        problem_in=unfinished,
    )
    return Arrivals(
        ArrivalParts(
            inbox=Inbox(parts),
            glance=glance,
            verdicts=_verdicts(station.settings.trust),
            hints=lambda: watching(source, station.settings.inbox.watching),
            take=take,
            clock=CLOCK,
        )
    )


def folder_of(station: Station) -> Path:
    """The device's folder; errors.UsageError for none, or for one that holds the station's data."""
    source = station.settings.inbox.folder
    if source is None:
        raise errors.UsageError(detail=_("station.toml: [inbox] needs folder"))
    theirs, ours = source.resolve(), station.folder.resolve()
    if theirs.is_relative_to(ours) or ours.is_relative_to(theirs):
        detail = _("station.toml: [inbox] folder «{folder}» and the station's data must lie apart")
        raise errors.UsageError(detail=detail.format(folder=source))
    return source


def glance(path: Path, thumbnail: Path | None) -> Glance:
    """What an image or a PDF shows, seen by a child process with limits; errors.InputError."""
    from scanstation.pdf.confined import ConfinedReader
    from scanstation.scanner.glance import glance as glance_at_image

    with path.open("rb") as stream:
        is_pdf = b"%PDF-" in stream.read(1024)
    if not is_pdf:
        return glance_at_image(path, thumbnail)
    if thumbnail is None:
        found, size = ConfinedReader().inspect(path), (0, 0)
    else:
        found, size = ConfinedReader().glance(path, thumbnail)
    return Glance(
        kind="pdf",
        pages=found.pages,
        signatures=found.signatures,
        width=size[0],
        height=size[1],
    )


def unfinished(path: Path) -> str:
    """Why a file is not whole, in the clerk's words; empty when it opens to its end."""
    from scanstation.scanner.glance import ending

    try:
        problem = ending(path)
        if not problem:
            glance(path, None)
    except OSError as fault:
        return fault.strerror or str(fault)
    except errors.InputError as fault:
        return fault.sentence(i18n.language())
    return problem


def _verdicts(trust: tuple[Path, ...]) -> Callable[[Path], tuple[Verdict, ...]]:
    def judge(path: Path) -> tuple[Verdict, ...]:
        from scanstation.signing.verify import PadesVerifier

        return PadesVerifier(CLOCK).report(path, trust).signatures

    return judge
