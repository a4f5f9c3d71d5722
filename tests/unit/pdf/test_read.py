"""Foreign PDFs: what is taken out losslessly, what is drawn, and what is refused."""

import io
import zlib
from pathlib import Path

import numpy as np
import pikepdf
import pytest
from pikepdf import Array, Dictionary, Name, Pdf, Stream
from PIL import Image, ImageChops

from scanstation import errors
from scanstation.model.page import Mode, PageFile
from scanstation.pdf import likeness, read
from scanstation.pdf.assemble import Pdf2uWriter
from tests.unit.pdf import foreign
from tests.unit.pdf.worked import INFO, line, picture, quiet, worked


def only_page(path: Path) -> PageFile:
    scratch = path.parent / "scratch"
    scratch.mkdir()
    (page,) = read.pages(path, scratch)
    assert page.source == path.name
    with Image.open(page.path) as image:
        assert image.size == (page.width, page.height)
    return page


def same(one: Image.Image, other: Image.Image) -> bool:
    return one.size == other.size and not ImageChops.difference(one, other).getbbox()


# --- taken out as it is ------------------------------------------------------------------------


def test_a_jpeg_that_is_the_whole_page_keeps_its_very_bytes(tmp_path: Path) -> None:
    pdf, image = Pdf.new(), picture(1, (1240, 1754))
    foreign.add_page(pdf, foreign.jpeg_stream(pdf, image))
    page = only_page(foreign.saved(pdf, tmp_path))
    assert page.path.suffix == ".jpg"
    assert page.path.read_bytes() == foreign.jpeg(image)
    assert (page.mode, page.dpi) == (Mode.COLOUR, 150)


@pytest.mark.parametrize("mode", [Mode.BITONAL, Mode.GREY, Mode.COLOUR])
def test_other_pixels_are_taken_out_losslessly(tmp_path: Path, mode: Mode) -> None:
    pdf, image = Pdf.new(), picture(1, (827, 1170), mode)
    foreign.add_page(pdf, foreign.flate_stream(pdf, image))
    page = only_page(foreign.saved(pdf, tmp_path))
    assert page.mode is mode
    with Image.open(page.path) as taken:
        assert taken.mode == image.mode
        assert same(taken, image)
        assert taken.info["dpi"][0] == pytest.approx(page.dpi, abs=0.1)


def test_invisible_text_over_a_scan_does_not_make_it_be_drawn(tmp_path: Path) -> None:
    page = worked(tmp_path, picture(1), [line("Tờ", "khai")])
    Pdf2uWriter().write([page], INFO, tmp_path / "ours.pdf", quiet)
    taken = only_page(tmp_path / "ours.pdf")
    assert taken.path.read_bytes() == page.layers[0].path.read_bytes()


@pytest.mark.parametrize(
    ("rotate", "back"),
    [
        (90, Image.Transpose.ROTATE_270),
        (180, Image.Transpose.ROTATE_180),
        (270, Image.Transpose.ROTATE_90),
    ],
)
def test_a_rotated_page_is_taken_out_as_it_is_shown(
    tmp_path: Path, rotate: int, back: Image.Transpose
) -> None:
    pdf, image = Pdf.new(), picture(1, (1170, 827), Mode.GREY)
    foreign.add_page(pdf, foreign.flate_stream(pdf, image), size=foreign.A4[::-1], Rotate=rotate)
    page = only_page(foreign.saved(pdf, tmp_path))
    assert same(Image.open(page.path), image.transpose(back))
    assert page.dpi == pytest.approx(100, abs=0.2)


def test_an_image_turned_by_its_matrix_is_taken_out_as_it_is_shown(tmp_path: Path) -> None:
    pdf, image = Pdf.new(), picture(1, (1170, 827), Mode.GREY)
    width, height = foreign.A4
    stream = foreign.flate_stream(pdf, image)
    foreign.add_page(pdf, stream, matrix=f"0 {height} {-width} 0 {width} 0")
    page = only_page(foreign.saved(pdf, tmp_path))
    assert same(Image.open(page.path), image.transpose(Image.Transpose.ROTATE_90))
    assert page.dpi == pytest.approx(100, abs=0.2)


