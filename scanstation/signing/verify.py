"""Judges the signatures of a PDF, offline, against roots given by the caller.

It says what it knows and nothing more: revocation is "unchecked", a time is the signer's claim, and
old algorithms leave a signature intact but untrusted. A broken signature is a verdict, never a
crash; only a file that is no PDF is refused.
"""

import asyncio
import io
import logging
import struct
import zlib
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path

from cryptography.exceptions import UnsupportedAlgorithm
from pyhanko.keys import load_certs_from_pemder
from pyhanko.pdf_utils import generic
from pyhanko.pdf_utils.metadata.model import ExpandedName
from pyhanko.pdf_utils.metadata.xmp_xml import MetadataStream
from pyhanko.pdf_utils.misc import PdfError
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign.ades.report import AdESIndeterminate, AdESSubIndic
from pyhanko.sign.diff_analysis import DiffResult, ModificationLevel
from pyhanko.sign.fields import enumerate_sig_fields
from pyhanko.sign.validation import (
    EmbeddedPdfSignature,
    SignatureCoverageLevel,
    async_validate_pdf_signature,
    async_validate_pdf_timestamp,
)
from pyhanko.sign.validation.settings import KeyUsageConstraints
from pyhanko.sign.validation.status import DocumentTimestampStatus, PdfSignatureStatus
from pyhanko_certvalidator import ValidationContext

from scanstation import errors
from scanstation.i18n import _, mark
from scanstation.model.clock import Clock, SystemClock, iso_vietnam
from scanstation.model.signing import PdfReport, Verdict

# pyHanko logs what its verdicts also say; without a handler it would write over the screen.
for _name in ("pyhanko", "pyhanko_certvalidator"):
    logging.getLogger(_name).addHandler(logging.NullHandler())

# What pyHanko and asn1crypto let through on broken input, found by flipping bytes of real files.
_BROKEN = (
    PdfError,
    ValueError,
    TypeError,
    LookupError,
    AttributeError,
    AssertionError,
    ArithmeticError,
    NotImplementedError,
    RecursionError,
    EOFError,
    zlib.error,
    struct.error,
    UnsupportedAlgorithm,
)

# Sentences without variables: they go into packages in English and onto screens through `_`.
ALTERED = mark("the signed bytes were altered")
UNREADABLE = mark("the signature cannot be read")
ADDED = mark("something was added after signing that a signature does not allow")
SHA1 = mark("SHA-1 no longer proves anything")
WEAK = mark("its algorithm no longer proves anything")
UNKNOWN_ISSUER = mark("the certificate does not chain to a trusted root")
OUT_OF_TIME = mark("the certificate is expired or not valid yet")
UNTRUSTED = mark("the certificate was not accepted")

_REASONS: dict[AdESSubIndic | None, str] = {
    AdESIndeterminate.CRYPTO_CONSTRAINTS_FAILURE: WEAK,
    AdESIndeterminate.CRYPTO_CONSTRAINTS_FAILURE_NO_POE: WEAK,
    AdESIndeterminate.NO_CERTIFICATE_CHAIN_FOUND: UNKNOWN_ISSUER,
    AdESIndeterminate.EXPIRED: OUT_OF_TIME,
    AdESIndeterminate.NOT_YET_VALID: OUT_OF_TIME,
    AdESIndeterminate.OUT_OF_BOUNDS_NO_POE: OUT_OF_TIME,
    AdESIndeterminate.OUT_OF_BOUNDS_NOT_REVOKED: OUT_OF_TIME,
}
_SIGNING = KeyUsageConstraints(key_usage={"digital_signature", "non_repudiation"})
_PDFA = "http://www.aiim.org/pdfa/ns/id/"
_XMP = "http://ns.adobe.com/xap/1.0/"


class PadesVerifier:
    """Verifier over pyHanko. Not to be called inside a running event loop."""

    def __init__(self, clock: Clock | None = None) -> None:
        """Certificates must be valid at the clock's time; no time stated in a file is believed."""
        self._clock = clock or SystemClock()

    def report(self, path: Path, trust: Sequence[Path]) -> PdfReport:
        roots = [root for each in trust for root in _roots(each)]
        try:
            data = path.read_bytes()
        except OSError as fault:
            raise errors.UnreadableInput(file=path.name, problem=fault.strerror) from fault
        try:
            reader = PdfFileReader(io.BytesIO(data))
            if reader.encrypted:
                raise errors.LockedInput(file=path.name)
            pages = int(reader.root["/Pages"]["/Count"])
            fields = list(enumerate_sig_fields(reader, filled_status=True))
        except _BROKEN as fault:
            raise errors.UnreadableInput(file=path.name, problem=_("not a PDF")) from fault
        verdicts = tuple(
            _judged(reader, field.get_object(), name, self._context(roots))
            for name, _object, field in fields
        )
        claim, made_with = _said(data)
        return PdfReport(pages=pages, claim=claim, signatures=verdicts, made_with=made_with)

    def _context(self, roots: list[object]) -> ValidationContext:
        return ValidationContext(
            trust_roots=roots,
            allow_fetching=False,
            revocation_mode="soft-fail",
            moment=self._clock.now(),
        )


