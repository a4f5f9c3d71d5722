"""Degrees of secrecy and of urgency, as stamped or printed beside a letter's head.

A mark stands alone: «mật khẩu», «bí mật nhà nước» and the like in running text are no marks. TT
24/2020/TT-BCA knows three degrees of secrecy, NĐ 30/2020 Đ8 three of urgency.
"""

import difflib
import re

from scanstation.extract.layout import Piece, bare

SECRECY = ("MẬT", "TỐI MẬT", "TUYỆT MẬT")
URGENCY = ("KHẨN", "THƯỢNG KHẨN", "HỎA TỐC")
_AROUND = re.compile(r"^[\W_\d]+|[\W_]+$")
_CLOSE = 0.8
"""Likeness of a stamp's reading without tone marks: «HỖA röc» is 1.0, «_HỗAr&» 0.7."""
_SECRET_LETTERS = re.compile(r"^(?:T[ỐÔOỎÓ]I |TUY[ỆÊEẾ]T )?M[ẬÂẠA]T$")
"""Not MẶT, MẮT, MÁT, which head columns of forms."""


def secrecy(text: str) -> str:
    """The degree of secrecy that a piece of print alone is; empty for anything else."""
    clean = _AROUND.sub("", text)
    if not clean.isupper() or not _SECRET_LETTERS.match(clean):
        return ""
    return next(one for one in reversed(SECRECY) if bare(one).split()[0] == bare(clean).split()[0])


def stamped(text: str) -> str:
    """The degree of secrecy or urgency that a framed stamp's reading means; empty for none."""
    if degree := secrecy(text):
        return degree
    clean = bare(_AROUND.sub("", text))
    for one in (*SECRECY[1:], *URGENCY):  # a lone MẬT must be read letter by letter
        if clean and difflib.SequenceMatcher(None, clean, bare(one)).ratio() >= _CLOSE:
            return one
    return ""


def in_head(every: tuple[Piece, ...], height: int) -> tuple[tuple[str, Piece], ...]:
    """Degrees of secrecy printed in the upper third of a page, each with its place."""
    head = (one for one in every if one.box.y < height / 3)
    return tuple((degree, one) for one in head if (degree := secrecy(one.text)))
