import os
import stat
import subprocess
import sys
from pathlib import Path

import pytest

from scanstation import durable, errors
from scanstation.model.delivery import Delivery
from scanstation.model.manifest import PackageReport
from scanstation.outbox import ScanResult, Turn
from scanstation.outbox.folder import Outbox
from scanstation.package.read import read_package
from tests.unit.outbox.conftest import Station, package_id

# --- the station's sequence -------------------------------------------------------------------


def test_the_first_turn_is_number_one_after_nothing(outbox: Outbox) -> None:
    with outbox.sealing(read_package) as turn:
        assert turn == Turn(1, "")


def test_a_sealed_package_is_queued_and_the_next_turn_follows_it(
    here: Station, outbox: Outbox
) -> None:
    row = here.seal(outbox)
    assert (row.state, row.sequence, row.offset) == (Delivery.QUEUED, 1, 0)
    assert here.outbox().rows() == (row,)
    assert read_package(outbox.path_of(row)).sha256 == row.sha256
    with outbox.sealing(read_package) as turn:
        assert turn == Turn(2, row.sha256)


def test_a_stop_before_the_package_is_written_uses_no_number(outbox: Outbox) -> None:
    with pytest.raises(KeyboardInterrupt), outbox.sealing(read_package):
        raise KeyboardInterrupt
    with outbox.sealing(read_package) as turn:
        assert turn.sequence == 1


def test_a_package_written_but_not_admitted_is_found_before_the_next_turn(
    here: Station, outbox: Outbox
) -> None:
    with pytest.raises(KeyboardInterrupt), outbox.sealing(read_package) as turn:
        report = here.write(outbox.target(package_id(1)), turn.sequence, turn.previous)
        raise KeyboardInterrupt
    with outbox.sealing(read_package) as turn:
        assert turn == Turn(2, report.sha256)
    assert [(row.package, row.state) for row in outbox.rows()] == [(package_id(1), Delivery.QUEUED)]


def test_what_a_stop_left_of_a_package_is_gone_once_the_next_one_is_sealed(
    here: Station, outbox: Outbox
) -> None:
    half = outbox.folder / f"{durable.TEMPORARY}{package_id(9)}.ssp.zip.0a0b0c0d"
    half.write_bytes(b"a citizen's paper")
    row = here.seal(outbox)
    assert [path.name for path in outbox.folder.iterdir()] == [row.file]


def test_only_one_sealing_at_a_time(here: Station, outbox: Outbox) -> None:
    with (
        outbox.sealing(read_package),
        pytest.raises(errors.InUse, match=str(os.getpid())),
        here.outbox().sealing(read_package),
    ):
        pass


def test_admitting_again_changes_nothing_also_when_a_scan_was_faster(
    here: Station, outbox: Outbox
) -> None:
    with outbox.sealing(read_package) as turn:
        report = here.write(outbox.target(package_id(1)), turn.sequence, turn.previous)
        (found,) = here.outbox().scan(read_package).added
        assert outbox.admit(report) == outbox.admit(report) == found
    assert len(outbox.rows()) == 1


@pytest.mark.parametrize(("sequence", "previous"), [(1, ""), (3, "right"), (2, "wrong")])
def test_a_package_that_does_not_follow_the_last_one_is_not_admitted(
    here: Station, outbox: Outbox, sequence: int, previous: str
) -> None:
    last = here.seal(outbox).sha256
    before = last if previous == "right" else previous
    report = here.write(outbox.target(package_id(9)), sequence, before, number=9)
    with pytest.raises(errors.LedgerBroken):
        outbox.admit(report)
    assert len(outbox.rows()) == 1


def test_a_package_written_elsewhere_is_not_admitted(
    here: Station, outbox: Outbox, tmp_path: Path
) -> None:
    report = here.write(tmp_path / "elsewhere.ssp.zip", 1, "")
    with pytest.raises(errors.PackageDamaged):
        outbox.admit(report)
    assert outbox.rows() == ()


@pytest.mark.parametrize("name", ["", "../../etc/passwd", package_id(1).upper() + "X"])
def test_a_target_is_only_given_for_a_package_id(outbox: Outbox, name: str) -> None:
    with pytest.raises(ValueError, match="no package id"):
        outbox.target(name)


# --- finding rows -----------------------------------------------------------------------------


def test_a_package_is_found_by_the_ending_of_its_id(here: Station, outbox: Outbox) -> None:
    rows = [here.seal(outbox) for _ in range(17)]
    assert outbox.row(package_id(5)) == outbox.row("005") == rows[4]
    for wanted in ("", "no", "1", "%5", "_05"):
        with pytest.raises(errors.NoSuchThing):
            outbox.row(wanted)


def test_rows_come_in_sequence_and_by_state(here: Station, outbox: Outbox) -> None:
    one, two, three = (here.seal(outbox) for _ in range(3))
    held = outbox.hold(two.package, "damaged")
    assert outbox.rows() == (one, held, three)
    assert outbox.rows(Delivery.QUEUED) == (one, three)
    assert outbox.rows(Delivery.HELD) == (held,)
    assert outbox.rows(Delivery.DELIVERED) == ()


