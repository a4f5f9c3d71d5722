"""The same reading in a child process: same answers, and nothing a PDF does hurts the station."""

import signal
from pathlib import Path

import pytest
from pikepdf import Pdf, Stream

from scanstation import errors
from scanstation.pdf import confined, read
from scanstation.pdf.confined import ConfinedReader
from tests.unit.pdf import foreign
from tests.unit.pdf.worked import picture


def test_the_child_gives_the_same_answers_as_reading_here(tmp_path: Path) -> None:
    pdf = Pdf.new()
    foreign.add_page(pdf, foreign.jpeg_stream(pdf, picture(1)))
    path = foreign.saved(pdf, tmp_path)
    scratch = tmp_path / "scratch"
    scratch.mkdir()
    assert ConfinedReader().inspect(path) == read.inspect(path)
    (page,) = ConfinedReader().pages(path, scratch)
    assert page == read.pages(path, scratch)[0]
    assert page.path.is_file()


@pytest.mark.parametrize(
    ("name", "wanted"),
    [
        ("garbage.pdf", errors.UnreadableInput),
        ("encrypted.pdf", errors.LockedInput),
        ("huge-page.pdf", errors.OversizedInput),
    ],
)
def test_the_childs_error_arrives_as_the_same_class(
    bad: Path, name: str, wanted: type[errors.InputError]
) -> None:
    with pytest.raises(wanted) as caught:
        ConfinedReader().inspect(bad / name)
    assert type(caught.value) is wanted
    assert caught.value.facts["file"] == name


def test_a_relative_path_is_the_callers(
    tmp_path: Path, bad: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(bad)
    with pytest.raises(errors.LockedInput):
        ConfinedReader().inspect(Path("encrypted.pdf"))


def test_a_bomb_in_a_page_ends_in_an_error_and_not_in_memory(tmp_path: Path) -> None:
    pdf = Pdf.new()
    page = foreign.add_page(pdf, foreign.jpeg_stream(pdf, picture(1)))
    page.Contents = Stream(pdf, b"q " * 60_000_000)
    path = foreign.saved(pdf, tmp_path)
    assert path.stat().st_size < 1_000_000
    scratch = tmp_path / "scratch"
    scratch.mkdir()
    with pytest.raises(errors.InputError):
        ConfinedReader(memory_bytes=400 << 20).pages(path, scratch)


@pytest.mark.parametrize(
    ("code", "wanted"),
    [
        (-signal.SIGXCPU, errors.OversizedInput),
        (-signal.SIGKILL, errors.OversizedInput),
        (-signal.SIGSEGV, errors.UnreadableInput),
        (1, errors.UnreadableInput),
    ],
)
def test_a_death_of_the_child_is_the_clerks_error(
    code: int, wanted: type[errors.InputError]
) -> None:
    assert type(confined._death(Path("a.pdf"), code, 60)) is wanted
