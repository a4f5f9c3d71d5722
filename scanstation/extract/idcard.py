"""The QR code of a citizen's ID card -> its fields and what does not add up in them.

Seven fields parted by "|" since 2021, more on cards from 7/2024. Nothing is corrected: the card
may be right and the rule wrong, so a clerk decides. The number has no checksum (NĐ 137/2015 Đ13),
and a province code outside the list is only remarked, because old and foreign codes persist.
"""

import unicodedata
from collections.abc import Iterator
from datetime import date, datetime
from enum import StrEnum

import msgspec

from scanstation.model.field import Evidence, Field, FieldName
from scanstation.model.page import Code, Finding, FindingKind, WorkedPage

_LEAST_FIELDS = 7
_DAY = "%d%m%Y"
_PROVINCES = (
    "001 002 004 006 008 010 011 012 014 015 017 019 020 022 024 025 026 027 030 031 033 034 035"
    " 036 037 038 040 042 044 045 046 048 049 051 052 054 056 058 060 062 064 066 067 068 070 072"
    " 074 075 077 079 080 082 083 084 086 087 089 091 092 093 094 095 096"
)
"""Codes of birth registration, 63 provinces before 7/2025; gathered in 2026, not verified."""


class IdCard(msgspec.Struct, frozen=True, kw_only=True):
    """The fields exactly as the code carries them, NFC."""

    number: str
    """12 digits on a sound card."""
    old_number: str
    """The 9-digit number before; often empty."""
    name: str
    born: str
    """ddMMyyyy."""
    sex: str
    """"Nam" or "Nữ"."""
    residence: str
    issued: str
    """ddMMyyyy."""
    more: tuple[str, ...] = ()
    """Fields 8 and on, whose order no public document fixes."""


class Doubt(StrEnum):
    """What can be wrong with a card's fields."""

    NUMBER_FORM = "number-form"
    OLD_NUMBER_FORM = "old-number-form"
    NO_NAME = "no-name"
    NO_RESIDENCE = "no-residence"
    BORN_FORM = "born-form"
    ISSUED_FORM = "issued-form"
    SEX_FORM = "sex-form"
    SEX_AGAINST_NUMBER = "sex-against-number"
    BIRTH_YEAR_AGAINST_NUMBER = "birth-year-against-number"
    BORN_IN_FUTURE = "born-in-future"
    ISSUED_IN_FUTURE = "issued-in-future"
    ISSUED_BEFORE_BIRTH = "issued-before-birth"
    UNKNOWN_PROVINCE = "unknown-province"
    """A remark only."""


_ABOUT = {
    Doubt.NUMBER_FORM: FieldName.PERSONAL_NUMBER,
    Doubt.UNKNOWN_PROVINCE: FieldName.PERSONAL_NUMBER,
    Doubt.OLD_NUMBER_FORM: FieldName.OLD_NUMBER,
    Doubt.NO_NAME: FieldName.NAME,
    Doubt.NO_RESIDENCE: FieldName.RESIDENCE,
    Doubt.BORN_FORM: FieldName.BORN,
    Doubt.BORN_IN_FUTURE: FieldName.BORN,
    Doubt.BIRTH_YEAR_AGAINST_NUMBER: FieldName.BORN,
    Doubt.SEX_FORM: FieldName.SEX,
    Doubt.SEX_AGAINST_NUMBER: FieldName.SEX,
    Doubt.ISSUED_FORM: FieldName.CARD_ISSUED,
    Doubt.ISSUED_IN_FUTURE: FieldName.CARD_ISSUED,
    Doubt.ISSUED_BEFORE_BIRTH: FieldName.CARD_ISSUED,
}


class CardFinding(msgspec.Struct, frozen=True):
    """One doubt with what was found and what the rule expects."""

    doubt: Doubt
    found: str
    expected: str


def parse(text: str) -> IdCard | None:
    """The card in a QR code's text; None when the code is no ID card's."""
    fields = [part.strip() for part in unicodedata.normalize("NFC", text).split("|")]
    if len(fields) < _LEAST_FIELDS or not fields[0].isdigit():
        return None
    number, old_number, name, born, sex, residence, issued, *more = fields
    return IdCard(
        number=number,
        old_number=old_number,
        name=name,
        born=born,
        sex=sex,
        residence=residence,
        issued=issued,
        more=tuple(more),
    )


def check(card: IdCard, today: date) -> tuple[CardFinding, ...]:
    """Everything about the card that does not add up, by the rules above."""
    return (
        *_forms(card),
        *_against_number(card),
        *_dates(card, today),
    )


