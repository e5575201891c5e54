"""Whether two particulars name one person: real differences count, and nothing that is only written differently."""

import random
from collections import Counter

import pytest

from dokuei.dicom.pseudonym import Pseudonyms
from dokuei.hub.requests.identities import Rules, compare, key_of
from dokuei.hub.requests.model import Name, Patient
from dokuei.hub.requests.spelling import same_name
from dokuei.hub.requests.variants import one_form
from tests.makers.identities import different, same

PAIRS = 500
ONE = Patient("00012345", "", Name("Yamazaki^Yuko", "山﨑^優子", "ヤマザキ^ユウコ"), "19550401", "F")


def test_in_a_thousand_pairs_nobody_is_taken_for_somebody_else() -> None:
    """REC-10: of 500 persons written in two ways and 500 pairs of persons easily mistaken, none is a wrong patient."""
    chance = random.Random(20261130)  # noqa: S311 - a test that runs alike each time
    verdicts = Counter(compare(*different(chance)).verdict for _ in range(PAIRS))
    assert verdicts["same"] == 0, verdicts
    found = Counter(compare(*same(chance)).verdict for _ in range(PAIRS))
    assert found["different"] == 0, "what is only written differently blocks nobody"
    assert found["same"] >= 350, found
    assert verdicts["different"] >= 480, verdicts


@pytest.mark.parametrize("seed", range(5))
def test_other_thousands_bring_no_wrong_patient_either(seed: int) -> None:
    chance = random.Random(seed)  # noqa: S311 - as above
    for _ in range(PAIRS):
        pair = different(chance)
        assert compare(*pair).verdict != "same", pair
        pair = same(chance)
        assert compare(*pair).verdict != "different", pair


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("高橋^花子", "髙橋^花子"),
        ("山崎^優子", "山﨑　優子"),
        ("斎藤^恵", "齊藤^惠"),
        ("渡辺^静", "渡邉^靜"),
        ("佐々木^節子", "佐佐木^節子"),
        ("神田^花", "神田^花"),
        ("ヤマダ^ハナコ", "やまだ^はなこ"),
        ("ﾔﾏﾀﾞ^ﾊﾅｺ", "ヤマダ ハナコ"),
        ("ﾘﾖｳｺ", "リョウコ"),
        ("ユーコ", "ユウコ"),
        ("YAMADA^HANAKO", "Ｙａｍａｄａ^Ｈａｎａｋｏ"),
        ("Ohno^Yuko", "オオノ^ユウコ"),
        ("Ono^Yuuko", "おおの^ゆうこ"),
        ("Satō^Shōko", "SATOH^SYOKO"),
        ("Huzii^Tiduru", "FUJII^CHIZURU"),
        ("Namba^Jun'ko", "なんば^じゅんこ"),
        ("Hattori", "ﾊﾂﾄﾘ"),
        ("Inoue", "イノウエ"),
    ],
)
def test_one_name_in_two_spellings(one: str, other: str) -> None:
    assert same_name((one, "", ""), (other, "", "")) is True
    assert same_name((other, "", ""), ("", one, "")) is True


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("大野^花子", "小野^花子"),
        ("飯田^花子", "井田^花子"),
        ("イイダ^ハナコ", "イダ^ハナコ"),
        ("Iida^Hanako", "イダ^ハナコ"),
        ("Ohno^Hanako", "キノ^ハナコ"),
        ("ハナコ", "ハナエ"),
        ("山田^花子", "山田^花江"),
        ("Smith^Mary", "Smith^Anne"),
    ],
)
def test_two_names(one: str, other: str) -> None:
    assert same_name((one, "", ""), (other, "", "")) is False


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("山田^花子", "Yamada^Hanako"),
        ("山田^花子", "やまだ^はなこ"),
        ("Smith^John", "スミス^ジョン"),
        ("山〓^花子", "山田^花子"),
        ("", "山田^花子"),
        ("", ""),
        ("12345", "12345"),
    ],
)
def test_what_cannot_be_compared_is_neither_equal_nor_different(one: str, other: str) -> None:
    assert same_name((one, "", ""), (other, "", "")) is None


def test_numbers_of_two_domains_are_not_compared() -> None:
    mine = Patient("1", "A", ONE.name, "19550401", "F")
    theirs = Patient("1", "B", ONE.name, "19550401", "F")
    found = compare(mine, theirs)
    assert (found.verdict, "patient_id" in found.equal) == ("unsure", False)


def test_a_sites_rule_says_whether_leading_zeros_count() -> None:
    other = Patient("12345", "", ONE.name, ONE.birth_date, "F")
    assert compare(ONE, other).verdict == "same"
    found = compare(ONE, other, Rules(zero_padded_ids=False))
    assert [one.field for one in found.differences] == ["patient_id"]


def test_a_merge_makes_two_numbers_one_persons() -> None:
    other = Patient("777", "", ONE.name, ONE.birth_date, "F")
    assert compare(ONE, other).verdict == "different"
    assert compare(ONE, other, one_person=frozenset({key_of("00012345"), key_of("777")})).verdict == "same"


def test_under_pseudonyms_the_pseudonym_tells() -> None:
    makes = Pseudonyms(b"k" * 32).patient
    mine, theirs = (Patient(one, "", Name(one)) for one in (makes("1", "", ""), makes("2", "", "")))
    assert compare(mine, mine).verdict == "same"
    assert compare(mine, theirs).verdict == "different"
    unknown = Patient("UNKNOWN", "", Name("UNKNOWN"))
    assert compare(unknown, unknown).verdict == "unsure", "two whom nobody knows are not one"


def test_every_real_difference_is_named_with_both_sides() -> None:
    other = Patient("9", "", Name("Suzuki^Jun", "", ""), "19600101", "M")
    found = compare(ONE, other)
    assert [one.field for one in found.differences] == ["patient_id", "name", "birth_date", "sex"]
    assert (found.differences[0].requested, found.differences[0].in_images) == ("00012345", "9")


def test_sex_other_or_unknown_is_no_difference() -> None:
    for sex in ("O", ""):
        assert compare(ONE, Patient(ONE.patient_id, "", ONE.name, ONE.birth_date, sex)).verdict == "same"


def test_folding_characters_twice_changes_nothing_more() -> None:
    for text in ("髙﨑濵齋邉", "國澤", "瀧", "神"):
        assert one_form(one_form(text)) == one_form(text)
