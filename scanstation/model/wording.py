"""Words for values of the model, in the language in force: the same on screen and terminal."""

from collections.abc import Iterator, Sequence

from scanstation.i18n import _, many
from scanstation.model.account import Account, Fate, Form
from scanstation.model.arrival import Seen, Stand
from scanstation.model.dossier import Page
from scanstation.model.events import Sorted
from scanstation.model.field import Evidence, Field, FieldName
from scanstation.model.page import Finding, FindingKind
from scanstation.model.removal import ExpungeReason, Removal
from scanstation.model.signing import Verdict


def part_of_sheet(page: Page) -> str:
    """Which image of a large or bound sheet a page is."""
    return _("image {part} of {parts} of one sheet").format(part=page.part, parts=page.parts)


_UNITS = {
    FindingKind.SKEWED: "°",
    FindingKind.UPSIDE_DOWN: "°",
    FindingKind.SIDEWAYS: "°",
    FindingKind.CORNER: " mm",
    FindingKind.SHORT: " mm",
    FindingKind.WRONG_SIZE: " mm",
    FindingKind.WRONG_RESOLUTION: " dpi",
    FindingKind.UNKNOWN_SCALE: " dpi",
    FindingKind.LOW_RESOLUTION: " dpi",
    FindingKind.SHOW_THROUGH: " %",
    FindingKind.DUPLICATE: " %",
    FindingKind.SECRET: " %",
    FindingKind.OLD_TEXT: " %",
}


def finding(one: Finding) -> str:
    """A finding with its number, and with its limit where it has one."""
    unit = _UNITS.get(one.kind, "")
    what, measure = finding_word(one), f"{one.measure:.3g}{unit}"
    if not one.limit:
        return f"{what} ({measure})"
    limit = f"{one.limit:.3g}{unit}"
    return _("{what} ({measure}, limit {limit})").format(what=what, measure=measure, limit=limit)


def finding_word(one: Finding) -> str:
    """A finding in a word or two."""
    return {
        FindingKind.BLANK: _("blank?"),
        FindingKind.NEARLY_BLANK: _("nearly blank?"),
        FindingKind.BLURRED: _("blurred"),
        FindingKind.DARK: _("too dark"),
        FindingKind.LIGHT: _("too light"),
        FindingKind.SKEWED: _("skewed"),
        FindingKind.CUT: _("cut off"),
        FindingKind.CORNER: _("corner folded or torn"),
        FindingKind.SHORT: _("too short"),
        FindingKind.WRONG_SIZE: _("unusual size"),
        FindingKind.WRONG_RESOLUTION: _("not the resolution asked for"),
        FindingKind.SHOW_THROUGH: _("other side shows through"),
        FindingKind.UPSIDE_DOWN: _("upside down"),
        FindingKind.SIDEWAYS: _("lay sideways"),
        FindingKind.UNKNOWN_SCALE: _("scale unknown"),
        FindingKind.LOW_RESOLUTION: _("low resolution"),
        FindingKind.DUPLICATE: _("scanned twice?"),
        FindingKind.CARD_DOUBT: _("ID card does not add up"),
        FindingKind.SECRET: _("SECRET marking"),
        FindingKind.UNREAD: _("not read in time"),
        FindingKind.OLD_TEXT: _("its PDF's text was useless: read anew"),
    }[one.kind]


def verdict(one: Verdict) -> str:
    """Whose signature, and what is known of it here."""
    intact = _("intact") if one.intact else _("BROKEN")
    whole = (
        _("covers the whole file") if one.covers_whole_file else _("something was added after it")
    )
    trusted = _("trusted") if one.trusted else _("issuer not trusted here")
    revoked = _("revocation {state}").format(state=_(one.revocation))
    problem = _(one.problem) if one.problem else ""
    parts = [f"{one.holder}, {one.signed_at}", intact, whole, trusted, revoked, problem]
    return "; ".join(part for part in parts if part)


def arrival(one: Seen) -> str:
    """Where a file that arrived stands, and what the clerk should know of it."""
    fate = one.arrival.fate
    if one.arrival.state is Stand.ASIDE:
        return _("set aside: {why}").format(why=fate.reason if fate else "–")
    where = fate.dossier[-12:] if fate else "–"
    if one.arrival.state is Stand.TAKEN:
        return _("taken into {dossier}").format(dossier=where)
    if one.glance.problem:
        return f"× {one.glance.problem}"
    if fate is not None and fate.dossier:
        return "! " + _("a taking into {dossier} broke off: look there first").format(dossier=where)
    if count := one.glance.signatures:
        return "◆ " + _("signed ({n})").format(n=count)
    return _("waiting for a clerk")


def account(one: Account) -> str:
    """A paper's account on one line."""
    return " · ".join(_account_words(one))


