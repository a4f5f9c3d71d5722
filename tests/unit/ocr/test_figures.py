"""Figures read several times: what most readings agree on, and what never changes."""

import pytest

from scanstation.model.page import Box, Doubt, PageText, TextLine, Word
from scanstation.ocr.figures import decided, unsure, with_decided

PLACE = Box(0, 0, 40, 30)


def word(said: str) -> Word:
    """`12_/64` is the text 12_ with confidence 64."""
    text, _, confidence = said.rpartition("/")
    return Word(text, PLACE, float(confidence))


def decision(first: str, *others: str) -> Word:
    return decided(word(first), [[word(one) for one in row.split()] for row in others])


@pytest.mark.parametrize(
    ("first", "others", "right"),
    [
        ("b/83", ("5/97", "5/97", "B/75"), "5"),
        ("DĐ/59", ("5/97", "5/97", "5/97"), "5"),
        ("993,3/69", ("593,3/96", "593,3/97", "sEl}5/0"), "593,3"),
        ("13121946/79", ("13/12/1946/97", "13/12/1946/97", "13/12/1946/97"), "13/12/1946"),
        ("4oi/40", ("Nơi/91", "Nơi/93", "Nơi/83"), "Nơi"),
        ("12_/64", ("12/97", "12/97", "12/97"), "12"),
    ],
)
def test_what_the_further_readings_agree_on_is_taken(first, others, right):
    assert decision(first, *others).text == right


@pytest.mark.parametrize(
    ("first", "others"),
    [
        ("9./71", ("3./16", "5}/40", "Bì/51")),
        ("143/STC-/85", ("143/5TC-/48", "143/5TC-/42", "143/5TC-/85")),
        ("Số:3/9", ("Só:24/60", "Só:24/60", "Só:24/69")),
        ("22/90", ("", "", "")),
        ("XII/0", ("XI)/86", "XI)/81", "XI)/80")),
        ("45/0", ("495/61", "455/40", "455/30")),
    ],
)
def test_a_word_stays_where_none_agree_or_letters_would_change(first, others):
    assert decision(first, *others).text == first.rpartition("/")[0]


def test_a_changed_digit_is_marked_and_a_confirmed_one_is_not():
    assert decision("9./71", "5./96", "5./97", "5/42").doubt is Doubt.DIGITS
    assert decision("5./71", "5./96", "5./97", "5/42").doubt is None


def test_confirmed_figures_are_as_sure_as_their_readings_and_dissent_counts_as_nothing():
    assert decision("5/51", "5/90", "5/90", "5/90").confidence == 90
    assert decision("b/40", "5/90", "5/90", "m/90").confidence == 60


def test_only_what_may_be_figures_and_was_unsure_is_read_again():
    row = ("Nam/50", "5/60", "5/95", "DĐ/59", "b/83", "|/20", "…/10")
    text = PageText(lines=(TextLine(tuple(map(word, row))),), engine="by hand")
    assert [one.text for one in unsure(text)] == ["5", "DĐ", "b"]


def test_decisions_replace_their_words_and_no_others():
    text = PageText(lines=(TextLine((word("b/83"), word("Nam/97"))),), engine="by hand")
    assert with_decided(text, {word("b/83"): word("5/97")}).plain == "5 Nam"
