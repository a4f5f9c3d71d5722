"""Remarks about read words that a person should look at; nothing is ever corrected here.

A syllable that cannot be spelled so, a date that is none, a letter amid digits. Words that are
meant to be foreign (addresses, capitals of abbreviations) are left alone.
"""

import re
from contextlib import suppress
from datetime import date

from scanstation.model.page import Doubt, Word
from scanstation.ocr.syllable import is_legal

_DATE = re.compile(r"(?<![\d/.-])(\d{1,2})([/.-])(\d{1,2})\2(\d{4})(?![\d/-])")
_MIXED = re.compile(r"\d[^\W\d_]{1,2}\d|\d[OolIŠS](?!\w)|(?<!\w)[OolIŠS]\d")
"""Letters an engine writes for digits, where only digits make sense."""
_ADDRESS = re.compile(r"@|www\.|https?:|\.(vn|com|org|net|gov|html?)\b", re.IGNORECASE)
_LETTERS = re.compile(r"[^\W\d_]+")
_SURE = 90.0
"""Confidence above which an odd spelling is taken for a foreign word."""


def doubt_of(word: Word) -> Doubt | None:
    """What is odd about a word by itself, or None."""
    if _ADDRESS.search(word.text):
        return None
    if any(not _is_date(*found) for found in _DATE.findall(word.text)):
        return Doubt.SHAPE
    if _MIXED.search(word.text):
        return Doubt.SHAPE
    if word.confidence < _SURE and strangeness(_LETTERS.findall(word.text)) > 0:
        return Doubt.SYLLABLE
    return None


def strangeness(words: list[str]) -> float:
    """Share of words, 0 to 1, that no Vietnamese can spell; abbreviations do not count."""
    letters = [word for word in words if word.isalpha() and not _is_abbreviation(word)]
    return sum(not is_legal(word) for word in letters) / len(letters) if letters else 0.0


def _is_abbreviation(word: str) -> bool:
    """UBND, TTr, V/v: capitals that no vowel joins into a syllable, or a lone letter."""
    return len(word) == 1 or (sum(map(str.isupper, word)) > 1 and not is_legal(word))


def _is_date(day: str, _mark: str, month: str, year: str) -> bool:
    with suppress(ValueError):
        return bool(date(int(year), int(month), int(day)))
    return False
