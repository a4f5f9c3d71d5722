"""Central's one page for people: what was received lately, and what needs a look.

Plain HTML without scripts; everything a station said is escaped.
"""

from html import escape

from scanstation.central.register import Alarm, Registered
from scanstation.central.store import Store

SHOWN = 200
_PAGE = """<!doctype html><html lang="vi"><meta charset="utf-8">
<title>ScanStation – hệ thống trung tâm</title>
<style>body{{font:15px system-ui;margin:2rem}}td,th{{padding:.2rem .8rem;text-align:left}}
.alarm{{color:#a00}}</style>
<h1>Gói tin đã nhận</h1>{alarms}
<table><tr><th>Nhận lúc<th>Máy trạm<th>Số<th>Hồ sơ<th>Gói tin<th>Byte<th>Biên nhận
<th>Thay cho gói tin<th>Bổ sung cho gói tin</tr>
{rows}</table></html>"""


def board(store: Store) -> str:
    """The page as HTML text."""
    rows = "\n".join(_row(one) for one in store.register.latest(SHOWN))
    alarms = "\n".join(_alarm(one) for one in store.register.alarms(SHOWN))
    return _PAGE.format(rows=rows, alarms=alarms)


def _row(one: Registered) -> str:
    words = one.announcement
    cells = (
        one.received_at or "đang nhận",
        words.station,
        words.sequence,
        words.dossier,
        words.package + (" (demo)" if words.demo else ""),
        words.size,
        "có" if one.receipt else "chưa",
        one.supersedes or "–",
        one.supplements or "–",
    )
    return "<tr>" + "".join(f"<td>{escape(str(cell))}" for cell in cells) + "</tr>"


def _alarm(one: Alarm) -> str:
    text = f"{one.at}: {one.station}, {one.package}: {one.reason}"
    return f'<p class="alarm">{escape(text)}</p>'
