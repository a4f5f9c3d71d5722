"""Digits and diacritics of read text: what no reading may change unseen, and what engines lose."""

import unicodedata


def digits(text: str) -> str:
    """Its digits, in order."""
    return "".join(filter(str.isdigit, text))


def marks(text: str) -> int:
    """How many diacritics it has."""
    return sum(unicodedata.combining(sign) > 0 for sign in unicodedata.normalize("NFD", text))
