"""Every error is a whole sentence in both languages, with an exit code."""

import string
from collections.abc import Iterator

import pytest

from scanstation import errors


def leaves(root: type[errors.ScanStationError]) -> Iterator[type[errors.ScanStationError]]:
    for child in root.__subclasses__():
        yield child
        yield from leaves(child)


ALL = [errors.ScanStationError, *leaves(errors.ScanStationError)]
SHIPPED = [kind for kind in ALL if kind.__module__.startswith("scanstation")]


def fields(template: str) -> set[str]:
    return {name for _, name, _, _ in string.Formatter().parse(template) if name}


@pytest.mark.parametrize("kind", SHIPPED, ids=lambda kind: kind.__name__)
def test_both_languages_tell_the_same_facts(kind: type[errors.ScanStationError]) -> None:
    assert fields(kind.vi) == fields(kind.en)


@pytest.mark.parametrize("kind", SHIPPED, ids=lambda kind: kind.__name__)
def test_a_sentence_says_what_happened_and_more(kind: type[errors.ScanStationError]) -> None:
    for template in (kind.vi, kind.en):
        assert template.endswith((".", "}", "».", "»)")), template
        assert len(template) > 20


def test_a_missing_fact_is_noticed_where_the_error_is_made() -> None:
    with pytest.raises(KeyError):
        errors.PaperJam()


AT_THE_SCANNER = [kind for kind in SHIPPED if "safe" in fields(kind.vi)]


@pytest.mark.parametrize("kind", AT_THE_SCANNER, ids=lambda kind: kind.__name__)
@pytest.mark.parametrize("language", ["vi", "en"])
def test_nobody_is_told_to_go_on_after_page_0(
    kind: type[errors.ScanStationError], language: str
) -> None:
    facts = dict.fromkeys(("device", "holder", "seconds", "problem", "option", "value"), "x")
    facts |= dict.fromkeys(("page", "lines", "expected"), "7")
    assert "0" not in kind(**facts, kept=0).sentence(language)
    assert "3" in kind(**facts, kept=3).sentence(language)


def test_exit_codes_are_the_documented_ones() -> None:
    codes = {kind.__name__: kind.exit_code for kind in SHIPPED}
    assert codes["SettingsError"] == 2
    assert codes["DriverHung"] == 3
    assert codes["PaperJam"] == 4
    assert codes["Incomplete"] == 5
    assert codes["WrongPassphrase"] == 6
    assert codes["DiskFull"] == 7
    assert codes["NotCentral"] == 8
    assert codes["CentralRefused"] == 9
    assert codes["ReceiptInvalid"] == 10
    assert codes["MissingPart"] == 11
    assert codes["Stopped"] == 130


def test_the_drawn_tree_names_every_leaf() -> None:
    drawing = errors.__doc__ or ""
    missing = [
        kind.__name__ for kind in SHIPPED if kind.__module__.startswith("scanstation.errors.")
    ]
    assert [name for name in missing if name not in drawing] == []


@pytest.mark.parametrize("kind", SHIPPED, ids=lambda kind: kind.__name__)
def test_a_sentence_for_the_screen_names_no_command(kind: type[errors.ScanStationError]) -> None:
    """But those that only a command line ever says."""
    told_in_a_shell = {errors.NoStation, errors.NoClerk, errors.MissingPart}
    for template in (kind.vi, kind.en):
        assert kind in told_in_a_shell or "«scanstation " not in template


def test_a_missing_fact_of_the_command_is_noticed_where_the_error_is_made() -> None:
    with pytest.raises(KeyError):
        errors.AccountOpen(problems="x")


def test_the_command_line_adds_the_command() -> None:
    fault = errors.AccountOpen(dossier="ab12", problems="x")
    assert "Ctrl+K" in fault.sentence("en") and "scanstation" not in fault.sentence("en")
    assert fault.advised("vi").endswith(" Lệnh: «scanstation dossier account ab12».")
    assert errors.PaperJam(kept=1).advised("en") == errors.PaperJam(kept=1).sentence("en")