def test_a_page_in_large_units_keeps_its_true_scale(tmp_path: Path) -> None:
    pdf, image = Pdf.new(), picture(1, (1240, 1754))
    foreign.add_page(pdf, foreign.jpeg_stream(pdf, image), UserUnit=2)
    assert only_page(foreign.saved(pdf, tmp_path)).dpi == 75


# --- drawn because there is more to it ---------------------------------------------------------


def stamped(pdf: Pdf, page: pikepdf.Page) -> None:
    look = Stream(pdf, b"1 0 0 rg 0 0 200 60 re f", Type=Name.XObject, Subtype=Name.Form)
    look.BBox = Array([0, 0, 200, 60])
    note = Dictionary(Type=Name.Annot, Subtype=Name.Stamp, Rect=Array([300, 700, 500, 760]), F=4)
    note.AP = Dictionary(N=pdf.make_indirect(look))
    page.Annots = Array([pdf.make_indirect(note)])


@pytest.mark.parametrize(
    "more", ["visible text", "a line", "a second image", "a stamp", "a margin", "oblong pixels"]
)
def test_a_page_that_is_more_than_its_image_is_drawn_at_300_dpi(tmp_path: Path, more: str) -> None:
    pdf, image = Pdf.new(), picture(1, (620, 877))
    options: dict[str, str] = {}
    if more == "visible text":
        options["after"] = "BT /F 40 Tf 100 700 Td (GIAY) Tj ET"
    elif more == "a line":
        options["after"] = "8 w 0 0 m 595 841 l S"
    elif more == "a second image":
        options["after"] = "q 100 0 0 100 50 50 cm /I Do Q"
    elif more == "a margin":
        options["matrix"] = "400 0 0 600 90 90"
    elif more == "oblong pixels":
        image = image.resize((620, 440))
    page = foreign.add_page(pdf, foreign.jpeg_stream(pdf, image), **options)
    if more == "a stamp":
        stamped(pdf, page)
    taken = only_page(foreign.saved(pdf, tmp_path))
    assert (taken.path.suffix, taken.dpi) == (".png", 300)
    assert (taken.width, taken.height) == (2480, 3508)
    plain = likeness.unlikeness(Image.open(taken.path), image)
    assert plain > likeness.LIMIT or more in ("a second image", "oblong pixels")


def test_a_clip_around_the_whole_page_does_not_make_it_be_drawn(tmp_path: Path) -> None:
    pdf, image = Pdf.new(), picture(1, (1240, 1754))
    stream = foreign.jpeg_stream(pdf, image)
    foreign.add_page(pdf, stream, before="0 0 595.2 841.92 re W n")
    assert only_page(foreign.saved(pdf, tmp_path)).path.suffix == ".jpg"


def test_a_clip_that_hides_a_strip_too_thin_to_notice_makes_it_be_drawn(tmp_path: Path) -> None:
    pdf, image = Pdf.new(), picture(1, (1240, 1754))
    stream = foreign.jpeg_stream(pdf, image)
    foreign.add_page(pdf, stream, before="0 0 595.2 430 re 0 433 595.2 409 re W n")
    assert only_page(foreign.saved(pdf, tmp_path)).path.suffix == ".png"


@pytest.mark.parametrize("oddity", ["inverted", "transparent", "clipped away", "mirrored"])
def test_an_image_shown_otherwise_than_it_is_stored_is_drawn(tmp_path: Path, oddity: str) -> None:
    pdf, image = Pdf.new(), picture(1, (620, 877), Mode.GREY)
    stream = foreign.jpeg_stream(pdf, image)
    options = {}
    if oddity == "inverted":
        stream.Decode = Array([1, 0])
    elif oddity == "transparent":
        soft = Image.linear_gradient("L").resize(image.size)
        stream.SMask = pdf.make_indirect(foreign.flate_stream(pdf, soft))
    elif oddity == "clipped away":
        options["before"] = "0 0 595 400 re W n"
    else:
        options["matrix"] = f"{-foreign.A4[0]} 0 0 {foreign.A4[1]} {foreign.A4[0]} 0"
    foreign.add_page(pdf, stream, **options)
    taken = only_page(foreign.saved(pdf, tmp_path))
    assert taken.dpi == 300
    assert not likeness.same_page(Image.open(taken.path), image)


