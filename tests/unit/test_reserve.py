"""A full disk: the reserve lets journal and ledger be written, and pages wait."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from scanstation import errors, reserve
from scanstation.model.acts import Parked
from scanstation.model.dossier import State
from scanstation.model.page import Mode, PageFile
from scanstation.outbox.audit import AuditEvent
from scanstation.outbox.folder import LEDGER, Outbox
from scanstation.outbox.ledger import Ledger
from scanstation.workspace.store import Workspace
from tests.helpers.small_disk import fill, small_disk
from tests.unit.workspace.conftest import CLOCK, PROCEDURE

KB = 1000
pytestmark = pytest.mark.root


@pytest.fixture
def disk(tmp_path: Path) -> Iterator[Path]:
    with small_disk(tmp_path / "disk", 8) as place:
        yield place


def a_page(folder: Path) -> PageFile:
    path = folder / "scan.pgm"
    path.write_bytes(b"P5\n16 9\n255\n" + bytes(16 * 9))
    return PageFile(path=path, width=16, height=9, dpi=300.0, mode=Mode.GREY)


def blocks(folder: Path) -> int:
    return (folder / reserve.NAME).stat().st_blocks * 512


def test_on_a_full_disk_acts_are_still_journalled_and_pages_wait_for_room(
    disk: Path, tmp_path: Path
) -> None:
    workspace = Workspace(disk / "workspace", CLOCK)
    workspace.keep_reserve(1000 * KB)
    one = workspace.open_dossier(PROCEDURE, "lan", "Lò Thị Mai").id
    ballast = fill(disk, 0)
    with workspace.holding(one) as holder:
        assert holder.record(Parked("hết chỗ"), "lan").state is State.PARKED
        assert blocks(disk / "workspace") == 0, "its room was given back"
    assert workspace.dossier(one).state is State.PARKED
    other = workspace.open_dossier(PROCEDURE, "lan", "").id
    with workspace.holding(other) as holder, pytest.raises(errors.DiskFull, match="Free"):
        holder.adopt(a_page(tmp_path), "to-khai", "lan")
    ballast.unlink()
    with workspace.holding(other) as holder:
        holder.adopt(a_page(tmp_path), "to-khai", "lan")
    assert blocks(disk / "workspace") >= 1000 * KB, "and taken again with the first page"


NOTE = AuditEvent(version=1, at="2026-07-01T09:00:00+07:00", by="scan", what="rebuilt")


def test_on_a_full_disk_the_ledger_is_still_written(disk: Path) -> None:
    outbox = Outbox(disk / "outbox", CLOCK)
    outbox.keep_reserve(1000 * KB)
    fill(disk, 0)
    Ledger(disk / "outbox" / LEDGER).note(NOTE)
    assert outbox.audit_check().number == 1
    assert blocks(disk / "outbox") == 0


def test_without_a_reserve_a_full_disk_is_called_full_by_the_ledger_too(disk: Path) -> None:
    ledger = Ledger(disk / LEDGER)
    fill(disk, 0)
    with pytest.raises(errors.DiskFull):
        ledger.note(NOTE)


def test_a_small_disk_keeps_no_reserve_and_works_without(disk: Path, tmp_path: Path) -> None:
    workspace = Workspace(disk / "workspace", CLOCK)
    workspace.keep_reserve(4000 * KB)
    assert blocks(disk / "workspace") == 0
    one = workspace.open_dossier(PROCEDURE, "lan", "").id
    with workspace.holding(one) as holder:
        holder.adopt(a_page(tmp_path), "to-khai", "lan")


def test_a_reserve_is_private_and_really_allocated(tmp_path: Path) -> None:
    assert reserve.keep(tmp_path, 100 * KB)
    assert (tmp_path / reserve.NAME).stat().st_mode & 0o777 == 0o600
    assert blocks(tmp_path) >= 100 * KB
    reserve.release(tmp_path)
    assert blocks(tmp_path) == 0
    assert (tmp_path / reserve.NAME).stat().st_size == 100 * KB
