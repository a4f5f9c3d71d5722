"""Which PDF/A level and title an XMP packet claims: a claim, never a proof.

It takes bytes from strangers, so it refuses document type declarations and oversized packets.
"""

import re
from xml.etree import ElementTree

_LARGEST = 1 << 20
_PDFAID = "{http://www.aiim.org/pdfa/ns/id/}"
_TITLE = "{http://purl.org/dc/elements/1.1/}title"


def claim_in(xmp: bytes) -> str:
    """ "PDF/A-2u" and the like; empty without a claim or where the packet cannot be read.

    The packet may say it in elements or in attributes (ISO 19005-1 6.7.11, ISO 16684-1 7.9.2).
    """
    root = _read(xmp)
    if root is None:
        return ""
    part = _stated(root, f"{_PDFAID}part")
    level = _stated(root, f"{_PDFAID}conformance").lower()
    if not re.fullmatch("[1-4]", part) or not re.fullmatch("[abuef]?", level):
        return ""
    return f"PDF/A-{part}{level}"


def title_in(xmp: bytes) -> str:
    """The first title it gives; empty without one or where the packet cannot be read."""
    root = _read(xmp)
    said = next((one for one in root.iter(_TITLE)), None) if root is not None else None
    return next((text for text in said.itertext() if text.strip()), "") if said is not None else ""


def _read(xmp: bytes) -> ElementTree.Element | None:
    if len(xmp) > _LARGEST or re.search(rb"<!(DOCTYPE|ENTITY)", xmp):
        return None
    try:
        return ElementTree.fromstring(xmp)
    except (ElementTree.ParseError, LookupError, ValueError):
        return None


def _stated(root: ElementTree.Element, name: str) -> str:
    for element in root.iter():
        if name in element.attrib:
            return element.attrib[name].strip()
        if element.tag == name:
            return (element.text or "").strip()
    return ""
