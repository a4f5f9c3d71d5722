"""A clerk's hands on the command line: account, fields, split, merge, expunge, slip and undo."""

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from PIL import Image

from scanstation.model.account import Account, Fate, Form
from scanstation.model.slipcode import payload
from scanstation.package.read import read_package
from scanstation.signing.testing_ca import Authority
from tests.helpers.counter import PASSPHRASE, Counter, copied, set_up, signing_keys
from tests.helpers.parts import requires_part

pytestmark = requires_part("tesseract-vie")


@pytest.fixture(scope="module")
def authority(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Authority]:
    with signing_keys(tmp_path_factory.mktemp("keys")) as made:
        yield made


@pytest.fixture(scope="module")
def station(tmp_path_factory: pytest.TempPathFactory, authority: Authority) -> Counter:
    """Each test works on a copy."""
    return set_up(tmp_path_factory.mktemp("s") / "station", authority)


@pytest.fixture
def counter(tmp_path: Path, station: Counter) -> Counter:
    return copied(station, tmp_path / "station")


def with_pages(counter: Counter, count: int) -> Any:
    """A dossier of a procedure with optional components, with this many small pages."""
    dossier = counter.new("1.004873")
    files = [counter.folder.parent / f"page-{number}.png" for number in range(count)]
    for number, path in enumerate(files):
        Image.new("L", (413, 585), 255 - number).save(path, dpi=(50, 50))
    return counter.must("import", "--dossier", dossier, "--component", "1", *files)


def test_sealing_asks_until_paper_and_images_add_up(counter: Counter) -> None:
    dossier = with_pages(counter, 2)["id"]
    seal = ("seal", dossier, "--passphrase-fd", "0")
    asked = counter.run(*seal, stdin=PASSPHRASE + "\n")
    assert asked.code == 5
    assert "say how many sheets there are" in asked.err
    counter.must("dossier", "account", dossier, "1", "--sheets", 3)
    asked = counter.run(*seal, stdin=PASSPHRASE + "\n")
    assert (asked.code, json.loads(asked.out)["data"]["error"]) == (5, "AccountOpen")
    assert "3 sheets make 3 images, there are 2" in asked.err
    told = ("--sheets", 1, "--two-sided", 1, "--form", "compared-copy", "--paper", "kept")
    counter.must("dossier", "account", dossier, "1", *told)
    done = counter.run(*seal, stdin=PASSPHRASE + "\n")
    assert done.code == 0, done.err
    package = counter.folder / "outbox" / "packages" / f"{done.data['package']}.ssp.zip"
    account = read_package(package).manifest.components[0].account
    assert account == Account(sheets=1, two_sided=1, form=Form.COMPARED_COPY, fate=Fate.KEPT)


def test_the_usual_account_is_one_word_and_numbers_need_a_component(counter: Counter) -> None:
    dossier = with_pages(counter, 2)["id"]
    assert counter.run("dossier", "account", dossier, "--sheets", 2).code == 2
    usual = counter.must("dossier", "account", dossier)["accounts"]
    assert [(one["sheets"], one["fate"]) for one in usual.values()] == [(2, "returned")]


def test_a_slip_s_code_opens_its_dossier_and_fields_are_set_and_undone(counter: Counter) -> None:
    dossier = with_pages(counter, 1)["id"]
    typed = payload(dossier, "T1")
    counter.must("dossier", "park", typed, "--reason", "thiếu giấy tờ")
    assert counter.must("dossier", "resume", typed)["state"] == "open"
    shown = counter.must("dossier", "set", typed, "name", "Lò Thị Mai", "--unconfirmed")
    assert shown["fields"]["name"]["value"] == "Lò Thị Mai"
    assert shown["fields"]["name"]["confirmed"] is False
    assert counter.must("dossier", "undo", typed)["fields"] == {}
    assert [one["id"] for one in counter.must("dossier", "list", "--idle", 0)] == [dossier]
    assert counter.must("dossier", "list", "--idle", 1) == []


def test_components_are_split_and_joined_and_dossiers_merged(counter: Counter) -> None:
    first, other = with_pages(counter, 3), with_pages(counter, 1)
    dossier, second = first["id"], first["pages"][1]["id"]
    split = counter.must("dossier", "split", dossier, second, "--component", "2")
    places = [page["component"] for page in split["pages"]]
    assert len(set(places)) == 2
    assert places[0] != places[1] == places[2]
    joined = counter.must("dossier", "join", dossier, "2", "1")
    assert {page["component"] for page in joined["pages"]} == {places[0]}
    merged = counter.must("dossier", "merge", dossier, other["id"])
    assert len(merged["pages"]) == 4
    page = merged["pages"][3]["id"]
    given = counter.must("page", "give", page, "--dossier", dossier, "--to", other["id"])
    assert len(given["pages"]) == 1
    assert len(counter.must("dossier", "undo", other["id"])["pages"]) == 0
    assert len(counter.must("dossier", "show", dossier)["pages"]) == 4


def test_expunge_wants_the_page_named_twice_and_says_what_a_disk_may_keep(
    counter: Counter,
) -> None:
    shown = with_pages(counter, 2)
    dossier, (page, other) = shown["id"], (one["id"] for one in shown["pages"])
    verb = ("page", "expunge", page[-12:], "--dossier", dossier, "--reason", "secret")
    assert counter.run(*verb).code == 2
    assert counter.run(*verb, "--yes-destroy", other).code == 2
    assert len(counter.must("dossier", "show", dossier)["pages"]) == 2
    done = counter.run(*verb, "--note", "dấu MẬT", "--yes-destroy", page)
    assert done.code == 0, done.err
    assert "may still hold old blocks" in done.err
    left = counter.must("dossier", "show", dossier)
    assert [one["id"] for one in left["pages"]] == [other]
    assert [(one["page"], one["note"]) for one in left["expunged"]] == [(page, "dấu MẬT")]


@pytest.mark.parametrize(
    ("answers", "code"), [("DESTROY\n{end}\n", 0), ("yes\n", 2), ("DESTROY\nnope\n", 2)]
)
def test_on_a_terminal_expunge_asks_for_the_word_and_the_end_of_the_id(
    counter: Counter, answers: str, code: int
) -> None:
    shown = with_pages(counter, 1)
    page = shown["pages"][0]["id"]
    ours, theirs = os.openpty()
    os.write(ours, answers.format(end=page[-4:]).encode())
    command = [sys.executable, "-m", "scanstation.cli", "--lang", "en", "--data-dir"]
    command += [str(counter.folder), "page", "expunge", page, "--dossier", shown["id"]]
    command += ["--reason", "card"]
    done = subprocess.run(command, stdin=theirs, capture_output=True, text=True, check=False)
    os.close(ours)
    os.close(theirs)
    assert done.returncode == code, done.stderr
    expected = [] if code == 0 else [page]
    pages = counter.must("dossier", "show", shown["id"])["pages"]
    assert [one["id"] for one in pages] == expected
