from pathlib import Path

import pytest
from PIL import Image

from scanstation import errors
from scanstation.model.events import PageScanned, ScanEnded
from scanstation.model.profile import ScanProfile
from scanstation.scanner.tape import Tape

FEEDER = ScanProfile(id="t", driver="tape", feeder=True, dpi=200)


@pytest.fixture
def pages(tmp_path: Path) -> list[Path]:
    paths = [tmp_path / f"{shade}.png" for shade in (10, 20, 30)]
    for path in paths:
        Image.new("L", (8, 9), int(path.stem)).save(path)
    return paths


def play(tape: Tape, scratch: Path, profile: ScanProfile = FEEDER) -> list[int]:
    """The shades of the pages one scan gives; a fault passes through."""
    shades = []
    for event in tape.scan(profile, scratch):
        if isinstance(event, PageScanned):
            with Image.open(event.page.path) as image:
                shades.append(int(image.getpixel((0, 0))))  # type: ignore[arg-type]
        elif isinstance(event, ScanEnded):
            assert event.pages == len(shades)
    return shades


@pytest.mark.parametrize(
    ("letter", "error"),
    [
        ("J", errors.PaperJam),
        ("E", errors.FeederEmpty),
        ("C", errors.CoverOpen),
        ("M", errors.MultiFeed),
        ("D", errors.PageCut),
        ("B", errors.DeviceBusy),
        ("L", errors.DeviceLost),
        ("H", errors.DriverHung),
        ("X", errors.DriverCrashed),
    ],
)
def test_each_letter_is_its_fault_with_a_whole_sentence(
    letter: str, error: type[errors.ScanStationError], pages: list[Path], tmp_path: Path
) -> None:
    with pytest.raises(error) as fault:
        play(Tape(letter, pages), tmp_path)
    assert fault.value.facts["kept"] == 0
    assert "chưa có trang nào" in fault.value.sentence("vi")


def test_a_fault_says_how_many_pages_came_before_it_and_the_next_scan_goes_on(
    pages: list[Path], tmp_path: Path
) -> None:
    tape = Tape("PPJP", pages)
    with pytest.raises(errors.PaperJam) as jam:
        play(tape, tmp_path)
    assert jam.value.facts["kept"] == 2
    assert play(tape, tmp_path) == [30]


def test_an_empty_feeder_ends_a_scan_that_has_pages(pages: list[Path], tmp_path: Path) -> None:
    tape = Tape("PPEP", pages)
    assert play(tape, tmp_path) == [10, 20]
    assert play(tape, tmp_path) == [30]


def test_after_its_script_a_tape_is_an_empty_feeder(pages: list[Path], tmp_path: Path) -> None:
    tape = Tape("P", pages)
    assert play(tape, tmp_path) == [10]
    with pytest.raises(errors.FeederEmpty):
        play(tape, tmp_path)


def test_without_a_feeder_each_scan_is_one_page(pages: list[Path], tmp_path: Path) -> None:
    tape, flatbed = Tape("PPPP", pages), ScanProfile(id="t", driver="tape")
    assert [play(tape, tmp_path, flatbed) for _ in range(4)] == [[10], [20], [30], [10]]


def test_a_page_without_a_scale_takes_the_profile_s(pages: list[Path], tmp_path: Path) -> None:
    event = next(e for e in Tape("P", pages).scan(FEEDER, tmp_path) if isinstance(e, PageScanned))
    assert event.page.dpi == 200


@pytest.mark.parametrize("script", ["PQ", "pp"])
def test_an_unknown_letter_is_refused_at_once(script: str, pages: list[Path]) -> None:
    with pytest.raises(ValueError, match="unknown on a tape"):
        Tape(script, pages)
