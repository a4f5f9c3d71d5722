"""The third story: a file joins a dossier only when a clerk says so, and is never lost."""

import shutil
import threading
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from PIL import Image

from scanstation import durable, errors, mailroom
from scanstation.arrivals import ArrivalParts, Arrivals
from scanstation.document import Documents
from scanstation.holding import Holdings
from scanstation.intake import Intake, Parts
from scanstation.model.arrival import Arrival, Arrived, Glance, Reached, Stand
from scanstation.model.clock import SystemClock
from scanstation.model.events import PageSaved, Warned
from scanstation.model.page import PageOrder, WorkedPage
from scanstation.model.profile import Clerk, Component, Procedure, StationSettings
from scanstation.ownership import sole_owner
from scanstation.scanner.folder import read_images
from scanstation.scanner.inbox import Inbox, InboxParts
from scanstation.scanner.sighting import STILL_S
from scanstation.workspace.originals import name_of
from scanstation.workspace.store import Workspace
from tests.helpers.killed import killed_at

CLERK = Clerk(id="duong", name="Nguyễn Thị Đường")
PROCEDURE = Procedure(
    code="1.000001",
    title="Thủ tục thử",
    source="test",
    components=(Component(id="don", title="Đơn đề nghị"),),
)


class NoPageWork:
    """Page work that never starts: nothing here looks at pages."""

    def begin(self, order: PageOrder) -> None: ...

    def peek(self, order: PageOrder) -> WorkedPage | None:
        return None

    def finish(self, orders: Sequence[PageOrder]) -> Iterator[WorkedPage]:
        return iter(())


@dataclass
class Room:
    """A station's workspace and inbox over real folders; time moves with each pause."""

    folder: Path
    seconds: float = 0.0
    looked: list[str] = field(default_factory=list)
    found: Mapping[str, Glance] = field(default_factory=dict)
    wake: threading.Event = field(default_factory=threading.Event)

    @property
    def source(self) -> Path:
        return self.folder / "scans"

    def workspace(self) -> Workspace:
        return Workspace(self.folder / "workspace", SystemClock())

    def intake(self) -> Intake:
        documents = Documents(
            images=read_images,
            pages=NoPageWork(),
            writer=None,  # type: ignore[arg-type]
            reader=None,  # type: ignore[arg-type]
            verifier=None,  # type: ignore[arg-type]
            trust=(),
            clock=SystemClock(),
        )
        return Intake(
            Parts(
                settings=StationSettings(id="T1", agency="UBND xã", min_free_mb=1),
                holdings=Holdings(
                    workspace=self.workspace(),
                    outbox=_Nothing(),  # type: ignore[arg-type]
                    scratch=durable.make_folder(self.folder / "scratch"),
                    min_free_mb=1,
                ),
                documents=documents,
                driver=lambda _profile: pytest.fail("nothing is scanned here"),
                station=None,  # type: ignore[arg-type]
                clock=SystemClock(),
                glance=lambda _page: pytest.fail("no separators here"),
            )
        )

    def arrivals(self) -> Arrivals:
        inbox = InboxParts(
            source=self.source,
            home=self.folder / "inbox",
            owner="T1",
            clock=SystemClock(),
            problem_in=lambda _path: "",
            now=lambda: self.seconds,
        )
        return Arrivals(
            ArrivalParts(
                inbox=Inbox(inbox),
                glance=self._glance,
                verdicts=lambda _path: (),
                hints=self._hints,
                take=self.intake().take,
                clock=SystemClock(),
                pause=self._pass,
            )
        )

    def _pass(self, seconds: float) -> None:
        self.seconds += max(seconds, STILL_S)

    def _glance(self, path: Path, _thumbnail: Path) -> Glance:
        self.looked.append(path.name)
        if path.stat().st_size < 10:
            raise errors.UnreadableInput(file=path.name, problem="cut short")
        return Glance(kind="image", pages=2)

    @contextmanager
    def _hints(self) -> Iterator[threading.Event]:
        yield self.wake


class _Nothing:
    """An outbox without packages."""

    def scan(self, _read: object) -> None: ...

    def of_dossier(self, _dossier: str) -> None: ...


