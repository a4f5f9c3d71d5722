"""The intake slip (phiếu ghi nhận): one A5 page, or more when the checklist is long.

It looks unlike the official receipt on purpose: no national heading, no seal, its QR at the right
where official papers have theirs at the left (TT 01/2023/TT-VPCP), and a notice that says so.
"""

from pathlib import Path

from scanstation import durable
from scanstation.sheets import Slip, wording
from scanstation.sheets.canvas import A5, MARGIN, Canvas, Cell, Style

_INNER = A5.inner
_BODY, _STRONG = Style(11), Style(11, "Bold")
_SMALL, _ITALIC = Style(9.5), Style(9.5, "Italic")
_CODE_SIDE = 26.0
_CLEAR = 4.0
"""Air around the code, mm: 5 modules of its usual size, ISO/IEC 18004 asks for 4."""
_LABEL = 34.0
_NUMBER, _COUNT = 10.0, 18.0


def write_slip(slip: Slip, target: Path) -> None:
    """Publish the slip as a PDF at `target`; equal slips give equal bytes.

    Raises LooksOfficial, MissingPart, DiskFull or StorageError; `target` then is what it was.
    """
    canvas = Canvas(A5)
    _head(canvas, slip)
    _facts(canvas, slip)
    _papers(canvas, slip)
    _notice(canvas)
    canvas.number_pages(f"{wording.DEMO} · {slip.dossier}" if slip.demo else slip.dossier)
    title = f"Phiếu ghi nhận {slip.dossier}"
    durable.publish(target, canvas.pdf(title, slip.received))


def _head(canvas: Canvas, slip: Slip) -> None:
    canvas.code(wording.payload(slip), _CODE_SIDE, A5.width - MARGIN, MARGIN)
    floor, width = canvas.y + _CODE_SIDE + _CLEAR, _INNER - _CODE_SIDE - _CLEAR
    canvas.write(Cell(slip.agency, _STRONG, width=width))
    where = " · ".join(one for one in (slip.counter, f"máy trạm {slip.station}") if one)
    canvas.write(Cell(where, _SMALL, width=width))
    canvas.skip(3)
    canvas.write(Cell(wording.TITLE, Style(18, "Bold"), width=width))
    canvas.write(Cell(wording.SUBTITLE, _ITALIC, width=width))
    canvas.y = max(canvas.y, floor)
    if slip.demo:
        canvas.write(Cell(wording.DEMO, _STRONG, align="middle"))
    canvas.rule(0.3)


def _facts(canvas: Canvas, slip: Slip) -> None:
    facts = (
        ("Mã phiếu", slip.dossier, _BODY),
        ("Người nộp", slip.applicant or wording.BLANK_LINE, _STRONG),
        ("Thủ tục", f"{slip.procedure} ({slip.code})", _BODY),
        ("Thời điểm nhận", wording.moment(slip.received), _BODY),
        ("Ngày trả kết quả", wording.promise(slip.expected), _STRONG),
    )
    for label, value, style in facts:
        canvas.write(
            Cell(f"{label}:", _BODY, width=_LABEL),
            Cell(value, style, left=_LABEL, width=_INNER - _LABEL),
        )
        canvas.skip(0.8)
    canvas.skip(2)


def _papers(canvas: Canvas, slip: Slip) -> None:
    _row(canvas, "STT", "Giấy tờ đã nhận", "Số trang", Style(10, "Bold"))
    canvas.rule()
    for number, paper in enumerate(slip.papers, start=1):
        _row(canvas, str(number), paper.title, str(paper.pages), Style(10.5))
        canvas.rule(0.05)
    if slip.papers:
        canvas.write(Cell(wording.total(slip), _SMALL, align="right"))
    else:
        canvas.write(Cell(wording.NO_PAPERS, _ITALIC))
    if slip.missing:
        canvas.skip(2)
        canvas.write(Cell("Còn thiếu:", _STRONG))
        for title in slip.missing:
            canvas.write(Cell("–", _BODY, width=4), Cell(title, _BODY, 4, _INNER - 4))


def _row(canvas: Canvas, number: str, title: str, count: str, style: Style) -> None:
    width = _INNER - _NUMBER - _COUNT
    canvas.write(
        Cell(number, style, width=_NUMBER, align="middle"),
        Cell(title, style, left=_NUMBER, width=width),
        Cell(count, style, left=_INNER - _COUNT, width=_COUNT, align="right"),
    )


def _notice(canvas: Canvas) -> None:
    canvas.skip(4)
    canvas.write(Cell(wording.NOTICE, _ITALIC))
    canvas.skip(1)
    canvas.write(Cell(wording.KEEP, _SMALL))
