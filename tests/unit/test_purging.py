"""Purge lets go of what central holds, after its time, and of nothing else."""

import base64
from datetime import UTC, datetime, timedelta
from pathlib import Path

import msgspec
import pytest

from scanstation import durable, errors
from scanstation.casework import Casework, Desk
from scanstation.holding import Holdings
from scanstation.model.acts import Sealed, Withdrawn
from scanstation.model.clock import FrozenClock, iso_vietnam
from scanstation.model.delivery import QueueRow, ReceiptClaims
from scanstation.model.listing import Wanted
from scanstation.model.manifest import Manifest
from scanstation.model.page import Mode, PageFile
from scanstation.model.profile import (
    Acceptance,
    Clerk,
    Component,
    Procedure,
    RetentionSettings,
    StationSettings,
)
from scanstation.outbox.folder import Outbox
from scanstation.package.read import read_package
from scanstation.package.write import write_package
from scanstation.workspace.store import Workspace
from tests.helpers.sealed import station

CLERK = Clerk(id="duong", name="Nguyễn Thị Đường")
PROCEDURE = Procedure(
    code="1.004873",
    title="Xác nhận tình trạng hôn nhân",
    source="tests",
    components=(Component(id="to-khai", title="Tờ khai"),),
)
DAY = timedelta(days=1)


class Office:
    """A station whose packages are carried by hand and whose clock is ours."""

    def __init__(self, folder: Path, rule: RetentionSettings) -> None:
        self.folder = folder
        self.clock = FrozenClock(datetime(2026, 7, 1, 2, 0, tzinfo=UTC))
        self.held = Holdings(
            workspace=Workspace(folder / "workspace", self.clock),
            outbox=Outbox(folder / "outbox", self.clock),
            scratch=durable.make_folder(folder / "scratch"),
            min_free_mb=1,
        )
        settings = StationSettings(id="T1", agency="UBND xã", retention=rule)
        self.casework = Casework(
            Desk(settings=settings, holdings=self.held, running=folder, clock=self.clock)
        )

    def dossier(self, name: str = "Lò Thị Mai") -> str:
        one = self.held.workspace.open_dossier(PROCEDURE, CLERK.id, name).id
        path = self.folder / "page.pgm"
        path.write_bytes(b"P5\n16 9\n255\n" + one.encode()[:16] * 9)
        page = PageFile(path=path, width=16, height=9, dpi=300, mode=Mode.GREY)
        with self.held.workspace.holding(one) as holder:
            holder.cache(holder.adopt(page, "to-khai", CLERK.id), "worked")
        return one

    def sealed(self) -> QueueRow:
        one, outbox = self.dossier(), self.held.outbox
        with outbox.sealing(read_package) as turn, self.held.workspace.holding(one) as holder:
            manifest = Manifest(
                package=f"0198{turn.sequence:04d}-0000-7000-8000-000000000000",
                dossier=one,
                procedure=PROCEDURE.code,
                procedure_title=PROCEDURE.title,
                applicant="Lò Thị Mai",
                agency="UBND xã",
                station="T1",
                sequence=turn.sequence,
                previous=turn.previous,
                sealed_at=iso_vietnam(self.clock.now()),
                clerk=CLERK.id,
                clerk_name=CLERK.name,
                software="test",
                components=(),
            )
            signer = station(self.folder)
            target = outbox.target(manifest.package)
            row = outbox.admit(write_package(manifest, {}, b"[]", signer, target))
            holder.record(Sealed(row.package, row.sha256, row.sequence), CLERK.id)
        return row

    def delivered(self, state: str = "stored") -> QueueRow:
        row = self.sealed()
        claims = ReceiptClaims(
            issuer="central",
            package=row.package,
            dossier=row.dossier,
            station="T1",
            sha256=row.sha256,
            size=row.size,
            sequence=row.sequence,
            server_sequence=row.sequence,
            received_at=iso_vietnam(self.clock.now()),
            state=state,
        )
        body = base64.urlsafe_b64encode(msgspec.json.encode(claims)).rstrip(b"=").decode()
        return self.held.outbox.deliver(row.package, f"x.{body}.x")

    def later(self, days: float) -> None:
        self.clock.instant += days * DAY

    def purge(self) -> list[str]:
        return [one.dossier for one in self.casework.purge(CLERK)]

    def kept(self) -> dict[str, str]:
        return {one.dossier: one.kept for one in self.casework.retained()}