@pytest.fixture
def room(tmp_path: Path) -> Room:
    (tmp_path / "scans").mkdir()
    return Room(tmp_path)


def drop(room: Room, name: str = "a.tif") -> Path:
    frames = [Image.effect_noise((40 + n, 50), 90) for n in range(2)]
    frames[0].save(room.source / name, save_all=True, append_images=frames[1:], dpi=(300, 300))
    return room.source / name


def claimed(room: Room) -> tuple[Arrivals, Arrival]:
    drop(room)
    arrivals = room.arrivals()
    assert arrivals.settle() == ()
    (one,) = arrivals.waiting()
    return arrivals, one


def test_what_was_claimed_belongs_to_no_dossier_until_it_is_taken(room: Room) -> None:
    dossier = room.intake().open(PROCEDURE, "Lan", CLERK).id
    arrivals, one = claimed(room)
    assert room.intake().dossier(dossier).pages == ()
    events = list(arrivals.take(one.id, dossier, "don", CLERK))
    assert [type(event) for event in events] == [PageSaved, PageSaved]
    assert [page.source for page in room.intake().dossier(dossier).pages] == ["a.tif", "a.tif"]
    assert arrivals.waiting() == ()


def test_a_taking_stopped_after_its_first_page_keeps_page_and_file(room: Room) -> None:
    dossier = room.intake().open(PROCEDURE, "Lan", CLERK).id
    arrivals, one = claimed(room)
    story = arrivals.take(one.id, dossier, "don", CLERK)
    next(story)
    story.close()  # type: ignore[attr-defined]
    assert len(room.intake().dossier(dossier).pages) == 1
    (again,) = arrivals.waiting()
    assert again.fate is not None and again.fate.dossier == dossier


def test_looking_while_another_program_looks_is_no_fault(room: Room) -> None:
    arrivals, one = claimed(room)
    drop(room, "b.tif")
    with sole_owner(room.folder / "inbox" / "lock", "another"):
        arrivals.settle()
    assert arrivals.waiting() == (one,)
    arrivals.settle()
    assert [left.name for left in arrivals.waiting()] == ["a.tif", "b.tif"]


def test_a_closed_dossier_takes_nothing_and_the_file_goes_on_waiting(room: Room) -> None:
    arrivals, one = claimed(room)
    with pytest.raises(errors.NoSuchThing):
        list(arrivals.take(one.id, "nothing", "don", CLERK))
    assert [left.id for left in arrivals.waiting()] == [one.id]


def test_killed_anywhere_while_taking_a_file_counts_as_taken_only_with_all_its_pages(
    tmp_path: Path,
) -> None:
    template = Room(tmp_path / "template")
    template.source.mkdir(parents=True)
    dossier = template.intake().open(PROCEDURE, "Lan", CLERK).id
    _arrivals, one = claimed(template)
    data = one.path.read_bytes()
    step, killed, states = 0, True, set()
    while killed:
        step += 1
        room = Room(shutil.copytree(template.folder, tmp_path / "now"))

        def work(say, room: Room = room) -> None:  # type: ignore[no-untyped-def]
            for event in room.arrivals().take(one.id, dossier, "don", CLERK):
                say(event.page.id)  # type: ignore[union-attr]

        outcome = killed_at(step, work)
        killed = outcome.killed
        pages = room.intake().dossier(dossier).pages
        originals = room.folder / "workspace"
        assert {page.id for page in pages} >= set(outcome.said), step
        assert all(list(originals.rglob(name_of(page))) for page in pages), step
        (left,) = [found for stand in Stand for found in room.arrivals().arrivals(stand)]
        assert left.path.read_bytes() == data, step
        assert len(pages) == 2 or left.state is Stand.WAITING, step
        assert not pages or left.fate is not None, "what was begun is said"
        states.add((left.state, len(pages)))
        shutil.rmtree(room.folder)
    assert states == {(Stand.WAITING, n) for n in range(3)} | {(Stand.TAKEN, 2)}


# --- looking ----------------------------------------------------------------------------------


def test_a_file_is_looked_at_once_and_again_only_when_its_bytes_changed(room: Room) -> None:
    arrivals, one = claimed(room)
    for _ in range(2):
        assert room.arrivals().seen(one).glance.pages == 2
    assert room.looked == ["a.tif"]
    one.path.write_bytes(b"II*\0")
    assert "cut short" in arrivals.seen(one).glance.problem
    assert room.looked == ["a.tif", "a.tif"]


