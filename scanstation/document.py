"""Pages become one checked PDF/A-2u, signed when a signer is given; sealing and digitise share it.

Work the pages, find the stamp's place, write, sign, verify. It refuses to hand on a file whose
own signature it could not verify, and to rewrite a PDF that somebody has already signed.
"""

from collections.abc import Callable, Generator, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

from scanstation import durable, errors
from scanstation.i18n import _
from scanstation.model import sealing
from scanstation.model.clock import Clock, iso_vietnam
from scanstation.model.dossier import Page
from scanstation.model.events import Event, FileWritten, Noticed, PageSaved, Side, Step
from scanstation.model.manifest import COMPONENT
from scanstation.model.page import PageFile, PageOrder, Taken, WorkedPage
from scanstation.model.profile import Clerk, Keeping, Treatment
from scanstation.model.sealing import Piece
from scanstation.model.signing import PdfReport, Signer
from scanstation.pdf import DocumentInfo, ForeignPdf, PdfReader, PdfWriter
from scanstation.pdf.record import DocumentRecord
from scanstation.signing import Verifier

if TYPE_CHECKING:
    from scanstation.workspace.store import Holder  # at run time it would load Pillow


class PageWork(Protocol):
    """Pages worked in other processes, while the feeder still feeds."""

    def begin(self, order: PageOrder) -> None:
        """Start early; the result waits in the order's cache folder."""
        ...

    def peek(self, order: PageOrder) -> WorkedPage | None:
        """The result if it is there; otherwise start and do not wait."""
        ...

    def finish(self, orders: Sequence[PageOrder], *, patient: bool = False) -> Iterator[WorkedPage]:
        """Results in the order given; only with `patient` thorough readings are waited for."""
        ...


@dataclass(frozen=True)
class Signature:
    """Who signs, and under which name the visible stamp stands (None: no stamp)."""

    signer: Signer
    stamped: str | None


