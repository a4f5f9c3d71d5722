from pathlib import Path

import msgspec
import pytest

from scanstation.extract import letter
from scanstation.model.field import Evidence, FieldName, first_of_each
from scanstation.model.page import Box, PageText, TextLine, Word, WorkedPage

WIDTH, HEIGHT = 1654, 2339
LETTER_WIDTH = 14
LETTER = (
    (250, 200, "ỦY BAN NHÂN DÂN"),
    (850, 200, "CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM"),
    (250, 240, "XÃ ĐỨC THUẬN"),
    (950, 240, "Độc lập - Tự do - Hạnh phúc"),
    (250, 310, "Số: 125/UBND-VP"),
    (900, 310, "Đức Thuận, ngày 05 tháng 01 năm 2026"),
    (250, 350, "V/v rà soát hồ sơ"),
    (300, 900, "Ủy ban nhân dân xã nhận được đơn."),
    (250, 1700, "Nơi nhận:"),
    (1000, 1700, "TM. ỦY BAN NHÂN DÂN"),
    (1050, 1740, "CHỦ TỊCH"),
    (1000, 1950, "Nguyễn Hữu Thử"),
)


def words(x: int, y: int, text: str, confidence: float) -> list[Word]:
    """Words set side by side, letters of one width."""
    found = []
    for word in text.split():
        found.append(
            Word(word, Box(x, y, LETTER_WIDTH * len(word), 28), confidence),
        )
        x += LETTER_WIDTH * (len(word) + 1)
    return found


def page(pieces, confidence: float = 90.0) -> WorkedPage:
    """A page whose lines hold every piece of one height, as an engine gives them."""
    rows: dict[int, list[Word]] = {}
    for x, y, text in pieces:
        rows.setdefault(y, []).extend(words(x, y, text, confidence))
    across = {y: sorted(found, key=lambda word: word.box.x) for y, found in rows.items()}
    lines = tuple(TextLine(tuple(across[y])) for y in sorted(across))
    return WorkedPage(
        width=WIDTH,
        height=HEIGHT,
        dpi=200,
        skew=0,
        layers=(),
        text=PageText(lines=lines, engine="test"),
        findings=(),
        codes=(),
        thumbnail=Path("t"),
        clean=Path("c"),
        stamp=None,
    )


def values(pieces):
    return {one.name: one.value for one in letter.fields(page(pieces), 1)}


def test_plain_letter_gives_all_its_fields():
    assert values(LETTER) == {
        FieldName.NUMBER_SYMBOL: "125/UBND-VP",
        FieldName.PLACE: "Đức Thuận",
        FieldName.DATE: "2026-01-05",
        FieldName.TYPE: "Công văn",
        FieldName.AGENCY: "ỦY BAN NHÂN DÂN XÃ ĐỨC THUẬN",
        FieldName.ABSTRACT: "V/v rà soát hồ sơ",
        FieldName.SIGNER: "Nguyễn Hữu Thử",
    }


def test_title_in_capitals_is_the_type():
    decision = [one for one in LETTER if not one[2].startswith("V/v")]
    assert values([*decision, (700, 420, "QUYẾT ĐỊNH")])[FieldName.TYPE] == "Quyết định"


def test_misread_tone_does_not_hide_the_type():
    decision = [one for one in LETTER if not one[2].startswith("V/v")]
    assert values([*decision, (700, 420, "QUYÉT ĐỊNH")])[FieldName.TYPE] == "Quyết định"


def test_office_under_another_is_the_issuer():
    office = ("UBND TỈNH HÀ LƯƠNG", "SỞ Y TẾ")
    pieces = [(x, y, text) for x, y, text in LETTER if not (x == 250 and y in (200, 240))]
    pieces += [(250, 200, office[0]), (250, 240, office[1])]
    assert values(pieces)[FieldName.AGENCY] == "SỞ Y TẾ"


def test_office_whose_name_takes_two_lines_is_named_whole():
    pieces = [(x, y, text) for x, y, text in LETTER if not (x == 250 and y in (200, 240))]
    pieces += [
        (300, 170, "BỘ Y TẾ"),
        (250, 210, "TRƯỜNG ĐẠI HỌC Y DƯỢC"),
        (290, 250, "THUẬN GIANG"),
    ]
    assert values(pieces)[FieldName.AGENCY] == "TRƯỜNG ĐẠI HỌC Y DƯỢC THUẬN GIANG"


def test_specks_beside_a_name_are_not_read_into_it():
    found = values([*swapped("XÃ ĐỨC THUẬN", "XÃ ĐỨC THUẬN.")])
    assert found[FieldName.AGENCY] == "ỦY BAN NHÂN DÂN XÃ ĐỨC THUẬN"


def swapped(old: str, new: str):
    return [(x, y, new if text == old else text) for x, y, text in LETTER]


def test_dust_before_a_number_or_a_place_does_not_hide_it_or_lower_its_confidence():
    first = page(LETTER)
    dust = Word("ˆ", Box(200, 320, 3, 3), 0.0)
    lines = tuple(TextLine((dust, *line.words, dust)) for line in first.text.lines)
    text = PageText(lines=lines, engine="test")
    assert letter.fields(msgspec.structs.replace(first, text=text)) == letter.fields(first)


