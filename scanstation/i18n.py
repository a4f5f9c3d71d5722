"""Which language the station speaks, and the catalogs of its sentences (gettext).

Source strings are English; Vietnamese lives in locale/vi. A string without a translation shows
in English, never as an error. Error sentences carry both languages themselves (errors).
"""

import gettext
import os
import unicodedata
from pathlib import Path

LANGUAGES = ("vi", "en")
_CATALOGS = Path(__file__).parent / "locale"
_DIRECTIONS = frozenset("\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")
_state: dict[str, gettext.NullTranslations] = {"now": gettext.NullTranslations()}
_language = ["en"]


def choose(language: str) -> None:
    """Speak "vi" or "en" from now on in this process."""
    _language[0] = language if language in LANGUAGES else "en"
    _state["now"] = gettext.translation(
        "scanstation", _CATALOGS, languages=[_language[0]], fallback=True
    )
    os.environ["LANGUAGE"] = _language[0]  # argparse asks gettext itself, and gettext asks this
    gettext.bindtextdomain("scanstation", str(_CATALOGS))
    gettext.textdomain("scanstation")


def language() -> str:
    """The language in force."""
    return _language[0]


def preferred() -> str:
    """Vietnamese, unless this login says English: the counter's default is the clerk's."""
    for name in ("SCANSTATION_LANG", "LC_ALL", "LC_MESSAGES", "LANG"):
        value = os.environ.get(name, "")
        if value[:2] in LANGUAGES:
            return value[:2]
    return "vi"


def _(text: str) -> str:
    """`text` in the language in force, NFC as the catalogs are."""
    return _state["now"].gettext(text)


def many(one: str, other: str, count: int) -> str:
    """The plural form for `count` (Vietnamese has one form)."""
    return _state["now"].ngettext(one, other, count)


def mark(text: str) -> str:
    """`text` as it is, but noted for the catalogs: for words that reach `_` through a variable."""
    return text


def shown(name: str) -> str:
    """A file's name as text, NFC, also where its bytes are none (a stick of an old Windows).

    Line ends, terminal commands and marks that turn the direction of writing become U+FFFD.
    """
    text = unicodedata.normalize("NFC", os.fsencode(name).decode(errors="replace"))
    return "".join("\ufffd" if _is_command(letter) else letter for letter in text)


def _is_command(letter: str) -> bool:
    return unicodedata.category(letter) in ("Cc", "Zl", "Zp") or letter in _DIRECTIONS


STATES = (
    mark("open"),
    mark("parked"),
    mark("sealed"),
    mark("withdrawn"),
    mark("queued"),
    mark("sending"),
    mark("delivered"),
    mark("held"),
    mark("unchecked"),
    mark("good"),
    mark("revoked"),
    mark("read"),
    mark("sign"),
)
"""Words of the model that the screen shows translated."""

ARGPARSE = (
    mark("usage: "),
    mark("options"),
    mark("positional arguments"),
    mark("show this help message and exit"),
    mark("%(prog)s: error: %(message)s\n"),
    mark("argument %(argument_name)s: %(message)s"),
    mark("the following arguments are required: %s"),
    mark("unrecognized arguments: %s"),
    mark("not allowed with argument %s"),
    mark("ignored explicit argument %r"),
    mark("expected one argument"),
    mark("expected at least one argument"),
    mark("ambiguous option: %(option)s could match %(matches)s"),
    mark("invalid %(type)s value: %(value)r"),
    mark("invalid choice: %(value)r (choose from %(choices)s)"),
    mark("unknown parser %(parser_name)r (choices: %(choices)s)"),
)
"""What a mistyped command is told by argparse, in its own English."""
