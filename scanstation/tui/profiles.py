"""How to scan: one of the station's scan profiles, for all following scans."""

from collections.abc import Sequence

from textual.content import Content

from scanstation.i18n import _
from scanstation.model.profile import ScanProfile
from scanstation.tui import wording
from scanstation.tui.ask import Pick


class Profiles(Pick):
    """Pick a scan profile; the cursor starts on the one in force."""

    def __init__(self, profiles: Sequence[ScanProfile], now: str) -> None:
        options = [(one.id, self._line(one, now)) for one in profiles]
        super().__init__(_("How to scan"), options, now)

    @staticmethod
    def _line(one: ScanProfile, now: str) -> Content:
        here = f"  ✓ {_('in use')}" if one.id == now else ""
        return Content.assemble(one.title or one.id, (f"  {one.id}", wording.DIM), here)
