import pytest

from scanstation.model.page import Mode
from scanstation.model.profile import ScanProfile
from scanstation.scanner.options import (
    Kind,
    Option,
    Refused,
    Value,
    Wish,
    differs,
    spelt,
    value_of,
    wishes,
    word,
)


def number(kind: Kind = Kind.FIXED, **more: object) -> Option:
    given: dict[str, object] = {"name": "n", "kind": kind, "size": 4}
    return Option(**{**given, "active": True, "settable": True, **more})  # type: ignore[arg-type]


def text(*choices: str, size: int = 40) -> Option:
    return number(Kind.STRING, name="source", size=size, choices=choices)


def source_wishes(profile: ScanProfile, source: Option | None, now: str) -> list[Wish]:
    return [wish for wish in wishes(profile, source, now) if wish.option == "source"]


# --- the type decides how a number is spelt ---------------------------------------------------


@pytest.mark.parametrize(("kind", "raw"), [(Kind.FIXED, 300 << 16), (Kind.INT, 300)])
def test_300_dpi_is_300_dpi_whatever_the_type_of_the_option(kind: Kind, raw: int) -> None:
    option = number(kind)
    value = spelt(option, Wish("n", (300,)), 0)
    assert word(option, value) == raw
    assert value_of(option, raw) == 300


def test_half_a_millimetre_survives_fixed_point() -> None:
    option = number()
    raw = word(option, spelt(option, Wish("n", (215.9,)), 0))
    assert isinstance(raw, int)
    assert value_of(option, raw) == pytest.approx(215.9, abs=1e-4)


def test_a_number_is_clamped_to_the_range() -> None:
    assert spelt(number(low=1, high=1200), Wish("n", (5000,)), 0) == 1200


def test_a_number_goes_to_the_nearest_choice() -> None:
    assert spelt(number(Kind.INT, choices=(75, 150, 300, 600)), Wish("n", (290,)), 0) == 300


def test_a_length_in_millimetres_becomes_pixels_for_a_device_that_counts_pixels() -> None:
    wish = Wish("br-x", (210.0,), millimetres=True)
    assert spelt(number(Kind.INT, pixels=True), wish, 300) == 2480
    assert spelt(number(), wish, 300) == 210


@pytest.mark.parametrize("value", ["wide", float("nan"), float("inf")])
def test_what_is_no_number_is_refused(value: Value) -> None:
    with pytest.raises(Refused, match="n = "):
        spelt(number(Kind.INT), Wish("n", (value,)), 0)


def test_a_table_of_numbers_is_refused() -> None:
    with pytest.raises(Refused):
        spelt(number(Kind.INT, size=1024), Wish("gamma", (1,)), 0)


@pytest.mark.parametrize(("value", "meant"), [(True, 1), ("yes", 1), ("No", 0), (0, 0)])
def test_yes_and_no_are_understood(value: Value, meant: int) -> None:
    option = number(Kind.BOOL)
    assert word(option, spelt(option, Wish("n", (value,)), 0)) == meant


def test_maybe_is_refused() -> None:
    with pytest.raises(Refused):
        spelt(number(Kind.BOOL), Wish("n", ("maybe",)), 0)


# --- names ------------------------------------------------------------------------------------


def test_a_name_is_matched_whole_and_without_regard_to_case() -> None:
    feeders = text("Flatbed", "ADF Front", "ADF Duplex")
    assert spelt(feeders, Wish("source", ("adf duplex",)), 0) == "ADF Duplex"


def test_a_part_of_a_name_is_not_a_name() -> None:
    with pytest.raises(Refused):
        spelt(text("Flatbed", "ADF Duplex"), Wish("source", ("ADF",)), 0)


def test_a_text_fills_the_whole_buffer_the_driver_may_write_to() -> None:
    assert word(text(size=8), "abc") == b"abc\0\0\0\0\0"


def test_a_text_longer_than_the_buffer_is_refused() -> None:
    with pytest.raises(Refused):
        spelt(text(size=4), Wish("filename", ("abcd",)), 0)


