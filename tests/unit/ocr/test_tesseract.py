import os
import stat
import unicodedata
from pathlib import Path

import pytest
from PIL import Image, ImageDraw, ImageFont

from scanstation import errors
from scanstation.ocr import Reader
from scanstation.ocr.tesseract import Tesseract
from tests.helpers.parts import requires_part

pytestmark = requires_part("tesseract-vie", "fonts")
SERIF = "/usr/share/fonts/truetype/liberation2/LiberationSerif-Regular.ttf"
LINES = ("Ủy ban nhân dân xã Đức Thuận", "Đơn đề nghị cấp bản sao trích lục", "Số: 125/UBND-VP")


@pytest.fixture
def page(tmp_path) -> Path:
    image = Image.new("L", (1200, 500), 255)
    pen, font = ImageDraw.Draw(image), ImageFont.truetype(SERIF, 42)
    for number, line in enumerate(LINES):
        pen.text((80, 80 + 110 * number), line, fill=0, font=font)
    image.save(tmp_path / "page.pgm")
    return tmp_path / "page.pgm"


def test_printed_vietnamese_is_read_line_by_line(page):
    reader: Reader = Tesseract()
    assert reader.read(page, 300).plain.splitlines() == list(LINES)


def test_text_is_nfc(page):
    plain = Tesseract().read(page, 300).plain
    assert plain == unicodedata.normalize("NFC", plain)
    assert plain != unicodedata.normalize("NFD", plain)


def test_words_carry_their_place_and_confidence(page):
    first = Tesseract().read(page, 300).lines[0].words[0]
    assert first.text == "Ủy"
    assert abs(first.box.x - 80) < 8
    assert abs(first.box.y - 80) < 25
    assert 20 < first.box.height < 60
    assert 60 < first.confidence <= 100


def test_single_lines_are_read_in_one_run_each_by_itself(tmp_path):
    font = ImageFont.truetype(SERIF, 42)
    images = []
    for number, line in enumerate((LINES[0], LINES[2], LINES[1])):
        image = Image.new("L", (900, 90), 255)
        ImageDraw.Draw(image).text((40, 20), line, fill=0, font=font)
        images.append(tmp_path / f"{number}.pgm")
        image.save(images[-1])
    read = Tesseract().read_lines(images, 300)
    said = [" ".join(word.text for word in words) for words in read]
    assert said == [LINES[0], LINES[2], LINES[1]]
    assert abs(read[2][0].box.x - 40) < 8, "in pixels of its own image"


def test_no_lines_need_no_engine(monkeypatch):
    monkeypatch.setenv("PATH", "")
    assert Tesseract().read_lines([], 300) == ()


def test_engine_is_named_with_version_language_and_level(page):
    engine = Tesseract().read(page, 300).engine
    assert engine.startswith("tesseract ")
    assert engine.endswith(" vie quick")
    assert engine.split()[1][0].isdigit()


def test_empty_page_has_no_lines_but_was_read(tmp_path):
    Image.new("L", (600, 800), 255).save(tmp_path / "page.pgm")
    text = Tesseract().read(tmp_path / "page.pgm", 200)
    assert text.lines == ()
    assert text.engine


def test_reading_leaves_nothing_beside_the_image(page):
    Tesseract().read(page, 300)
    assert [one.name for one in page.parent.iterdir()] == ["page.pgm"]


def test_missing_language_names_the_line_that_installs_it(page, tmp_path, monkeypatch):
    empty = tmp_path / "tessdata"
    empty.mkdir()
    monkeypatch.setenv("TESSDATA_PREFIX", str(empty))
    with pytest.raises(errors.MissingPart) as missing:
        Tesseract().read(page, 300)
    assert "apt install tesseract-ocr tesseract-ocr-vie" in missing.value.sentence("vi")
    assert "vie" in missing.value.sentence("en")


def test_missing_orientation_data_is_named(page, tmp_path, monkeypatch):
    empty = tmp_path / "tessdata"
    empty.mkdir()
    monkeypatch.setenv("TESSDATA_PREFIX", str(empty))
    with pytest.raises(errors.MissingPart, match="osd"):
        Tesseract().orientation(page, 300)


def test_missing_engine_names_the_line_that_installs_it(page, tmp_path, monkeypatch):
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(errors.MissingPart) as missing:
        Tesseract().read(page, 300)
    assert "apt install tesseract-ocr tesseract-ocr-vie" in missing.value.sentence("en")


def test_engine_that_never_ends_is_stopped(page, tmp_path, monkeypatch):
    stuck = tmp_path / "bin" / "tesseract"
    stuck.parent.mkdir()
    stuck.write_text("#!/bin/sh\nexec sleep 60\n")
    stuck.chmod(stat.S_IRWXU)
    monkeypatch.setenv("PATH", f"{stuck.parent}:{os.environ['PATH']}")
    with pytest.raises(errors.ReadingTimeout):
        Tesseract(limit_s=0.3).read(page, 300)


def test_file_that_is_no_image_is_told(tmp_path):
    (tmp_path / "page.pgm").write_bytes(b"P5 nothing")
    with pytest.raises(errors.UnreadableInput, match="tesseract"):
        Tesseract().read(tmp_path / "page.pgm", 300)


def test_folder_that_is_gone_is_a_storage_fault(tmp_path):
    with pytest.raises(errors.StorageError):
        Tesseract().read(tmp_path / "gone" / "page.pgm", 300)


@pytest.mark.parametrize("turned", [0, 90, 180, 270])
def test_orientation_says_how_to_turn_a_page_upright(tmp_path, turned):
    image = Image.new("L", (1654, 2339), 255)
    pen, font = ImageDraw.Draw(image), ImageFont.truetype(SERIF, 36)
    for number in range(20):
        pen.text((150, 200 + 60 * number), " ".join(LINES[:2]), fill=0, font=font)
    image.rotate(turned, expand=True).save(tmp_path / "page.pgm")
    advice = Tesseract().orientation(tmp_path / "page.pgm", 200)
    assert advice.clockwise == turned
    assert advice.confidence > 2


def test_orientation_of_an_empty_page_is_unknown(tmp_path):
    Image.new("L", (600, 800), 255).save(tmp_path / "page.pgm")
    assert Tesseract().orientation(tmp_path / "page.pgm", 200).confidence == 0
