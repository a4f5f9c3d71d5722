"""The verb dossier fields: what the pages propose, and what a clerk has confirmed of it."""

import argparse

from scanstation.cli import Verbs, desk
from scanstation.cli.voice import Voice, table
from scanstation.i18n import _
from scanstation.model.field import Field
from scanstation.model.wording import field_note, field_word


def register(dossiers: Verbs) -> None:
    """Hang the verb below `dossier`."""
    fields = dossiers.add(
        "fields",
        _("values read from the pages, for a clerk to confirm"),
        _fields,
        ("dossier fields dac0f1702f17", "dossier fields dac0f1702f17 --json"),
    )
    fields.add_argument("dossier", metavar="ID", help=_("id or its ending"))


def _fields(args: argparse.Namespace) -> int:
    with desk.intake(desk.station(args)) as intake:
        found = intake.proposals(intake.dossier(args.dossier).id)
    rows = [
        (
            one.component,
            str(one.field.page),
            field_word(one.field.name),
            one.field.value,
            f"{one.field.confidence:.0f}",
            _note(one.field),
        )
        for one in found
    ]
    headings = (_("component"), _("page"), _("field"), _("value"), _("confidence"), _("state"))
    text = table(rows, *headings) if rows else _("Nothing was read from the pages.")
    Voice.of(args).data("fields", found, text)
    return 0


def _note(field: Field) -> str:
    """Whether it counts yet, and what to do before it does."""
    if field.confirmed:
        return _("confirmed")
    return field_note(field) or _("proposed")
