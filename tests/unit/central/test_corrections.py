"""Central holds a package and the one that corrects it; it believes no correction of strangers."""

import sqlite3

import pytest

from scanstation.central.board import board
from scanstation.central.refusal import Refusal
from scanstation.central.store import Store
from scanstation.sync.wire import Code
from tests.unit.central.test_store import opened, package, put, root, sealer, store

ONE, TWO, NINE = (f"0198000{n}-0000-7000-8000-000000000000" for n in (1, 2, 9))
__all__ = ["root", "sealer", "store"]


def held(store: Store, **words: object) -> str:
    announcement, data = package(**words)
    put(store, announcement, data)
    store.commit(announcement)
    return announcement.package


def test_a_correction_is_held_beside_what_it_supersedes_and_both_are_shown(store: Store) -> None:
    old = held(store, dossier=ONE, sequence=1)
    new = held(store, dossier=TWO, sequence=2, supersedes=old, corrects=ONE)
    latest = {one.announcement.package: one for one in store.register.latest(9)}
    assert latest[new].supersedes == old and latest[new].receipt
    assert latest[old].supersedes == "" and latest[old].receipt
    page = board(store)
    assert page.count(old) == 2 and new in page


@pytest.mark.parametrize(
    ("words", "reason"),
    [
        ({"supersedes": "01980007-0000-7000-8000-000000000000", "corrects": ONE}, "not held"),
        ({"corrects": NINE}, "another dossier"),
        ({"corrects": ONE, "station": "tram-2", "sequence": 1}, "another dossier"),
    ],
)
def test_a_correction_of_what_is_unknown_or_another_s_is_refused_with_a_sentence(
    store: Store, words: dict[str, object], reason: str
) -> None:
    old = held(store, dossier=ONE, sequence=1)
    facts: dict[str, object] = {"dossier": TWO, "sequence": 2, "supersedes": old}
    announcement, data = package(**(facts | words))
    put(store, announcement, data)
    with pytest.raises(Refusal, match=reason) as refusal:
        store.commit(announcement)
    assert (refusal.value.code, refusal.value.status) == (Code.CORRECTS, 422)
    assert not store.row(announcement.package).receipt


def test_a_correction_that_came_too_early_is_taken_once_the_other_is_there(store: Store) -> None:
    old, old_data = package(dossier=ONE, sequence=1)
    new, data = package(dossier=TWO, sequence=2, supersedes=old.package, corrects=ONE)
    put(store, new, data)
    with pytest.raises(Refusal):
        store.commit(new)
    put(store, old, old_data)
    store.commit(old)
    assert store.commit(new)


def test_a_register_from_before_corrections_is_opened_and_keeps_its_receipts(root, sealer) -> None:
    first = opened(root, sealer)
    old = held(first, dossier=ONE, sequence=1)
    first.register.close()
    with sqlite3.connect(root / "register.sqlite3") as database:
        database.execute("ALTER TABLE package DROP COLUMN supersedes")
        database.execute("ALTER TABLE package DROP COLUMN supplements")
        database.execute("PRAGMA user_version = 1")
    database.close()
    again = opened(root, sealer)
    assert again.row(old).receipt
    again.register.close()
