import threading
from pathlib import Path

import pytest

from scanstation.model.profile import Watching
from scanstation.scanner.inbox_watch import file_system_of, is_elsewhere, watching

SOON = 20.0
MOUNTS = """\
/dev/sda1 / ext4 rw 0 0
//mfp/scans /mnt/quét\\040đến cifs rw 0 0
/dev/sdb1 /mnt/quét\\040đến/usb vfat rw 0 0
nas:/x /srv/nas nfs4 rw 0 0
sshfs#x /home/a/far fuse.sshfs rw 0 0
broken
"""


@pytest.fixture
def mounts(tmp_path: Path) -> Path:
    (tmp_path / "mounts").write_text(MOUNTS, encoding="utf-8")
    return tmp_path / "mounts"


@pytest.mark.parametrize(
    ("folder", "kind", "elsewhere"),
    [
        ("/home/a", "ext4", False),
        ("/mnt/quét đến", "cifs", True),
        ("/mnt/quét đến/quầy 2", "cifs", True),
        ("/mnt/quét đến/usb/x", "vfat", False),
        ("/mnt/quét đến2", "ext4", False),
        ("/srv/nas/scans", "nfs4", True),
        ("/home/a/far", "fuse.sshfs", True),
    ],
)
def test_the_file_system_of_a_folder_is_that_of_the_deepest_mount(
    mounts: Path, folder: str, kind: str, elsewhere: bool
) -> None:
    assert file_system_of(Path(folder), mounts) == kind
    assert is_elsewhere(Path(folder), mounts) is elsewhere


def test_without_a_list_of_mounts_a_folder_counts_as_here(tmp_path: Path) -> None:
    assert not is_elsewhere(tmp_path, tmp_path / "nothing")


def test_this_machine_s_own_list_is_understood() -> None:
    assert file_system_of(Path("/proc/self")) == "proc"


@pytest.mark.parametrize("how", list(Watching))
def test_a_file_that_comes_wakes_whoever_waits(tmp_path: Path, how: Watching) -> None:
    with watching(tmp_path, how) as wake:
        (tmp_path / "a.pdf").write_bytes(b"x")
        assert wake.wait(SOON)


def test_a_folder_that_is_not_there_gives_an_event_that_nobody_sets(tmp_path: Path) -> None:
    mine = threading.Event()
    with watching(tmp_path / "nothing", Watching.AUTO, mine) as wake:
        assert wake is mine
        assert not wake.is_set()
