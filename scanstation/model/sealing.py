"""What sealing decides, as pure rules: is it ready, where does the stamp go, what does it say.

No file is touched here; the story does what these rules say.
"""

from collections import Counter
from collections.abc import Iterator, Sequence
from datetime import datetime
from pathlib import Path

import msgspec

from scanstation import __version__, errors
from scanstation.i18n import _
from scanstation.model.account import Demand
from scanstation.model.acts import Entry, brought
from scanstation.model.clock import iso_vietnam, new_id
from scanstation.model.dossier import Attachment, Dossier, Page, State
from scanstation.model.manifest import (
    COMPONENT,
    SOURCE,
    ComponentEntry,
    ComponentFile,
    LargeSheet,
    Manifest,
)
from scanstation.model.page import FindingKind, WorkedPage
from scanstation.model.profile import Clerk, Component, StationSettings
from scanstation.model.reckoning import decisions, open_accounts
from scanstation.model.signing import PdfReport, Stamp, StampPlace, Verdict

PAYLOAD = "data/representations/rep1/data"
ORIGINALS = "data/originals"
"""Where the sources lie: never beside the components, whose names they share."""
TEXTS = "data/metadata/descriptive/text"
MADE = "PDF/A-2u"
RECEIVED = "as received"
TEXT = "text"


class Piece(msgspec.Struct, frozen=True, kw_only=True):
    """One file that goes into a package."""

    component: str
    path: Path
    sha256: str
    size: int
    pages: int
    claim: str
    role: str = COMPONENT
    signatures: tuple[Verdict, ...]
    made_with: str = ""


def must_be_ready(
    dossier: Dossier, entries: Sequence[Entry], clerk: Clerk, account: Demand
) -> None:
    """errors.WrongState, Incomplete, NotYourPages or AccountOpen when `clerk` cannot seal it.

    TT 01/2023/TT-VPCP Đ8(1): the signature is that of the officer who copied the paper; (2): that
    officer reconciles the number of originals with the number of copies.
    """
    if dossier.state is not State.OPEN:
        raise errors.WrongState(dossier=dossier.id, state=_(dossier.state), act=_("seal"))
    if dossier.missing:
        raise errors.Incomplete(missing=", ".join(one.title for one in dossier.missing))
    if not dossier.pages and not dossier.attachments:
        raise errors.Incomplete(missing="–")
    others = copied_by(dossier, entries) - {clerk.id}
    if others:
        raise errors.NotYourPages(clerk=clerk.id, others=", ".join(sorted(others)))
    if found := open_accounts(dossier, account):
        problems = "; ".join(f"{one.component.title}: {one.problem}" for one in found)
        raise errors.AccountOpen(problems=problems, dossier=dossier.id[-12:])


def must_not_be_secret(worked: Sequence[WorkedPage]) -> None:
    """errors.SecretPaper for a page with a secrecy mark: it is neither signed nor written out."""
    for number, page in enumerate(worked, start=1):
        if is_secret(page):
            raise errors.SecretPaper(page=number)


def is_secret(page: WorkedPage) -> bool:
    """Whether it carries a secrecy mark."""
    return any(one.kind is FindingKind.SECRET for one in page.findings)


def copied_by(dossier: Dossier, entries: Sequence[Entry]) -> set[str]:
    """Clerks who scanned or imported what stands in the dossier."""
    standing = {page.id for page in dossier.pages}
    standing |= {one.id for one in dossier.attachments if not one.removed}
    return {clerk for id_, clerk in copiers(entries).items() if id_ in standing}


def copiers(entries: Sequence[Entry]) -> dict[str, str]:
    """Clerk by id of everything ever brought in, also of what another dossier gave."""
    return {
        one.id: one.origin.clerk if one.origin else entry.clerk
        for entry in entries
        for one in brought(entry.act)
    }


def stamp_for(name: str, first: WorkedPage, component: str) -> Stamp:
    """The officer's stamp in the free place found on page 1; errors.StampPlaceTaken without one."""
    if first.stamp is None:
        raise errors.StampPlaceTaken(component=component)
    point = 72 / first.dpi
    box = first.stamp
    return Stamp(
        name=name,
        place=StampPlace(
            x=box.x * point,
            y=(first.height - box.y - box.height) * point,
            width=box.width * point,
            height=box.height * point,
        ),
    )


def must_be_sound(report: PdfReport, name: str, *, trusted: bool) -> None:
    """errors.SelfCheckFailed unless the last signature of what we signed holds in every respect."""
    if not report.signatures:
        raise errors.SelfCheckFailed(file=name, problem=_("the signature is missing"))
    last = report.signatures[-1]
    if not last.intact or not last.covers_whole_file:
        problem = _(last.problem) if last.problem else _("the signature is broken")
        raise errors.SelfCheckFailed(file=name, problem=problem)
    if trusted and not last.trusted:
        unknown = _("the certificate does not chain to a trusted root")
        problem = _(last.problem) if last.problem else unknown
        raise errors.SelfCheckFailed(file=name, problem=problem)
    if report.claim != MADE:
        problem = _("it claims «{found}» instead of {asked}")
        problem = problem.format(found=report.claim or "–", asked=MADE)
        raise errors.SelfCheckFailed(file=name, problem=problem)


