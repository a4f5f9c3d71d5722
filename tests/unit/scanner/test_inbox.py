"""The folder a device scans into: claimed whole, once, and never lost."""

import os
import shutil
import unicodedata
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path
from tempfile import mkdtemp

import pytest

from scanstation import errors
from scanstation.model.arrival import Arrival, Fate, Stand
from scanstation.model.clock import SystemClock
from scanstation.scanner.inbox import Inbox, InboxParts
from scanstation.scanner.sighting import LOOKS, PATIENCE_S, STILL_S, is_paper
from tests.helpers.killed import killed_at
from tests.helpers.powerless import powerless

FATE = Fate(at="2026-11-22T08:00:00+07:00", clerk="duong", dossier="d", component="c")


@dataclass
class Bench:
    """A folder, a station's home and a monotonic clock that moves when told."""

    source: Path
    home: Path
    owner: str = "Q1"
    seconds: float = 0.0
    broken: dict[str, str] = field(default_factory=dict)
    """Why a file of that name is not whole."""
    asked: list[str] = field(default_factory=list)
    writer: Callable[[], object] = bool
    """What somebody writes while a file is opened to its end."""

    def inbox(self) -> Inbox:
        return Inbox(
            InboxParts(
                source=self.source,
                home=self.home,
                owner=self.owner,
                clock=SystemClock(),
                problem_in=self._problem,
                now=lambda: self.seconds,
            )
        )

    def _problem(self, path: Path) -> str:
        self.asked.append(path.name)
        self.writer()
        return self.broken.get(path.name, "")

    def looks(self, inbox: Inbox, count: int = LOOKS, each: float = STILL_S) -> list[Arrival]:
        """So many looks, `each` seconds apart."""
        claimed: list[Arrival] = []
        for _ in range(count):
            claimed += inbox.look()
            self.seconds += each
        return claimed

    def left(self) -> list[str]:
        return [path.name for path in self.source.iterdir()]

    def drop(self, name: str, data: bytes = b"scan") -> Path:
        path = self.source / name
        path.write_bytes(data)
        return path


@pytest.fixture
def bench(tmp_path: Path) -> Bench:
    (tmp_path / "scans").mkdir()
    return Bench(tmp_path / "scans", tmp_path / "station")


@pytest.fixture
def share() -> Iterator[Path]:
    """A folder on another file system, as a share is."""
    folder = Path(mkdtemp(dir="/dev/shm"))
    yield folder
    shutil.rmtree(folder)


@pytest.fixture
def far(share: Path, tmp_path: Path) -> Bench:
    assert share.stat().st_dev != tmp_path.stat().st_dev
    return Bench(share, tmp_path / "station")


def names(inbox: Inbox, stand: Stand = Stand.WAITING) -> list[str]:
    return [one.name for one in inbox.arrivals(stand)]


# --- when a file is finished ------------------------------------------------------------------


def test_a_file_that_stands_still_and_is_whole_is_claimed_with_its_bytes(bench: Bench) -> None:
    bench.drop("scan0001.pdf", b"%PDF-1.7 whole")
    (one,) = bench.looks(bench.inbox())
    assert one.path.read_bytes() == b"%PDF-1.7 whole"
    assert (one.name, one.size, one.state) == ("scan0001.pdf", 14, Stand.WAITING)
    assert bench.left() == []


def test_fewer_looks_than_it_takes_claim_nothing(bench: Bench) -> None:
    bench.drop("a.jpg")
    assert bench.looks(bench.inbox(), LOOKS - 1) == []


def test_many_looks_in_no_time_claim_nothing(bench: Bench) -> None:
    bench.drop("a.jpg")
    assert bench.looks(bench.inbox(), 20, each=0.0) == []


@pytest.mark.parametrize("change", ["grows", "is written again", "is replaced"])
def test_a_file_that_changes_is_looked_at_anew(bench: Bench, change: str) -> None:
    path, inbox = bench.drop("a.jpg"), bench.inbox()
    for number in range(5):
        assert bench.looks(inbox, LOOKS - 1) == []
        match change:
            case "grows":
                path.write_bytes(b"scan" * (number + 2))
            case "is written again":
                os.utime(path, ns=(number, number))
            case _:
                other = bench.drop(".next")
                os.utime(other, ns=(path.stat().st_atime_ns, path.stat().st_mtime_ns))
                other.replace(path)
    assert len(bench.looks(inbox)) == 1


