"""The head of an administrative letter (NĐ 30/2020 Phụ lục I) -> proposed fields.

Boxes and a few phrases, no dictionary. What does not fit the layout is left out. Numbers and days
are mostly written in by hand, and the engine reads handwriting as some other number: digits it is
not sure of are marked as handwriting and never proposed.
"""

import re
from collections.abc import Iterator, Sequence

from scanstation.extract.layout import Piece, bare, joined, piece, pieces, unsure
from scanstation.extract.signer import signer
from scanstation.model.field import Evidence, Field, FieldName
from scanstation.model.page import Word, WorkedPage

_HEAD = 0.4
"""Share of the page height above which the head lies."""
_SURE = 80.0
"""Confidence of digits taken for print: on 15 letters the handwritten ones have 75 at most (one
lone 4 has 96), printed months and years 81 to 97."""
_TALL = 1.35
"""Handwritten digits stand out of their line; printed ones are as high as its capitals."""
_PITCH = 0.0275
"""Share of the page height from one line of an abstract to the next; above it something else
begins. On 15 letters lines are 0.015 to 0.025 apart, what follows begins at 0.031."""
_LONGEST_ABSTRACT = 8

_BEGIN = re.compile(r"^S[ốóôỐoỏ][z:.;,]?\s*[:.;]?\s*")
_SLASH = re.compile(r"(?P<number>.*?)\s*/\s*(?P<symbol>\w+(?:\s?[-.]\s?\w+)*)")
_NO_SLASH = re.compile(r"(?P<number>[^A-ZĐ]*?)(?P<symbol>[A-ZĐÐ]\w{1,5}\s?-\s?[A-ZĐÐ]\w+)")
_DATE = re.compile(
    r"^(?P<place>[^\d,]{2,40}?)\s*,\s*ngày\s*(?P<day>.{0,4}?)\s*tháng\s*(?P<month>.{0,4}?)"
    r"\s*năm\s*(?P<year>\d{4})"
)
_TYPES = (
    "Nghị quyết", "Quyết định", "Chỉ thị", "Quy chế", "Quy định", "Thông cáo", "Thông báo",
    "Hướng dẫn", "Chương trình", "Kế hoạch", "Phương án", "Đề án", "Dự án", "Báo cáo", "Biên bản",
    "Tờ trình", "Hợp đồng", "Công điện", "Bản ghi nhớ", "Bản thỏa thuận", "Giấy ủy quyền",
    "Giấy mời", "Thư mời", "Giấy giới thiệu", "Giấy nghỉ phép", "Phiếu gửi", "Phiếu chuyển",
    "Phiếu báo", "Thư công", "Giấy xác nhận", "Giấy chứng nhận",
)  # fmt: skip
"""NĐ 30/2020 Đ7, and the invitations and certificates offices really issue."""
_SPECKS = " .,:;'\"`^~*-–—˝ˆ´‘’“”"
"""What dust beside a line is read as."""
_LETTER = "Công văn"
_ABOUT = re.compile(r"\bV/?v\b", re.IGNORECASE)
_SUBJECT = re.compile(r"\b(?:V/?v\b|Về\s)", re.IGNORECASE)
_OFFICE = re.compile(
    r"(?:ubnd|uy ban|hoi dong|hdnd|bo|so|cuc|chi cuc|tong cuc|phong|ban|truong|hoc vien|vien"
    r"|benh vien|trung tam|tram|cong an|toa an|thanh tra|van phong|kho bac|bao hiem|chi nhanh|hoi"
    r"|lien doan|tinh uy|thanh uy|huyen uy|dang uy|cong ty|doan)\b"
)
"""How the names of offices begin, tones apart."""
_MOTTO = ("cong hoa", "doc lap")
_NOT_ABSTRACT = re.compile(r"^(?:kinh gui|can cu|noi nhan)")


def fields(page: WorkedPage, number: int = 0) -> tuple[Field, ...]:
    """Proposals from the 1-based page `number`, each kind at most once."""
    every = pieces(page.text)
    head = [one for one in every if one.box.y < _HEAD * page.height]
    found = (
        *_number(head, number),
        *_place_and_date(head, number),
        *_type(head, page, number),
        *_agency(head, page.width, number),
        *_abstract(head, page, number),
        *signer(every, page, number),
    )
    return tuple(found)


def _field(
    name: FieldName,
    value: str,
    found: Piece,
    number: int,
    *,
    hand: bool = False,
    part: tuple[int, int] | None = None,
) -> Field:
    """A proposal read from `found`, or from the `part` of its text between two places."""
    words = tuple(found.within(*part)) if part else found.words
    return Field(
        name=name,
        value=value,
        page=number,
        box=found.box,
        confidence=max(0.0, min(word.confidence for word in words)),
        evidence=Evidence.HANDWRITING if hand else Evidence.PRINT,
        unsure=_unsure(name, words),
    )


def _unsure(name: FieldName, words: Sequence[Word]) -> tuple[str, ...]:
    """Doubted words that may change the value: a type is one of a list, a date is its digits."""
    if name is FieldName.TYPE:
        return ()
    telling = [one for one in words if any(map(str.isdigit, one.text))]
    return unsure(telling if name is FieldName.DATE else words)


# --- number, place, date ----------------------------------------------------------------------


