"""The audit trail on both databases: every change of an entry, and every missing one, is found and named."""

import threading
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import Connection, delete, insert, select, update

from dokuei.clock import now
from dokuei.storage.audit import Head, hub_entries, hub_head, hub_trail
from dokuei.storage.db import Database, hub_metadata, open_database

_COUNT = 12


@pytest.fixture
def database(database_url: str) -> Iterator[Database]:
    opened = open_database(database_url)
    hub_metadata.create_all(opened.engine)
    yield opened
    opened.close()


@pytest.fixture
def filled(database: Database) -> Database:
    for number in range(_COUNT):
        with database.begin() as connection:
            hub_trail.append(
                connection,
                actor="person:1",
                event="report.signed",
                site_id="kita" if number % 2 else None,
                subject=f"1.2.{number}",
                details={"number": number, "語": "読影", "nested": {"a": [1, 2.5, None, True]}},
            )
    return database


def verdict(database: Database, *anchors: Head) -> tuple[int | None, str]:
    with database.read() as connection:
        found = hub_trail.verify(connection, anchors=anchors)
    return found.broken_at, found.why


def test_an_untouched_trail_is_unbroken_and_its_head_is_the_last_entry(filled: Database) -> None:
    with filled.read() as connection:
        found = hub_trail.verify(connection)
        last = connection.execute(select(hub_entries).order_by(hub_entries.c.sequence.desc()).limit(1)).one()
    assert found.broken_at is None
    assert found.entries == _COUNT
    assert found.head == Head(_COUNT, last.hash)


def test_an_empty_trail_is_unbroken(database: Database) -> None:
    assert verdict(database) == (None, "")


@pytest.mark.parametrize(
    ("column", "value"),
    [
        ("actor", "person:2"),
        ("event", "report.read"),
        ("site_id", "minami"),
        ("site_id", None),
        ("subject", "1.2.99"),
        ("details", "{}"),
        ("hash", "0" * 64),
        ("at", now() - timedelta(days=1)),
    ],
)
def test_every_altered_field_is_found_and_named(filled: Database, column: str, value: object) -> None:
    """LOG-03: alteration is detected."""
    with filled.begin() as connection:
        connection.execute(update(hub_entries).where(hub_entries.c.sequence == 6).values({column: value}))
    assert verdict(filled) == (6, "an entry was altered, or put in place of another")


@pytest.mark.parametrize("gone", [1, 5, _COUNT])
def test_a_removed_entry_is_found_and_named_the_last_one_too(filled: Database, gone: int) -> None:
    """LOG-03: deletion is detected."""
    with filled.begin() as connection:
        connection.execute(delete(hub_entries).where(hub_entries.c.sequence == gone))
    found, why = verdict(filled)
    assert found == gone
    assert why in {"an entry is missing", "the end of the trail was cut"}


def test_an_inserted_entry_is_found(filled: Database) -> None:
    """LOG-03: insertion is detected, at the end and in place of another."""
    with filled.begin() as connection:
        row = connection.execute(select(hub_entries).where(hub_entries.c.sequence == 4)).one()
        forged = {**row._mapping, "sequence": _COUNT + 1, "actor": "person:9"}
        connection.execute(insert(hub_entries).values(forged))
    assert verdict(filled)[0] == _COUNT + 1


def test_two_entries_that_changed_places_are_found(filled: Database) -> None:
    with filled.begin() as connection:
        for old, new in ((3, 100), (4, 3), (100, 4)):
            connection.execute(update(hub_entries).where(hub_entries.c.sequence == old).values(sequence=new))
    assert verdict(filled)[0] == 3


def cut(connection: Connection, keep: int) -> None:
    """What a thief with all rights would do: shorten the trail and write its end anew."""
    connection.execute(delete(hub_entries).where(hub_entries.c.sequence > keep))
    last = connection.execute(select(hub_entries.c.hash).where(hub_entries.c.sequence == keep)).scalar_one()
    connection.execute(update(hub_head).values(sequence=keep, hash=last))


def test_a_cut_end_shows_only_beside_an_anchor_outside(filled: Database) -> None:
    with filled.read() as connection:
        anchor = hub_trail.head(connection)
    with filled.begin() as connection:
        cut(connection, 8)
    assert verdict(filled) == (None, "")
    assert verdict(filled, anchor) == (9, "the end of the trail was cut")
    with filled.begin() as connection:
        for _ in range(_COUNT):
            hub_trail.append(connection, actor="person:1", event="something.else")
    assert verdict(filled, anchor) == (_COUNT, "the trail is not the one whose end was recorded")
    assert verdict(filled, replace(anchor, sequence=0)) == (None, "")


def test_a_trail_that_was_recomputed_from_some_entry_on_does_not_carry_its_anchors(filled: Database) -> None:
    with filled.read() as connection:
        anchor = hub_trail.head(connection)
    with filled.begin() as connection:
        cut(connection, 3)
        for number in range(3, _COUNT):
            hub_trail.append(connection, actor="person:9", event="report.signed", subject=f"1.2.{number}")
    assert verdict(filled) == (None, "")
    assert verdict(filled, anchor)[0] == _COUNT


def test_an_undone_transaction_leaves_no_entry(filled: Database) -> None:
    def fail() -> None:
        with filled.begin() as connection:
            hub_trail.append(connection, actor="person:1", event="never.happened")
            raise RuntimeError

    with pytest.raises(RuntimeError):
        fail()
    with filled.read() as connection:
        assert hub_trail.verify(connection).entries == _COUNT


def test_many_writers_at_once_make_one_chain(database: Database) -> None:
    """The head's row is the queue, the very first entry's too."""
    together = threading.Barrier(6)
    errors: list[BaseException] = []

    def write(who: int) -> None:
        try:
            together.wait(10)
            for number in range(15):
                with database.begin() as connection:
                    hub_trail.append(connection, actor=f"person:{who}", event="load", details={"n": number})
        except BaseException as error:  # noqa: BLE001 - a thread's failure must reach the test
            errors.append(error)

    run_all([lambda who=who: write(who) for who in range(6)])  # type: ignore[misc] # mypy cannot type a default
    assert errors == []
    with database.read() as connection:
        found = hub_trail.verify(connection)
    assert (found.broken_at, found.entries) == (None, 90)


def test_verifying_while_the_trail_grows_finds_nothing_wrong(filled: Database) -> None:
    stop = threading.Event()

    def grow() -> None:
        while not stop.is_set():
            with filled.begin() as connection:
                hub_trail.append(connection, actor="person:1", event="growing")

    def judge() -> None:
        try:
            found.extend(verdict(filled)[0] for _ in range(20))
        finally:
            stop.set()

    found: list[int | None] = []
    run_all([grow, judge])
    assert found == [None] * 20


def run_all(works: list[Callable[[], None]]) -> None:
    threads = [threading.Thread(target=work) for work in works]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
        assert not thread.is_alive()


def test_entries_of_a_time_span_come_in_order_for_an_inspection(filled: Database, tmp_path: Path) -> None:
    """LOG-02: user, time, operation and object can be exported."""
    del tmp_path
    with filled.read() as connection:
        entries = list(hub_trail.since(connection, now() - timedelta(hours=1), now() + timedelta(hours=1)))
        none = list(hub_trail.since(connection, now() + timedelta(hours=1), now() + timedelta(hours=2)))
    assert [entry.sequence for entry in entries] == list(range(1, _COUNT + 1))
    assert none == []
