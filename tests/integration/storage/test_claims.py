"""A step that several processes want to take, on both databases."""

from collections.abc import Iterator
from functools import partial

import pytest
from sqlalchemy import select, update

from dokuei.clock import now
from dokuei.storage.claims import claim, release, work_claim
from dokuei.storage.db import Database, open_database
from tests.makers.at_once import together


@pytest.fixture
def database(database_url: str) -> Iterator[Database]:
    opened = open_database(database_url)
    work_claim.create(opened.engine)
    yield opened
    opened.close()


def take(database: Database, step: str, taken: list[str]) -> None:
    with database.begin() as connection:
        if claim(connection, step):
            taken.append(step)


def test_one_of_several_takes_a_step_until_it_is_released_or_its_taker_has_died(database: Database) -> None:
    taken: list[str] = []
    together(*4 * [partial(take, database, "a mail", taken)], partial(take, database, "another", taken))
    assert sorted(taken) == ["a mail", "another"]
    with database.begin() as connection:
        release(connection, "another", now())
    take(database, "another", taken)
    assert len(taken) == 2, "another's claim stays"
    with database.begin() as connection:
        held = connection.execute(select(work_claim.c.until).where(work_claim.c.step == "another")).scalar_one()
        release(connection, "another", held)
    take(database, "another", taken)
    assert len(taken) == 3
    with database.begin() as connection:
        connection.execute(update(work_claim).values(until=now()))
    together(*4 * [partial(take, database, "a mail", taken)])
    assert sorted(taken) == ["a mail", "a mail", "another", "another"]
