"""Archives that were filled before a migration are the same archives after it, on both databases."""

from functools import partial
from pathlib import Path

from alembic import command
from alembic.config import Config
from sqlalchemy import Connection, select, text, update

from dokuei.clock import now
from dokuei.dicom.intake import intake
from dokuei.hub.archive import manifests, tables
from dokuei.hub.archive.model import Declared, Manifest
from dokuei.hub.archive.service import ArchiveService
from dokuei.hub.archive.store import pack
from dokuei.hub.gateways import store as gateways
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


def one_manifest_a_study(connection: Connection) -> None:
    """As a hub of before would have written them."""
    key = {"site_id": "kita", "study_instance_uid": "1.2.3"}
    said = {"verified": True, "declared_instances": 2, "declared_frames": 2, "declared": pack([]), "at": now()}
    connection.execute(
        text(
            "INSERT INTO study_manifest VALUES (:site_id, :study_instance_uid, 'north', :verified, :declared_instances,"
            " :declared_frames, :declared, :declared, :declared, :at)"
        ),
        key | said,
    )
    connection.execute(text("INSERT INTO study_announced VALUES (:site_id, :study_instance_uid, 7, :at)"), key | said)
    closed = "INSERT INTO gateway_study VALUES (:site_id, :study_instance_uid, 'north', 'digest', 2, :at)"
    connection.execute(text(closed), key | said)


def test_the_one_manifest_of_a_study_stays_its_signers_and_others_come_beside_it(database_url: str) -> None:
    """An announcement that names no gateway goes with the next word of any one."""
    database = open_database(database_url)
    migrate(database, which="hub")
    go(database, "0010")
    with database.begin() as connection:
        one_manifest_a_study(connection)
    migrate(database, which="hub")
    declared = (Declared("1.2.3.4", 3, "a" * 64),)
    with database.begin() as connection:
        assert manifests.announced(connection, "kita", "1.2.3") == {"": 7}
        south = Manifest("1.2.3", "south", verified=True, document=b"{}", signature=b"", declared=declared)
        manifests.record(connection, "kita", south)
        assert manifests.announced(connection, "kita", "1.2.3") == {}
        assert [one.signed_by for one in manifests.signers(connection, "kita", "1.2.3")] == ["north", "south"]
        close = partial(
            gateways.close_study, connection, site_id="kita", study_instance_uid="1.2.3", instances=1, at=now()
        )
        assert not close(gateway_id="north", manifest_sha256="digest")
        assert close(gateway_id="south", manifest_sha256="another")
    go(database, "0010")
    with database.read() as connection:
        for table in ("study_manifest", "gateway_study"):
            assert len(connection.execute(text(f"SELECT * FROM {table}")).all()) == 1  # noqa: S608 - the names above
    migrate(database, which="hub")
    database.close()


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
    with database.begin() as connection:
        connection.execute(update(tables.deletion).values(instances=None))  # no deletion of before says which
        connection.execute(update(tables.instance).values(mac=None))  # made when a report needs it
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