def _account_words(one: Account) -> Iterator[str]:
    yield many("{n} sheet", "{n} sheets", one.sheets).format(n=one.sheets)
    if one.two_sided:
        yield _("{n} printed on both sides").format(n=one.two_sided)
    if one.notes:
        yield _("{n} with a sticky note, scanned twice").format(n=one.notes)
    if one.blank_backs:
        yield _("{n} blank backs kept").format(n=one.blank_backs)
    if one.left_out:
        yield _("{n} sides not scanned: {why}").format(n=one.left_out, why=one.why)
    yield form(one.form)
    yield fate(one.fate)


def form(one: Form) -> str:
    """A form of paper, as the rules call it."""
    return {
        Form.ORIGINAL: _("original"),
        Form.REGISTER_COPY: _("copy from the register"),
        Form.CERTIFIED_COPY: _("certified copy"),
        Form.COMPARED_COPY: _("photocopy compared with the original"),
    }[one]


def fate(one: Fate) -> str:
    """What happens to the paper."""
    return {
        Fate.RETURNED: _("given back"),
        Fate.KEPT: _("kept here"),
        Fate.FORWARDED: _("passed on"),
    }[one]


def removal(one: Removal) -> str:
    """A class of tombstones."""
    return {
        Removal.BLANK: _("blank"),
        Removal.DUPLICATE: _("scanned twice"),
        Removal.RESCANNED: _("scanned again"),
        Removal.FOREIGN: _("not of this dossier"),
        Removal.UNREADABLE: _("unreadable"),
        Removal.MOVED: _("moved to another dossier"),
        Removal.OTHER: _("another reason"),
    }[one]


def expunge_reason(one: ExpungeReason) -> str:
    """Why content was destroyed."""
    return {
        ExpungeReason.SECRET: _("secret paper"),
        ExpungeReason.OTHER_CITIZEN: _("another citizen's paper"),
        ExpungeReason.CARD: _("identity card, scanned only for its code"),
    }[one]


def pile(event: Sorted) -> str:
    """What the separators of a pile came to, in one to three lines."""
    lines = [_("Separator sheets: found {found} of {expected}")]
    if event.unmet:
        lines.append(_("Without one: {titles}"))
    if event.loose:
        lines.append(
            many(
                "{n} page before the first separator sheet: look where it belongs",
                "{n} pages before the first separator sheet: look where they belong",
                event.loose,
            )
        )
    return "\n".join(lines).format(
        found=event.found, expected=event.expected, titles="; ".join(event.unmet), n=event.loose
    )


def destroyed(
    pages: Sequence[tuple[str, str]],
    same: Sequence[str],
    sealed: Sequence[str],
    unreadable: Sequence[str],
) -> list[str]:
    """What an expunging reached, as (dossier, page), and the pages and dossiers it did not."""
    lines = [
        _("Destroyed: page {page} of dossier {dossier}").format(
            page=page[-12:], dossier=dossier[-12:]
        )
        for dossier, page in pages
    ]
    for page in same:
        about = _("The same image is also page {page}: it stays until you expunge that one too.")
        lines.append(about.format(page=page[-12:]))
    for dossier in sealed:
        about = _("Sealed dossier {dossier} holds a copy, which stays: tell who is in charge.")
        lines.append(about.format(dossier=dossier[-12:]))
    for dossier in unreadable:
        about = _(
            "Dossier {dossier} holds the same image and its journal cannot be read: have the"
            " journal made anew, then expunge the page there too."
        )
        lines.append(about.format(dossier=dossier[-12:]))
    return lines


def traces() -> str:
    """What expunging cannot promise."""
    return _(
        "The file was overwritten and removed. An SSD, a snapshot or a backup may still hold old"
        " blocks, and exported files and printed sheets are not reached: tell your IT staff if"
        " the paper was secret."
    )


def field_note(one: Field) -> str:
    """What a clerk should know of a value before it counts; empty when nothing."""
    if one.evidence is Evidence.HANDWRITING:
        return _("handwriting: type what is missing")
    if one.doubts:
        return _("look: {doubts}").format(doubts=", ".join(one.doubts))
    if not one.unsure:
        return ""
    words = " · ".join(f"«{word}»" for word in one.unsure)
    if one.to_type:
        return _("not surely read: {words}, type it").format(words=words)
    return _("not surely read: {words}").format(words=words)


def field_word(name: FieldName) -> str:
    """A field in the clerk's words."""
    return {
        FieldName.NUMBER_SYMBOL: _("number, symbol"),
        FieldName.PLACE: _("place"),
        FieldName.DATE: _("date"),
        FieldName.TYPE: _("type"),
        FieldName.AGENCY: _("issuing agency"),
        FieldName.ABSTRACT: _("abstract"),
        FieldName.SIGNER: _("signer"),
        FieldName.URGENCY: _("urgency"),
        FieldName.PERSONAL_NUMBER: _("personal number"),
        FieldName.OLD_NUMBER: _("old ID number"),
        FieldName.NAME: _("full name"),
        FieldName.BORN: _("date of birth"),
        FieldName.SEX: _("sex"),
        FieldName.RESIDENCE: _("residence"),
        FieldName.CARD_ISSUED: _("card issued on"),
    }[name]
