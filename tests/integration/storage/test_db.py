"""What the engine tells when a statement fails, and how it knows its schema's age without Alembic."""

import logging
from collections.abc import Iterator
from pathlib import Path

import pytest
import structlog
from alembic.config import Config
from alembic.script import ScriptDirectory
from sqlalchemy import text
from sqlalchemy.exc import SQLAlchemyError

from dokuei.logs import configure_logs
from dokuei.storage import db
from dokuei.storage.db import Which, is_current, migrate, open_database, sqlite_url

NAME = "架空^花子"


@pytest.fixture
def logs_put_back() -> Iterator[None]:
    """What a test changed in the logs of its process."""
    yield
    structlog.reset_defaults()
    structlog.contextvars.clear_contextvars()
    logging.getLogger("sqlalchemy").setLevel(logging.NOTSET)


@pytest.mark.usefixtures("logs_put_back")
def test_an_error_of_the_database_carries_no_patients_name_into_the_log(
    database_url: str, capsys: pytest.CaptureFixture[str]
) -> None:
    """LOG-01: the log of a failing statement holds no value of it."""
    configure_logs(part="test")
    database = open_database(database_url)
    with database.begin() as connection:
        connection.execute(text("CREATE TABLE somewhere (patient_name VARCHAR(64) UNIQUE, at_least INTEGER NOT NULL)"))
        connection.execute(text("INSERT INTO somewhere VALUES (:name, 1)"), {"name": NAME})
    for statement in (
        "INSERT INTO nowhere VALUES (:name)",
        "INSERT INTO somewhere VALUES (:name, 2)",
        "INSERT INTO somewhere (patient_name) VALUES ('x' || :name)",
    ):
        with pytest.raises(SQLAlchemyError) as failed, database.begin() as connection:
            connection.execute(text(statement), {"name": NAME})
        structlog.get_logger().error("worker.broke", exc_info=failed.value)
        said = capsys.readouterr().out
        assert "worker.broke" in said
        assert "sqlalchemy.exc." in said
        assert NAME not in said
    database.close()


@pytest.mark.parametrize("which", ["hub", "gateway"])
def test_a_schema_is_current_exactly_when_alembic_says_so(tmp_path: Path, which: Which) -> None:
    config = Config()
    config.set_main_option("script_location", str(Path(db.__file__).parent / "migrations" / which))
    head = ScriptDirectory.from_config(config).get_current_head()
    database = open_database(sqlite_url(tmp_path / "it.sqlite"))
    assert not is_current(database, which=which)
    migrate(database, which=which)
    assert is_current(database, which=which)
    with database.begin() as connection:
        assert connection.execute(text("SELECT version_num FROM alembic_version")).scalar_one() == head
        connection.execute(text("UPDATE alembic_version SET version_num = '0001'"))
    assert not is_current(database, which=which)
    database.close()
