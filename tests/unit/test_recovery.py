"""After a stop: what is told, and that nothing is lost or thrown away by looking."""

import os
import signal
from collections.abc import Callable
from pathlib import Path

import pytest

from scanstation import durable, errors
from scanstation.casework import Casework, Desk
from scanstation.holding import Holdings
from scanstation.model.acts import PageRotated, Rebuilt
from scanstation.model.dossier import SOURCE
from scanstation.model.page import Mode, PageFile
from scanstation.model.profile import Clerk, StationSettings
from scanstation.model.recovery import Orphan, told
from scanstation.model.removal import ExpungeReason
from scanstation.outbox.folder import Outbox
from scanstation.ownership import deaths, running
from scanstation.workspace import journal
from scanstation.workspace.store import Workspace
from tests.unit.workspace.conftest import CLOCK, PROCEDURE

CLERK = Clerk(id="duong", name="Nguyễn Thị Đường")


class Counter:
    """A station without scanner; every page is unlike the others."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.markers = durable.make_folder(folder / "running")
        self.held = held = Holdings(
            workspace=Workspace(folder / "workspace", CLOCK),
            outbox=Outbox(folder / "outbox", CLOCK),
            scratch=durable.make_folder(folder / "scratch"),
            min_free_mb=1,
        )
        self.workspace = held.workspace
        settings = StationSettings(id="T1", agency="UBND xã")
        self.casework = Casework(
            Desk(settings=settings, holdings=held, running=self.markers, clock=CLOCK)
        )
        self.dossier = self.workspace.open_dossier(PROCEDURE, CLERK.id, "Lò Thị Mai").id
        self.place = folder / "workspace" / "dossiers" / self.dossier

    def page(self, seed: int) -> PageFile:
        path = self.folder / f"scan-{seed}.pgm"
        path.write_bytes(b"P5\n16 9\n255\n" + bytes((seed * 31 + i) % 256 for i in range(16 * 9)))
        return PageFile(path=path, width=16, height=9, dpi=300, mode=Mode.GREY)

    def adopt(self, *seeds: int, component: str = "to-khai") -> None:
        with self.workspace.holding(self.dossier) as holder:
            for seed in seeds:
                holder.adopt(self.page(seed), component, CLERK.id)

    def orphan(self, seed: int) -> Path:
        """A page stored whose entry a stop prevented."""
        with self.workspace.holding(self.dossier) as holder:
            kept = holder.adopt(self.page(seed), "to-khai", CLERK.id)
            path, last = holder.original(kept), holder.dossier.acts
        (self.place / "journal" / f"{last:06d}.json").unlink()
        return path

    def words(self) -> str:
        return "\n".join(told(self.casework.recovery()))


@pytest.fixture
def counter(tmp_path: Path) -> Counter:
    return Counter(tmp_path)


def killed(work: Callable[[], None]) -> None:
    """Do it in a child that is killed in the middle."""
    child = os.fork()
    if child == 0:
        try:
            work()
        finally:
            os._exit(3)
    _, status = os.waitpid(child, 0)
    assert os.WIFSIGNALED(status), "it was killed and did not end by itself"


def die() -> None:
    os.kill(os.getpid(), signal.SIGKILL)


def test_where_every_program_ended_well_there_is_no_news(counter: Counter) -> None:
    with running(counter.markers):
        counter.adopt(1)
        assert not counter.casework.recovery().is_news, "a living program is no stop"
    assert deaths(counter.markers) == ()
    assert not counter.casework.recovery().is_news


def test_a_killed_program_is_noticed_until_somebody_read_of_it(counter: Counter) -> None:
    def work() -> None:
        with running(counter.markers):
            die()

    killed(work)
    assert counter.casework.recovery().stopped_at
    assert "was stopped while it worked" in counter.words()
    counter.casework.acknowledge()
    assert not counter.casework.recovery().is_news


def test_a_program_that_failed_with_an_error_is_no_unclean_stop(counter: Counter) -> None:
    with pytest.raises(errors.PaperJam), running(counter.markers):
        raise errors.PaperJam(kept=0)
    assert not counter.casework.recovery().is_news


def test_the_dossier_that_was_worked_in_is_named_with_its_last_page(counter: Counter) -> None:
    counter.adopt(1, 2)

    def work() -> None:
        with counter.workspace.holding(counter.dossier):
            die()

    killed(work)
    (one,) = counter.casework.recovery().doubtful
    assert (one.in_work, one.safe, one.last_place, one.last_component) == (True, 2, 2, "Tờ khai")
    assert "what comes after page 2 of «Tờ khai»" in counter.words()
    counter.adopt(3)
    assert counter.casework.recovery().doubtful == (), "work went on and ended well"


def test_a_dossier_a_living_program_holds_is_not_doubted(counter: Counter) -> None:
    with counter.workspace.holding(counter.dossier):
        assert counter.casework.recovery().doubtful == ()
    assert counter.casework.recovery().doubtful == ()


# --- a page that was never shown --------------------------------------------------------------


def test_a_stored_page_without_entry_is_shown_with_its_file(counter: Counter) -> None:
    counter.adopt(1)
    path = counter.orphan(2)
    (one,) = counter.casework.recovery().doubtful
    assert [orphan.path for orphan in one.orphans] == [path]
    assert str(path) in counter.words()
    assert counter.casework.orphan(counter.dossier, path.name[:8]) == path


def test_set_aside_it_is_kept_with_who_and_why(counter: Counter) -> None:
    path = counter.orphan(2)
    content = path.read_bytes()
    aside = counter.casework.set_aside(counter.dossier, path.name[:8], "quét lại rồi", CLERK)
    assert aside.read_bytes() == content
    note = aside.with_name(f"{aside.name}.json").read_text(encoding="utf-8")
    assert "duong" in note and "quét lại rồi" in note
    assert counter.casework.recovery().doubtful == ()


def test_a_page_that_stands_cannot_be_set_aside(counter: Counter) -> None:
    counter.adopt(1)
    (original,) = (counter.place / "originals").iterdir()
    with pytest.raises(errors.NoSuchThing):
        counter.casework.set_aside(counter.dossier, original.name, "nhầm", CLERK)
    assert original.exists()


# --- an unreadable journal --------------------------------------------------------------------


def _gap(journal: Path) -> None:
    (journal / "000003.json").unlink()


def _garbage(journal: Path) -> None:
    (journal / "000003.json").write_bytes(b"\0" * 512)


def _cut(journal: Path) -> None:
    entry = journal / "000003.json"
    entry.write_bytes(entry.read_bytes()[:40])


@pytest.mark.parametrize("damage", [_gap, _garbage, _cut])
def test_an_unreadable_journal_is_kept_and_made_anew_with_every_page(
    counter: Counter, damage: Callable[[Path], None]
) -> None:
    counter.adopt(1, 2)
    counter.adopt(3, component="cccd")
    before = {page.sha256 for page in counter.workspace.dossier(counter.dossier).pages}
    damage(counter.place / "journal")
    assert [one.dossier for one in counter.casework.recovery().unreadable] == [counter.dossier]
    assert "--rebuild" in counter.words()
    made = counter.casework.mend(counter.dossier, None, CLERK)
    dossier = counter.workspace.dossier(counter.dossier)
    assert (made.kept, made.pages) == (2, 2)
    assert {page.sha256 for page in dossier.pages} == before
    assert [page.component for page in dossier.pages] == ["to-khai", "to-khai", "cccd"]
    assert dossier.applicant == "Lò Thị Mai"
    assert made.damaged.is_dir()
    with counter.workspace.holding(counter.dossier) as holder:
        assert isinstance(holder.entries()[-1].act, Rebuilt)
        holder.record(PageRotated(dossier.pages[0].id, 90), CLERK.id)
    assert counter.casework.recovery().unreadable == ()


def test_where_even_the_first_entry_is_gone_the_procedure_is_asked_for(counter: Counter) -> None:
    counter.adopt(1, 2)
    (counter.place / "journal" / "000001.json").write_bytes(b"")
    with pytest.raises(errors.UsageError, match="procedure"):
        counter.casework.mend(counter.dossier, None, CLERK)
    made = counter.casework.mend(counter.dossier, PROCEDURE, CLERK)
    assert (made.kept, made.pages) == (1, 2)
    assert len(counter.workspace.dossier(counter.dossier).pages) == 2


def test_with_nothing_but_originals_left_the_pages_come_back_in_their_order(
    counter: Counter,
) -> None:
    counter.adopt(1, 2, 3)
    order = [page.sha256 for page in counter.workspace.dossier(counter.dossier).pages]
    for place, digest in enumerate(order):
        os.utime(counter.place / "originals" / f"{digest}.png", (1e9 + place, 1e9 + place))
    for entry in sorted((counter.place / "journal").iterdir())[1:]:
        entry.write_bytes(b"?")
    counter.casework.mend(counter.dossier, None, CLERK)
    pages = counter.workspace.dossier(counter.dossier).pages
    assert [page.sha256 for page in pages] == order
    assert (pages[0].width, pages[0].height, pages[0].dpi) == (16, 9, 300)


def test_of_untold_pdfs_only_a_signed_one_comes_back_as_a_paper(
    counter: Counter, tmp_path: Path
) -> None:
    """The station keeps unsigned ones for pages taken from them, which come back themselves."""
    for name, content in (("brought", b"%PDF-1.7 plain"), ("signed", b"%PDF-1.7 /ByteRange[0 1]")):
        (tmp_path / name).write_bytes(content)
        with counter.workspace.holding(counter.dossier) as holder:
            holder.attach(tmp_path / name, "to-khai", CLERK.id, name, pages=1, signatures=1)
    for entry in sorted((counter.place / "journal").iterdir())[1:]:
        entry.write_bytes(b"?")
    counter.casework.mend(counter.dossier, None, CLERK)
    dossier = counter.workspace.dossier(counter.dossier)
    (paper,) = dossier.attached("to-khai")
    assert (paper.sha256, paper.signatures) == (durable.sha256_of(tmp_path / "signed"), 1)
    (other,) = (one for one in dossier.attachments if one != paper)
    assert (other.kept_for, other.signatures) == (SOURCE, 0)


def test_a_journal_that_can_be_read_is_not_touched(counter: Counter) -> None:
    counter.adopt(1)
    with pytest.raises(errors.WrongState):
        counter.casework.mend(counter.dossier, None, CLERK)
    assert len(counter.workspace.dossier(counter.dossier).pages) == 1


def test_a_stop_between_the_renames_of_a_mending_is_completed_by_the_next_start(
    counter: Counter,
) -> None:
    counter.adopt(1)
    journal = counter.place / "journal"
    journal.rename(counter.place / "journal-new")
    assert counter.casework.recovery().unreadable == ()
    (line,) = counter.workspace.listing()
    assert (line.id, line.pages) == (counter.dossier, 1)
    assert not (counter.place / "journal-new").exists()


def test_such_a_stop_in_a_dossier_without_pages_hides_it_from_nobody(counter: Counter) -> None:
    (counter.place / "journal").rename(counter.place / "journal-new")
    assert counter.workspace.dossier(counter.dossier).applicant == "Lò Thị Mai"


def test_a_mending_somebody_is_at_is_left_to_them(counter: Counter) -> None:
    counter.adopt(1)
    with counter.workspace.holding(counter.dossier):
        (counter.place / "journal").rename(counter.place / "journal-new")
        assert [one.dossier for one in counter.workspace.unreadable()] == [counter.dossier]
        (counter.place / "journal-new").rename(counter.place / "journal")


def test_a_journal_that_went_bad_unnoticed_keeps_nobody_from_working(counter: Counter) -> None:
    counter.adopt(1, 2)
    other = counter.workspace.open_dossier(PROCEDURE, CLERK.id, "Vàng A Pháo").id
    page = counter.workspace.dossier(counter.dossier).pages[0].id
    counter.casework.expunge(counter.dossier, page, ExpungeReason.SECRET, "", CLERK)
    counter.workspace.listing()  # the catalogue believes both are well
    _cut(counter.place / "journal")
    assert counter.held.settle() == ()
    assert [one.id for one in counter.held.current("2099-01-01")] == [other]
    assert [one.dossier for one in counter.casework.recovery().unreadable] == [counter.dossier]


def test_a_mending_that_was_cut_short_is_begun_anew(counter: Counter) -> None:
    counter.adopt(1, 2, 3)
    _gap(counter.place / "journal")
    half = durable.make_folder(counter.place / "journal-new")
    (half / "000001.json").write_bytes((counter.place / "journal" / "000001.json").read_bytes())
    (half / "000007.json").write_bytes(b"half")
    made = counter.casework.mend(counter.dossier, None, CLERK)
    assert (made.kept, made.pages) == (2, 2)
    assert len(counter.workspace.dossier(counter.dossier).pages) == 3
    assert not half.exists()


def test_a_journal_of_a_newer_version_is_not_mended(counter: Counter) -> None:
    counter.adopt(1)
    entry = counter.place / "journal" / "000002.json"
    known = f'"version":{journal.VERSION}'.encode()
    assert known in entry.read_bytes()
    entry.write_bytes(entry.read_bytes().replace(known, b'"version":99'))
    with pytest.raises(errors.StoreNewer):
        counter.casework.mend(counter.dossier, None, CLERK)
    assert entry.exists()


# --- what the clerk holds beside the paper -----------------------------------------------------


@pytest.mark.parametrize(
    ("facts", "shape"),
    [
        ({"width": 1240, "height": 1754, "dpi": 150.0}, "210 × 297 mm, 150 dpi"),
        ({"width": 1240, "height": 1754}, "1240 × 1754 px"),
        ({}, "PDF"),
    ],
)
def test_a_stored_page_is_told_by_its_paper_s_size(facts: dict[str, float], shape: str) -> None:
    one = Orphan(path=Path("a.pdf"), stored_at="", size=1, **facts)  # type: ignore[arg-type]
    assert one.shape == shape


def test_a_stored_page_s_size_and_resolution_are_told(counter: Counter) -> None:
    counter.orphan(7)
    (found,) = counter.casework.recovery().doubtful
    (orphan,) = found.orphans
    assert (orphan.width, orphan.height, round(orphan.dpi)) == (16, 9, 300)
    assert "1 × 1 mm, 300 dpi" in counter.words()
