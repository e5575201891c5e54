"""How far a request has come follows from its studies and their cases."""

from datetime import UTC, datetime

import pytest

from dokuei.hub.requests.model import Content, Link, ReadingRequest
from dokuei.hub.requests.progress import ACTIVE, CaseStands, Progress, Step, progress_of, stands_at

NOW = datetime(2026, 11, 30, tzinfo=UTC)
LATER = datetime(2026, 12, 1, tzinfo=UTC)
READ = CaseStands(read=True)
PUT_OFF = CaseStands(deferred_until=LATER, deferred_because="追加画像待ち")


def request(*links: Link) -> ReadingRequest:
    return ReadingRequest("r", "kita", "waiting", "fhir", 1, Content(), NOW, "token:1", "電子カルテ", links=links)


def matched(study: str) -> Link:
    return Link(study, "matched")


@pytest.mark.parametrize(
    ("links", "cases", "stands"),
    [
        ((), {}, ACTIVE),
        ((Link("1", "proposed"),), {"1": READ}, ACTIVE),
        ((Link("1", "refused"),), {"1": READ}, ACTIVE),
        ((matched("1"),), {}, ACTIVE),
        ((matched("1"),), {"1": READ}, Progress("completed")),
        ((matched("1"), matched("2")), {"1": READ, "2": CaseStands()}, ACTIVE),
        ((matched("1"), matched("2")), {"1": READ, "2": READ}, Progress("completed")),
        ((matched("1"),), {"1": PUT_OFF}, Progress("on-hold", "deferred", "追加画像待ち", LATER)),
        (
            (matched("1"), matched("2")),
            {"1": READ, "2": PUT_OFF},
            Progress("on-hold", "deferred", "追加画像待ち", LATER),
        ),
        ((matched("1"),), {"1": CaseStands(withdrawn=True)}, Progress("active", "withdrawn")),
        (
            (Link("1", "mismatch", ("name", "birth_date")), matched("2")),
            {"1": READ, "2": READ},
            Progress("on-hold", "mismatch", "name,birth_date"),
        ),
    ],
)
def test_each_state_of_its_cases_says_where_a_request_stands(
    links: tuple[Link, ...], cases: dict[str, CaseStands], stands: Progress
) -> None:
    assert progress_of(request(*links), cases) == stands


def test_a_version_stands_where_the_steps_before_it_have_led() -> None:
    held, back = Progress("on-hold", "deferred", "待ち", LATER), ACTIVE
    steps = [Step(1, NOW, held), Step(1, NOW, back), Step(3, NOW, held)]
    assert [stands_at(steps, version) for version in (1, 2, 3, 4)] == [(back, 2), (back, 0), (held, 1), (held, 0)]
    assert stands_at([], 1) == (ACTIVE, 0)
