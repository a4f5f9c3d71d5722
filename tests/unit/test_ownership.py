"""Folders that pass: theirs while their process lives, cleared once it is dead."""

import os
import signal
from pathlib import Path

import pytest

from scanstation import errors
from scanstation.ownership import clear_abandoned, passing_folder


def test_a_passing_folder_is_private_and_gone_afterwards(tmp_path: Path) -> None:
    with passing_folder(tmp_path) as folder:
        assert folder.stat().st_mode & 0o777 == 0o700
        (folder / "page").touch()
    assert list(tmp_path.iterdir()) == []


def test_what_a_living_process_owns_is_not_cleared(tmp_path: Path) -> None:
    with passing_folder(tmp_path) as folder:
        (folder / "page").touch()
        clear_abandoned(tmp_path)
        assert (folder / "page").exists()


def test_what_a_killed_process_left_is_cleared(tmp_path: Path) -> None:
    child = os.fork()
    if child == 0:
        with passing_folder(tmp_path) as folder:
            (folder / "page").touch()
            os.kill(os.getpid(), signal.SIGKILL)
    os.waitpid(child, 0)
    assert len(list(tmp_path.glob("*/page"))) == 1
    clear_abandoned(tmp_path)
    assert list(tmp_path.iterdir()) == []


def test_a_folder_with_the_number_of_a_living_process_is_cleared_too(tmp_path: Path) -> None:
    (tmp_path / f"{os.getpid()}-left").mkdir()
    clear_abandoned(tmp_path)
    assert list(tmp_path.iterdir()) == []


def test_a_folder_that_cannot_be_made_becomes_a_storage_sentence(tmp_path: Path) -> None:
    with pytest.raises(errors.StorageError), passing_folder(tmp_path / "nowhere"):
        pass
