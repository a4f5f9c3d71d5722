"""The scan story with the profile the clerk chose, or with the station's own."""

from collections.abc import Iterator

from scanstation import errors
from scanstation.i18n import _
from scanstation.model.events import Event
from scanstation.model.profile import Clerk, ScanProfile
from scanstation.tui import Counter


def scanning(
    counter: Counter,
    chosen: ScanProfile | None,
    dossier: str,
    component: str,
    clerk: Clerk,
    replaces: str,
) -> Iterator[Event]:
    """Scan into a component, or again for the page with the id `replaces`; runs in a thread."""
    profile = chosen or _stations_own(counter)
    yield from counter.intake.scan(dossier, component, profile, clerk, replaces)


def _stations_own(counter: Counter) -> ScanProfile:
    wanted = counter.station.default_profile
    for profile in counter.profiles():
        if profile.id == wanted:
            return profile
    hint = _("Choose another one with Ctrl+P.")
    raise errors.NoSuchThing(kind=_("scan profile"), name=wanted, hint=hint)