def test_a_damaged_memory_of_a_look_is_made_anew(room: Room) -> None:
    arrivals, one = claimed(room)
    arrivals.seen(one)
    (one.folder / "glance.json").write_bytes(b"{")
    assert arrivals.seen(one).glance.pages == 2


def test_a_file_taken_while_it_is_listed_is_no_fault(room: Room) -> None:
    arrivals, one = claimed(room)
    arrivals.set_aside(one.id, "trùng", CLERK)
    assert arrivals.seen(one).glance.problem


# --- watching ---------------------------------------------------------------------------------


def test_watching_tells_of_files_and_of_a_folder_that_goes_and_comes_back(room: Room) -> None:
    stop, arrivals = threading.Event(), room.arrivals()
    told: list[object] = []
    watch = arrivals.watch(stop)
    drop(room, "một.tif")
    clock = threading.Event()

    def tick() -> None:
        while not clock.wait(0.05):
            room.seconds += STILL_S
            room.wake.set()

    ticker = threading.Thread(target=tick)
    ticker.start()
    try:
        told.append(next(watch))
        room.source.rename(room.folder / "away")
        told.append(next(watch))
        (room.folder / "away").rename(room.source)
        told.append(next(watch))
        drop(room, "hai.tif")
        told.append(next(watch))
        stop.set()
        assert list(watch) == []
    finally:
        clock.set()
        ticker.join()
    assert [type(one) for one in told] == [Arrived, Warned, Reached, Arrived]
    assert [one.name for one in arrivals.waiting()] == ["một.tif", "hai.tif"]


# --- what is whole ----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "keep"), [("a.tif", 0.6), ("a.jpg", 0.6), ("a.png", 0.6), ("a.pdf", 0.6), ("a.jpg", 0)]
)
def test_a_file_cut_short_is_not_whole_and_the_whole_one_is(
    tmp_path: Path, name: str, keep: float
) -> None:
    path = tmp_path / name
    Image.effect_noise((300, 400), 90).convert("RGB").save(path, dpi=(300, 300))
    whole = path.read_bytes()
    assert mailroom.unfinished(path) == ""
    path.write_bytes(whole[: int(len(whole) * keep)])
    assert mailroom.unfinished(path)
    path.write_bytes(whole[: int(len(whole) * keep)].ljust(len(whole), b"\0"))
    assert mailroom.unfinished(path)


def test_a_file_that_is_gone_or_of_another_kind_is_not_whole(tmp_path: Path) -> None:
    assert mailroom.unfinished(tmp_path / "nothing.pdf")
    (tmp_path / "a.docx").write_bytes(b"PK\x03\x04" + b"x" * 5000)
    assert "not an image" in mailroom.unfinished(tmp_path / "a.docx")


def test_a_look_at_a_pdf_draws_its_first_page_small(tmp_path: Path) -> None:
    Image.new("RGB", (2480, 3508), "red").save(tmp_path / "a.pdf", resolution=300)
    found = mailroom.glance(tmp_path / "a.pdf", tmp_path / "t.jpg")
    assert (found.kind, found.pages, found.signatures) == ("pdf", 1, 0)
    with Image.open(tmp_path / "t.jpg") as small:
        assert small.size == (found.width, found.height) == (320, 453)
        assert small.getpixel((160, 200))[0] > 200  # type: ignore[index]


@pytest.mark.parametrize("mode", ["1", "L", "RGB", "RGBA", "P", "CMYK"])
def test_a_look_at_an_image_draws_its_first_page_small(tmp_path: Path, mode: str) -> None:
    pages = [Image.new("RGB", size, "red").convert(mode) for size in ((900, 1200), (30, 20))]
    name = "a.tif"
    pages[0].save(tmp_path / name, save_all=True, append_images=pages[1:])
    found = mailroom.glance(tmp_path / name, tmp_path / "t.jpg")
    assert (found.pages, found.width, found.height) == (2, 320, 427)
    with Image.open(tmp_path / "t.jpg") as small:
        assert small.size == (320, 427)
