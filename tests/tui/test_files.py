"""F9: files instead of paper, by a path typed, pasted or dropped on the terminal."""

import unicodedata
from pathlib import Path

import pytest

from scanstation import errors
from scanstation.tui.checklist import Checklist
from scanstation.tui.files import Files, named
from scanstation.tui.vninput import VnInput
from tests.tui.fake import FakeIntake, fake_counter
from tests.tui.stage import Stage, play


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    for name in ("một trang.jpg", "hai.png", "ký.pdf"):
        (tmp_path / name).touch()
    return tmp_path


@pytest.mark.parametrize(
    ("line", "names"),
    [
        ("{f}/hai.png", ["hai.png"]),
        ("  {f}/một trang.jpg ", ["một trang.jpg"]),
        ("'{f}/một trang.jpg'", ["một trang.jpg"]),
        ("'{f}/một trang.jpg' {f}/hai.png", ["một trang.jpg", "hai.png"]),
        ("file://{f}/hai.png", ["hai.png"]),
        ("", []),
    ],
)
def test_a_line_names_files_as_a_terminal_pastes_them(
    folder: Path, line: str, names: list[str]
) -> None:
    assert [path.name for path in named(line.format(f=folder))] == names


def test_a_name_whose_letters_are_spelt_in_parts_is_found(tmp_path: Path) -> None:
    spelt = tmp_path / unicodedata.normalize("NFD", "giấy chứng sinh.jpg")
    spelt.touch()
    assert named(f"{tmp_path}/giấy chứng sinh.jpg") == (spelt,)


@pytest.mark.parametrize("line", ["{f}/nothing.jpg", "{f}/hai.png {f}/nothing.jpg", "'{f}", "{f}"])
def test_a_path_that_leads_to_no_file_is_refused(folder: Path, line: str) -> None:
    with pytest.raises(errors.UnreadableInput):
        named(line.format(f=folder))


async def to_the_dialog(stage: Stage, line: str) -> None:
    await stage.press("f9")
    await stage.at(Files)
    stage.app.screen.query_one(VnInput).value = line
    await stage.press("enter")


def test_images_become_pages_and_a_signed_pdf_is_attached(folder: Path) -> None:
    async def script(stage: Stage) -> None:
        await stage.open_new()
        await stage.press("enter")
        await to_the_dialog(stage, f"'{folder}/một trang.jpg' {folder}/ký.pdf")
        await stage.until(lambda: len(stage.dossier.of("chung-sinh")) == 1, "the image")
        await stage.until(lambda: stage.dossier.attached("chung-sinh"), "the signed PDF")
        await stage.shows("signed PDF, kept as received")

    play(fake_counter(FakeIntake()), script)


def test_a_wrong_path_is_told_in_the_dialog_and_can_be_corrected(folder: Path) -> None:
    async def script(stage: Stage) -> None:
        await stage.open_new()
        await to_the_dialog(stage, f"{folder}/nothing.jpg")
        await stage.shows("no such file")
        assert isinstance(stage.app.screen, Files)
        stage.app.screen.query_one(VnInput).value = f"{folder}/hai.png"
        await stage.press("enter")
        await stage.at(Checklist)
        await stage.until(lambda: len(stage.dossier.of("to-khai")) == 1, "taken")

    play(fake_counter(FakeIntake()), script)


def test_a_path_and_enter_in_one_go_name_the_whole_path(folder: Path) -> None:
    async def script(stage: Stage) -> None:
        await stage.open_new()
        await stage.press("f9")
        await stage.at(Files)
        await stage.burst(f"{folder}/hai.png", "enter")
        await stage.until(lambda: len(stage.dossier.of("to-khai")) == 1, "taken")

    play(fake_counter(FakeIntake()), script)


def test_esc_takes_nothing(folder: Path) -> None:
    intake = FakeIntake()

    async def script(stage: Stage) -> None:
        await stage.open_new()
        await stage.press("f9", *"x", "escape")
        await stage.at(Checklist)
        assert not stage.app.jobs
        assert not stage.dossier.pages

    play(fake_counter(intake), script)
