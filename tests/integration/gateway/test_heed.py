"""Orders on their way to the worklist: what names another patient's number changes nothing of that patient's line."""

from collections.abc import Iterator
from contextlib import closing
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import insert, select, update

from dokuei.clock import now
from dokuei.gateway import order_tables
from dokuei.gateway.orders import Orders
from dokuei.gateway.spool import open_spool
from dokuei.gateway.steps import tables
from dokuei.gateway.steps.heed import heed_order
from dokuei.gateway.steps.schedule import Scheduled
from dokuei.settings import Hl7Settings
from dokuei.storage.db import Database
from dokuei.transfer.orders import Order, OrderAction, OrderedPatient
from tests.makers.hospital import order, said, written


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


def test_the_hub_hears_of_the_uid_that_modalities_find(database: Database) -> None:
    """As long as the hospital says none, whatever becomes of the step; what it says itself is enough."""
    order = Order(action="new", placer_order_number="P1", patient=OrderedPatient(patient_id="0001"))

    def told(said: Order) -> str | None:
        with database.begin() as connection:
            return heed_order(connection, said, Scheduled(), at=now()).worklist_study_instance_uid

    given = told(order)
    with database.begin() as connection:
        assert [one.step.study_instance_uid for one in tables.listed(connection)] == [given]
    change = order.model_copy(update={"action": "change"})
    assert told(change) == given
    with database.begin() as connection:
        tables.set_state(connection, [1], "completed")
    assert told(change) == given
    assert told(change.model_copy(update={"study_instance_uid": "1.2.3"})) is None
    assert told(order.model_copy(update={"action": "cancel"})) is None


def test_a_message_that_comes_again_after_the_examination_puts_nothing_on_the_worklist(database: Database) -> None:
    orders = Orders(database, Hl7Settings())
    for _ in range(2):
        answer = orders.take(written(order(study="")), peer_address="127.0.0.1")
        assert said(answer.decode("iso2022_jp"))[1] == "AA"
        with database.begin() as connection:
            tables.set_state(connection, [1], "completed")
    with database.read() as connection:
        assert tables.listed(connection) == ()
        (row,) = order_tables.notices(connection, open_only=False, at_most=9)
        by_study = order_tables.order_of(
            connection, study_instance_uid=row.study_instance_uid, accession_number="", patient_id=row.patient_id
        )
    assert row.study_instance_uid
    assert by_study == row, "a report of images without an accession number finds its order"


def test_steps_of_long_ago_are_let_go_and_what_waits_stays(database: Database) -> None:
    long_ago = now() - timedelta(days=100)
    states: tuple[tables.StepState, ...] = ("scheduled", "in_progress", "completed", "canceled")
    for number, state in enumerate(states, 1):
        order = Order(action="new", placer_order_number=f"P{number}", patient=OrderedPatient(patient_id="1"))
        with database.begin() as connection:
            heed_order(connection, order, Scheduled(), at=now())
            tables.set_state(connection, [number], state)
            if state != "canceled":
                connection.execute(update(tables.scheduled_step).values(changed_at=long_ago))
    with database.begin() as connection:
        assert tables.forget_old(connection) == 1
        assert [one.id for one in tables.listed(connection)] == [1, 2]
        connection.execute(update(tables.scheduled_step).values(changed_at=now() - timedelta(days=401)))
        assert tables.forget_old(connection) == 3


def test_performed_steps_stay_until_the_hub_knows_them(database: Database) -> None:
    long_ago = now() - timedelta(days=100)
    said = {"study_instance_uid": "1.2", "series": "{}", "document": "{}", "created_at": long_ago, "version": 1}
    with database.begin() as connection:
        for uid, state, told in (("1", "completed", 1), ("2", "completed", 0), ("3", "in_progress", 1)):
            values = {**said, "sop_instance_uid": uid, "state": state, "told_version": told, "changed_at": long_ago}
            connection.execute(insert(tables.performed_step).values(**values))
        assert tables.forget_old(connection) == 1
        left = connection.execute(select(tables.performed_step.c.sop_instance_uid)).scalars().all()
    assert sorted(left) == ["2", "3"]
