"""A better text proposes anew, marks what stayed in doubt, and takes away nothing."""

from datetime import date

import msgspec
import pytest

from scanstation.extract import letter, propose
from scanstation.model.field import Evidence, Field, FieldName
from scanstation.model.page import (
    Box,
    Doubt,
    Finding,
    FindingKind,
    PageText,
    TextLine,
    Word,
    WorkedPage,
)
from tests.unit.extract.test_letter import LETTER, page

TODAY = date(2026, 11, 22)
STAMPED = Field(
    name=FieldName.URGENCY,
    value="KHẨN",
    box=Box(300, 400, 200, 60),
    confidence=70.0,
    evidence=Evidence.STAMP,
)


def read_as(text: WorkedPage, changes: dict[str, tuple[str, Doubt | None]]) -> PageText:
    """The text of `text` with words read otherwise."""

    def anew(word: Word) -> Word:
        read, doubt = changes.get(word.text, (word.text, None))
        return msgspec.structs.replace(word, text=read, doubt=doubt)

    lines = tuple(TextLine(tuple(map(anew, line.words))) for line in text.text.lines)
    return PageText(lines=lines, engine="test thorough")


def proposed(printed: str, read: str, doubt: Doubt | None) -> dict[FieldName, Field]:
    first = page(LETTER)
    better = msgspec.structs.replace(first, text=read_as(first, {printed: (read, doubt)}))
    return {one.name: one for one in letter.fields(better)}


def test_digits_readings_disagree_on_are_left_out_like_handwriting_for_the_clerk_to_type():
    fields = proposed("125/UBND-VP", "126/UBND-VP", Doubt.DIGITS)
    number = fields.pop(FieldName.NUMBER_SYMBOL)
    assert (number.value, number.unsure) == ("/UBND-VP", ("126/UBND-VP",))
    assert number.to_type
    assert not any(one.unsure or one.to_type for one in fields.values())


@pytest.mark.parametrize(
    ("word", "doubt", "value"),
    [
        ("05", Doubt.DIGITS, "2026-01"),
        ("01", Doubt.DIGITS, "2026-01-05"),
        ("2026", Doubt.DIGITS, "2026-01-05"),
        ("tháng", Doubt.SYLLABLE, "2026-01-05"),
        ("05", None, "2026-01-05"),
    ],
)
def test_only_doubted_digits_of_a_date_send_the_clerk_to_the_paper(word, doubt, value):
    date = proposed(word, word, doubt)[FieldName.DATE]
    assert date.value == value
    assert date.to_type == (doubt is Doubt.DIGITS)


def test_a_doubted_word_of_an_abstract_is_marked_and_the_value_stays_to_be_compared():
    abstract = proposed("hồ", "hổ", Doubt.DISPUTED)[FieldName.ABSTRACT]
    assert (abstract.value, abstract.unsure, abstract.to_type) == (
        "V/v rà soát hổ sơ",
        ("hổ",),
        False,
    )


def test_a_type_is_one_of_a_list_however_doubtful_its_letters():
    assert proposed("V/v", "V/v", Doubt.SYLLABLE)[FieldName.TYPE].unsure == ()


def test_a_better_text_proposes_anew_and_what_only_the_first_gave_stays():
    first = propose.propose(page([*LETTER[:-1], (1000, 1950, "Nguyễn Hữu Thứ")]), (), TODAY)
    better = read_as(page(LETTER[:6]), {"125/UBND-VP": ("128/UBND-VP", None)})
    again = propose.again(msgspec.structs.replace(first, text=better))
    values = {one.name: one.value for one in again.fields}
    assert values[FieldName.NUMBER_SYMBOL] == "128/UBND-VP"
    assert values[FieldName.SIGNER] == "Nguyễn Hữu Thứ", "the better text lost it"
    assert len(again.fields) == len(values)


def test_what_a_stamp_or_a_code_said_is_not_taken_back_by_another_text():
    card = msgspec.structs.replace(
        STAMPED, name=FieldName.NAME, value="Lò Thị Mai", evidence=Evidence.CODE
    )
    first = msgspec.structs.replace(page(LETTER), fields=(card, STAMPED))
    assert {card, STAMPED} <= set(propose.again(first).fields)


def test_a_secrecy_mark_only_the_better_text_read_is_found_and_an_old_one_never_goes():
    printed = page([*LETTER, (300, 420, "TỐI MẬT")])
    (found,) = propose.again(printed).findings
    assert found.kind is FindingKind.SECRET
    known = msgspec.structs.replace(printed, findings=(Finding(FindingKind.SECRET, 55.0, 1.0),))
    assert propose.again(known).findings == known.findings
    lost = msgspec.structs.replace(known, text=page(LETTER).text)
    assert propose.again(lost).findings == known.findings
    assert propose.again(page(LETTER)).findings == ()
