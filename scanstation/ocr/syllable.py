"""Whether a word can be a Vietnamese syllable, by the rules of the spelling alone.

Onset, rhyme and tone are checked, not meaning: a legal syllable may still be the wrong one. It
changes nothing and knows no word list, so names and rare words pass.
"""

import re
import unicodedata
from functools import lru_cache

_TONES = "\u0300\u0301\u0303\u0309\u0323"
_SHARP_OR_HEAVY = "\u0301\u0323"
_ONSETS = "ngh ng gh gi kh nh ph qu th tr ch b c d đ g h k l m n p r s t v x"
_STOPS = ("ch", "c", "p", "t")
_OPEN = (
    "a ai ao au ay âu ây e eo ê êu i ia iu o oa oai oao oay oe oeo oi ô ôi ơ ơi u ua uây uê ui uơ"
    " uôi uy uya uyu ư ưa ưi ưu ươi ươu y yêu iêu uau uai uao oeo"
)
"""Rhymes that end in a vowel."""
_CLOSED = {
    "c": "a ă â e o oa oă ô u uâ uô ư ươ i iê yê ơ oo",
    "ch": "a ê i oa uê uy y",
    "m": "a ă â e ê i iê yê o oa oă ô ơ u uô ư ươ uâ",
    "n": "a ă â e ê i iê yê o oa oă oe ô ơ u uâ uê uô uy uyê ư ươ y",
    "ng": "a ă â e ê i iê o oa oă oo ô u uâ uô ư ươ yê",
    "nh": "a ê i oa uê uy y",
    "p": "a ă â e ê i iê o oa oă ô ơ u ư ươ uy uâ y",
    "t": "a ă â e ê i iê yê o oa oă oe ô ơ u uâ uê uô uy uyê ư ươ y",
}
"""Vowels by the consonant that closes them."""
_RHYMES = frozenset(_OPEN.split()) | {
    vowel + end for end, vowels in _CLOSED.items() for vowel in vowels.split()
}
_FRONT = ("e", "ê", "i", "y")


@lru_cache(maxsize=4096)
def is_legal(word: str) -> bool:
    """Whether `word` (NFC or NFD, letters only, any case) can be spelled so in Vietnamese."""
    marked = unicodedata.normalize("NFD", word.lower())
    tones = [mark for mark in marked if mark in _TONES]
    bare = unicodedata.normalize("NFC", re.sub(f"[{_TONES}]", "", marked))
    if len(tones) > 1 or not bare:
        return False
    stopped = bare.endswith(_STOPS)
    if stopped and not (tones and tones[0] in _SHARP_OR_HEAVY):
        return False
    return any(_fits(onset, rhyme) for onset, rhyme in _splits(bare))


def _splits(bare: str) -> list[tuple[str, str]]:
    """Onset and rhyme in every way; «gi» and «qu» lend their vowel to the rhyme (gìn, quốc)."""
    ways = [("", bare)]
    for onset in _ONSETS.split():
        if bare.startswith(onset):
            rest = bare[len(onset) :]
            ways.append((onset, rest))
            if onset == "gi":
                ways.append((onset, "i" + rest))
            if onset == "qu":
                ways.append((onset, "u" + rest))
    return ways


def _fits(onset: str, rhyme: str) -> bool:
    if rhyme not in _RHYMES:
        return False
    front = rhyme.startswith(_FRONT)
    if onset in ("ngh", "gh", "k"):
        return front
    if onset in ("ng", "g", "c"):
        return not front or (onset == "g" and rhyme.startswith("i"))
    return True
