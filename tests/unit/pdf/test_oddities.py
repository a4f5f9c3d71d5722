"""PDFs with more in them than pages: forms, scripts, attachments, odd boxes.

What a viewer shows is what is taken, at true scale; nothing in the file is ever run.
"""

from pathlib import Path

import numpy as np
import pikepdf
import pytest
from pikepdf import Array, Dictionary, Name, Pdf, Stream, String
from PIL import Image

from scanstation import errors
from scanstation.model.page import PageFile
from scanstation.pdf import read
from scanstation.pdf.confined import ConfinedReader
from tests.unit.pdf import foreign
from tests.unit.pdf.worked import picture

INCH = 25.4


def taken(pdf: Pdf, folder: Path) -> list[PageFile]:
    scratch = folder / "scratch"
    scratch.mkdir()
    return list(ConfinedReader().pages(foreign.saved(pdf, folder), scratch))


def pixels(page: PageFile) -> np.ndarray:
    with Image.open(page.path) as image:
        return np.asarray(image.convert("RGB")).astype(int)


def millimetres(page: PageFile) -> tuple[float, float]:
    return page.width / page.dpi * INCH, page.height / page.dpi * INCH


def a_page(pdf: Pdf, **entries: object) -> pikepdf.Page:
    return foreign.add_page(pdf, foreign.jpeg_stream(pdf, picture(1, (1240, 1754))), **entries)


def reddish(levels: np.ndarray) -> np.ndarray:
    return (levels[..., 0] > 200) & (levels[..., 1] < 60) & (levels[..., 2] < 60)


# --- what could run ----------------------------------------------------------------------------


@pytest.fixture
def touched(tmp_path: Path) -> Path:
    """What the actions below would make if anything ran them."""
    return tmp_path / "touched"


def actions(touched: Path) -> list[Dictionary]:
    return [
        Dictionary(S=Name.JavaScript, JS=String("app.launchURL('http://127.0.0.1:9/')")),
        Dictionary(
            S=Name.Launch, F=String("/usr/bin/touch"), Unix=String(f"/usr/bin/touch {touched}")
        ),
        Dictionary(S=Name.URI, URI=String("http://127.0.0.1:9/")),
        Dictionary(S=Name.SubmitForm, F=String("http://127.0.0.1:9/")),
    ]


@pytest.mark.parametrize("which", range(4))
def test_an_action_on_opening_is_not_run_and_the_page_is_taken(
    tmp_path: Path, touched: Path, which: int
) -> None:
    pdf = Pdf.new()
    page = a_page(pdf)
    action = pdf.make_indirect(actions(touched)[which])
    pdf.Root.OpenAction = action
    pdf.Root.AA = Dictionary(WC=action, DP=action)
    page.obj.AA = Dictionary(O=action, C=action)
    names = Array([String("a"), action])
    pdf.Root.Names = Dictionary(JavaScript=Dictionary(Names=names))
    (found,) = taken(pdf, tmp_path)
    assert found.path.suffix == ".jpg"
    assert not touched.exists()


def test_a_script_that_fills_a_field_does_not_change_what_is_seen(tmp_path: Path) -> None:
    pdf = Pdf.new()
    page = a_page(pdf)
    field = filled(pdf, "1 0 0 rg 0 0 100 40 re f")
    script = String("event.value = 'changed'; this.getField('a').value = 'changed';")
    field.AA = Dictionary(C=Dictionary(S=Name.JavaScript, JS=script))
    page.obj.Annots = Array([field])
    pdf.Root.AcroForm = Dictionary(Fields=Array([field]), CO=Array([field]))
    (found,) = taken(pdf, tmp_path)
    assert reddish(pixels(found)[200:350, 500:900]).mean() > 0.9


# --- forms -------------------------------------------------------------------------------------


def filled(pdf: Pdf, look: str, **entries: object) -> pikepdf.Object:
    """A filled text field at 100..300, 740..820 points with an appearance of its own."""
    shown = Stream(pdf, look.encode(), Type=Name.XObject, Subtype=Name.Form)
    shown.BBox = Array([0, 0, 100, 40])
    return pdf.make_indirect(
        Dictionary(
            Type=Name.Annot,
            Subtype=Name.Widget,
            FT=Name.Tx,
            T=String("a"),
            V=String("x"),
            F=4,
            Rect=Array([100, 740, 300, 820]),
            AP=Dictionary(N=pdf.make_indirect(shown)),
            **entries,
        )
    )


def test_a_filled_field_is_in_the_picture(tmp_path: Path) -> None:
    pdf = Pdf.new()
    page = a_page(pdf)
    field = filled(pdf, "1 0 0 rg 0 0 100 40 re f")
    page.obj.Annots = Array([field])
    pdf.Root.AcroForm = Dictionary(Fields=Array([field]))
    (found,) = taken(pdf, tmp_path)
    assert (found.path.suffix, found.dpi) == (".png", 300)
    assert reddish(pixels(found)[110:400, 440:1220]).mean() > 0.9


