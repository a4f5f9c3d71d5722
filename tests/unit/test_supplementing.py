"""A better text follows the sealed package as a package of its own, once, and changes nothing."""

import base64
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import date
from pathlib import Path
from threading import Event

import msgspec
import pytest
from PIL import Image

from scanstation import durable, errors, supplementing
from scanstation.central import CentralOptions
from scanstation.central.serve import running
from scanstation.holding import Holdings
from scanstation.model.clock import SystemClock, iso_vietnam
from scanstation.model.delivery import Delivery, QueueRow, ReceiptClaims
from scanstation.model.manifest import Manifest, PackageReport
from scanstation.model.page import Finding, FindingKind, PageOrder, WorkedPage
from scanstation.model.profile import RetentionSettings
from scanstation.model.supplement import ComponentText, Supplemented
from scanstation.outbox.folder import Outbox
from scanstation.outbox.rebuild import rebuild
from scanstation.package.read import open_member, read_package
from scanstation.package.write import write_package
from scanstation.pagepool import PagePool
from scanstation.pagework import recalled
from scanstation.signing import station as station_key
from scanstation.tui.agenda import agenda
from scanstation.workspace.store import Workspace
from tests.helpers.counter import PAGES, Counter, set_up, signing_keys
from tests.helpers.killed import killed_at
from tests.helpers.parts import requires_part
from tests.helpers.sealed import station
from tests.unit.test_intake import Desk, desk
from tests.unit.test_purging import Office, everything_about


