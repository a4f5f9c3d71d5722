"""Words for values of the model, in the language in force: the same on screen and terminal."""

from scanstation.i18n import _
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
        FindingKind.UPSIDE_DOWN: _("upside down"),
        FindingKind.UNKNOWN_SCALE: _("scale unknown"),
        FindingKind.LOW_RESOLUTION: _("low resolution"),
        FindingKind.SECRET: _("SECRET marking"),
        FindingKind.UNREAD: _("not read in time"),
        FindingKind.OLD_TEXT: _("its PDF's text was useless: read anew"),
    }[one.kind]
