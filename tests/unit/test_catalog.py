"""Every sentence of the program has its Vietnamese form, and the compiled catalog is current."""

import io
import string
from pathlib import Path

import pytest
from babel.messages.catalog import Catalog
from babel.messages.extract import extract_from_dir
from babel.messages.mofile import read_mo
from babel.messages.pofile import read_po

ROOT = Path(__file__).parents[2]
FOLDER = ROOT / "scanstation" / "locale" / "vi" / "LC_MESSAGES"
KEYWORDS = {"_": None, "mark": None, "many": (1, 2)}


@pytest.fixture(scope="module")
def catalog() -> Catalog:
    with (FOLDER / "scanstation.po").open("rb") as stream:
        return read_po(stream, locale="vi")


def used() -> set[str]:
    found = extract_from_dir(str(ROOT / "scanstation"), keywords=KEYWORDS)
    return {text if isinstance(text, str) else text[0] for _f, _l, text, _c, _x in found if text}


def test_every_sentence_has_its_vietnamese_form(catalog: Catalog) -> None:
    translated = {message.id for message in catalog if message.id and message.string}
    plural = {one[0] for one in translated if not isinstance(one, str)}
    missing = used() - translated - plural
    assert sorted(missing) == [], "run scripts/catalog, then translate what is new"


def test_a_translation_tells_the_same_facts(catalog: Catalog) -> None:
    def facts(text: str) -> set[str]:
        return {name for _t, name, _s, _c in string.Formatter().parse(text) if name}

    for message in catalog:
        if isinstance(message.id, str) and message.id and isinstance(message.string, str):
            assert facts(message.id) == facts(message.string), message.id


def test_the_compiled_catalog_is_the_written_one(catalog: Catalog) -> None:
    compiled = read_mo(io.BytesIO((FOLDER / "scanstation.mo").read_bytes()))
    written = {one.id: one.string for one in catalog if one.id and one.string}
    assert {one.id: one.string for one in compiled if one.id} == written