def test_a_file_that_is_not_whole_stays_and_says_why(bench: Bench) -> None:
    bench.drop("a.jpg")
    bench.broken["a.jpg"] = "cut short"
    inbox = bench.inbox()
    assert bench.looks(inbox, 20) == []
    assert [(one.name, one.problem) for one in inbox.unclaimed] == [("a.jpg", "cut short")]
    assert len(bench.asked) <= 4, "opening it is tried more and more seldom"
    bench.broken.clear()
    assert len(bench.looks(inbox, 40)) == 1


def test_a_file_that_grows_while_it_is_opened_to_its_end_is_not_claimed(bench: Bench) -> None:
    path = bench.drop("a.jpg")
    bench.writer = lambda: path.write_bytes(path.read_bytes() + b"more")
    inbox = bench.inbox()
    assert bench.looks(inbox, LOOKS) == []
    bench.writer = lambda: None
    (one,) = bench.looks(inbox, LOOKS)
    assert one.path.read_bytes() == b"scanmore"


def test_a_file_that_never_becomes_whole_is_brought_before_a_clerk(bench: Bench) -> None:
    bench.drop("a.jpg")
    bench.broken["a.jpg"] = "cut short"
    inbox = bench.inbox()
    assert bench.looks(inbox, 10, each=PATIENCE_S / 20) == []
    (one,) = bench.looks(inbox, 20, each=PATIENCE_S / 20)
    assert one.path.read_bytes() == b"scan"


@pytest.mark.parametrize(
    "name",
    [
        "a.pdf.part",
        "a.PDF.tmp",
        "~a.pdf",
        "a.pdf~",
        ".a.pdf",
        "~$a.pdf",
        "a.crdownload",
        "Thumbs.db",
    ],
)
def test_names_of_unfinished_files_are_left_alone(bench: Bench, name: str) -> None:
    bench.drop(name)
    assert not is_paper(name)
    assert bench.looks(bench.inbox(), 10) == []
    assert bench.left() == [name]


def test_folders_and_links_are_left_alone(bench: Bench, tmp_path: Path) -> None:
    (tmp_path / "secret").write_bytes(b"x")
    (bench.source / "link.pdf").symlink_to(tmp_path / "secret")
    (bench.source / "folder.pdf").mkdir()
    assert bench.looks(bench.inbox(), 10) == []


def test_a_file_taken_back_before_the_claim_is_no_fault(bench: Bench) -> None:
    path, inbox = bench.drop("a.jpg"), bench.inbox()
    bench.looks(inbox, LOOKS - 1)
    path.unlink()
    assert bench.looks(inbox) == []
    assert inbox.unclaimed == ()


# --- names ------------------------------------------------------------------------------------

NAME = "giấy khai sinh.pdf"


@pytest.mark.parametrize("form", ["NFC", "NFD"])
def test_a_name_is_shown_and_found_in_nfc_however_it_is_spelt(bench: Bench, form: str) -> None:
    bench.drop(unicodedata.normalize(form, NAME))  # type: ignore[arg-type]
    inbox = bench.inbox()
    bench.looks(inbox)
    for wanted in (NAME, unicodedata.normalize("NFD", NAME), NAME.upper()):
        assert inbox.arrival(wanted).name == NAME


def test_names_that_differ_only_in_spelling_or_case_are_two_files(bench: Bench) -> None:
    spelt = {unicodedata.normalize("NFD", NAME), NAME, NAME.upper()}
    for number, name in enumerate(sorted(spelt)):
        bench.drop(name, bytes([number]))
    claimed = bench.looks(bench.inbox())
    assert {one.path.read_bytes() for one in claimed} == {b"\0", b"\1", b"\2"}