@pytest.fixture
def office(tmp_path: Path) -> Office:
    return Office(tmp_path, RetentionSettings(days=30))


def everything_about(office: Office, dossier: str, package: str) -> list[Path]:
    """Files that hold content of the dossier."""
    found = [path for path in office.folder.rglob("*") if path.is_file() and dossier in str(path)]
    found += office.folder.glob(f"outbox/packages/{package}*")
    return [path for path in found if path.parent.name not in ("purged", "receipts")]


def test_a_delivered_dossier_goes_after_its_time_with_all_that_showed_it(office: Office) -> None:
    row = office.delivered()
    office.later(31)
    assert everything_about(office, row.dossier, row.package)
    assert office.purge() == [row.dossier]
    assert everything_about(office, row.dossier, row.package) == []
    assert office.held.workspace.listing(Wanted(text="lo thi mai")) == ()
    index = (office.folder / "workspace" / "catalogue.sqlite").read_bytes()
    assert b"lo thi mai" not in index
    with pytest.raises(errors.NoSuchThing):
        office.held.workspace.dossier(row.dossier)


def test_what_stays_accounts_for_it_and_names_no_person(office: Office) -> None:
    row = office.delivered()
    office.later(31)
    office.purge()
    (grave,) = office.casework.purged()
    assert (grave.dossier, grave.package, grave.package_sha256, grave.by, grave.acts) == (
        row.dossier,
        row.package,
        row.sha256,
        "duong",
        3,
    )
    assert len(grave.originals) == 1
    written = (office.folder / "workspace" / "purged" / f"{row.dossier}.json").read_text()
    assert "Mai" not in written
    kept = office.held.outbox.row(row.package)
    assert kept.receipt == row.receipt
    assert office.held.outbox.audit_check().number == 3, "queued, delivered, purged"


def test_what_is_not_delivered_or_not_finished_or_not_due_stays(office: Office) -> None:
    open_one, queued = office.dossier(), office.sealed()
    office.later(400)
    fresh = office.delivered()
    assert office.purge() == []
    kept = office.kept()
    assert "not delivered" in kept[queued.dossier]
    assert kept[fresh.dossier] == "30 more days to be kept"
    assert open_one not in kept
    office.held.outbox.hold(queued.package, "damaged")
    assert office.purge() == []


def test_a_held_and_an_altered_setting_of_zero_days_still_wait_for_a_receipt(
    tmp_path: Path,
) -> None:
    office = Office(tmp_path, RetentionSettings(days=0))
    queued, delivered = office.sealed(), office.delivered()
    assert office.purge() == [delivered.dossier]
    assert office.held.outbox.path_of(queued).exists()


def test_where_acceptance_is_asked_a_receipt_is_not_enough(tmp_path: Path) -> None:
    office = Office(tmp_path, RetentionSettings(days=1, acceptance=Acceptance.ACCEPTED))
    stored, accepted = office.delivered(), office.delivered("accepted")
    office.later(2)
    assert office.purge() == [accepted.dossier]
    assert "has not accepted" in office.kept()[stored.dossier]


@pytest.mark.parametrize(("days", "goes"), [(0, False), (10, True)])
def test_a_withdrawn_dossier_goes_only_where_it_is_said(
    tmp_path: Path, days: int, goes: bool
) -> None:
    office = Office(tmp_path, RetentionSettings(withdrawn_days=days))
    one = office.dossier()
    with office.held.workspace.holding(one) as holder:
        holder.record(Withdrawn("mở nhầm"), CLERK.id)
    office.later(11)
    assert office.purge() == ([one] if goes else [])


def test_a_dossier_somebody_holds_is_not_purged(office: Office) -> None:
    row = office.delivered()
    office.later(31)
    with office.held.workspace.holding(row.dossier), pytest.raises(errors.InUse):
        office.purge()
    assert office.held.workspace.dossier(row.dossier).id == row.dossier


def test_a_ledger_made_anew_after_a_purge_has_no_gap(office: Office) -> None:
    first = office.delivered()
    office.later(31)
    office.purge()
    second = office.sealed()
    assert second.sequence == first.sequence + 1
    assert office.held.outbox.scan(read_package).missing == ()
