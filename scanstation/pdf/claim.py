"""Which PDF/A level an XMP packet claims: a claim, never a proof.

It takes bytes from strangers, so it refuses document type declarations and oversized packets.
"""

import re
from xml.etree import ElementTree

_LARGEST = 1 << 20
_PDFAID = "{http://www.aiim.org/pdfa/ns/id/}"


def claim_in(xmp: bytes) -> str:
    """ "PDF/A-2u" and the like; empty without a claim or where the packet cannot be read.

    The packet may say it in elements or in attributes (ISO 19005-1 6.7.11, ISO 16684-1 7.9.2).
    """
    if len(xmp) > _LARGEST or re.search(rb"<!(DOCTYPE|ENTITY)", xmp):
        return ""
    try:
        root = ElementTree.fromstring(xmp)
    except (ElementTree.ParseError, LookupError, ValueError):
        return ""
    part = _stated(root, f"{_PDFAID}part")
    level = _stated(root, f"{_PDFAID}conformance").lower()
    if not re.fullmatch("[1-4]", part) or not re.fullmatch("[abuef]?", level):
        return ""
    return f"PDF/A-{part}{level}"


def _stated(root: ElementTree.Element, name: str) -> str:
    for element in root.iter():
        if name in element.attrib:
            return element.attrib[name].strip()
        if element.tag == name:
            return (element.text or "").strip()
    return ""
