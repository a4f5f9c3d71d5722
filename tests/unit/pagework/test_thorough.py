"""The thorough reading: better, said, and never waited for where nobody asked."""

import os
import stat
from pathlib import Path

import msgspec
import pytest

from scanstation.model.field import FieldName
from scanstation.model.page import PageOrder
from scanstation.pagepool import PagePool
from scanstation.pagework import work_page
from tests.helpers.counter import PAGES
from tests.helpers.parts import requires_part
from tests.unit.imaging.drawing import A4, DPI, LINE, printed, saved

pytestmark = requires_part("tesseract-vie", "tesseract-viet", "fonts")

STUB = """#!/bin/sh
case "$*" in
  *--version*) echo "tesseract 5.3.0" ;;
  *--list-langs*) echo Vietnamese ;;
  *"--psm 7"*) head -n 1 "$CANNED" > "$2.tsv" ;;
  *"-l vie "*) cp "$CANNED" "$2.tsv" ;;
  *) exec sleep 60 ;;
esac
"""
HEAD = "level page_num block_num par_num line_num word_num left top width height conf text"
WORD = "5 1 1 1 1 1 180 234 90 40 91.5 Căn"


@pytest.fixture
def order(tmp_path: Path) -> PageOrder:
    folder = tmp_path / "cache"
    folder.mkdir()
    return PageOrder(
        original=saved(printed(lines=8, size=(A4[0], 900)), tmp_path / "page.png"),
        dpi=DPI,
        rotation=0,
        deskew=True,
        reading="thorough",
        keeping="faithful",
        folder=folder,
    )


@pytest.fixture
def endless(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A tesseract that reads one word at once, none in single lines, and never ends again."""
    stub = tmp_path / "bin" / "tesseract"
    stub.parent.mkdir()
    stub.write_text(STUB)
    stub.chmod(stat.S_IRWXU)
    canned = tmp_path / "canned.tsv"
    canned.write_text("".join("\t".join(row.split()) + "\n" for row in (HEAD, WORD)))
    monkeypatch.setenv("CANNED", str(canned))
    monkeypatch.setenv("PATH", f"{stub.parent}:{os.environ['PATH']}")


def test_a_thorough_text_says_so_and_reads_the_page(order):
    text = work_page(order).text
    assert text.plain.splitlines() == [LINE] * 8
    assert text.engine.endswith(" vie+Vietnamese thorough")


def test_words_stay_where_they_are_printed(order):
    quick, thorough = work_page(order.first).text, work_page(order).text
    for before, after in zip(quick.lines, thorough.lines, strict=True):
        assert abs(before.words[0].box.x - after.words[0].box.x) <= 4
        assert abs(before.words[0].box.y - after.words[0].box.y) <= 8


def test_a_quick_order_is_content_with_the_thorough_text_already_there(order):
    assert work_page(order.first).text.engine.endswith(" quick")
    thorough = work_page(order)
    assert work_page(order.first) == thorough


def test_everything_but_the_text_and_its_proposals_is_the_quick_work(order):
    quick, thorough = work_page(order.first), work_page(order)
    assert msgspec.structs.replace(thorough, text=quick.text, fields=quick.fields) == quick


def test_a_letter_is_proposed_anew_from_the_thorough_text(order):
    letter = PAGES / "cong-van.jpg"
    order = msgspec.structs.replace(order, original=letter, dpi=300.0)
    quick, thorough = work_page(order.first), work_page(order)
    assert {one.name for one in thorough.fields} >= {one.name for one in quick.fields}
    doubted = {word.text for line in thorough.text.lines for word in line.words if word.doubt}
    assert all(set(one.unsure) <= doubted for one in thorough.fields)
    words = {word.text for line in thorough.text.lines for word in line.words}
    (abstract,) = [one for one in thorough.fields if one.name is FieldName.ABSTRACT]
    assert set(abstract.value.split()) <= words


def test_without_the_script_model_the_same_model_reads_again(order, tmp_path, monkeypatch):
    only = tmp_path / "tessdata"
    only.mkdir()
    for found in Path("/usr/share").rglob("vie.traineddata"):
        (only / found.name).symlink_to(found)
        (only / "configs").symlink_to(found.parent / "configs")
    monkeypatch.setenv("TESSDATA_PREFIX", str(only))
    text = work_page(order).text
    assert text.engine.endswith(" vie thorough")
    assert text.plain.splitlines() == [LINE] * 8


def test_rereading_leaves_nothing_beside_the_result(order):
    work_page(order)
    assert not list(order.folder.glob("reading-*"))


@pytest.mark.usefixtures("endless")
def test_a_second_reading_that_never_ends_leaves_the_first(order):
    text = work_page(msgspec.structs.replace(order, reading_limit_s=1.0)).text
    assert text.plain == "Căn"
    assert text.engine.endswith(" quick")


@pytest.mark.usefixtures("endless")
def test_sealing_does_not_wait_for_the_thorough_text_and_says_quick(order):
    with PagePool() as pages:
        slow = msgspec.structs.replace(order, reading_limit_s=5.0)
        pages.begin(slow)
        (worked,) = pages.finish([slow])
        assert worked.text.engine.endswith(" quick")


def test_who_asks_for_patience_gets_the_thorough_text(order):
    with PagePool() as pages:
        (worked,) = pages.finish([order], patient=True)
    assert worked.text.engine.endswith(" thorough")
