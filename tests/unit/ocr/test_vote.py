"""Readings are written as lines of words with their confidence: "Sở/90 Y/93 tế/20"."""

import pytest

from scanstation.model.page import Box, Doubt, PageText, TextLine, Word
from scanstation.ocr.vote import doubtful_lines, merged

WIDE, HIGH, APART = 100, 30, 60


def read(*lines: str, engine: str = "by hand") -> PageText:
    """Word n of a line stands in column n; `_` leaves a column empty."""
    return PageText(lines=tuple(_line(*row) for row in enumerate(lines)), engine=engine)


def _line(number: int, words: str) -> TextLine:
    places = [one.rpartition("/") for one in words.split()]
    boxes = [Box(column * WIDE, number * APART, WIDE - 20, HIGH) for column in range(len(places))]
    return TextLine(
        tuple(
            Word(text, box, float(confidence))
            for (text, _, confidence), box in zip(places, boxes, strict=True)
            if text != "_"
        )
    )


def plain(*readings: PageText) -> list[str]:
    return merged(readings, "vote").plain.splitlines()


def doubts(*readings: PageText) -> dict[str, Doubt]:
    text = merged(readings, "vote")
    return {w.text: w.doubt for line in text.lines for w in line.words if w.doubt}


def test_readings_that_agree_stay_as_they_are():
    once = read("Sở/90 Y/90 tế/90", "Phòng/90")
    assert merged((once, once, once), "vote").lines == once.lines
    assert merged((once,), "vote").engine == "vote"


def test_two_outvote_the_first():
    assert plain(read("đôi/96"), read("đổi/90"), read("đổi/91")) == ["đổi"]


def test_a_spelling_that_cannot_be_loses_against_one_that_can():
    assert plain(read("Đảngủyz/90"), read("Đảng/80")) == ["Đảng"]


def test_of_two_legal_words_alike_in_confidence_the_one_with_more_marks_is_taken():
    assert plain(read("quyên/90"), read("quyền/90")) == ["quyền"]


def test_no_vote_changes_a_digit_the_most_confident_reading_stays_and_is_marked():
    readings = (read("125/UBND/96"), read("123/UBND/80"), read("123/UBND/80"))
    assert plain(*readings) == ["125/UBND"]
    assert doubts(*readings) == {"125/UBND": Doubt.DIGITS}


def test_digits_all_readings_share_are_not_marked():
    assert doubts(read("2024/90 đôi/90"), read("2024/70 đổi/60"), read("2024/70 đổi/60")) == {}


@pytest.mark.parametrize(("second", "doubt"), [("_/0", Doubt.DIGITS), ("12/95", None)])
def test_a_figure_that_was_changed_stays_in_doubt_until_another_reading_has_it_too(second, doubt):
    changed = Word("12", Box(0, 0, WIDE - 20, HIGH), 80.0, Doubt.DIGITS)
    first = PageText(lines=(TextLine((changed,)),), engine="by hand")
    (word,) = (word for line in merged((first, read(second)), "vote").lines for word in line.words)
    assert word.doubt == doubt


def test_a_word_no_two_readings_agree_on_is_marked():
    assert doubts(read("bổ/90"), read("bồ/80"), read("bố/70")) == {"bổ": Doubt.DISPUTED}


def test_a_word_missing_in_the_first_reading_is_believed_when_two_saw_it():
    assert plain(read("GIÁM/90 _/0"), *[read("GIÁM/90 ĐỐC/50")] * 2) == ["GIÁM ĐỐC"]


@pytest.mark.parametrize(("confidence", "seen"), [(60, ["GIÁM"]), (90, ["GIÁM ĐỐC"])])
def test_a_word_only_one_reading_saw_is_believed_when_it_is_certain(confidence, seen):
    assert plain(read("GIÁM/90 _/0"), read(f"GIÁM/90 ĐỐC/{confidence}")) == seen


def test_a_line_the_first_reading_missed_comes_where_it_stands():
    first = read("Kính/90 gửi/90", "_/0", "Nơi/90 nhận/90")
    second = read("Kính/90 gửi/90", "Sở/95 Nội/95", "Nơi/90 nhận/90")
    assert plain(first, second) == ["Kính gửi", "Sở Nội", "Nơi nhận"]


def test_scrawl_across_lines_ties_no_lines_together():
    first = read("Sở/90", "Nội/90", "vụ/90")
    scrawl = PageText(lines=(TextLine((Word("J", Box(0, 0, 90, 200), 9.0),)),), engine="")
    assert plain(first, scrawl) == ["Sở", "Nội", "vụ"]


def test_a_frame_taken_for_figures_does_not_outvote_the_lines_inside_it():
    lines = [f"dòng/60 {number}/60" for number in range(8)]
    frame = Word("00/900", Box(0, 0, 2 * WIDE, 8 * APART), 70.0)
    framed = PageText(lines=(TextLine((frame,)), *read(*lines).lines), engine="")
    wanted = [f"dòng {number}" for number in range(8)]
    assert plain(read(*lines), framed) == wanted
    assert [line for line in plain(framed, read(*lines)) if line != "00/900"] == wanted


def test_a_mark_is_not_replaced_by_scrawl_one_reading_saw():
    assert plain(read("-/90"), read("t^V/0")) == ["-"]


def test_lines_in_doubt_are_those_that_differ_or_that_nobody_is_sure_of():
    first = read("Sở/90", "đôi/90", "ngày/30", "vụ/90")
    second = read("Sở/90", "đổi/90", "ngày/90", "vụ./90")
    assert doubtful_lines(first, second, 60.0) == (1, 2)