@pytest.mark.parametrize(
    ("written", "proposed"),
    [
        ("Số: 22 /TTr-UBND", "22/TTr-UBND"),
        ("Số: #3 /TTr-UBND", "/TTr-UBND"),
        ("Só: 15/QĐ-UBND", "15/QĐ-UBND"),
        ("Số: 5/BC- UBND", "5/BC-UBND"),
        ("Số: 342/TB-ĐHYD.ĐTSĐH", "342/TB-ĐHYD.ĐTSĐH"),
    ],
)
def test_number_that_was_not_read_is_not_guessed(written, proposed):
    found = values(swapped("Số: 125/UBND-VP", written))
    assert found[FieldName.NUMBER_SYMBOL] == proposed


@pytest.mark.parametrize(
    ("written", "proposed"),
    [
        ("Đức Thuận, ngày 5 tháng 1 năm 2026", "2026-01-05"),
        ("Đức Thuận, ngày ⁄{5 tháng 02 năm 2026", "2026-02"),
        ("Đức Thuận, ngày 10 tháng L1 năm 2026", "2026"),
        ("Đức Thuận, ngày 45 tháng 01 năm 2026", "2026-01"),
    ],
)
def test_date_goes_only_as_far_as_it_was_read(written, proposed):
    found = values(swapped("Đức Thuận, ngày 05 tháng 01 năm 2026", written))
    assert found[FieldName.DATE] == proposed


def test_date_in_the_body_is_not_the_letters_date():
    body = [one for one in LETTER if "ngày" not in one[2]]
    body.append((300, 1000, "Đức Thuận, ngày 01 tháng 02 năm 2020"))
    assert FieldName.DATE not in values(body)


BLOCK = ("CHỦ TỊCH", "TM. ỦY BAN NHÂN DÂN")


def test_signer_is_found_beside_the_receivers_when_a_seal_hides_the_title():
    unsealed = [one for one in LETTER if one[2] not in BLOCK]
    assert values(unsealed)[FieldName.SIGNER] == "Nguyễn Hữu Thử"


def test_name_outside_any_signature_block_is_no_signer():
    assert FieldName.SIGNER not in values(
        [one for one in LETTER if one[2] not in (*BLOCK, "Nơi nhận:")]
    )


def test_signature_block_at_the_top_of_a_last_page_is_found():
    last = [(250, 300, "Nơi nhận:"), (1000, 300, "GIÁM ĐỐC"), (1000, 620, "Lê Hoàng Anh")]
    assert values(last) == {FieldName.SIGNER: "Lê Hoàng Anh"}


def test_lines_under_a_type_are_the_abstract_up_to_the_gap():
    decision = [one for one in LETTER if not one[2].startswith("V/v")]
    decision += [(700, 420, "QUYẾT ĐỊNH"), (560, 465, "Về việc thành lập Tổ công tác")]
    decision += [(600, 510, "rà soát thủ tục hành chính"), (600, 610, "Căn cứ Luật Hộ tịch;")]
    expected = "Về việc thành lập Tổ công tác rà soát thủ tục hành chính"
    assert values(decision)[FieldName.ABSTRACT] == expected


def test_letter_without_a_subject_has_no_abstract():
    bare = [one for one in LETTER if not one[2].startswith("V/v")]
    assert FieldName.ABSTRACT not in values(bare)


def test_number_read_without_certainty_is_handwriting_and_left_to_the_clerk():
    fields = {one.name: one for one in letter.fields(page(LETTER, confidence=58.0), 1)}
    number = fields[FieldName.NUMBER_SYMBOL]
    assert (number.value, number.evidence) == ("/UBND-VP", Evidence.HANDWRITING)
    day = fields[FieldName.DATE]
    assert (day.value, day.evidence) == ("2026", Evidence.HANDWRITING)


def test_printed_number_is_no_handwriting():
    fields = {one.name: one for one in letter.fields(page(LETTER), 1)}
    assert fields[FieldName.NUMBER_SYMBOL].evidence is Evidence.PRINT
    assert fields[FieldName.DATE].evidence is Evidence.PRINT


def test_agency_is_parted_from_the_states_name_on_the_same_line():
    pieces = [one for one in LETTER if one[1] != 200]
    pieces += [(250, 200, "ỦY BAN NHÂN DÂN CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM")]
    assert values(pieces)[FieldName.AGENCY] == "ỦY BAN NHÂN DÂN XÃ ĐỨC THUẬN"


def test_annexes_behind_a_letter_do_not_speak_for_it():
    annex = [(700, 420, "NGHỊ QUYẾT"), (250, 1700, "Nơi nhận:"), (1000, 1900, "Bùi Thị Vân")]
    both = first_of_each((*letter.fields(page(LETTER), 1), *letter.fields(page(annex), 2)))
    assert {one.page for one in both} == {1}


def test_proposal_shows_its_place_and_its_weakest_word():
    fields = letter.fields(page(LETTER, confidence=41.0), 3)
    (number,) = [one for one in fields if one.name is FieldName.NUMBER_SYMBOL]
    assert (number.page, number.confidence, number.confirmed) == (3, 41.0, False)
    assert (number.box.x, number.box.y) == (250, 310)


def test_page_of_another_kind_proposes_nothing():
    assert letter.fields(page([(300, 900, "Thửa đất số 12, tờ bản đồ số 5")]), 1) == ()
    assert letter.fields(page([]), 1) == ()
