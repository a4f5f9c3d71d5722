"""The search index: finds what a clerk types, and never says what the journals do not."""

import os
import sqlite3
import unicodedata
from collections.abc import Callable
from pathlib import Path

import msgspec
import pytest

from scanstation.model.acts import FieldSet, Parked, Withdrawn
from scanstation.model.dossier import State
from scanstation.model.listing import Wanted, plain
from scanstation.model.removal import ExpungeReason
from scanstation.workspace.store import Workspace
from tests.unit.workspace.conftest import CLOCK, PROCEDURE, Draw

BIRTH = msgspec.structs.replace(PROCEDURE, code="1.001193", title="Đăng ký khai sinh")
NAMES = ("Nguyễn Văn Đường", "Nguyễn Văn Dương", "Lò Thị Mai", "Hoà Thị Ân")


@pytest.fixture
def full(workspace: Workspace) -> Workspace:
    for name in NAMES:
        workspace.open_dossier(PROCEDURE, "lan", name)
    workspace.open_dossier(BIRTH, "duong", "Trần Bé")
    return workspace


def lo(workspace: Workspace) -> str:
    """The id of Lò Thị Mai's dossier."""
    return workspace.listing(Wanted(text="lò thị mai"))[0].id


def names(workspace: Workspace, text: str = "", **facts: object) -> list[str]:
    """Sorted: ids of one frozen instant are in no order."""
    return sorted(one.applicant for one in workspace.listing(Wanted(text=text, **facts)))  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("nguyen van duong", ["Nguyễn Văn Dương", "Nguyễn Văn Đường"]),
        ("NGUYEN duong", ["Nguyễn Văn Dương", "Nguyễn Văn Đường"]),
        ("Nguyễn Văn Đường", ["Nguyễn Văn Đường"]),
        (unicodedata.normalize("NFD", "Nguyễn Văn Đường"), ["Nguyễn Văn Đường"]),
        ("đường", ["Nguyễn Văn Đường"]),
        ("ngu", ["Nguyễn Văn Dương", "Nguyễn Văn Đường"]),
        ("mai lò", ["Lò Thị Mai"]),
        ("hòa", ["Hoà Thị Ân"]),
        ("khai sinh", ["Trần Bé"]),
        ("1.0011", ["Trần Bé"]),
        ("1.001193 tran", ["Trần Bé"]),
        ("ai", []),
        ('" OR *', []),
        ("NEAR(", []),
        ("---", []),
    ],
)
def test_a_dossier_is_found_by_what_a_clerk_types(
    full: Workspace, text: str, found: list[str]
) -> None:
    assert names(full, text) == found


def test_a_dossier_is_found_by_its_id_and_by_the_ending_that_is_printed(full: Workspace) -> None:
    one = full.listing()[2]
    assert names(full, one.id) == names(full, one.id[-12:]) == [one.applicant]


def test_a_search_is_narrowed_by_procedure_day_clerk_and_state(full: Workspace) -> None:
    assert names(full, procedure="1.001") == ["Trần Bé"]
    assert names(full, clerk="duong") == ["Trần Bé"]
    assert names(full, clerk="duon") == []
    assert len(names(full, day="2026-07-01")) == len(NAMES) + 1
    assert names(full, day="2026-07-02") == []
    with full.holding(lo(full)) as holder:
        holder.record(Parked("thiếu giấy tờ"), "lan")
    assert names(full, state=State.PARKED) == names(full, "thieu giay to") == ["Lò Thị Mai"]


def test_marks_are_dropped_and_a_stroked_d_is_a_d() -> None:
    assert plain("Đặng Thị Ước ở ĐẮK LẮK") == "dang thi uoc o dak lak"


# --- it is never behind -----------------------------------------------------------------------


def test_an_act_is_found_at_once(full: Workspace, draw: Draw) -> None:
    one = lo(full)
    with full.holding(one) as holder:
        holder.adopt(draw(1), "to-khai", "tuan")
        holder.record(Withdrawn("mở nhầm"), "tuan")
    (line,) = full.listing(Wanted(text="mo nham"))
    assert (line.id, line.pages, line.state, line.clerks) == (
        one,
        1,
        State.WITHDRAWN,
        ("lan", "tuan"),
    )


def test_acts_a_stop_kept_from_the_catalogue_are_noticed(full: Workspace, tmp_path: Path) -> None:
    """The act right after the last noted one, within the same tick of the clock."""
    one = lo(full)
    index = tmp_path / "workspace" / "catalogue.sqlite"
    before = index.read_bytes()
    with full.holding(one) as holder:
        holder.record(Parked("một"), "lan")
    index.write_bytes(before)
    assert [line.id for line in full.listing(Wanted(state=State.PARKED))] == [one]


def test_acts_while_a_dossier_is_held_are_seen_by_another_program(
    full: Workspace, tmp_path: Path
) -> None:
    other = Workspace(tmp_path / "workspace", CLOCK)
    with full.holding(lo(full)) as holder:
        holder.record(Parked("một"), "lan")
        assert len(other.listing(Wanted(state=State.PARKED))) == 1


