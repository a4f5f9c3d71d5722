import os
import stat
from pathlib import Path

import msgspec
import pytest

from scanstation import errors
from scanstation.model.acts import Parked
from scanstation.model.dossier import State
from scanstation.workspace.store import Workspace, require_space
from tests.unit.workspace.conftest import CLOCK, PROCEDURE, Draw


def journal_of(workspace: Workspace, dossier: str, tmp_path: Path) -> Path:
    return tmp_path / "workspace" / "dossiers" / dossier / "journal"


def test_a_new_dossier_is_there_after_a_restart(tmp_path: Path, workspace: Workspace) -> None:
    opened = workspace.open_dossier(PROCEDURE, "lan", "Nguyễn Văn A", demo=True)
    again = Workspace(tmp_path / "workspace", CLOCK).dossiers()
    assert again == (opened,)
    assert (opened.opened_by, opened.demo, opened.state) == ("lan", True, State.OPEN)


def test_a_dossier_is_found_by_the_ending_of_its_id(workspace: Workspace, dossier: str) -> None:
    assert workspace.dossier(dossier[-6:]).id == workspace.dossier(dossier).id == dossier


@pytest.mark.parametrize("wanted", ["", "no-such-ending"])
def test_an_unknown_dossier_is_no_such_thing(
    workspace: Workspace, dossier: str, wanted: str
) -> None:
    with pytest.raises(errors.NoSuchThing):
        workspace.dossier(wanted)


def test_an_ending_that_fits_two_dossiers_is_refused(workspace: Workspace) -> None:
    ids = [workspace.open_dossier(PROCEDURE, "lan", "").id for _ in range(17)]
    shared = next(end for end in "0123456789abcdef" if sum(i.endswith(end) for i in ids) > 1)
    with pytest.raises(errors.NoSuchThing, match="Several dossiers"):
        workspace.dossier(shared)


def test_an_act_without_a_clerk_is_refused(workspace: Workspace, dossier: str) -> None:
    with pytest.raises(errors.NotSignedIn):
        workspace.open_dossier(PROCEDURE, " ", "")
    with workspace.holding(dossier) as holder, pytest.raises(errors.NotSignedIn):
        holder.record(Parked("lunch"), "")


def test_one_unreadable_dossier_does_not_hide_the_others(
    tmp_path: Path, workspace: Workspace, dossier: str
) -> None:
    bad = workspace.open_dossier(PROCEDURE, "lan", "").id
    entry = journal_of(workspace, bad, tmp_path) / "000001.json"
    entry.write_bytes(entry.read_bytes()[:-20])
    assert [one.id for one in workspace.dossiers()] == [dossier]
    (unreadable,) = workspace.unreadable()
    assert unreadable.dossier == bad
    assert isinstance(unreadable.problem, errors.StoreDamaged)
    assert str(entry) in str(unreadable.problem)


def test_a_missing_entry_is_named_and_nothing_is_deleted(
    tmp_path: Path, workspace: Workspace, dossier: str, draw: Draw
) -> None:
    with workspace.holding(dossier) as holder:
        for seed in range(3):
            holder.adopt(draw(seed), "to-khai", "lan")
    journal = journal_of(workspace, dossier, tmp_path)
    (journal / "000002.json").unlink()
    before = sorted(journal.iterdir())
    with pytest.raises(errors.StoreDamaged, match=r"000002\.json"):
        workspace.dossier(dossier)
    assert sorted(journal.iterdir()) == before


@pytest.mark.parametrize("swap", [(1, 2), (2, 3)])
def test_an_entry_under_another_number_is_damage(
    tmp_path: Path, workspace: Workspace, dossier: str, draw: Draw, swap: tuple[int, int]
) -> None:
    with workspace.holding(dossier) as holder:
        holder.adopt(draw(1), "to-khai", "lan")
        holder.adopt(draw(2), "to-khai", "lan")
    journal = journal_of(workspace, dossier, tmp_path)
    one, other = (journal / f"{number:06d}.json" for number in swap)
    first, second = one.read_bytes(), other.read_bytes()
    one.write_bytes(second)
    other.write_bytes(first)
    with pytest.raises(errors.StoreDamaged):
        workspace.dossier(dossier)


def test_a_journal_copied_from_another_dossier_is_damage(
    tmp_path: Path, workspace: Workspace, dossier: str
) -> None:
    other = workspace.open_dossier(PROCEDURE, "lan", "").id
    source = journal_of(workspace, other, tmp_path) / "000001.json"
    (journal_of(workspace, dossier, tmp_path) / "000001.json").write_bytes(source.read_bytes())
    with pytest.raises(errors.StoreDamaged, match=other):
        workspace.dossier(dossier)


def test_an_entry_of_a_newer_version_is_store_newer_whatever_it_holds(
    tmp_path: Path, workspace: Workspace, dossier: str
) -> None:
    entry = journal_of(workspace, dossier, tmp_path) / "000002.json"
    entry.write_bytes(msgspec.json.encode({"version": 3, "acts": "of a kind not known yet"}))
    with pytest.raises(errors.StoreNewer) as caught:
        workspace.dossier(dossier)
    assert (caught.value.facts["found"], caught.value.facts["known"]) == (3, 2)


def test_a_store_of_a_newer_version_is_not_opened(tmp_path: Path, workspace: Workspace) -> None:
    about = tmp_path / "workspace" / "workspace.json"
    about.write_bytes(about.read_bytes().replace(b'"version":1', b'"version":2'))
    with pytest.raises(errors.StoreNewer):
        Workspace(tmp_path / "workspace", CLOCK)


