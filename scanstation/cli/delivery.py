"""Verbs over the queue and the wire: queue, sync and the reference receiver."""

import argparse
from pathlib import Path

from scanstation import errors
from scanstation.cli import Verbs, desk
from scanstation.cli.voice import Voice, table
from scanstation.i18n import _
from scanstation.model.delivery import Delivery, QueueRow


def register(verbs: Verbs) -> None:
    """Hang the verbs of this module."""
    queue = verbs.group("queue", _("sealed dossiers waiting for central"))
    listing = queue.add("list", _("what is queued, held and delivered"), _list)
    states = [state.value for state in Delivery]
    listing.add_argument("--state", choices=states, help=_("only these"))
    show = queue.add("show", _("one package with its receipt"), _show)
    show.add_argument("package", metavar="ID", help=_("id or its ending"))
    release = queue.add("release", _("let a held package be sent again"), _release)
    release.add_argument("package", metavar="ID", help=_("id or its ending"))
    examples: tuple[str, ...] = ("queue supplement --wait",)
    better = _("queue the thorough text of what was sealed with a quick one")
    supplement = queue.add("supplement", better, _supplement, examples)
    supplement.add_argument(
        "--wait", action="store_true", help=_("read now, thoroughly, what was read once only")
    )
    queue.add("rebuild", _("make the ledger anew from packages and receipts"), _rebuild)
    examples = ("sync", "sync --watch")
    sync = verbs.add("sync", _("bring queued packages to central"), _sync, examples)
    how = sync.add_mutually_exclusive_group()
    how.add_argument("--once", action="store_true", help=_("one pass, then stop (default)"))
    how.add_argument("--watch", action="store_true", help=_("stay and send whenever possible"))
    central = verbs.group("central", _("the reference receiver"))
    example = ("central serve --root /srv/central --token-file token.txt",)
    serve = central.add("serve", _("receive packages on this machine"), _serve, example)
    root = _("folder of everything received")
    serve.add_argument("--root", required=True, type=Path, metavar="DIR", help=root)
    here = _("address to listen at; default: this machine only")
    serve.add_argument("--host", default="127.0.0.1", metavar="IP", help=here)
    port = _("default: 8043")
    serve.add_argument("--port", type=int, default=8043, metavar="N", help=port)
    serve.add_argument(
        "--demo", action="store_true", help=_("accept packages of throw-away stations as well")
    )
    serve.add_argument(
        "--token-file", type=Path, metavar="FILE", help=_("stations must show this token")
    )
    key = central.add("key", _("the public key stations check receipts with"), _key)
    key.add_argument("--root", required=True, type=Path, metavar="DIR", help=root)


def _list(args: argparse.Namespace) -> int:
    from scanstation import bootstrap

    rows = bootstrap.outbox_of(desk.station(args)).rows(
        Delivery(args.state) if args.state else None
    )
    lines = [
        (str(r.sequence), r.package[-12:], _added_to(r), _kb(r), r.queued_at[:16], _state(r))
        for r in rows
    ]
    headings = (_("no."), _("package"), _("adds to"), _("kB"), _("queued at"), _("state"))
    text = table(lines, *headings) if lines else _("The queue is empty.")
    Voice.of(args).data("queue", rows, text)
    return 0


def _added_to(row: QueueRow) -> str:
    """Ending of the id of the package it adds to."""
    return row.supplements[-12:] or "–"


def _kb(row: QueueRow) -> str:
    return str(-(-row.size // 1000))


def _state(row: QueueRow) -> str:
    if row.state is Delivery.SENDING:
        return f"{_(row.state)} {100 * row.offset // max(1, row.size)} %"
    return f"{_(row.state)} {row.reason}".rstrip()


def _show(args: argparse.Namespace) -> int:
    from scanstation import bootstrap

    row = bootstrap.outbox_of(desk.station(args)).row(args.package)
    lines = [
        _("package   {id}").format(id=row.package),
        _("dossier   {id}").format(id=row.dossier),
        *([_("adds to   {id}").format(id=row.supplements)] if row.supplements else []),
        _("state     {state}").format(state=_state(row)),
        _("queued    {at}").format(at=row.queued_at),
        _("delivered {at}").format(at=row.delivered_at or "–"),
        _("sha256    {digest}").format(digest=row.sha256),
        _("receipt   {jws}").format(jws=row.receipt or "–"),
    ]
    Voice.of(args).data("package", row, "\n".join(lines))
    return 0


def _release(args: argparse.Namespace) -> int:
    from scanstation import bootstrap

    station = desk.station(args)
    row = bootstrap.casework(station).release(args.package, station.signed_in)
    Voice.of(args).data("package", row, row.package)
    return 0


def _supplement(args: argparse.Namespace) -> int:
    from scanstation import bootstrap

    found = list(bootstrap.supplements(desk.station(args), wait=args.wait))
    queued = _("{dossier}: its better text is queued as no. {n}")
    later = _("{dossier}: not yet: {why}")
    lines = [
        queued.format(dossier=one.dossier[-12:], n=one.row.sequence)
        if one.row
        else later.format(dossier=one.dossier[-12:], why=one.waits)
        for one in found
    ]
    text = "\n".join(lines) or _("No dossier has a better text to come.")
    Voice.of(args).data("supplemented", found, text)
    return 0


def _rebuild(args: argparse.Namespace) -> int:
    from scanstation import bootstrap

    result = bootstrap.rebuild_outbox(desk.station(args))
    line = _("{n} packages are listed again; {d} damaged files were left alone")
    text = line.format(n=len(result.added), d=len(result.damaged))
    Voice.of(args).data("rebuilt", [row.package for row in result.added], text)
    return 0


def _sync(args: argparse.Namespace) -> int:
    from scanstation import bootstrap

    station = desk.station(args)
    outbox = bootstrap.outbox_of(station)
    with bootstrap.courier(outbox, station.settings.central) as courier:
        if args.watch:
            Voice.of(args).follow(bootstrap.watching(courier, outbox))
            return 0
        Voice.of(args).follow(courier.deliver())
    _list(argparse.Namespace(**{**vars(args), "state": None}))
    held = outbox.rows(Delivery.HELD)
    return errors.RejectedError.exit_code if held else 0


def _serve(args: argparse.Namespace) -> int:
    from scanstation.central import CentralOptions, Ready
    from scanstation.central.serve import serve

    voice = Voice.of(args)

    def ready(news: Ready) -> None:
        voice.say(_("Receiving at {url}, Ctrl-C ends").format(url=news.url))
        voice.data("central", news, f"{news.url}\n{news.receipt_key}")

    options = CentralOptions(production=not args.demo, token_file=args.token_file)
    try:
        serve(args.root, args.host, args.port, options=options, ready=ready)
    except KeyboardInterrupt:  # how it is meant to end; stdout holds its one document already
        return errors.Stopped.exit_code
    return 0


def _key(args: argparse.Namespace) -> int:
    from scanstation.central.serve import receipt_key

    key = receipt_key(args.root)
    Voice.of(args).data("central-key", key, key)
    return 0
