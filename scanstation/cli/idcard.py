"""The verb idcard: read a card that is only shown, and keep no image of it."""

import argparse
from pathlib import Path

from scanstation.cli import Verbs, desk
from scanstation.cli.voice import Voice, table
from scanstation.i18n import _
from scanstation.model.field import FieldName
from scanstation.model.wording import field_word

_ROWS = (
    ("number", FieldName.PERSONAL_NUMBER),
    ("old_number", FieldName.OLD_NUMBER),
    ("name", FieldName.NAME),
    ("born", FieldName.BORN),
    ("sex", FieldName.SEX),
    ("residence", FieldName.RESIDENCE),
    ("issued", FieldName.CARD_ISSUED),
)


def register(verbs: Verbs) -> None:
    """Hang the verbs of this module."""
    cards = verbs.group("idcard", _("ID cards that are only shown"))
    read = cards.add(
        "read",
        _("read the code of an ID card; no image of it is stored"),
        _read,
        ("idcard read", "idcard read --profile sane-flatbed-300", "idcard read --file card.jpg"),
    )
    source = read.add_mutually_exclusive_group()
    source.add_argument("--file", type=Path, metavar="FILE", help=_("instead of scanning"))
    profile = _("scan profile; default: the station's")
    source.add_argument("--profile", default="", metavar="ID", help=profile)


def _read(args: argparse.Namespace) -> int:
    from scanstation import bootstrap

    profiles = desk.profiles(args)
    source = args.file
    if source is None:
        wanted = args.profile or desk.station(args).settings.default_profile
        source = profiles.scan(wanted)
    found = bootstrap.card_of(source, profiles)
    rows = [(field_word(name), getattr(found.card, part)) for part, name in _ROWS]
    rows += [(_("further"), text) for text in found.card.more]
    lines = [table(rows, _("field"), _("value"))]
    doubt = _("! {doubt}: found «{found}», expected {expected}")
    lines += [
        doubt.format(doubt=one.doubt, found=one.found, expected=one.expected)
        for one in found.doubts
    ]
    Voice.of(args).data("idcard", found, "\n".join(lines))
    return 0
