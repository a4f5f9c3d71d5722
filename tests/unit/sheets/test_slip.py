"""The intake slip: what it says, that a phone reads it, and what it can never show."""

import re
import subprocess
from dataclasses import replace
from datetime import date, datetime
from pathlib import Path

import numpy as np
import pytest
import zxingcpp
from PIL import Image

from scanstation import errors
from scanstation.model.clock import VIETNAM
from scanstation.sheets import Paper, Slip
from scanstation.sheets.canvas import A5, MARGIN, Canvas, Cell, Style, find_font
from scanstation.sheets.slip import write_slip
from tests.helpers.parts import requires_part

pytestmark = [requires_part("fonts"), requires_part("poppler")]

SLIP = Slip(
    dossier="019ab4f2-7c31-7e5f-8a9b-3f5c7e89a0b1",
    station="H42.15.33-Q2",
    agency="UBND xã Tân Hợp",
    counter="Quầy 2",
    applicant="Trần Văn Khánh",
    code="1.001193",
    procedure="Đăng ký khai sinh",
    papers=(Paper(title="Tờ khai", pages=2), Paper(title="Giấy chứng sinh", pages=1)),
    missing=(),
    received=datetime(2026, 11, 20, 15, 42, tzinfo=VIETNAM),
    expected=date(2026, 11, 23),
)
CASE_CODES = (
    r"[A-Z]\d{2}(?:\.\d{1,3}){0,3}-\d{6}-\d{4,}",
    r"\d{3}\.\d{2}\.\d{2}\.[A-Z]\d{2}-\d{6}-\d{4,}",
)
LONG = "Công Tằng Tôn Nữ Nguyễn Phước Bảo Ngọc Thị Phương Quỳnh " * 6


def pages(slip: Slip, folder: Path, dpi: int = 150) -> list[Image.Image]:
    """The slip as a printer would lay it down."""
    write_slip(slip, folder / "slip.pdf")
    program = ["pdftoppm", "-r", str(dpi), "-gray", folder / "slip.pdf", folder / "page"]
    subprocess.run(program, check=True)
    return [Image.open(path) for path in sorted(folder.glob("page-*.pgm"))]


def read(image: Image.Image, folder: Path) -> str:
    """What Tesseract reads on it."""
    image.save(folder / "read.png", dpi=(300, 300))
    program = ["tesseract", folder / "read.png", "-", "-l", "vie", "--psm", "4"]
    done = subprocess.run(program, capture_output=True, text=True, check=True)
    return " ".join(done.stdout.split())


@pytest.mark.parametrize("dpi", [300, 100], ids=["a flatbed", "a poor camera"])
def test_the_code_leads_back_to_the_dossier_and_the_station(tmp_path: Path, dpi: int) -> None:
    (page,) = pages(SLIP, tmp_path, dpi)
    found = zxingcpp.read_barcodes(page)
    assert [one.text for one in found] == [f"SSD1|{SLIP.dossier}|{SLIP.station}"]


def test_the_code_survives_a_stain_over_a_corner_of_it(tmp_path: Path) -> None:
    (page,) = pages(SLIP, tmp_path, 300)
    place = zxingcpp.read_barcodes(page)[0].position
    right, bottom = place.bottom_right.x, place.bottom_right.y
    side = (right - place.top_left.x) // 4
    page.paste(255, (right - side, bottom - side, right + 1, bottom + 1))
    assert [one.text for one in zxingcpp.read_barcodes(page)] == [
        f"SSD1|{SLIP.dossier}|{SLIP.station}"
    ]


@requires_part("tesseract-vie")
def test_the_citizen_reads_what_was_taken_in_and_what_is_only_expected(tmp_path: Path) -> None:
    (page,) = pages(SLIP, tmp_path, 300)
    text = read(page, tmp_path)
    for words in (
        "UBND xã Tân Hợp",
        "PHIẾU GHI NHẬN",
        "Trần Văn Khánh",
        "Đăng ký khai sinh (1.001193)",
        "15 giờ 42 phút, Thứ Sáu, ngày 20/11/2026",
        "Thứ Hai, ngày 23/11/2026 (dự kiến)",
        "Cộng: 2 loại giấy tờ, 3 trang",
        "KHÔNG phải Giấy tiếp nhận hồ sơ",
        "do hệ thống trung tâm cấp",
    ):
        assert words in text
    assert not any(re.search(code, text) for code in CASE_CODES)


@requires_part("tesseract-vie")
def test_a_trial_station_says_that_its_slip_is_worth_nothing(tmp_path: Path) -> None:
    (page,) = pages(replace(SLIP, demo=True), tmp_path, 300)
    assert read(page, tmp_path).count("BẢN THỬ, KHÔNG CÓ GIÁ TRỊ") == 2


@requires_part("tesseract-vie")
def test_what_is_missing_is_asked_for_and_no_day_is_named(tmp_path: Path) -> None:
    lacking = replace(SLIP, missing=("Giấy báo tử",), expected=None)
    (page,) = pages(lacking, tmp_path, 300)
    text = read(page, tmp_path)
    assert re.search(r"Còn thiếu: \W+ Giấy báo tử", text)
    assert "dự kiến sau khi nộp đủ" in text
    assert "23/11/2026" not in text


