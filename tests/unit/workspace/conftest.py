from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest

from scanstation.model.clock import FrozenClock
from scanstation.model.page import Mode, PageFile
from scanstation.model.profile import Component, Procedure
from scanstation.workspace.store import Workspace

CLOCK = FrozenClock(datetime(2026, 7, 1, 2, 0, tzinfo=UTC))
PROCEDURE = Procedure(
    code="1.004873",
    title="Xác nhận tình trạng hôn nhân",
    source="tests",
    components=(Component(id="to-khai", title="Tờ khai"), Component(id="cccd", title="CCCD")),
)
Draw = Callable[..., PageFile]


@pytest.fixture
def workspace(tmp_path: Path) -> Workspace:
    return Workspace(tmp_path / "workspace", CLOCK)


@pytest.fixture
def dossier(workspace: Workspace) -> str:
    return workspace.open_dossier(PROCEDURE, "lan", "Nguyễn Văn A").id


@pytest.fixture
def draw(tmp_path: Path) -> Draw:
    """`draw(7)` is a small grey scan unlike `draw(8)`, raw as a scanner leaves it."""

    def drawn(seed: int = 0, dpi: float = 300.0) -> PageFile:
        path = tmp_path / f"scan-{seed}.pgm"
        path.write_bytes(b"P5\n16 9\n255\n" + bytes((seed * 31 + i) % 256 for i in range(16 * 9)))
        return PageFile(path=path, width=16, height=9, dpi=dpi, mode=Mode.GREY, source="ADF")

    return drawn
