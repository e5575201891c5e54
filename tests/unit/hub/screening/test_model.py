from dataclasses import replace
from datetime import UTC, datetime

import pytest

from dokuei.hub.screening.model import (
    Counts,
    Entry,
    Examinee,
    Judgement,
    Opinion,
    Reading,
    Stage,
    Standing,
    counted,
    judged,
    outcome_of,
    stage_of,
)

AT = datetime(2026, 11, 2, tzinfo=UTC)
OPINION = Opinion("sole", "1", "1", False, "検診カテゴリー", "", "", "", "読影 太郎", AT, 1)
ENTRY = Entry("b", "kita", 1, Examinee("P1", "20261101"), "r", AT)
MATCHED = Standing("matched", ("1.2",))


@pytest.mark.parametrize(
    ("right", "left", "work_up", "judgement"),
    [
        ("1", "2", False, Judgement.NORMAL),
        ("1", "3", True, Judgement.WORK_UP),
        ("N-1", "5", True, Judgement.WORK_UP),
        ("NA", "2", False, Judgement.NORMAL),
        ("NA", "NA", False, Judgement.OPEN),
        ("N-1", "1", False, Judgement.OPEN),
        ("N-2", "1", False, Judgement.OPEN),
        ("0", "1", False, Judgement.OPEN),
        ("6", "1", False, Judgement.OPEN),
        ("", "1", False, Judgement.OPEN),
        ("3", "1", False, Judgement.OPEN),
    ],
)
def test_only_what_was_read_as_1_or_2_is_normal(right: str, left: str, judgement: Judgement, *, work_up: bool) -> None:
    """JRS-10: what is not certainly nothing is never written as 異常なし."""
    assert judged(replace(OPINION, right=right, left=left, work_up=work_up)) is judgement


@pytest.mark.parametrize(
    ("standing", "readings", "stage"),
    [
        (None, (), Stage.CANCELED),
        (Standing("canceled", ("1.2",)), (Reading("i", complete=True),), Stage.CANCELED),
        (Standing("waiting"), (), Stage.MISSING),
        (Standing("proposed"), (), Stage.UNSETTLED),
        (Standing("mismatch", ("1.2",)), (Reading("i", complete=True, signed=frozenset({"sole"})),), Stage.UNSETTLED),
        (Standing("matched", ("1.2", "1.3")), (Reading("i", complete=True),), Stage.UNSETTLED),
        (MATCHED, (), Stage.MISSING),
        (MATCHED, (Reading("i", complete=False),), Stage.ARRIVING),
        (MATCHED, (Reading("i", complete=True),), Stage.ARRIVED),
        (MATCHED, (Reading("i", complete=True, signed=frozenset({"second"})),), Stage.READ_ONCE),
        (MATCHED, (Reading("i", complete=True, signed=frozenset({"first", "second"})),), Stage.READ_TWICE),
        (MATCHED, (Reading("i", complete=True, signed=frozenset({"first", "second", "arbiter"})),), Stage.JUDGED),
        (MATCHED, (Reading("i", complete=True, signed=frozenset({"sole"})),), Stage.JUDGED),
    ],
)
def test_a_person_is_as_far_as_images_and_readings_are(
    standing: Standing | None, readings: tuple[Reading, ...], stage: Stage
) -> None:
    assert stage_of(standing, readings) is stage


def test_each_count_holds_everybody_who_is_at_least_so_far() -> None:
    twice = Reading("i", complete=True, signed=frozenset({"first", "second", "arbiter"}))
    once = Reading("i", complete=True, signed=frozenset({"first"}))
    found = counted(
        [
            (Stage.JUDGED, twice),
            (Stage.READ_ONCE, once),
            (Stage.ARRIVED, Reading("i", complete=True)),
            (Stage.ARRIVING, Reading("i", complete=False)),
            (Stage.MISSING, None),
            (Stage.UNSETTLED, twice),
            (Stage.CANCELED, None),
        ]
    )
    assert found == Counts(expected=6, arrived=3, read_once=2, read_twice=1, judged=1, missing=2, unsettled=1)


def test_neither_blind_opinion_shows_before_both_are_signed_nor_where_images_may_be_anothers() -> None:
    first, second = replace(OPINION, role="first"), replace(OPINION, role="second")
    alone = outcome_of(ENTRY, Stage.READ_ONCE, None, {"first": first}, settled=True)
    assert (alone.first, alone.second, alone.final) == (None, None, None)
    both = outcome_of(ENTRY, Stage.READ_TWICE, None, {"first": first, "second": second}, settled=True)
    assert (both.first, both.second, both.final) == (first, second, None)
    assert outcome_of(ENTRY, Stage.UNSETTLED, None, {"sole": OPINION}, settled=False).final is None


def test_a_person_is_the_same_by_id_and_day_and_what_differs_is_named() -> None:
    one = Examinee("p1", "20261101", name="山田 花子")
    assert one.key == Examinee("P1", "20261101").key != Examinee("P1", "20261102").key
    assert one.differs_from(replace(one, name="山田 華子", sex="F")) == ("name", "sex")