# --- the way of a package ---------------------------------------------------------------------


def test_a_package_is_sent_and_delivered_with_its_receipt_kept_word_for_word(
    here: Station, outbox: Outbox
) -> None:
    row = here.seal(outbox)
    receipt = here.receipt(row)
    assert outbox.sending(row.package, 0).state is Delivery.SENDING
    assert outbox.sending(row.package, 100).offset == 100
    done = outbox.deliver(row.package, receipt)
    assert done == here.outbox().row(row.package)
    assert (done.state, done.receipt, done.offset) == (Delivery.DELIVERED, receipt, row.size)
    assert (here.root / "receipts" / f"{row.package}.jws").read_text() == receipt
    assert outbox.audit_check().number == 3, "queued, sending once, delivered"


@pytest.mark.parametrize("offset", [-1, 10**9])
def test_an_offset_outside_the_package_is_refused(
    here: Station, outbox: Outbox, offset: int
) -> None:
    row = here.seal(outbox)
    with pytest.raises(ValueError, match="offset"):
        outbox.sending(row.package, offset)


def test_a_held_package_waits_until_a_clerk_releases_it(here: Station, outbox: Outbox) -> None:
    row = here.seal(outbox)
    outbox.sending(row.package, 50)
    assert outbox.hold(row.package, "refused").reason == "refused"
    with pytest.raises(errors.WrongState):
        outbox.sending(row.package, 60)
    assert outbox.row(row.package).offset == 50
    released = outbox.release(row.package, "lan")
    assert (released.state, released.offset, released.reason) == (Delivery.QUEUED, 0, "")


def test_states_that_do_not_follow_each_other_are_refused(here: Station, outbox: Outbox) -> None:
    row = here.seal(outbox)
    with pytest.raises(errors.WrongState):
        outbox.release(row.package)
    outbox.deliver(row.package, here.receipt(row))
    head = outbox.audit_check()
    for act in (
        lambda: outbox.hold(row.package, "late"),
        lambda: outbox.release(row.package),
        lambda: outbox.sending(row.package, 1),
    ):
        with pytest.raises(errors.WrongState):
            act()
    assert outbox.row(row.package).state is Delivery.DELIVERED
    assert outbox.audit_check() == head


def test_a_receipt_may_come_for_a_held_package(here: Station, outbox: Outbox) -> None:
    row = here.seal(outbox)
    outbox.hold(row.package, "goes by USB stick")
    assert outbox.deliver(row.package, here.receipt(row)).reason == ""


@pytest.mark.parametrize(
    "changes",
    [
        {"package": package_id(9)},
        {"dossier": "another"},
        {"sha256": "0" * 64},
        {"size": 1},
        {"sequence": 2},
    ],
)
def test_a_receipt_for_something_else_is_not_filed(
    here: Station, outbox: Outbox, changes: dict[str, object]
) -> None:
    row = here.seal(outbox)
    with pytest.raises(errors.ReceiptInvalid):
        outbox.deliver(row.package, here.receipt(row, **changes))
    assert outbox.row(row.package) == row
    assert list((here.root / "receipts").iterdir()) == []


@pytest.mark.parametrize("receipt", ["", "a.b", "a.b.c", "..", "e30.e30.e30", "é.é.é", "\x00"])
def test_what_is_no_receipt_is_not_filed(here: Station, outbox: Outbox, receipt: str) -> None:
    row = here.seal(outbox)
    with pytest.raises(errors.ReceiptInvalid):
        outbox.deliver(row.package, receipt)


def test_delivering_again_changes_nothing_and_another_receipt_is_refused(
    here: Station, outbox: Outbox
) -> None:
    row = here.seal(outbox)
    receipt = here.receipt(row)
    done = outbox.deliver(row.package, receipt)
    assert outbox.deliver(row.package, receipt) == done
    with pytest.raises(errors.ReceiptInvalid, match="another one"):
        outbox.deliver(row.package, here.receipt(row, server_sequence=999))
    assert outbox.row(row.package) == done
    assert outbox.audit_check().number == 2


def test_a_receipt_stored_just_before_a_stop_is_taken_up(here: Station, outbox: Outbox) -> None:
    row = here.seal(outbox)
    receipt = here.receipt(row)
    (here.root / "receipts" / f"{row.package}.jws").write_text(receipt)
    assert outbox.deliver(row.package, receipt).state is Delivery.DELIVERED


def test_only_one_courier_at_a_time(here: Station, outbox: Outbox) -> None:
    with (
        outbox.courier_lock(),
        pytest.raises(errors.InUse, match=str(os.getpid())),
        here.outbox().courier_lock(),
    ):
        pass


# --- what the folder holds --------------------------------------------------------------------


def test_packages_the_ledger_does_not_know_are_queued_in_their_sequence(
    here: Station, outbox: Outbox
) -> None:
    first = here.write(outbox.target(package_id(8)), 1, "", number=8)
    here.write(outbox.target(package_id(3)), 2, first.sha256, number=3)
    result = outbox.scan(read_package)
    assert [row.sequence for row in result.added] == [1, 2]
    assert result.added == outbox.rows(Delivery.QUEUED)
    assert outbox.scan(read_package).added == ()


