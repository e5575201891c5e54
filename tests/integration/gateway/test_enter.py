"""The two statements that bypass SQLAlchemy store what SQLAlchemy would have stored."""

from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from sqlalchemy import insert, select

from dokuei.gateway.enter import ENTERED, Rows
from dokuei.gateway.spool import open_spool
from dokuei.gateway.spool_tables import received_object


def _values(sop_instance_uid: str) -> dict[str, Any]:
    moment = datetime(2026, 11, 1, 10, 15, 0, 7, UTC)
    special: dict[str, Any] = {"received_at": moment, "changed_at": moment, "size": 5, "state": "received"}
    values = {name: special.get(name, name[:8]) for name in ENTERED}
    return {**values, "sop_instance_uid": sop_instance_uid, "study_instance_uid": "1.2"}


def test_a_row_is_the_same_whichever_way_it_came_in(tmp_path: Path) -> None:
    spool = open_spool(tmp_path)
    spool.set_priority("1.2", 3)
    rows = Rows(spool.database)
    assert rows.enter(_values("1.1"))
    assert not rows.enter(_values("1.1")), "the second time it is there"
    with spool.database.begin() as connection:
        connection.execute(insert(received_object).values(**_values("1.3"), priority=3))
    with spool.database.read() as connection:
        ours, theirs = connection.execute(select(received_object).order_by(received_object.c.id)).mappings().all()
        raw = connection.exec_driver_sql("select received_at, typeof(received_at) from received_object").all()
    assert {**ours, "id": 0, "sop_instance_uid": ""} == {**theirs, "id": 0, "sop_instance_uid": ""}
    assert len(set(raw)) == 1
    known = rows.known("1.1")
    assert known is not None
    assert known.received_at == datetime(2026, 11, 1, 10, 15, 0, 7, UTC)
    assert rows.known("1.9") is None
    rows.close()
    spool.close()
