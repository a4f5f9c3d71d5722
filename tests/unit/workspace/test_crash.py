"""Killed at every step on the file system: what was announced is there, no entry points nowhere."""

from collections.abc import Callable
from pathlib import Path

import pytest

from scanstation import durable, errors
from scanstation.model.acts import PageRemoved
from scanstation.workspace.store import Workspace
from tests.helpers.killed import killed_at
from tests.helpers.small_disk import fill, small_disk
from tests.unit.workspace.conftest import CLOCK, PROCEDURE, Draw

KINDS = ("dossier", "page", "removed")


def morning(root: Path, draw: Draw) -> Callable[[Callable[[str], None]], None]:
    """A new dossier, three pages, one of them rescanned, one removed; every act announced."""

    def work(say: Callable[[str], None]) -> None:
        workspace = Workspace(root, CLOCK)
        dossier = workspace.open_dossier(PROCEDURE, "lan", "").id
        say(f"dossier {dossier}")
        with workspace.holding(dossier) as holder:
            first = holder.adopt(draw(1), "to-khai", "lan")
            say(f"page {first.id}")
            second = holder.adopt(draw(2), "cccd", "lan", replaces=first.id)
            say(f"page {second.id}")
            holder.record(PageRemoved(second.id, "trắng"), "lan")
            say(f"removed {second.id}")
            say(f"page {holder.adopt(draw(3), 'to-khai', 'lan').id}")

    return work


def test_killed_at_any_step_every_announced_act_is_kept_and_every_entry_has_its_original(
    tmp_path: Path, draw: Draw
) -> None:
    for seed in (1, 2, 3):
        draw(seed)
    orphans = 0
    step, killed = 0, True
    while killed:
        step += 1
        root = tmp_path / f"run-{step}"
        outcome = killed_at(step, morning(root, draw))
        killed = outcome.killed
        orphans += must_hold(root, outcome.said)
    assert step > 40, "the hook saw the work"
    assert orphans > 0, "some stop fell between an original and its entry"


def must_hold(root: Path, said: tuple[str, ...]) -> int:
    """Check one aftermath; returns how many originals were left without an entry."""
    told = {kind: {line.split()[1] for line in said if line.startswith(kind)} for kind in KINDS}
    workspace = Workspace(root, CLOCK)
    recovered = workspace.recover()
    assert workspace.unreadable() == ()
    assert told["dossier"] <= {one.dossier.id for one in recovered}
    for one in recovered:
        gone = one.dossier.tombstones
        everything = (*one.dossier.pages, *gone)
        assert one.lost == ()
        assert told["page"] <= {page.id for page in everything}
        assert told["removed"] <= {page.id for page in gone}
        with workspace.holding(one.dossier.id) as holder:
            for page in everything:
                assert durable.sha256_of(holder.original(page)) == page.sha256
    assert [path for path in root.rglob(".tmp-*") if path.parent.name == "originals"] == []
    return sum(len(one.orphans) for one in recovered)


@pytest.mark.root
def test_a_full_disk_loses_no_announced_page_and_the_work_goes_on_with_room(
    tmp_path: Path, draw: Draw
) -> None:
    with small_disk(tmp_path / "disk", 2) as disk:
        workspace = Workspace(disk / "workspace", CLOCK)
        dossier = workspace.open_dossier(PROCEDURE, "lan", "").id
        ballast = fill(disk, leave=200_000)
        kept = []
        with workspace.holding(dossier) as holder:
            with pytest.raises(errors.DiskFull):
                kept.extend(holder.adopt(draw(n), "to-khai", "lan") for n in range(10_000))
            assert holder.dossier.pages == tuple(kept)
            assert len(kept) > 3
        assert workspace.dossier(dossier).pages == tuple(kept)
        ballast.unlink()
        with workspace.holding(dossier) as holder:
            more = holder.adopt(draw(10_001), "to-khai", "lan")
            assert holder.dossier.pages == (*kept, more)
            for page in holder.dossier.pages:
                assert durable.sha256_of(holder.original(page)) == page.sha256
