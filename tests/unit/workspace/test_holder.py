import stat
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from scanstation import durable, errors
from scanstation.model.acts import (
    Act,
    PageAdded,
    PageMoved,
    PageRemoved,
    PageRotated,
    Parked,
    Resumed,
    Sealed,
    Undone,
    Withdrawn,
)
from scanstation.model.dossier import State
from scanstation.model.profile import Reading, Treatment
from scanstation.workspace.store import Workspace
from tests.unit.workspace.conftest import CLOCK, Draw


def test_an_adopted_page_is_there_after_a_restart_with_its_original(
    tmp_path: Path, workspace: Workspace, dossier: str, draw: Draw
) -> None:
    treatment = Treatment(deskew=False, reading=Reading.NONE)
    with workspace.holding(dossier) as holder:
        page = holder.adopt(draw(), "1", "lan", treatment=treatment)
    with Workspace(tmp_path / "workspace", CLOCK).holding(dossier) as holder:
        assert holder.dossier.pages == (page,)
        original = holder.original(page)
    assert original.name == page.sha256 + page.suffix
    assert durable.sha256_of(original) == page.sha256
    assert (page.component, page.source, page.treatment) == ("to-khai", "ADF", treatment)


def test_the_same_paper_twice_is_two_pages_and_one_original(
    workspace: Workspace, dossier: str, draw: Draw
) -> None:
    with workspace.holding(dossier) as holder:
        one, other = (holder.adopt(draw(), "to-khai", "lan") for _ in range(2))
        assert one.id != other.id
        assert holder.original(one) == holder.original(other)
        assert len(list(holder.original(one).parent.iterdir())) == 1


def test_a_rescanned_page_takes_the_place_of_the_old_one(
    workspace: Workspace, dossier: str, draw: Draw
) -> None:
    with workspace.holding(dossier) as holder:
        first, blurred, last = (holder.adopt(draw(n), "to-khai", "lan") for n in range(3))
        fresh = holder.adopt(draw(9), "", "lan", replaces=blurred.id[-12:], reason="mờ")
        assert [page.id for page in holder.dossier.of("to-khai")] == [first.id, fresh.id, last.id]
        assert fresh.replaces == blurred.id
        assert [(page.id, page.removed) for page in holder.dossier.tombstones] == [
            (blurred.id, "mờ")
        ]
        assert holder.original(blurred).exists()


def test_a_rescan_without_a_reason_still_leaves_one(
    workspace: Workspace, dossier: str, draw: Draw
) -> None:
    with workspace.holding(dossier) as holder:
        old = holder.adopt(draw(1), "to-khai", "lan")
        holder.adopt(draw(2), "to-khai", "lan", replaces=old.id)
        assert holder.dossier.tombstones[0].removed


def test_a_removed_page_becomes_a_tombstone_and_its_original_stays(
    workspace: Workspace, dossier: str, draw: Draw
) -> None:
    with workspace.holding(dossier) as holder:
        page = holder.adopt(draw(), "to-khai", "lan")
        after = holder.record(PageRemoved(page.id[-12:], " trang trắng "), "lan")
        assert after.pages == ()
        assert [(one.id, one.removed) for one in after.tombstones] == [(page.id, "trang trắng")]
        assert holder.original(page).exists()


def test_pages_move_and_turn(workspace: Workspace, dossier: str, draw: Draw) -> None:
    with workspace.holding(dossier) as holder:
        one, two, three = (holder.adopt(draw(n), "to-khai", "lan") for n in range(3))
        holder.record(PageMoved(three.id, "to-khai", 0), "lan")
        holder.record(PageMoved(two.id, "2", 5), "lan")
        after = holder.record(PageRotated(one.id, -90), "lan")
        assert [page.id for page in after.of("to-khai")] == [three.id, one.id]
        assert [page.id for page in after.of("cccd")] == [two.id]
        assert after.of("to-khai")[1].rotation == 270