def test_a_grey_page_that_is_drawn_is_grey(tmp_path: Path) -> None:
    pdf = Pdf.new()
    foreign.add_page(
        pdf, foreign.jpeg_stream(pdf, picture(1, mode=Mode.GREY)), after="BT /F 9 Tf (x) Tj ET"
    )
    assert only_page(foreign.saved(pdf, tmp_path)).mode is Mode.GREY


def test_a_page_without_anything_is_white_paper(tmp_path: Path) -> None:
    pdf = Pdf.new()
    pdf.add_blank_page(page_size=foreign.A4)
    page = only_page(foreign.saved(pdf, tmp_path))
    assert Image.open(page.path).getextrema() == (255, 255)


# --- what it says about itself -----------------------------------------------------------------


def test_only_signature_fields_with_a_value_count(tmp_path: Path) -> None:
    pdf = Pdf.new()
    pdf.add_blank_page()
    value = pdf.make_indirect(Dictionary(Type=Name.Sig, Filter=Name("/Adobe.PPKLite")))
    signed = pdf.make_indirect(Dictionary(FT=Name.Sig, T="a", V=value))
    waiting = pdf.make_indirect(Dictionary(FT=Name.Sig, T="b"))
    inherited = Dictionary(FT=Name.Sig, T="c", Kids=Array([Dictionary(V=value)]))
    typed = Dictionary(FT=Name.Tx, T="d", V="chữ")
    pdf.Root.AcroForm = Dictionary(Fields=Array([signed, waiting, inherited, typed]))
    assert read.inspect(foreign.saved(pdf, tmp_path)).signatures == 2


def test_a_field_that_is_its_own_child_ends(tmp_path: Path) -> None:
    pdf = Pdf.new()
    pdf.add_blank_page()
    field = pdf.make_indirect(Dictionary(FT=Name.Sig, T="a"))
    field.Kids = Array([field])
    pdf.Root.AcroForm = Dictionary(Fields=Array([field]))
    assert read.inspect(foreign.saved(pdf, tmp_path)).signatures == 0


def test_our_own_file_is_seen_with_its_claim(tmp_path: Path) -> None:
    Pdf2uWriter().write([worked(tmp_path, picture(1))], INFO, tmp_path / "a.pdf", quiet)
    found = read.inspect(tmp_path / "a.pdf")
    assert (found.pages, found.signatures, found.claim) == (1, 0, "PDF/A-2u")


def test_a_metadata_bomb_is_no_claim_and_no_harm(tmp_path: Path) -> None:
    pdf = Pdf.new()
    pdf.add_blank_page()
    bomb = zlib.compress(b" " * 200_000_000, 9)
    stream = Stream(pdf, bomb, Type=Name.Metadata, Subtype=Name.XML, Filter=Name.FlateDecode)
    pdf.Root.Metadata = stream
    pdf.save(
        tmp_path / "bomb.pdf",
        compress_streams=False,
        stream_decode_level=pikepdf.StreamDecodeLevel.none,
    )
    assert (tmp_path / "bomb.pdf").stat().st_size < 1_000_000
    assert read.inspect(tmp_path / "bomb.pdf").claim == ""


# --- refused -----------------------------------------------------------------------------------

WANTED = {
    "empty.pdf": errors.UnreadableInput,
    "garbage.pdf": errors.UnreadableInput,
    "zero-page.pdf": errors.UnreadableInput,
    "encrypted.pdf": errors.LockedInput,
    "huge-page.pdf": errors.OversizedInput,
    "not-an-image.png": errors.UnreadableInput,
    "truncated.jpg": errors.UnreadableInput,
}


@pytest.mark.parametrize("name", WANTED)
def test_each_bad_input_gets_its_own_error(bad: Path, tmp_path: Path, name: str) -> None:
    before = (bad / name).read_bytes()
    with pytest.raises(WANTED[name]) as caught:
        read.inspect(bad / name)
    assert caught.value.facts["file"] == name
    assert str(bad) not in str(caught.value)
    with pytest.raises(WANTED[name]):
        read.pages(bad / name, tmp_path)
    assert (bad / name).read_bytes() == before
    assert not list(tmp_path.iterdir())


def test_a_missing_file_is_unreadable(tmp_path: Path) -> None:
    with pytest.raises(errors.UnreadableInput):
        read.inspect(tmp_path / "none.pdf")