def _roots(pem: Path) -> list[object]:
    """The certificates of one PEM file, as pyHanko wants them."""
    try:
        roots = list(load_certs_from_pemder([str(pem)]))  # type: ignore[no-untyped-call]  # pyHanko's gap
    except OSError as fault:
        raise errors.UnreadableInput(file=pem.name, problem=fault.strerror) from fault
    except _BROKEN as fault:
        raise errors.UnreadableInput(file=pem.name, problem=_("not a PEM certificate")) from fault
    return roots


def _judged(
    reader: PdfFileReader, field: generic.DictionaryObject, name: str, context: ValidationContext
) -> Verdict:
    holder = signed_at = ""
    try:
        signature = EmbeddedPdfSignature(reader, field, name)
        holder, signed_at = _holder(signature), _claimed_time(signature)
        status = asyncio.run(_validated(signature, context))
        covers = _covers(status) and not _trails(reader, signature)
    except _BROKEN:
        return Verdict(
            holder=holder,
            signed_at=signed_at,
            intact=False,
            covers_whole_file=False,
            trusted=False,
            problem=UNREADABLE,
        )
    return Verdict(
        holder=holder,
        signed_at=signed_at,
        intact=status.intact and status.valid,
        covers_whole_file=covers,
        trusted=status.trusted,
        problem=_problem(status, covers=covers),
    )


async def _validated(
    signature: EmbeddedPdfSignature, context: ValidationContext
) -> PdfSignatureStatus | DocumentTimestampStatus:
    if signature.sig_object_type == "/DocTimeStamp":
        return await async_validate_pdf_timestamp(signature, context)
    return await async_validate_pdf_signature(signature, context, key_usage_settings=_SIGNING)


def _covers(status: PdfSignatureStatus | DocumentTimestampStatus) -> bool:
    if status.coverage == SignatureCoverageLevel.ENTIRE_FILE:
        return True
    changes = status.diff_result
    return (
        status.coverage == SignatureCoverageLevel.ENTIRE_REVISION
        and isinstance(changes, DiffResult)
        and changes.modification_level <= ModificationLevel.FORM_FILLING
        and status.docmdp_ok is True
    )


def _trails(reader: PdfFileReader, signature: EmbeddedPdfSignature) -> bool:
    """Bytes after the last revision, which is signed: pyHanko finds no change in them."""
    if signature.signed_revision != reader.xrefs.total_revisions - 1:
        return False
    _, _, start, length = (int(number) for number in signature.byte_range)
    reader.stream.seek(start + length)
    return bool(reader.stream.read().strip())


def _problem(status: PdfSignatureStatus | DocumentTimestampStatus, *, covers: bool) -> str:
    """The gravest reason to doubt; the fields of the verdict say the rest."""
    if not (status.intact and status.valid):
        return ALTERED
    if not covers:
        return ADDED
    if status.trusted:
        return ""
    reason = _REASONS.get(status.trust_problem_indic, UNTRUSTED)
    return SHA1 if reason is WEAK and status.md_algorithm == "sha1" else reason


def _holder(signature: EmbeddedPdfSignature) -> str:
    subject = signature.signer_cert.subject
    names = subject.native
    return str(names.get("common_name") or names.get("organization_name") or subject.human_friendly)


def _claimed_time(signature: EmbeddedPdfSignature) -> str:
    """The time the signer's PC claimed, or that a timestamp states.

    /M before the CMS attribute: on eight old signatures of real offices /M agreed with the TSA,
    while six CMS attributes stated Vietnam's wall clock as UTC. PAdES forbids the attribute.
    """
    if signature.sig_object_type == "/DocTimeStamp":
        moment = signature.signed_data["encap_content_info"]["content"].parsed["gen_time"].native
    elif "/M" in signature.sig_object:
        moment = generic.parse_pdf_date(signature.sig_object["/M"], strict=False)
    else:
        moment = signature.self_reported_timestamp
    return _iso(moment) if moment else ""


def _iso(moment: datetime) -> str:
    return iso_vietnam(moment) if moment.tzinfo else moment.isoformat(timespec="seconds")


def _said(data: bytes) -> tuple[str, str]:
    """The PDF/A level in the XMP (ISO 19005-2, 6.6.4) and its CreatorTool, or empty strings.

    Through a reader of its own: pyHanko 0.38 cannot compare revisions in a reader whose XMP was
    looked at ("No container reference available").
    """
    try:
        metadata = PdfFileReader(io.BytesIO(data)).root["/Metadata"]
        if not isinstance(metadata, MetadataStream):
            return "", ""
        said = {key: value.value for part in metadata.xmp for key, value in part}
        tool = said.get(ExpandedName(_XMP, "CreatorTool"), "")
        part = said.get(ExpandedName(_PDFA, "part"))
        level = str(said.get(ExpandedName(_PDFA, "conformance"), "")).lower()
        return f"PDF/A-{part}{level}" if part is not None else "", str(tool)
    except _BROKEN:
        return "", ""
