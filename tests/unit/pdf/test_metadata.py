"""What the file says about itself."""

from xml.etree import ElementTree

import pytest

from scanstation.pdf import DocumentInfo, metadata
from tests.unit.pdf.worked import INFO


def test_the_packet_says_title_language_identifier_and_the_callers_date() -> None:
    packet = metadata.xmp_packet(INFO).decode()
    for said in (
        "Tờ khai đăng ký khai sinh",
        "vi-VN",
        "urn:uuid:0193",
        "2026-11-22T09:30:00+07:00",
    ):
        assert said in packet


def test_the_info_dictionary_agrees_with_the_packet() -> None:
    entries = metadata.info_entries(INFO)
    assert entries["/Title"] == INFO.title
    assert entries["/CreationDate"] == entries["/ModDate"] == "D:20261122093000+07'00'"


@pytest.mark.parametrize(
    "title", ["a < b & c > d", "]]>", 'dấu " nháy', "\x00\x0b\x1f\ud800 x", ""]
)
def test_any_title_leaves_well_formed_xml(title: str) -> None:
    info = DocumentInfo(title=title, created_at=INFO.created_at)
    ElementTree.fromstring(metadata.xmp_packet(info))


def test_a_date_without_an_offset_is_refused() -> None:
    info = DocumentInfo(title="x", created_at="2026-11-22T09:30:00")
    with pytest.raises(ValueError, match="offset"):
        metadata.xmp_packet(info)
