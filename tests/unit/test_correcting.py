"""After sealing: a correction is a package of its own, and what was delivered is not taken back."""

from pathlib import Path

import msgspec
import pytest

from scanstation import errors
from scanstation.model.acts import PageAdded, PageRemoved
from scanstation.model.delivery import Delivery
from scanstation.model.dossier import State
from scanstation.model.profile import Clerk, RetentionSettings
from scanstation.model.sealing import Origin, copied_by, manifest_of
from scanstation.package.read import read_package
from tests.unit.test_purging import CLERK, Office

TUAN = Clerk(id="tuan", name="Phạm Anh Tuấn")


@pytest.fixture
def office(tmp_path: Path) -> Office:
    return Office(tmp_path, RetentionSettings())


def test_a_correction_has_the_pages_and_its_package_names_the_one_it_supersedes(
    office: Office,
) -> None:
    row = office.delivered()
    old = office.held.workspace.dossier(row.dossier)
    fresh = office.casework.correct(row.dossier[-12:], "sai tên", CLERK)
    assert fresh.id != old.id and fresh.state is State.OPEN
    assert (fresh.supersedes, fresh.corrects) == (row.package, old.id)
    assert [page.sha256 for page in fresh.pages] == [page.sha256 for page in old.pages]
    origin = Origin(
        package="p",
        agency="a",
        station="T1",
        sequence=2,
        previous="",
        sealed_at="",
        clerk=CLERK,
        software="",
    )
    manifest = manifest_of(fresh, (), origin)
    assert (manifest.supersedes, manifest.corrects) == (row.package, old.id)
    assert office.held.workspace.dossier(row.dossier) == old, "the sealed one is as it was"


def test_pages_of_a_correction_stay_whose_who_scanned_them(office: Office) -> None:
    row = office.delivered()
    fresh = office.casework.correct(row.dossier, "sai tên", TUAN)
    entries = office.held.workspace.looking_at(fresh.id).entries()
    assert copied_by(fresh, entries) == {CLERK.id}


def test_the_original_of_a_correction_is_its_own(office: Office) -> None:
    row = office.delivered()
    fresh = office.casework.correct(row.dossier, "sai tên", CLERK)
    office.later(31)
    assert office.purge() == [row.dossier]
    view = office.held.workspace.looking_at(fresh.id)
    assert view.original(fresh.pages[0]).read_bytes().startswith(b"\x89PNG")


def test_a_correction_a_stop_left_empty_is_filled_by_correcting_again(office: Office) -> None:
    row = office.delivered()
    fresh = office.casework.correct(row.dossier, "sai tên", CLERK)
    journal = office.folder / "workspace" / "dossiers" / fresh.id / "journal"
    (journal / "000002.json").unlink()
    assert office.held.workspace.dossier(fresh.id).pages == ()
    again = office.casework.correct(row.dossier, "sai tên", CLERK)
    assert again.id == fresh.id
    assert len(again.pages) == 1


def test_a_dossier_is_corrected_by_one_other_at_a_time(office: Office) -> None:
    row = office.delivered()
    fresh = office.casework.correct(row.dossier, "sai tên", CLERK)
    with pytest.raises(errors.AlreadyCorrected, match=fresh.id[-12:]):
        office.casework.correct(row.dossier, "sai tên", CLERK)
    with office.held.workspace.holding(fresh.id) as holder:
        holder.record(PageRemoved(fresh.pages[0].id, "mờ"), CLERK.id)
    with pytest.raises(errors.AlreadyCorrected):
        office.casework.correct(row.dossier, "sai tên", CLERK)
    office.casework.withdraw(fresh.id, "không cần sửa", CLERK)
    assert office.casework.correct(row.dossier, "sai ngày", CLERK).id != fresh.id


def test_what_is_not_sealed_or_has_no_reason_is_not_corrected(office: Office) -> None:
    with pytest.raises(errors.WrongState):
        office.casework.correct(office.dossier(), "sai tên", CLERK)
    with pytest.raises(errors.UsageError):
        office.casework.correct(office.delivered().dossier, " ", CLERK)


# --- withdrawing ------------------------------------------------------------------------------


def test_a_sealed_dossier_that_was_not_sent_is_held_back_and_kept(office: Office) -> None:
    row = office.sealed()
    withdrawn = office.casework.withdraw(row.dossier, "công dân rút", CLERK)
    assert withdrawn.state is State.WITHDRAWN
    held = office.held.outbox.row(row.package)
    assert held.state is Delivery.HELD
    assert "duong" in held.reason and "công dân rút" in held.reason
    assert office.held.outbox.path_of(held).exists()
    assert office.held.outbox.scan(read_package).missing == ()


def test_the_package_of_a_withdrawn_dossier_is_not_sent_after_all(office: Office) -> None:
    withdrawn, held = office.sealed(), office.sealed()
    office.casework.withdraw(withdrawn.dossier, "công dân rút", CLERK)
    office.held.outbox.hold(held.package, "hỏng")
    with pytest.raises(errors.WrongState):
        office.casework.release(withdrawn.package, CLERK)
    assert office.held.outbox.row(withdrawn.package).state is Delivery.HELD
    assert office.casework.release(held.package, CLERK).state is Delivery.QUEUED


def test_what_central_has_is_not_taken_back(office: Office) -> None:
    delivered, sending = office.delivered(), office.sealed()
    office.held.outbox.sending(sending.package, sending.size)
    for row in (delivered, sending):
        with pytest.raises(errors.CannotTakeBack):
            office.casework.withdraw(row.dossier, "công dân rút", CLERK)
        assert office.held.workspace.dossier(row.dossier).state is State.SEALED


def test_a_sealed_dossier_is_not_withdrawn_past_its_package(office: Office) -> None:
    from scanstation.model.acts import Withdrawn

    row = office.sealed()
    with office.held.workspace.holding(row.dossier) as holder:
        with pytest.raises(errors.WrongState):
            holder.record(Withdrawn("rút"), CLERK.id)
        with pytest.raises(errors.WrongState):
            holder.record(Withdrawn("rút", "another"), CLERK.id)


def test_an_older_journal_entry_is_read_as_before() -> None:
    """Opened and pages gained members; entries written before have none of them."""
    old = b'{"type":"page-added","page":{"id":"p","sha256":"s","suffix":".png","component":"c",'
    old += b'"width":1,"height":1,"dpi":300,"mode":"grey"}}'
    assert msgspec.json.decode(old, type=PageAdded).page.origin is None
