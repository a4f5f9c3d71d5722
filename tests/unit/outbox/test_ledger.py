"""A ledger that was tampered with, lost or made by a newer version; and one made anew."""

import sqlite3
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from scanstation import errors
from scanstation.model.delivery import Delivery
from scanstation.outbox.folder import LEDGER, Outbox
from scanstation.outbox.ledger import Ledger
from scanstation.outbox.rebuild import rebuild
from scanstation.package.read import read_package
from scanstation.signing import jws
from tests.unit.outbox.conftest import CLOCK, Station, package_id

TRIGGERS = ("audit_is_not_changed", "audit_is_not_shortened", "packages_are_not_forgotten")


def tamper(here: Station, *statements: str) -> None:
    """Change the ledger as somebody with an SQLite browser could."""
    with sqlite3.connect(here.root / LEDGER) as ledger:
        for statement in (*(f"DROP TRIGGER {name}" for name in TRIGGERS), *statements):
            ledger.execute(statement)
    ledger.close()


@pytest.fixture
def busy(here: Station) -> Outbox:
    """Three packages: delivered, held, queued."""
    outbox = here.outbox()
    one, two, _ = (here.seal(outbox) for _ in range(3))
    outbox.deliver(one.package, here.receipt(one))
    outbox.hold(two.package, "refused")
    return outbox


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE packages SET state = 'delivered' WHERE sequence = 3",
        "UPDATE audit SET event = replace(event, 'queued', 'thrown') WHERE number = 1",
        "DELETE FROM audit WHERE number = 2",
        "DELETE FROM audit WHERE number = (SELECT max(number) FROM audit)",
        "DELETE FROM packages WHERE sequence = 2",
        "UPDATE audit SET hash = '00' WHERE number = 3",
        "UPDATE audit SET number = number + 1 WHERE number = 5",
    ],
)
def test_a_change_behind_the_ledgers_back_breaks_the_audit(
    here: Station, busy: Outbox, statement: str
) -> None:
    assert busy.audit_check().number == 5
    tamper(here, statement)
    with pytest.raises(errors.LedgerBroken):
        busy.audit_check()


def test_the_audit_head_depends_on_everything_that_happened(here: Station, outbox: Outbox) -> None:
    heads = {outbox.audit_check().hash}
    row = here.seal(outbox)
    heads.add(outbox.audit_check().hash)
    outbox.hold(row.package, "a")
    heads.add(outbox.audit_check().hash)
    outbox.release(row.package, "lan")
    heads.add(outbox.audit_check().hash)
    assert len(heads) == 4


@pytest.mark.parametrize(
    "statement",
    ["DELETE FROM packages", "DELETE FROM audit", "UPDATE audit SET hash = ''"],
)
def test_the_ledger_itself_refuses_to_forget(here: Station, busy: Outbox, statement: str) -> None:
    with sqlite3.connect(here.root / LEDGER) as ledger, pytest.raises(sqlite3.IntegrityError):
        ledger.execute(statement)
    ledger.close()
    assert len(busy.rows()) == 3


def test_a_ledger_of_a_newer_version_is_not_opened(here: Station, busy: Outbox) -> None:
    tamper(here, "PRAGMA user_version = 3")
    with pytest.raises(errors.StoreNewer):
        here.outbox()


def garbage(path: Path) -> None:
    path.write_bytes(b"not a database at all" * 300)


def cut(path: Path) -> None:
    path.write_bytes(path.read_bytes()[:4096])


def rotten(path: Path) -> None:
    content = bytearray(path.read_bytes())
    content[4096:4196] = bytes(100)
    path.write_bytes(content)


def gone(path: Path) -> None:
    path.unlink()


def emptied(path: Path) -> None:
    path.write_bytes(b"")


def someone_elses(path: Path) -> None:
    path.unlink()
    with sqlite3.connect(path) as database:
        database.execute("CREATE TABLE bookmarks (url)")
    database.close()


@pytest.mark.parametrize("harm", [garbage, cut, rotten, gone, emptied, someone_elses])
def test_a_broken_ledger_is_not_opened_and_is_made_anew_from_packages_and_receipts(
    here: Station, busy: Outbox, harm: Callable[[Path], None]
) -> None:
    before = busy.rows()
    harm(here.root / LEDGER)
    with pytest.raises(errors.LedgerBroken):
        here.outbox()
    result = rebuild(here.root, CLOCK, read_package, here.check_receipt)
    outbox = here.outbox()
    assert result.added == outbox.rows()
    assert result.damaged == ()
    assert [(row.package, row.sha256, row.size) for row in outbox.rows()] == [
        (row.package, row.sha256, row.size) for row in before
    ]
    states = [row.state for row in outbox.rows()]
    assert states == [Delivery.DELIVERED, Delivery.QUEUED, Delivery.QUEUED]
    assert outbox.row(package_id(1)).receipt == before[0].receipt
    assert outbox.audit_check().number == 4
    with outbox.sealing(read_package) as turn:
        assert (turn.sequence, turn.previous) == (4, before[-1].sha256)


