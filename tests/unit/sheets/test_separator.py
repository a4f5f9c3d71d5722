"""Separator sheets: each names its component, and nothing else is ever taken for one."""

import subprocess
from pathlib import Path

import pytest
import zxingcpp
from PIL import Image

from scanstation import errors, settings
from scanstation.model.profile import Component, Procedure
from scanstation.sheets.payload import Separator, parse, payload
from scanstation.sheets.separator import write_separators
from tests.helpers.counter import Counter
from tests.helpers.parts import requires_part

FILES = sorted(settings.shipped_profiles().glob("procedures/*.toml"))
BIRTH = next(settings.load(file, Procedure) for file in FILES if file.stem == "1.001193")
GOOD = payload(Separator("1.001193", "to-khai"))


def test_a_payload_is_read_back() -> None:
    assert GOOD.startswith("SSC1|1.001193|to-khai|")
    assert parse(GOOD) == Separator("1.001193", "to-khai")


@pytest.mark.parametrize(
    "text",
    [
        "",
        "SSC1|1.001193|to-khai",
        "SSC1|1.001193|to-khai|00000000",
        GOOD.replace("to-khai", "to-khay"),
        GOOD.replace("SSC1", "SSC2"),
        GOOD.upper(),
        GOOD + "|",
        GOOD + "\n",
        "SSD1|019ab4f2-7c31-7e5f-8a9b-3f5c7e89a0b1|T1",
        "001090123456|012345678|Nguyễn Văn A|01011990|Nam|Số 1, Phường X, Hà Nội|15042021",
    ],
)
def test_any_other_code_is_not_a_separator(text: str) -> None:
    assert parse(text) is None


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.stem)
def test_every_component_of_the_shipped_procedures_can_be_named(file: Path) -> None:
    procedure = settings.load(file, Procedure)
    for component in procedure.components:
        wanted = Separator(procedure.code, component.id)
        assert parse(payload(wanted)) == wanted


@requires_part("fonts")
@requires_part("poppler")
def test_each_scanned_component_has_a_sheet_a_scanner_reads_upside_down(tmp_path: Path) -> None:
    target = tmp_path / "sheets.pdf"
    scanned = [one.id for one in BIRTH.components if one.scan]
    assert write_separators(BIRTH, target) == len(scanned) < len(BIRTH.components)
    subprocess.run(["pdftoppm", "-r", "100", "-gray", target, tmp_path / "page"], check=True)
    pages = [Image.open(path).rotate(180) for path in sorted(tmp_path.glob("page-*.pgm"))]
    assert {page.size for page in pages} == {(827, 1170)}, "A4 at 100 dpi"
    codes = [[parse(one.text) for one in zxingcpp.read_barcodes(page)] for page in pages]
    assert codes == [[Separator("1.001193", component)] for component in scanned]


@requires_part("fonts")
def test_equal_procedures_give_equal_bytes_on_any_day(tmp_path: Path) -> None:
    for name in "ab":
        write_separators(BIRTH, tmp_path / name)
    assert (tmp_path / "a").read_bytes() == (tmp_path / "b").read_bytes()
    assert b"CreationDate" not in (tmp_path / "a").read_bytes()


@requires_part("fonts")
def test_a_component_titled_like_a_case_code_is_refused(tmp_path: Path) -> None:
    title = "H42.15.33-251021-0001"
    bad = Procedure(code="1.1", title="t", source="s", components=(Component(id="a", title=title),))
    with pytest.raises(errors.LooksOfficial):
        write_separators(bad, tmp_path / "sheets.pdf")
    assert list(tmp_path.iterdir()) == []


@requires_part("fonts")
def test_sheets_are_printed_from_the_command_line_without_a_station(tmp_path: Path) -> None:
    target = tmp_path / "sheets.pdf"
    said = Counter(tmp_path / "none").must("profile", "separators", "1.001193", "-o", target)
    assert said == {"file": str(target), "pages": 4}
    assert target.read_bytes().startswith(b"%PDF")


def test_profile_check_knows_holidays(tmp_path: Path) -> None:
    folder = tmp_path / "holidays"
    folder.mkdir()
    (folder / "2028.toml").write_text('year = 2028\nsource = "s"\ndates = [2027-01-01]\n', "utf-8")
    answer = Counter(tmp_path).run("profile", "check", folder / "2028.toml")
    assert answer.code == 2
    assert "not in 2028: 2027-01-01" in answer.err
