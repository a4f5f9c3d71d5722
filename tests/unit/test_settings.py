"""TOML files: a mistake is found by file, line and the nearest right key."""

from pathlib import Path

import msgspec
import pytest

from scanstation import errors, settings
from scanstation.model.profile import Clerk, Procedure, ScanProfile, StationSettings

PROCEDURE = """code = "1.1"
title = "t"
source = "s"
[[components]]
id = "a"
title = "A"
[[components]]
id = "b"
{line}
"""


def wrong(tmp_path: Path, text: str, kind: type[msgspec.Struct]) -> errors.SettingsError:
    file = tmp_path / "x.toml"
    file.write_text(text, encoding="utf-8")
    with pytest.raises(errors.SettingsError) as caught:
        settings.load(file, kind)
    return caught.value


def test_an_unknown_key_names_its_line_and_the_nearest_key(tmp_path: Path) -> None:
    fault = wrong(tmp_path, PROCEDURE.format(line='titel = "B"'), Procedure)
    assert fault.facts["line"] == 9
    assert "«titel», did you mean «title»?" in str(fault)
    assert fault.exit_code == 2


def test_a_wrong_type_names_its_line(tmp_path: Path) -> None:
    fault = wrong(tmp_path, '# c\nid = "a"\ndpi = "300"\n', ScanProfile)
    assert fault.facts["line"] == 3
    assert "int" in str(fault)


def test_a_missing_key_names_the_table_it_is_missing_in(tmp_path: Path) -> None:
    fault = wrong(tmp_path, PROCEDURE.format(line=""), Procedure)
    assert fault.facts["line"] == 7
    assert "title" in str(fault)


def test_broken_toml_names_the_line(tmp_path: Path) -> None:
    assert wrong(tmp_path, 'id = "a"\ndpi = \n', ScanProfile).facts["line"] == 2


def test_text_that_is_not_utf8_is_refused(tmp_path: Path) -> None:
    (tmp_path / "x.toml").write_bytes(b'id = "\xff"')
    with pytest.raises(errors.SettingsError, match="UTF-8"):
        settings.load(tmp_path / "x.toml", ScanProfile)


SHIPPED = settings.shipped_profiles()


@pytest.mark.parametrize("file", sorted(SHIPPED.glob("scan/*.toml")), ids=lambda f: f.stem)
def test_every_shipped_scan_profile_is_valid(file: Path) -> None:
    assert settings.load(file, ScanProfile).id == file.stem


@pytest.mark.parametrize("file", sorted(SHIPPED.glob("procedures/*.toml")), ids=lambda f: f.stem)
def test_every_shipped_procedure_is_valid(file: Path) -> None:
    procedure = settings.load(file, Procedure)
    assert procedure.code == file.stem
    ids = [component.id for component in procedure.components]
    assert len(set(ids)) == len(ids) > 0
    assert procedure.source


def test_the_example_station_is_valid_and_its_paths_are_beside_it() -> None:
    station = settings.load(SHIPPED / "station.example.toml", StationSettings)
    assert station.clerks[0].key == SHIPPED / "keys" / "duong.p12"


def test_a_provinces_profile_wins_over_the_shipped_one(tmp_path: Path) -> None:
    own = tmp_path / "profiles" / "procedures"
    own.mkdir(parents=True)
    text = (SHIPPED / "procedures" / "1.001193.toml").read_text(encoding="utf-8")
    (own / "1.001193.toml").write_text(text.replace("Đăng ký khai sinh", "Khai sinh tỉnh"), "utf-8")
    assert settings.Profiles(tmp_path).procedure("1.001193").title.startswith("Khai sinh tỉnh")


def test_an_unknown_profile_names_the_nearest(tmp_path: Path) -> None:
    with pytest.raises(errors.NoSuchThing, match=r"1\.001193"):
        settings.Profiles(tmp_path).procedure("1.001194")


def station(folder: Path) -> settings.Station:
    return settings.Station.create(folder, StationSettings(id="S1", agency="UBND xã Tân Hợp"))


def test_no_station_is_a_sentence_with_the_next_step(tmp_path: Path) -> None:
    with pytest.raises(errors.NoStation, match="station init"):
        settings.Station(tmp_path)


def test_a_station_is_never_overwritten(tmp_path: Path) -> None:
    station(tmp_path / "s")
    before = (tmp_path / "s" / "station.toml").read_bytes()
    with pytest.raises(errors.UsageError, match="already holds"):
        station(tmp_path / "s")
    assert (tmp_path / "s" / "station.toml").read_bytes() == before


def test_adding_a_clerk_keeps_the_comments_of_the_file(tmp_path: Path) -> None:
    made = station(tmp_path / "s")
    file = tmp_path / "s" / "station.toml"
    file.write_text("# do IT xã ghi\n" + file.read_text("utf-8"), "utf-8")
    made.add_clerk(Clerk(id="duong", name="Nguyễn Thị Đường"))
    assert file.read_text("utf-8").startswith("# do IT xã ghi\n")
    assert settings.Station(tmp_path / "s").clerk("duong").name == "Nguyễn Thị Đường"


def test_every_act_needs_a_signed_in_clerk(tmp_path: Path) -> None:
    made = station(tmp_path / "s").add_clerk(Clerk(id="duong", name="Nguyễn Thị Đường"))
    with pytest.raises(errors.NotSignedIn):
        _ = made.signed_in
    made.sign_in("duong")
    assert settings.Station(tmp_path / "s").signed_in.id == "duong"
    made.sign_out()
    with pytest.raises(errors.NotSignedIn):
        _ = made.signed_in


@pytest.mark.parametrize("name", ["Quầy 2", "a/b", "", "-a", "a" * 65])
def test_a_station_id_that_central_would_never_take_is_refused(tmp_path: Path, name: str) -> None:
    fault = wrong(tmp_path, f'id = "{name}"\nagency = "UBND"\n', StationSettings)
    assert f"«{name}»" in str(fault)


def test_two_clerks_of_one_id_are_refused(tmp_path: Path) -> None:
    clerk = '[[clerks]]\nid = "duong"\nname = "{}"\n'
    text = f'id = "S1"\nagency = "UBND"\n{clerk.format("A")}{clerk.format("B")}'
    assert "«duong»" in str(wrong(tmp_path, text, StationSettings))


def test_two_components_of_one_id_are_refused(tmp_path: Path) -> None:
    component = '[[components]]\nid = "don"\ntitle = "{}"\n'
    text = f'code = "1"\ntitle = "T"\nsource = "s"\n{component.format("A")}{component.format("B")}'
    assert "«don»" in str(wrong(tmp_path, text, Procedure))
