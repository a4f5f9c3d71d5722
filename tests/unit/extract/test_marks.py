import pytest

from scanstation.extract import marks


@pytest.mark.parametrize(
    ("printed", "degree"),
    [
        ("MẬT", "MẬT"),
        ("| MẬT |", "MẬT"),
        ("TỐI MẬT", "TỐI MẬT"),
        ("TUYỆT MẬT", "TUYỆT MẬT"),
        ("TUYET MAT", "TUYỆT MẬT"),
    ],
)
def test_degree_standing_alone_is_a_secrecy_mark(printed, degree):
    assert marks.secrecy(printed) == degree
    assert marks.stamped(printed) == degree


@pytest.mark.parametrize(
    "printed",
    [
        "mật khẩu",
        "Mật",
        "MẬT KHẨU",
        "BÍ MẬT NHÀ NƯỚC",
        "LUẬT BẢO VỆ BÍ MẬT NHÀ NƯỚC",
        "MẶT SAU",
        "MẶT",
        "MẮT",
        "MẤT",
        "CHẤT",
        "TỐI THIỂU",
        "NHẬT",
        "VẬT",
        "",
        "|",
    ],
)
def test_other_words_are_no_secrecy_mark(printed):
    assert marks.secrecy(printed) == ""
    assert marks.stamped(printed) not in marks.SECRECY


@pytest.mark.parametrize(
    ("read", "degree"),
    [
        ("HỎA TỐC", "HỎA TỐC"),
        ("HỖA röc »", "HỎA TỐC"),
        (". KHẨN", "KHẨN"),
        ("THUỢNG KHẤN", "THƯỢNG KHẨN"),
    ],
)
def test_degree_of_urgency_is_known_from_a_poor_reading(read, degree):
    assert marks.stamped(read) == degree


@pytest.mark.parametrize("read", ["DỰ THẢO", "ĐẾN", "CV ĐẾN", "SAO Y", "KHAI SINH", "_—  N"])
def test_other_stamps_are_no_degree(read):
    assert marks.stamped(read) == ""
