"""The clerk's manual says of every key what the screen says."""

import re
from pathlib import Path

from scanstation import i18n
from scanstation.tui.app import CounterApp
from scanstation.tui.checklist import Checklist
from scanstation.tui.find import Find
from scanstation.tui.home import Home
from scanstation.tui.keybar import _label
from scanstation.tui.queue import QueueScreen
from tests.tui.fake import BIRTH, DUONG, FakeIntake

MANUAL = (Path(__file__).parents[2] / "docs" / "operator.md").read_text(encoding="utf-8")


def labels() -> set[tuple[str, str]]:
    """(key, word) in Vietnamese, of the App and every full screen."""
    i18n.choose("vi")
    screens = [Home(), Checklist(FakeIntake().open(BIRTH, "", DUONG)), QueueScreen(), Find()]
    keys = [*CounterApp._keys(), *(key for one in screens for key in one.keys())]  # noqa: SIM118
    found = (_label(key) for key in keys if key.description)
    return {(one.name, one.about) for one in found}


def told() -> set[tuple[str, str]]:
    rows = re.findall(r"^\| `([^`]+)` \| ([^|]+) \|", MANUAL, re.MULTILINE)
    return {(key, word.strip()) for key, word in rows}


def test_the_manual_tells_of_every_key_and_of_no_other() -> None:
    same_twice = {("^C", "Thoát"), ("Space", "Gửi ngay")}
    assert labels() - same_twice == told()
