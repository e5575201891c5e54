"""The migrations make exactly the tables that the code speaks to, on both databases, and can be undone."""

from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any, Literal

import pytest
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from sqlalchemy import Connection, MetaData, Table, insert, inspect

from dokuei.clock import now
from dokuei.gateway.commitment_tables import commitment_request
from dokuei.gateway.deliver_tables import deliver_object
from dokuei.gateway.forward_tables import forward_study
from dokuei.gateway.line_tables import line_check
from dokuei.gateway.order_tables import order_notice
from dokuei.gateway.outlet_tables import deliver_outlet
from dokuei.gateway.priors.tables import search as prior_search
from dokuei.gateway.pseudonym_tables import pseudonym_study
from dokuei.gateway.pulse_tables import pulse
from dokuei.gateway.result_tables import result_message
from dokuei.gateway.sending_tables import sending
from dokuei.gateway.spool_tables import received_object
from dokuei.gateway.steps.tables import performed_step, scheduled_step
from dokuei.hub.app import Hub
from dokuei.hub.requests import store_progress
from dokuei.hub.requests.progress import Progress, Step
from dokuei.hub.sites import store_register
from dokuei.hub.sites.contracts import Terms
from dokuei.hub.sites.register import Responsible
from dokuei.hub.sites.service import SitesService
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


def test_a_sites_term_becomes_the_first_version_of_its_contract(tmp_path: Path) -> None:
    """JRS-03: what was agreed before contracts had versions still holds, and covers what it covered."""
    with closing(open_database(sqlite_url(tmp_path / "hub.sqlite"))) as database:
        with database.engine.begin() as connection:
            command.upgrade(_to_hub(connection), "0024")
            connection.exec_driver_sql(
                "INSERT INTO site (site_id, name, name_en, contract_from, contract_until, identity_mode,"
                " synced_passkeys_may_sign, created_at, created_by) VALUES"
                " ('kita', '北', '', '2026-04-01', '2027-03-31', 'true', 0, '2026-04-01', 'os:root'),"
                " ('minami', '南', '', NULL, NULL, 'true', 0, '2026-04-01', 'os:root')"
            )
        migrate(database, which="hub")
        contracting = SitesService(database).contracting
        (kita,), (minami,) = contracting.of_site("kita"), contracting.of_site("minami")
        assert kita.present.terms == Terms(valid_from=date(2026, 4, 1), valid_until=date(2027, 3, 31))
        assert (kita.present.number, kita.present.actor, minami.present.terms) == (1, "os:root", Terms())


def test_a_report_manager_who_was_only_a_name_stays_in_the_register(tmp_path: Path) -> None:
    """JRS-12: the person who is told of unread reports is named in one place; what was written before is not lost."""
    with closing(open_database(sqlite_url(tmp_path / "hub.sqlite"))) as database:
        with database.engine.begin() as connection:
            command.upgrade(_to_hub(connection), "0039")
            connection.exec_driver_sql(
                "INSERT INTO site (site_id, name, name_en, identity_mode, synced_passkeys_may_sign, created_at,"
                " created_by) VALUES ('kita', '北', '', 'true', 0, '2026-04-01', 'os:root')"
            )
            written = '{"responsible": [{"duty": "report_manager", "name": "報告 守", "telephone": "1"}]}'
            connection.exec_driver_sql(
                "INSERT INTO site_register (site_id, version, document, changed_at, changed_by, changed_by_name)"
                " VALUES ('kita', 1, ?, '2026-04-01', 'os:root', '')",
                (written,),
            )
        migrate(database, which="hub")
        with database.read() as connection:
            (kept,) = store_register.entry(connection, "kita").register.responsible
    assert kept == Responsible("other", "報告 守", "1")


def test_what_was_read_before_requests_were_followed_is_completed(tmp_path: Path) -> None:
    """A request whose every study is read is completed since then, and is found by when it changed."""
    asked, read = datetime(2026, 4, 1, 9, tzinfo=UTC), datetime(2026, 4, 2, 9, tzinfo=UTC)
    cases = {"1": ("completed", "final"), "2": ("scheduled", None), "3": ("completed", "withdrawn")}
    joined = {"read": ("1",), "half": ("1", "2"), "withdrawn": ("3",), "waiting": ()}
    with closing(open_database(sqlite_url(tmp_path / "hub.sqlite"))) as database:
        with database.engine.begin() as connection:
            command.upgrade(_to_hub(connection), "0040")
            for study, (status, report_status) in cases.items():
                stands = {"status": status, "report_status": report_status, "finished_at": read}
                _put(
                    connection,
                    "worklist_item",
                    worklist_item_id=study,
                    site_id="kita",
                    study_instance_uid=study,
                    **stands,
                )
            for name, studies in joined.items():
                stands = {"state": "matched" if studies else "waiting", "changed_at": asked, "document": "{}"}
                _put(connection, "reading_request", request_id=name, site_id="kita", version=2, **stands)
                for study in studies:
                    link = {"request_id": name, "study_instance_uid": study, "site_id": "kita"}
                    _put(connection, "request_link", **link, state="matched")
        migrate(database, which="hub")
        with database.read() as connection:
            steps = store_progress.steps(connection, joined)
            moved = connection.exec_driver_sql("SELECT request_id, changed_at FROM reading_request").all()
    assert steps == {"read": [Step(2, read, Progress("completed"))]}
    assert {name: str(at)[:10] for name, at in moved} == {**dict.fromkeys(joined, "2026-04-01"), "read": "2026-04-02"}


def _put(connection: Connection, name: str, **values: Any) -> None:
    """A row of a table as it was then, with nothing in what must hold something."""
    table = Table(name, MetaData(), autoload_with=connection)
    needed = [one for one in table.c if not one.nullable and one.server_default is None]
    blank = {one.name: now() if one.type.python_type is datetime else one.type.python_type() for one in needed}
    connection.execute(insert(table).values({**blank, **values}))


def _to_hub(connection: Connection) -> Config:
    config = Config()
    config.set_main_option("script_location", str(Path(db.__file__).parent / "migrations" / "hub"))
    config.attributes["connection"] = connection
    return config


def test_every_table_is_known_here() -> None:
    """Both wirings are imported above, so that no slice's tables are missed."""
    assert {"person", "worklist_item", "report_version", "instance"} <= set(hub_metadata.tables)
    reports = {commitment_request, deliver_object, deliver_outlet, line_check, order_notice, result_message}
    gateways = {*reports, forward_study, prior_search, pseudonym_study, pulse, received_object, sending}
    gateways |= {scheduled_step, performed_step}
    assert {table.name for table in gateways} <= set(gateway_metadata.tables)
    assert Hub.__name__ == "Hub"
