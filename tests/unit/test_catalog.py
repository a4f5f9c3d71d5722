"""Every sentence of the program has its Vietnamese form, and the compiled catalog is current."""

import io
import re
import string
import unicodedata
from pathlib import Path

import pytest
from babel.messages.catalog import Catalog, Message
from babel.messages.mofile import read_mo

from scripts import sentences

PERCENT = re.compile(r"%(?:\(\w+\))?[rs]")


@pytest.fixture(scope="module")
def catalog() -> Catalog:
    return sentences.catalog()


def forms(message: Message) -> tuple[str, ...]:
    """The Vietnamese of a sentence; one form, also for a plural."""
    string = message.string
    return (string,) if isinstance(string, str) else tuple(string)


def first(sentence: str | tuple[str, ...] | list[str]) -> str:
    """A plural is known by its singular."""
    return sentence if isinstance(sentence, str) else sentence[0]


def test_every_sentence_has_its_vietnamese_form(catalog: Catalog) -> None:
    translated = {one.id for one in catalog if one.id and all(forms(one)) and not one.fuzzy}
    missing = sentences.used(sentences.ROOT / "scanstation") - translated
    assert sorted(map(str, missing)) == [], "run scripts/catalog, then translate what is new"


def test_nothing_is_translated_that_nobody_says(catalog: Catalog) -> None:
    written = {one.id for one in catalog if one.id}
    assert written - sentences.used(sentences.ROOT / "scanstation") == set(), "run scripts/catalog"


def test_a_sentence_inside_an_f_string_is_found(tmp_path: Path) -> None:
    said = 'f"{_(\'sealed\')}"; i18n._("plain"); many("{n} page", "{n} pages", n); _(variable)'
    (tmp_path / "one.py").write_text(said)
    assert sentences.used(tmp_path) == {"sealed", "plain", ("{n} page", "{n} pages")}


def test_a_sentence_that_cannot_be_found_whole_is_refused(tmp_path: Path) -> None:
    (tmp_path / "one.py").write_text("many(one, more, n)")
    with pytest.raises(ValueError, match=r"one\.py:1"):
        sentences.used(tmp_path)


def test_a_translation_tells_the_same_facts(catalog: Catalog) -> None:
    def facts(text: str) -> set[str]:
        braces = set() if PERCENT.search(text) else {*string.Formatter().parse(text)}
        return {f"{name}:{kind}" for _t, name, kind, _c in braces if name} | {
            *PERCENT.findall(text)
        }

    for message in catalog:
        asked = message.id if isinstance(message.id, str) else message.id[-1]
        for translated in filter(None, forms(message) if message.id else ()):
            assert facts(asked) == facts(translated), message.id


def test_translations_are_composed_letters(catalog: Catalog) -> None:
    for message in catalog:
        for translated in forms(message):
            assert unicodedata.is_normalized("NFC", translated), message.id


def test_the_compiled_catalog_is_the_written_one(catalog: Catalog) -> None:
    compiled = read_mo(io.BytesIO((sentences.FOLDER / "scanstation.mo").read_bytes()))
    written = {first(one.id): forms(one) for one in catalog if one.id and all(forms(one))}
    assert {first(one.id): forms(one) for one in compiled if one.id} == written
