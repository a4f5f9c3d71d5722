"""What a device's source name means, across vendors and languages.

One table, one rule, no device: "ADF Front", "Khay nạp" and "Automatic Document Feeder(left
aligned)" are one thing. It refuses to guess: a name that says none of these words has no role.
"""

import unicodedata
from collections.abc import Sequence

from scanstation.model.profile import Role

# Compared without accents and case. The names come from the backends of libsane 1.2.1, brscan,
# hpaio, eSCL, and from translated drivers (vi, de, fr, es, ja, zh).
_DUPLEX: tuple[str, ...] = (
    "duplex",
    "both sides",
    "2-sided",
    "two-sided",
    "double-sided",
    "hai mat",
    "2 mat",
)
_DUPLEX += ("beidseitig", "recto verso", "recto-verso", "doble cara", "両面", "双面", "雙面")
_BACK: tuple[str, ...] = ("back", "rear side", "mat sau", "ruckseite", "verso", "裏面", "背面")
_CARD: tuple[str, ...] = ("card", "khe the", "karte", "carte", "tarjeta", "カード", "卡片")
_FEEDER: tuple[str, ...] = (
    "adf",
    "feeder",
    "simplex",
    "khay nap",
    "nap tu dong",
    "einzug",
    "chargeur",
)
_FEEDER += ("alimentador", "自動給紙", "自动进纸", "送稿器", "送纸器", "フィーダ")
_FLATBED: tuple[str, ...] = (
    "flatbed",
    "platen",
    "document table",
    "mat kinh",
    "flachbett",
    "vitre",
    "plano",
)
_FLATBED += ("cristal", "glass", "原稿台", "平板", "平台", "フラットベッド")
_WHOLE = {"fb": Role.FLATBED, "normal": Role.FLATBED, "front": Role.FEEDER}


def role(name: str) -> Role | None:
    """What `name` means; None when it says nothing known (a slide adapter, "Auto")."""
    plain = _plain(name)
    if plain in _WHOLE:
        return _WHOLE[plain]
    both, back = _says(plain, _DUPLEX), _says(plain, _BACK)
    if _says(plain, _CARD):
        return Role.CARD_DUPLEX if both else Role.CARD_BACK if back else Role.CARD
    if both:
        return Role.DUPLEX
    if _says(plain, _FLATBED):
        return Role.FLATBED
    if _says(plain, _FEEDER):
        return Role.BACK if back else Role.FEEDER
    return None


def is_flatbed(name: str) -> bool:
    """True for a source that never runs out of paper."""
    return role(name) is Role.FLATBED


def pick(wanted: str, offered: Sequence[str]) -> str | None:
    """The offered name that means `wanted`: the same name, else the first of the same role."""
    for name in offered:
        if name.casefold() == wanted.casefold():
            return name
    meant = role(wanted)
    return next((name for name in offered if meant and role(name) is meant), None)


def feeder_in(offered: Sequence[str]) -> str | None:
    """The source for "any feeder": one side first, then both, then cards; None on a flatbed."""
    for wanted in (Role.FEEDER, Role.DUPLEX, Role.CARD, Role.CARD_DUPLEX):
        if found := next((name for name in offered if role(name) is wanted), None):
            return found
    return None


def _plain(name: str) -> str:
    spread = unicodedata.normalize("NFD", name.casefold().strip())
    bare = "".join(letter for letter in spread if unicodedata.category(letter) != "Mn")
    return unicodedata.normalize("NFC", bare.replace("đ", "d"))


def _says(plain: str, words: Sequence[str]) -> bool:
    return any(_plain(word) in plain for word in words)
