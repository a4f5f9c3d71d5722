"""publish(): the old file or the new one, never half of either."""

import hashlib
import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from PIL import Image

from scanstation import durable, errors
from tests.helpers.limited import refused_beyond


def test_publish_returns_the_hash_of_what_lies_there(tmp_path: Path) -> None:
    digest = durable.publish(tmp_path / "a", [b"mot", b"hai"])
    assert digest == hashlib.sha256(b"mothai").hexdigest() == durable.sha256_of(tmp_path / "a")


def test_a_failure_in_the_middle_leaves_the_old_file(tmp_path: Path) -> None:
    target = tmp_path / "a"
    durable.publish(target, b"old")

    def breaking() -> Iterator[bytes]:
        yield b"new"
        raise RuntimeError("the source broke")

    with pytest.raises(RuntimeError):
        durable.publish(target, breaking())
    assert target.read_bytes() == b"old"
    assert [path.name for path in tmp_path.iterdir()] == ["a"]


def test_exclusive_never_replaces(tmp_path: Path) -> None:
    durable.publish(tmp_path / "a", b"first", exclusive=True)
    with pytest.raises(FileExistsError):
        durable.publish(tmp_path / "a", b"second", exclusive=True)
    assert (tmp_path / "a").read_bytes() == b"first"
    assert [path.name for path in tmp_path.iterdir()] == ["a"]


def test_files_and_folders_are_private_to_the_stations_user(tmp_path: Path) -> None:
    folder = durable.make_folder(tmp_path / "x" / "y")
    durable.publish(folder / "a", b"1")
    assert folder.stat().st_mode & 0o777 == 0o700
    assert (folder / "a").stat().st_mode & 0o777 == 0o600


def test_a_missing_folder_becomes_a_storage_sentence(tmp_path: Path) -> None:
    with pytest.raises(errors.StorageError, match="cannot be written"):
        durable.publish(tmp_path / "nowhere" / "a", b"1")


def test_a_folder_that_cannot_be_synced_becomes_a_storage_sentence(tmp_path: Path) -> None:
    with pytest.raises(errors.StorageError):
        durable.sync_folder(tmp_path / "nowhere")


def test_sweeping_takes_only_what_is_half_written(tmp_path: Path) -> None:
    for name in (f"{durable.TEMPORARY}a.0a0b0c0d", "a"):
        (tmp_path / name).touch()
    durable.sweep(tmp_path)
    assert [path.name for path in tmp_path.iterdir()] == ["a"]


def test_what_is_destroyed_is_overwritten_before_it_is_gone(tmp_path: Path) -> None:
    path, same_bytes = tmp_path / "a", tmp_path / "the same bytes on the disk"
    path.write_bytes(b"secret" * 300_000)
    os.link(path, same_bytes)
    durable.destroy(path)
    assert not path.exists()
    assert same_bytes.read_bytes() == bytes(6 * 300_000)
    durable.destroy(path)


def test_publishing_over_a_file_destroys_what_was_there(tmp_path: Path) -> None:
    path, same_bytes = tmp_path / "a", tmp_path / "the same bytes on the disk"
    path.write_bytes(b"secret")
    os.link(path, same_bytes)
    durable.publish_over(path, b"a stub")
    assert (path.read_bytes(), same_bytes.read_bytes()) == (b"a stub", bytes(6))
    assert sorted(one.name for one in tmp_path.iterdir()) == ["a", same_bytes.name]


def test_pillow_without_a_descriptor_notices_a_disk_that_takes_only_a_part(tmp_path: Path) -> None:
    page, target = Image.new("L", (620, 877)), tmp_path / "page.pgm"

    def save() -> None:
        try:
            with target.open("wb") as stream:
                page.save(durable.without_descriptor(stream), "PPM")
        except OSError as fault:
            raise durable.storage_fault(target, fault) from fault

    save()
    whole = target.stat().st_size
    for short in (1, 17, 5_000, 100_000):
        assert refused_beyond(whole - short, save)
    assert not refused_beyond(whole, save)


def test_a_full_disk_is_named() -> None:
    if not Path("/dev/full").exists():
        pytest.skip("needs /dev/full (Linux)")
    with pytest.raises(OSError) as caught, Path("/dev/full").open("wb", buffering=0) as full:
        full.write(b"x")
    fault = durable.storage_fault(Path("/tmp/a"), caught.value)
    assert isinstance(fault, errors.DiskFull)
    assert "Free some space" in str(fault)
