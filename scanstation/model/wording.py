"""Words for values of the model, in the language in force: the same on screen and terminal."""

from scanstation.i18n import _
from scanstation.model.arrival import Seen, Stand
from scanstation.model.page import Finding, FindingKind
from scanstation.model.signing import Verdict


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