def test_a_device_that_uses_a_name_again_loses_neither_file(bench: Bench) -> None:
    inbox = bench.inbox()
    for data in (b"first", b"second"):
        bench.drop("scan.pdf", data)
        bench.looks(inbox)
    assert [one.path.read_bytes() for one in inbox.arrivals()] == [b"first", b"second"]


@pytest.mark.parametrize(
    ("raw", "name"),
    [
        (b"gi\xe2y.pdf", "gi\ufffdy.pdf"),
        (b"a\nb.pdf", "a\ufffdb.pdf"),
        (b"\x1b[2Ja.pdf", "\ufffd[2Ja.pdf"),
        ("a\u202efdp.exe".encode(), "a\ufffdfdp.exe"),
        (b"-rf.pdf", "-rf.pdf"),
        (b"x" * 251 + b".pdf", "x" * 251 + ".pdf"),
    ],
)
def test_an_odd_name_is_claimed_and_safe_to_print(bench: Bench, raw: bytes, name: str) -> None:
    bench.drop(os.fsdecode(raw))
    (one,) = bench.looks(bench.inbox())
    assert one.name == name
    assert os.fsencode(one.path.name) == raw


def test_an_unknown_file_is_named_in_the_refusal(bench: Bench) -> None:
    with pytest.raises(errors.NoSuchThing, match="inbox list"):
        bench.inbox().arrival("nothing")


# --- what a clerk decides ---------------------------------------------------------------------


def claimed(bench: Bench, name: str = "a.pdf") -> tuple[Inbox, Arrival]:
    bench.drop(name)
    inbox = bench.inbox()
    (one,) = bench.looks(inbox)
    return inbox, one


def test_a_taken_file_is_kept_and_tells_where_it_went(bench: Bench) -> None:
    inbox, one = claimed(bench)
    with inbox.taking(one.id, FATE) as path:
        assert path.read_bytes() == b"scan"
    assert names(inbox) == []
    (taken,) = inbox.arrivals(Stand.TAKEN)
    assert (taken.id, taken.fate, taken.path.read_bytes()) == (one.id, FATE, b"scan")


def test_a_taking_that_fails_leaves_the_file_waiting_and_tells_that_it_was_begun(
    bench: Bench,
) -> None:
    inbox, one = claimed(bench)
    with pytest.raises(ZeroDivisionError), inbox.taking(one.id, FATE):
        raise ZeroDivisionError
    (again,) = inbox.arrivals()
    assert again.fate == FATE
    with inbox.taking(one.id, FATE):
        pass
    assert names(inbox, Stand.TAKEN) == ["a.pdf"]


def test_two_clerks_cannot_take_one_file(bench: Bench) -> None:
    inbox, one = claimed(bench)
    with inbox.taking(one.id, FATE):
        with pytest.raises(errors.InUse), bench.inbox().taking(one.id, FATE):
            pass
        with pytest.raises(errors.InUse):
            bench.inbox().set_aside(one.id, FATE)
    with pytest.raises(errors.NoSuchThing), bench.inbox().taking(one.id, FATE):
        pass


def test_a_file_set_aside_can_still_be_taken(bench: Bench) -> None:
    inbox, one = claimed(bench)
    aside = inbox.set_aside(one.id, Fate(at=FATE.at, clerk="duong", reason="trùng"))
    assert (aside.state, aside.fate and aside.fate.reason) == (Stand.ASIDE, "trùng")
    assert aside.path.read_bytes() == b"scan"
    with inbox.taking(one.id, FATE):
        pass
    assert names(inbox, Stand.TAKEN) == ["a.pdf"]


# --- shares, and several who look -------------------------------------------------------------


def test_a_file_on_another_file_system_is_copied_whole_and_gone_from_there(far: Bench) -> None:
    data = os.urandom(3_000_000)
    far.drop(NAME, data)
    (one,) = far.looks(far.inbox())
    assert one.path.read_bytes() == data
    assert far.left() == []


