"""Who may have which reading, whose opinion is open to whom."""

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from dokuei.errors import ConflictError, NotFoundError
from dokuei.hub.worklist.model import Holding, Name, Priority, ReadingRole, StudyFacts, WorklistItem
from dokuei.hub.worklist.readings import (
    ONCE,
    TWICE,
    both_signed,
    demand_takes,
    holder_for,
    is_sealed,
    is_untouched,
    role_shown,
    role_to_take,
    roles_for,
    why_not,
)

SOLE, FIRST, SECOND, ARBITER = ReadingRole.SOLE, ReadingRole.FIRST, ReadingRole.SECOND, ReadingRole.ARBITER
AT = datetime(2026, 11, 30, tzinfo=UTC)
FACTS = StudyFacts(
    "kita", "1.2.3", "P1", "", Name(), "", "F", "20261130", "", "", "", "", ("MG",), 1, 4, 4, 4, True, False, AT, AT
)  # fmt: skip


def case(*held: tuple[ReadingRole, str | None, bool]) -> WorklistItem:
    """A case with these readings: role, who has it, whether it is signed."""
    holdings = tuple(Holding(role, who, AT if who else None, AT if signed else None) for role, who, signed in held)
    before = frozenset((role, who) for role, who, _ in held if who)
    return WorklistItem("1", FACTS, "scheduled", Priority.ROUTINE, None, None, holdings, held_before=before)


FRESH = case((FIRST, None, False), (SECOND, None, False), (ARBITER, None, False))
HALF = case((FIRST, "a", True), (SECOND, None, False), (ARBITER, None, False))
BOTH = case((FIRST, "a", True), (SECOND, "b", True), (ARBITER, None, False))


def test_a_case_is_read_once_or_by_three() -> None:
    assert roles_for(twice=False) == ONCE == (SOLE,)
    assert roles_for(twice=True) == TWICE == (FIRST, SECOND, ARBITER)
    assert is_untouched(FRESH)
    assert not is_untouched(HALF)


@pytest.mark.parametrize(
    ("item", "who", "role"),
    [
        (case((SOLE, None, False)), "a", SOLE),
        (case((SOLE, "a", False)), "a", SOLE),
        (case((SOLE, "b", False)), "a", None),
        (FRESH, "a", FIRST),
        (HALF, "a", None),
        (HALF, "b", SECOND),
        (BOTH, "a", None),
        (BOTH, "b", None),
        (BOTH, "c", ARBITER),
    ],
)
def test_the_hub_knows_which_reading_is_free_for_whom(item: WorklistItem, who: str, role: ReadingRole | None) -> None:
    assert role_to_take(item, who) is role


def test_an_opinion_is_sealed_until_the_other_one_is_signed() -> None:
    assert [is_sealed(HALF, role) for role in TWICE] == [True, True, False]
    assert [is_sealed(BOTH, role) for role in TWICE] == [False, False, False]
    assert not is_sealed(case((SOLE, "a", False)), SOLE)
    assert not both_signed(case((SOLE, "a", True)))


def test_who_has_held_one_reading_never_gets_the_other() -> None:
    left = replace(FRESH, held_before=frozenset({(FIRST, "a")}))
    assert why_not(left, SECOND, "a") is not None
    assert why_not(left, FIRST, "a") is None
    assert why_not(left, SECOND, "b") is None


def test_who_stands_between_a_person_and_a_case() -> None:
    reading = case((FIRST, "a", False), (SECOND, None, False), (ARBITER, None, False))
    assert holder_for(reading, "a") == "a"
    assert holder_for(reading, "b") is None, "the second reading is free for them"
    assert holder_for(case((SOLE, "a", False)), "b") == "a"
    assert holder_for(HALF, "a") is None


def test_whose_report_is_meant_where_none_is_named() -> None:
    assert role_shown(case((SOLE, "a", False)), "b") is SOLE
    assert role_shown(HALF, "a") is FIRST
    assert role_shown(HALF, "b") is ARBITER
    assert role_shown(HALF, None) is ARBITER


def test_what_cannot_be_taken_is_refused_with_the_reason() -> None:
    with pytest.raises(NotFoundError):
        demand_takes(FRESH, SOLE, person_id="a", names={})
    with pytest.raises(ConflictError, match="both readings come first"):
        demand_takes(HALF, ARBITER, person_id="c", names={})
    with pytest.raises(ConflictError, match="does not decide"):
        demand_takes(BOTH, ARBITER, person_id="a", names={})
    with pytest.raises(ConflictError, match="田中 has this case"):
        demand_takes(case((SOLE, "a", False)), None, person_id="b", names={"a": "田中"})
    assert demand_takes(BOTH, None, person_id="c", names={}).role is ARBITER
