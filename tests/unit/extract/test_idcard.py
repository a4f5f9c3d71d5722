from datetime import date

import msgspec
import pytest

from scanstation.extract import idcard
from scanstation.extract.idcard import Doubt
from scanstation.model.field import FieldName
from scanstation.model.page import Box, Code, FindingKind, WorkedPage
from tests.unit.extract.test_letter import page

TODAY = date(2026, 11, 22)
SOUND = "001090123456|012345678|Nguyễn Văn Thử|01011990|Nam|Số 1, Phường X, Hà Nội|15042021"


def page_with(code: Code) -> WorkedPage:
    return msgspec.structs.replace(page([]), codes=(code,))


def doubts(**changes):
    card = idcard.parse(SOUND)
    names = ("number", "old_number", "name", "born", "sex", "residence", "issued")
    text = "|".join(str(changes.get(name, getattr(card, name))) for name in names)
    changed = idcard.parse(text)
    return {one.doubt for one in idcard.check(changed, TODAY)} if changed else None


def test_sound_card_is_parsed_field_by_field():
    card = idcard.parse(SOUND)
    assert (card.number, card.old_number, card.name) == (
        "001090123456",
        "012345678",
        "Nguyễn Văn Thử",
    )
    assert (card.born, card.sex, card.issued) == ("01011990", "Nam", "15042021")
    assert card.residence == "Số 1, Phường X, Hà Nội"
    assert card.more == ()


def test_sound_card_raises_no_doubt():
    assert doubts() == set()


def test_empty_old_number_is_sound():
    assert doubts(old_number="") == set()


def test_fields_of_newer_cards_are_kept_raw():
    card = idcard.parse(SOUND + "|Nguyễn Văn Cha||Trần Thị Mẹ")
    assert card.more == ("Nguyễn Văn Cha", "", "Trần Thị Mẹ")
    assert idcard.check(card, TODAY) == ()


@pytest.mark.parametrize(
    "text",
    [
        "",
        "H42.15.33-251021-0001",
        "https://example.invalid/|a|b|c|d|e|f",
        "001090123456|012345678|Nguyễn Văn Thử|01011990|Nam|15042021",
    ],
)
def test_code_of_something_else_is_no_card(text):
    assert idcard.parse(text) is None


def test_decomposed_text_is_composed():
    assert idcard.parse("001090123456||Thử|01011990|Nam|Hà Nội|15042021").name == "Thử"


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({"number": "00109012345"}, Doubt.NUMBER_FORM),
        ({"number": "٠٠١٠٩٠١٢٣٤٥٦"}, Doubt.NUMBER_FORM),
        ({"old_number": "12345"}, Doubt.OLD_NUMBER_FORM),
        ({"name": ""}, Doubt.NO_NAME),
        ({"residence": ""}, Doubt.NO_RESIDENCE),
        ({"born": "31021990"}, Doubt.BORN_FORM),
        ({"born": "01/01/1990"}, Doubt.BORN_FORM),
        ({"issued": "1504202"}, Doubt.ISSUED_FORM),
        ({"sex": "nam"}, Doubt.SEX_FORM),
        ({"sex": "Nữ"}, Doubt.SEX_AGAINST_NUMBER),
        ({"number": "001190123456"}, Doubt.SEX_AGAINST_NUMBER),
        ({"born": "01011991"}, Doubt.BIRTH_YEAR_AGAINST_NUMBER),
        ({"number": "001290123456"}, Doubt.BIRTH_YEAR_AGAINST_NUMBER),
        ({"number": "001226123456", "born": "23112026"}, Doubt.BORN_IN_FUTURE),
        ({"issued": "23112026"}, Doubt.ISSUED_IN_FUTURE),
        ({"issued": "31121989"}, Doubt.ISSUED_BEFORE_BIRTH),
        ({"number": "999090123456"}, Doubt.UNKNOWN_PROVINCE),
    ],
)
def test_each_contradiction_is_named(changes, expected):
    assert expected in doubts(**changes)


def test_today_is_no_future():
    assert doubts(issued="22112026") == set()


def test_doubt_carries_what_was_found_and_expected():
    card = idcard.parse(SOUND.replace("|Nam|", "|Nữ|"))
    (finding,) = idcard.check(card, TODAY)
    assert (finding.found, finding.expected) == ("Nữ", "Nam")


def test_proposals_are_unconfirmed_uncorrected_and_show_the_code():
    wrong = SOUND.replace("01011990", "31021990").replace("012345678", "")
    fields = idcard.fields(page_with(Code(wrong, Box(5, 6, 70, 80))), 2, TODAY)
    values = {one.name: one.value for one in fields}
    assert values[FieldName.BORN] == "31021990"
    assert FieldName.OLD_NUMBER not in values
    assert all(one.page == 2 and one.box == Box(5, 6, 70, 80) for one in fields)
    assert not any(one.confirmed for one in fields)


def test_other_codes_propose_nothing():
    assert idcard.fields(page_with(Code("H42.15.33-251021-0001", Box(0, 0, 1, 1))), 1, TODAY) == ()


def test_contradiction_is_a_finding_with_its_count_and_named_at_its_field():
    wrong = SOUND.replace("|Nam|", "|Nữ|").replace("15042021", "31121989")
    page = page_with(Code(wrong, Box(0, 0, 9, 9)))
    (finding,) = idcard.doubts(page, TODAY)
    assert (finding.kind, finding.measure) == (FindingKind.CARD_DOUBT, 2.0)
    named = {one.name: one.doubts for one in idcard.fields(page, 1, TODAY) if one.doubts}
    assert named == {
        FieldName.SEX: ("sex-against-number",),
        FieldName.CARD_ISSUED: ("issued-before-birth",),
    }


def test_sound_card_and_an_unknown_province_alone_are_no_finding():
    for text in (SOUND, SOUND.replace("001090123456", "999090123456")):
        assert idcard.doubts(page_with(Code(text, Box(0, 0, 9, 9))), TODAY) == ()
