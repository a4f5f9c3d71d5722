"""One body of claims for every way to get pages: libsane, scanimage, eSCL, files, the inbox,
the tape.
"""

from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import dataclass
from itertools import count
from pathlib import Path

import pytest
from msgspec.structs import replace
from PIL import Image, ImageChops

from scanstation import errors
from scanstation.model.clock import SystemClock
from scanstation.model.events import PageScanned, ScanEnded, ScanEvent, ScanProgress, ScanStarted
from scanstation.model.page import Mode, PageFile
from scanstation.model.profile import ScanProfile
from scanstation.scanner import ScanDriver, stack
from scanstation.scanner.escl import EsclDriver
from scanstation.scanner.folder import FolderDriver
from scanstation.scanner.inbox import Inbox, InboxParts
from scanstation.scanner.sane import SaneDriver
from scanstation.scanner.scanimage import ScanimageDriver
from scanstation.scanner.sighting import LOOKS, STILL_S
from scanstation.scanner.tape import Tape
from tests.helpers.fake_escl import FakeEscl
from tests.helpers.hand import ScriptedHand
from tests.helpers.parts import require_part

PILLOW_MODES = {Mode.BITONAL: "1", Mode.GREY: "L", Mode.COLOUR: "RGB"}


@dataclass(frozen=True)
class Rig:
    driver: ScanDriver
    profile: ScanProfile
    pages: int
    """How many pages a scan must give."""
    close: Callable[[], None] = bool
    paper: Path | None = None
    """What lies there first, where somebody knows."""
    jammed: ScanProfile | None = None
    """A scan that ends in a jam, where the device can be told to."""
    heal: Callable[[], None] = bool


def draw(folder: Path, pages: int) -> list[Path]:
    """Small colour pages that differ from each other in every pixel."""
    paths = []
    for number in range(pages):
        page = Image.merge("RGB", [Image.effect_noise((97, 131), 60 + number) for _ in range(3)])
        paths.append(folder / f"trang {number + 1}.png")
        page.save(paths[-1], dpi=(300, 300))
    return paths


def sane_pnm(folder: Path) -> Rig:
    require_part("libsane")
    page = folder / "page.ppm"
    Image.open(draw(folder, 1)[0]).save(page)
    options: dict[str, str | int | float | bool] = {"filename": str(page)}
    profile = ScanProfile(id="pnm", device="pnm:0", options=options)
    jam = replace(profile, options=options | {"status": False, "status-jammed": True})
    well = replace(profile, options=options | {"status": True, "status-jammed": False})
    return Rig(SaneDriver(backends=["pnm"]), well, 1, paper=page, jammed=jam)


def sane_test_feeder(_folder: Path) -> Rig:
    require_part("libsane")
    profile = ScanProfile(id="feeder", device="test:0", feeder=True, dpi=50, mode=Mode.GREY)
    profile = replace(profile, options={"read-return-value": "Default"})
    jam = replace(profile, options={"read-return-value": "SANE_STATUS_JAMMED"})
    return Rig(SaneDriver(backends=["test"]), profile, 10, jammed=jam)


def scanimage_pnm(folder: Path) -> Rig:
    require_part("scanimage")
    page = folder / "page.ppm"
    Image.open(draw(folder, 1)[0]).save(page)
    options: dict[str, str | int | float | bool] = {"filename": str(page)}
    profile = ScanProfile(id="pnm", driver="scanimage", device="pnm:0", options=options)
    return Rig(ScanimageDriver(backends=["pnm"]), profile, 1, paper=page)


def scanimage_test_feeder(_folder: Path) -> Rig:
    require_part("scanimage")
    feeder = "Automatic Document Feeder"
    profile = ScanProfile(
        id="feeder", device="test:0", source=feeder, feeder=True, dpi=50, mode=Mode.GREY
    )
    jam = replace(profile, options={"read-return-value": "SANE_STATUS_JAMMED"})
    return Rig(ScanimageDriver(backends=["test"]), profile, 10, jammed=jam)


def folder_of_three(folder: Path) -> Rig:
    drawn = draw(folder, 3)
    profile = ScanProfile(id="f", driver="folder")
    return Rig(FolderDriver([folder]), profile, len(drawn), paper=drawn[0])


