"""Separator sheets: one A4 page per component, laid before its papers in the pile.

The QR carries procedure, component and a checksum, so that a sheet of another procedure, or a
chance reading of some citizen's code, is never taken for a boundary. It holds nothing personal and
may be used again and again.
"""

from pathlib import Path

from scanstation import durable
from scanstation.model.profile import Component, Procedure
from scanstation.sheets.canvas import A4, Canvas, Cell, Style
from scanstation.sheets.payload import Separator, payload
from scanstation.sheets.wording import tidy

_SIDE = 90.0
_TOP = 40.0
USE = "Đặt tờ này TRƯỚC giấy tờ cùng tên. Tờ này không thuộc hồ sơ; dùng lại nhiều lần."


def write_separators(procedure: Procedure, target: Path) -> int:
    """Publish a page for each component that is scanned, and return how many; same bytes each time.

    Raises LooksOfficial, MissingPart, DiskFull or StorageError; `target` then is what it was.
    """
    canvas, pages = Canvas(A4), 0
    for number, component in enumerate(procedure.components, start=1):
        if component.scan:
            if pages:
                canvas.new_page()
            pages += 1
            _sheet(canvas, procedure, component, number)
    durable.publish(target, canvas.pdf(f"Tờ phân cách {procedure.code}"))
    return pages


def _sheet(canvas: Canvas, procedure: Procedure, component: Component, number: int) -> None:
    """The code comes first, so that no length of title pushes it off the paper."""
    code = payload(Separator(procedure.code, component.id))
    canvas.code(code, _SIDE, (A4.width + _SIDE) / 2, _TOP)
    canvas.y = _TOP + _SIDE + 16
    _line(canvas, f"{number}. {component.title}", Style(28, "Bold"))
    canvas.skip(6)
    _line(canvas, f"{procedure.title} ({procedure.code})", Style(16))
    canvas.skip(30)
    _line(canvas, "TỜ PHÂN CÁCH", Style(14, "Bold"))
    _line(canvas, USE, Style(14))


def _line(canvas: Canvas, text: str, style: Style) -> None:
    canvas.write(Cell(tidy(text), style, width=A4.inner, align="middle"))
