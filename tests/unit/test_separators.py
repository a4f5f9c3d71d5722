"""A pile with separator sheets: every page lands in its component, and nothing is dropped."""

import subprocess
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import pytest
from PIL import Image

from scanstation import bootstrap, durable, errors
from scanstation.holding import Holdings
from scanstation.intake import Intake, Parts
from scanstation.model.clock import SystemClock
from scanstation.model.dossier import Dossier
from scanstation.model.events import Event, PageSaved, SetAside, Sorted
from scanstation.model.profile import Clerk, Component, Procedure, Reading, ScanProfile
from scanstation.model.profile import StationSettings as Settings
from scanstation.outbox.folder import Outbox
from scanstation.scanner.tape import Tape
from scanstation.sheets.separator import write_separators
from scanstation.signing import station as station_key
from scanstation.sorting import SEPARATOR, SEPARATOR_BACK
from scanstation.workspace.store import Workspace
from tests.helpers.counter import PAGES
from tests.helpers.parts import requires_part

pytestmark = [requires_part("fonts"), requires_part("poppler"), requires_part("tesseract-vie")]
CLERK = Clerk(id="duong", name="Nguyễn Thị Đường")
NAMES = ("to-khai", "chung-sinh", "cam-doan", "uy-quyen", "khac")
BIRTH = Procedure(
    code="1.001193",
    title="Đăng ký khai sinh",
    source="test",
    components=(
        *(Component(id=name, title=name.title()) for name in NAMES),
        Component(id="cccd", title="Căn cước", scan=False, required=False),
    ),
)
OTHER = Procedure(code="1.000656", title="Khai tử", source="t", components=BIRTH.components)
PROFILE = ScanProfile(id="t", feeder=True, reading=Reading.NONE, separators=True)


