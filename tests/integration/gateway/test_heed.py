"""Orders on their way to the worklist: what names another patient's number changes nothing of that patient's line."""

from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from dokuei.clock import now
from dokuei.gateway.spool import open_spool
from dokuei.gateway.steps import tables
from dokuei.gateway.steps.heed import heed_order
from dokuei.gateway.steps.schedule import Scheduled
from dokuei.storage.db import Database
from dokuei.transfer.orders import Order, OrderAction, OrderedPatient


@pytest.fixture
def database(tmp_path: Path) -> Iterator[Database]:
    with closing(open_spool(tmp_path / "home")) as spool:
        yield spool.database


def heed(
    database: Database, action: OrderAction, patient_id: str, born: str, reason: str = ""
) -> list[tuple[str, str]]:
    """One order, and whose lines the worklist has then."""
    order = Order(
        action=action,
        placer_order_number="P1",
        accession_number="A1",
        patient=OrderedPatient(patient_id=patient_id, birth_date=born),
        reason=reason,
    )
    with database.begin() as connection:
        heed_order(connection, order, Scheduled(), at=now())
        return [(one.step.patient_id, one.step.reason) for one in tables.listed(connection)]


def test_a_number_of_another_patient_takes_no_line_away(database: Database) -> None:
    assert heed(database, "new", "0001", "19700101") == [("0001", "")]
    assert heed(database, "cancel", "0002", "19800101") == [("0001", "")]
    assert heed(database, "new", "0002", "19800101") == [("0001", ""), ("0002", "")], (
        "a line too many costs less than a wrong one"
    )
    assert heed(database, "new", "0002", "19800101", "x") == [("0001", ""), ("0002", "x")]
    assert heed(database, "cancel", "2", "19800101") == [("0001", "")], "zeros in front make no other patient"


def test_a_change_may_say_that_it_is_somebody_else(database: Database) -> None:
    heed(database, "new", "0001", "19700101")
    assert heed(database, "change", "0003", "19900101") == [("0003", "")]
