"""The head and foot of an administrative letter (NĐ 30/2020 Phụ lục I) -> proposed fields.

Boxes and a few phrases, no dictionary: number and symbol, place and date, type, agency, signer.
What does not fit the layout is left out, and a handwritten number that was not read as digits is
not guessed: its symbol alone is proposed.
"""

import re
import unicodedata
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from scanstation.model.field import Field, FieldName
from scanstation.model.page import Box, PageText, TextLine, Word, WorkedPage

_HEAD, _FOOT = 0.35, 0.45
"""Shares of the page height above and below which head and foot lie."""
_GAP = 2.0
"""Letter heights of white between two words that make them parts of different columns."""

_NUMBER = re.compile(r"^S[ốóôỐ]\s*[:.;]?\s*(?P<number>.*?)\s*/\s*(?P<symbol>\w+(?:\s?-\s?\w+)*)")
_DATE = re.compile(
    r"^(?P<place>[^\d,]{2,40}?)\s*,\s*ngày\s*(?P<day>.{0,4}?)\s*tháng\s*(?P<month>.{0,4}?)"
    r"\s*năm\s*(?P<year>\d{4})"
)
_TYPES = (
    "Nghị quyết", "Quyết định", "Chỉ thị", "Quy chế", "Quy định", "Thông cáo", "Thông báo",
    "Hướng dẫn", "Chương trình", "Kế hoạch", "Phương án", "Đề án", "Dự án", "Báo cáo", "Biên bản",
    "Tờ trình", "Hợp đồng", "Công điện", "Bản ghi nhớ", "Bản thỏa thuận", "Giấy ủy quyền",
    "Giấy mời", "Thư mời", "Giấy giới thiệu", "Giấy nghỉ phép", "Phiếu gửi", "Phiếu chuyển",
    "Phiếu báo", "Thư công",
)  # fmt: skip
"""NĐ 30/2020 Đ7, and the invitations offices really send."""
_LETTER = "Công văn"
_ABOUT = re.compile(r"^V/?v\b", re.IGNORECASE)
_MOTTO = ("cong hoa", "doc lap")
_TITLES = re.compile(
    r"\b(chu tich|giam doc|truong|chanh|bo truong|thu truong|truong phong|cuc truong)\b"
)


class Piece(NamedTuple):
    """Words of one line that stand together."""

    text: str
    box: Box
    confidence: float


def fields(page: WorkedPage, number: int) -> tuple[Field, ...]:
    """Proposals from the 1-based page `number`, each kind at most once."""
    pieces = tuple(_pieces(page.text))
    head = [one for one in pieces if one.box.y < _HEAD * page.height]
    foot = [one for one in pieces if one.box.y > _FOOT * page.height]
    found = (
        *_number(head, number),
        *_place_and_date(head, number),
        *_type(head, page.width, number),
        *_agency(head, page.width, number),
        *_signer(foot, page.width, number),
    )
    return tuple(found)


def _pieces(text: PageText) -> Iterator[Piece]:
    for line in text.lines:
        for words in _columns(line):
            yield _piece(words)