def test_an_attachment_is_kept_byte_for_byte(
    tmp_path: Path, workspace: Workspace, dossier: str
) -> None:
    paper = tmp_path / "don.pdf"
    paper.write_bytes(b"%PDF-1.7\n" + bytes(range(256)))
    with workspace.holding(dossier) as holder:
        kept = holder.attach(paper, "cccd", "lan", "đơn.pdf", 2, 1)
        assert holder.attachment(kept).read_bytes() == paper.read_bytes()
        assert holder.dossier.attached("cccd") == (kept,)
        after = holder.record(PageRemoved(kept.id, "nhầm hồ sơ"), "lan")
        assert after.attached("cccd") == ()
        assert holder.attachment(kept).exists()


def test_what_is_no_pdf_is_not_attached(tmp_path: Path, workspace: Workspace, dossier: str) -> None:
    paper = tmp_path / "don.pdf"
    paper.write_bytes(b"PK\x03\x04")
    with workspace.holding(dossier) as holder:
        with pytest.raises(errors.UnreadableInput):
            holder.attach(paper, "cccd", "lan", "đơn.pdf", 2, 1)
        assert holder.dossier.acts == 1


@pytest.mark.parametrize(
    "act",
    [
        PageRemoved("nobody", "blank"),
        PageRotated("nobody", 90),
        PageMoved("nobody", "to-khai", 0),
        PageRemoved("", "blank"),
    ],
)
def test_an_unknown_page_is_no_such_thing_and_nothing_is_journalled(
    workspace: Workspace, dossier: str, draw: Draw, act: Act
) -> None:
    with workspace.holding(dossier) as holder:
        holder.adopt(draw(), "to-khai", "lan")
        with pytest.raises(errors.NoSuchThing):
            holder.record(act, "lan")
        assert holder.dossier.acts == 2


def test_an_unknown_component_is_no_such_thing_and_stores_nothing(
    tmp_path: Path, workspace: Workspace, dossier: str, draw: Draw
) -> None:
    with workspace.holding(dossier) as holder:
        with pytest.raises(errors.NoSuchThing, match="to-khai, cccd"):
            holder.adopt(draw(), "3", "lan")
        page = holder.adopt(draw(), "to-khai", "lan")
        with pytest.raises(errors.NoSuchThing):
            holder.record(PageMoved(page.id, "khac", 0), "lan")
        assert len(list(holder.original(page).parent.iterdir())) == 1


@pytest.mark.parametrize(("degrees", "reason"), [(45, "x"), (90, "  ")])
def test_half_turns_and_removals_without_a_reason_are_usage_errors(
    workspace: Workspace, dossier: str, draw: Draw, degrees: int, reason: str
) -> None:
    with workspace.holding(dossier) as holder:
        page = holder.adopt(draw(), "to-khai", "lan")
        act = PageRotated(page.id, degrees) if degrees == 45 else PageRemoved(page.id, reason)
        with pytest.raises(errors.UsageError):
            holder.record(act, "lan")


@pytest.mark.parametrize(
    ("end", "state"),
    [
        (Sealed("package", "0" * 64, 1), State.SEALED),
        (Withdrawn("người nộp rút"), State.WITHDRAWN),
        (Parked("chờ bổ sung"), State.PARKED),
    ],
)
def test_a_dossier_that_is_not_open_takes_no_paper_and_no_undo(
    workspace: Workspace, dossier: str, draw: Draw, end: Act, state: State
) -> None:
    with workspace.holding(dossier) as holder:
        page = holder.adopt(draw(), "to-khai", "lan")
        assert holder.record(end, "lan").state is state
        tries = (
            lambda: holder.adopt(draw(2), "to-khai", "lan"),
            lambda: holder.record(PageRemoved(page.id, "x"), "lan"),
            lambda: holder.undo("lan"),
            lambda: holder.redo("lan"),
        )
        for attempt in tries:
            with pytest.raises(errors.WrongState):
                attempt()
        assert holder.dossier.acts == 3


def test_a_parked_dossier_goes_on_after_it_is_resumed(
    workspace: Workspace, dossier: str, draw: Draw
) -> None:
    with workspace.holding(dossier) as holder:
        page = holder.adopt(draw(), "to-khai", "lan")
        holder.record(Parked("chờ"), "lan")
        assert holder.record(Resumed(), "minh").state is State.OPEN
        assert holder.undo("minh").pages == ()
        assert holder.redo("minh").pages == (page,)


