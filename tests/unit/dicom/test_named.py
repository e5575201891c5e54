from datetime import date

import pytest

from dokuei.dicom.named import Named, number_of

NAMED = Named(
    frozenset({"yamada", "山田", "やまだ", "林一", "林様", "高橋", "渡辺"}),
    frozenset({"lee", "lina", "林", "あい"}),
    frozenset({"acc778", "kh0012345"}),
    frozenset({"12345", "9012345678", "6200"}),
    frozenset({date(1970, 2, 3)}),
)


@pytest.mark.parametrize(
    "text",
    [
        "YAMADA",
        "for Yamada, late",
        "YAMADA_HANAKO",
        "MS YAMADA",
        "YAMADA01",
        "山田 花子 様",
        "山　田",
        "ヤマダ",
        "ﾔﾏﾀﾞ ﾊﾅｺ",
        "Lee",
        "LEE, J",
        "LEE_2",
        "LI NA",
        "林 一",
        "R-MLO 林様",
        "林さん",
        "MLO林",
        "アイ様",
        "髙橋様 再撮",
        "渡邊",
        "渡邉",
        "broken \N{REPLACEMENT CHARACTER}",
        "\x8eR\x93c",
    ],
)
def test_a_text_that_names_somebody_is_found(text: str) -> None:
    """However wide, in whichever kana or shape of a kanji, with whatever between."""
    assert NAMED.a_name_stands_in(text)
    assert NAMED.stands_in(text)


@pytest.mark.parametrize(
    "text",
    [
        "ID0012345",
        "ID0012345A",
        "００１２３４５",
        "12345",
        "ID 00-12345",
        "00 123 45",
        "tel 090-1234-5678",
        "090(1234)5678",
        "09012345678",
        "ACC778",
        "XACC-778 2",
        "KH-0012345",
        "uid 1.2.392.200036.77.55.1",
        "1.2.840.10008.9.12",
    ],
)
def test_a_number_is_found_however_it_is_divided(text: str) -> None:
    assert NAMED.stands_in(text)
    assert not NAMED.a_name_stands_in(text)


@pytest.mark.parametrize(
    "text",
    ["19700203", "1970/02/03", "1970-2-3", "03.02.1970", "S45.2.3生", "昭和45年2月3日", "3450203", "FEB 3, 1970"],
)
def test_a_birth_date_is_found_in_its_usual_spellings(text: str) -> None:
    assert NAMED.stands_in(text)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "R-MLO",
        "sleep study",
        "FINAL INJECTION",
        "T1 fl3d",
        "林檎",
        "森林",
        "会い",
        "マンモグラフィ",
        "あいまい",
        "112345",
        "123456",
        "399162004",
        "ACC7781",
        "1.2.840.10008.1.2.4.90",
        "SW 5.2.1.0",
        "2026/02/03",
    ],
)
def test_others_are_left_alone(text: str) -> None:
    """A word or a number inside a longer one is another."""
    assert not NAMED.stands_in(text)


def test_a_short_number_is_a_measurement_as_often_as_not() -> None:
    assert NAMED.is_number("0012345")
    assert not NAMED.is_number("6200")
    assert not NAMED.is_number("1234.5")


def test_first_zeros_do_not_make_a_number_out_of_a_digit() -> None:
    assert [number_of(digits) for digits in ("0012345", "0042", "42")] == ["12345", "0042", ""]
