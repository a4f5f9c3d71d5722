"""Central holds a package and what supplements it; it believes no supplement of strangers."""

import sqlite3

import pytest

from scanstation.central.board import board
from scanstation.central.refusal import Refusal
from scanstation.central.store import Store
from scanstation.sync.wire import Code
from tests.unit.central.test_corrections import held
from tests.unit.central.test_store import opened, package, put, root, sealer, store

ONE, TWO = (f"0198000{n}-0000-7000-8000-000000000000" for n in (1, 2))
UNKNOWN = "01980007-0000-7000-8000-000000000000"
__all__ = ["root", "sealer", "store"]


def test_a_supplement_is_held_beside_what_it_adds_to_and_both_are_shown(store: Store) -> None:
    own = held(store, dossier=ONE, sequence=1)
    more = held(store, dossier=ONE, sequence=2, supplements=own)
    latest = {one.announcement.package: one for one in store.register.latest(9)}
    assert latest[more].supplements == own and latest[more].receipt
    assert latest[own].supplements == "" and latest[own].receipt
    page = board(store)
    assert page.count(own) == 2 and more in page


@pytest.mark.parametrize(
    ("words", "reason"),
    [
        ({"supplements": UNKNOWN}, "not held"),
        ({"dossier": TWO}, "another dossier"),
        ({"station": "tram-2", "sequence": 1}, "another dossier"),
    ],
)
def test_a_supplement_of_what_is_unknown_or_another_s_is_refused_with_a_sentence(
    store: Store, words: dict[str, object], reason: str
) -> None:
    own = held(store, dossier=ONE, sequence=1)
    facts: dict[str, object] = {"dossier": ONE, "sequence": 2, "supplements": own}
    announcement, data = package(**(facts | words))
    put(store, announcement, data)
    with pytest.raises(Refusal, match=reason) as refusal:
        store.commit(announcement)
    assert (refusal.value.code, refusal.value.status) == (Code.SUPPLEMENTS, 422)
    assert not store.row(announcement.package).receipt


def test_a_package_of_which_not_all_is_held_is_not_supplemented(store: Store) -> None:
    own, data = package(dossier=ONE, sequence=1)
    put(store, own, data)
    more, more_data = package(dossier=ONE, sequence=2, supplements=own.package)
    put(store, more, more_data)
    with pytest.raises(Refusal, match="not held"):
        store.commit(more)


def test_a_supplement_is_not_supplemented_itself(store: Store) -> None:
    own = held(store, dossier=ONE, sequence=1)
    more = held(store, dossier=ONE, sequence=2, supplements=own)
    again, data = package(dossier=ONE, sequence=3, supplements=more)
    put(store, again, data)
    with pytest.raises(Refusal, match="supplement itself"):
        store.commit(again)


def test_a_register_from_before_supplements_is_opened_and_keeps_its_corrections(
    root, sealer
) -> None:
    first = opened(root, sealer)
    old = held(first, dossier=ONE, sequence=1)
    new = held(first, dossier=TWO, sequence=2, supersedes=old, corrects=ONE)
    first.register.close()
    with sqlite3.connect(root / "register.sqlite3") as database:
        database.execute("ALTER TABLE package DROP COLUMN supplements")
        database.execute("PRAGMA user_version = 2")
    database.close()
    again = opened(root, sealer)
    assert again.row(new).supersedes == old
    assert held(again, dossier=ONE, sequence=3, supplements=old)
    again.register.close()