def _number(head: Sequence[Piece], number: int) -> Iterator[Field]:
    for one in head:
        begin = _BEGIN.match(one.text)
        match = begin and (
            _SLASH.match(one.text, begin.end()) or _NO_SLASH.match(one.text, begin.end())
        )
        if match:
            symbol = match["symbol"].replace(" ", "").replace("Ð", "Đ")
            place = match.span("number")
            printed = match["number"].isdigit() and _printed(one, *place) and _agreed(one, *place)
            read = match["number"] if printed else ""
            value = f"{read}/{symbol}"
            part = match.span() if printed else match.span("symbol")
            yield _field(FieldName.NUMBER_SYMBOL, value, one, number, hand=not printed, part=part)
            return


def _printed(one: Piece, start: int, end: int) -> bool:
    """Whether digits look like print: read surely, and no higher than their line."""
    heights = sorted(word.box.height for word in one.words)
    lone = [word for word in one.words if word.text == one.text[start:end]]
    tall = any(word.box.height > _TALL * heights[len(heights) // 2] for word in lone)
    return one.weakest(start, end) >= _SURE and not tall


def _agreed(one: Piece, start: int, end: int) -> bool:
    """Whether no reading saw other digits; of handwriting each sees its own."""
    return not any(word.doubt for word in one.within(start, end))


def _place_and_date(head: Sequence[Piece], number: int) -> Iterator[Field]:
    for one in head:
        match = _DATE.match(one.text)
        if match:
            place = match["place"].strip(_SPECKS)
            yield _field(FieldName.PLACE, place, one, number, part=match.span("place"))
            known = tuple(_known(one, match))
            hand = len(known) < 3
            begin = match.start(("day", "month", "year")[3 - len(known)])
            part = (begin, match.end())
            yield _field(FieldName.DATE, "-".join(known), one, number, hand=hand, part=part)
            return


def _known(one: Piece, match: re.Match[str]) -> Iterator[str]:
    """Year, month and day, as far as each was surely read as a number that can be.

    Months are printed beside handwritten days (15 letters, 4 months in doubt, all read right), so
    a doubt does not drop them as it does a day.
    """
    yield match["year"]
    for part, most in (("month", 12), ("day", 31)):
        read, place = match[part], match.span(part)
        if not read.isdigit() or not 1 <= int(read) <= most or not _printed(one, *place):
            return
        if part == "day" and not _agreed(one, *place):
            return
        yield f"{int(read):02d}"


# --- type, agency, abstract -------------------------------------------------------------------


def _type(head: Sequence[Piece], page: WorkedPage, number: int) -> Iterator[Field]:
    """A title in capitals about the middle, else a «V/v» under the number: a plain letter."""
    if title := _title(head, page.width):
        yield _field(FieldName.TYPE, _known_types()[bare(title.text).rstrip(" :.")], title, number)
    elif about := _about(head, page.width):
        yield _field(FieldName.TYPE, _LETTER, about, number)


def _known_types() -> dict[str, str]:
    return {bare(one): one for one in _TYPES}


def _title(head: Sequence[Piece], width: int) -> Piece | None:
    known = _known_types()
    for one in head:
        centred = 0.3 * width < one.middle < 0.75 * width
        if centred and one.text.isupper() and bare(one.text).rstrip(" :.") in known:
            return one
    return None


def _about(head: Sequence[Piece], width: int) -> Piece | None:
    found = (one for one in head if _ABOUT.match(one.text) and one.middle < width / 2)
    return next(found, None)


def _agency(head: Sequence[Piece], width: int, number: int) -> Iterator[Field]:
    """The capitals on the left above the number: an office of its own, or all of the lines.

    The last line that begins like an office begins the issuer's name; what stands above it is
    the office over it, what follows is the rest of the name ("ỦY BAN NHÂN DÂN", "TỈNH …").
    """
    numbers = [one.box.y for one in head if _BEGIN.match(one.text) and "/" in one.text]
    limits = numbers or [one.box.y for one in head if _DATE.match(one.text)] or [0]
    block = [
        one
        for one in head
        if one.box.y + one.box.height / 2 < limits[0]
        and one.middle < width / 2
        and one.text.isupper()
        and len(one.text) > 3
        and not bare(one.text).startswith(_MOTTO)
    ]
    if not block:
        return
    begins = [place for place, one in enumerate(block) if _OFFICE.match(bare(one.text))]
    named = block[begins[-1] :] if begins else block[-1:]
    value = " ".join(one.text for one in named).strip(_SPECKS)
    yield _field(FieldName.AGENCY, value, joined(named), number)


def _abstract(head: Sequence[Piece], page: WorkedPage, number: int) -> Iterator[Field]:
    """The lines under the type, or «V/v …» under the number, as far as they stand together."""
    title = _title(head, page.width)
    first = title or _about(head, page.width)
    if first is None:
        return
    lines = [] if title else [first]
    last, low = first, 0.3 if title else 0.0
    for one in sorted(head, key=lambda it: it.box.y):
        part = _of_abstract(one, page.width, low, title is not None)
        if part is None or not last.box.y < part.box.y or one is first:
            continue
        if part.box.y - last.box.y > _PITCH * page.height or _NOT_ABSTRACT.match(bare(part.text)):
            if part.box.y - last.box.y > _PITCH * page.height:
                break
            return
        lines.append(part)
        last = part
    if lines and len(lines) <= _LONGEST_ABSTRACT:
        found = joined(lines)
        yield _field(FieldName.ABSTRACT, found.text, found, number)


def _of_abstract(one: Piece, width: int, low: float, titled: bool) -> Piece | None:
    """The piece, or what of it begins the subject when a stamp on the left was read with it."""
    if titled and one.box.x < 0.15 * width and (begin := _SUBJECT.search(one.text)):
        skipped = one.text[: begin.start()].count(" ")
        one = piece(one.words[skipped:])
    high = 0.75 if titled else 0.45
    return one if low * width < one.middle < high * width else None
