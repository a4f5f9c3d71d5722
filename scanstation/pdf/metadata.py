"""What the file says about itself, twice and alike: the XMP packet and the info dictionary.

Dates come from the caller, never from the clock, so the same input gives the same bytes.
"""

from collections.abc import Sequence
from datetime import datetime
from xml.sax.saxutils import escape, quoteattr

import msgspec

from scanstation import __version__
from scanstation.model.page import WorkedPage
from scanstation.pdf import DocumentInfo, record

LANGUAGE = "vi-VN"
PRODUCER = f"ScanStation {__version__}"
_PACKET = """\
<?xpacket begin="\N{ZERO WIDTH NO-BREAK SPACE}" id="W5M0MpCehiHzreSzNTczkc9d"?>
<x:xmpmeta xmlns:x="adobe:ns:meta/">
<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">
<rdf:Description rdf:about=""
xmlns:dc="http://purl.org/dc/elements/1.1/"
xmlns:pdf="http://ns.adobe.com/pdf/1.3/"
xmlns:pdfaid="http://www.aiim.org/pdfa/ns/id/"
xmlns:pdfaExtension="http://www.aiim.org/pdfa/ns/extension/"
xmlns:pdfaProperty="http://www.aiim.org/pdfa/ns/property#"
xmlns:pdfaSchema="http://www.aiim.org/pdfa/ns/schema#"
xmlns:{prefix}="{namespace}"
xmlns:xmp="http://ns.adobe.com/xap/1.0/">
<pdfaid:part>2</pdfaid:part>
<pdfaid:conformance>U</pdfaid:conformance>
<dc:format>application/pdf</dc:format>
<dc:title><rdf:Alt><rdf:li xml:lang="x-default">{title}</rdf:li><rdf:li xml:lang={language}>\
{title}</rdf:li></rdf:Alt></dc:title>
<dc:language><rdf:Bag><rdf:li>{plain_language}</rdf:li></rdf:Bag></dc:language>{identifier}
<xmp:CreateDate>{date}</xmp:CreateDate>
<xmp:ModifyDate>{date}</xmp:ModifyDate>
<xmp:MetadataDate>{date}</xmp:MetadataDate>
<xmp:CreatorTool>{creator}</xmp:CreatorTool>
<pdf:Producer>{producer}</pdf:Producer>{properties}{schema}
</rdf:Description>
</rdf:RDF>
</x:xmpmeta>
<?xpacket end="r"?>"""


def xmp_packet(info: DocumentInfo, pages: Sequence[WorkedPage] = ()) -> bytes:
    """The XMP packet (ISO 16684-1) of a PDF/A-2u; ValueError for a date without an offset."""
    said = info.record
    if not said.type_name:
        said = msgspec.structs.replace(said, type_name=info.title)
    values = {name: sayable(value) for name, value in record.known(said, pages).items()}
    identifier = sayable(info.identifier)
    return _PACKET.format(
        title=escape(sayable(info.title)),
        language=quoteattr(LANGUAGE),
        plain_language=LANGUAGE,
        identifier=f"\n<dc:identifier>{escape(identifier)}</dc:identifier>" if identifier else "",
        date=_instant(info).isoformat(timespec="seconds"),
        creator=escape(sayable(info.creator_tool)),
        producer=escape(PRODUCER),
        prefix=record.PREFIX,
        namespace=record.NAMESPACE,
        properties=record.properties(values),
        schema=record.schema(values),
    ).encode()


def info_entries(info: DocumentInfo) -> dict[str, str]:
    """The info dictionary, which ISO 19005-2 wants to agree with the packet."""
    date = pdf_date(_instant(info))
    return {
        "/Title": sayable(info.title),
        "/Creator": sayable(info.creator_tool),
        "/Producer": PRODUCER,
        "/CreationDate": date,
        "/ModDate": date,
    }


def pdf_date(instant: datetime) -> str:
    """ISO 32000-1 7.9.4, such as D:20261122093000+07'00'."""
    offset = instant.strftime("%z")
    return f"D:{instant:%Y%m%d%H%M%S}{offset[:3]}'{offset[3:5]}'"


def _instant(info: DocumentInfo) -> datetime:
    instant = datetime.fromisoformat(info.created_at)
    if instant.tzinfo is None:
        raise ValueError(f"no offset in {info.created_at!r}")
    return instant


def sayable(text: str) -> str:
    """`text` without what XML 1.0 cannot hold, such as controls and half surrogates."""
    return "".join(each for each in " ".join(text.split()) if _is_xml(ord(each)))


def _is_xml(code: int) -> bool:
    return 0x20 <= code <= 0xD7FF or 0xE000 <= code <= 0xFFFD or code >= 0x10000