@pytest.mark.parametrize("stations", [1, 2])
@pytest.mark.parametrize("where", ["bench", "far"])
def test_of_programs_that_look_at_once_exactly_one_gets_each_file(
    request: pytest.FixtureRequest, tmp_path: Path, where: str, stations: int
) -> None:
    made: Bench = request.getfixturevalue(where)
    for number in range(40):
        made.drop(f"{number}.pdf", str(number).encode())
    benches = [
        Bench(made.source, tmp_path / f"home{one % stations}", owner=f"Q{one % stations}")
        for one in range(4)
    ]

    def work(bench: Bench) -> None:
        inbox = bench.inbox()
        for _ in range(60):
            try:
                inbox.look()
            except (errors.InUse, errors.FolderUnreachable):
                continue
            bench.seconds += STILL_S

    with ThreadPoolExecutor(len(benches)) as pool:
        list(pool.map(work, benches))
    got = [
        one.path.read_bytes() for bench in benches[:stations] for one in bench.inbox().arrivals()
    ]
    assert sorted(map(int, got)) == list(range(40))


def test_a_folder_that_is_gone_is_told_and_what_was_claimed_stays(bench: Bench) -> None:
    inbox, _one = claimed(bench)
    shutil.rmtree(bench.source)
    with pytest.raises(errors.FolderUnreachable):
        inbox.look()
    assert names(inbox) == ["a.pdf"]


def test_a_file_that_cannot_be_moved_stays_and_says_why(bench: Bench) -> None:
    """As a Windows share answers while the device still holds the file open."""
    bench.drop("a.pdf")
    inbox = bench.inbox()
    bench.looks(inbox, LOOKS - 1)
    bench.source.chmod(0o555)
    assert powerless(lambda: inbox.look() == () and "may not move" in inbox.unclaimed[0].problem)
    assert (bench.source / "a.pdf").exists()
    bench.source.chmod(0o755)
    assert len(bench.looks(inbox, 1)) == 1


# --- stops at any moment ----------------------------------------------------------------------

FILES = {f"scan {n}.pdf": bytes([n]) * 5000 for n in range(2)}


def every_copy(bench: Bench) -> dict[str, list[bytes]]:
    """What a person finds of each file, wherever it lies."""
    found: dict[str, list[bytes]] = {}
    lists = [bench.inbox().arrivals(stand) for stand in Stand]
    paths = [one.path for arrivals in lists for one in arrivals]
    paths += [path for path in bench.source.iterdir() if path.is_file()]
    for path in paths:
        found.setdefault(path.name, []).append(path.read_bytes())
    return found


@pytest.mark.parametrize("where", ["bench", "far"])
def test_killed_anywhere_while_claiming_nothing_is_lost_or_doubled(
    request: pytest.FixtureRequest, where: str
) -> None:
    made: Bench = request.getfixturevalue(where)
    step, killed = 0, True
    while killed:
        step += 1
        shutil.rmtree(made.home, ignore_errors=True)
        for name, data in FILES.items():
            made.drop(name, data)
        killed = killed_at(step, lambda _say: made.looks(made.inbox()) and None).killed
        made.looks(made.inbox(), 2 * LOOKS)
        assert every_copy(made) == {name: [data] for name, data in FILES.items()}, step
        assert sorted(names(made.inbox())) == sorted(FILES), step
        assert made.left() == []
    assert step > 20


@pytest.mark.parametrize("act", ["take", "set aside"])
def test_killed_anywhere_while_deciding_the_file_is_where_it_was_or_where_it_goes(
    bench: Bench, act: str
) -> None:
    step, killed = 0, True
    while killed:
        step += 1
        shutil.rmtree(bench.home, ignore_errors=True)
        inbox, one = claimed(bench)

        def work(_say: object, inbox: Inbox = inbox, one: Arrival = one) -> None:
            if act == "take":
                with inbox.taking(one.id, FATE):
                    pass
            else:
                inbox.set_aside(one.id, FATE)

        killed = killed_at(step, work).killed
        assert every_copy(bench) == {"a.pdf": [b"scan"]}, step
        (left,) = [found for stand in Stand for found in bench.inbox().arrivals(stand)]
        assert left.state is Stand.WAITING or not killed or left.fate == FATE
        if left.state is not Stand.TAKEN:
            with bench.inbox().taking(one.id, FATE):
                pass
    assert step > 4
