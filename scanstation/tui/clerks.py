"""Who is at the counter. Switching is explicit: every act and every signature carries this name."""

from textual.content import Content

from scanstation.i18n import _
from scanstation.model.profile import Clerk
from scanstation.tui.ask import Pick


class Clerks(Pick):
    """Pick the clerk of all following acts."""

    def __init__(self, clerks: tuple[Clerk, ...], now: Clerk | None) -> None:
        options = [(one.id, self._line(one, now)) for one in clerks]
        super().__init__(_("Who is at the counter?"), options, now.id if now else "")

    @staticmethod
    def _line(one: Clerk, now: Clerk | None) -> Content:
        key = "" if one.key else f"  ({_('no signing key')})"
        here = f"  ✓ {_('signed in')}" if now and now.id == one.id else ""
        return Content.assemble(one.name, (f"  {one.id}", "$text-muted"), key, here)
