"""Every field and every code is read where it stands, and stays silent on a neighbour without it.

From pixels: drawn papers, our own sheets as a printer lays them down. What is added without such a
pair fails here.
"""

import subprocess
from collections.abc import Callable
from datetime import date
from pathlib import Path

import numpy as np
import pytest
import segno
import zxingcpp
from PIL import Image

from scanstation.extract import idcard
from scanstation.extract.idcard import Doubt
from scanstation.imaging import codes, load
from scanstation.imaging.codes import _KINDS
from scanstation.model.field import Evidence, Field, FieldName
from scanstation.model.page import Code, PageOrder, WorkedPage
from scanstation.model.slipcode import dossier_in
from scanstation.pagework import work_page
from scanstation.sheets.payload import Separator, parse
from scanstation.sheets.separator import write_separators
from scanstation.sheets.slip import write_slip
from tests.helpers.counter import PAGES
from tests.helpers.parts import requires_part
from tests.unit.imaging.drawing import A4, DPI, grey, paper, printed
from tests.unit.pagework.test_remarks import stamped
from tests.unit.sheets.test_slip import SLIP
from tests.unit.test_separators import BIRTH

pytestmark = requires_part("tesseract-vie", "fonts", "poppler")
TODAY = date(2026, 11, 22)

# --- fields -----------------------------------------------------------------------------------

LETTER = {
    FieldName.NUMBER_SYMBOL: "162/UBND-VP",
    FieldName.PLACE: "Đức Thuận",
    FieldName.DATE: "2026-02-17",
    FieldName.TYPE: "Công văn",
    FieldName.AGENCY: "ỦY BAN NHÂN DÂN XÃ ĐỨC THUẬN",
    FieldName.ABSTRACT: "V/v tiếp nhận hồ sơ người có công trên địa bàn",
    FieldName.SIGNER: "Phạm Thu Thảo",
}
CARD = {
    FieldName.PERSONAL_NUMBER: "099176274570",
    FieldName.OLD_NUMBER: "094813011",
    FieldName.NAME: "Trịnh Bích Tuyết",
    FieldName.BORN: "06111976",
    FieldName.SEX: "Nữ",
    FieldName.RESIDENCE: "Thôn Giếng Chùa, Đức Thuận, Hà Lương",
    FieldName.CARD_ISSUED: "12122022",
}
STAMPED = {FieldName.URGENCY: "KHẨN"}
SILENT = {
    **dict.fromkeys(LETTER, "form"),
    **dict.fromkeys(CARD, "other-code"),
    FieldName.URGENCY: "draft",
}
"""A form has a place, a date, a type and a name, but no letter's head; another code has no card."""
RIGHT = {
    **dict.fromkeys(LETTER, "letter"),
    **dict.fromkeys(CARD, "card"),
    FieldName.URGENCY: "urgent",
}


@pytest.fixture(scope="module")
def pages(tmp_path_factory: pytest.TempPathFactory) -> Callable[[str], WorkedPage]:
    """Pages by name, each worked once and never changed."""
    drawn: dict[str, tuple[Callable[[], Image.Image], float]] = {
        "letter": (lambda: Image.open(PAGES / "cong-van.jpg"), 300),
        "form": (lambda: Image.open(PAGES / "to-khai.jpg"), 200),
        "card": (lambda: Image.open(PAGES / "cccd-copy.jpg"), 300),
        "other-code": (lambda: Image.open(PAGES / "qr-corner.jpg"), 200),
        "written": (lambda: Image.open(PAGES / "viet-tay.jpg"), 300),
        "urgent": (lambda: stamped("KHẨN", 2.0), 200),
        "draft": (lambda: stamped("DỰ THẢO", 2.0), 200),
    }
    known: dict[str, WorkedPage] = {}

    def page(name: str) -> WorkedPage:
        if name not in known:
            folder = tmp_path_factory.mktemp(name)
            draw, dpi = drawn[name]
            draw().save(folder / "page.png")
            order = PageOrder(
                original=folder / "page.png",
                dpi=dpi,
                rotation=0,
                deskew=True,
                reading="quick",
                keeping="faithful",
                folder=folder,
            )
            known[name] = work_page(order)
        return known[name]

    return page


def named(page: WorkedPage, name: FieldName) -> list[Field]:
    return [one for one in page.fields if one.name is name]


@pytest.mark.parametrize("name", FieldName)
def test_every_field_is_read_to_the_letter_where_it_stands(name, pages):
    (field,) = named(pages(RIGHT[name]), name)
    assert field.value == {**LETTER, **CARD, **STAMPED}[name]
    assert field.box.width > 0
    assert not field.confirmed


@pytest.mark.parametrize("name", FieldName)
def test_every_field_stays_silent_on_a_neighbour_without_it(name, pages):
    assert named(pages(SILENT[name]), name) == []


@pytest.mark.parametrize(
    ("evidence", "right", "silent"),
    [
        (Evidence.CODE, "card", "other-code"),
        (Evidence.PRINT, "letter", "form"),
        (Evidence.STAMP, "urgent", "draft"),
        (Evidence.HANDWRITING, "written", "letter"),
    ],
)
def test_every_evidence_is_told_where_it_is_true(evidence, right, silent, pages):
    assert evidence in {one.evidence for one in pages(right).fields}
    assert evidence not in {one.evidence for one in pages(silent).fields}


