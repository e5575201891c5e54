"""The line between a gateway and its hub: measured over their own door, judged there, known on both sides."""

import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from typer.testing import CliRunner

from dokuei.cli.main import build
from dokuei.gateway import line_tables
from dokuei.gateway.enrol import hub_client
from dokuei.gateway.line import LineChecker
from dokuei.gateway.spool import open_spool
from dokuei.hub.app import Hub
from dokuei.hub.lines import store
from dokuei.storage.audit import gateway_trail
from dokuei.storage.db import Database
from tests.makers.gateway_hub import HubForGateways, running_hub
from tests.makers.gateway_worker import Worker


@pytest.fixture
def hub(tmp_path: Path) -> Iterator[HubForGateways]:
    """The whole of it: lines have a door of their own there."""
    with running_hub(tmp_path / "hub", archive="whole") as running:
        yield running


def _number(database: Database) -> int:
    with database.read() as connection:
        return len(line_tables.latest(connection, at_most=9))


def test_a_gateway_checks_its_line_and_both_sides_keep_what_came_of_it(opened: Hub, worker: Worker) -> None:
    """NET-20: by hand and at intervals; the history is there on both sides."""
    database = open_spool(worker.home).database
    stop = threading.Event()
    checker = LineChecker(worker.settings, database, stop, lambda: hub_client(worker.settings), first_seconds=0.0)
    row = checker.check(actor="operator:test")
    assert row.measured.down_bits > 1e6
    assert row.measured.loss is not None, "both ends are Linux"
    assert {one.kind for one in row.verdict.kinds} >= {"mammography", "mri"}
    thread = threading.Thread(target=checker.run)
    thread.start()
    while _number(database) < 2:
        assert thread.is_alive()
        stop.wait(0.2)
    stop.set()
    thread.join(20)
    with database.read() as connection:
        assert len(list(gateway_trail.named(connection, "line.checked"))) == 2
    database.close()
    with opened.stores.database.read() as connection:
        seen = store.at_sites(connection, ["kita"], since=row.verdict.at.replace(year=2000), at_most=9)
        assert store.at_sites(connection, ["minami"], since=row.verdict.at.replace(year=2000), at_most=9) == ()
    assert [one.checker.kind for one in seen] == ["gateway", "gateway"]
    assert len({one.line for one in seen}) == 1
    told = CliRunner().invoke(build(["line"]), ["line", "history", "--home", str(worker.home)])
    assert told.output.count("fit") >= 2
