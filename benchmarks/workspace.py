"""A full counter: 10,000 dossiers and one of 500 pages; start, list, search, open, one more act.

The peer of listing and searching is what one does without a catalogue: read every journal, or
`grep -r` over them. Times are of one run in this process with warm files, after one to warm up.
"""

import subprocess
import sys
import tempfile
import time
import tracemalloc
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import msgspec

from scanstation import bootstrap
from scanstation.casework import Casework
from scanstation.model.acts import Entry, FieldSet, Opened, PageAdded, PageRotated
from scanstation.model.clock import SystemClock, new_id
from scanstation.model.dossier import Page
from scanstation.model.listing import Wanted
from scanstation.model.page import Mode
from scanstation.model.profile import Clerk, Component, Procedure
from scanstation.settings import Station
from scanstation.workspace import journal

DOSSIERS, PAGES = 10_000, 500
CLERK = Clerk(id="duong", name="Nguyễn Thị Đường")
PROCEDURE = Procedure(
    code="1.004873",
    title="Xác nhận tình trạng hôn nhân",
    source="benchmark",
    components=tuple(Component(id=f"giay-{n}", title=f"Giấy tờ số {n}") for n in range(1, 6)),
)
_FAMILY = ("Nguyễn", "Trần", "Lê", "Phạm", "Hoàng", "Lò", "Vàng", "Đặng", "Bùi", "Đỗ")
_MIDDLE = ("Văn", "Thị", "Hữu", "Đức", "Minh", "Thu", "Ngọc")
_GIVEN = ("Đường", "Dương", "Mai", "Khánh", "Lan", "Ước", "Ân", "Hoà", "Tuấn", "Bé", "Phượng")
_TOML = """id = "tram-1"
agency = "UBND xã Tân Hợp"

[[clerks]]
id = "duong"
name = "Nguyễn Thị Đường"
"""


def main(dossiers: int = DOSSIERS) -> None:
    with tempfile.TemporaryDirectory(prefix="scanstation-bench-") as name:
        folder = Path(name)
        big = filled(folder, dossiers)
        print(f"| {dossiers} dossiers, one of {PAGES} pages | ms | bound |")
        print("|---|--:|--:|")
        row("catalogue made anew", lambda: casework(folder).rebuild_catalogue(), "")
        row("start: workspace and outbox, settled", lambda: casework(folder), "200")
        desk = casework(folder)
        row("list all", lambda: desk.find(Wanted()), "200")
        row("search «nguyen van duong»", lambda: desk.find(Wanted(text="nguyen van duong")), "200")
        row("search «Nguyễn Văn Đường»", lambda: desk.find(Wanted(text="Nguyễn Văn Đường")), "200")
        row("search a field's value", lambda: desk.find(Wanted(text="014085 so thi")), "200")
        some = desk.find(Wanted())[dossiers // 2].id
        with bootstrap.intake(Station(folder)) as intake:
            row("home screen: today's and unfinished", intake.dossiers, "200")
            row("open one by the ending of its id", lambda: intake.dossier(some[-12:]), "200")
            row(f"open the one of {PAGES} pages", lambda: intake.dossier(big), "1000")
            act = PageRotated(intake.dossier(big).pages[7].id, 90)
            row("  one act in it", lambda: intake.record(big, act, CLERK), "")
            print(f"| its cost in memory | {grown(lambda: intake.dossier(big)):.1f} MB | 50 MB |")
        row("expunge: where else its file lies", lambda: copies(folder, big), "1000")
        row("peer: every journal read", bootstrap.holdings(Station(folder)).workspace.dossiers, "")
        row("peer: grep -r over the journals", lambda: grep(folder), "")
        row("whole program: scanstation dossier find", lambda: program(folder, "find", "duong"), "")


def filled(folder: Path, dossiers: int) -> str:
    """A station whose journals are as the program leaves them, unsynced; id of the big one."""
    (folder / "station.toml").write_text(_TOML, encoding="utf-8")
    bootstrap.make_station_key(folder)
    casework(folder)
    for number in range(dossiers):
        write(folder, number, 3)
    return write(folder, dossiers, PAGES)


def write(folder: Path, number: int, pages: int) -> str:
    now = SystemClock().now()
    dossier, at = (
        new_id(now),
        f"20{10 + number % 16}-0{1 + number % 9}-1{number % 9}T08:00:00+07:00",
    )
    place = folder / "workspace" / "dossiers" / dossier / "journal"
    place.mkdir(parents=True)
    applicant = " ".join(
        (_FAMILY[number % 10], _MIDDLE[number // 10 % 7], _GIVEN[number // 70 % 11])
    )
    opened = Opened(dossier=dossier, procedure=PROCEDURE, applicant=applicant)
    acts = [opened, *(PageAdded(page(number, n)) for n in range(pages))]
    acts += [
        FieldSet("mother", f"Lò Thị Số {number}"),
        FieldSet("id_number", f"014085{number:06d}"),
    ]
    if pages == 3:  # all but a hundred are finished, as at a real counter
        acts += finished(number)
    for count, act in enumerate(acts, start=1):
        entry = Entry(version=journal.VERSION, number=count, at=at, clerk="duong", act=act)
        (place / f"{count:06d}.json").write_bytes(msgspec.json.encode(entry))
    return dossier


def finished(number: int) -> list[object]:
    from scanstation.model.acts import Withdrawn

    return [] if number % 100 == 0 else [Withdrawn("đã chuyển hồ sơ giấy")]


def copies(folder: Path, dossier: str) -> None:
    """What an expunging looks for before it destroys anything."""
    workspace = bootstrap.holdings(Station(folder)).workspace
    page = workspace.dossier(dossier).pages[7]
    workspace.with_original(f"{page.sha256}{page.suffix}")
    for line in workspace.listing():
        if line.unfinished:
            workspace.looking_at(line.id).entries()


def page(number: int, count: int) -> Page:
    return Page(
        id=new_id(SystemClock().now()),
        sha256=f"{number * 1000 + count:064x}",
        suffix=".png",
        component=f"giay-{1 + count % 5}",
        width=2480,
        height=3508,
        dpi=300.0,
        mode=Mode.COLOUR,
        source="ADF Duplex",
    )


def casework(folder: Path) -> Casework:
    return bootstrap.casework(Station(folder))


def row(name: str, work: Callable[[], object], bound: str) -> None:
    started = time.perf_counter()
    work()
    first = time.perf_counter() - started
    if first < 2:
        started = time.perf_counter()
        work()
    took = time.perf_counter() - started
    print(f"| {name} | {took * 1000:.0f} | {bound} |", flush=True)


def grown(work: Callable[[], object]) -> float:
    """Peak of what Python holds more while `work` runs, in MB."""
    with _traced():
        before = tracemalloc.get_traced_memory()[0]
        work()
        return (tracemalloc.get_traced_memory()[1] - before) / 1e6


@contextmanager
def _traced() -> Iterator[None]:
    tracemalloc.start()
    try:
        yield
    finally:
        tracemalloc.stop()


def grep(folder: Path) -> None:
    subprocess.run(
        ["grep", "-rliE", "Nguyễn Văn Đường", str(folder / "workspace" / "dossiers")],
        capture_output=True,
        check=False,
    )


def program(folder: Path, *words: str) -> None:
    command = [sys.executable, "-m", "scanstation.cli", "--data-dir", str(folder), "dossier"]
    subprocess.run([*command, *words], capture_output=True, check=True)


if __name__ == "__main__":
    main(*map(int, sys.argv[1:2]))
