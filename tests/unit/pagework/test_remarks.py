"""What a whole page gives away: stamps, codes, signers, its likeness to a second scan."""

import tempfile
from pathlib import Path

import msgspec
import numpy as np
import pytest
import segno
from PIL import Image, ImageDraw, ImageFont

from scanstation.imaging import fingerprint, load
from scanstation.model.duplicates import SAME_PLACE, alike, duplicates
from scanstation.model.field import Evidence, FieldName
from scanstation.model.page import FindingKind, PageOrder
from scanstation.pagework import work_page
from tests.helpers.counter import PAGES
from tests.helpers.parts import requires_part
from tests.unit.imaging.drawing import SERIF, leaning

pytestmark = requires_part("tesseract-vie", "fonts")
RED = (205, 30, 45)
CARD = "099076274570||Trịnh Bích Tuyết|06111976|Nữ|Thôn Giếng Chùa, Đức Thuận|12122022"


@pytest.fixture
def worked(tmp_path):
    """Work an RGB image, or a fixture page as it is."""

    def work(image, dpi: float, **changes):
        folder = Path(tempfile.mkdtemp(dir=tmp_path))
        path = folder / "page.png"
        image.save(path)
        order = PageOrder(
            original=path,
            dpi=dpi,
            rotation=0,
            deskew=True,
            reading="quick",
            keeping="faithful",
            folder=folder,
        )
        return work_page(msgspec.structs.replace(order, **changes))

    return work


def letter() -> Image.Image:
    return Image.open(PAGES / "qr-corner.jpg").convert("RGB")


def stamped(text: str, lean: float, colour=RED, *, frame=True) -> Image.Image:
    """A letter at 200 dpi with a stamp of 40 x 11 mm below the office's name."""
    plate = Image.new("L", (320, 88), 0)
    pen = ImageDraw.Draw(plate)
    if frame:
        pen.rectangle((3, 3, 316, 84), outline=255, width=4)
    pen.text((160, 44), text, fill=255, font=ImageFont.truetype(SERIF, 50), anchor="mm")
    plate = plate.rotate(lean, expand=True, resample=Image.Resampling.BICUBIC)
    page = letter()
    page.paste(colour, (230, 330), plate)
    return page


def kinds(page) -> set[FindingKind]:
    return {one.kind for one in page.findings}


@pytest.mark.parametrize(
    ("text", "lean"), [("MẬT", 0.0), ("TỐI MẬT", 3.0), ("TUYỆT MẬT", -8.0), ("MẬT", -25.0)]
)
def test_secrecy_stamp_is_found_upright_and_leaning(worked, text, lean):
    page = worked(stamped(text, lean), 200)
    (secret,) = [one for one in page.findings if one.kind is FindingKind.SECRET]
    assert secret.measure >= secret.limit


def test_secrecy_mark_printed_without_a_frame_is_found(worked):
    page = worked(stamped("TỐI MẬT", 0.0, (20, 20, 20), frame=False), 200)
    assert FindingKind.SECRET in kinds(page)


@pytest.mark.parametrize("text", ["HỎA TỐC", "KHẨN", "DỰ THẢO", "BẢO MẬT"])
def test_other_stamp_is_no_secrecy_mark(worked, text):
    page = worked(stamped(text, 2.0), 200)
    assert FindingKind.SECRET not in kinds(page)
    urgency = [one for one in page.fields if one.name is FieldName.URGENCY]
    expected = [(text, Evidence.STAMP)] if text in ("HỎA TỐC", "KHẨN") else []
    assert [(one.value, one.evidence) for one in urgency] == expected


def test_words_about_secrecy_in_running_text_are_no_mark(worked):
    page = letter()
    pen, font = ImageDraw.Draw(page), ImageFont.truetype(SERIF, 36)
    for row, line in enumerate(("Mật khẩu của hệ thống là bí mật.", "BÍ MẬT NHÀ NƯỚC")):
        pen.text((240, 560 + 60 * row), line, fill=(20, 20, 20), font=font)
    assert FindingKind.SECRET not in kinds(worked(page, 200))


