"""The first story at the moments where it may be stopped: nothing is sealed short or twice."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

import numpy as np
import pypdfium2 as pdfium
import pytest
from PIL import Image

from scanstation import bootstrap, durable, errors
from scanstation.holding import Holdings
from scanstation.intake import Intake, Parts
from scanstation.model.acts import Act, PageRotated, Parked, Withdrawn
from scanstation.model.clock import SystemClock
from scanstation.model.delivery import QueueRow
from scanstation.model.dossier import State
from scanstation.model.manifest import PackageReport
from scanstation.model.profile import Clerk, Component, Procedure, StationSettings
from scanstation.model.signing import Signer
from scanstation.outbox.folder import Outbox
from scanstation.signing import station as station_key
from scanstation.signing.testing_ca import make_authority, make_clerk_key
from scanstation.workspace.store import Workspace
from tests.helpers.parts import requires_part

pytestmark = [requires_part("tesseract-vie"), requires_part("fonts")]
CLERK = Clerk(id="duong", name="Nguyễn Thị Đường")
PROCEDURE = Procedure(
    code="1.000001",
    title="Thủ tục thử",
    source="test",
    components=(Component(id="don", title="Đơn đề nghị"),),
)


class StopsAfterQueueing(Outbox):
    """An outbox whose disk is full in the instant after a package was queued."""

    def admit(self, report: PackageReport) -> QueueRow:
        super().admit(report)
        raise errors.DiskFull(path=self.folder, free="0 MB")


class Desk:
    """A station's first story without a scanner, and a clerk's key."""

    def __init__(self, folder: Path, parts: Parts) -> None:
        self.intake = Intake(parts)
        now, life = datetime.now(UTC), timedelta(days=1)
        key, secret = folder / "duong.p12", b"mot hai ba"
        make_clerk_key(make_authority(folder), CLERK.name, secret, key, now - life, now + life)
        self.signer: Signer = bootstrap.unlock(key, secret)
        self.page = folder / "page.png"
        Image.new("L", (413, 585), 255).save(self.page, dpi=(50, 50))
        self.dossier = self.intake.open(PROCEDURE, "Lò Thị Mai", CLERK).id

    def take(self) -> None:
        list(self.intake.take(self.dossier, "don", [self.page], CLERK))

    def seal(self) -> None:
        list(self.intake.seal(self.dossier, CLERK, self.signer, as_scanned=True))


@contextmanager
def desk(folder: Path, kind: type[Outbox]) -> Iterator[Desk]:
    with bootstrap.documents(()) as maker:
        parts = Parts(
            settings=StationSettings(id="T1", agency="UBND xã", demo=True, min_free_mb=1),
            holdings=Holdings(
                workspace=Workspace(folder / "workspace", SystemClock()),
                outbox=kind(folder / "outbox", SystemClock()),
                scratch=durable.make_folder(folder / "scratch"),
                min_free_mb=1,
            ),
            documents=maker,
            driver=lambda _profile: pytest.fail("nothing is scanned here"),
            station=station_key.create(folder / "station.key"),
            clock=SystemClock(),
            glance=bootstrap.glance,
        )
        yield Desk(folder, parts)


@pytest.fixture
def stopped(tmp_path: Path) -> Iterator[Desk]:
    """A dossier whose package is queued and which was never marked sealed."""
    with desk(tmp_path, StopsAfterQueueing) as here:
        here.take()
        with pytest.raises(errors.DiskFull):
            here.seal()
        assert here.intake.dossier(here.dossier).state is State.OPEN
        yield here


def test_a_dossier_whose_package_is_queued_takes_no_further_page(stopped: Desk) -> None:
    with pytest.raises(errors.WrongState):
        stopped.take()
    assert stopped.intake.dossier(stopped.dossier).state is State.SEALED


@pytest.mark.parametrize("act", [Withdrawn("rút"), Parked("chờ"), PageRotated("x", 90)])
def test_a_dossier_whose_package_is_queued_takes_no_further_act(stopped: Desk, act: Act) -> None:
    with pytest.raises(errors.WrongState):
        stopped.intake.record(stopped.dossier, act, CLERK)
    assert stopped.intake.dossier(stopped.dossier).state is State.SEALED


def test_sealing_again_after_a_stop_finds_the_package_that_is_queued(stopped: Desk) -> None:
    stopped.seal()
    assert stopped.intake.dossier(stopped.dossier).state is State.SEALED


def test_a_page_is_never_replaced_by_a_signed_pdf(tmp_path: Path) -> None:
    with desk(tmp_path, Outbox) as here:
        here.take()
        here.seal()
        list(here.intake.export(here.dossier, tmp_path / "out"))
        (signed,) = (tmp_path / "out").iterdir()
        other = here.intake.open(PROCEDURE, "", CLERK).id
        list(here.intake.take(other, "don", [here.page], CLERK))
        (old,) = here.intake.dossier(other).pages
        with pytest.raises(errors.SignedInput):
            list(here.intake.take(other, "don", [signed], CLERK, old.id))
        assert not here.intake.dossier(other).attachments


def test_a_turn_that_was_taken_back_leaves_the_page_as_it_was(tmp_path: Path) -> None:
    with desk(tmp_path, Outbox) as here:
        paper = Image.new("L", (1654, 2339), 255)
        paper.paste(0, (240, 240, 800, 400))
        paper.save(here.page, dpi=(200, 200))
        here.take()
        (page,) = here.intake.dossier(here.dossier).pages
        here.intake.record(here.dossier, PageRotated(page.id, 180), CLERK)
        list(here.intake.export(here.dossier, tmp_path / "turned"))
        here.intake.undo(here.dossier, CLERK)
        list(here.intake.export(here.dossier, tmp_path / "as-it-was"))
    assert dark_place(tmp_path / "turned") == "bottom"
    assert dark_place(tmp_path / "as-it-was") == "top"


def dark_place(folder: Path) -> str:
    """Which half of the one page in the one PDF of `folder` holds the print."""
    (pdf,) = folder.iterdir()
    pixels = np.asarray(pdfium.PdfDocument(pdf)[0].render().to_pil().convert("L"))
    rows = np.flatnonzero(pixels.min(axis=1) < 128)
    return "top" if rows.mean() < pixels.shape[0] / 2 else "bottom"