@pytest.mark.parametrize("about", [b"", b"{", b'{"schema":"other","version":1}'])
def test_a_store_that_does_not_say_what_it_is_is_not_opened(
    tmp_path: Path, workspace: Workspace, about: bytes
) -> None:
    (tmp_path / "workspace" / "workspace.json").write_bytes(about)
    with pytest.raises(errors.StoreDamaged):
        Workspace(tmp_path / "workspace", CLOCK)


def test_dossiers_without_a_store_version_are_not_guessed_at(
    tmp_path: Path, workspace: Workspace
) -> None:
    (tmp_path / "workspace" / "workspace.json").unlink()
    with pytest.raises(errors.StoreDamaged):
        Workspace(tmp_path / "workspace", CLOCK)


def test_a_dossier_has_one_owner_who_is_named(workspace: Workspace, dossier: str) -> None:
    with (
        workspace.holding(dossier),
        pytest.raises(errors.InUse, match=str(os.getpid())),
        workspace.holding(dossier),
    ):
        pass
    with workspace.holding(dossier) as holder:
        assert holder.dossier.id == dossier


def test_the_lock_of_a_dead_owner_is_free(workspace: Workspace, dossier: str) -> None:
    child = os.fork()
    if child == 0:
        workspace.holding(dossier).__enter__()
        os.kill(os.getpid(), 9)
    os.waitpid(child, 0)
    with workspace.holding(dossier) as holder:
        assert holder.dossier.id == dossier


def test_a_holder_writes_nothing_after_its_block(workspace: Workspace, dossier: str) -> None:
    with workspace.holding(dossier) as holder:
        pass
    with pytest.raises(RuntimeError):
        holder.record(Parked("late"), "lan")
    assert workspace.dossier(dossier).state is State.OPEN


def test_a_dossier_can_be_looked_at_while_somebody_holds_it_but_not_changed(
    tmp_path: Path, workspace: Workspace, dossier: str, draw: Draw
) -> None:
    with workspace.holding(dossier) as holder:
        page = holder.adopt(draw(1), "to-khai", "lan")
        view = workspace.looking_at(dossier)
        assert view.dossier == holder.dossier
        assert view.original(page) == holder.original(page)
        for act in (
            lambda: view.record(Parked("x"), "lan"),
            lambda: view.adopt(draw(2), "to-khai", "lan"),
            lambda: view.undo("lan"),
        ):
            with pytest.raises(RuntimeError):
                act()
        assert len(list(holder.original(page).parent.iterdir())) == 1
    assert workspace.dossier(dossier).acts == 2


def test_everything_is_private_to_the_account(
    tmp_path: Path, workspace: Workspace, dossier: str, draw: Draw
) -> None:
    with workspace.holding(dossier) as holder:
        page = holder.adopt(draw(), "to-khai", "lan")
        holder.cache(page, "worked")
    modes = {
        (path.is_dir(), stat.S_IMODE(path.stat().st_mode))
        for path in [tmp_path / "workspace", *(tmp_path / "workspace").rglob("*")]
    }
    assert modes == {(True, 0o700), (False, 0o600)}


@pytest.mark.root
@pytest.mark.skipif(os.geteuid() != 0, reason="only root can give a folder away")
def test_a_workspace_of_another_account_is_refused(tmp_path: Path) -> None:
    root = tmp_path / "theirs"
    root.mkdir()
    os.chown(root, 12345, -1)
    with pytest.raises(errors.NotYours):
        Workspace(root, CLOCK)
    assert list(root.iterdir()) == []


def test_half_written_files_are_swept_when_a_dossier_is_held_again(
    tmp_path: Path, workspace: Workspace, dossier: str
) -> None:
    half = journal_of(workspace, dossier, tmp_path) / ".tmp-000002.json.abcd"
    half.write_bytes(b'{"vers')
    assert workspace.dossier(dossier).id == dossier
    assert half.exists(), "a reader removes nothing: it may belong to a living owner"
    with workspace.holding(dossier):
        assert not half.exists()


def test_a_disk_with_too_little_room_is_said_before_work_begins(tmp_path: Path) -> None:
    require_space(tmp_path, 0)
    with pytest.raises(errors.DiskFull):
        require_space(tmp_path, 10**9)


def test_recovery_counts_safe_pages_and_reports_orphans_and_losses(
    tmp_path: Path, workspace: Workspace, dossier: str, draw: Draw
) -> None:
    parked = workspace.open_dossier(PROCEDURE, "lan", "").id
    with workspace.holding(parked) as holder:
        holder.record(Parked("waits for a paper"), "lan")
    with workspace.holding(dossier) as holder:
        kept = holder.adopt(draw(1), "to-khai", "lan")
        lost = holder.adopt(draw(2), "to-khai", "lan")
        undone = holder.adopt(draw(3), "to-khai", "lan")
        holder.undo("lan")
        originals = holder.original(kept).parent
        holder.original(lost).unlink()
    orphan = originals / f"{'0' * 64}.png"
    orphan.write_bytes(b"an original without an entry")
    found = {one.dossier.id: one for one in workspace.recover()}
    assert found.keys() == {dossier, parked}
    first, second = found[dossier], found[parked]
    assert (first.safe, first.lost, first.orphans) == (1, (lost.id,), (orphan,))
    assert orphan.exists()
    assert (originals / f"{undone.sha256}.png").exists()
    assert (second.dossier.state, second.safe, second.orphans) == (State.PARKED, 0, ())


def test_recovery_leaves_a_dossier_alone_that_somebody_works_on(
    workspace: Workspace, dossier: str
) -> None:
    with workspace.holding(dossier):
        assert workspace.recover() == ()
    assert len(workspace.recover()) == 1
