"""The document's record: the fields of the BKHCN guidance of 11/2025 for digitised papers, in XMP.

The guidance names fields, types and lengths but no namespace; the one here is ours, and declared
in the file as PDF/A wants it (ISO 19005-2 6.6.2.3.3). Only what is known is said: codes, dates and
classes that nobody confirmed are left out, never guessed.
"""

from collections.abc import Callable, Container, Mapping, Sequence
from datetime import date
from xml.sax.saxutils import escape

import msgspec

from scanstation.model.page import FindingKind, WorkedPage

PREFIX = "so"
NAMESPACE = "urn:scanstation:digitised-paper:1#"
FORMAT = "PDF/A-2u"


class DocumentRecord(msgspec.Struct, frozen=True, kw_only=True):
    """What the caller knows; empty where nobody said so."""

    doc_code: str = ""
    type_name: str = ""
    code_number: str = ""
    code_notation: str = ""
    issued: date | None = None
    organ_name: str = ""
    subject: str = ""
    infor_sign: str = ""
    keyword: str = ""
    mode: str = ""
    remarks: tuple[str, ...] = ()
    """Go behind what the pages' scale has to say."""
    confidence: str = "Số hóa"
    """How the file came to be, in the words of the archive rules."""


class _Field(msgspec.Struct, frozen=True):
    name: str
    kind: str
    longest: int
    about: str
    value: Callable[[DocumentRecord, Sequence[WorkedPage]], str]


def _issued(record: DocumentRecord, _: Sequence[WorkedPage]) -> str:
    """Year, day, month: the guidance prints its dates in this order."""
    return record.issued.strftime("%Y-%d-%m") if record.issued else ""


def _description(record: DocumentRecord, pages: Sequence[WorkedPage]) -> str:
    """Where true scale is not promised, and the remarks."""
    unknown = _numbers(
        [any(one.kind is FindingKind.UNKNOWN_SCALE for one in page.findings) for page in pages]
    )
    scale = f"Không rõ tỷ lệ bản gốc: trang {unknown}" if unknown else "Tỷ lệ 1:1"
    return "; ".join([scale, *record.remarks])


def _text_source(_: DocumentRecord, pages: Sequence[WorkedPage]) -> str:
    """Who read the pages, such as "tesseract 5.3.0 vie quick: 1-3"."""
    engines = list(dict.fromkeys(page.text.engine for page in pages))
    said = [
        f"{engine or 'not read'}: {_numbers([page.text.engine == engine for page in pages])}"
        for engine in engines
    ]
    return "; ".join(said)


def _numbers(which: Sequence[bool]) -> str:
    """Page numbers in ranges, such as 1-3, 7."""
    places = [number for number, true in enumerate(which, start=1) if true]
    starts = [one for one in places if one - 1 not in places]
    ends = [one for one in places if one + 1 not in places]
    pairs = zip(starts, ends, strict=True)
    return ", ".join(str(one) if one == last else f"{one}-{last}" for one, last in pairs)


FIELDS = (
    _Field("DocCode", "Text", 30, "document code, given by the agency", lambda r, _: r.doc_code),
    _Field("TypeName", "Text", 100, "kind of paper", lambda r, _: r.type_name),
    _Field("CodeNumber", "Text", 11, "number of the paper", lambda r, _: r.code_number),
    _Field("CodeNotation", "Text", 30, "symbol of the paper", lambda r, _: r.code_notation),
    _Field("IssuedDate", "Text", 10, "date of issue, YYYY-DD-MM", _issued),
    _Field("OrganName", "Text", 200, "who issued the paper", lambda r, _: r.organ_name),
    _Field("Subject", "Text", 500, "what the paper is about", lambda r, _: r.subject),
    _Field("Language", "Text", 100, "language of the paper", lambda *_: "Tiếng Việt"),
    _Field("PageAmount", "Integer", 4, "pages in this file", lambda _, pages: str(len(pages))),
    _Field("Description", "Text", 500, "remarks, such as an unknown scale", _description),
    _Field("InforSign", "Text", 30, "sign of the information", lambda r, _: r.infor_sign),
    _Field("Keyword", "Text", 100, "key words", lambda r, _: r.keyword),
    _Field("Mode", "Text", 20, "mode of use", lambda r, _: r.mode),
    _Field("ConfidenceLevel", "Text", 30, "how it came to be", lambda r, _: r.confidence),
    _Field("Format", "Text", 50, "format of this file", lambda *_: FORMAT),
    _Field("TextSource", "Text", 500, "who read the text layer, by page", _text_source),
)
"""The fifteen fields of the guidance with its lengths, and one of ours."""


def known(record: DocumentRecord, pages: Sequence[WorkedPage]) -> dict[str, str]:
    """Values by name, in the guidance's order and no longer than it allows."""
    found = {one.name: one.value(record, pages)[: one.longest] for one in FIELDS}
    return {name: " ".join(value.split()) for name, value in found.items() if value.strip()}


def properties(values: Mapping[str, str]) -> str:
    """The XMP elements of these values, which are sayable in XML."""
    return "".join(
        f"\n<{PREFIX}:{name}>{escape(value)}</{PREFIX}:{name}>" for name, value in values.items()
    )


def schema(names: Container[str]) -> str:
    """The extension schema that declares these fields: the packet is not compressed."""
    declared = "".join(_DECLARED.format(one=one) for one in FIELDS if one.name in names)
    return _SCHEMA.format(namespace=NAMESPACE, prefix=PREFIX, declared=declared)


_DECLARED = """
<rdf:li pdfaProperty:name="{one.name}" pdfaProperty:valueType="{one.kind}" \
pdfaProperty:category="external" pdfaProperty:description="{one.about}"/>"""
_SCHEMA = """
<pdfaExtension:schemas><rdf:Bag><rdf:li rdf:parseType="Resource">
<pdfaSchema:schema>Digitised paper (BKHCN 11/2025)</pdfaSchema:schema>
<pdfaSchema:namespaceURI>{namespace}</pdfaSchema:namespaceURI>
<pdfaSchema:prefix>{prefix}</pdfaSchema:prefix>
<pdfaSchema:property><rdf:Seq>{declared}
</rdf:Seq></pdfaSchema:property>
</rdf:li></rdf:Bag></pdfaExtension:schemas>"""
