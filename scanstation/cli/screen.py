"""`scanstation` alone: open the clerk's screen with the stories it may use."""

import argparse
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from threading import Event

from scanstation import errors
from scanstation.cli import desk, printing
from scanstation.cli.voice import Voice
from scanstation.i18n import _
from scanstation.model.delivery import CourierEvent
from scanstation.model.dossier import Dossier
from scanstation.model.profile import Clerk
from scanstation.model.supplement import Supplemented
from scanstation.settings import Station
from scanstation.tui import Counter


def open_screen(args: argparse.Namespace) -> int:
    """Run the screen until the clerk leaves."""
    from scanstation.tui.app import CounterApp

    station = desk.station(args)
    with counter(station) as handed:
        CounterApp(handed).run()
        Voice.of(args).say(
            _("Closing: pages in work are finished first. All saved pages are kept.")
        )
    return 0


@contextmanager
def counter(station: Station) -> Iterator[Counter]:
    """Everything the screen may do at this station."""
    from scanstation import bootstrap, mailroom

    profiles, outbox = station.profiles, bootstrap.outbox_of(station)

    has_inbox = station.settings.inbox.folder is not None

    def signed_in() -> Clerk | None:
        try:
            return station.signed_in
        except errors.NotSignedIn:
            return None

    def deliver() -> Iterator[CourierEvent]:
        with bootstrap.courier(outbox, station.settings.central) as courier:
            yield from courier.deliver()

    casework = bootstrap.casework(station)
    with bootstrap.intake(station) as intake:

        def print_component(dossier: Dossier, component: str) -> str:
            export = partial(intake.export, dossier.id)
            return "; ".join(printing.print_component(dossier, component, export))

        yield Counter(
            station=station.settings,
            clerks=station.settings.clerks,
            signed_in=signed_in,
            sign_in=station.sign_in,
            intake=intake,
            casework=casework,
            procedures=lambda: tuple(map(profiles.procedure, profiles.names("procedures"))),
            profiles=lambda: tuple(map(profiles.scan, profiles.names("scan"))),
            unlock=lambda clerk, passphrase: bootstrap.unlock(clerk.key, passphrase),
            queue=outbox.rows,
            release=casework.release,
            deliver=deliver,
            arrivals=mailroom.arrivals(station, intake.take) if has_inbox else None,
            recovery=casework.recovery,
            acknowledge=casework.acknowledge,
            read_again=partial(_read_again, station),
            print_component=print_component,
            print_slip=lambda dossier: printing.print_slip(
                station, dossier, intake.complete_since(dossier.id)
            ),
        )


def _read_again(station: Station, gives_way: Event) -> Iterator[Supplemented]:
    from scanstation import bootstrap

    return bootstrap.supplements(station, wait=True, gives_way=gives_way)
