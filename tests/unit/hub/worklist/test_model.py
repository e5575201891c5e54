"""What a case's state follows from."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from dokuei.errors import ConflictError, ForbiddenError
from dokuei.hub.worklist.model import (
    Holding,
    Name,
    ReadingRole,
    StudyFacts,
    demand_free,
    demand_mine,
    status_of,
)

AT = datetime(2026, 11, 20, 12, 0, tzinfo=UTC)
FREE = Holding(ReadingRole.SOLE, None)
MINE = Holding(ReadingRole.SOLE, "me", AT)
SIGNED = Holding(ReadingRole.SOLE, "me", AT, AT)
FACTS = StudyFacts(
    site_id="kita",
    study_instance_uid="1.2.3",
    patient_id="P1",
    issuer_of_patient_id="",
    patient_name=Name("A^B"),
    patient_birth_date="19700101",
    patient_sex="F",
    study_date="20261120",
    study_time="",
    study_description="",
    accession_number="",
    referring_physician="",
    modalities=("MG",),
    number_of_series=1,
    number_of_instances=4,
    declared_instances=4,
    arrived_instances=4,
    complete=True,
    more_to_come=False,
    first_received_at=AT,
    last_received_at=AT,
)


@pytest.mark.parametrize(
    ("holdings", "canceled", "status"),
    [
        ((FREE,), False, "scheduled"),
        ((MINE,), False, "in_progress"),
        ((SIGNED,), False, "completed"),
        ((SIGNED, replace(FREE, role=ReadingRole.SECOND)), False, "in_progress"),
        ((SIGNED, replace(SIGNED, role=ReadingRole.SECOND)), False, "completed"),
        ((FREE,), True, "canceled"),
        ((), False, "scheduled"),
    ],
)
def test_a_case_is_done_when_every_role_in_it_is_done(
    holdings: tuple[Holding, ...],
    canceled: bool,  # noqa: FBT001 - a table's column
    status: str,
) -> None:
    assert status_of(holdings, canceled=canceled) == status


@pytest.mark.parametrize(
    ("changed", "later", "state"),
    [
        ({}, timedelta(0), "complete"),
        ({"complete": False, "arrived_instances": 3}, timedelta(minutes=5), "arriving"),
        ({"complete": False, "arrived_instances": 3}, timedelta(hours=2), "problem"),
        ({"declared_instances": None, "complete": False}, timedelta(seconds=5), "arriving"),
        ({"declared_instances": None, "complete": False}, timedelta(minutes=5), "complete"),
        ({"declared_instances": None, "complete": False, "more_to_come": True}, timedelta(minutes=5), "arriving"),
        ({"declared_instances": None, "complete": False, "more_to_come": True}, timedelta(hours=2), "problem"),
    ],
)
def test_images_are_complete_when_all_that_were_counted_are_proved(
    changed: dict[str, object], later: timedelta, state: str
) -> None:
    facts = replace(FACTS, **changed)  # type: ignore[arg-type] # a table of changes
    assert facts.images_state(moment=AT + later) == state


@pytest.mark.parametrize(
    ("modalities", "wanted"),
    [(("MG",), True), (("SR",), False), (("SR", "PR", "KO"), False), (("MG", "SR"), True), ((), True)],
)
def test_a_study_without_images_is_nothing_to_read(modalities: tuple[str, ...], wanted: bool) -> None:  # noqa: FBT001 - a table's column
    assert replace(FACTS, modalities=modalities).to_be_read is wanted


def test_a_role_is_taken_once() -> None:
    demand_free(FREE, person_id="me", names={})
    demand_free(MINE, person_id="me", names={})
    with pytest.raises(ConflictError, match="読影 花子"):
        demand_free(MINE, person_id="you", names={"me": "読影 花子"})
    with pytest.raises(ConflictError, match="signed"):
        demand_free(SIGNED, person_id="me", names={})


@pytest.mark.parametrize(("holding", "person_id"), [(None, "me"), (FREE, "me"), (MINE, "you"), (FREE, None)])
def test_work_is_for_whoever_has_the_role(holding: Holding | None, person_id: str | None) -> None:
    with pytest.raises(ForbiddenError):
        demand_mine(holding, person_id=person_id)
    assert demand_mine(MINE, person_id="me") is MINE
