"""Killed at every step on the file system, and a full disk: nothing acknowledged is lost."""

from collections.abc import Callable
from pathlib import Path

import pytest

from scanstation import errors
from scanstation.model.delivery import Delivery
from scanstation.outbox.folder import Outbox
from scanstation.outbox.rebuild import rebuild
from scanstation.package.read import read_package
from tests.helpers.killed import killed_at
from tests.helpers.small_disk import fill, small_disk
from tests.unit.outbox.conftest import CLOCK, Station, package_id


def day(here: Station, root: Path) -> Callable[[Callable[[str], None]], None]:
    """Two packages sealed, the first delivered; each announced once it is durable."""

    def work(say: Callable[[str], None]) -> None:
        outbox = Outbox(root, CLOCK)
        for _ in range(2):
            say(f"queued {here.seal(outbox).package}")
        row = outbox.sending(package_id(1), 10)
        say(f"delivered {outbox.deliver(row.package, here.receipt(row)).package}")

    return work


def test_killed_at_any_step_what_was_acknowledged_is_kept_and_the_sequence_has_no_gap(
    here: Station,
) -> None:
    found_by_scan = 0
    step, killed = 0, True
    while killed:
        step += 1
        root = here.folder / f"run-{step}"
        outcome = killed_at(step, day(here, root))
        killed = outcome.killed
        found_by_scan += must_hold(here, root, outcome.said)
    assert step > 40, "the hook saw the work"
    assert found_by_scan > 0, "some stop fell between the package and its row"


def must_hold(here: Station, root: Path, said: tuple[str, ...]) -> int:
    """Check one aftermath and go on working; returns how many packages only the scan found."""
    outbox = Outbox(root, CLOCK)
    acknowledged = {line.split()[1] for line in said}
    assert acknowledged <= {row.package for row in outbox.rows()}
    result = outbox.scan(read_package)
    assert (result.missing, result.damaged) == ((), ())
    here.seal(outbox)
    rows = outbox.rows()
    assert [row.sequence for row in rows] == list(range(1, len(rows) + 1))
    for row in rows:
        assert read_package(outbox.path_of(row)).sha256 == row.sha256
    delivered = {row.package for row in outbox.rows(Delivery.DELIVERED)}
    assert {line.split()[1] for line in said if line.startswith("delivered")} <= delivered
    for package in delivered:
        assert (root / "receipts" / f"{package}.jws").is_file()
    outbox.audit_check()
    return len(result.added)


def test_killed_at_any_step_of_making_a_ledger_anew_it_can_be_made_anew_again(
    here: Station,
) -> None:
    step, killed = 0, True
    while killed:
        step += 1
        root = here.folder / f"run-{step}"
        outbox = Outbox(root, CLOCK)
        row = here.seal(outbox)
        outbox.deliver(row.package, here.receipt(row))
        here.seal(outbox)
        rest = (root, CLOCK, read_package, here.check_receipt)
        killed = killed_at(step, lambda _, rest=rest: rebuild(*rest)).killed  # type: ignore[misc]
        rebuild(*rest)
        again = Outbox(root, CLOCK)
        again.audit_check()
        assert [row.state for row in again.rows()] == [Delivery.DELIVERED, Delivery.QUEUED]
    assert step > 10, "the hook saw the work"


@pytest.mark.root
def test_a_disk_that_fills_up_while_packing_leaves_no_package_and_uses_no_number(
    here: Station,
) -> None:
    with small_disk(here.folder / "disk", 2) as disk:
        outbox = Outbox(disk / "outbox", CLOCK)
        kept = here.seal(outbox)
        ballast = fill(disk, leave=0)
        with pytest.raises(errors.DiskFull):
            here.seal(outbox)
        assert [path.name for path in outbox.folder.iterdir()] == [kept.file]
        assert outbox.rows() == (kept,)
        ballast.unlink()
        assert here.seal(outbox).sequence == 2
        outbox.audit_check()


@pytest.mark.root
def test_a_disk_that_is_full_when_a_package_is_admitted_loses_neither_package_nor_number(
    here: Station,
) -> None:
    with small_disk(here.folder / "disk", 2) as disk:
        outbox = Outbox(disk / "outbox", CLOCK)
        here.seal(outbox)
        with outbox.sealing(read_package) as turn:
            report = here.write(outbox.target(package_id(2)), turn.sequence, turn.previous)
            ballast = fill(disk, leave=0)
            with pytest.raises(errors.DiskFull):
                outbox.admit(report)
        assert len(outbox.rows()) == 1
        ballast.unlink()
        assert here.seal(outbox).sequence == 3
        assert [row.sequence for row in outbox.rows()] == [1, 2, 3]
        outbox.audit_check()


@pytest.mark.root
def test_a_receipt_that_finds_the_disk_full_is_not_yet_delivered_and_comes_again(
    here: Station,
) -> None:
    with small_disk(here.folder / "disk", 2) as disk:
        outbox = Outbox(disk / "outbox", CLOCK)
        row = here.seal(outbox)
        ballast = fill(disk, leave=0)
        with pytest.raises(errors.DiskFull):
            outbox.deliver(row.package, here.receipt(row))
        assert outbox.row(row.package).state is Delivery.QUEUED
        ballast.unlink()
        assert outbox.deliver(row.package, here.receipt(row)).state is Delivery.DELIVERED
