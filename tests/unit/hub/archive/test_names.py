"""A name matches however its width, case and kana are written."""

import pytest

from dokuei.hub.archive.matching import name_matches
from dokuei.hub.archive.names import comparable, joined, name_of

YAMADA = ("Yamada^Tarou", "山田^太郎", "やまだ^たろう")
HALF_WIDTH = ("ﾔﾏﾀﾞ^ﾀﾛｳ", "ﾔﾏﾀﾞ^ﾀﾛｳ", "")


@pytest.mark.parametrize(
    "asked",
    [
        "Yamada^Tarou",
        "yamada^TAROU",
        "YAMADA*",
        "*TAROU",
        "Yam?da^*",
        "山田^太郎",
        "山田*",
        "*太郎",
        "やまだ^たろう",
        "ヤマダ^タロウ",
        "ﾔﾏﾀﾞ^ﾀﾛｳ",
        "ﾔﾏﾀﾞ*",
        "Ｙａｍａｄａ＊",
        "=山田*",
        "==やまだ*",
        "==ﾔﾏﾀﾞ*",
        "yamada*=山田*=ヤマダ*",
        "Yamada^Tarou=山田^太郎",
        "Yamada^Tarou^^",
        "  Yamada^Tarou  ",
    ],
)
def test_a_name_is_found_by_any_group_in_any_spelling(asked: str) -> None:
    assert name_matches(YAMADA, asked)


@pytest.mark.parametrize("asked", ["Yamada", "田中*", "=Yamada*", "==山田*", "Suzuki*=山田*", "山田", "Yamada^Tar?"])
def test_another_name_or_another_group_is_not_found(asked: str) -> None:
    assert not name_matches(YAMADA, asked)


def test_half_width_kana_in_the_stored_name_is_found_by_full_width_and_hiragana() -> None:
    assert name_matches(HALF_WIDTH, "ヤマダ*")
    assert name_matches(HALF_WIDTH, "やまだ^たろう")


@pytest.mark.parametrize("pattern", ["[YAMADA]*", "YAMADA[1]", "%", "_amada*"])
def test_characters_that_mean_something_elsewhere_mean_themselves(pattern: str) -> None:
    assert not name_matches(YAMADA, pattern)


def test_empty_components_at_the_end_and_spaces_do_not_tell_names_apart() -> None:
    assert comparable("Yamada ^ Tarou^^ ") == comparable("YAMADA^TAROU")
    assert comparable("山田\u3000太郎") == "山田 太郎"


def test_three_groups_are_joined_as_one_value_without_empty_tails() -> None:
    element = {"vr": "PN", "Value": [{"Alphabetic": "A", "Phonetic": "ア"}]}
    assert joined(name_of(element)) == "A==ア"
    assert joined(name_of(None)) == ""
    assert joined(name_of({"vr": "PN", "Value": [None]})) == ""
