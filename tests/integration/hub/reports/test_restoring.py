"""Signed reports that somebody altered in the database are found, named, and put back as they were signed."""

import json
import shutil
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest
import rfc8785
from sqlalchemy import delete, select, update

from dokuei.errors import ProofError
from dokuei.hub.reports.restoring import Backup, Restored, restore_versions
from dokuei.hub.reports.tables import version
from dokuei.hub.reports.verifying import verify_versions
from dokuei.storage.audit import hub_entries
from dokuei.storage.db import open_database, sqlite_url
from dokuei.storage.filesystem import FilesystemBlobs
from tests.makers.reading import ReadingRoom, reading_room


@pytest.fixture
def room(tmp_path: Path) -> Iterator[ReadingRoom]:
    with reading_room(tmp_path) as made:
        yield made


def backed_up(room: ReadingRoom, folder: Path) -> Path:
    """Three signed reports, and a backup of database and blobs as they are then."""
    reader = room.reader("reader.a")
    for number in range(3):
        item = room.mammogram_case(patient_id=f"P{number}")
        assert room.written(reader, item).status_code == 200
        assert room.signed(reader, item, room.keys["reader.a"]).status_code == 200
    backup = folder / "backup"
    shutil.copytree(room.blobs.root, backup / "blobs")
    file = room.hub.database.engine.url.database
    with closing(sqlite3.connect(file or "")) as source, closing(sqlite3.connect(backup / "hub.sqlite")) as target:
        source.backup(target)
    return backup


def restored(room: ReadingRoom, backup: Path) -> Restored:
    kept = open_database(sqlite_url(backup / "hub.sqlite"))
    try:
        with kept.read() as theirs, room.hub.database.begin() as connection:
            copy = Backup(theirs, FilesystemBlobs(backup / "blobs"))
            return restore_versions(connection, room.blobs, copy, actor="os:root")
    finally:
        kept.close()


def faults(room: ReadingRoom) -> set[str]:
    with room.hub.database.read() as connection:
        return {one.report_id for one in verify_versions(connection, room.blobs).wrong}


def test_an_altered_a_removed_and_a_spoilt_report_are_put_back_as_they_were_signed(
    room: ReadingRoom, tmp_path: Path
) -> None:
    """REC-07: the restore procedure for wrongly altered finalised records, exercised."""
    backup = backed_up(room, tmp_path)
    with room.hub.database.read() as connection:
        before = connection.execute(select(version).order_by(version.c.report_id)).all()
    altered, removed, spoilt = before
    text = rfc8785.dumps({**json.loads(altered.canonical), "findings": "異常なし", "category_right": "1"})
    with room.hub.database.begin() as connection:
        of = version.c.report_id
        connection.execute(update(version).where(of == altered.report_id).values(canonical=text))
        connection.execute(delete(version).where(of == removed.report_id))
    room.blobs.replace(spoilt.pdf_key, b"%PDF-1.7 something else")
    assert faults(room) == {altered.report_id, removed.report_id, spoilt.report_id}, "found and named"
    done = restored(room, backup)
    assert {key[0] for key in done.restored} == {altered.report_id, removed.report_id, spoilt.report_id}
    assert (done.left, faults(room)) == ((), set()), "clean again"
    with room.hub.database.read() as connection:
        assert connection.execute(select(version).order_by(version.c.report_id)).all() == before
        told = connection.execute(select(hub_entries).where(hub_entries.c.event == "report.restored")).all()
    assert {json.loads(one.details)["report_id"] for one in told} == {one.report_id for one in before}
    assert {one.actor for one in told} == {"os:root"}
    assert restored(room, backup).restored == (), "what fits is not touched"


def test_a_preliminary_version_and_a_withdrawal_are_held_against_the_trail_like_any_other(room: ReadingRoom) -> None:
    """REC-03 REC-16: whoever takes a withdrawal out of the database does not make the report stand again unseen."""
    reader, key = room.reader("reader.a"), room.keys["reader.a"]
    item = room.mammogram_case()
    room.written(reader, item)
    for preliminary in (True, False):
        assert room.signed(reader, item, key, preliminary=preliminary).status_code == 200
    assert room.withdrawn(reader, item, key).status_code == 200
    assert faults(room) == set()
    for number in (3, 1):
        with room.hub.database.begin() as connection:
            connection.execute(delete(version).where(version.c.number == number))
        with room.hub.database.read() as connection:
            wrong = verify_versions(connection, room.blobs).wrong
        assert (number, "the version is gone") in {(one.number, one.why) for one in wrong}


def test_a_backup_that_was_altered_too_brings_nothing_back(room: ReadingRoom, tmp_path: Path) -> None:
    """REC-07: what the trail does not know is no original, wherever it comes from."""
    backup = backed_up(room, tmp_path)
    forged = open_database(sqlite_url(backup / "hub.sqlite"))
    for database in (forged, room.hub.database):
        with database.begin() as connection:
            connection.execute(update(version).values(evidence="{}"))
    forged.close()
    done = restored(room, backup)
    assert done.restored == ()
    assert len({one.report_id for one in done.left}) == 3
    with room.hub.database.begin() as connection:
        connection.execute(update(hub_entries).where(hub_entries.c.sequence == 1).values(actor="nobody"))
    with pytest.raises(ProofError, match="trail is broken"):
        restored(room, backup)
