"""Writes a PAdES B-B signature into a copy of a PDF, offline, with room for a later timestamp.

An incremental update: the bytes of the original come first and unchanged, in a new file that
appears whole or not at all. It refuses to touch the document's metadata, and asks no network.
"""

import asyncio
import io
from datetime import datetime
from pathlib import Path

from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.pdf_utils.misc import PdfError
from pyhanko.sign import signers
from pyhanko.sign.fields import SigFieldSpec, SigSeedSubFilter, enumerate_sig_fields
from pyhanko.sign.general import SigningError
from pyhanko.sign.signers.pdf_cms import PdfCMSSignedAttributes

from scanstation import durable, errors
from scanstation.model.clock import VIETNAM
from scanstation.model.signing import Stamp, StampPlace
from scanstation.signing.stamp import OfficerStamp

# Hexadecimal digits of /Contents, so 12,288 bytes. The CMS of government signatures with their
# TSA token measured 5,121 to 5,579 bytes on real files, whose software reserves 12,384.
RESERVED = 24576
FIELD = "ScanStation"


class _Update(IncrementalPdfFileWriter):
    """Leaves Info and XMP as the pdf room wrote them.

    pyHanko would name itself as the producer and put this PC's clock, not the act's instant, there.
    """

    def _update_meta(self) -> None:
        pass


def write_signed(
    signer: signers.Signer, source: Path, target: Path, stamp: Stamp | None, instant: datetime
) -> None:
    """Write `source` signed by `signer` at `instant` to `target`; None as stamp signs invisibly.

    ETSI.CAdES.detached with SHA-256, signing-certificate-v2 and the signer's whole chain (ETSI EN
    319 142-1). Raises UnreadableInput, SelfCheckFailed, MissingPart or StorageError; `target` then
    is what it was before.
    """
    try:
        signed = _signed(signer, source.read_bytes(), stamp, instant.astimezone(VIETNAM))
    except OSError as fault:
        raise errors.UnreadableInput(file=source.name, problem=fault.strerror) from fault
    except (PdfError, SigningError) as fault:
        raise errors.UnreadableInput(file=source.name, problem=str(fault)) from fault
    durable.publish(target, signed)


def _signed(
    signer: signers.Signer, original: bytes, stamp: Stamp | None, instant: datetime
) -> bytes:
    update = _Update(io.BytesIO(original))
    field = _free_name(update)
    work = signers.PdfSigner(
        signers.PdfSignatureMetadata(
            field_name=field, md_algorithm="sha256", subfilter=SigSeedSubFilter.PADES
        ),
        signer,
        stamp_style=OfficerStamp(officer=stamp.name, instant=instant) if stamp else None,
        new_field_spec=_field(field, stamp.place if stamp else None),
    )
    session = work.init_signing_session(update)
    session.system_time = instant
    document = session.prepare_tbs_document(validation_info=None, bytes_reserved=RESERVED)
    output = io.BytesIO()
    digest, _ = document.digest_tbs_document(output=output)
    attributes = PdfCMSSignedAttributes(signing_time=instant)
    asyncio.run(document.perform_signature(digest.document_digest, attributes))
    return output.getvalue()


def _free_name(update: IncrementalPdfFileWriter) -> str:
    taken = {name for name, _, _ in enumerate_sig_fields(update.prev)}
    return next(name for n in range(1, len(taken) + 2) if (name := f"{FIELD}{n}") not in taken)


def _field(name: str, place: StampPlace | None) -> SigFieldSpec:
    if place is None:
        return SigFieldSpec(name)
    box = (place.x, place.y, place.x + place.width, place.y + place.height)
    return SigFieldSpec(name, box=box)  # type: ignore[arg-type]  # typed int, written as floats
