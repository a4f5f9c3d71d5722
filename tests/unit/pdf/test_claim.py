"""Reading a PDF/A claim out of metadata strangers wrote."""

import pytest

from scanstation.pdf.claim import claim_in

PACKET = (
    '<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF'
    ' xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">'
    '<rdf:Description xmlns:pdfaid="http://www.aiim.org/pdfa/ns/id/" {attributes}>{elements}'
    "</rdf:Description></rdf:RDF></x:xmpmeta>"
)


def packet(elements: str = "", attributes: str = "") -> bytes:
    return PACKET.format(elements=elements, attributes=attributes).encode()


def test_a_claim_in_elements_is_read() -> None:
    said = "<pdfaid:part>2</pdfaid:part><pdfaid:conformance>U</pdfaid:conformance>"
    assert claim_in(packet(said)) == "PDF/A-2u"


def test_a_claim_in_attributes_is_read() -> None:
    assert claim_in(packet(attributes='pdfaid:part="1" pdfaid:conformance="B"')) == "PDF/A-1b"


def test_pdf_a_4_has_no_level() -> None:
    assert claim_in(packet("<pdfaid:part>4</pdfaid:part>")) == "PDF/A-4"


@pytest.mark.parametrize(
    "said",
    [
        b"",
        b"not xml",
        b"<a/>",
        b"\xff\xfe\x00",
        packet("<pdfaid:part>9</pdfaid:part>"),
        packet("<pdfaid:part>2</pdfaid:part><pdfaid:conformance>\x1b[31m</pdfaid:conformance>"),
        packet("<pdfaid:part>2</pdfaid:part><pdfaid:conformance>XYZ</pdfaid:conformance>"),
        b'<!DOCTYPE a [<!ENTITY b "2">]>' + packet("<pdfaid:part>2</pdfaid:part>"),
        packet("<pdfaid:part>2</pdfaid:part>") + b" " * (1 << 20),
    ],
)
def test_anything_else_is_no_claim(said: bytes) -> None:
    assert claim_in(said) == ""
