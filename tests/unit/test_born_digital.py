"""A PDF made on a computer: its pages are sealed with its own words, and the file goes along."""

import zipfile
from pathlib import Path

import pypdfium2 as pdfium
import pytest
from pikepdf import Pdf
from PIL import Image

from scanstation import transfer
from scanstation.model.acts import PageRemoved
from scanstation.model.manifest import COMPONENT, SOURCE, ComponentFile
from scanstation.model.removal import ExpungeReason
from scanstation.outbox.folder import Outbox
from scanstation.package.read import extract, read_package
from scanstation.pdf import read
from scanstation.pdf.owntext import ENGINE
from tests.helpers.parts import requires_part
from tests.unit.pdf import foreign
from tests.unit.pdf.typed import LETTER, typed
from tests.unit.test_intake import CLERK, PROCEDURE, Desk, desk

pytestmark = [requires_part("tesseract-vie"), requires_part("fonts")]


@pytest.fixture
def letter(tmp_path: Path) -> Path:
    pdf = Pdf.new()
    typed(pdf)
    typed(pdf, lines=("Trang thứ hai của đơn đề nghị",))
    return foreign.saved(pdf, tmp_path, "Đơn của bà Mai.pdf")


def taken(here: Desk, *paths: Path) -> None:
    list(here.intake.take(here.dossier, "don", paths, CLERK))


def sealed(here: Desk, folder: Path) -> tuple[Path, tuple[ComponentFile, ...]]:
    list(here.intake.seal(here.dossier, CLERK, here.signer, stamp=False, as_scanned=True))
    (package,) = (folder / "outbox").rglob("*.ssp.zip")
    return package, read_package(package).manifest.components[0].files


def test_its_words_are_in_the_sealed_file_and_the_file_itself_goes_along(
    tmp_path: Path, letter: Path
) -> None:
    with desk(tmp_path, Outbox) as here:
        taken(here, letter)
        package, files = sealed(here, tmp_path)
    assert [(one.role, one.claim, one.pages) for one in files] == [
        (COMPONENT, "PDF/A-2u", 2),
        (SOURCE, "as received", 2),
    ]
    assert files[1].path == "data/originals/01-don-source.pdf"
    with zipfile.ZipFile(package) as bag:
        assert bag.read(files[1].path) == letter.read_bytes()
        (tmp_path / "made.pdf").write_bytes(bag.read(files[0].path))
    said = pdfium.PdfDocument(tmp_path / "made.pdf")[0].get_textpage().get_text_bounded()
    assert said.split() == " ".join(LETTER).split()


def test_the_source_is_extracted_beside_the_paper(tmp_path: Path, letter: Path) -> None:
    with desk(tmp_path, Outbox) as here:
        taken(here, letter)
        package, _ = sealed(here, tmp_path)
    (tmp_path / "out").mkdir()
    list(extract(package, tmp_path / "out"))
    assert {one.name for one in (tmp_path / "out").iterdir()} == {"01-don.pdf", "01-don-source.pdf"}


def test_a_dossier_says_who_brought_what_once(tmp_path: Path, letter: Path) -> None:
    with desk(tmp_path, Outbox) as here:
        taken(here, letter, letter)
        dossier = here.intake.dossier(here.dossier)
    (source,) = dossier.sources("don")
    assert source.name == letter.name
    assert len(dossier.pages) == 4
    assert dossier.attached("don") == ()


def test_undo_takes_back_pages_and_the_source_goes_with_the_last(
    tmp_path: Path, letter: Path
) -> None:
    with desk(tmp_path, Outbox) as here:
        taken(here, letter)
        assert here.intake.undo(here.dossier, CLERK).sources("don")
        assert here.intake.undo(here.dossier, CLERK).sources("don") == ()
        assert here.intake.redo(here.dossier, CLERK).sources("don")


def test_a_source_none_of_whose_pages_stand_stays_behind(tmp_path: Path, letter: Path) -> None:
    with desk(tmp_path, Outbox) as here:
        taken(here, letter, here.page)
        for page in here.intake.dossier(here.dossier).pages[:2]:
            here.intake.record(here.dossier, PageRemoved(page.id, "nhầm"), CLERK)
        _, files = sealed(here, tmp_path)
    assert [one.role for one in files] == [COMPONENT]


def test_a_scan_with_or_without_a_layer_brings_no_source(tmp_path: Path) -> None:
    drawn = Pdf.new()
    typed(drawn)
    (tmp_path / "drawn").mkdir()
    (shown,) = read.pages(foreign.saved(drawn, tmp_path), tmp_path / "drawn")
    image = Image.open(shown.path).convert("L")
    pdf = Pdf.new()
    page = typed(pdf, mode=3)
    page.obj.Resources.XObject = {"/I": foreign.jpeg_stream(pdf, image)}
    page.contents_add(b"q 595.2 0 0 841.92 0 0 cm /I Do Q")
    foreign.add_page(pdf, foreign.jpeg_stream(pdf, image))
    scan = foreign.saved(pdf, tmp_path)
    with desk(tmp_path, Outbox) as here:
        taken(here, scan)
        assert here.intake.dossier(here.dossier).sources("don") == ()
        assert [one.taken_page for one in here.intake.dossier(here.dossier).pages] == [1, 0]
        _, files = sealed(here, tmp_path)
    assert [one.role for one in files] == [COMPONENT]


def test_expunging_a_page_destroys_the_file_that_holds_it_too(tmp_path: Path, letter: Path) -> None:
    with desk(tmp_path, Outbox) as here:
        taken(here, letter)
        first, second = here.intake.dossier(here.dossier).pages
        held = here.intake._held
        with held.holding(here.dossier) as holder:
            holder.expunge(first.id, ExpungeReason.SECRET, "", CLERK.id)
        dossier = here.intake.dossier(here.dossier)
        assert [page.id for page in dossier.pages] == [second.id]
        with held.holding(here.dossier) as holder:
            assert holder.taken(second) is None, "its picture stays, its text is read anew"
    left = [path for path in (tmp_path / "workspace").rglob("*") if path.is_file()]
    assert dossier.sources("don") == ()
    assert not [path for path in left if path.read_bytes() == letter.read_bytes()]


# --- pages that go to another dossier -----------------------------------------------------------


def test_a_document_moved_whole_takes_its_file_and_words_along(
    tmp_path: Path, letter: Path
) -> None:
    with desk(tmp_path, Outbox) as here:
        taken(here, letter)
        other = here.intake.open(PROCEDURE, "Lò Thị Hoa", CLERK).id
        both = [page.id for page in here.intake.dossier(here.dossier).pages]
        transfer.move(here.intake._held, here.dossier, both, other, "", CLERK.id)
        here.dossier = other
        package, files = sealed(here, tmp_path)
    assert [(one.role, one.pages) for one in files] == [(COMPONENT, 2), (SOURCE, 2)]
    assert ENGINE in files[0].made_with
    with zipfile.ZipFile(package) as bag:
        assert bag.read(files[1].path) == letter.read_bytes()