def test_a_file_only_its_owner_may_change_is_locked_too(tmp_path: Path) -> None:
    pdf = Pdf.new()
    pdf.add_blank_page()
    pdf.save(tmp_path / "owner.pdf", encryption=pikepdf.Encryption(owner="chủ", user=""))
    with pytest.raises(errors.LockedInput):
        read.inspect(tmp_path / "owner.pdf")


def test_too_many_pages_are_refused(tmp_path: Path) -> None:
    pdf = Pdf.new()
    for _ in range(read.MAX_PAGES + 1):
        pdf.add_blank_page()
    with pytest.raises(errors.OversizedInput, match="2001 pages"):
        read.inspect(foreign.saved(pdf, tmp_path))


def test_an_image_with_too_many_pixels_is_refused_before_it_is_decoded(tmp_path: Path) -> None:
    pdf, image = Pdf.new(), Image.new("1", (8, 8))
    stream = foreign.flate_stream(pdf, image)
    stream.Width = stream.Height = 60_000
    foreign.add_page(pdf, stream)
    with pytest.raises(errors.OversizedInput, match="3600 megapixels"):
        read.inspect(foreign.saved(pdf, tmp_path))


def test_a_page_made_huge_by_its_unit_is_refused(tmp_path: Path) -> None:
    pdf = Pdf.new()
    foreign.add_page(pdf, foreign.jpeg_stream(pdf, picture(1)), UserUnit=10)
    with pytest.raises(errors.OversizedInput):
        read.inspect(foreign.saved(pdf, tmp_path))


def test_a_file_repaired_while_reading_says_so_on_its_pages(tmp_path: Path) -> None:
    pdf = Pdf.new()
    foreign.add_page(pdf, foreign.jpeg_stream(pdf, picture(1)))
    whole = foreign.saved(pdf, tmp_path).read_bytes()
    table = whole.rindex(b"startxref")
    (tmp_path / "cut.pdf").write_bytes(whole[:table] + b"startxref\n5\n%%EOF\n")
    assert "repaired" in only_page(tmp_path / "cut.pdf").warnings[0]


def damaged(whole: bytes) -> list[bytes]:
    """The file cut short at every fiftieth part, and with bytes knocked over."""
    cuts = [whole[: len(whole) * part // 50] for part in range(50)]
    random = np.random.default_rng(11)
    for _ in range(60):
        knocked = bytearray(whole)
        for place in random.integers(9, len(whole), 12):
            knocked[place] = random.integers(256)
        cuts.append(bytes(knocked))
    return cuts


def test_no_damage_raises_anything_but_the_clerks_errors(tmp_path: Path) -> None:
    pdf = Pdf.new()
    small = picture(1, (124, 175), Mode.GREY)
    foreign.add_page(pdf, foreign.jpeg_stream(pdf, small), size=(60, 84))
    foreign.add_page(
        pdf, foreign.flate_stream(pdf, small), size=(60, 84), after="BT /F 9 Tf (x) Tj ET"
    )
    kept = io.BytesIO()
    pdf.save(kept, object_stream_mode=pikepdf.ObjectStreamMode.disable, compress_streams=False)
    outcomes = []
    for number, data in enumerate(damaged(kept.getvalue())):
        path, scratch = tmp_path / f"{number}.pdf", tmp_path / str(number)
        path.write_bytes(data)
        scratch.mkdir()
        try:
            outcomes.append(len(read.pages(path, scratch)))
        except errors.InputError:
            outcomes.append(0)
    assert 0 in outcomes
    assert 2 in outcomes


# --- real scans beside the project -------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "pages", "signatures", "first", "mode"),
    [
        ("391 syt tccb.pdf", 1, 0, (1671, 2337, 200), Mode.BITONAL),
        ("155 tm syt.pdf", 1, 0, (1700, 2200, 200), Mode.COLOUR),
        ("22 TTR.signed.pdf", 4, 2, (2464, 3508, 300), Mode.COLOUR),
    ],
)
def test_real_scans_come_out_at_their_own_resolution(
    tmp_path: Path, scans: Path, name: str, pages: int, signatures: int, first: tuple, mode: Mode
) -> None:
    found = read.inspect(scans / name)
    assert (found.pages, found.signatures) == (pages, signatures)
    page = read.pages(scans / name, tmp_path)[0]
    assert (page.width, page.height, round(page.dpi)) == first
    assert page.mode is mode