@pytest.mark.parametrize(
    "code",
    [
        "H42.15.33-251021-0001",
        "000.00.53.H48-220921-0099",
        "G06.01-261120-0112345",
        "Hồ sơ h42-251021-0001 của bà Mai",
        "H42.15.33–251021–0001",
    ],
)
@pytest.mark.parametrize("field", ["applicant", "station", "counter", "agency", "procedure"])
def test_nothing_that_reads_like_an_official_case_code_is_ever_printed(
    tmp_path: Path, field: str, code: str
) -> None:
    bad: Slip = replace(SLIP, **{field: code})  # type: ignore[arg-type]  # a text in a text field
    with pytest.raises(errors.LooksOfficial, match="official case code"):
        write_slip(bad, tmp_path / "slip.pdf")
    assert list(tmp_path.iterdir()) == []


def test_equal_slips_give_equal_bytes_and_another_time_gives_others(tmp_path: Path) -> None:
    for name, slip in (
        ("a", SLIP),
        ("b", replace(SLIP)),
        ("c", replace(SLIP, received=SLIP.received.replace(minute=43))),
    ):
        write_slip(slip, tmp_path / name)
    first, second, third = ((tmp_path / name).read_bytes() for name in "abc")
    assert first == second != third


def test_the_paper_is_a5(tmp_path: Path) -> None:
    write_slip(SLIP, tmp_path / "slip.pdf")
    program = ["pdfinfo", tmp_path / "slip.pdf"]
    told = subprocess.run(program, capture_output=True, text=True, check=True).stdout
    assert "Page size:       419.52 x 595.32 pts" in told
    assert "Pages:           1\n" in told


def outside(page: Image.Image) -> int:
    """Dark pixels beyond the margins (0.5 mm of grace for slanted letters)."""
    ink = np.asarray(page) < 128
    grace = 0.5
    left = round((MARGIN - grace) / A5.width * ink.shape[1])
    top = round((MARGIN - grace) / A5.height * ink.shape[0])
    whole = int(ink.sum())
    return whole - int(ink[top : ink.shape[0] - top, left : ink.shape[1] - left].sum())


@pytest.mark.parametrize(
    "slip",
    [
        replace(SLIP, applicant=LONG, agency=LONG, procedure=LONG, counter=LONG, missing=(LONG,)),
        replace(SLIP, applicant="Ẫ" * 300, station="Q" * 90),
        replace(SLIP, papers=tuple(Paper(title=LONG, pages=999) for _ in range(12))),
        replace(SLIP, applicant=LONG * 20),
    ],
    ids=["long everything", "no space to break at", "many papers", "longer than a page"],
)
def test_long_names_are_wrapped_inside_the_margins(tmp_path: Path, slip: Slip) -> None:
    for page in pages(slip, tmp_path):
        assert outside(page) == 0


@requires_part("tesseract-vie")
def test_a_long_checklist_goes_on_overleaf_and_loses_no_line(tmp_path: Path) -> None:
    papers = tuple(Paper(title=f"Văn bản số {n} về nhà ở", pages=n) for n in range(1, 41))
    found = pages(replace(SLIP, papers=papers), tmp_path, 300)
    assert len(found) == 2
    text = " ".join(read(page, tmp_path) for page in found)
    assert [n for n in range(1, 41) if f"Văn bản số {n} về nhà ở" not in text] == []
    assert "Trang 1/2" in text
    assert "Trang 2/2" in text


def test_the_code_never_touches_a_long_agency_name(tmp_path: Path) -> None:
    (page,) = pages(replace(SLIP, agency=LONG), tmp_path, 300)
    assert len(zxingcpp.read_barcodes(page)) == 1


def test_a_row_is_kept_together_when_it_fits_on_one_page(tmp_path: Path) -> None:
    canvas = Canvas(A5)
    canvas.y = A5.height - MARGIN - 12
    canvas.write(Cell(LONG, Style(11)))
    pdf = tmp_path / "rows.pdf"
    pdf.write_bytes(canvas.pdf("rows", SLIP.received))
    subprocess.run(["pdftoppm", "-r", "50", "-gray", pdf, tmp_path / "row"], check=True)
    first, second = (Image.open(path) for path in sorted(tmp_path.glob("row-*.pgm")))
    assert int((np.asarray(first) < 128).sum()) == 0
    assert int((np.asarray(second) < 128).sum()) > 0


def test_a_folder_that_is_not_there_is_a_sentence(tmp_path: Path) -> None:
    with pytest.raises(errors.StorageError, match="cannot be written"):
        write_slip(SLIP, tmp_path / "none" / "slip.pdf")


def test_a_machine_without_the_font_is_told_how_to_get_it(tmp_path: Path) -> None:
    with pytest.raises(errors.MissingPart, match="apt install fonts-liberation2"):
        find_font(Style(11), (tmp_path,))
