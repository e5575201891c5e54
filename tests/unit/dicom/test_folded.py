import pytest

from dokuei.dicom.folded import RUNS, folded


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("ﾔﾏﾀﾞ", "やまだ"),
        ("ＹＡＭＡＤＡ", "yamada"),
        ("髙﨑", "高崎"),
        ("渡邊", "渡辺"),
        ("渡邉", "渡辺"),
        ("葛\U000e0100", "葛"),
    ],
)
def test_two_writings_of_one_word_are_equal(one: str, other: str) -> None:
    assert folded(one) == folded(other)


def test_letters_of_one_script_stand_together() -> None:
    assert RUNS.findall(folded("ITO_AI2 林さんの MLO田 김 ИВАН")) == [
        "ito",
        "ai",
        "林",
        "さんの",
        "mlo",
        "田",
        "김",
        "иван",
    ]