@pytest.mark.parametrize("first", [Sealed("p", "0" * 64, 1), Withdrawn("rút")])
def test_nothing_follows_sealing_or_withdrawal(
    workspace: Workspace, dossier: str, first: Act
) -> None:
    with workspace.holding(dossier) as holder:
        holder.record(first, "lan")
        for act in (Sealed("q", "1" * 64, 2), Withdrawn("x"), Parked("x"), Resumed()):
            with pytest.raises(errors.WrongState):
                holder.record(act, "lan")


def test_acts_with_a_verb_of_their_own_cannot_be_recorded_around_it(
    workspace: Workspace, dossier: str, draw: Draw
) -> None:
    with workspace.holding(dossier) as holder:
        page = holder.adopt(draw(), "to-khai", "lan")
        for act in (PageAdded(page), Undone(2)):
            with pytest.raises(TypeError):
                holder.record(act, "lan")


def test_undo_and_redo_with_nothing_to_do_say_so(workspace: Workspace, dossier: str) -> None:
    with workspace.holding(dossier) as holder:
        with pytest.raises(errors.NoSuchThing):
            holder.undo("lan")
        with pytest.raises(errors.NoSuchThing):
            holder.redo("lan")
        assert holder.dossier.acts == 1


def test_every_act_carries_its_clerk(workspace: Workspace, dossier: str, draw: Draw) -> None:
    with workspace.holding(dossier) as holder:
        holder.adopt(draw(), "to-khai", "minh")
        holder.undo("hoa")
        assert [entry.clerk for entry in holder.entries()] == ["lan", "minh", "hoa"]
        assert [entry.number for entry in holder.entries()] == [1, 2, 3]


def test_two_threads_adopting_at_once_lose_no_page(
    workspace: Workspace, dossier: str, draw: Draw
) -> None:
    scans = [draw(seed) for seed in range(24)]
    with workspace.holding(dossier) as holder, ThreadPoolExecutor(4) as threads:
        pages = list(threads.map(lambda scan: holder.adopt(scan, "to-khai", "lan"), scans))
    stored = workspace.dossier(dossier).pages
    assert {page.id for page in stored} == {page.id for page in pages}


def test_a_page_whose_original_is_gone_is_reported_as_damage(
    workspace: Workspace, dossier: str, draw: Draw
) -> None:
    with workspace.holding(dossier) as holder:
        page = holder.adopt(draw(), "to-khai", "lan")
        holder.original(page).unlink()
        with pytest.raises(errors.StoreDamaged, match=page.sha256):
            holder.original(page)


def test_a_cache_may_be_deleted_at_any_time(workspace: Workspace, dossier: str, draw: Draw) -> None:
    with workspace.holding(dossier) as holder:
        page = holder.adopt(draw(), "to-khai", "lan")
        folder = holder.cache(page, "worked-1.2")
        (folder / "thumbnail.png").write_bytes(b"x")
        (folder / "thumbnail.png").unlink()
        folder.rmdir()
        assert holder.cache(page, "worked-1.2").is_dir()


def test_a_cache_is_private_and_a_disk_that_refuses_it_is_named(
    workspace: Workspace, dossier: str, draw: Draw
) -> None:
    with workspace.holding(dossier) as holder:
        page = holder.adopt(draw(), "to-khai", "lan")
        folder = holder.cache(page, "worked")
        for place in (folder, folder.parent, folder.parent.parent):
            assert stat.S_IMODE(place.stat().st_mode) == 0o700
        (folder.parent / "other").touch()
        with pytest.raises(errors.StorageError):
            holder.cache(page, "other")


@pytest.mark.parametrize("key", ["", "..", "../../journal", "a/b", ".hidden", "x" * 81])
def test_a_cache_key_cannot_lead_out_of_the_cache(
    workspace: Workspace, dossier: str, draw: Draw, key: str
) -> None:
    with workspace.holding(dossier) as holder:
        page = holder.adopt(draw(), "to-khai", "lan")
        with pytest.raises(ValueError, match="plain name"):
            holder.cache(page, key)
