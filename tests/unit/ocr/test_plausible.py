import pytest

from scanstation.model.page import Box, Doubt, Word
from scanstation.ocr.plausible import doubt_of


def word(text: str, confidence: float = 70.0) -> Word:
    return Word(text, Box(0, 0, 10, 10), confidence)


@pytest.mark.parametrize("text", ["31/02/2024", "(12/13/2024),", "2Š", "1O5", "l6"])
def test_a_date_that_is_none_and_a_letter_amid_digits_are_marked(text):
    assert doubt_of(word(text, 97)) is Doubt.SHAPE


@pytest.mark.parametrize("text", ["/uừ", "Đảngủyz", "thốngg"])
def test_a_spelling_that_cannot_be_is_marked(text):
    assert doubt_of(word(text)) is Doubt.SYLLABLE


@pytest.mark.parametrize(
    "text", ["29/02/2024", "1945/SYT-NVY", "UBND", "V/v", "01", "1.250.000", "m2", "soyte@gov.vn"]
)
def test_dates_symbols_abbreviations_and_addresses_stay_unmarked(text):
    assert doubt_of(word(text)) is None


def test_a_foreign_word_read_with_confidence_stays_unmarked():
    assert doubt_of(word("Vitamin", 96)) is None
