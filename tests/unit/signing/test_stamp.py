"""The officer's stamp: readable Vietnamese, inside its box, the same every time."""

import io
import re
import subprocess
import unicodedata
from itertools import pairwise
from pathlib import Path

import pikepdf
import pytest
from fontTools import subset
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from scanstation import errors
from scanstation.model.signing import Stamp, StampPlace
from scanstation.signing.font import PLACES, find_font, font_for
from scanstation.signing.pkcs12 import Pkcs12Signer
from scanstation.signing.stamp import ENOUGH, SIZE, arrange
from tests.helpers.parts import requires_part
from tests.unit.signing.conftest import INSTANT, NAME, PLACE, SHOWN

pytestmark = requires_part("fonts", "poppler")

LONG = "Công Tằng Tôn Nữ Thị Ngọc Quỳnh Phượng Uyển Nhi"
WORD = re.compile(r'<word xMin="([\d.]+)" yMin="([\d.]+)" xMax="([\d.]+)" yMax="([\d.]+)">([^<]+)<')


def stamped(signer: Pkcs12Signer, plain: Path, target: Path, stamp: Stamp) -> Path:
    signer.sign(plain, target, stamp, INSTANT)
    return target


def text_of(pdf: Path) -> str:
    found = subprocess.run(["pdftotext", "-layout", pdf, "-"], capture_output=True, check=True)
    return found.stdout.decode()


@pytest.mark.parametrize("name", [NAME, "Lê Ý", LONG, "ĐẶNG THỊ MỸ LỆ HẰNG"])
def test_name_and_time_can_be_copied_from_the_page(
    signer: Pkcs12Signer, plain: Path, tmp_path: Path, name: str
) -> None:
    pdf = stamped(signer, plain, tmp_path / "a.pdf", Stamp(name=name, place=PLACE))

    lines = text_of(pdf).strip("\f\n ").splitlines()

    assert " ".join(" ".join(lines[:-1]).split()) == name
    assert lines[-1].strip() == SHOWN


@pytest.mark.parametrize("name", [NAME, LONG, LONG * 2])
@pytest.mark.parametrize("place", [PLACE, StampPlace(x=300, y=40, width=90, height=22)])
def test_every_word_lies_inside_the_place(
    signer: Pkcs12Signer, plain: Path, tmp_path: Path, name: str, place: StampPlace
) -> None:
    pdf = stamped(signer, plain, tmp_path / "a.pdf", Stamp(name=name, place=place))
    found = subprocess.run(["pdftotext", "-bbox", pdf, "-"], capture_output=True, check=True)

    words = [
        tuple(map(float, word[:4])) for word in WORD.findall(found.stdout.decode(errors="replace"))
    ]

    assert len(words) == len(name.split()) + 1
    for left, top, right, bottom in words:
        assert place.x <= left < right <= place.x + place.width
        assert 842 - place.y - place.height <= top < bottom <= 842 - place.y


def test_no_ink_falls_outside_the_place(signer: Pkcs12Signer, plain: Path, tmp_path: Path) -> None:
    stacked = "ẮẰẲẴẶ ẤẦẨẪẬ ẾỀỂỄỆ ỐỒỔỖỘ ỨỪỬỮỰ gjpqy"
    pdf = stamped(signer, plain, tmp_path / "a.pdf", Stamp(name=stacked, place=PLACE))

    rows = drawn(pdf, dpi=72)

    inked = [(x, y) for y, row in enumerate(rows) for x, level in enumerate(row) if level < 200]
    assert len(inked) > 200
    assert {PLACE.x <= x <= PLACE.x + PLACE.width for x, _ in inked} == {True}
    assert {842 - PLACE.y - PLACE.height <= y <= 842 - PLACE.y for _, y in inked} == {True}


def test_stacked_marks_do_not_touch_the_line_above(
    signer: Pkcs12Signer, plain: Path, tmp_path: Path
) -> None:
    name = "jgpqy jgpqy jgpqy jgpqy ẪỄỖ ẪỄỖ ẪỄỖ ẪỄỖ ẪỄỖ ẪỄỖ"
    place = StampPlace(x=20, y=760, width=100, height=60)
    pdf = stamped(signer, plain, tmp_path / "a.pdf", Stamp(name=name, place=place))

    inked = [min(row) < 200 for row in drawn(pdf, dpi=300)]

    lines = sum(here and not above for above, here in pairwise(inked))
    assert lines >= 3 + 1  # the letters' three lines and the time, each parted by white rows


