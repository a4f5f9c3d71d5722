"""Words for values of the model, in the language in force: the same on screen and terminal."""

from scanstation.i18n import _, many
from scanstation.model.events import Sorted
from scanstation.model.field import FieldName
from scanstation.model.page import Finding, FindingKind


def finding(one: Finding) -> str:
    """A finding with its number."""
    return _("{what} ({measure:.3g}, limit {limit:.3g})").format(
        what=finding_word(one), measure=one.measure, limit=one.limit
    )


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
    }[one.kind]


def pile(event: Sorted) -> str:
    """What the separators of a pile came to, in one to three lines."""
    lines = [_("Separator sheets: found {found} of {expected}")]
    if event.unmet:
        lines.append(_("Without one: {titles}"))
    if event.loose:
        loose = "{n} page before the first separator sheet: look where it belongs"
        many_loose = "{n} pages before the first separator sheet: look where they belong"
        lines.append(many(loose, many_loose, event.loose))
    return "\n".join(lines).format(
        found=event.found, expected=event.expected, titles="; ".join(event.unmet), n=event.loose
    )


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