def fields(page: WorkedPage, number: int, today: date) -> tuple[Field, ...]:
    """Proposals from every card's code on the 1-based page `number`.

    Each names the rules it breaks; an empty value is proposed only where one should be.
    """
    return tuple(field for code in page.codes for field in _proposals(code, number, today))


def doubts(page: WorkedPage, today: date) -> tuple[Finding, ...]:
    """One finding per card that does not add up; an unknown province alone is none."""
    cards = (card for code in page.codes if (card := parse(code.text)))
    counts = (sum(_counts(one) for one in check(card, today)) for card in cards)
    return tuple(Finding(FindingKind.CARD_DOUBT, float(n), 0.0) for n in counts if n)


def _counts(one: CardFinding) -> bool:
    return one.doubt is not Doubt.UNKNOWN_PROVINCE


def _proposals(code: Code, number: int, today: date) -> Iterator[Field]:
    card = parse(code.text)
    if card is None:
        return
    broken = check(card, today)
    values = (
        (FieldName.PERSONAL_NUMBER, card.number),
        (FieldName.OLD_NUMBER, card.old_number),
        (FieldName.NAME, card.name),
        (FieldName.BORN, card.born),
        (FieldName.SEX, card.sex),
        (FieldName.RESIDENCE, card.residence),
        (FieldName.CARD_ISSUED, card.issued),
    )
    for name, value in values:
        about = tuple(str(one.doubt) for one in broken if _ABOUT[one.doubt] is name)
        if value or about:
            yield Field(
                name=name,
                value=value,
                page=number,
                box=code.box,
                confidence=100.0,
                evidence=Evidence.CODE,
                doubts=about,
            )


def _forms(card: IdCard) -> Iterator[CardFinding]:
    if not _digits(card.number, 12):
        yield CardFinding(Doubt.NUMBER_FORM, card.number, "12 digits")
    elif card.number[:3] not in _PROVINCES.split():
        yield CardFinding(Doubt.UNKNOWN_PROVINCE, card.number[:3], "a known province code")
    if card.old_number and not _digits(card.old_number, 9):
        yield CardFinding(Doubt.OLD_NUMBER_FORM, card.old_number, "9 digits or nothing")
    if not card.name:
        yield CardFinding(Doubt.NO_NAME, "", "a name")
    if not card.residence:
        yield CardFinding(Doubt.NO_RESIDENCE, "", "a place")
    if card.sex not in ("Nam", "Nữ"):
        yield CardFinding(Doubt.SEX_FORM, card.sex, "Nam or Nữ")


def _against_number(card: IdCard) -> Iterator[CardFinding]:
    """Digit 4 is century and sex (even: male), digits 5 and 6 the year (TT 59/2021/TT-BCA Đ4)."""
    if not _digits(card.number, 12):
        return
    century, odd = divmod(int(card.number[3]), 2)
    sex = "Nữ" if odd else "Nam"
    if card.sex in ("Nam", "Nữ") and card.sex != sex:
        yield CardFinding(Doubt.SEX_AGAINST_NUMBER, card.sex, sex)
    year = 1900 + 100 * century + int(card.number[4:6])
    born = _day(card.born)
    if born and born.year != year:
        yield CardFinding(Doubt.BIRTH_YEAR_AGAINST_NUMBER, str(born.year), str(year))


def _dates(card: IdCard, today: date) -> Iterator[CardFinding]:
    born, issued = _day(card.born), _day(card.issued)
    if born is None:
        yield CardFinding(Doubt.BORN_FORM, card.born, "ddMMyyyy")
    elif born > today:
        yield CardFinding(Doubt.BORN_IN_FUTURE, card.born, f"≤ {today:{_DAY}}")
    if issued is None:
        yield CardFinding(Doubt.ISSUED_FORM, card.issued, "ddMMyyyy")
    elif issued > today:
        yield CardFinding(Doubt.ISSUED_IN_FUTURE, card.issued, f"≤ {today:{_DAY}}")
    if born and issued and issued < born:
        yield CardFinding(Doubt.ISSUED_BEFORE_BIRTH, card.issued, f"≥ {card.born}")


def _digits(text: str, count: int) -> bool:
    return len(text) == count and text.isascii() and text.isdigit()


def _day(text: str) -> date | None:
    """A calendar day written ddMMyyyy."""
    if not _digits(text, 8):
        return None
    try:
        return datetime.strptime(text, _DAY).date()  # noqa: DTZ007 - a day has no zone
    except ValueError:
        return None