@pytest.mark.parametrize("kind", [Name.Stamp, Name.Ink, Name.FreeText, Name.Square])
def test_an_annotation_with_an_appearance_is_in_the_picture(tmp_path: Path, kind: Name) -> None:
    pdf = Pdf.new()
    page = a_page(pdf)
    note = filled(pdf, "1 0 0 rg 0 0 100 40 re f")
    for name in ("/FT", "/T", "/V"):
        del note[name]
    note.Subtype = kind
    page.obj.Annots = Array([note])
    (found,) = taken(pdf, tmp_path)
    assert reddish(pixels(found)[110:400, 440:1220]).mean() > 0.9


def test_a_hidden_annotation_stays_out_of_the_picture(tmp_path: Path) -> None:
    pdf = Pdf.new()
    page = a_page(pdf)
    note = filled(pdf, "1 0 0 rg 0 0 100 40 re f")
    note.Subtype, note.F = Name.Stamp, 2
    page.obj.Annots = Array([note])
    (found,) = taken(pdf, tmp_path)
    assert not reddish(pixels(found)[110:400, 440:1220]).any()


XFA = b"""<xdp:xdp xmlns:xdp="http://ns.adobe.com/xdp/"><template xmlns=
"http://www.xfa.org/schema/xfa-template/3.3/"><subform name="a"/></template></xdp:xdp>"""


def xfa(pdf: Pdf, *, dynamic: bool) -> None:
    pdf.Root.AcroForm = Dictionary(Fields=Array([]), XFA=Stream(pdf, XFA))
    if dynamic:
        pdf.Root.NeedsRendering = True


def test_a_static_xfa_form_is_taken_as_its_pages_show(tmp_path: Path) -> None:
    pdf = Pdf.new()
    a_page(pdf)
    xfa(pdf, dynamic=False)
    (found,) = taken(pdf, tmp_path)
    assert found.path.suffix == ".jpg"


def test_a_dynamic_xfa_form_is_refused_and_says_to_print_it(tmp_path: Path) -> None:
    """Its one page says "Please wait" in every viewer but Adobe's."""
    pdf = Pdf.new()
    a_page(pdf)
    xfa(pdf, dynamic=True)
    with pytest.raises(errors.UnreadableInput, match="form") as caught:
        ConfinedReader().inspect(foreign.saved(pdf, tmp_path))
    assert "print" in str(caught.value)


def test_a_portfolio_is_refused_and_says_to_take_its_files_out(tmp_path: Path) -> None:
    """Its page is a cover; the papers are the files inside."""
    pdf = Pdf.new()
    a_page(pdf)
    pdf.attachments["paper.pdf"] = b"%PDF-1.7 ..."
    pdf.Root.Collection = Dictionary(Type=Name.Collection, View=Name.D)
    with pytest.raises(errors.UnreadableInput, match="portfolio"):
        ConfinedReader().inspect(foreign.saved(pdf, tmp_path))


def test_an_attached_file_alone_makes_no_portfolio(tmp_path: Path) -> None:
    pdf = Pdf.new()
    a_page(pdf)
    pdf.attachments["data.xml"] = b"<a/>"
    assert len(taken(pdf, tmp_path)) == 1


# --- boxes and scale ---------------------------------------------------------------------------


def test_what_the_crop_box_shows_is_taken_at_true_scale(tmp_path: Path) -> None:
    pdf = Pdf.new()
    page = a_page(pdf, after="1 0 0 rg 100 100 50 50 re f 0 0 1 rg 0 0 90 90 re f")
    page.obj.CropBox = Array([100, 100, 400, 500])
    (found,) = taken(pdf, tmp_path)
    assert millimetres(found) == pytest.approx((300 / 72 * INCH, 400 / 72 * INCH), abs=0.15)
    levels = pixels(found)
    assert reddish(levels[-200:-5, 5:200]).mean() > 0.99
    assert not ((levels[..., 2] > 200) & (levels[..., 0] < 60)).any()


def test_an_image_the_crop_box_cuts_is_not_taken_whole(tmp_path: Path) -> None:
    pdf = Pdf.new()
    a_page(pdf).obj.CropBox = Array([0, 420, 595.2, 841.92])
    (found,) = taken(pdf, tmp_path)
    assert millimetres(found) == pytest.approx((210, 148.9), abs=0.15)


def test_a_crop_box_that_reaches_out_of_the_page_ends_at_the_page(tmp_path: Path) -> None:
    pdf = Pdf.new()
    a_page(pdf).obj.CropBox = Array([-500, -500, 2000, 2000])
    (found,) = taken(pdf, tmp_path)
    assert millimetres(found) == pytest.approx((210, 297), abs=0.15)


