import unicodedata

import pytest

from scanstation.ocr.syllable import is_legal

LEGAL = (
    "Ủy ban nhân dân xã nghiêng Nguyễn giấy gì gìn quốc quyền khuya khuỷu thuở tuyết yêu uống"
    " ướt ý hoạt xoong oanh kiểm tịch ĐỐC nghị ngoằn quýt huých giết loài rượu ai"
)
ILLEGAL = "hư2 bân3 caf zô quyêt ngi ghà kào cêm đac mat thich tiêps óG ăng2 dinhh sứn̂g wâ jan âu̓x"


@pytest.mark.parametrize("word", LEGAL.split())
def test_a_syllable_people_write_is_legal_in_any_normal_form(word):
    assert is_legal(word)
    assert is_legal(unicodedata.normalize("NFD", word))


@pytest.mark.parametrize("word", ILLEGAL.split())
def test_a_spelling_nobody_uses_is_not(word):
    assert not is_legal(word)


@pytest.mark.parametrize(("with_tone", "without"), [("mát", "mat"), ("thích", "thich")])
def test_a_stopped_syllable_needs_the_sharp_or_the_heavy_tone(with_tone, without):
    assert is_legal(with_tone)
    assert not is_legal(without)
