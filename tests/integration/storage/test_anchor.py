"""A trail's end goes to a file outside by itself."""

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from dokuei.clock import now
from dokuei.errors import RequestError
from dokuei.storage import anchor as anchor_module
from dokuei.storage.anchor import DailyAnchor, read_anchor
from dokuei.storage.audit import hub_trail
from dokuei.storage.db import Database, hub_metadata, open_database, sqlite_url


@pytest.fixture
def database(tmp_path: Path) -> Iterator[Database]:
    made = open_database(sqlite_url(tmp_path / "hub.sqlite"))
    hub_metadata.create_all(made.engine)
    yield made
    made.close()


def _append(database: Database) -> None:
    with database.begin() as connection:
        hub_trail.append(connection, actor="system", event="test.done")


def _later(monkeypatch: pytest.MonkeyPatch, by: timedelta) -> None:
    moment = now() + by
    monkeypatch.setattr(anchor_module, "now", lambda: moment)


def test_the_end_is_written_at_the_start_and_once_a_day(
    database: Database, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """LOG-03: the head goes daily to an anchor outside."""
    file = tmp_path / "outside.jsonl"
    daily = DailyAnchor(file, "hub", hub_trail, database)
    for _ in range(3):
        _append(database)
        daily.step()
    assert [one.head.sequence for one in read_anchor(file)] == [1]
    _later(monkeypatch, timedelta(days=1))
    daily.step()
    DailyAnchor(file, "hub", hub_trail, database).step()  # started again
    assert [one.head.sequence for one in read_anchor(file)] == [1, 3, 3]
    with database.read() as connection:
        assert read_anchor(file)[-1].head == hub_trail.head(connection)


def test_a_disk_that_is_away_is_tried_again(
    database: Database, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = tmp_path / "disk" / "outside.jsonl"
    daily = DailyAnchor(file, "hub", hub_trail, database)
    daily.step()
    file.parent.mkdir()
    daily.step()
    assert not file.exists()
    _later(monkeypatch, timedelta(minutes=11))
    daily.step()
    assert len(read_anchor(file)) == 1


def test_a_file_that_is_no_anchor_is_said(tmp_path: Path) -> None:
    (tmp_path / "wrong").write_text('{"part": "hub"}\n')
    with pytest.raises(RequestError, match="no recorded ends"):
        read_anchor(tmp_path / "wrong")
