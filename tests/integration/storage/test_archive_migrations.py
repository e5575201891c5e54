"""Archives that were filled before a migration are the same archives after it, on both databases."""

from pathlib import Path

from alembic import command
from alembic.config import Config
from sqlalchemy import Connection, select, text

from dokuei.dicom.intake import intake
from dokuei.hub.archive import tables
from dokuei.hub.archive.service import ArchiveService
from dokuei.storage import db
from dokuei.storage.db import Database, hub_metadata, migrate, open_database
from dokuei.storage.filesystem import FilesystemBlobs
from tests.makers.archive import GATEWAY, image


def go(database: Database, revision: str) -> None:
    config = Config()
    config.set_main_option("script_location", str(Path(db.__file__).parent / "migrations" / "hub"))
    with database.begin() as connection:
        config.attributes["connection"] = connection
        command.downgrade(config, revision)


def rows(connection: Connection) -> dict[str, list[tuple[object, ...]]]:
    return {
        table.name: [tuple(row) for row in connection.execute(select(table).order_by(table.c.id))]
        for table in (tables.study, tables.series, tables.instance, tables.deletion)
    }


def test_a_filled_archive_keeps_its_rows_and_gets_the_digests_that_storing_writes(
    database_url: str, tmp_path: Path
) -> None:
    database = open_database(database_url)
    migrate(database, which="hub")
    archive = ArchiveService(database, FilesystemBlobs(tmp_path / "blobs"))
    for number, study in enumerate(("1.2.3", "1.2.3", "1.2.4", "1.2.5"), 1):
        source, target = tmp_path / "source.dcm", tmp_path / "coded.dcm"
        image(study=study, series=f"{study}.1", number=number).save_as(source, enforce_file_format=True)
        archive.store_instance("kita", target, intake(source, target), actor=GATEWAY)
    archive.delete_study_images("kita", "1.2.5", actor="person:1", reason="term")
    with database.read() as connection:
        before = rows(connection)
    go(database, "0006")
    migrate(database, which="hub")
    with database.read() as connection:
        assert rows(connection) == before
        if connection.dialect.name == "sqlite":
            listed = connection.execute(text("SELECT name, sql FROM sqlite_master WHERE type = 'table'"))
            made: dict[str, str] = {row.name: row.sql for row in listed}
            for name in ("study", "series", "instance", "archive_quarantine", "study_deletion"):
                assert "AUTOINCREMENT" in made[name]
                assert hub_metadata.tables[name].kwargs["sqlite_autoincrement"] is True
            assert not [name for name in made if name.endswith("_before")]
            assert not connection.execute(text("PRAGMA foreign_key_check")).all()
    archive.delete_study_images("kita", "1.2.3", actor="person:1", reason="term")
    database.close()