def test_half_written_and_foreign_files_are_not_looked_at(here: Station, outbox: Outbox) -> None:
    here.seal(outbox)
    names = [
        f".tmp-{package_id(7)}.ssp.zip.abcd",
        "photo.jpg",
        "notes.ssp.zip",
        f"{package_id(7)}.ssp.zip.crdownload",
    ]
    for name in names:
        (outbox.folder / name).write_bytes(b"?")
    (outbox.folder / f"{package_id(6)}.ssp.zip").mkdir()

    def must_not_read(path: Path) -> PackageReport:
        raise AssertionError(f"{path} was read")

    assert outbox.scan(must_not_read) == ScanResult()
    assert all((outbox.folder / name).exists() for name in names)


def test_what_a_stop_left_half_written_is_gone_with_the_next_sealing(
    here: Station, outbox: Outbox
) -> None:
    left = outbox.folder / f"{durable.TEMPORARY}abcd"
    left.write_bytes(bytes(1000))
    here.seal(outbox)
    assert not left.exists()


def test_a_damaged_package_is_reported_and_gets_no_row(here: Station, outbox: Outbox) -> None:
    path = outbox.target(package_id(1))
    here.write(path, 1, "")
    path.write_bytes(path.read_bytes()[:-5])
    result = outbox.scan(read_package)
    assert [one.file for one in result.damaged] == [path.name]
    assert outbox.rows() == ()
    assert path.exists()


def test_a_package_under_another_name_is_reported(here: Station, outbox: Outbox) -> None:
    here.write(outbox.target(package_id(2)), 1, "", number=1)
    (damaged,) = outbox.scan(read_package).damaged
    assert package_id(1) in damaged.problem


def test_a_package_of_another_station_is_reported(here: Station, outbox: Outbox) -> None:
    here.seal(outbox)
    stranger = Station(here.folder, here.signer, here.central, name="thu-99")
    stranger.write(outbox.target(package_id(2)), 2, "")
    (damaged,) = outbox.scan(read_package).damaged
    assert "thu-99" in damaged.problem
    with outbox.sealing(read_package) as turn:
        assert turn.sequence == 2, "a stranger's package takes no number of ours"


def test_a_second_package_with_a_number_already_taken_is_reported(
    here: Station, outbox: Outbox
) -> None:
    row = here.seal(outbox)
    here.write(outbox.target(package_id(9)), 1, "", number=9)
    (damaged,) = outbox.scan(read_package).damaged
    assert row.package in damaged.problem
    assert outbox.rows() == (row,)


def test_an_undelivered_package_whose_file_is_gone_is_held(here: Station, outbox: Outbox) -> None:
    row = here.seal(outbox)
    outbox.path_of(row).unlink()
    (missing,) = outbox.scan(read_package).missing
    assert (missing.package, missing.state) == (row.package, Delivery.HELD)
    head = outbox.audit_check()
    assert outbox.scan(read_package).missing == (missing,)
    assert outbox.audit_check() == head, "held once is enough"


def test_a_delivered_package_may_be_gone(here: Station, outbox: Outbox) -> None:
    row = here.seal(outbox)
    outbox.deliver(row.package, here.receipt(row))
    outbox.path_of(row).unlink()
    assert outbox.scan(read_package).missing == ()


def test_a_queued_package_that_became_shorter_is_held(here: Station, outbox: Outbox) -> None:
    row = here.seal(outbox)
    path = outbox.path_of(row)
    path.write_bytes(path.read_bytes()[:-1])
    (damaged,) = outbox.scan(read_package).damaged
    assert damaged.file == path.name
    assert outbox.row(row.package).state is Delivery.HELD


# --- the house --------------------------------------------------------------------------------


def test_everything_is_private_to_the_account(here: Station, outbox: Outbox) -> None:
    row = here.seal(outbox)
    outbox.deliver(row.package, here.receipt(row))
    with outbox.courier_lock():
        pass
    modes = {
        (path.is_dir(), stat.S_IMODE(path.stat().st_mode))
        for path in [here.root, *here.root.rglob("*")]
    }
    assert modes == {(True, 0o700), (False, 0o600)}


@pytest.mark.root
@pytest.mark.skipif(os.geteuid() != 0, reason="only root can give a folder away")
def test_an_outbox_of_another_account_is_refused(here: Station) -> None:
    here.root.mkdir()
    os.chown(here.root, 12345, -1)
    with pytest.raises(errors.NotYours):
        here.outbox()
    assert list(here.root.iterdir()) == []


def test_the_outbox_and_packages_run_without_scanner_imaging_network_or_screen() -> None:
    rooms = "outbox.folder, scanstation.outbox.rebuild, scanstation.outbox.watch"
    heavy = ["PIL", "numpy", "cv2", "textual", "pyinsane2", "pytesseract", "pikepdf", "httpx"]
    code = (
        f"import sys, scanstation.{rooms}, scanstation.package.read, scanstation.package.write\n"
        f"print(*(name for name in {heavy} if name in sys.modules))"
    )
    ran = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert ran.stdout.strip() == ""
