"""Verbs over a dossier's checklist: the paper's account, fields, and whole components or dossiers.

The usual account is one option; every number can be told apart.
"""

import argparse

import msgspec

from scanstation import errors
from scanstation.cli import Verbs, desk
from scanstation.cli.shown import component_of, page_of, print_dossier
from scanstation.i18n import _
from scanstation.model.account import Account, Fate, Form
from scanstation.model.acts import AccountGiven, FieldSet
from scanstation.model.dossier import Dossier
from scanstation.model.reckoning import as_scanned
from scanstation.model.slipcode import dossier_in

_NUMBERS = ("sheets", "two_sided", "notes", "blank_backs", "left_out")


def register(verbs: Verbs) -> None:
    """Hang the verbs of this module on `dossier`."""
    _register_account(verbs)
    named = _add(verbs, "set", _("write a field's value as it stands on the paper"), _set)
    named.add_argument("field", metavar="FIELD", help=_("such as name or number-symbol"))
    named.add_argument("value", metavar="VALUE", help=_("empty takes the field away"))
    named.add_argument("--page", default="", metavar="PAGE", help=_("the page it stands on"))
    unsure = _("not compared with the paper yet")
    named.add_argument("--unconfirmed", action="store_true", help=unsure)
    about = _("move a page and all behind it into another component")
    split = _add(verbs, "split", about, _split)
    split.add_argument("page", metavar="PAGE", help=_("page id or its ending"))
    _component_option(split)
    join = _add(verbs, "join", _("move a whole component into another"), _join)
    join.add_argument("source", metavar="FROM", help=_("component id or number"))
    join.add_argument("into", metavar="INTO", help=_("component id or number"))
    about = _("move everything of another dossier into this one; withdraw the other yourself")
    merge = _add(verbs, "merge", about, _merge)
    other = _("id of the other dossier or its ending")
    merge.add_argument("other", type=dossier_in, metavar="OTHER", help=other)
    theirs = _("component here for all of it; default: the one of the same id")
    merge.add_argument("--component", default="", metavar="ID", help=theirs)


def _register_account(verbs: Verbs) -> None:
    about = _("declare the paper: sheets, form, and where it goes")
    account = _add(verbs, "account", about, _account)
    one = _("component id or number; default: all that have no account yet")
    account.add_argument("component", nargs="?", default="", metavar="COMPONENT", help=one)
    for name, meaning in (
        ("sheets", _("sheets of paper; default: as scanned")),
        ("two-sided", _("sheets with print on both sides")),
        ("notes", _("pages with a sticky note, scanned with and without it")),
        ("blank-backs", _("blank backs kept as images")),
        ("left-out", _("printed sides not scanned, with --why")),
    ):
        account.add_argument(f"--{name}", type=int, metavar="N", help=meaning)
    account.add_argument("--why", default="", metavar="WORDS", help=_("why sides were left out"))
    forms = [one.value for one in Form]
    account.add_argument("--form", choices=forms, help=_("default: what the checklist asks for"))
    fates = [one.value for one in Fate]
    goes = _("what happens to the paper; default: returned")
    account.add_argument("--paper", choices=fates, help=goes)


def _add(verbs: Verbs, name: str, about: str, run: object) -> argparse.ArgumentParser:
    parser = verbs.add(name, about, run)
    dossier = _("id or its ending, or the text of its slip's code")
    parser.add_argument("dossier", type=dossier_in, metavar="ID", help=dossier)
    return parser


def _component_option(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--component", required=True, metavar="ID", help=_("component id or number")
    )


def _account(args: argparse.Namespace) -> int:
    station = desk.station(args)
    clerk, work = station.signed_in, desk.casework(station)
    told = {name: value for name in _NUMBERS if (value := getattr(args, name)) is not None}
    if not args.component:
        if told or args.form or args.paper:
            raise errors.UsageError(detail=_("name the component these numbers are about"))
        return print_dossier(args, work.declare_as_scanned(args.dossier, clerk))
    dossier = work.dossier(args.dossier)
    component = component_of(dossier, args.component)
    act = AccountGiven(component, _told(dossier, component, told, args))
    return print_dossier(args, work.record(dossier.id, act, clerk))


def _told(
    dossier: Dossier, component: str, told: dict[str, int], args: argparse.Namespace
) -> Account:
    """What was typed over the usual account; its own backs count only while no number is told."""
    usual = as_scanned(dossier, component) or Account(sheets=0)
    base = msgspec.structs.replace(usual, two_sided=0) if told else usual
    return msgspec.structs.replace(
        base,
        **told,
        why=args.why.strip(),
        form=Form(args.form) if args.form else usual.form,
        fate=Fate(args.paper) if args.paper else usual.fate,
    )


def _set(args: argparse.Namespace) -> int:
    station = desk.station(args)
    work = desk.casework(station)
    dossier = work.dossier(args.dossier)
    page = page_of(dossier, args.page) if args.page else ""
    act = FieldSet(args.field, args.value, not args.unconfirmed, page)
    return print_dossier(args, work.record(dossier.id, act, station.signed_in))


def _split(args: argparse.Namespace) -> int:
    station = desk.station(args)
    work = desk.casework(station)
    component = component_of(work.dossier(args.dossier), args.component)
    return print_dossier(args, work.split(args.dossier, args.page, component, station.signed_in))


def _join(args: argparse.Namespace) -> int:
    station = desk.station(args)
    work = desk.casework(station)
    dossier = work.dossier(args.dossier)
    source, into = component_of(dossier, args.source), component_of(dossier, args.into)
    return print_dossier(args, work.join(dossier.id, source, into, station.signed_in))


def _merge(args: argparse.Namespace) -> int:
    station = desk.station(args)
    work, clerk = desk.casework(station), station.signed_in
    return print_dossier(args, work.merge(args.dossier, args.other, args.component, clerk))
