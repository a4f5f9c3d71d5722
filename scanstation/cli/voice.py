"""How the command line speaks: data on stdout, narration and progress on stderr.

With --json stdout holds one JSON document with a `schema` word and nothing else.
"""

import argparse
import json
import sys
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from typing import Any

import msgspec

from scanstation import errors, i18n
from scanstation.i18n import _, many
from scanstation.model import delivery, events
from scanstation.model.arrival import Arrived, Reached
from scanstation.model.asking import Asked, question
from scanstation.model.wording import finding, pile


class Voice:
    """Speaks for one run of one verb."""

    def __init__(self, *, as_json: bool = False, quiet: bool = False) -> None:
        self._json = as_json
        self._quiet = quiet

    @classmethod
    def of(cls, args: argparse.Namespace) -> "Voice":
        """The voice the options ask for."""
        return cls(as_json=args.json, quiet=args.quiet)

    def data(self, schema: str, value: Any, text: str) -> None:
        """Print the verb's result: `value` as JSON, or `text` for people."""
        if self._json:
            document = {
                "schema": f"scanstation.{schema}/0",
                "data": msgspec.to_builtins(value, enc_hook=str),
            }
            text = _json(document)
        _print(text)

    def say(self, sentence: str) -> None:
        """One line of narration."""
        if not self._quiet:
            print(sentence, file=sys.stderr, flush=True)

    def ask(self, offered: str) -> None:
        """The keys of a question, at the start of the line where the answer is typed."""
        print(f"{offered}: ", end="", file=sys.stderr, flush=True)

    def fault(self, fault: errors.ScanStationError) -> None:
        """The clerk's sentence on stderr; with --json also as data."""
        print(fault.advised(i18n.language()), file=sys.stderr, flush=True)
        if self._json:
            facts = {"error": fault.code, "exit": fault.exit_code, "sentence": str(fault)}
            document = {"schema": "scanstation.error/0", "data": facts}
            _print(_json(document))

    def follow(self, story: Iterable[Any]) -> list[Any]:
        """Narrate a story's events as they come, and return them all."""
        heard: list[Any] = []
        with self._bar() as bar:
            for event in story:
                heard.append(event)
                shown = bar(event)
                if isinstance(event, Asked):  # whoever is asked must know what, also with --quiet
                    print(question(event, i18n.language()), file=sys.stderr, flush=True)
                elif not shown and (line := sentence_of(event)):
                    self.say(line)
        return heard

    @contextmanager
    def _bar(self) -> Iterator[Any]:
        """A progress bar on a terminal; elsewhere nothing, so that logs stay readable."""
        if self._quiet or not sys.stderr.isatty():
            yield _is_step
            return
        from rich.console import Console
        from rich.progress import Progress

        with Progress(console=Console(stderr=True), transient=True) as progress:
            tasks: dict[str, Any] = {}

            def show(event: object) -> bool:
                if isinstance(event, Asked):
                    progress.stop()  # it would draw over the line being typed
                if (step := _step(event)) is None:
                    return False
                what, done, total = step
                progress.start()
                if what not in tasks:
                    tasks[what] = progress.add_task(what, total=total)
                progress.update(tasks[what], completed=done, total=total)
                return True

            yield show


def _json(document: dict[str, Any]) -> str:
    return json.dumps(document, ensure_ascii=False, indent=2)


def _print(text: str) -> None:
    """On stdout; a file name that is no text comes out with marks in it instead of a fault."""
    encoding = sys.stdout.encoding or "utf-8"
    print(text.encode(encoding, "replace").decode(encoding), flush=True)


def _is_step(event: object) -> bool:
    return _step(event) is not None


def _step(event: object) -> tuple[str, int, int] | None:
    match event:
        case events.Step(what=what, done=done, total=total):
            return _(what), done, total
        case events.ScanProgress(page=page, lines=lines, expected=expected) if expected:
            return _("page {n}").format(n=page), lines, expected
        case delivery.Sending(package=package, offset=offset, size=size):
            return _("sending {id}").format(id=package[-12:]), offset, size
        case _:
            return None


def sentence_of(event: object) -> str:
    """One line for an event, empty when it needs none."""
    match event:
        case events.Noticed(page=page, findings=findings):
            remarks = ", ".join(finding(one) for one in findings)
            return _("Page {n}: {remarks}").format(n=page, remarks=remarks)
        case events.SetAside(page=page, component=component):
            words = _("Separator sheet set aside, next: {component} ({id})")
            return words.format(component=component, id=page.id[-12:])
        case events.Sorted():
            return pile(event)
        case events.PdfAttached(attachment):
            line = many(
                "{name}: already signed ({n} signature), kept byte for byte",
                "{name}: already signed ({n} signatures), kept byte for byte",
                attachment.signatures,
            )
            return line.format(name=attachment.name, n=attachment.signatures)
        case events.FileWritten(path=path, pages=pages, signed=signed):
            claim = _("PDF/A-2u, signed") if signed else "PDF/A-2u"
            return f"{path.name}: {count_of_pages(pages)}, {claim}"
        case events.DossierQueued(row=row):
            return _("Sealed and queued as {id} ({size} kB)").format(
                id=row.package, size=-(-row.size // 1000)
            )
        case events.Warned():
            return event.sentence(i18n.language())
        case Reached(folder=folder):
            return _("The folder answers again: {folder}").format(folder=folder)
        case Arrived(arrival=arrival):
            return _("Arrived: {name} ({id})").format(name=arrival.name, id=arrival.id[-8:])
        case delivery.Delivered(package=package):
            return _("Delivered with receipt: {id}").format(id=package)
        case delivery.Held(package=package, reason=reason):
            return _("Held, a person must look: {id}: {why}").format(id=package, why=reason)
        case _:
            return _of_scan(event)


def _of_scan(event: object) -> str:
    match event:
        case events.ScanStarted(device=device, warnings=warnings):
            return "\n".join([_("Scanning with {device}").format(device=device), *warnings])
        case events.PageSaved(page=page, side=side) if side:
            return _side_saved(side).format(id=page.id[-12:])
        case events.PageSaved(page=page, position=position):
            return _("Page {n} saved ({id})").format(n=position, id=page.id[-12:])
        case events.PaperAwaited(seconds=seconds):
            return _("The feeder is empty: waiting for paper, {n:.0f} s at most").format(n=seconds)
        case events.Arranged(order=order):
            return _("Fronts and backs are in order ({n} pages)").format(n=len(order))
        case events.Joined(pages=pages):
            return _("One sheet in {n} images").format(n=len(pages))
        case _:
            return ""


def _side_saved(side: events.Side) -> str:
    return _("Front saved ({id})") if side is events.Side.FRONT else _("Back saved ({id})")


def count_of_pages(count: int) -> str:
    """Such as «3 pages»."""
    return many("{n} page", "{n} pages", count).format(n=count)


def table(rows: Iterable[tuple[str, ...]], *headings: str) -> str:
    """Left-aligned columns for people; cell width counts Vietnamese letters as one."""
    lines = [headings, *rows]
    widths = [max(len(line[place]) for line in lines) for place in range(len(headings))]
    return "\n".join(
        "  ".join(cell.ljust(width) for cell, width in zip(line, widths, strict=True)).rstrip()
        for line in lines
    )