@pytest.mark.parametrize("rotate", [90, 180, 270, 450, -90])
def test_a_turned_page_with_print_is_taken_as_it_is_shown(tmp_path: Path, rotate: int) -> None:
    """The red corner lies bottom left before the page is turned."""
    pdf = Pdf.new()
    a_page(pdf, after="1 0 0 rg 0 0 100 50 re f", Rotate=rotate)
    (found,) = taken(pdf, tmp_path)
    levels = pixels(found)
    height, width = levels.shape[:2]
    corner = {
        90: levels[:100, :100],
        180: levels[:100, width - 100 :],
        270: levels[height - 100 :, width - 100 :],
    }[rotate % 360]
    assert reddish(corner).mean() > 0.95
    tall = (210, 297) if rotate == 180 else (297, 210)
    assert millimetres(found) == pytest.approx(tall, abs=0.15)


def test_a_drawn_page_in_large_units_keeps_its_true_scale(tmp_path: Path) -> None:
    pdf = Pdf.new()
    a_page(pdf, size=(297.6, 420.96), after="1 0 0 rg 0 0 50 50 re f", UserUnit=2)
    (found,) = taken(pdf, tmp_path)
    assert millimetres(found) == pytest.approx((210, 297), abs=0.15)


@pytest.mark.parametrize("unit", [0, -1, "x"])
def test_a_unit_that_is_none_is_the_clerks_error_or_the_usual_one(
    tmp_path: Path, unit: object
) -> None:
    pdf = Pdf.new()
    a_page(pdf, UserUnit=String(unit) if isinstance(unit, str) else unit)
    try:
        (found,) = taken(pdf, tmp_path)
    except errors.InputError:
        return
    assert millimetres(found) == pytest.approx((210, 297), abs=0.15)


# --- limits ------------------------------------------------------------------------------------


@pytest.mark.parametrize("box", ["/MediaBox", "/CropBox"])
def test_a_page_box_of_five_metres_is_refused_with_its_size(tmp_path: Path, box: str) -> None:
    pdf = Pdf.new()
    page = a_page(pdf)
    page.obj.MediaBox = Array([0, 0, 14400, 14400])
    page.obj[box] = Array([0, 0, 14400, 14400])
    with pytest.raises(errors.OversizedInput, match="3600 megapixels"):
        ConfinedReader().inspect(foreign.saved(pdf, tmp_path))


def test_a_small_window_on_a_huge_page_is_taken(tmp_path: Path) -> None:
    pdf = Pdf.new()
    page = a_page(pdf)
    page.obj.MediaBox = Array([0, 0, 14400, 14400])
    page.obj.CropBox = Array([0, 0, 595.2, 841.92])
    (found,) = taken(pdf, tmp_path)
    assert millimetres(found) == pytest.approx((210, 297), abs=0.15)


@pytest.mark.parametrize("box", [[0, 0, 0, 0], [0, 0, 0.001, 0.001], [0, 0, 1e-3, 800]])
def test_a_page_of_no_size_is_the_clerks_error_or_a_picture(
    tmp_path: Path, box: list[float]
) -> None:
    pdf = Pdf.new()
    page = a_page(pdf)
    page.obj.MediaBox = Array(box)
    try:
        (found,) = taken(pdf, tmp_path)
    except errors.InputError as fault:
        assert "foreign.pdf" in str(fault)
        return
    assert found.width
    assert found.height


@pytest.mark.parametrize("claimed", [2001, 2_000_000_000])
def test_a_claim_of_too_many_pages_is_refused(tmp_path: Path, claimed: int) -> None:
    pdf = Pdf.new()
    a_page(pdf)
    path = tmp_path / "claims.pdf"
    pdf.save(path, object_stream_mode=pikepdf.ObjectStreamMode.disable)
    path.write_bytes(path.read_bytes().replace(b"/Count 1", b"/Count %d" % claimed))
    with pytest.raises(errors.OversizedInput, match=f"{claimed} pages"):
        read.inspect(path)


def signature(pdf: Pdf) -> None:
    value = pdf.make_indirect(Dictionary(Type=Name.Sig, Filter=Name("/Adobe.PPKLite")))
    form = pdf.Root.get("/AcroForm", Dictionary(Fields=Array([])))
    form.Fields = Array([pdf.make_indirect(Dictionary(FT=Name.Sig, T="s", V=value))])
    pdf.Root.AcroForm = form


@pytest.mark.parametrize("kind", ["form", "portfolio"])
def test_a_signed_one_is_let_through_to_be_kept_as_it_is(tmp_path: Path, kind: str) -> None:
    pdf = Pdf.new()
    a_page(pdf)
    if kind == "form":
        xfa(pdf, dynamic=True)
    else:
        pdf.Root.Collection = Dictionary(Type=Name.Collection)
    signature(pdf)
    assert read.inspect(foreign.saved(pdf, tmp_path)).signatures == 1