def inbox_of_three(folder: Path) -> Rig:
    """Files that a device left, claimed by the station's inbox: names and bytes go with them."""
    source = folder.parent / "scans"
    source.mkdir()
    draw(source, 3)
    ticks = count()
    parts = InboxParts(
        source=source,
        home=folder,
        owner="T1",
        clock=SystemClock(),
        problem_in=lambda _path: "",
        now=lambda: next(ticks) * STILL_S,
    )
    inbox = Inbox(parts)
    claimed = [one.path for _look in range(LOOKS) for one in inbox.look()]
    profile = ScanProfile(id="f", driver="folder")
    return Rig(FolderDriver(claimed), profile, len(claimed), paper=claimed[0])


def tape_of_four(folder: Path) -> Rig:
    profile = ScanProfile(id="t", driver="tape", feeder=True)
    drawn = draw(folder, 2)
    return Rig(Tape("PPPPE" * 3, drawn), profile, 4, paper=drawn[0])


def tape_that_jams(folder: Path) -> Rig:
    profile = ScanProfile(id="t", driver="tape", feeder=True)
    return Rig(Tape("PPJPPPPE", draw(folder, 2)), profile, 4, jammed=profile)


def escl_feeder(folder: Path) -> Rig:
    device = FakeEscl("P P P end " * 3, draw(folder, 3))
    profile = ScanProfile(id="e", driver="escl", device=device.address, feeder=True)
    driver, drawn = EsclDriver([device.address]), folder / "trang 1.png"
    return Rig(driver, profile, 3, close=device.close, paper=drawn)


def escl_that_jams(folder: Path) -> Rig:
    device = FakeEscl("P P jam", draw(folder, 3))
    profile = ScanProfile(id="e", driver="escl", device=device.address, feeder=True)

    def heal() -> None:
        device.adf, device.script = "Loaded", ["P"] * 3

    driver = EsclDriver([device.address])
    return Rig(driver, profile, 3, close=device.close, jammed=profile, heal=heal)


def escl_glass(folder: Path) -> Rig:
    device = FakeEscl("P P P", draw(folder, 3))
    profile = ScanProfile(id="g", driver="escl", device=device.address)
    return Rig(EsclDriver([device.address]), profile, 1, close=device.close)


RIGS: list[Callable[[Path], Rig]] = [
    *(sane_pnm, sane_test_feeder, scanimage_pnm, scanimage_test_feeder),
    *(folder_of_three, inbox_of_three, tape_of_four, escl_feeder),
]


JAMMING = [sane_pnm, sane_test_feeder, scanimage_test_feeder, tape_that_jams, escl_that_jams]


@pytest.fixture(params=RIGS, ids=lambda make: make.__name__)
def rig(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Rig]:
    paper = tmp_path / "paper"
    paper.mkdir()
    made: Rig = request.param(paper)
    yield made
    made.driver.close()
    made.close()


@pytest.fixture
def scratch(tmp_path: Path) -> Path:
    folder = tmp_path / "scratch"
    folder.mkdir()
    return folder


def scan(rig: Rig, scratch: Path) -> list[ScanEvent]:
    return list(rig.driver.scan(rig.profile, scratch))


def pages_of(events: list[ScanEvent]) -> list[PageFile]:
    return [event.page for event in events if isinstance(event, PageScanned)]


def test_a_scan_starts_once_ends_once_and_counts_its_pages(rig: Rig, scratch: Path) -> None:
    events = scan(rig, scratch)
    others = [e for e in events if not isinstance(e, ScanProgress)]
    assert isinstance(others[0], ScanStarted)
    assert others[-1] == ScanEnded(pages=rig.pages)
    assert [type(each) for each in others[1:-1]] == [PageScanned] * rig.pages


def test_a_page_is_a_whole_image_with_the_measures_it_claims(rig: Rig, scratch: Path) -> None:
    for event in rig.driver.scan(rig.profile, scratch):
        if isinstance(event, PageScanned):
            with Image.open(event.page.path) as image:
                image.load()
                assert image.size == (event.page.width, event.page.height)
                assert image.mode == PILLOW_MODES[event.page.mode]


def test_every_page_has_a_scale(rig: Rig, scratch: Path) -> None:
    found = {page.dpi for page in pages_of(scan(rig, scratch))}
    assert all(abs(dpi - (50 if rig.pages == 10 else 300)) < 0.1 for dpi in found), found


