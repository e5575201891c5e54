from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import select, update

from dokuei.clock import now
from dokuei.storage import outbox
from dokuei.storage.db import Database, migrate, open_database, sqlite_url
from dokuei.storage.outbox import Event


@pytest.fixture
def database(tmp_path: Path) -> Database:
    database = open_database(sqlite_url(tmp_path / "hub.sqlite"))
    migrate(database, which="hub")
    return database


def test_an_event_of_an_undone_transaction_never_happened(database: Database) -> None:
    def fail() -> None:
        with database.begin() as connection:
            outbox.put(connection, "study.changed", {"study": "1.2"})
            raise RuntimeError

    with pytest.raises(RuntimeError):
        fail()
    assert outbox.carry_out(database, lambda _event: None) == 0


def test_what_fails_stays_and_holds_nothing_else_back(database: Database) -> None:
    with database.begin() as connection:
        for name in ("bad", "good"):
            outbox.put(connection, name, {})
    seen: list[str] = []

    def handle(event: Event) -> None:
        seen.append(event.name)
        if event.name == "bad" and event.attempts == 0:
            message = "not yet"
            raise OSError(message)

    assert outbox.carry_out(database, handle) == 1
    assert outbox.carry_out(database, handle) == 1
    assert outbox.carry_out(database, handle) == 0
    assert seen == ["bad", "good", "bad"]


def test_what_is_about_the_same_is_carried_out_once(database: Database) -> None:
    """And where it fails, all of it stays."""
    with database.begin() as connection:
        for study in ("1", "2", "1", "1"):
            outbox.put(connection, "study.changed", {"study": study})
    seen: list[tuple[int, str, int]] = []

    def handle(event: Event) -> None:
        seen.append((event.id, event.payload["study"], event.attempts))
        if event.payload["study"] == "1" and event.attempts == 0:
            message = "not yet"
            raise OSError(message)

    def whose(event: Event) -> str:
        return str(event.payload["study"])

    assert outbox.carry_out(database, handle, about=whose) == 1
    assert outbox.carry_out(database, handle, about=whose) == 3
    assert outbox.carry_out(database, handle, about=whose) == 0
    assert seen == [(4, "1", 0), (2, "2", 0), (4, "1", 1)], "the newest speaks for the others"


def test_what_was_done_long_ago_is_let_go_and_what_waits_stays(database: Database) -> None:
    with database.begin() as connection:
        for name in ("old", "new", "waiting"):
            outbox.put(connection, name, {})
    table = outbox.outbox
    with database.begin() as connection:
        for name, days in (("old", 31), ("new", 29)):
            done = update(table).where(table.c.event == name).values(done_at=now() - timedelta(days=days))
            connection.execute(done)
    assert outbox.forget_done(database) == 1
    with database.read() as connection:
        assert connection.execute(select(table.c.event).order_by(table.c.id)).scalars().all() == ["new", "waiting"]