@dataclass(frozen=True)
class Documents:
    """The document maker; one per station."""

    images: Callable[[Path, Path], Iterator[PageFile]]
    pages: PageWork
    writer: PdfWriter
    reader: PdfReader
    verifier: Verifier
    trust: tuple[Path, ...]
    clock: Clock
    agency: str = ""
    """Whose station it is; empty for work without a station."""
    imported: Treatment = field(default_factory=Treatment)
    """What is done to pages that come as files."""

    def look(self, path: Path) -> ForeignPdf | None:
        """What a PDF is; None for an image. errors.UnreadableInput when it is not there."""
        if not path.is_file():
            problem = _("it is a folder") if path.is_dir() else _("no such file")
            raise errors.UnreadableInput(file=path, problem=problem)
        try:
            with path.open("rb") as stream:
                is_pdf = b"%PDF-" in stream.read(1024)
        except PermissionError as fault:
            problem = _("this account may not read it")
            raise errors.UnreadableInput(file=path.name, problem=problem) from fault
        except OSError as fault:
            raise errors.UnreadableInput(file=path.name, problem=fault.strerror) from fault
        return self.reader.inspect(path) if is_pdf or path.suffix.lower() == ".pdf" else None

    def pages_of(self, path: Path, scratch: Path, *, single: bool = False) -> Iterator[PageFile]:
        """The page images of an image file or an unsigned PDF; with `single` exactly one."""
        found = self.look(path)
        if found and found.signatures:
            raise errors.SignedInput(file=path)
        pages = self.reader.pages(path, scratch) if found else self.images(path, scratch)
        if single:
            pages = tuple(pages)
            if len(pages) != 1:
                problem = _("it has {n} pages and a replacement is one").format(n=len(pages))
                raise errors.UnreadableInput(file=path.name, problem=problem)
        yield from pages

    def adopt(
        self,
        holder: "Holder",
        component: str,
        scanned: PageFile,
        clerk: Clerk,
        treatment: Treatment,
        replaces: str = "",
        side: Side = Side.ANY,
    ) -> PageSaved:
        """Make a page durable, then start work on it; the scratch file is gone afterwards."""
        page = holder.adopt(scanned, component, clerk.id, treatment=treatment, replaces=replaces)
        scanned.path.unlink(missing_ok=True)
        self.pages.begin(order_of(holder, page))
        place = len(holder.dossier.of(page.component))
        return PageSaved(page=page, position=place, side=side)

    def report(self, path: Path) -> PdfReport:
        """What can be said offline about a PDF's claim and signatures."""
        return self.verifier.report(path, self.trust)

    def make(
        self,
        orders: Sequence[PageOrder],
        title: str,
        target: Path,
        signature: Signature | None,
        *,
        patient: bool = False,
        record: DocumentRecord | None = None,
        identifier: str = "",
    ) -> Generator[Event, None, PdfReport]:
        """Write `target` from worked pages and report on it; nothing half made is left.

        Each page goes in as well read as it is by now, unless `patient`.
        """
        instant = self.clock.now()
        worked: list[WorkedPage] = []
        for page in self.pages.finish(orders, patient=patient):
            worked.append(page)
            yield Step(what="read", done=len(worked), total=len(orders))
            if page.findings:
                yield Noticed(page=len(worked), findings=page.findings)
        sealing.must_not_be_secret(worked)
        info = DocumentInfo(
            title=title,
            created_at=iso_vietnam(instant),
            identifier=identifier,
            creator_tool=_tools(worked),
            record=record or DocumentRecord(),
        )
        if signature is None:
            self.writer.write(worked, info, target, lambda _: None)
            report = self.report(target)
        else:
            report = self._signed(worked, info, target, signature, instant)
        return report

    def _signed(
        self,
        worked: Sequence[WorkedPage],
        info: DocumentInfo,
        target: Path,
        signature: Signature,
        instant: datetime,
    ) -> PdfReport:
        stamp = (
            sealing.stamp_for(signature.stamped, worked[0], info.title)
            if signature.stamped
            else None
        )
        plain, signed = target.with_suffix(".plain"), target.with_suffix(".signed")
        try:
            self.writer.write(worked, info, plain, lambda _: None)
            signature.signer.sign(plain, signed, stamp, instant)
            report = self.report(signed)
            sealing.must_be_sound(report, target.name, trusted=bool(self.trust))
            durable.publish_file(signed, target)
        finally:
            plain.unlink(missing_ok=True)
            signed.unlink(missing_ok=True)
        return report

    def digitise(
        self,
        inputs: Iterable[Path],
        target: Path,
        treatment: Treatment,
        signature: Signature | None,
        scratch: Path,
        keeping: Keeping = Keeping.FAITHFUL,
    ) -> Iterator[Event]:
        """Images and unsigned PDFs to one PDF/A-2u without a dossier."""
        orders: list[PageOrder] = []
        for number, path in enumerate(inputs):
            place = durable.make_folder(scratch / f"input-{number}")
            for page in self.pages_of(path, place):
                folder = durable.make_folder(scratch / f"page-{len(orders)}")
                orders.append(
                    order_for(page.path, page.dpi, 0, treatment, keeping, folder, page.taken)
                )
                self.pages.begin(orders[-1])
        made = scratch / "made.pdf"
        yield from self.make(orders, target.stem, made, signature, patient=True)
        durable.publish_file(made, target)
        yield FileWritten(path=target, pages=len(orders), signed=signature is not None)


def order_of(holder: "Holder", page: Page) -> PageOrder:
    """The work order for a page of a dossier."""
    keeping = holder.dossier.procedure.keeping_of(page.component)
    folder = holder.cache(page, f"worked-{page.rotation}-{keeping}")  # no two ways share files
    facts = (page.dpi, page.rotation, page.treatment, keeping)
    return order_for(holder.original(page), *facts, folder, holder.taken(page))


def _tools(worked: Iterable[WorkedPage]) -> str:
    """ScanStation and how the pages were read, such as "ScanStation; tesseract 5.3.0 vie quick"."""
    return "; ".join(["ScanStation", *sorted({page.text.engine for page in worked} - {""})])


def order_for(
    original: Path,
    dpi: float,
    rotation: int,
    treatment: Treatment,
    keeping: Keeping,
    folder: Path,
    taken: Taken | None = None,
) -> PageOrder:
    """The work order for one original."""
    return PageOrder(
        taken=taken,
        original=original,
        dpi=dpi,
        rotation=rotation,
        deskew=treatment.deskew,
        reading=treatment.reading,
        asked_dpi=float(treatment.asked_dpi),
        one_bit=treatment.one_bit,
        keeping=keeping,
        folder=folder,
    )


def piece_of(
    component: str, path: Path, report: PdfReport, claim: str, role: str = COMPONENT
) -> Piece:
    """A finished file as it goes into a package."""
    return Piece(
        role=role,
        component=component,
        path=path,
        sha256=durable.sha256_of(path),
        size=path.stat().st_size,
        pages=report.pages,
        claim=claim,
        signatures=report.signatures,
        made_with=report.made_with if claim == sealing.MADE else "",
    )
