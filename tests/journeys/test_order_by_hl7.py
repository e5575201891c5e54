"""The whole way of an order: a hospital's system, the gateway, the hub, and the study it belongs to."""

import json
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Row, select

from dokuei.hub.requests.tables import link, request
from dokuei.storage.db import open_database, sqlite_url
from tests.makers.home import Home, running_home
from tests.makers.hospital import ask, correction, order, said, written
from tests.makers.images import Series, write_series
from tests.makers.peers import free_port


def _rows(home: Home, table: Any) -> list[Row[Any]]:
    database = open_database(sqlite_url(home.folder / "hub" / "hub.sqlite"))
    try:
        with database.read() as connection:
            return list(connection.execute(select(table)).all())
    finally:
        database.close()


def _requests(home: Home) -> list[tuple[str, str, dict[str, Any]]]:
    return [(row.state, row.source, json.loads(row.document)) for row in _rows(home, request)]


def _until(condition: Callable[[], bool], home: Home, *, seconds: float = 60.0) -> None:
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, f"{_requests(home)}\n{home.run('gateway', 'orders', '--all')}"
        time.sleep(0.2)


@pytest.fixture
def port() -> int:
    return free_port()


def _order(**words: str) -> bytes:
    """An order on the patient of the images."""
    return written(order(study="", name="山田^花子^^^^^L^I", accession="A1", **words).replace("19700203", "19700101"))


def test_an_order_a_change_a_study_a_correction_and_a_cancellation(tmp_path: Path, port: int) -> None:
    """REPORT-05: what the hospital orders by HL7 stands at the reading centre, joined to its images by its number."""
    write_series(tmp_path / "images", Series(study=1, patient_id="0001234"), 2)
    with running_home(tmp_path / "home", {"DOKUEI_GATEWAY__HL7__PORT": str(port)}) as home:
        for _ in range(2):  # said twice, ordered once
            assert said(ask(port, _order()))[1] == "AA"
        _until(lambda: len(_requests(home)) == 1, home)
        assert _requests(home)[0][1] == "hl7"
        assert "乳癌疑い" in _document(home)
        changed = _order(control_id="2", control="XO", reason="乳腺疑い")
        assert said(ask(port, changed))[1] == "AA"
        _until(lambda: "乳腺疑い" in _document(home), home)
        home.run("import", str(tmp_path / "images"))
        _until(lambda: [row.state for row in _rows(home, link)] == ["matched"], home)
        assert said(ask(port, written(correction(control_id="3"))))[1] == "AA"
        _until(lambda: "鈴木" in _document(home), home)
        assert said(ask(port, _order(control_id="4", control="CA")))[1] == "AA"
        _until(lambda: _requests(home)[0][0] == "canceled", home)
        told = json.loads(home.run("gateway", "orders", "--all", "--json"))
        assert {one["state"] for one in told["orders"]} == {"taken"}
        logs = "".join(log.read_text() for log in (home.folder / "logs").glob("gateway*.log"))
        assert "order.told" in logs
        assert not any(secret in logs for secret in ("山田", "0001234", "乳癌", "鈴木"))


def _document(home: Home) -> str:
    return json.dumps(_requests(home)[0][2], ensure_ascii=False)
