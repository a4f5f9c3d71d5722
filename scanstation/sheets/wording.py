"""What an intake slip says, in Vietnamese whatever the station's language: citizens read it.

Pure. It refuses a slip for a withdrawn dossier, and knows what an official case code looks like so
that nothing of the kind is ever drawn.
"""

import re
import unicodedata
from datetime import date, datetime

from scanstation import errors
from scanstation.i18n import _
from scanstation.model.clock import VIETNAM
from scanstation.model.dossier import Dossier, State
from scanstation.model.profile import Component, StationSettings
from scanstation.sheets import Paper, Slip
from scanstation.sheets.payload import on_slip

TITLE = "PHIẾU GHI NHẬN"
SUBTITLE = "(giấy tờ đã nộp tại quầy)"
DEMO = "BẢN THỬ, KHÔNG CÓ GIÁ TRỊ"
NOTICE = (
    "Phiếu này KHÔNG phải Giấy tiếp nhận hồ sơ và hẹn trả kết quả. Mã hồ sơ và giấy tiếp nhận"
    " chính thức do hệ thống trung tâm cấp sau khi nhận được hồ sơ. Ngày trả kết quả ghi trên"
    " phiếu là dự kiến; ngày hẹn chính thức ghi trên giấy tiếp nhận."
)
KEEP = "Đề nghị giữ phiếu và mang theo khi quay lại quầy."
NOT_COUNTED = "dự kiến sau khi nộp đủ giấy tờ còn thiếu"
NO_PAPERS = "Chưa có giấy tờ nào được quét."
BLANK_LINE = "." * 48
_WEEKDAYS = ("Thứ Hai", "Thứ Ba", "Thứ Tư", "Thứ Năm", "Thứ Sáu", "Thứ Bảy", "Chủ nhật")
_OFFICIAL = re.compile(
    r"(?:[A-Z]\d{2}(?:\.\d{1,3}){0,3}|\d{3}\.\d{2}\.\d{2}\.[A-Z]\d{2})[-–—]\d{6}[-–—]\d{4,}",
    re.IGNORECASE,
)


def slip_of(
    dossier: Dossier, settings: StationSettings, received: datetime, expected: date
) -> Slip:
    """The slip of a dossier as it stands; `expected` counts only for a complete one.

    Raises WrongState for a withdrawn dossier.
    """
    if dossier.state is State.WITHDRAWN:
        raise errors.WrongState(dossier=dossier.id, state=_(dossier.state), act=_("intake slip"))
    papers = [_paper(dossier, one) for one in dossier.procedure.components]
    return Slip(
        dossier=dossier.id,
        station=tidy(settings.id),
        agency=tidy(settings.agency),
        counter=tidy(settings.title),
        applicant=tidy(dossier.applicant),
        code=tidy(dossier.procedure.code),
        procedure=tidy(dossier.procedure.title),
        papers=tuple(paper for paper in papers if paper.pages),
        missing=tuple(tidy(one.title) for one in dossier.missing),
        received=received,
        expected=None if dossier.missing else expected,
        demo=dossier.demo or settings.demo,
    )


def _paper(dossier: Dossier, component: Component) -> Paper:
    attached = sum(one.pages for one in dossier.attached(component.id))
    pages = len(dossier.of(component.id)) + attached
    return Paper(title=tidy(component.title), pages=pages)


def payload(slip: Slip) -> str:
    """What the slip's QR holds."""
    return on_slip(slip.dossier, slip.station)


def tidy(text: str) -> str:
    """NFC on one line: the font has no shapes for loose marks or control characters."""
    return " ".join(unicodedata.normalize("NFC", text).split())


def looks_official(text: str) -> bool:
    """True when `text` contains what reads as a case code of the central systems.

    Syntaxes: TT 01/2018/TT-VPCP Đ19; TT 03/2025/TT-VPCP Đ13 as amended by TT 04/2025/TT-VPCP.
    """
    return _OFFICIAL.search(text) is not None


def moment(instant: datetime) -> str:
    """Such as "09 giờ 05 phút, Thứ Hai, ngày 23/11/2026", in Vietnam's time."""
    local = instant.astimezone(VIETNAM)
    return f"{local.hour:02d} giờ {local.minute:02d} phút, {day(local.date())}"


def day(on: date) -> str:
    """Such as "Thứ Hai, ngày 23/11/2026"."""
    return f"{_WEEKDAYS[on.weekday()]}, ngày {on:%d/%m/%Y}"


def promise(expected: date | None) -> str:
    """The expected day, never without the word "dự kiến"."""
    return NOT_COUNTED if expected is None else f"{day(expected)} (dự kiến)"


def total(slip: Slip) -> str:
    """The last line of the list of papers."""
    pages = sum(paper.pages for paper in slip.papers)
    return f"Cộng: {len(slip.papers)} loại giấy tờ, {pages} trang"