def _columns(line: TextLine) -> Iterator[Sequence[Word]]:
    """A line parted where the white between two words is far wider than a letter."""
    heights = sorted(word.box.height for word in line.words)
    gap = _GAP * heights[len(heights) // 2]
    start = 0
    for place in range(1, len(line.words)):
        before, after = line.words[place - 1].box, line.words[place].box
        if after.x - (before.x + before.width) > gap:
            yield line.words[start:place]
            start = place
    yield line.words[start:]


def _piece(words: Sequence[Word]) -> Piece:
    left, top = min(word.box.x for word in words), min(word.box.y for word in words)
    right = max(word.box.x + word.box.width for word in words)
    bottom = max(word.box.y + word.box.height for word in words)
    return Piece(
        " ".join(word.text for word in words),
        Box(left, top, right - left, bottom - top),
        min(word.confidence for word in words),
    )


def _field(name: FieldName, value: str, piece: Piece, number: int) -> Field:
    return Field(
        name=name, value=value, page=number, box=piece.box, confidence=max(0.0, piece.confidence)
    )


# --- the head ---------------------------------------------------------------------------------


def _number(head: Sequence[Piece], number: int) -> Iterator[Field]:
    for piece in head:
        match = _NUMBER.match(piece.text)
        if match:
            read = match["number"] if match["number"].isdigit() else ""
            symbol = match["symbol"].replace(" ", "")
            yield _field(FieldName.NUMBER_SYMBOL, f"{read}/{symbol}", piece, number)
            return


def _place_and_date(head: Sequence[Piece], number: int) -> Iterator[Field]:
    for piece in head:
        match = _DATE.match(piece.text)
        if match:
            yield _field(FieldName.PLACE, match["place"].strip(), piece, number)
            day = "-".join((match["year"], *_known(match["month"], 12, match["day"])))
            yield _field(FieldName.DATE, day, piece, number)
            return


def _known(month: str, months: int, day: str) -> tuple[str, ...]:
    """Month and day as two digits each, as far as both were read as numbers that can be."""
    if not month.isdigit() or not 1 <= int(month) <= months:
        return ()
    if not day.isdigit() or not 1 <= int(day) <= 31:
        return (f"{int(month):02d}",)
    return (f"{int(month):02d}", f"{int(day):02d}")


def _type(head: Sequence[Piece], width: int, number: int) -> Iterator[Field]:
    """A title in capitals about the middle, else a «V/v» under the number: a plain letter."""
    known = {_bare(one): one for one in _TYPES}
    for piece in head:
        centred = 0.3 * width < _middle(piece) < 0.75 * width
        title = known.get(_bare(piece.text).rstrip(" :."))
        if title and centred and piece.text.isupper():
            yield _field(FieldName.TYPE, title, piece, number)
            return
    for piece in head:
        if _ABOUT.match(piece.text) and _middle(piece) < width / 2:
            yield _field(FieldName.TYPE, _LETTER, piece, number)
            return


def _agency(head: Sequence[Piece], width: int, number: int) -> Iterator[Field]:
    """The capitals on the left above the number: an office of its own, or all of the lines.

    Where the first line names another office (UBND TỈNH …) the last line alone is the issuer;
    "ỦY BAN NHÂN DÂN" is only half a name and goes on in the next line.
    """
    numbers = [one.box.y for one in head if _NUMBER.match(one.text)]
    limit = numbers[0] if numbers else 0
    block = [
        one
        for one in head
        if one.box.y + one.box.height / 2 < limit
        and _middle(one) < width / 2
        and one.text.isupper()
        and not _bare(one.text).startswith(_MOTTO)
    ]
    if not block:
        return
    committee = _bare(block[-2].text) == "uy ban nhan dan" if len(block) > 1 else False
    named = block[-2:] if committee else block[-1:]
    value = " ".join(piece.text for piece in named)
    yield _field(FieldName.AGENCY, value, _joined(named), number)


def _joined(pieces: Sequence[Piece]) -> Piece:
    return _piece([Word(one.text, one.box, one.confidence) for one in pieces])


# --- the foot ---------------------------------------------------------------------------------


def _signer(foot: Sequence[Piece], width: int, number: int) -> Iterator[Field]:
    """The last name on the right below a title in capitals."""
    right = [one for one in foot if _middle(one) > 0.5 * width]
    titles = [one.box.y for one in right if one.text.isupper() and _TITLES.search(_bare(one.text))]
    if not titles:
        return
    names = [one for one in right if one.box.y > titles[0] and _is_name(one.text)]
    if names:
        last = max(names, key=lambda one: one.box.y)
        yield _field(FieldName.SIGNER, last.text, last, number)


def _is_name(text: str) -> bool:
    words = text.split()
    return 2 <= len(words) <= 5 and all(word.isalpha() and word.istitle() for word in words)


def _middle(piece: Piece) -> float:
    return piece.box.x + piece.box.width / 2


def _bare(text: str) -> str:
    """Lower case without marks, so that a misread tone does not hide a known phrase."""
    parts = unicodedata.normalize("NFD", text.lower().replace("đ", "d"))
    return "".join(sign for sign in parts if not unicodedata.combining(sign))
