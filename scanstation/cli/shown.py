"""A dossier for people, and the names clerks use for its parts."""

import argparse
from collections import Counter
from collections.abc import Iterator

from scanstation import errors
from scanstation.cli.voice import Voice
from scanstation.i18n import _
from scanstation.model import wording
from scanstation.model.dossier import Dossier, Page
from scanstation.model.profile import Component
from scanstation.model.removal import Removal


def print_dossier(args: argparse.Namespace, dossier: Dossier) -> int:
    """The verb's result is a dossier."""
    Voice.of(args).data("dossier", dossier, describe(dossier))
    return 0


def describe(dossier: Dossier) -> str:
    """A dossier for people: a head, then the checklist with its pages, then the fields."""
    head = f"{dossier.id}  {dossier.procedure.code} {dossier.procedure.title}"
    about = f"{dossier.applicant or '–'}  [{_(dossier.state)}] {dossier.reason}".rstrip()
    lines = [head, about]
    for number, one in enumerate(dossier.procedure.components, start=1):
        lines += _component_lines(dossier, number, one)
    for name, field in dossier.fields.items():
        unsure = "" if field.confirmed else " " + _("(not confirmed)")
        lines.append(f"  = {name}: {field.value}{unsure}")
    for gone in dossier.expunged:
        why = " · ".join(one for one in (wording.expunge_reason(gone.reason), gone.note) if one)
        lines.append(f"  × {gone.page[-12:]}  {_('destroyed')}: {why} ({gone.clerk}, {gone.at})")
    return "\n".join(lines)


def _component_lines(dossier: Dossier, number: int, one: Component) -> Iterator[str]:
    pages = dossier.of(one.id)
    count = len(pages) + sum(found.pages for found in dossier.attached(one.id))
    mark = "✓" if count else ("!" if one in dossier.missing else "·")
    note = "" if one.scan else _(" (not scanned)")
    yield f"  {mark} {number} {one.id}: {one.title}{note}  {count or '–'}"
    if account := dossier.accounts.get(one.id):
        yield f"        {wording.account(account)}"
    yield from (f"        {_page_line(page)}" for page in pages)
    if left_out := Counter(
        page.removed_as for page in dossier.tombstones if page.component == one.id
    ):
        words = (f"{wording.removal(kind or Removal.OTHER)} {n}" for kind, n in left_out.items())
        yield f"        – {_('left out')}: {', '.join(words)}"
    yield from (f"        {it.id[-12:]}  {it.name}" for it in dossier.attached(one.id))


def _page_line(page: Page) -> str:
    turned = f" ↻{page.rotation}°" if page.rotation else ""
    part = f"  {wording.part_of_sheet(page)}" if page.parts else ""
    return f"{page.id[-12:]}  {page.width}×{page.height} {page.dpi:g} dpi{turned}{part}"


def component_of(dossier: Dossier, wanted: str) -> str:
    """The full id of a component, by id or number; errors.NoSuchThing lists what there is."""
    if found := dossier.procedure.component(wanted):
        return found.id
    known = ", ".join(f"{n} {one.id}" for n, one in enumerate(dossier.procedure.components, 1))
    raise errors.NoSuchThing(
        kind=_("component"), name=wanted, hint=_("Known: {all}.").format(all=known)
    )


def page_of(dossier: Dossier, wanted: str) -> str:
    """The full id of a standing page or attachment; errors.NoSuchThing."""
    if page := dossier.page(wanted):
        return page.id
    for attachment in dossier.attachments:
        if wanted and attachment.id.endswith(wanted) and not attachment.removed:
            return attachment.id
    hint = _("See «scanstation dossier show {id}».").format(id=dossier.id[-12:])
    raise errors.NoSuchThing(kind=_("page"), name=wanted, hint=hint)
