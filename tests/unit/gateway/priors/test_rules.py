"""Which earlier studies are brought, and whose an answer is."""

import pytest

from dokuei.gateway.priors.rules import Current, Found, Person, is_of, is_of_the_breast, relevant
from dokuei.settings import PriorRule, PriorSettings

ASKED = Person("00123", "BYOIN", "19700101", "F")
TODAY = "20261130"


def mammogram(uid: str, day: str, *modalities: str, description: str = "", words: tuple[str, ...] = ()) -> Found:
    return Found(uid, ASKED, day, modalities or ("MG",), description, words, 4)


def uids(found: tuple[Found, ...]) -> list[str]:
    return [one.study_instance_uid for one in found]


def test_the_last_rounds_of_the_same_modality_come_first() -> None:
    """IMG-12: the latest first, as many as the rule says, and what is of another modality behind them."""
    found = [mammogram(f"1.{year}", f"{year}0401") for year in range(2017, 2026)]
    found += [mammogram("2.1", "20260110", "US", description="乳腺エコー"), mammogram("2.2", "20100110", "US")]
    chosen = relevant(PriorSettings(), Current("9.9", "20261130", ("MG",)), found, today=TODAY)
    assert uids(chosen) == ["1.2025", "1.2024", "1.2023", "1.2022", "2.1"]


def test_what_is_of_the_last_days_or_has_none_may_be_what_is_to_be_read() -> None:
    """A batch of the evening brings it as a study of its own, which nobody may take for a prior."""
    current = Current("9.9", "20261130", ("MG",))
    found = [mammogram("1.1", "20261130"), mammogram("1.2", ""), mammogram("9.9", "20250101"), mammogram("1.3", "2024")]
    found.append(mammogram("1.4", "20261124"))
    assert relevant(PriorSettings(), current, found, today=TODAY) == ()
    assert uids(relevant(PriorSettings(least_days=1), current, found, today=TODAY)) == ["1.4"]
    undated = Current("9.9", "20261399", ("MG",))
    assert uids(relevant(PriorSettings(least_days=6), undated, found, today=TODAY)) == ["1.4"]


@pytest.mark.parametrize(
    ("description", "words", "breast"),
    [
        ("ﾏﾝﾓｸﾞﾗﾌｨ追加", (), True),
        ("", ("BREAST",), True),
        ("MRI", ("乳 腺",), True),
        ("頭部MRI", ("HEAD",), False),
        ("", (), None),
    ],
)
def test_what_is_of_the_breast(description: str, words: tuple[str, ...], *, breast: bool | None) -> None:
    """Full and half width, spaces and case make no difference; what says nothing is neither."""
    found = mammogram("1.1", "20250101", "MR", description=description, words=words)
    assert is_of_the_breast(found, PriorSettings().breast_words) is breast
    current = Current("9.9", "20261130", ("MR",))
    assert bool(relevant(PriorSettings(), current, [found], today=TODAY)) is (breast is not False)


def test_an_order_without_a_modality_is_held_against_every_rule_and_a_site_edits_them() -> None:
    found = [mammogram("1.1", "20250101"), mammogram("1.2", "20240101", "CT", description="胸部")]
    assert uids(relevant(PriorSettings(), Current(), found, today=TODAY)) == ["1.1"]
    chest = PriorRule(current=("MG",), priors=("CT",), body_part="any", years=3, most=1)
    assert uids(relevant(PriorSettings(rules=(chest,)), Current(), found, today=TODAY)) == ["1.2"]


@pytest.mark.parametrize(
    ("said", "theirs"),
    [
        (Person("00123"), True),
        (Person("00123 ", "byoin", "19700101", "F"), True),
        (Person("00123", "", "", "O"), True),
        (Person("123"), False),
        (Person("00124"), False),
        (Person("00123", "OTHER"), False),
        (Person("00123", "BYOIN", "19700102"), False),
        (Person("00123", "", "", "M"), False),
        (Person(""), False),
    ],
)
def test_an_answer_is_the_patients_where_nothing_that_both_say_differs(said: Person, *, theirs: bool) -> None:
    """REC-10: a number alone does not make a patient."""
    assert is_of(ASKED, said, zero_padded_ids=False) is theirs


def test_leading_zeros_where_the_site_writes_so() -> None:
    assert is_of(ASKED, Person("123"), zero_padded_ids=True)
    assert not is_of(ASKED, Person("1230"), zero_padded_ids=True)
