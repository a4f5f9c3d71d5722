"""Help and complaints speak the language that was asked for."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from scanstation import cli, errors, i18n


@pytest.fixture(autouse=True)
def _language_is_put_back() -> Iterator[None]:
    before = i18n.language()
    yield
    i18n.choose(before)


def complaint(capsys: pytest.CaptureFixture[str], *words: str) -> str:
    with pytest.raises(SystemExit) as left:
        cli.main(words)
    assert left.value.code == 2
    return capsys.readouterr().err


def test_a_mistyped_command_is_explained_in_vietnamese(capsys: pytest.CaptureFixture[str]) -> None:
    told = complaint(capsys, "--lang", "vi", "seal")
    assert told.startswith("cách dùng: scanstation seal")
    assert told.endswith("scanstation seal: lỗi: thiếu tham số bắt buộc: ID\n")


def test_a_mistyped_command_is_explained_in_english(capsys: pytest.CaptureFixture[str]) -> None:
    told = complaint(capsys, "--lang=en", "seal")
    assert told.startswith("usage: scanstation seal")


def test_the_last_language_counts(capsys: pytest.CaptureFixture[str]) -> None:
    assert complaint(capsys, "--lang", "en", "seal", "--lang", "vi").startswith("cách dùng")


def test_no_words_at_all_open_the_screen_or_say_how_to_set_a_station_up(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("SCANSTATION_DATA_DIR", str(tmp_path / "none"))
    monkeypatch.setenv("SCANSTATION_LANG", "en")
    assert cli.main([]) == errors.NoStation.exit_code
    assert "scanstation station init" in capsys.readouterr().err
