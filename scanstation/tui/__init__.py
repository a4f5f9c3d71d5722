"""What the clerk sees: draws events and sends intents; the only home of textual.

The screen is handed everything it may do as one Counter and builds nothing itself. It never
decodes an image on the thread that draws, never keeps a passphrase, and shows a fault as the
clerk's sentence.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from threading import Event

    from scanstation.arrivals import Arrivals
    from scanstation.casework import Casework
    from scanstation.intake import Intake
    from scanstation.model.delivery import CourierEvent, QueueRow
    from scanstation.model.dossier import Dossier
    from scanstation.model.profile import Clerk, Procedure, ScanProfile, StationSettings
    from scanstation.model.recovery import RecoveryReport
    from scanstation.model.signing import Signer
    from scanstation.model.supplement import Supplemented


@dataclass(frozen=True, kw_only=True)
class Counter:
    """One counter: its station, its people and the stories it may start.

    Every callable may block and is called from a worker thread; each raises
    errors.ScanStationError and nothing else.
    """

    station: "StationSettings"
    clerks: "tuple[Clerk, ...]"
    signed_in: "Callable[[], Clerk | None]"
    sign_in: "Callable[[str], Clerk]"
    """By clerk id; every later act carries this clerk."""
    intake: "Intake"
    casework: "Casework"
    procedures: "Callable[[], tuple[Procedure, ...]]"
    profiles: "Callable[[], tuple[ScanProfile, ...]]"
    unlock: "Callable[[Clerk, bytes], Signer]"
    """A clerk's key and its passphrase; for one sealing."""
    queue: "Callable[[], tuple[QueueRow, ...]]"
    release: "Callable[[str, Clerk], QueueRow]"
    """Queue the held package of that id again; the clerk is the one who looked."""
    deliver: "Callable[[], Iterator[CourierEvent]]"
    """One pass of the courier; NetworkError when central cannot be reached."""
    print_component: "Callable[[Dossier, str], str]"
    """The component with that id, as sealed or as it stands; what the printer said."""
    print_slip: "Callable[[Dossier], str]"
    """The citizen's intake slip."""
    arrivals: "Arrivals | None" = None
    """Files that a device leaves in a folder; None where station.toml names none."""
    recovery: "Callable[[], RecoveryReport | None]" = lambda: None
    """What an unclean stop left."""
    acknowledge: "Callable[[], None]" = lambda: None
    """The clerk has read of it."""
    read_again: "Callable[[Event], Iterator[Supplemented]] | None" = None
    """Read delivered dossiers thoroughly, one at a time, and queue their better texts, until the
    event is set: then errors.Stopped at once. None where nobody wants that."""
