import pytest

from dokuei.dicom.named import Named

NAMED = Named(frozenset({"yamada", "山田", "やまだ", "林一", "0012345"}), frozenset({"lee"}))


@pytest.mark.parametrize(
    "text",
    [
        "YAMADA",
        "for Yamada, late",
        "山田 花子 様",
        "山　田",
        "ヤマダ",
        "ﾔﾏﾀﾞ ﾊﾅｺ",
        "ID0012345",
        "００１２３４５",
        "Lee",
        "LEE, J",
        "林 一",
        "broken \N{REPLACEMENT CHARACTER}",
    ],
)
def test_a_text_that_names_somebody_is_found(text: str) -> None:
    """However wide, in whichever kana, with whatever between."""
    assert NAMED.stands_in(text)


@pytest.mark.parametrize("text", ["", "R-MLO", "sleep study", "T1 fl3d", "林檎", "マンモグラフィ", "12345"])
def test_others_are_left_alone(text: str) -> None:
    assert not NAMED.stands_in(text)
