"""When a finding that must reach a person counts as told, is overdue and may be acknowledged."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from dokuei.errors import ConflictError, ForbiddenError, RequestError
from dokuei.hub.outcomes.communications import (
    MOST_TELLINGS,
    Communication,
    Method,
    Telling,
    checked_telling,
    demand_acknowledgeable,
    due_at,
)
from dokuei.hub.outcomes.model import Grade, Limits, Manager, Mark, checked_manager

AT = datetime(2026, 12, 1, 9, 0, tzinfo=UTC)

USUAL = Limits()


def made(grade: Grade, *tellings: Telling, limits: Limits = USUAL) -> Communication:
    """A communication that reader ``r`` opened at ``AT``."""
    opened = Mark("r", AT, "緊張性気胸")
    return Communication("c", "i", "kita", "1.2", grade, opened, due_at(AT, grade, limits), tellings)


def told(method: Method = Method.TELEPHONE, *, read_back: bool = True) -> Telling:
    """Reader ``r`` told somebody."""
    return Telling("r", "加藤医師", method, AT + timedelta(minutes=5), read_back and method.verbal)


@pytest.mark.parametrize(
    ("grade", "telling", "enough"),
    [
        (Grade.MINUTES, told(), True),
        (Grade.MINUTES, told(Method.IN_PERSON), True),
        (Grade.MINUTES, told(read_back=False), False),
        (Grade.MINUTES, told(Method.SECURE_MESSAGE), False),
        (Grade.HOURS, told(Method.SECURE_MESSAGE), True),
        (Grade.DAYS, told(read_back=False), True),
    ],
)
def test_a_finding_of_minutes_is_said_by_voice_and_read_back(grade: Grade, telling: Telling, enough: bool) -> None:  # noqa: FBT001 - a column of the table
    """REPORT-13: category 1 is verbal; nobody acknowledges what nobody was told as its class demands."""
    one = made(grade, telling)
    assert (one.state.value == "told") is enough
    if enough:
        demand_acknowledgeable(one, person_id="dr")
    else:
        with pytest.raises(ConflictError, match="by voice"):
            demand_acknowledgeable(one, person_id="dr")


@pytest.mark.parametrize(
    ("grade", "limit"),
    [(Grade.MINUTES, timedelta(minutes=60)), (Grade.HOURS, timedelta(hours=24)), (Grade.DAYS, timedelta(days=3))],
)
def test_each_limit_that_passes_is_a_step_until_somebody_acknowledges(grade: Grade, limit: timedelta) -> None:
    """REPORT-13: a timer by class escalates until acknowledged; being told alone does not stop it."""
    one = made(grade, told())
    second = timedelta(seconds=1)
    steps = [one.step(moment=AT + wait) for wait in (limit - second, limit, 2 * limit - second, 2 * limit, 9 * limit)]
    assert steps == [0, 1, 1, 2, 9]
    assert replace(one, acknowledged=Mark("dr", AT)).step(moment=AT + 9 * limit) == 0


def test_a_site_sets_its_own_limits_within_bounds() -> None:
    """REPORT-13: the limits of the classes are the site's."""
    limits = Limits(first_minutes=15, second_hours=2, third_days=1)
    assert made(Grade.MINUTES, limits=limits).due_at == AT + timedelta(minutes=15)
    assert made(Grade.HOURS, limits=limits).due_at == AT + timedelta(hours=2)
    assert made(Grade.DAYS, limits=limits).due_at == AT + timedelta(days=1)
    assert checked_manager(Manager("kita", limits=limits)).limits == limits
    for wrong in (Limits(first_minutes=0), Limits(first_minutes=1441), Limits(second_hours=169), Limits(third_days=31)):
        with pytest.raises(RequestError, match="1 to"):
            checked_manager(Manager("kita", limits=wrong))


def test_a_telling_names_whom_and_a_time_that_has_been() -> None:
    """REPORT-13: who told whom, when and how; a message is not read back."""
    one, moment = made(Grade.HOURS), AT + timedelta(minutes=10)
    assert checked_telling(replace(told(), recipient=" 加藤医師 "), one, moment=moment).recipient == "加藤医師"
    for wrong in (
        replace(told(), recipient="  "),
        replace(told(), recipient="加藤\n医師"),
        replace(told(), recipient="x" * 201),
        replace(told(), at=moment + timedelta(minutes=6)),
        replace(told(), at=datetime(2026, 12, 1, 9, 0)),  # noqa: DTZ001 - that is what is wrong with it
        replace(told(), method=Method.SECURE_MESSAGE, read_back=True),
    ):
        with pytest.raises(RequestError):
            checked_telling(wrong, one, moment=moment)
    with pytest.raises(ConflictError):
        checked_telling(told(), made(Grade.HOURS, *MOST_TELLINGS * [told()]), moment=moment)


def test_who_told_it_does_not_acknowledge_it_and_nobody_does_twice() -> None:
    """REPORT-13: the other side says that it has the finding."""
    one = made(Grade.HOURS, replace(told(), person_id="second"))
    for teller in ("r", "second"):
        with pytest.raises(ForbiddenError):
            demand_acknowledgeable(one, person_id=teller)
    with pytest.raises(ConflictError, match="already"):
        demand_acknowledgeable(replace(one, acknowledged=Mark("dr", AT)), person_id="other")
    with pytest.raises(ConflictError, match="nobody was told yet"):
        demand_acknowledgeable(made(Grade.DAYS), person_id="dr")