@pytest.fixture(scope="module")
def letter(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The first lines of a printed page, quickly read."""
    path = tmp_path_factory.mktemp("letter") / "letter.png"
    with Image.open(PAGES / "straight-1bit.tif") as page:
        dpi = page.info["dpi"]
        page.convert("L").crop((0, 0, page.width, page.height // 4)).save(path, dpi=dpi)
    return path


class StopsBeforeAdmitting(Outbox):
    """An outbox whose program dies between a package's file and its row."""

    def admit(self, report: PackageReport) -> QueueRow:
        raise errors.DiskFull(path=self.folder, free="0 MB")


def parts_of(folder: Path, pages: PagePool, kind: type[Outbox] = Outbox) -> supplementing.Parts:
    """The story over the station that `desk` keeps in `folder`."""
    return supplementing.Parts(
        holdings=Holdings(
            workspace=Workspace(folder / "workspace", SystemClock()),
            outbox=kind(folder / "outbox", SystemClock()),
            scratch=durable.make_folder(folder / "scratch"),
            min_free_mb=1,
        ),
        pages=pages,
        recall=recalled,
        station=station_key.load(folder / "station.key"),
        clock=SystemClock(),
    )


def receipt(row: QueueRow) -> str:
    """Central's word that it holds the package, as the courier would store it."""
    claims = ReceiptClaims(
        issuer="central",
        package=row.package,
        dossier=row.dossier,
        station="T1",
        sha256=row.sha256,
        size=row.size,
        sequence=row.sequence,
        server_sequence=row.sequence,
        received_at=iso_vietnam(SystemClock().now()),
    )
    body = base64.urlsafe_b64encode(msgspec.json.encode(claims)).rstrip(b"=").decode()
    return f"x.{body}.x"


def delivered(outbox: Outbox, row: QueueRow) -> QueueRow:
    return outbox.deliver(row.package, receipt(row))


@contextmanager
def sealed_quickly(folder: Path, page: Path) -> Iterator[tuple[Desk, Outbox]]:
    """A dossier of `page`, sealed with a quick text; its package is not sent yet."""
    with desk(folder, Outbox) as here:
        here.page = page
        here.take()
        here.seal()
        yield here, Outbox(folder / "outbox", SystemClock())


@pytest.fixture
def read_later(tmp_path: Path, letter: Path) -> Path:
    """A station's folder: a delivered package with a quick text, its page well read since."""
    with sealed_quickly(tmp_path, letter) as (_here, outbox), PagePool() as pages:
        (row,) = outbox.rows()
        delivered(outbox, row)
        parts = parts_of(tmp_path, pages, StopsBeforeAdmitting)
        with pytest.raises(errors.DiskFull):
            list(supplementing.supplement(parts, wait=True))
        (left,) = {*outbox.folder.iterdir()} - {outbox.path_of(row)}
        left.unlink()
    return tmp_path


# --- the whole way ----------------------------------------------------------------------------


@pytest.mark.timeout(400)
@requires_part("tesseract-vie")
@requires_part("fonts")
def test_a_thorough_text_follows_the_quickly_read_package_to_central(
    tmp_path: Path, letter: Path
) -> None:
    options = CentralOptions(production=False)
    with running(tmp_path / "central", options=options) as news, signing_keys(tmp_path) as ca:
        wire = ("--central", news.url, "--receipt-key", news.receipt_key)
        counter = set_up(tmp_path / "station", ca, *wire)
        dossier = counter.new()
        counter.must("import", "--dossier", dossier, "--component", "1", letter)
        first = counter.seal(dossier, "--stamp", "none").data
        assert counter.must("queue", "supplement", "--wait") == [], "not delivered yet"
        counter.must("sync")
        before = package(counter, first["package"]).read_bytes()

        (waits,) = counter.must("queue", "supplement")
        assert waits["row"] is None and "1 page" in waits["waits"]
        (made,) = counter.must("queue", "supplement", "--wait")
        assert made["row"]["supplements"] == first["package"] and made["row"]["sequence"] == 2
        assert counter.must("queue", "supplement", "--wait") == [], "never twice"
        counter.must("sync")

        rows = counter.must("queue", "list")
        assert [row["state"] for row in rows] == ["delivered", "delivered"]
        assert all(row["receipt"] for row in rows)
        assert package(counter, first["package"]).read_bytes() == before
        held = {path.name for path in (tmp_path / "central" / "packages").rglob("*.zip")}
        assert held == {row["file"] for row in rows}
        says_what_it_supplements(counter, made["row"], first["package"], dossier)


def says_what_it_supplements(counter: Counter, row: dict[str, str], own: str, dossier: str) -> None:
    path = package(counter, row["package"])
    answer = counter.must("verify", path)
    manifest = answer["package"]["manifest"]
    assert (manifest["supplements"], manifest["dossier"]) == (own, dossier)
    assert (manifest["clerk"], manifest["supersedes"], answer["files"]) == ("", "", {})
    (told,) = manifest["components"][0]["files"]
    with open_member(path, told["path"]) as stream:
        text = msgspec.json.decode(stream.read(), type=ComponentText)
    old = read_package(package(counter, own)).manifest.components[0].files[0]
    assert old.made_with.endswith(" quick")
    assert (text.file, text.sha256) == (old.path, old.sha256)
    (page,) = text.pages
    assert page.engine.endswith(" thorough") and told["made_with"].endswith(page.engine)
    words = [word for line in page.lines for word in line.words]
    assert {"Độc", "lập"} <= {word.text.strip(",.-") for word in words}
    assert all(word.box.x + word.box.width <= page.width for word in words)


def package(counter: Counter, identity: str) -> Path:
    return counter.folder / "outbox" / "packages" / f"{identity}.ssp.zip"


# --- once, whatever happens -------------------------------------------------------------------


@pytest.mark.timeout(300)
@requires_part("tesseract-vie")
@requires_part("fonts")
def test_killed_at_any_step_there_is_one_supplement_in_the_end(read_later: Path) -> None:
    def work(say: object) -> None:
        with PagePool() as pages:
            list(supplementing.supplement(parts_of(read_later, pages), wait=False))

    step, unlisted = 0, 0
    outbox = Outbox(read_later / "outbox", SystemClock())
    while killed_at(step := step + 1, work).killed:
        files = [path for path in outbox.folder.iterdir() if path.name.endswith(".ssp.zip")]
        assert len(files) <= 2 and len(outbox.rows()) <= 2
        unlisted += len(files) > len(outbox.rows())
    assert step > 10 and unlisted, "it was also killed between writing and admitting"
    own, more = outbox.rows()
    assert (more.supplements, more.state) == (own.package, Delivery.QUEUED)
    assert outbox.audit_check().number >= 3


@requires_part("tesseract-vie")
@requires_part("fonts")
def test_whoever_comes_back_need_not_wait_until_every_delivered_dossier_was_looked_at(
    read_later: Path,
) -> None:
    back = Event()
    back.set()
    with PagePool() as pages, pytest.raises(errors.Stopped):
        list(
            supplementing.supplement(
                replace(parts_of(read_later, pages), gives_way=back), wait=True
            )
        )


@requires_part("tesseract-vie")
@requires_part("fonts")
def test_a_supplement_a_stop_left_unlisted_is_found_and_no_second_one_is_made(
    read_later: Path,
) -> None:
    with PagePool() as pages:
        stopped = parts_of(read_later, pages, StopsBeforeAdmitting)
        with pytest.raises(errors.DiskFull):
            list(supplementing.supplement(stopped, wait=False))
        again = parts_of(read_later, pages)
        assert list(supplementing.supplement(again, wait=False)) == []
        own, more = again.holdings.outbox.rows()
    assert more.supplements == own.package and more.state is Delivery.QUEUED
    assert again.holdings.queued(own.dossier) == own


@requires_part("tesseract-vie")
@requires_part("fonts")
def test_a_dossier_somebody_holds_waits_for_another_time(read_later: Path) -> None:
    with PagePool() as pages:
        parts = parts_of(read_later, pages)
        (row,) = parts.holdings.outbox.rows()
        with parts.holdings.workspace.holding(row.dossier):
            (found,) = supplementing.supplement(parts, wait=False)
        assert found.row is None and found.waits
        (found,) = supplementing.supplement(parts, wait=False)
        assert found.row is not None and found.row.sequence == 2


@requires_part("tesseract-vie")
@requires_part("fonts")
def test_a_package_that_is_gone_or_damaged_is_told_and_gets_none(read_later: Path) -> None:
    with PagePool() as pages:
        parts = parts_of(read_later, pages)
        outbox = parts.holdings.outbox
        (row,) = outbox.rows()
        content = outbox.path_of(row).read_bytes()
        outbox.path_of(row).unlink()
        (gone,) = supplementing.supplement(parts, wait=False)
        outbox.path_of(row).write_bytes(content.replace(b"%PDF-1.7", b"%PDF-1.6", 1))
        (damaged,) = supplementing.supplement(parts, wait=False)
        assert (gone.row, damaged.row, outbox.rows()) == (None, None, (row,))
        assert "No such file" in gone.waits and "01-don.pdf" in damaged.waits


@requires_part("tesseract-vie")
@requires_part("fonts")
def test_a_page_that_turns_out_to_be_secret_is_told_and_its_text_goes_nowhere(
    read_later: Path,
) -> None:
    def secret(order: PageOrder) -> WorkedPage | None:
        page = recalled(order)
        mark = Finding(FindingKind.SECRET, 90.0, 1.0)
        return page and msgspec.structs.replace(page, findings=(mark,))

    with PagePool() as pages:
        parts = parts_of(read_later, pages)
        (found,) = supplementing.supplement(replace(parts, recall=secret), wait=False)
        assert (found.row, found.secret) == (None, True)
        assert found.dossier[-12:] in found.waits
        assert len(parts.holdings.outbox.rows()) == 1
        (found,) = supplementing.supplement(parts, wait=False)
        assert found.row is not None and not found.secret


# --- what needs none --------------------------------------------------------------------------


def supplemented(folder: Path) -> list[Supplemented]:
    with PagePool() as pages:
        return list(supplementing.supplement(parts_of(folder, pages), wait=True))


@requires_part("tesseract-vie")
@requires_part("fonts")
def test_what_was_read_thoroughly_before_it_was_sealed_needs_none(
    tmp_path: Path, letter: Path
) -> None:
    with desk(tmp_path, Outbox) as here:
        here.page = letter
        here.take()
        view = here.intake._held.workspace.looking_at(here.dossier)
        pages = here.intake._parts.documents.pages
        order = supplementing.order_of(view, view.dossier.pages[0])
        order = msgspec.structs.replace(order, reading="thorough")
        assert len(list(pages.finish([order], patient=True))) == 1
        here.seal()
    outbox = Outbox(tmp_path / "outbox", SystemClock())
    (row,) = outbox.rows()
    assert (
        read_package(outbox.path_of(row))
        .manifest.components[0]
        .files[0]
        .made_with.endswith(" thorough")
    )
    delivered(outbox, row)
    assert supplemented(tmp_path) == []


@requires_part("tesseract-vie")
@requires_part("fonts")
def test_a_page_without_print_and_a_package_not_yet_held_by_central_need_none(
    tmp_path: Path, letter: Path
) -> None:
    blank = tmp_path / "blank.png"
    Image.new("L", (413, 585), 255).save(blank, dpi=(50, 50))
    with sealed_quickly(tmp_path, blank) as (_here, outbox):
        assert supplemented(tmp_path) == []
        (row,) = outbox.rows()
        outbox.hold(row.package, "refused")
        assert supplemented(tmp_path) == []
        outbox.release(row.package, "duong")
        delivered(outbox, row)
        assert supplemented(tmp_path) == []


# --- a dossier's package and what supplements it are kept apart -------------------------------


def added(office: Office, own: QueueRow) -> QueueRow:
    """A supplement of that package, without texts."""
    outbox = office.held.outbox
    sealed = read_package(outbox.path_of(own)).manifest
    with outbox.sealing(read_package) as turn:
        manifest: Manifest = msgspec.structs.replace(
            sealed,
            package=f"0198{turn.sequence:04d}-0000-7000-8000-000000000000",
            sequence=turn.sequence,
            previous=turn.previous,
            supplements=own.package,
            clerk="",
        )
        target = outbox.target(manifest.package)
        return outbox.admit(write_package(manifest, {}, b"[]", station(office.folder), target))


@pytest.fixture
def office(tmp_path: Path) -> Office:
    return Office(tmp_path, RetentionSettings(days=30))


def test_the_package_of_a_dossier_is_never_its_supplement(office: Office) -> None:
    own = office.delivered()
    more = added(office, own)
    outbox = office.held.outbox
    assert outbox.of_dossier(own.dossier) == own
    assert outbox.supplements_of(own.dossier) == (more,)
    assert office.held.queued(own.dossier) == own
    office.held.settle()
    assert office.held.workspace.dossier(own.dossier).package == own.package
    (case,) = agenda([office.held.workspace.dossier(own.dossier)], outbox.rows(), date(2026, 7, 1))
    assert case.package == own and not case.unfinished
    assert outbox.current("2099-01-01") == frozenset(), "a supplement opens no dossier again"
    assert outbox.audit_check().number == 3


def no_receipts(_jws: str) -> ReceiptClaims:
    raise errors.ReceiptInvalid(package="?", problem="there is none here")


def test_a_supplement_alone_makes_no_open_dossier_sealed(office: Office) -> None:
    own = office.sealed()
    added(office, own)
    outbox = office.held.outbox
    outbox.path_of(own).unlink()
    rebuild(office.folder / "outbox", office.clock, read_package, no_receipts)
    rebuilt = Outbox(office.folder / "outbox", office.clock)
    assert rebuilt.of_dossier(own.dossier) is None
    assert rebuilt.dossiers() == frozenset()
    assert len(rebuilt.supplements_of(own.dossier)) == 1


def test_a_dossier_is_purged_with_its_supplement_and_not_before_that_is_delivered(
    office: Office,
) -> None:
    own = office.delivered()
    more = added(office, own)
    office.later(31)
    assert office.purge() == []
    assert "not delivered" in office.kept()[own.dossier]
    office.held.outbox.deliver(more.package, receipt(more))
    assert "30 more days" in office.kept()[own.dossier]
    office.later(31)
    assert office.purge() == [own.dossier]
    for row in (own, more):
        assert everything_about(office, row.dossier, row.package) == []
    (grave,) = office.casework.purged()
    assert (grave.package, grave.supplements) == (own.package, (more.package,))


def test_a_purge_stopped_before_the_supplement_went_is_finished_by_the_next(
    office: Office,
) -> None:
    own = office.delivered()
    more = added(office, own)
    office.held.outbox.deliver(more.package, receipt(more))
    content = office.held.outbox.path_of(more).read_bytes()
    office.later(31)
    assert office.purge() == [own.dossier]
    office.held.outbox.path_of(more).write_bytes(content)
    assert office.purge() == []
    assert not office.held.outbox.path_of(more).exists()