def test_two_scans_into_one_folder_never_share_a_file(rig: Rig, scratch: Path) -> None:
    first, second = pages_of(scan(rig, scratch)), pages_of(scan(rig, scratch))
    paths = {page.path for page in first + second}
    assert len(paths) == 2 * rig.pages
    assert paths == set(scratch.iterdir())


def test_progress_only_ever_grows_and_belongs_to_the_next_page(rig: Rig, scratch: Path) -> None:
    done, last = 0, (0, 0)
    for event in rig.driver.scan(rig.profile, scratch):
        if isinstance(event, ScanProgress):
            assert event.page == done + 1
            assert (event.page, event.lines) > last
            last = (event.page, event.lines)
        done += isinstance(event, PageScanned)


def test_a_scan_given_up_after_its_first_page_leaves_the_driver_usable(
    rig: Rig, scratch: Path
) -> None:
    events = rig.driver.scan(rig.profile, scratch)
    first = next(event for event in events if isinstance(event, PageScanned))
    events.close()  # type: ignore[attr-defined]  # an Iterator of the seam is a generator here
    assert first.page.path.exists()
    assert pages_of(scan(rig, scratch))


def test_a_driver_names_its_device(rig: Rig) -> None:
    devices = rig.driver.devices()
    assert devices
    assert not rig.profile.device or rig.profile.device in {device.name for device in devices}


def test_closing_twice_is_fine_and_a_closed_driver_scans_again(rig: Rig, scratch: Path) -> None:
    rig.driver.close()
    rig.driver.close()
    assert pages_of(scan(rig, scratch))


def test_the_first_page_is_the_paper_pixel_by_pixel(rig: Rig, scratch: Path) -> None:
    if rig.paper is None:
        assert rig.pages == 10, "only the pattern of libsane's test device is nobody's paper"
        return
    with Image.open(rig.paper) as paper, Image.open(pages_of(scan(rig, scratch))[0].path) as page:
        assert ImageChops.difference(paper.convert("RGB"), page.convert("RGB")).getbbox() is None


def test_through_the_clerk_s_scan_every_device_tells_the_same(rig: Rig, scratch: Path) -> None:
    events = list(stack.scan(rig.driver, rig.profile, scratch, ScriptedHand()))
    others = [type(one) for one in events if not isinstance(one, ScanProgress)]
    assert others == [ScanStarted, *[PageScanned] * rig.pages, ScanEnded]


@pytest.mark.parametrize("make", [sane_pnm, scanimage_pnm, escl_glass, tape_of_four])
def test_a_book_of_three_scans_is_one_scan_of_their_pages(
    make: Callable[[Path], Rig], tmp_path: Path, scratch: Path
) -> None:
    rig, hand = make(tmp_path), ScriptedHand("go-on go-on end")
    book = replace(rig.profile, feeder=False, book=True)
    with closing(rig.driver):
        events = list(stack.scan(rig.driver, book, scratch, hand))
    rig.close()
    assert len({page.path for page in pages_of(events)}) == 3
    assert events[-1] == ScanEnded(pages=3)


@pytest.mark.parametrize("make", JAMMING, ids=lambda make: make.__name__)
def test_a_jam_names_the_pages_before_it_keeps_them_and_the_next_scan_works(
    make: Callable[[Path], Rig], tmp_path: Path, scratch: Path
) -> None:
    paper = tmp_path / "paper"
    paper.mkdir()
    rig = make(paper)
    assert rig.jammed is not None
    announced: list[Path] = []
    try:
        with pytest.raises(errors.PaperJam) as jam:
            for event in rig.driver.scan(rig.jammed, scratch):
                announced += [event.page.path] if isinstance(event, PageScanned) else []
        assert jam.value.facts["kept"] == len(announced)
        assert set(announced) == set(scratch.iterdir())
        rig.heal()
        assert len(pages_of(scan(rig, scratch))) == rig.pages
    finally:
        rig.driver.close()
        rig.close()


def test_two_different_sheets_are_two_different_pages(tmp_path: Path, scratch: Path) -> None:
    rig = folder_of_three(scratch)
    one, two, _three = (Image.open(page.path) for page in pages_of(scan(rig, tmp_path)))
    assert ImageChops.difference(one, two).getbbox() is not None