def test_letter_of_the_fixtures_proposes_its_fields(worked):
    page = worked(Image.open(PAGES / "cong-van.jpg"), 300)
    truth = (PAGES / "cong-van.txt").read_text("utf-8")
    values = {one.name: one.value for one in page.fields}
    assert {FieldName.AGENCY, FieldName.TYPE, FieldName.ABSTRACT, FieldName.SIGNER} <= set(values)
    assert values[FieldName.SIGNER] in truth
    assert values[FieldName.NUMBER_SYMBOL] in truth
    assert all(one.page == 0 and one.box.width > 0 for one in page.fields)


def test_form_that_is_no_letter_proposes_nothing(worked):
    page = worked(Image.open(PAGES / "dense.jpg"), 300)
    assert FieldName.NUMBER_SYMBOL not in {one.name for one in page.fields}


def test_card_code_becomes_fields_also_where_nothing_is_read(worked):
    page = worked(Image.open(PAGES / "cccd-copy.jpg"), 300, reading="none")
    assert {one.name for one in page.fields} >= {FieldName.PERSONAL_NUMBER, FieldName.RESIDENCE}
    assert {one.evidence for one in page.fields} == {Evidence.CODE}
    assert FindingKind.CARD_DOUBT not in kinds(page)


def test_card_that_does_not_add_up_is_told_on_the_page(worked):
    page = Image.new("RGB", (1654, 2339), (250, 250, 250))
    wrong = segno.make_qr(CARD, error="m")
    code = Image.fromarray(255 - 235 * np.array(list(wrong.matrix), np.uint8))
    page.paste(code.resize((code.width * 4, code.height * 4), Image.Resampling.NEAREST), (700, 700))
    assert FindingKind.CARD_DOUBT in kinds(worked(page, 200, reading="none"))


# --- the same page twice ----------------------------------------------------------------------


def again(name: str, dpi: int) -> Image.Image:
    """A second scan: crooked, moved, paler and grainy."""
    pixels = np.asarray(Image.open(PAGES / name).convert("RGB"))
    moved = np.roll(leaning(pixels, 0.6), (dpi // 20, dpi // 25), axis=(0, 1))
    grain = np.random.default_rng(4).normal(0, 2.5, moved.shape[:2])[..., None]
    return Image.fromarray((moved * 0.95 + grain).clip(0, 255).astype(np.uint8))


def test_page_scanned_twice_is_a_duplicate_and_its_neighbour_is_not(worked):
    first = worked(Image.open(PAGES / "cong-van.jpg"), 300)
    second = worked(again("cong-van.jpg", 300), 300)
    other = worked(Image.open(PAGES / "quyet-dinh.jpg"), 300)
    pages = {"a": first, "b": other, "c": second}
    found = duplicates(pages, {"a": "1", "b": "2", "c": "3"})
    assert set(found) == {"c"}
    assert found["c"].kind is FindingKind.DUPLICATE
    assert found["c"].limit <= found["c"].measure < 100


def test_exact_copy_is_a_duplicate_whatever_it_shows(worked):
    blank = worked(Image.new("RGB", (827, 1170), "white"), 100)
    assert set(duplicates({"a": blank, "b": blank}, {"a": "1", "b": "1"})) == {"b"}
    assert duplicates({"a": blank, "b": blank}, {"a": "1", "b": "2"}) == {}


@pytest.mark.parametrize("name", ["dense.jpg", "to-khai.jpg", "faint.jpg"])
def test_fingerprint_survives_a_second_scan(worked, name):
    dpi = 200 if name == "to-khai.jpg" else 300
    one = worked(Image.open(PAGES / name), dpi, reading="none")
    other = worked(again(name, dpi), dpi, reading="none")
    assert alike(one, other) >= SAME_PLACE


def test_page_without_ink_has_no_fingerprint():
    blank = load.load(PAGES / "blank.jpg", 200).picture
    assert fingerprint.fingerprint(blank) == ""