def test_of_a_dossier_that_went_no_word_stays(full: Workspace, tmp_path: Path) -> None:
    index = tmp_path / "workspace" / "catalogue.sqlite"
    one = lo(full)
    assert "lò thị mai".encode() in index.read_bytes()
    (tmp_path / "workspace" / "dossiers" / one).rename(tmp_path / "elsewhere")
    assert names(full, "lo") == []
    left = index.read_bytes()
    for trace in ("lò thị mai", "lo thi mai", "Lò Thị Mai", one, "mai"):
        assert trace.encode() not in left


# --- what clerks entered ----------------------------------------------------------------------


def test_a_value_a_clerk_entered_is_found_with_and_without_its_marks(full: Workspace) -> None:
    with full.holding(lo(full)) as holder:
        holder.record(FieldSet("father", "Vàng Seo Sùng"), "lan")
        holder.record(FieldSet("id_number", "014 085 012345"), "lan")
    for text in ("vang seo", "Vàng Seo Sùng", "SÙNG", "085 lò"):
        assert names(full, text) == ["Lò Thị Mai"]
    assert names(full, "Vãng") == ["Lò Thị Mai"], "no word is written so: its marks do not count"
    with full.holding(lo(full)) as holder:
        holder.record(FieldSet("father", "Giàng A Páo"), "lan")
    assert (names(full, "sùng"), names(full, "pao")) == ([], ["Lò Thị Mai"])


def test_of_values_that_were_expunged_no_word_stays_in_the_index(
    full: Workspace, tmp_path: Path, draw: Draw
) -> None:
    """Neither of what stands nor of what stood once and was replaced."""
    index = tmp_path / "workspace" / "catalogue.sqlite"
    one = lo(full)
    with full.holding(one) as holder:
        page = holder.adopt(draw(1), "to-khai", "lan").id
        holder.record(FieldSet("abstract", "Kế hoạch Mật", page=page), "lan")
    with full.holding(one) as holder:
        holder.record(FieldSet("abstract", "Nội dung Kín", page=page), "lan")
    with full.holding(one) as holder:
        holder.record(FieldSet("abstract", "giấy thường"), "lan")
    assert b"hoach" in index.read_bytes(), "FTS5 keeps the words of what was replaced"
    with full.holding(one) as holder:
        holder.expunge(page, ExpungeReason.SECRET, "", "lan")
    assert (names(full, "kin"), names(full, "thuong")) == ([], ["Lò Thị Mai"])
    left = index.read_bytes()
    for trace in ("kế hoạch mật", "hoach", "nội dung kín", "dung", "kín"):
        assert trace.encode() not in left


def test_expunged_values_leave_the_index_also_after_a_stop(
    full: Workspace, tmp_path: Path, draw: Draw
) -> None:
    index = tmp_path / "workspace" / "catalogue.sqlite"
    with full.holding(lo(full)) as holder:
        page = holder.adopt(draw(1), "to-khai", "lan").id
        holder.record(FieldSet("abstract", "Kế hoạch Mật", page=page), "lan")
    full.listing()
    before = index.read_bytes()
    with full.holding(lo(full)) as holder:
        holder.expunge(page, ExpungeReason.SECRET, "", "lan")
    index.write_bytes(before)
    assert names(full, "hoach") == []
    assert b"hoach" not in index.read_bytes()


# --- it may vanish ----------------------------------------------------------------------------


def _foreign(index: Path) -> None:
    index.unlink()
    with sqlite3.connect(index) as database:
        database.execute("CREATE TABLE stranger (x)")


def _newer(index: Path) -> None:
    with sqlite3.connect(index) as database:
        database.execute("PRAGMA user_version = 99")


def _rotten(index: Path) -> None:
    data = bytearray(index.read_bytes())
    data[4096:] = b"\xa5" * (len(data) - 4096)
    index.write_bytes(data)


SPOILED: dict[str, Callable[[Path], None]] = {
    "gone": Path.unlink,
    "emptied": lambda index: os.truncate(index, 0),
    "no database": lambda index: index.write_text("x" * 9000) and None,
    "cut short": lambda index: os.truncate(index, 8192),
    "rotten": _rotten,
    "of another program": _foreign,
    "of another version": _newer,
}


@pytest.mark.parametrize("how", SPOILED)
def test_a_spoiled_catalogue_is_made_anew_by_itself(
    full: Workspace, tmp_path: Path, how: str
) -> None:
    SPOILED[how](tmp_path / "workspace" / "catalogue.sqlite")
    assert names(full, "lo thi") == ["Lò Thị Mai"]
    assert len(full.listing()) == len(NAMES) + 1


def test_where_no_catalogue_can_be_the_journals_are_read(full: Workspace, tmp_path: Path) -> None:
    index = tmp_path / "workspace" / "catalogue.sqlite"
    one = lo(full)
    index.unlink()
    index.mkdir()
    assert len(full.listing()) == len(NAMES) + 1
    with full.holding(one) as holder:
        assert holder.record(Parked("một"), "lan").state is State.PARKED


def test_the_catalogue_is_for_the_station_s_user_alone(full: Workspace, tmp_path: Path) -> None:
    full.listing()
    assert (tmp_path / "workspace" / "catalogue.sqlite").stat().st_mode & 0o777 == 0o600