@pytest.fixture(scope="module")
def papers(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """Sheets as a scanner sees them at 100 dpi, and two papers; made once, never changed."""
    folder = tmp_path_factory.mktemp("papers")
    for procedure, prefix in ((BIRTH, "birth"), (OTHER, "death")):
        write_separators(procedure, folder / f"{prefix}.pdf")
        subprocess.run(
            ["pdftoppm", "-r", "100", "-png", folder / f"{prefix}.pdf", folder / prefix], check=True
        )
    found = {path.stem: path for path in folder.glob("*.png")}
    first = Image.open(found["birth-1"])
    for degrees in (90, 180, 270):
        found[f"turned-{degrees}"] = folder / f"turned-{degrees}.png"
        first.rotate(degrees, expand=True).save(found[f"turned-{degrees}"], dpi=(100, 100))
    torn = first.copy()
    torn.paste("white", (330, 100, 500, 620))
    torn.save(folder / "torn.png", dpi=(100, 100))
    return found | {
        "torn": folder / "torn.png",
        "page": PAGES / "qr-corner.jpg",
        "blank": PAGES / "blank.jpg",
    }


@contextmanager
def station(folder: Path, stack: list[Path]) -> Iterator[Intake]:
    tape = Tape("P" * len(stack), stack)
    with bootstrap.documents(()) as maker:
        yield Intake(
            Parts(
                settings=Settings(id="T1", agency="UBND xã", demo=True, min_free_mb=1),
                holdings=Holdings(
                    workspace=Workspace(durable.make_folder(folder / "workspace"), SystemClock()),
                    outbox=Outbox(durable.make_folder(folder / "outbox"), SystemClock()),
                    scratch=durable.make_folder(folder / "scratch"),
                    min_free_mb=1,
                ),
                documents=maker,
                driver=lambda _profile: closing(tape),
                station=station_key.create(folder / "station.key"),
                clock=SystemClock(),
                glance=bootstrap.glance,
            )
        )


def scanned(folder: Path, papers: dict[str, Path], *stack: str) -> tuple[Dossier, list[Event]]:
    with station(folder, [papers[name] for name in stack]) as intake:
        dossier = intake.open(BIRTH, "Lò Thị Mai", CLERK).id
        heard = list(intake.scan(dossier, NAMES[0], PROFILE, CLERK))
        return intake.dossier(dossier), heard


def counts(dossier: Dossier) -> tuple[int, ...]:
    return tuple(len(dossier.of(name)) for name in NAMES)


def test_a_pile_falls_into_five_components_and_says_five_of_five(
    tmp_path: Path, papers: dict[str, Path]
) -> None:
    stack = ["birth-1", "page", "birth-2", "page", "page", "birth-3", "page"]
    dossier, heard = scanned(tmp_path, papers, *stack, "birth-4", "page", "birth-5", "page")
    assert counts(dossier) == (1, 2, 1, 1, 1)
    assert [page.removed for page in dossier.tombstones] == [SEPARATOR] * 5
    assert [type(one) for one in heard].count(SetAside) == 5
    assert heard[-1] == Sorted(found=5, expected=5, unmet=(), loose=0)


@pytest.mark.parametrize("turned", ["turned-90", "turned-180", "turned-270"])
def test_a_separator_fed_turned_is_recognised(
    tmp_path: Path, papers: dict[str, Path], turned: str
) -> None:
    dossier, _ = scanned(tmp_path, papers, "birth-2", "page", turned, "page", "page")
    assert counts(dossier) == (2, 1, 0, 0, 0)


def test_the_empty_back_of_a_separator_is_set_aside_and_other_blanks_stay(
    tmp_path: Path, papers: dict[str, Path]
) -> None:
    dossier, _ = scanned(tmp_path, papers, "birth-2", "blank", "page", "blank")
    assert counts(dossier) == (0, 2, 0, 0, 0)
    assert [page.removed for page in dossier.tombstones] == [SEPARATOR, SEPARATOR_BACK]


def test_every_fed_page_is_kept_and_undo_brings_a_separator_back(
    tmp_path: Path, papers: dict[str, Path]
) -> None:
    with station(tmp_path, [papers["birth-1"]]) as intake:
        dossier = intake.open(BIRTH, "", CLERK).id
        list(intake.scan(dossier, NAMES[0], PROFILE, CLERK))
        assert not intake.dossier(dossier).pages
        assert len(intake.undo(dossier, CLERK).pages) == 1


def test_a_damaged_separator_stays_a_page_and_the_count_tells(
    tmp_path: Path, papers: dict[str, Path]
) -> None:
    dossier, heard = scanned(tmp_path, papers, "birth-2", "page", "torn", "page")
    assert counts(dossier) == (0, 3, 0, 0, 0)
    result = heard[-1]
    assert isinstance(result, Sorted)
    assert (result.found, result.expected) == (1, 5)
    assert "To-Khai" in result.unmet


def test_a_separator_of_another_procedure_stops_the_pile_and_loses_nothing(
    tmp_path: Path, papers: dict[str, Path]
) -> None:
    with station(tmp_path, [papers[one] for one in ("birth-1", "page", "death-2", "page")]) as it:
        dossier = it.open(BIRTH, "", CLERK).id
        with pytest.raises(errors.StrangeSeparator, match=r"1\.000656 chung-sinh"):
            list(it.scan(dossier, NAMES[0], PROFILE, CLERK))
        assert counts(it.dossier(dossier)) == (1, 0, 0, 0, 0)


def test_pages_before_the_first_separator_are_counted(
    tmp_path: Path, papers: dict[str, Path]
) -> None:
    dossier, heard = scanned(tmp_path, papers, "page", "birth-2", "page")
    assert counts(dossier) == (1, 1, 0, 0, 0)
    assert isinstance(heard[-1], Sorted)
    assert heard[-1].loose == 1


def test_a_pdf_of_many_pages_is_sorted_on_import(tmp_path: Path, papers: dict[str, Path]) -> None:
    stack = [Image.open(papers[name]).convert("RGB") for name in ("birth-2", "page", "birth-1")]
    whole = tmp_path / "pile.pdf"
    stack[0].save(whole, save_all=True, append_images=[*stack[1:], stack[1]], resolution=100)
    with station(tmp_path, []) as intake:
        dossier = intake.open(BIRTH, "", CLERK).id
        heard = list(intake.take(dossier, NAMES[4], [whole], CLERK, separators=True))
        assert counts(intake.dossier(dossier)) == (1, 1, 0, 0, 0)
    assert isinstance(heard[-1], Sorted)


def test_without_separators_asked_for_a_sheet_is_a_page_like_any(
    tmp_path: Path, papers: dict[str, Path]
) -> None:
    with station(tmp_path, []) as intake:
        dossier = intake.open(BIRTH, "", CLERK).id
        heard = list(intake.take(dossier, NAMES[4], [papers["birth-2"]], CLERK))
        assert counts(intake.dossier(dossier)) == (0, 0, 0, 0, 1)
    assert [type(one) for one in heard] == [PageSaved]
