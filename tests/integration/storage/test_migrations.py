"""The migrations make exactly the tables that the code speaks to, on both databases, and can be undone."""

from collections.abc import Iterator
from pathlib import Path
from typing import Literal

import pytest
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from sqlalchemy import MetaData, inspect

from dokuei.gateway.deliver_tables import deliver_object
from dokuei.gateway.forward_tables import forward_study
from dokuei.gateway.order_tables import order_notice
from dokuei.gateway.outlet_tables import deliver_outlet
from dokuei.gateway.pseudonym_tables import pseudonym_study
from dokuei.gateway.pulse_tables import pulse
from dokuei.gateway.result_tables import result_message
from dokuei.gateway.spool_tables import received_object
from dokuei.gateway.steps.tables import performed_step, scheduled_step
from dokuei.hub.app import Hub
from dokuei.storage import db
from dokuei.storage.db import Database, gateway_metadata, hub_metadata, migrate, open_database, sqlite_url

Which = Literal["hub", "gateway"]
METADATA: dict[Which, MetaData] = {"hub": hub_metadata, "gateway": gateway_metadata}


@pytest.fixture(params=["hub on sqlite", "hub on postgresql", "gateway on sqlite"])
def migrated(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[tuple[Database, Which]]:
    """A migrated database; a gateway's is always SQLite."""
    kind: str = request.param
    url = request.getfixturevalue("postgres_url") if "postgresql" in kind else sqlite_url(tmp_path / "it.sqlite")
    which: Which = "hub" if kind.startswith("hub") else "gateway"
    database = open_database(url)
    migrate(database, which=which)
    yield database, which
    database.close()


def test_migrations_and_code_agree(migrated: tuple[Database, Which]) -> None:
    database, which = migrated
    migrate(database, which=which)
    with database.engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        differences = [one for one in compare_metadata(context, METADATA[which]) if "alembic_version" not in str(one)]
    assert differences == []


def test_migrations_can_be_undone(migrated: tuple[Database, Which]) -> None:
    database, which = migrated
    assert set(METADATA[which].tables) <= set(inspect(database.engine).get_table_names())
    config = Config()
    config.set_main_option("script_location", str(Path(db.__file__).parent / "migrations" / which))
    with database.engine.begin() as connection:
        config.attributes["connection"] = connection
        command.downgrade(config, "base")
    assert set(inspect(database.engine).get_table_names()) <= {"alembic_version"}


def test_every_table_is_known_here() -> None:
    """Both wirings are imported above, so that no slice's tables are missed."""
    assert {"person", "worklist_item", "report_version", "instance"} <= set(hub_metadata.tables)
    reports = {deliver_object, deliver_outlet, order_notice, result_message}
    gateways = {*reports, forward_study, pseudonym_study, pulse, received_object, scheduled_step, performed_step}
    assert {table.name for table in gateways} <= set(gateway_metadata.tables)
    assert Hub.__name__ == "Hub"
