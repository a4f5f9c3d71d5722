"""PDFs as citizens bring them, through the command line: a right page, or a sentence and code 5."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pikepdf
import pytest
from pikepdf import Array, Dictionary, Name, Pdf, Stream, String
from PIL import Image

from tests.helpers.counter import PAGES, Counter, set_up, signing_keys
from tests.helpers.parts import requires_part
from tests.unit.pdf import foreign
from tests.unit.pdf.worked import picture

pytestmark = requires_part("tesseract-vie")
POINTS_MM = 25.4 / 72


@pytest.fixture(scope="module")
def counter(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Counter]:
    folder = tmp_path_factory.mktemp("station")
    with signing_keys(folder / "keys") as authority:
        yield set_up(folder / "data", authority)


def sheet(pdf: Pdf, **entries: object) -> pikepdf.Page:
    return foreign.add_page(pdf, foreign.jpeg_stream(pdf, picture(1, (827, 1170))), **entries)


def cropped(pdf: Pdf) -> None:
    sheet(pdf).obj.CropBox = Array([100, 100, 400, 500])


def turned(pdf: Pdf) -> None:
    for rotate in (90, 180, 270):
        sheet(pdf, after="1 0 0 rg 0 0 90 90 re f", Rotate=rotate)


def large_units(pdf: Pdf) -> None:
    sheet(pdf, size=(297.6, 420.96), UserUnit=2)


def scripted(pdf: Pdf) -> None:
    launch = Dictionary(S=Name.Launch, F=String("/usr/bin/touch"), Unix=String("/usr/bin/touch x"))
    script = Dictionary(S=Name.JavaScript, JS=String("app.alert('x')"))
    page = sheet(pdf)
    pdf.Root.OpenAction = pdf.make_indirect(script)
    page.obj.AA = Dictionary(O=pdf.make_indirect(launch))


def filled_form(pdf: Pdf) -> None:
    page = sheet(pdf)
    look = Stream(pdf, b"1 0 0 rg 0 0 100 40 re f", Type=Name.XObject, Subtype=Name.Form)
    look.BBox = Array([0, 0, 100, 40])
    box = Array([100, 740, 300, 820])
    widget = Dictionary(Type=Name.Annot, Subtype=Name.Widget, FT=Name.Tx, T=String("a"), F=4)
    widget.V, widget.Rect = String("x"), box
    widget.AP = Dictionary(N=pdf.make_indirect(look))
    field = pdf.make_indirect(widget)
    page.obj.Annots = Array([field])
    pdf.Root.AcroForm = Dictionary(Fields=Array([field]))


A4 = (210.0, 297.0)
RIGHT: tuple[tuple[Callable[[Pdf], None], list[tuple[float, float]]], ...] = (
    (cropped, [(300 * POINTS_MM, 400 * POINTS_MM)]),
    (turned, [A4[::-1], A4, A4[::-1]]),
    (large_units, [A4]),
    (scripted, [A4]),
    (filled_form, [A4]),
)


def built(make: Callable[[Pdf], None], folder: Path) -> Path:
    pdf = Pdf.new()
    make(pdf)
    return foreign.saved(pdf, folder, f"{make.__name__}.pdf")


@pytest.mark.parametrize(("make", "sizes"), RIGHT, ids=lambda one: getattr(one, "__name__", ""))
def test_an_odd_pdf_comes_out_as_it_is_shown_and_at_its_size(
    tmp_path: Path, make: Callable[[Pdf], None], sizes: list[tuple[float, float]]
) -> None:
    out = tmp_path / "out.pdf"
    words = ("--reading", "none", "--no-deskew", "-o", out)
    answer = Counter(tmp_path / "none").run("digitise", built(make, tmp_path), *words)
    assert answer.code == 0, answer.err
    with pikepdf.open(out) as pdf:
        found = [[float(edge) * POINTS_MM for edge in page.mediabox[2:]] for page in pdf.pages]
        assert not {"/OpenAction", "/AcroForm", "/AA", "/Names"} & set(pdf.Root.keys())
    assert [pytest.approx(one, abs=0.2) for one in sizes] == [tuple(one) for one in found]


def test_a_dossier_takes_every_odd_pdf_page_by_page(counter: Counter, tmp_path: Path) -> None:
    dossier = counter.new()
    files = [built(make, tmp_path) for make, _sizes in RIGHT]
    counter.must("import", "--dossier", dossier, "--component", "1", *files)
    pages = counter.must("dossier", "show", dossier)["pages"]
    assert len(pages) == sum(len(sizes) for _make, sizes in RIGHT)


def portfolio(pdf: Pdf) -> None:
    sheet(pdf)
    pdf.attachments["paper.pdf"] = b"%PDF-1.7"
    pdf.Root.Collection = Dictionary(Type=Name.Collection)


def dynamic_form(pdf: Pdf) -> None:
    sheet(pdf)
    pdf.Root.NeedsRendering = True
    pdf.Root.AcroForm = Dictionary(Fields=Array([]), XFA=Stream(pdf, b"<xdp/>"))


def huge_box(pdf: Pdf) -> None:
    sheet(pdf).obj.MediaBox = Array([0, 0, 14400, 14400])


def many_pages(pdf: Pdf) -> None:
    for _ in range(2001):
        pdf.add_blank_page()


REFUSED = (
    (portfolio, "take those out first"),
    (dynamic_form, "print it there into a new PDF"),
    (huge_box, "3600 megapixels on one page, the limit is 200"),
    (many_pages, "2001 pages, the limit is 2000 pages"),
)


@pytest.mark.parametrize(("make", "said"), REFUSED, ids=lambda one: getattr(one, "__name__", ""))
def test_what_cannot_be_pages_is_refused_with_what_to_do(
    counter: Counter, tmp_path: Path, make: Callable[[Pdf], None], said: str
) -> None:
    path, out = built(make, tmp_path), tmp_path / "out.pdf"
    dossier = counter.new()
    for answer in (
        counter.run("digitise", path, "-o", out),
        counter.run("import", "--dossier", dossier, "--component", "1", path),
    ):
        assert answer.code == 5, answer.err
        assert said in answer.err
        assert path.name in answer.err
        assert "Traceback" not in answer.err
    assert not out.exists()
    assert counter.must("dossier", "show", dossier)["pages"] == []


def test_a_pdf_cut_short_is_repaired_with_a_warning_or_refused(tmp_path: Path) -> None:
    whole = built(turned, tmp_path).read_bytes()
    (tmp_path / "cut.pdf").write_bytes(whole[: len(whole) // 8])
    out = tmp_path / "out.pdf"
    answer = Counter(tmp_path / "none").run("digitise", tmp_path / "cut.pdf", "-o", out)
    assert answer.code == 5
    assert "cut.pdf" in answer.err
    assert "Traceback" not in answer.err
    assert not out.exists()


# --- what the file says, and how it is coded ---------------------------------------------------


def test_a_phone_photo_says_in_the_file_that_its_scale_is_unknown(tmp_path: Path) -> None:
    photo, known = tmp_path / "photo.jpg", tmp_path / "scan.png"
    picture(1, (1500, 2000)).save(photo, exif=phone())
    picture(2, (827, 1170)).save(known, dpi=(100, 100))
    out = tmp_path / "out.pdf"
    words = ("--reading", "none", "-o", out)
    answer = Counter(tmp_path / "none").run("digitise", known, photo, *words)
    assert answer.code == 0, answer.err
    with pikepdf.open(out) as pdf:
        packet = pdf.Root.Metadata.read_bytes().decode()
    assert "Không rõ tỷ lệ bản gốc: trang 2<" in packet


def phone() -> Image.Exif:
    """What a phone writes: its make, and 72 dpi that mean nothing."""
    exif = Image.Exif()
    exif[0x010F], exif[0x0110] = "Phone", "Camera"
    exif[0x011A] = exif[0x011B] = 72.0
    exif[0x0128] = 2
    return exif


@pytest.mark.parametrize(
    ("coder", "filter_"), [("jbig2", "/JBIG2Decode"), ("g4", "/CCITTFaxDecode")]
)
def test_an_imported_page_is_coded_as_the_usual_profile_says(
    counter: Counter, tmp_path: Path, coder: str, filter_: str
) -> None:
    profiles = counter.folder / "profiles" / "scan"
    profiles.mkdir(parents=True, exist_ok=True)
    (profiles / "sane-adf-300.toml").write_text(f'id = "sane-adf-300"\none_bit = "{coder}"\n')
    dossier = counter.new()
    page = PAGES / "straight-1bit.tif"
    counter.must("import", "--dossier", dossier, "--component", "1", page)
    counter.must("dossier", "export", dossier, "-o", tmp_path / "out")
    (made,) = (tmp_path / "out").glob("*.pdf")
    with pikepdf.open(made) as pdf:
        filters = {str(image.Filter) for image in pdf.pages[0].get_images().values()}
    assert filters == {filter_}