def received(dossier: Dossier, component: str) -> Iterator[tuple[Attachment, str]]:
    """What was brought as a PDF for a component and goes along, each with its role."""
    yield from ((one, COMPONENT) for one in dossier.attached(component))
    yield from ((one, SOURCE) for one in dossier.sources(component))


def bag_names(dossier: Dossier, pieces: Sequence[Piece]) -> tuple[str, ...]:
    """Names inside the bag, in order of `pieces`: NN-component.pdf, then NN-component-2.pdf …

    A source has the same names with `-source` behind them, in a folder of its own.
    """
    numbers = {one.id: place for place, one in enumerate(dossier.procedure.components, start=1)}
    counts: Counter[tuple[str, str]] = Counter()
    names = []
    for piece in pieces:
        count = counts[piece.component, piece.role] = counts[piece.component, piece.role] + 1
        folder, kind = (ORIGINALS, "-source") if piece.role == SOURCE else (PAYLOAD, "")
        again = f"-{count}" if count > 1 else ""
        names.append(f"{folder}/{numbers[piece.component]:02d}-{piece.component}{kind}{again}.pdf")
    return tuple(names)


def component_entries(dossier: Dossier, pieces: Sequence[Piece]) -> tuple[ComponentEntry, ...]:
    """The checklist as sealed; lines without a file stay, so that an absence is on record."""
    named = list(zip(bag_names(dossier, pieces), pieces, strict=True))
    return tuple(
        _entry(number, component, dossier, named)
        for number, component in enumerate(dossier.procedure.components, start=1)
    )


def _entry(
    number: int, component: Component, dossier: Dossier, named: Sequence[tuple[str, Piece]]
) -> ComponentEntry:
    return ComponentEntry(
        number=number,
        id=component.id,
        title=component.title,
        form=component.form,
        files=tuple(
            ComponentFile(
                path=name,
                sha256=piece.sha256,
                size=piece.size,
                pages=piece.pages,
                claim=piece.claim,
                role=piece.role,
                signatures=piece.signatures,
                made_with=piece.made_with,
            )
            for name, piece in named
            if piece.component == component.id
        ),
        scanned=len(dossier.of(component.id)),
        large_sheets=large_sheets(dossier.of(component.id)),
        removed=sum(page.component == component.id for page in dossier.tombstones),
        decisions=decisions(dossier, component.id),
        account=dossier.accounts.get(component.id) if dossier.of(component.id) else None,
    )


def large_sheets(pages: Sequence[Page]) -> tuple[LargeSheet, ...]:
    """Sheets that several of `pages`, in their order, show; a lone image is a plain page."""
    found: list[LargeSheet] = []
    for number, page in enumerate(pages, start=1):
        if page.part > 1 and found and found[-1].page + found[-1].images == number:
            found[-1] = msgspec.structs.replace(found[-1], images=found[-1].images + 1)
        elif page.part == 1:
            found.append(LargeSheet(page=number, images=1))
    return tuple(sheet for sheet in found if sheet.images > 1)


class Origin(msgspec.Struct, frozen=True, kw_only=True):
    """Who seals, where and when."""

    package: str
    agency: str
    station: str
    sequence: int
    previous: str
    sealed_at: str
    clerk: Clerk
    software: str


def origin_of(
    settings: StationSettings, clerk: Clerk, instant: datetime, sequence: int, previous: str
) -> Origin:
    """A new package of this station, sealed by `clerk` at `instant`."""
    return Origin(
        package=new_id(instant),
        agency=settings.agency,
        station=settings.id,
        sequence=sequence,
        previous=previous,
        sealed_at=iso_vietnam(instant),
        clerk=clerk,
        software=f"scanstation {__version__}",
    )


def manifest_of(dossier: Dossier, pieces: Sequence[Piece], origin: Origin) -> Manifest:
    """dossier.json for these pieces."""
    return Manifest(
        package=origin.package,
        dossier=dossier.id,
        procedure=dossier.procedure.code,
        procedure_title=dossier.procedure.title,
        applicant=dossier.applicant,
        agency=origin.agency,
        station=origin.station,
        sequence=origin.sequence,
        previous=origin.previous,
        sealed_at=origin.sealed_at,
        clerk=origin.clerk.id,
        clerk_name=origin.clerk.name,
        software=origin.software,
        demo=dossier.demo,
        supersedes=dossier.supersedes,
        corrects=dossier.corrects,
        components=component_entries(dossier, pieces),
    )