def test_a_handwritten_number_is_left_to_the_clerk(pages):
    (number,) = named(pages("written"), FieldName.NUMBER_SYMBOL)
    assert (number.value, number.evidence) == ("/GXN-UBND", Evidence.HANDWRITING)


# --- codes ------------------------------------------------------------------------------------

SOUND = "001090123456|012345678|Nguyễn Văn Thử|01011990|Nam|Số 1, Phường X, Hà Nội|15042021"
WRONG = {
    Doubt.NUMBER_FORM: SOUND.replace("001090123456", "00109012345"),
    Doubt.OLD_NUMBER_FORM: SOUND.replace("012345678", "12345"),
    Doubt.NO_NAME: SOUND.replace("Nguyễn Văn Thử", ""),
    Doubt.NO_RESIDENCE: SOUND.replace("Số 1, Phường X, Hà Nội", ""),
    Doubt.BORN_FORM: SOUND.replace("01011990", "31021990"),
    Doubt.ISSUED_FORM: SOUND.replace("15042021", "15/04/2021"),
    Doubt.SEX_FORM: SOUND.replace("Nam", "nam"),
    Doubt.SEX_AGAINST_NUMBER: SOUND.replace("Nam", "Nữ"),
    Doubt.BIRTH_YEAR_AGAINST_NUMBER: SOUND.replace("01011990", "01011991"),
    Doubt.BORN_IN_FUTURE: SOUND.replace("001090", "001226").replace("01011990", "23112026"),
    Doubt.ISSUED_IN_FUTURE: SOUND.replace("15042021", "23112026"),
    Doubt.ISSUED_BEFORE_BIRTH: SOUND.replace("15042021", "31121989"),
    Doubt.UNKNOWN_PROVINCE: SOUND.replace("001090", "999090"),
}
ALSO = {Doubt.BORN_IN_FUTURE: {Doubt.ISSUED_BEFORE_BIRTH}}


def coded(text: str) -> list[Code]:
    """The codes read on a page of print with a QR of `text` at 4 pixels a module."""
    page = printed(lines=10)
    code = np.array(list(segno.make_qr(text, error="m").matrix), np.uint8)
    large = np.where(code.repeat(4, axis=0).repeat(4, axis=1), 25, 240).astype(np.uint8)
    page[1100 : 1100 + len(large), 700 : 700 + len(large)] = large
    return list(codes.find(grey(page)))


def doubts(text: str) -> set[Doubt]:
    (code,) = coded(text)
    card = idcard.parse(code.text)
    assert card is not None
    return {one.doubt for one in idcard.check(card, TODAY)}


@pytest.mark.parametrize("doubt", Doubt)
def test_every_rule_a_card_can_break_is_named_from_its_pixels_and_no_other(doubt):
    assert doubts(WRONG[doubt]) == {doubt} | ALSO.get(doubt, set())


def test_a_sound_card_and_one_of_the_newer_kind_break_none():
    assert doubts(SOUND) == set()
    assert doubts(SOUND.replace("|012345678|", "||") + "|Trần Thị Thử|Nguyễn Văn Mẫu") == set()


def drawn(kind: str) -> np.ndarray:
    """A barcode or QR of that kind on an A4 page."""
    name = {made: form for form, made in _KINDS.items()}[kind]
    bars = np.array(
        zxingcpp.write_barcode_to_image(zxingcpp.create_barcode("HS 2026", name), scale=4)
    )
    page = paper()
    page[400 : 400 + bars.shape[0], 300 : 300 + bars.shape[1]] = bars
    return page


@pytest.mark.parametrize("kind", _KINDS.values())
def test_every_kind_of_code_is_read_and_its_print_alone_is_none(kind):
    page = drawn(kind)
    assert [(one.kind, one.text) for one in codes.find(grey(page))] == [(kind, "HS 2026")]
    page[400:2000, 300:500] = 250
    assert codes.find(grey(page)) == ()


@pytest.fixture(scope="module")
def sheets(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """What is read on a printed slip and separator, a card and a barcode, by what they are."""
    folder = tmp_path_factory.mktemp("sheets")
    write_slip(SLIP, folder / "slip.pdf")
    write_separators(BIRTH, folder / "separator.pdf")
    found = {"card": SOUND, "barcode": "H42.15.33-0001"}
    for name in ("slip", "separator"):
        target = folder / name
        command = ["pdftoppm", "-r", "200", "-png", "-singlefile", f"{target}.pdf", target]
        subprocess.run(command, check=True)
        (code,) = codes.find(load.load(Path(f"{target}.png"), 200.0).picture)
        found[name] = code.text
    assert (Image.open(folder / "separator.png").size) == A4
    assert DPI == 200.0
    return found


MEANINGS: dict[str, Callable[[str], bool]] = {
    "card": lambda text: idcard.parse(text) is not None,
    "slip": lambda text: dossier_in(text) == SLIP.dossier,
    "separator": lambda text: parse(text) == Separator(BIRTH.code, BIRTH.components[0].id),
}


@pytest.mark.parametrize("meaning", MEANINGS)
def test_every_code_of_the_counter_is_known_for_what_it_is_and_nothing_else(meaning, sheets):
    assert {name for name, text in sheets.items() if MEANINGS[meaning](text)} == {meaning}