@pytest.mark.parametrize(
    ("mode", "offered", "chosen"),
    [
        (Mode.COLOUR, ("Gray", "24bit Color", "Black & White"), "24bit Color"),
        (Mode.GREY, ("Lineart", "Gray", "Color"), "Gray"),
        (Mode.BITONAL, ("Color", "True Gray", "Black & White"), "Black & White"),
    ],
)
def test_each_mode_is_found_under_the_name_the_device_has_for_it(
    mode: Mode, offered: tuple[str, ...], chosen: str
) -> None:
    profile = ScanProfile(id="x", mode=mode)
    wish = next(wish for wish in wishes(profile, None, "") if wish.option == "mode")
    assert spelt(text(*offered), wish, 0) == chosen


def test_a_device_without_the_mode_is_refused_rather_than_scanned_in_another() -> None:
    wish = next(w for w in wishes(ScanProfile(id="x"), None, "") if w.option == "mode")
    with pytest.raises(Refused):
        spelt(text("Lineart", "Gray"), wish, 0)


# --- order and source -------------------------------------------------------------------------


def test_source_then_mode_then_resolution_then_size_then_the_profile_s_own_options() -> None:
    profile = ScanProfile(id="x", source="ADF", options={"depth": 8, "ald": True})
    assert [wish.option for wish in wishes(profile, None, "")] == [
        *("source", "mode", "resolution", "page-width", "page-height"),
        *("tl-x", "tl-y", "br-x", "br-y", "depth", "ald"),
    ]


def test_a_feeder_profile_leaves_the_flatbed_that_a_device_starts_with() -> None:
    profile = ScanProfile(id="x", feeder=True)
    offered = text("Flatbed", "Card Duplex", "ADF Duplex", "ADF Front")
    assert source_wishes(profile, offered, "Flatbed") == [Wish("source", ("ADF Front",))]


def test_a_feeder_that_is_already_the_source_is_left_alone() -> None:
    profile = ScanProfile(id="x", feeder=True)
    assert source_wishes(profile, text("Duplex", "Simplex"), "Simplex") == []


def test_a_feeder_profile_on_a_mere_flatbed_is_refused_for_it_would_scan_for_ever() -> None:
    with pytest.raises(Refused):
        source_wishes(ScanProfile(id="x", feeder=True), text("Flatbed"), "Flatbed")


def test_a_flatbed_profile_fits_a_device_with_nothing_to_choose_but_a_duplex_profile_does_not() -> (
    None
):
    flatbed = source_wishes(ScanProfile(id="x", source="Flatbed"), None, "")
    duplex = source_wishes(ScanProfile(id="x", source="ADF Duplex", feeder=True), None, "")
    assert [wish.required for wish in flatbed + duplex] == [False, True]


@pytest.mark.parametrize("name", ["FB", "Platen", "Document Table"])
def test_a_flatbed_is_found_under_the_name_the_device_has_for_it(name: str) -> None:
    (wish,) = source_wishes(ScanProfile(id="x", source="Flatbed"), text(name, "ADF"), "ADF")
    assert spelt(text("ADF", name), wish, 0) == name


# --- what the device made of it ---------------------------------------------------------------


@pytest.mark.parametrize(("actual", "told"), [(300, None), (294, None), (305, None), (200, "300")])
def test_only_rounding_by_more_than_two_percent_is_worth_a_word(
    actual: float, told: str | None
) -> None:
    assert differs(number(), Wish("resolution", (300,)), actual, 0) == told


def test_an_origin_half_a_millimetre_off_is_still_the_corner() -> None:
    wish = Wish("tl-x", (0.0,), millimetres=True)
    assert differs(number(), wish, 0.4, 0) is None
    assert differs(number(), wish, 2.5, 0) == "0"


def test_a_length_is_compared_in_the_pixels_it_was_asked_in() -> None:
    wish = Wish("br-x", (210.0,), millimetres=True)
    assert differs(number(Kind.INT, pixels=True), wish, 2480, 300) is None
    assert differs(number(Kind.INT, pixels=True), wish, 2400, 300) == "2480.31"


def test_another_name_than_the_asked_one_is_told() -> None:
    assert differs(text(), Wish("source", ("ADF Duplex",)), "ADF Front", 0) == "ADF Duplex"
    assert differs(text(), Wish("mode", ("Color", "24bit Color")), "24bit color", 0) is None
