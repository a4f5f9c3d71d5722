"""Rows that were read by themselves: believed, placed, or left out."""

from scanstation.model.page import Box, PageText, TextLine, Word
from scanstation.ocr.found import believed, with_rows


def row(y: int, *said: str, x: int = 100) -> list[Word]:
    parts = [one.rpartition("/") for one in said]
    boxes = [Box(x + 90 * place, y, 80, 30) for place in range(len(said))]
    return [Word(p[0], box, float(p[2])) for p, box in zip(parts, boxes, strict=True)]


def text(*rows: list[Word]) -> PageText:
    return PageText(lines=tuple(TextLine(tuple(one)) for one in rows), engine="by hand")


def test_a_forgotten_line_comes_between_its_neighbours():
    page = text(row(0, "Họ/97", "tên:/97"), row(200, "Quê/97", "quán:/97"))
    found = with_rows(page, [row(100, "Ngày/96", "sinh:/96")])
    assert found.plain.splitlines() == ["Họ tên:", "Ngày sinh:", "Quê quán:"]


def test_the_end_of_a_line_joins_its_line():
    page = text(row(0, "Họ/97", "tên:/97"))
    assert with_rows(page, [row(2, "Nguyễn/96", "Văn/96", x=280)]).plain == "Họ tên: Nguyễn Văn"


def test_another_column_stays_a_line_of_its_own():
    page = text(row(0, "Họ/97", "tên:/97"))
    assert len(with_rows(page, [row(2, "Nguyễn/96", x=900)]).lines) == 2


def test_scrawl_and_specks_are_left_out():
    page = text(row(0, "Họ/97", "tên:/97"))
    for scrawl in (["*xnev/13"], ["L/17"], ["/=../0"], ["k/96"], ["IựWw/95"], ["°/89"]):
        assert with_rows(page, [row(100, *scrawl)]) == page


def test_a_figure_alone_needs_to_be_sure():
    page = text(row(0, "Họ/97"))
    assert with_rows(page, [row(100, "6/97")]).plain == "Họ\n6"
    assert with_rows(page, [row(100, "6/70")]) == page


def test_what_was_not_believed_gives_way_and_what_was_stays():
    page = text(row(0, "S000/12", "sinh:/97"))
    assert [word.text for word in believed(page)] == ["sinh:"]
    assert with_rows(page, [row(0, "Ngày/96")]).plain == "Ngày sinh:"


def test_a_pattern_down_the_margin_takes_no_line_in():
    junk = Word("000/00", Box(20, 0, 40, 900), 3.0)
    page = text([junk], row(0, "Họ/97", "tên:/97"), row(200, "Quê/97", "quán:/97"))
    found = with_rows(page, [row(100, "Ngày/96", "sinh:/96")])
    assert "Ngày sinh:" in found.plain.splitlines()