def drawn(pdf: Path, dpi: int) -> list[bytes]:
    """Grey rows of page 1."""
    asked = ["pdftoppm", "-r", str(dpi), "-gray", "-f", "1", "-l", "1", pdf]
    page = Image.open(io.BytesIO(subprocess.run(asked, capture_output=True, check=True).stdout))
    pixels = page.tobytes()
    return [pixels[start : start + page.width] for start in range(0, len(pixels), page.width)]


def test_a_normal_name_is_set_at_ten_points_on_one_line() -> None:
    set_ = arrange("Nguyễn Văn An", SHOWN, 170, 30, font_for("Nguyễn Văn An"))

    assert (set_.lines, set_.size) == (("Nguyễn Văn An", SHOWN), SIZE)


def test_a_name_a_little_too_long_shrinks_rather_than_breaks() -> None:
    set_ = arrange(NAME, SHOWN, 150, 30, font_for(NAME))

    assert set_.lines == (NAME, SHOWN)
    assert ENOUGH <= set_.size < SIZE


def test_a_very_long_name_breaks_evenly_where_that_keeps_it_larger() -> None:
    set_ = arrange(LONG, SHOWN, 170, 30, font_for(LONG))

    assert set_.lines == ("Công Tằng Tôn Nữ Thị Ngọc", "Quỳnh Phượng Uyển Nhi", SHOWN)


VIETNAMESE = st.text(alphabet="aAăâđêôơưẫễỗỵỰ gjpqyĐẶ ", max_size=80)


@given(VIETNAMESE, st.floats(40, 400), st.floats(10, 100))
def test_any_name_fits_any_box(name: str, width: float, height: float) -> None:
    font = font_for("aAăâđêôơưẫễỗỵỰ gjpqyĐẶ ")

    set_ = arrange(name, SHOWN, width, height, font)

    assert " ".join(set_.lines[:-1]).split() == name.split()
    assert 0 < set_.size <= SIZE
    assert max(font.measure(line) for line in set_.lines) * set_.size <= width
    assert len(set_.lines) * set_.size <= height


def test_a_decomposed_name_is_composed_before_it_is_drawn(
    signer: Pkcs12Signer, plain: Path, tmp_path: Path
) -> None:
    loose = unicodedata.normalize("NFD", f"  {NAME}\n")

    pdf = stamped(signer, plain, tmp_path / "a.pdf", Stamp(name=loose, place=PLACE))

    assert NAME in text_of(pdf)


def test_a_letter_the_font_lacks_is_refused_before_anything_is_written(
    signer: Pkcs12Signer, plain: Path, tmp_path: Path
) -> None:
    with pytest.raises(errors.SelfCheckFailed, match="漢"):
        stamped(signer, plain, tmp_path / "a.pdf", Stamp(name="An 漢", place=PLACE))

    assert list(tmp_path.iterdir()) == []


def appearance(pdf: Path) -> bytes:
    """The stamp's drawing and its font program."""
    with pikepdf.open(pdf) as opened:
        form = opened.pages[0].Annots[0].AP.N
        font = form.Resources.Font["/F"]
        descendant = font.DescendantFonts[0]
        parts = (form, font.ToUnicode, descendant.FontDescriptor.FontFile2)
        return b"".join(part.read_bytes() for part in parts) + bytes(descendant.BaseFont)


def test_the_same_stamp_is_drawn_with_the_same_bytes(
    signer: Pkcs12Signer, plain: Path, tmp_path: Path
) -> None:
    stamp = Stamp(name=NAME, place=PLACE)

    one = appearance(stamped(signer, plain, tmp_path / "a.pdf", stamp))
    other = appearance(stamped(signer, plain, tmp_path / "b.pdf", stamp))

    assert one == other


def test_no_box_in_the_page_for_an_invisible_signature(
    signer: Pkcs12Signer, plain: Path, tmp_path: Path
) -> None:
    target = tmp_path / "a.pdf"
    signer.sign(plain, target, None, INSTANT)

    assert text_of(target).strip("\f\n ") == ""
    with pikepdf.open(target) as opened:
        assert [float(each) for each in opened.pages[0].Annots[0].Rect] == [0, 0, 0, 0]


def test_a_missing_font_names_the_package_to_install(tmp_path: Path) -> None:
    with pytest.raises(errors.MissingPart, match="apt install fonts-liberation2"):
        find_font([tmp_path / "none.ttf"])


def test_a_font_without_vietnamese_counts_as_missing(tmp_path: Path) -> None:
    old = tmp_path / "old.ttf"
    cut = subset.Subsetter()
    cut.populate(text="Nguyen")
    font = find_font(PLACES)
    cut.subset(font)
    font.save(old)

    with pytest.raises(errors.MissingPart):
        find_font([old])
    assert find_font([old, *PLACES]).reader.file.name == str(next(p for p in PLACES if p.exists()))
