"""The screen on the real stories: a tape for the scanner, a throw-away key, the rest real."""

from collections.abc import Iterator
from contextlib import AbstractContextManager, closing
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from scanstation import bootstrap, durable
from scanstation.casework import Casework, Desk
from scanstation.holding import Holdings
from scanstation.intake import Intake, Parts
from scanstation.model.clock import SystemClock
from scanstation.model.delivery import Delivery
from scanstation.model.profile import Clerk, Component, Procedure, ScanProfile, StationSettings
from scanstation.outbox.folder import Outbox
from scanstation.package.read import read_package
from scanstation.scanner import ScanDriver
from scanstation.scanner.tape import Tape
from scanstation.signing import station as station_key
from scanstation.signing.testing_ca import make_authority, make_clerk_key
from scanstation.tui import Counter
from scanstation.tui.ask import Notice, Pick, Reason
from scanstation.tui.expunging import Destroy, Why
from scanstation.tui.find import Find
from scanstation.tui.home import Home
from scanstation.tui.sealing import Sealing
from scanstation.tui.vninput import VnInput
from scanstation.workspace.store import Workspace
from tests.helpers.parts import requires_part
from tests.tui.stage import Stage, play

PAGES = Path(__file__).parents[2] / "fixtures" / "pages"
PASSPHRASE = "mật khẩu"
PROCEDURE = Procedure(
    code="1.000001",
    title="Thủ tục thử",
    source="test",
    components=(
        Component(id="don", title="Đơn đề nghị"),
        Component(id="giay-to", title="Giấy tờ kèm theo"),
    ),
)
pytestmark = [requires_part("tesseract-vie"), requires_part("fonts")]


@pytest.fixture
def counter(tmp_path: Path) -> Iterator[Counter]:
    """A counter whose scanner jams after the first page."""
    now, life = datetime.now(UTC), timedelta(days=9)
    authority = make_authority(tmp_path)
    key = tmp_path / "duong.p12"
    make_clerk_key(authority, "Nguyễn Thị Đường", PASSPHRASE.encode(), key, now - life, now + life)
    clerk = Clerk(id="duong", name="Nguyễn Thị Đường", key=key)
    settings = StationSettings(
        id="T1", agency="UBND xã", default_profile="tape", clerks=(clerk,), demo=True
    )
    tape = Tape("PJPEPE", [PAGES / "to-khai.jpg"])

    def driver(_profile: ScanProfile) -> AbstractContextManager[ScanDriver]:
        return closing(tape)

    outbox = Outbox(durable.make_folder(tmp_path / "outbox"), SystemClock())
    holdings = Holdings(
        workspace=Workspace(tmp_path / "workspace", SystemClock()),
        outbox=outbox,
        scratch=durable.make_folder(tmp_path / "scratch"),
        min_free_mb=settings.min_free_mb,
    )
    running = durable.make_folder(tmp_path / "running")
    with bootstrap.documents((authority.root,)) as maker:
        intake = Intake(
            Parts(
                settings=settings,
                holdings=holdings,
                documents=maker,
                driver=driver,
                station=station_key.create(tmp_path / "station.key"),
                clock=SystemClock(),
                glance=bootstrap.glance,
            )
        )
        yield Counter(
            station=settings,
            clerks=(clerk,),
            signed_in=lambda: clerk,
            sign_in=lambda _wanted: clerk,
            intake=intake,
            casework=Casework(Desk(settings, holdings, running, SystemClock())),
            procedures=lambda: (PROCEDURE,),
            profiles=lambda: (ScanProfile(id="tape", driver="tape", feeder=True),),
            unlock=lambda who, passphrase: bootstrap.unlock(who.key, passphrase),
            queue=outbox.rows,
            release=lambda package, who: outbox.release(package, by=who.id),
            deliver=lambda: iter(()),
            print_component=lambda _dossier, component: component,
            print_slip=lambda dossier: dossier.id,
        )


def test_paper_becomes_a_sealed_package_although_the_feeder_jams(
    counter: Counter, tmp_path: Path
) -> None:
    async def script(stage: Stage) -> None:
        await stage.open_new("Khanh")
        await stage.press("space")
        await stage.shows("Paper jam. Pages kept: 1")
        await stage.press("space")
        await stage.until(lambda: len(stage.dossier.of("don")) == 2, "it goes on after the jam")
        await stage.until(lambda: not stage.app.jobs, "the first paper is scanned")
        await stage.press("enter", "space")
        await stage.until(lambda: len(stage.dossier.of("giay-to")) == 1, "the second paper")
        checklist = stage.app.screen
        await stage.until(lambda: len(checklist._worked) == 3, "all pages are inspected", 60)
        await stage.press("f8")
        await stage.at(Sealing)
        stage.app.screen.query_one(VnInput).insert_text_at_cursor(PASSPHRASE)
        await stage.press("enter")
        await stage.shows("Sealed and queued as number 1")

    play(counter, script, size=(120, 36))
    (row,) = counter.queue()
    assert row.state is Delivery.QUEUED
    (package,) = tmp_path.rglob(row.file)
    manifest = read_package(package).manifest
    assert [sum(file.pages for file in one.files) for one in manifest.components] == [2, 1]
    assert manifest.applicant == "Khanh"


def test_a_page_is_destroyed_a_dossier_withdrawn_and_found_again_by_the_real_stories(
    counter: Counter, tmp_path: Path
) -> None:
    def originals() -> list[Path]:
        return [one for one in tmp_path.rglob("workspace/**/*") if one.suffix in (".jpg", ".png")]

    async def script(stage: Stage) -> None:
        await stage.open_new("Khánh")
        await stage.press("space")
        await stage.shows("Paper jam. Pages kept: 1")
        await stage.until(lambda: not stage.app.jobs, "the scan is over")
        await stage.until(lambda: stage.choices("pages").option_count == 1, "its page is listed")
        assert originals()
        page = stage.choices("pages").chosen
        await stage.press("ctrl+x")
        await stage.at(Why)
        await stage.press("enter")
        await stage.at(Destroy)
        await stage.press(*"destroy", "enter", *page[-4:], "enter")
        await stage.at(Notice)
        await stage.shows(f"Destroyed: page {page[-12:]}")
        assert not originals()
        await stage.press("enter")
        await stage.until(lambda: not stage.dossier.pages, "the checklist shows it")
        await stage.press("ctrl+o")
        await stage.at(Pick)
        stage.choices("options").choose("withdraw")
        await stage.press("enter")
        await stage.at(Reason)
        await stage.press("enter")
        await stage.shows("[withdrawn: opened by mistake] Khánh")
        while not isinstance(stage.app.screen, Home):
            await stage.press("escape")
        await stage.press("ctrl+f")
        await stage.at(Find)
        await stage.press(*"khanh")
        await stage.shows("– withdrawn: opened")

    play(counter, script, size=(120, 36))
