"""Source names of many makers and languages, each with what it means."""

import pytest

from scanstation.model.profile import Role
from scanstation.scanner.sources import feeder_in, is_flatbed, pick, role

NAMES = {
    Role.FLATBED: [
        *("Flatbed", "flatbed", "FB", "Platen", "Normal", "Document Table", "Mặt kính"),
        *("Mặt kính quét", "Flachbett", "Vitre d'exposition", "原稿台", "平板", "フラットベッド"),
    ],
    Role.FEEDER: [
        *("ADF", "ADF Front", "Automatic Document Feeder", "Feeder", "Simplex", "ADF Simplex"),
        *(
            "Automatic Document Feeder(left aligned)",
            "Automatic Document Feeder(centrally aligned)",
        ),
        *("Khay nạp", "KHAY NẠP GIẤY", "Bộ nạp tự động", "Vorlageneinzug", "自動給紙"),
        *("Alimentador automático", "Chargeur automatique", "自动进纸器"),
    ],
    Role.BACK: ["ADF Back", "Khay nạp (mặt sau)", "ADF Rückseite"],
    Role.DUPLEX: [
        *("Duplex", "ADF Duplex", "Automatic Document Feeder(left aligned,Duplex)", "ADF-duplex"),
        *("Khay nạp hai mặt", "Hai mặt", "ADF beidseitig", "Recto verso", "双面", "両面"),
    ],
    Role.CARD: ["Card Front", "Khe thẻ"],
    Role.CARD_BACK: ["Card Back"],
    Role.CARD_DUPLEX: ["Card Duplex"],
    None: ["Auto", "Transparency Adapter", "Negative", "TPU8x10", "Film", ""],
}


@pytest.mark.parametrize(
    ("name", "meant"), [(name, meant) for meant, names in NAMES.items() for name in names]
)
def test_a_name_means_what_its_maker_means(name: str, meant: Role | None) -> None:
    assert role(name) is meant
    assert is_flatbed(name) is (meant is Role.FLATBED)


CANON = ["Flatbed", "ADF Front", "ADF Back", "ADF Duplex", "Card Front", "Card Duplex"]
BROTHER = ["FlatBed", "Automatic Document Feeder(left aligned)"]
BROTHER += ["Automatic Document Feeder(left aligned,Duplex)"]


@pytest.mark.parametrize(
    ("wanted", "offered", "found"),
    [
        ("adf duplex", CANON, "ADF Duplex"),
        ("duplex", CANON, "ADF Duplex"),
        ("feeder", CANON, "ADF Front"),
        ("card-duplex", CANON, "Card Duplex"),
        ("ADF Duplex", BROTHER, BROTHER[2]),
        ("ADF", BROTHER, BROTHER[1]),
        ("Flatbed", BROTHER, "FlatBed"),
        ("ADF", ["Flatbed", "ADF Duplex"], None),
        ("Flatbed", ["ADF"], None),
        ("Negative", ["Auto", "Flatbed"], None),
    ],
)
def test_a_wish_finds_the_device_s_own_name_or_nothing(
    wanted: str, offered: list[str], found: str | None
) -> None:
    assert pick(wanted, offered) == found


@pytest.mark.parametrize(
    ("offered", "found"),
    [
        (CANON, "ADF Front"),
        (["Flatbed", "Duplex"], "Duplex"),
        (["Card Duplex", "ADF Front"], "ADF Front"),
        (["Flatbed"], None),
        ([], None),
    ],
)
def test_any_feeder_is_one_side_first_and_never_the_glass(
    offered: list[str], found: str | None
) -> None:
    assert feeder_in(offered) == found