def test_making_anew_sets_the_old_ledger_aside(here: Station, busy: Outbox) -> None:
    old = (here.root / LEDGER).read_bytes()
    rebuild(here.root, CLOCK, read_package, here.check_receipt)
    aside = [path for path in here.root.glob("set-aside-*") if path.name.endswith(LEDGER)]
    assert [path.read_bytes() for path in aside] == [old]


def test_a_delivered_package_that_was_purged_lives_on_by_its_receipt(
    here: Station, outbox: Outbox
) -> None:
    row = here.seal(outbox)
    done = outbox.deliver(row.package, here.receipt(row))
    outbox.path_of(row).unlink()
    (here.root / LEDGER).unlink()
    rebuild(here.root, CLOCK, read_package, here.check_receipt)
    again = here.outbox()
    (found,) = again.rows()
    assert (found.package, found.sha256, found.state) == (row.package, row.sha256, done.state)
    with again.sealing(read_package) as turn:
        assert (turn.sequence, turn.previous) == (2, row.sha256)


def test_a_forged_or_misfiled_receipt_delivers_nothing_when_made_anew(
    here: Station, outbox: Outbox, tmp_path: Path
) -> None:
    one, two = here.seal(outbox), here.seal(outbox)
    stranger = Station(tmp_path, here.signer, jws.create_key(tmp_path / "forger.key"))
    (here.root / "receipts" / f"{one.package}.jws").write_text(stranger.receipt(one))
    (here.root / "receipts" / f"{two.package}.jws").write_text(here.receipt(two, size=1))
    result = rebuild(here.root, CLOCK, read_package, here.check_receipt)
    assert {one.file for one in result.damaged} == {
        f"{one.package}.jws",
        f"{two.package}.jws",
    }
    assert {row.state for row in here.outbox().rows()} == {Delivery.QUEUED}


def test_a_damaged_package_is_reported_when_made_anew(here: Station, busy: Outbox) -> None:
    path = busy.target(package_id(3))
    path.write_bytes(path.read_bytes()[:-1])
    result = rebuild(here.root, CLOCK, read_package, here.check_receipt)
    assert [one.file for one in result.damaged] == [path.name]
    assert len(here.outbox().rows()) == 2


def test_nothing_is_made_anew_while_a_courier_works(here: Station, busy: Outbox) -> None:
    old = (here.root / LEDGER).read_bytes()
    with busy.courier_lock(), pytest.raises(errors.InUse):
        rebuild(here.root, CLOCK, read_package, here.check_receipt)
    assert (here.root / LEDGER).read_bytes() == old


def test_a_ledger_somebody_else_writes_for_long_is_in_use(here: Station, busy: Outbox) -> None:
    ledger = Ledger(here.root / LEDGER, patience_s=0.05)
    row = busy.row(package_id(3))
    other = sqlite3.connect(here.root / LEDGER, isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    with pytest.raises(errors.InUse):
        ledger.change(row, (row.state,), None)
    other.close()
    assert ledger.change(row, (row.state,), None) == row


def test_no_change_of_state_without_its_event(here: Station, busy: Outbox) -> None:
    with sqlite3.connect(here.root / LEDGER) as ledger:
        ledger.execute(
            "CREATE TRIGGER fault BEFORE INSERT ON audit BEGIN SELECT RAISE(ABORT, 'fault'); END"
        )
    ledger.close()
    before = busy.rows()
    with pytest.raises(errors.LedgerBroken):
        busy.hold(package_id(3), "x")
    with pytest.raises(errors.LedgerBroken):
        here.seal(busy)
    assert busy.rows() == before


def test_threads_at_one_ledger_keep_the_chain_whole(here: Station, busy: Outbox) -> None:
    def work(number: int) -> None:
        outbox = here.outbox()
        for _ in range(10):
            outbox.sending(package_id(number), 1)
            outbox.hold(package_id(number), "x")
            outbox.release(package_id(number))

    here.seal(busy)
    busy.release(package_id(2))
    before = busy.audit_check().number
    with ThreadPoolExecutor(3) as threads:
        list(threads.map(work, (2, 3, 4)))
    assert busy.audit_check().number == before + 3 * 10 * 3


def test_a_ledger_from_before_supplements_is_opened_with_all_it_knew(
    here: Station, busy: Outbox
) -> None:
    before, head = busy.rows(), busy.audit_check()
    tamper(here, "ALTER TABLE packages DROP COLUMN supplements", "PRAGMA user_version = 1")
    again = here.outbox()
    assert again.rows() == before and again.audit_check() == head
    assert here.seal(again).sequence == len(before) + 1
