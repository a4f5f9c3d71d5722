"""What the file says about itself."""

from datetime import date
from pathlib import Path
from xml.etree import ElementTree

import msgspec
import pytest

from scanstation.model.page import Finding, FindingKind, PageText
from scanstation.pdf import DocumentInfo, metadata, record
from scanstation.pdf.assemble import Pdf2uWriter
from scanstation.pdf.record import DocumentRecord
from tests.helpers.parts import requires_part
from tests.helpers.verapdf import judge
from tests.unit.pdf.worked import INFO, picture, quiet, worked


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


GUIDANCE = {
    "DocCode": 30, "TypeName": 100, "CodeNumber": 11, "CodeNotation": 30, "IssuedDate": 10,
    "OrganName": 200, "Subject": 500, "Language": 100, "PageAmount": 4, "Description": 500,
    "InforSign": 30, "Keyword": 100, "Mode": 20, "ConfidenceLevel": 30, "Format": 50,
}  # fmt: skip
"""BKHCN guidance of 11/2025, the table of metadata: name and length."""
TOLD = DocumentRecord(
    doc_code="G06.01_CV_000021_V1",
    type_name="Công văn",
    code_number="21",
    code_notation="CV-UBND",
    issued=date(2025, 2, 28),
    organ_name="UBND xã Quỳnh Phương <thử & nghiệm>",
    subject="Về việc " + "rất dài " * 100,
    infor_sign="I",
    keyword="khai sinh",
    mode="Công khai",
)


def properties(packet: bytes) -> dict[str, str]:
    return {
        element.tag.partition("}")[2]: element.text or ""
        for element in ElementTree.fromstring(packet).iter()
        if element.tag.startswith(f"{{{record.NAMESPACE}}}")
    }


def test_every_field_of_the_guidance_is_said_within_its_length(tmp_path: Path) -> None:
    info = msgspec.structs.replace(INFO, record=TOLD)
    said = properties(metadata.xmp_packet(info, [worked(tmp_path, picture(1))]))
    assert said.keys() == GUIDANCE.keys() | {"TextSource"}
    assert all(len(said[name]) <= longest for name, longest in GUIDANCE.items())
    assert said["IssuedDate"] == "2025-28-02"
    assert said["PageAmount"] == "1"
    assert said["OrganName"] == TOLD.organ_name


def test_what_nobody_said_is_left_out_and_the_kind_is_the_title() -> None:
    said = properties(metadata.xmp_packet(INFO))
    assert said["TypeName"] == INFO.title
    assert not said.keys() & {"DocCode", "CodeNumber", "CodeNotation", "IssuedDate", "Mode"}


@pytest.mark.parametrize("told", [DocumentRecord(), TOLD], ids=["little", "all"])
def test_every_field_said_is_declared_in_the_extension_schema(told: DocumentRecord) -> None:
    packet = metadata.xmp_packet(msgspec.structs.replace(INFO, record=told))
    name = "{http://www.aiim.org/pdfa/ns/property#}name"
    declared = {element.get(name) for element in ElementTree.fromstring(packet).iter()}
    assert declared - {None} == properties(packet).keys()


def test_pages_of_unknown_scale_are_named(tmp_path: Path) -> None:
    page = worked(tmp_path, picture(1))
    phone = msgspec.structs.replace(page, findings=(Finding(FindingKind.UNKNOWN_SCALE, 0, 0),))
    said = properties(metadata.xmp_packet(INFO, [page, phone, phone, page, phone]))
    assert said["Description"] == "Không rõ tỷ lệ bản gốc: trang 2-3, 5"
    assert properties(metadata.xmp_packet(INFO, [page]))["Description"] == "Tỷ lệ 1:1"


def test_who_read_each_page_is_said(tmp_path: Path) -> None:
    page = worked(tmp_path, picture(1))
    own = msgspec.structs.replace(page, text=PageText(lines=(), engine="the PDF's own text"))
    said = properties(metadata.xmp_packet(INFO, [page, own, page]))
    assert said["TextSource"] == "by hand: 1, 3; the PDF's own text: 2"


@requires_part("verapdf")
def test_verapdf_finds_the_record_well_declared(tmp_path: Path) -> None:
    info = msgspec.structs.replace(INFO, record=TOLD)
    Pdf2uWriter().write([worked(tmp_path, picture(1))], info, tmp_path / "out.pdf", quiet)
    verdict = judge(tmp_path / "out.pdf", "2u")
    assert verdict.compliant, verdict.failed
