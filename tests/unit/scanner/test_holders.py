"""Who has the scanner, from the files of stations and from the kernel's own account."""

import os
from pathlib import Path

import pytest

from scanstation import i18n
from scanstation.scanner import holders
from tests.helpers.holding import another_station


@pytest.fixture(autouse=True)
def english() -> None:
    i18n.choose("en")


def test_another_station_s_process_is_named_while_it_lives(tmp_path: Path) -> None:
    with another_station(tmp_path, "fujitsu:fi-8170:1", "Đường") as process:
        place = tmp_path / "scanstation-devices"
        said = holders.holder_of("fujitsu:fi-8170:1", place)
        assert "Đường" in said and str(process) in said
        assert not holders.holder_of("fujitsu:fi-8170:2", place)
    assert not holders.holder_of("fujitsu:fi-8170:1", place)


def test_a_station_killed_with_the_device_holds_nothing(tmp_path: Path) -> None:
    with another_station(tmp_path, "d", "Đường", killed=True):
        place = tmp_path / "scanstation-devices"
        assert list(place.iterdir()), "its file is still there"
        assert not holders.holder_of("d", place)


def test_our_own_scan_is_not_somebody_else(tmp_path: Path) -> None:
    with holders.using("d", "Đường", tmp_path):
        assert len(list(tmp_path.iterdir())) == 1
        assert not holders.holder_of("d", tmp_path)
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize("content", [b"", b"\xff\xfe", b'{"device": "d"}', b"[" * 9000])
def test_a_file_that_is_no_lease_says_nothing(tmp_path: Path, content: bytes) -> None:
    with holders.using("d", "x", tmp_path):
        (mine,) = tmp_path.iterdir()
        mine.write_bytes(content)
        assert not holders.holder_of("d", tmp_path)


def test_a_folder_that_refuses_costs_no_scan(tmp_path: Path) -> None:
    (tmp_path / "file").write_bytes(b"")
    with holders.using("d", "x", tmp_path / "file" / "below"):
        assert not holders.holder_of("d", tmp_path / "file" / "below")


def test_the_program_that_has_a_usb_device_open_is_named(tmp_path: Path) -> None:
    """The kernel's account, as proc(5) lays it out; a USB scanner was not at hand."""
    process = tmp_path / "4711"
    (process / "fd").mkdir(parents=True)
    (process / "comm").write_text("simple-scan\n")
    (process / "fd" / "0").symlink_to("/dev/null")
    (process / "fd" / "7").symlink_to("/dev/bus/usb/001/004")
    said = holders.holder_of("fujitsu:libusb:001:004", tmp_path / "none", tmp_path)
    assert said == "program simple-scan, process 4711"
    assert not holders.holder_of("fujitsu:libusb:001:005", tmp_path / "none", tmp_path)


def test_this_kernel_s_own_account_can_be_read(tmp_path: Path) -> None:
    node = tmp_path / "node"
    with node.open("w"):
        assert str(os.getpid()) in holders._with_open(str(node), holders.PROC)
